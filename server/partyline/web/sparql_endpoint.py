"""The SPARQL endpoint for programs: queries in, results out, without the cost of the pages.

A small query takes a worker some 200 µs; Flask would take as long for the request around it. So
queries are answered here, and everything else is left to the application of the pages: the form,
answers as a page, the description of the service, and the message of an error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, cast

from werkzeug.wsgi import wrap_file

from partyline.errors import BadQuery, NotAcceptable, RequestError, UnknownResource
from partyline.sparql import (
    SHORT_QUERY,
    Answer,
    BegunQuery,
    QueryForm,
    ResultFormat,
    is_repeatable,
    query_form,
)
from partyline.web.access_log import ROUTE
from partyline.web.headers import Sharing, policy
from partyline.web.kept import mark
from partyline.web.negotiation import HTML, Offer, negotiate, with_aliases
from partyline.web.protocol import Operation, read_operation
from partyline.web.query_execution import QueryExecutor, formats_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Where the application has its endpoint, among its extensions.
ENDPOINT = "partyline.endpoint"
PATH = "/sparql"
#: Of the paths that choose the format by their extension: browsers cannot send an Accept header.
_DOWNLOAD = f"{PATH}."
_METHODS = ("GET", "HEAD", "POST")
#: Those whose answers are often short.
_QUICK = ("GET", "POST")
#: Those whose answers caches may hold.
_SAFE = ("GET", "HEAD")
#: Key of the environment under which the pages find what has been read of a request.
_READ = "partyline.operation"
#: Key of the environment under which a `BegunQuery` is handed over.
BEGUN = "partyline.begun"
#: Short names of formats in the parameters of a request; others are extensions and media types.
_SHORT_NAMES = {
    "json": "application/json",
    "xml": "application/xml",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "n3": "text/turtle",
    "rdfxml": "application/rdf+xml",
    "rdf+xml": "application/rdf+xml",
    "json-ld": "application/ld+json",
    "html": HTML,
}
#: What Virtuoso's form sends for "as the Accept header says".
_ANY_FORMAT = ("", "auto")
#: Characters of an Accept header whose format is remembered.
_SHORT = 256
#: An answer that is kept is compressed.
_VARY = "Accept, Accept-Encoding, Accept-Datetime"
_VARY_BY_ORIGIN = "Accept, Origin, Accept-Encoding, Accept-Datetime"
#: Hexadecimal digits of a SHA-256 that an entity tag has: 80 bits.
_DIGITS = 20


@dataclass(slots=True)
class ReadOperation:
    """What has been read of a request to the endpoint, for the pages."""

    #: None for a request without a query.
    operation: Operation | None = None
    form: QueryForm = "SELECT"
    #: The media type that the client prefers.
    media_type: str = HTML
    #: What kept the query from being answered.
    error: Exception | None = None


def operation_of(environ: "WSGIEnvironment") -> ReadOperation:
    """Return what the endpoint has read of a request."""
    return cast(ReadOperation, environ.get(_READ) or ReadOperation())


class SparqlEndpoint:
    """A WSGI application that answers queries, and leaves other requests to *pages*."""

    def __init__(
        self,
        pages: "WSGIApplication",
        executor: QueryExecutor,
        sharing: Sharing,
        query_length: int,
    ) -> None:
        self._pages, self._executor, self._sharing = pages, executor, sharing
        self._query_length = query_length

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request."""
        if not is_query_path(environ["PATH_INFO"]) or environ["REQUEST_METHOD"] not in _METHODS:
            return self._pages(environ, start_response)
        read = environ[_READ] = ReadOperation()
        begun: BegunQuery | None = environ.pop(BEGUN, None)
        try:
            self._read(environ, read)
            if read.operation is not None and read.media_type != HTML:
                answer = self._executor.execute(
                    environ, read.operation, read.form, read.media_type, begun
                )
                return self._send(answer, environ, start_response)
        except Exception as error:  # the pages report every error in one way
            read.error = error
            if begun is not None:
                begun.close()
        return self._pages(environ, start_response)

    def accepts(self, environ: "WSGIEnvironment") -> bool:
        """Read a request; tell whether `begin` may be called for it.

        Where it is not valid, `__call__` reports that to the client.
        """
        if not is_query_path(environ["PATH_INFO"]) or environ["REQUEST_METHOD"] not in _QUICK:
            return False
        read = environ[_READ] = ReadOperation()
        try:
            self._read(environ, read)
        except RequestError:
            return False
        if read.operation is None or read.media_type == HTML:
            return False
        return len(read.operation.query) < SHORT_QUERY

    def begin(self, environ: "WSGIEnvironment") -> BegunQuery | None:
        """Begin to answer a request without waiting; return None if no worker is free.

        Raises RequestError.
        """
        read = operation_of(environ)
        if read.operation is None:
            return None
        return self._executor.begin(environ, read.operation, read.form, read.media_type)

    def finish(
        self, environ: "WSGIEnvironment", begun: BegunQuery, start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Send the answer to a query that was begun. Raises RequestError."""
        read = operation_of(environ)
        operation = read.operation or Operation("")
        answer = self._executor.execute(environ, operation, read.form, read.media_type, begun)
        return self._send(answer, environ, start_response)

    def _read(self, environ: "WSGIEnvironment", read: ReadOperation) -> None:
        """Read the request into *read*. Raises RequestError."""
        path = environ["PATH_INFO"]
        operation = read.operation = read_operation(environ, self._query_length)
        if operation is not None:
            read.form = query_form(operation.query)
        if path == PATH:
            if operation is not None:
                accepted = environ.get("HTTP_ACCEPT")
                read.media_type = _chosen_format(operation, read.form, accepted)
        elif environ["REQUEST_METHOD"] != "POST":  # which the pages refuse there
            if operation is None:
                raise BadQuery(f"No query: write it after {path}?query=.")
            read.media_type = _by_extension(read.form, path.removeprefix(_DOWNLOAD))

    def _send(
        self, answer: Answer, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Send *answer* as the response. Raises RequestError."""
        fields = self._fields(answer, environ)
        if answer.whole:
            content = b"".join(answer.chunks)
            fields.append(("Content-Length", str(len(content))))
            if environ["REQUEST_METHOD"] in _SAFE and _is_repeatable(environ):
                fields += _validators(content)
                if environ["REQUEST_METHOD"] == "GET":
                    mark(environ)
            body: Iterable[bytes] = (content,)
        elif environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
            # There, the end of the connection is the end of the answer, also of one that was cut.
            body, length = _spooled(answer.chunks, environ)
            fields.append(("Content-Length", str(length)))
        else:
            # Closing the body, also where the client has gone away, closes the chunks.
            body = answer.chunks
        start_response("200 OK", fields)
        if environ["REQUEST_METHOD"] == "HEAD":
            _close(body)
            return ()
        return body

    def _fields(self, answer: Answer, environ: "WSGIEnvironment") -> list[tuple[str, str]]:
        path = environ["PATH_INFO"]
        environ[ROUTE] = PATH if path == PATH else f"{_DOWNLOAD}<extension>"
        fields = [
            ("Content-Type", _with_charset(answer.media_type)),
            ("Vary", _VARY_BY_ORIGIN if self._sharing.varies else _VARY),
            *policy(path),
            *self._sharing.fields(environ.get("HTTP_ORIGIN", "")),
            *(("Warning", _warning(row)) for row in answer.warnings),
        ]
        if path != PATH:
            name = f"answer.{path.removeprefix(_DOWNLOAD)}"
            fields.append(("Content-Disposition", f"attachment; filename={name}"))
        return fields


def _is_repeatable(environ: "WSGIEnvironment") -> bool:
    """Tell whether another evaluation of the query has the same answer."""
    operation = operation_of(environ).operation
    return operation is not None and is_repeatable(operation.query)


def _validators(content: bytes) -> tuple[tuple[str, str], ...]:
    """Return by what a client or a cache knows the answer again."""
    # Caches ask each time whether it is still the answer: the next release may have another one.
    tag = sha256(content).hexdigest()[:_DIGITS]
    return ("ETag", f'"{tag}"'), ("Cache-Control", "no-cache"), ("Accept-Ranges", "bytes")


def is_query_path(path: str) -> bool:
    """Tell whether *path* is the endpoint, or an answer in the format of its extension."""
    return path == PATH or (path.startswith(_DOWNLOAD) and "/" not in path[1:])


def _chosen_format(operation: Operation, form: QueryForm, accepted: str | None) -> str:
    """Return the media type that the client prefers for the answer to this query."""
    formats = formats_of(form)
    if operation.format.lower() in _ANY_FORMAT:
        if accepted and len(accepted) > _SHORT:
            return _negotiated.__wrapped__(accepted, formats)
        return _negotiated(accepted, formats)
    # In an address a + is a space, and media types have + but no spaces.
    chosen = operation.format.lower().replace(" ", "+")
    chosen = _SHORT_NAMES.get(chosen, chosen)
    by_extension = {row.extension: row.media_type for row in formats}
    for offer in _offers(formats):
        if by_extension.get(chosen, chosen) == offer.media_type:
            return offer.format
    known = ", ".join(by_extension.values())
    raise NotAcceptable(f"The format {operation.format!r} is not available; choose one of {known}.")


@lru_cache(256)
def _negotiated(accepted: str | None, formats: tuple[ResultFormat, ...]) -> str:
    return negotiate(accepted, _offers(formats)).format


@cache
def _offers(formats: tuple[ResultFormat, ...]) -> Sequence[Offer[str]]:
    offers = [Offer(row.media_type, row.media_type) for row in formats]
    return with_aliases((*offers, Offer(HTML, HTML)))


def _by_extension(form: QueryForm, extension: str) -> str:
    formats = formats_of(form)
    for row in formats:
        if row.extension == extension:
            return row.media_type
    extensions = ", ".join(f".{row.extension}" for row in formats)
    raise UnknownResource(
        f"The answer to this query is available with the extensions {extensions}."
    )


def _warning(text: str) -> str:
    """Return the value of a Warning header (RFC 7234, section 5.5): 299 is any persistent one."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{quoted.encode("ascii", "backslashreplace").decode()}"'


def _spooled(chunks: Iterable[bytes], environ: "WSGIEnvironment") -> tuple[Iterable[bytes], int]:
    """Return the complete answer as a file, and its length. Raises RequestError."""
    file = TemporaryFile()  # noqa: SIM115  closed by the server
    try:
        try:
            file.writelines(chunks)
        finally:
            _close(chunks)
        length = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return wrap_file(environ, file), length


def _close(body: object) -> None:
    if close := getattr(body, "close", None):
        close()


def _with_charset(media_type: str) -> str:
    is_text = media_type.startswith("text/") and "charset" not in media_type
    return f"{media_type}; charset=utf-8" if is_text else media_type
