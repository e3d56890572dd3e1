"""What one client may take of the engine: seconds of work, which come back with time."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from partyline.errors import TooManyRequests

_MINUTE = 60.0
#: Clients that are remembered. Who is forgotten begins again with a full budget.
_CLIENTS = 10_000


class RateLimiter:
    """Seconds of work that each client may take in a minute; work is paid when it is done."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        #: What each client has, and when that was true; the last seen is the last.
        self._accounts: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, client: str) -> None:
        """Raise TooManyRequests if *client* has nothing left, and say when it will have.

        >>> budget = RateLimiter(6.0, clock=lambda: 0.0)
        >>> budget.charge("somebody", 7.0)
        >>> budget.check("somebody else")
        >>> budget.check("somebody")
        Traceback (most recent call last):
        partyline.errors.TooManyRequests: your queries took more than 6 s of work in a minute; \
what is answered at once is still answered, the rest in 20 s
        """
        balance = self._balance(client)
        if balance > 0:
            return
        # One more second than nothing, so that who comes back in time can do something.
        wait = math.ceil((1 - balance) * _MINUTE / self._seconds)
        raise TooManyRequests(
            f"your queries took more than {self._seconds:g} s of work in a minute;"
            f" what is answered at once is still answered, the rest in {wait} s",
            retry_after=wait,
        )

    def charge(self, client: str, seconds: float) -> None:
        """Take *seconds* from *client*. One that was long may leave it in debt."""
        with self._lock:
            balance = self._balance_now(client) - seconds
            self._accounts[client] = (balance, self._clock())
            self._accounts.move_to_end(client)
            if len(self._accounts) > _CLIENTS:
                self._accounts.popitem(last=False)

    def _balance(self, client: str) -> float:
        with self._lock:
            return self._balance_now(client)

    def _balance_now(self, client: str) -> float:
        balance, then = self._accounts.get(client, (self._seconds, 0.0))
        earned = (self._clock() - then) * self._seconds / _MINUTE
        return min(self._seconds, balance + max(0.0, earned))
