"""Put a query of the protocol to the pool, in the format that the client chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import request
from pyoxigraph import NamedNode

from partyline.publishing import Publication, describe_all
from partyline.rdf import graph_format
from partyline.sparql import (
    GRAPH_RESULT_FORMATS,
    RESULT_FORMATS,
    Answer,
    QueryPool,
    ResultFormat,
    query_form,
    read_table,
    resources_query,
)
from partyline.web.access_log import QUERY, ROWS
from partyline.web.client_address import client_of
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


@dataclass(frozen=True, slots=True)
class QueryExecutor:
    """Asks in the name of the client whose request is at hand."""

    publication: Publication
    pool: QueryPool
    trusted_proxies: Sequence[str]

    def ask(self, operation: Operation, media_type: str) -> Answer:
        """Ask for *media_type*, which is a format of rows or of graphs, as the query has it."""
        request.environ[QUERY] = sha256(operation.query.encode(errors="replace")).hexdigest()[:16]
        form = query_form(operation.query)
        things = self._resources(operation) if form == "DESCRIBE" else None
        if things is not None:
            answer = _described(self.publication, things, media_type)
        else:
            is_rows = media_type in _ROWS
            answer = self._put(
                operation,
                rows=media_type if is_rows else RESULT_FORMATS[0].media_type,
                graph=GRAPH_RESULT_FORMATS[0].media_type if is_rows else media_type,
            )
        if form != "ASK":
            request.environ[ROWS] = answer.rows
        return answer

    def _put(self, operation: Operation, rows: str, graph: str) -> Answer:
        return self.pool.query(
            operation.query,
            rows=rows,
            graph=graph,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            client=client_of(request.environ, self.trusted_proxies),
            is_disconnected=request.environ.get("waitress.client_disconnected", _stays),
        )

    def _resources(self, operation: Operation) -> list[str] | None:
        """Return the IRIs of what a DESCRIBE asks for, or None if the engine is to describe."""
        query = resources_query(operation.query)
        if query is None or operation.default_graphs or operation.named_graphs:
            return None  # a page describes from all graphs
        rows, graph = RESULT_FORMATS[0].media_type, GRAPH_RESULT_FORMATS[0].media_type
        table = read_table(b"".join(self._put(Operation(query), rows, graph).chunks))
        if isinstance(table, bool):
            return None
        found = {term for row in table.rows for term in row.values()}
        things = [term.value for term in found if isinstance(term, NamedNode)]
        return sorted(things) if len(found) == len(things) <= _DESCRIBED else None


def _stays() -> bool:
    """Answer for servers that do not tell whether a client has hung up."""
    return False


def _described(publication: Publication, things: Sequence[str], media_type: str) -> Answer:
    row = next(row for row in GRAPH_RESULT_FORMATS if row.media_type == media_type)
    writer = graph_format(_WRITERS.get(row.extension, row.extension))
    if writer is None:
        raise KeyError(media_type)
    triples = describe_all(publication, things)
    content = writer.write(triples, publication.prefixes)
    return Answer(media_type, iter([content]), rows=lambda: len(triples))
