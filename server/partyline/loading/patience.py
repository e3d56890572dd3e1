"""An endpoint that is asked again where it is busy or does not answer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pyoxigraph import BlankNode, QueryBoolean, Triple

from partyline.errors import EndpointRefused
from partyline.sparql.remote.endpoint import Endpoint
from partyline.sparql.remote.exchange import Deadline
from partyline.sparql.remote.results import GRAPH_TYPE, read_graph, read_rows, unreadable

_Value = TypeVar("_Value")

#: Seconds before a request is repeated, where the endpoint does not say it.
_WAITS = (1.0, 4.0, 15.0, 60.0)
_LONGEST = 300.0
#: Statuses of an endpoint that may answer later; 0: no answer.
_AGAIN = frozenset((0, 429, 502, 503, 504))


@dataclass
class PatientEndpoint:
    """An endpoint, the time that it has for one answer, and how often it is asked."""

    endpoint: Endpoint
    seconds: float = 600.0
    #: Called with one line before a request is repeated.
    report: Callable[[str], object] = field(default=lambda line: None, repr=False)
    waits: Sequence[float] = _WAITS
    sleep: Callable[[float], object] = field(default=time.sleep, repr=False)

    def select(self, query: str) -> list[tuple[str, ...]]:
        """Return the values of each solution as text. Raises EndpointRefused."""
        return self.repeated(lambda: self._select(query))

    def ask(self, query: str) -> bool:
        """Return the answer to an ASK query. Raises EndpointRefused."""
        return self.repeated(lambda: self._ask(query))

    def construct(self, query: str) -> list[Triple]:
        """Return the triples of the answer to a CONSTRUCT query. Raises EndpointRefused."""
        return self.repeated(lambda: self._construct(query))

    def update(self, text: str) -> None:
        """Execute updates that may be executed twice. Raises EndpointRefused."""
        self.repeated(lambda: self.update_once(text))

    def update_once(self, text: str) -> None:
        """Execute updates that may not be executed twice. Raises EndpointRefused."""
        self.endpoint.update(text, Deadline(self.seconds))

    def add(self, graph: str, statements: bytes) -> None:
        """Add *statements* without blank nodes to *graph*. Raises EndpointRefused."""
        self.repeated(lambda: self.endpoint.add(graph, statements, Deadline(self.seconds)))

    def repeated(self, attempt: Callable[[], _Value]) -> _Value:
        """Return what *attempt* does, which is repeated while the endpoint may answer later."""
        for wait in self.waits:
            try:
                return attempt()
            except EndpointRefused as error:
                self.wait(error, wait)
        return attempt()

    def wait(self, error: EndpointRefused, seconds: float = _WAITS[0]) -> None:
        """Wait after *error*, or raise it where waiting does not help."""
        if error.status not in _AGAIN:
            raise error
        seconds = min(_LONGEST, max(seconds, error.retry_after or 0.0))
        self.report(f"{error}; asking again in {seconds:g} s")
        self.sleep(seconds)

    def _ask(self, query: str) -> bool:
        endpoint = self.endpoint
        address, dialect = endpoint.addresses.query, endpoint.dialect
        with endpoint.query(query, dialect.rows_type, Deadline(self.seconds)) as reply:
            results = read_rows(reply, address, dialect)
            if not isinstance(results, QueryBoolean):
                raise EndpointRefused(f"{address}: the answer to ASK is not a boolean")
            return bool(results)

    def _construct(self, query: str) -> list[Triple]:
        endpoint = self.endpoint
        address, dialect = endpoint.addresses.query, endpoint.dialect
        with endpoint.query(query, GRAPH_TYPE, Deadline(self.seconds)) as reply:
            return list(read_graph(reply, address, dialect))

    def _select(self, query: str) -> list[tuple[str, ...]]:
        endpoint = self.endpoint
        address, dialect = endpoint.addresses.query, endpoint.dialect
        with endpoint.query(query, dialect.rows_type, Deadline(self.seconds)) as reply:
            results = read_rows(reply, address, dialect)
            if isinstance(results, QueryBoolean):
                raise EndpointRefused(f"{address}: the answer to SELECT is a boolean")
            try:
                return [tuple(map(_text, solution)) for solution in results]
            except (SyntaxError, ValueError) as error:
                raise unreadable(address, error) from error


def _text(term: object) -> str:
    if term is None or isinstance(term, Triple | BlankNode):
        return ""
    return str(getattr(term, "value", ""))
