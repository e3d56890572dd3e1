"""Query any graph in a process of its own, with limits of time and memory."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from partyline.rdf.graph_input import graph_quads
from partyline.settings import Limits
from partyline.sparql.formats import RESULT_FORMATS
from partyline.sparql.guard import query_form
from partyline.sparql.pool import QueryPool
from partyline.sparql.results import GraphResult, Solutions, read_graph, read_results

if TYPE_CHECKING:
    import rdflib

#: Seconds within which the process must have read the graph.
_START_SECONDS = 600.0
#: Bytes of a query: the caller's own may be long.
_QUERY_LENGTH = 1 << 24
_JSON = RESULT_FORMATS[0].media_type
_N_TRIPLES = RdfFormat.N_TRIPLES.media_type


class StoreOwner(Protocol):
    """Anything with a store on disk, such as a release."""

    @property
    def store(self) -> Path:
        """Return the directory of the store."""
        ...


def query_graph(
    source: "Path | str | StoreOwner | Iterable[Triple | Quad] | rdflib.Graph",
    text: str,
    *,
    seconds: float = 10.0,
    memory: int = 512,
    prefixes: Mapping[str, str] | None = None,
    base: str = "",
) -> Solutions | bool | GraphResult:
    """Evaluate a SPARQL 1.1 query in a process that is killed when it exceeds a limit.

    Args:
        source: a release, the directory of a store, triples or quads of pyoxigraph, or a graph or
            dataset of rdflib. Labels of blank nodes in the answer are not those of the source.
        text: the query. SERVICE is disabled; the process has no network where the kernel allows it.
        seconds: to the end of the answer. The time to read the source is not counted.
        memory: mebibytes that the evaluation may need beside the source, and those of the answer.
        prefixes: what the query may use without declaring it; they also shorten IRIs in the answer.
        base: an absolute IRI that relative IRIs of the query are resolved against.

    Returns:
        `Solutions` for SELECT, a truth value for ASK, a `GraphResult` for CONSTRUCT and DESCRIBE.

    Raises:
        BadQuery: the text is not SPARQL, or it is an update.
        QueryTimeout: the query took longer than *seconds*.
        QueryTooLarge: the query or its answer needed more than *memory*.
        SourceError: the source is not RDF.
        EngineError: the process cannot be started, or the store cannot be opened.

    >>> from pyoxigraph import NamedNode
    >>> triple = Triple(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c"))
    >>> query_graph([triple], "ASK { ?s e:b e:c }", prefixes={"e": "urn:"})
    True

    """
    form = query_form(text)
    limits = Limits(
        query_seconds=seconds,
        quick_seconds=seconds,
        query_memory=memory,
        answer_size=memory,
        query_length=_QUERY_LENGTH,
        workers=1,
        queue_seconds=seconds,
        client_seconds=float("inf"),
    )
    known = dict(prefixes or {})
    with _on_disk(source) as path:
        pool = QueryPool(path, limits, known, base, known, _START_SECONDS)
        with pool:
            answer = pool.query(text, rows=_JSON, graph=_N_TRIPLES)
            content = b"".join(answer.chunks)
    if form in ("SELECT", "ASK"):
        return read_results(content, known)
    return read_graph(content, known)


@contextmanager
def _on_disk(
    source: "Path | str | StoreOwner | Iterable[Triple | Quad] | rdflib.Graph",
) -> Iterator[Path]:
    """Yield a directory with a store, or a file of N-Quads that is deleted afterwards."""
    if isinstance(source, str | Path):
        yield Path(source)
        return
    if isinstance(store := getattr(source, "store", None), Path):
        yield store
        return
    with tempfile.NamedTemporaryFile(suffix=".nq") as file:
        # What is left of the union is a graph.
        serialize(graph_quads(source), file, format=RdfFormat.N_QUADS)  # type: ignore[arg-type]
        file.flush()
        yield Path(file.name)
