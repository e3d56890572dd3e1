"""Admission of queries: whose is next, what one client may use, and which queries were slow."""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from threading import Condition, Lock

from partyline.errors import ClientDisconnected, EngineBusy, TooManyRequests

#: Seconds between two checks whether a waiting client is still connected.
_POLL_INTERVAL = 0.2
_MINUTE = 60.0
#: Clients whose balance is kept. A client that is dropped starts again with a full balance.
_MAX_CLIENTS = 10_000
#: Seconds for which a slow query is remembered, and how many of them are.
_SLOW_SECONDS, _MAX_SLOW = 60.0, 4096


class _Waiter:
    """One waiting query."""

    __slots__ = ("admitted", "length", "rejected")

    def __init__(self, length: int) -> None:
        self.length = length
        self.admitted = self.rejected = False


class FairQueue:
    """A round-robin queue over clients: *slots* queries at a time, and at most *length* waiting.

    A client with a hundred queries gets one slot, then every other client gets one. Of one
    client's queries the shortest is next, because it is the likeliest to be quick.
    """

    def __init__(self, slots: int, length: int) -> None:
        self._free = slots
        self._length = length
        self._changed = Condition(Lock())
        #: The first client is the next one.
        self._waiting: OrderedDict[str, deque[_Waiter]] = OrderedDict()
        self._count = 0

    @property
    def free(self) -> int:
        """Return the number of free slots."""
        return self._free

    @property
    def waiting(self) -> int:
        """Return the number of waiting queries."""
        return self._count

    def try_enter(self) -> bool:
        """Take a free slot if no query is waiting for it; return whether that succeeded."""
        with self._changed:
            return self._take_free()

    def enter(
        self, client: str, until: float, is_disconnected: Callable[[], bool], length: int = 0
    ) -> None:
        """Wait for a slot for a query of *length* characters.

        *until* is a time of the monotonic clock.

        Raises:
            EngineBusy: the queue is full, or there was no slot in time.
            ClientDisconnected: *is_disconnected* returned true during the wait.

        """
        waiter = _Waiter(length)
        with self._changed:
            if self._take_free():
                return
            self._join(client, waiter)  # or raises, and there is nothing to undo
            try:
                self._wait(waiter, until, is_disconnected)
            except BaseException:
                self._withdraw(client, waiter)
                raise

    def leave(self) -> None:
        """Pass the slot on to the next query."""
        with self._changed:
            self._pass_on()

    def _take_free(self) -> bool:
        if self._free and not self._count:
            self._free -= 1
            return True
        return False

    def _join(self, client: str, waiter: _Waiter) -> None:
        if self._count >= self._length:
            self._make_room(client, waiter.length)
        self._waiting.setdefault(client, deque()).append(waiter)
        self._count += 1

    def _make_room(self, client: str, length: int) -> None:
        """Reject a query of the client with the most waiting queries.

        Another client loses the last of its queries if it has more than *client* would have. A
        client that fills the queue itself loses the longest of its own, if that is longer.
        """
        greediest = max(self._waiting, key=lambda name: len(self._waiting[name]), default=client)
        queue = self._waiting.get(greediest, deque())
        mine = self._waiting.get(client, deque())
        if len(queue) > len(mine) + 1:
            victim = queue[-1]
        else:
            queue, victim = mine, max(mine, key=lambda row: row.length, default=_Waiter(0))
            if victim.length <= length:
                raise EngineBusy("too many queries are waiting; try again in a moment")
        queue.remove(victim)
        victim.rejected = True
        self._count -= 1
        self._changed.notify_all()

    def _wait(self, waiter: _Waiter, until: float, is_disconnected: Callable[[], bool]) -> None:
        while not waiter.admitted:
            left = until - time.monotonic()
            if waiter.rejected or left <= 0:
                raise EngineBusy("all query workers are busy; try again in a moment")
            self._changed.wait(min(left, _POLL_INTERVAL))
            if not waiter.admitted and is_disconnected():
                raise ClientDisconnected("the client disconnected while its query was waiting")

    def _withdraw(self, client: str, waiter: _Waiter) -> None:
        if waiter.admitted:
            self._pass_on()
        elif not waiter.rejected:
            self._waiting[client].remove(waiter)
            self._count -= 1
            if not self._waiting[client]:
                del self._waiting[client]

    def _pass_on(self) -> None:
        while self._waiting:
            client, queue = self._waiting.popitem(last=False)
            if not queue:
                continue  # its last query was rejected
            waiter = min(queue, key=lambda row: row.length)
            queue.remove(waiter)
            if queue:
                self._waiting[client] = queue  # behind all other clients
            waiter.admitted = True
            self._count -= 1
            self._changed.notify_all()
            return
        self._free += 1


class RateLimiter:
    """A token bucket for each client: seconds of work a minute, charged after the work."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        #: Balance of each client and the time of that balance; the last one used is the last.
        self._accounts: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, client: str) -> None:
        """Raise TooManyRequests with the seconds to wait if *client* has no balance left.

        >>> limiter = RateLimiter(6.0, clock=lambda: 0.0)
        >>> limiter.charge("a client", 7.0)
        >>> limiter.check("another client")
        >>> limiter.check("a client")
        Traceback (most recent call last):
        partyline.errors.TooManyRequests: your queries used more than 6 s of work in a minute; \
quick queries are still answered, long ones again in 20 s
        """
        with self._lock:
            balance = self._balance(client)
        if balance > 0:
            return
        # One second more than nothing, so that a client that waits can do something.
        wait = math.ceil((1 - balance) * _MINUTE / self._seconds)
        raise TooManyRequests(
            f"your queries used more than {self._seconds:g} s of work in a minute;"
            f" quick queries are still answered, long ones again in {wait} s",
            retry_after=wait,
        )

    def charge(self, client: str, seconds: float) -> None:
        """Subtract *seconds* from the balance of *client*, which may become negative."""
        with self._lock:
            self._accounts[client] = (self._balance(client) - seconds, self._clock())
            self._accounts.move_to_end(client)
            if len(self._accounts) > _MAX_CLIENTS:
                self._accounts.popitem(last=False)

    def _balance(self, client: str) -> float:
        balance, then = self._accounts.get(client, (self._seconds, 0.0))
        earned = (self._clock() - then) * self._seconds / _MINUTE
        return min(self._seconds, balance + max(0.0, earned))


class SlowQueryCache:
    """The queries that were slow in the last minute.

    It keeps hashes: the queries are long, and untrusted clients send them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._times: OrderedDict[int, float] = OrderedDict()

    def add(self, query: Hashable) -> None:
        """Remember *query* from now on."""
        with self._lock:
            self._times[hash(query)] = self._clock()
            self._times.move_to_end(hash(query))
            if len(self._times) > _MAX_SLOW:
                self._times.popitem(last=False)

    def __contains__(self, query: Hashable) -> bool:
        with self._lock:
            then = self._times.get(hash(query))
            return then is not None and self._clock() - then < _SLOW_SECONDS
