"""An engine elsewhere that answers the untrusted queries of this server."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyoxigraph import QueryBoolean

from partyline.errors import EndpointRefused, EndpointTimeout, EndpointUnavailable, QueryTimeout
from partyline.sparql.answers import Answer
from partyline.sparql.remote.breaker import Breaker
from partyline.sparql.remote.endpoint import Endpoint
from partyline.sparql.remote.exchange import Deadline
from partyline.sparql.remote.results import read_rows

if TYPE_CHECKING:
    from partyline.sparql.pool import BegunQuery, QueryPool

logger = logging.getLogger(__name__)

#: Seconds that an engine has for the smallest query.
_PROBE_SECONDS = 2.0
#: Seconds after which a query that took too long may be tried again.
_RETRY_SECONDS = 5


class RemoteEngine:
    """Answers queries through *pool*, whose workers ask an endpoint.

    So all limits of queries hold: the queue, what a client may ask for, the time, the length of an
    answer, and the memory that it takes to read it. An answer that has begun and does not end well
    is cut off, as one that breaks a limit is.
    """

    def __init__(
        self,
        pool: "QueryPool",
        endpoint: Endpoint,
        report: Callable[[str], object] = lambda problem: None,
        close: Callable[[], object] = lambda: None,
    ) -> None:
        """Own *pool*; *report* is called with what is wrong, or with an empty text.

        *close* is called when this is closed.
        """
        self._pool, self._report, self._close = pool, report, close
        self._breaker = Breaker(lambda: probe(endpoint), self._note)

    def query(self, text: str, **options: Any) -> Answer:  # noqa: ANN401  those of the pool
        """Answer an untrusted query, as `QueryPool.query` does.

        Raises EndpointUnavailable or EndpointTimeout where the engine is down or too slow.
        """
        self._breaker.check()
        try:
            answer = self._pool.query(text, **options)
        except EndpointUnavailable as error:
            raise self._failed(error) from error
        except QueryTimeout as error:
            raise self._failed(EndpointTimeout(str(error), retry_after=_RETRY_SECONDS)) from error
        # Somebody may load another release into the engine at any moment.
        chunks = answer.chunks if answer.whole else _WatchedChunks(answer.chunks, self._failed)
        return replace(answer, chunks=chunks, lasting=False)

    def begin(
        self,
        text: str,
        *,
        rows: str,
        graph: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        client: str = "",
        is_disconnected: Callable[[], bool] = lambda: False,
    ) -> "BegunQuery | None":
        """Return None: an answer from elsewhere is worth a thread."""
        return None

    def status(self) -> Mapping[str, int]:
        """Return what `QueryPool.status` does, and whether the engine is ``available``."""
        return {**self._pool.status(), "available": int(self._breaker.is_closed)}

    def close(self) -> None:
        """End the workers."""
        self._close()
        self._pool.close()

    def _failed(self, error: EndpointUnavailable) -> EndpointUnavailable:
        """Log *error*, and return what the client sees: no address of the engine."""
        if error.reason:
            logger.warning("the engine failed: %s", error.reason)
        self._breaker.suspect()
        return error

    def _note(self, problem: str) -> None:
        if problem:
            logger.warning("the engine does not answer: %s", problem)
            self._report("the engine that answers queries is not available")
        else:
            logger.warning("the engine answers again")
            self._report("")


class _WatchedChunks:
    """The chunks of an answer, whose failure is noted."""

    def __init__(
        self,
        chunks: Iterator[bytes],
        failed: Callable[[EndpointUnavailable], EndpointUnavailable],
    ) -> None:
        self._chunks, self._failed = chunks, failed

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except EndpointUnavailable as error:
            raise self._failed(error) from error

    def close(self) -> None:
        if close := getattr(self._chunks, "close", None):
            close()


def probe(endpoint: Endpoint, seconds: float = _PROBE_SECONDS) -> None:
    """Ask *endpoint* the smallest query. Raises EndpointRefused unless it is answered right."""
    address, dialect = endpoint.addresses.query, endpoint.dialect
    with endpoint.query("ASK {}", dialect.rows_type, Deadline(seconds)) as reply:
        results = read_rows(reply, address, dialect)
        if not isinstance(results, QueryBoolean) or not results:
            raise EndpointRefused(f"{address}: the answer to ASK {{}} is not true")
