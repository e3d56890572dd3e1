"""A queue in which clients take turns: who sends a hundred queries waits for the others' one."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Condition, Lock

from partyline.errors import ClientDisconnected, EngineBusy

#: Seconds between two looks at whether a client that waits is still there.
_LOOK = 0.2


class _Waiter:
    """One query that waits."""

    __slots__ = ("admitted", "length", "refused")

    def __init__(self, length: int) -> None:
        self.length = length
        self.admitted = self.refused = False


class FairQueue:
    """Admits *places* at a time, and at most *length* more wait."""

    def __init__(self, places: int, length: int) -> None:
        self._free = places
        self._length = length
        self._changed = Condition(Lock())
        #: The first client is the next, and of its queries the shortest: the likeliest to be quick.
        self._waiting: OrderedDict[str, deque[_Waiter]] = OrderedDict()
        self._count = 0

    @property
    def free(self) -> int:
        """Return the number of places that nobody has."""
        return self._free

    @property
    def waiting(self) -> int:
        """Return the number of those that wait."""
        return self._count

    def try_enter(self) -> bool:
        """Take a free place, if nobody waits for it; tell whether that worked."""
        with self._changed:
            if self._free and not self._count:
                self._free -= 1
                return True
            return False

    def enter(
        self, client: str, until: float, is_disconnected: Callable[[], bool], length: int = 0
    ) -> None:
        """Wait for a place for a query of *length*, *until* a time of the monotonic clock.

        Raises EngineBusy, or ClientDisconnected.
        """
        if self.try_enter():
            return
        waiter = _Waiter(length)
        with self._changed:
            self._join(client, waiter)  # or it is refused, and nothing is to be undone
            try:
                self._wait(waiter, until, is_disconnected)
            except BaseException:
                self._withdraw(client, waiter)
                raise

    def leave(self) -> None:
        """Give the place to the next."""
        with self._changed:
            self._pass_on()

    def _join(self, client: str, waiter: _Waiter) -> None:
        if self._free and not self._count:  # it became free in between
            self._free -= 1
            waiter.admitted = True
            return
        if self._count >= self._length:
            self._make_room(client)
        self._waiting.setdefault(client, deque()).append(waiter)
        self._count += 1

    def _make_room(self, client: str) -> None:
        """Refuse the last query of the client that has most, if it has more than *client*."""
        greediest = max(self._waiting, key=lambda name: len(self._waiting[name]), default=client)
        mine = len(self._waiting.get(client, ()))
        if len(self._waiting.get(greediest, ())) <= mine + 1:
            raise EngineBusy("too many queries wait here; try again in a moment")
        victim = self._waiting[greediest].pop()
        victim.refused = True
        self._count -= 1
        self._changed.notify_all()

    def _wait(self, waiter: _Waiter, until: float, is_disconnected: Callable[[], bool]) -> None:
        while not waiter.admitted:
            left = until - time.monotonic()
            if waiter.refused or left <= 0:
                raise EngineBusy("all query processes are at work; try again in a moment")
            self._changed.wait(min(left, _LOOK))
            if not waiter.admitted and is_disconnected():
                raise ClientDisconnected("the client hung up while its query waited")

    def _withdraw(self, client: str, waiter: _Waiter) -> None:
        if waiter.admitted:
            self._pass_on()
        elif not waiter.refused:
            self._waiting[client].remove(waiter)
            self._count -= 1
            if not self._waiting[client]:
                del self._waiting[client]

    def _pass_on(self) -> None:
        while self._waiting:
            client, queue = self._waiting.popitem(last=False)
            if not queue:
                continue  # its last query was refused
            waiter = min(queue, key=lambda row: row.length)
            queue.remove(waiter)
            if queue:
                self._waiting[client] = queue  # behind all others
            waiter.admitted = True
            self._count -= 1
            self._changed.notify_all()
            return
        self._free += 1
