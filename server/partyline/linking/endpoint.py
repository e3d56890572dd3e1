"""A remote endpoint that is asked politely: one request at a time, with pauses, and again later."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from partyline.errors import EndpointRefused
from partyline.sparql import Solutions, query_endpoint, read_results

#: Seconds before a request is repeated, where the endpoint does not say it.
_WAITS = (2.0, 8.0, 30.0, 120.0)
#: The longest wait that an endpoint is granted.
_LONGEST = 300.0
#: Statuses of an endpoint that is busy, and of one that does not answer in time; 0: no answer.
_BUSY = frozenset((429, 503))
_AGAIN = _BUSY | {0, 500, 502, 504}


@dataclass
class Endpoint:
    """A SPARQL endpoint, and when it was last asked."""

    address: str
    #: Seconds between the end of one request and the beginning of the next, and of an answer.
    pause: float = 1.0
    seconds: int = 60
    #: Called with one line before a request is repeated.
    report: Callable[[str], object] = field(default=lambda line: None, repr=False)
    sleep: Callable[[float], object] = field(default=time.sleep, repr=False)
    requests: int = 0

    def select(self, query: str, *, patient: bool = True) -> Solutions:
        """Return the solutions of *query*, repeating the request where the endpoint is busy.

        If not *patient*, it is repeated only where the endpoint asks to wait: the query may be too
        much. Raises EngineError, or BadQuery for a text that is not a query.
        """
        for place in range(len(_WAITS) + 1):
            if self.requests:
                self.sleep(self.pause)
            self.requests += 1
            try:
                found = read_results(query_endpoint(self.address, query, self.seconds))
            except EndpointRefused as error:
                again = _AGAIN if patient else _BUSY
                if error.status not in again or place == len(_WAITS):
                    raise
                wait = min(_LONGEST, max(_WAITS[place], error.retry_after or 0.0))
                self.report(f"{error}; asking again in {wait:g} s")
                self.sleep(wait)
            else:
                if isinstance(found, bool):
                    raise EndpointRefused(f"{self.address}: the answer to SELECT is a boolean")
                return found
        raise AssertionError("the last attempt returns or raises")
