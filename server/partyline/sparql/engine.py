"""Who answers queries: one interface for workers of this machine and for an engine elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from partyline.sparql.answers import Answer
    from partyline.sparql.pool import BegunQuery


class QueryEngine(Protocol):
    """What answers untrusted queries; many threads may use it."""

    def query(
        self,
        text: str,
        *,
        rows: str,
        graph: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        client: str = "",
        is_disconnected: Callable[[], bool] = lambda: False,
    ) -> "Answer":
        """Answer an untrusted query, as `QueryPool.query` does. Raises RequestError."""
        ...

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
        """Begin to answer without waiting for anything, or return None."""

    def status(self) -> Mapping[str, int]:
        """Return counts of workers and queries, without asking anybody."""
        ...

    def close(self) -> None:
        """Answer no more queries."""
