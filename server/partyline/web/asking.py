"""Put a query of the protocol to the pool, in the format that the client chose."""

from collections.abc import Sequence

from pyoxigraph import NamedNode

from partyline.engines import (
    GRAPH_RESULT_FORMATS,
    RESULT_FORMATS,
    Answer,
    QueryPool,
    ResultFormat,
    query_form,
    read_table,
    resources_query,
)
from partyline.publishing import Publication, describe_all
from partyline.sources import graph_format
from partyline.web.protocol import Operation

#: Things that one DESCRIBE query describes as their pages do. The web process does that, so it
#: must be little; of more things the engine says what it has them as subject of.
_DESCRIBED = 10
_ROWS = {row.media_type for row in RESULT_FORMATS}
#: Turtle is TriG, and N-Triples are N-Quads.
_WRITERS = {"trig": "ttl", "nq": "nt"}


def formats_of(query: str) -> Sequence[ResultFormat]:
    """Return the formats that the answer to *query* may have. Raises BadQuery."""
    return RESULT_FORMATS if query_form(query) in ("SELECT", "ASK") else GRAPH_RESULT_FORMATS


def ask(publication: Publication, pool: QueryPool, operation: Operation, media_type: str) -> Answer:
    """Ask for *media_type*, which is a format of rows or of graphs, as the query has it."""
    if query_form(operation.query) == "DESCRIBE":
        things = _things(pool, operation)
        if things is not None:
            return _described(publication, things, media_type)
    return pool.query(
        operation.query,
        rows=media_type if media_type in _ROWS else RESULT_FORMATS[0].media_type,
        graph=media_type if media_type not in _ROWS else GRAPH_RESULT_FORMATS[0].media_type,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
    )


def _things(pool: QueryPool, operation: Operation) -> list[str] | None:
    """Return the IRIs of what a DESCRIBE query asks for, or None if the engine is to describe."""
    if operation.default_graphs or operation.named_graphs:
        return None  # a page describes from all graphs
    query = resources_query(operation.query)
    if query is None:
        return None
    answer = pool.query(
        query, rows=RESULT_FORMATS[0].media_type, graph=GRAPH_RESULT_FORMATS[0].media_type
    )
    table = read_table(b"".join(answer.chunks))
    if isinstance(table, bool):
        return None
    found = {term for row in table.rows for term in row.values()}
    things = [term.value for term in found if isinstance(term, NamedNode)]
    return sorted(things) if len(found) == len(things) <= _DESCRIBED else None


def _described(publication: Publication, things: Sequence[str], media_type: str) -> Answer:
    row = next(row for row in GRAPH_RESULT_FORMATS if row.media_type == media_type)
    writer = graph_format(_WRITERS.get(row.extension, row.extension))
    if writer is None:
        raise KeyError(media_type)
    content = writer.write(describe_all(publication, things), publication.prefixes)
    return Answer(media_type, iter([content]))
