"""Execute a query of the protocol in the pool, in the format that the client chose."""

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
    read_results,
    resources_query,
)
from partyline.web.access_log import QUERY, ROWS
from partyline.web.client_address import client_of
from partyline.web.protocol import Operation

#: Resources that one DESCRIBE query describes as their pages do. The web process does that, so they
#: must be few; of more resources the engine returns the triples that they are the subject of.
_DESCRIBED = 10
_ROWS = {row.media_type for row in RESULT_FORMATS}
#: Turtle is TriG, and N-Triples are N-Quads.
_WRITERS = {"trig": "ttl", "nq": "nt"}


def formats_of(query: str) -> tuple[ResultFormat, ...]:
    """Return the formats of the answer to *query*. Raises BadQuery."""
    return RESULT_FORMATS if query_form(query) in ("SELECT", "ASK") else GRAPH_RESULT_FORMATS


@dataclass(frozen=True, slots=True)
class QueryExecutor:
    """Executes queries for the client of the current request."""

    publication: Publication
    pool: QueryPool
    trusted_proxies: Sequence[str]

    def execute(self, operation: Operation, media_type: str) -> Answer:
        """Execute a query; *media_type* is a format of rows or of graphs, as its form requires."""
        request.environ[QUERY] = sha256(operation.query.encode(errors="replace")).hexdigest()[:16]
        form = query_form(operation.query)
        found = self._resources(operation) if form == "DESCRIBE" else None
        if found is not None:
            resources, warnings = found
            answer = _described(self.publication, resources, media_type, warnings)
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

    def _resources(self, operation: Operation) -> tuple[list[str], tuple[str, ...]] | None:
        """Return the IRIs that a DESCRIBE asks for and warnings, or None: the engine describes."""
        query = resources_query(operation.query)
        if query is None or operation.default_graphs or operation.named_graphs:
            return None  # a page describes from all graphs
        rows, graph = RESULT_FORMATS[0].media_type, GRAPH_RESULT_FORMATS[0].media_type
        answer = self._put(Operation(query), rows, graph)
        solutions = read_results(b"".join(answer.chunks))
        if isinstance(solutions, bool):
            return None
        found = {term for row in solutions for term in row.values()}
        iris = [term.value for term in found if isinstance(term, NamedNode)]
        if len(found) != len(iris) or len(iris) > _DESCRIBED:
            return None
        return sorted(iris), answer.warnings


def _stays() -> bool:
    """Return False, for servers that do not report whether a client has disconnected."""
    return False


def _described(
    publication: Publication,
    resources: Sequence[str],
    media_type: str,
    warnings: tuple[str, ...],
) -> Answer:
    row = next(row for row in GRAPH_RESULT_FORMATS if row.media_type == media_type)
    writer = graph_format(_WRITERS.get(row.extension, row.extension))
    if writer is None:
        raise KeyError(media_type)
    triples = describe_all(publication, resources)
    content = writer.write(triples, publication.prefixes)
    return Answer(media_type, iter([content]), rows=lambda: len(triples), warnings=warnings)
