"""What every worker of a pool is started with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class WorkerConfiguration:
    """The data of a worker, the memory of a query, and how queries and graphs are written."""

    #: A directory with a store, which is opened read-only, or a file of N-Quads, which is loaded;
    #: empty where there is a *remote* source.
    source: str
    #: Mebibytes of address space above that of an idle worker.
    memory: int
    #: Absolute IRI that relative IRIs in queries are resolved against; empty: they are an error.
    base: str = ""
    #: Prefixes of the graphs in answers.
    prefixes: Mapping[str, str] = field(default_factory=dict)
    #: Prefixes that queries may use without declaring them.
    query_prefixes: Mapping[str, str] = field(default_factory=dict)
    #: IRIs of graphs that the store does not hold as graphs; a query that names one is refused.
    absent_graphs: Sequence[str] = ()
    #: Seconds within which the source must be open.
    start_seconds: float = 10.0
    #: The endpoint that is asked in place of a store, without secrets.
    remote: Mapping[str, Any] | None = None

    def to_json(self) -> str:
        """Return the argument of the fork server."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))
