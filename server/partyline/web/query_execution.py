"""Execute a query of the protocol in the pool, in the format that the client chose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from pyoxigraph import NamedNode

from partyline.publishing import Publication, describe_all
from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS
from partyline.sparql import (
    GRAPH_RESULT_FORMATS,
    RESULT_FORMATS,
    Answer,
    BegunQuery,
    QueryEngine,
    QueryForm,
    ResultFormat,
    read_results,
    resources_query,
)
from partyline.web.access_log import QUERY, ROWS
from partyline.web.client_address import client_of
from partyline.web.kept.marking import must_not_be_kept
from partyline.web.protocol import Operation

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_Put = TypeVar("_Put")

#: Resources that one DESCRIBE query describes as their pages do. The web process does that, so they
#: must be few; of more resources the engine returns the triples that they are the subject of.
_DESCRIBED = 10
_ROWS = {row.media_type for row in RESULT_FORMATS}
#: What writes a description, by the media type of the answer.
_WRITERS = {row.media_type: row for row in GRAPH_FORMATS} | {
    row.media_type: row.of_graphs for row in DATASET_FORMATS
}


def formats_of(form: QueryForm) -> tuple[ResultFormat, ...]:
    """Return the formats of the answer to a query of this *form*."""
    return RESULT_FORMATS if form in ("SELECT", "ASK") else GRAPH_RESULT_FORMATS


@dataclass(frozen=True, slots=True)
class QueryExecutor:
    """Executes queries for the client of a request."""

    publication: Publication
    pool: QueryEngine
    trusted_proxies: Sequence[str]

    def execute(
        self,
        environ: "WSGIEnvironment",
        operation: Operation,
        form: QueryForm,
        media_type: str,
        begun: BegunQuery | None = None,
    ) -> Answer:
        """Execute a query of the request *environ*.

        *media_type* is a format of rows or of graphs, as the *form* of the query requires; *begun*
        is what `begin` has returned for the request, maybe for another release.
        """
        environ[QUERY] = sha256(operation.query.encode(errors="replace")).hexdigest()[:16]
        if begun is not None and begun.pool is not self.pool:
            begun.close()  # another release is served by now
            begun = None
        if begun is not None:
            answer = begun.answer()
        else:
            answer = self._execute(environ, operation, form, media_type)
        if not answer.lasting:
            must_not_be_kept(environ)
        if form != "ASK":
            environ[ROWS] = answer.rows
        return answer

    def begin(
        self, environ: "WSGIEnvironment", operation: Operation, form: QueryForm, media_type: str
    ) -> BegunQuery | None:
        """Begin to execute a query, as `execute` does, without waiting for anything.

        Returns None where it would have to wait, or where this process works on the answer.
        """
        if form == "DESCRIBE":
            return None
        return self._put(self.pool.begin, environ, operation, media_type)

    def _execute(
        self, environ: "WSGIEnvironment", operation: Operation, form: QueryForm, media_type: str
    ) -> Answer:
        found = self._resources(environ, operation) if form == "DESCRIBE" else None
        if found is not None:
            resources, warnings = found
            return _described(self.publication, resources, media_type, warnings)
        return self._put(self.pool.query, environ, operation, media_type)

    def _put(
        self,
        put: Callable[..., _Put],
        environ: "WSGIEnvironment",
        operation: Operation,
        media_type: str,
    ) -> _Put:
        is_rows = media_type in _ROWS
        return put(
            operation.query,
            rows=media_type if is_rows else RESULT_FORMATS[0].media_type,
            graph=GRAPH_RESULT_FORMATS[0].media_type if is_rows else media_type,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            client=client_of(environ, self.trusted_proxies),
            is_disconnected=environ.get("waitress.client_disconnected", _stays),
        )

    def _resources(
        self, environ: "WSGIEnvironment", operation: Operation
    ) -> tuple[list[str], tuple[str, ...]] | None:
        """Return the IRIs that a DESCRIBE asks for and warnings, or None: the engine describes."""
        query = resources_query(operation.query)
        if query is None or operation.default_graphs or operation.named_graphs:
            return None  # a page describes from all graphs
        answer = self._put(self.pool.query, environ, Operation(query), RESULT_FORMATS[0].media_type)
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
    triples = describe_all(publication, resources)
    content = _WRITERS[media_type].write(triples, publication.prefixes)
    return Answer(media_type, iter([content]), rows=lambda: len(triples), warnings=warnings)
