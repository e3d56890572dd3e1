"""The query operation of the SPARQL 1.1 Protocol (sections 2.1 and 2.2), read from a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from werkzeug.wrappers import Request

from partyline.errors import AddressTooLong, BadQuery, QueryTooLong, UnsupportedMedia
from partyline.web import as_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
#: A percent-encoded byte takes three; dataset parameters come on top.
_ENCODED, _PARAMETERS = 3, 65_536
_ASKING = {"query", "update", "default-graph-uri", "named-graph-uri"}
#: Escapes in most queries. Each is decoded at once: to decode them byte by byte takes ten times as
#: long. No percent sign is decoded, so no new escape can begin.
_ESCAPES = tuple((f"%{ord(sign):02X}", sign) for sign in " \n{}<>?/:;#\"'()=,.&^@|\\*$[]+")
#: What clients of Virtuoso and GraphDB send besides an Accept header.
_FORMAT = ("format", "output")


@dataclass(frozen=True, slots=True)
class Operation:
    """A query, its dataset, and the format of its answer."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    #: A media type or the short name of one, which wins over the Accept header; empty: none.
    format: str = ""


def read_operation(environ: "WSGIEnvironment", query_length: int) -> Operation | None:
    """Return the query operation of a request, or None for a GET without one.

    Parameters of the address and of a form are read together (SPARQL 1.1 Protocol, section 2.1).

    Raises BadQuery, UnsupportedMedia, QueryTooLong or AddressTooLong.
    """
    query_string = environ.get("QUERY_STRING", "").encode("latin-1")
    if len(query_string) > address_length(query_length):
        raise AddressTooLong(
            f"The address is longer than {address_length(query_length)} bytes;"
            " send a long query with POST."
        )
    parameters = _parameters(query_string)
    as_of.refuse(parameters)
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return _operation(parameters) if _ASKING & parameters.keys() else None
    return _operation(_merged(parameters, _posted(Request(environ), query_length)))


def _posted(request: Request, query_length: int) -> dict[str, list[str]]:
    body = _body(request, query_length)
    media_type, charset = request.mimetype, request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMedia(f"The charset {charset} is not supported; send the query in UTF-8.")
    if media_type == FORM:
        return _parameters(body)
    if media_type == QUERY:
        return {"query": [_text(body)]}
    raise UnsupportedMedia(
        f"The media type {media_type or '(none)'} is not supported; post a query as {FORM} or"
        f" {QUERY}. This endpoint is read-only."
    )


def address_length(query_length: int) -> int:
    """Return the bytes of the longest address, which has room for a query of *query_length*."""
    return _ENCODED * query_length + _PARAMETERS


def _body(request: Request, query_length: int) -> bytes:
    if request.content_encoding not in (None, "identity"):
        # It could unpack to a thousand times its size.
        raise UnsupportedMedia(
            f"The content encoding {request.content_encoding} is not supported; send the query as"
            " it is."
        )
    most = address_length(query_length)
    if (request.content_length or 0) > most:
        raise QueryTooLong(f"The request is longer than {most} bytes.")
    body = request.stream.read(most + 1)
    if len(body) > most:
        raise QueryTooLong(f"The request is longer than {most} bytes.")
    return body


def _operation(parameters: Mapping[str, Sequence[str]]) -> Operation:
    if "update" in parameters:
        raise BadQuery("This endpoint is read-only: send a query, not an update.")
    queries = parameters.get("query", ())
    if len(queries) != 1:
        found = "No query" if not queries else f"{len(queries)} queries"
        raise BadQuery(f"{found}: a request has exactly one parameter named query.")
    return Operation(
        queries[0],
        _without_empty(parameters.get("default-graph-uri", ())),
        _without_empty(parameters.get("named-graph-uri", ())),
        next((value for name in _FORMAT for value in parameters.get(name, ()) if value), ""),
    )


def _without_empty(values: Sequence[str]) -> tuple[str, ...]:
    """Return the values that a form has been filled in with."""
    return tuple(value for value in values if value)


def _merged(
    first: Mapping[str, Sequence[str]], second: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    names = {**first, **second}
    return {name: [*first.get(name, ()), *second.get(name, ())] for name in names}


def _parameters(encoded: bytes) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    try:
        for pair in filter(None, _text(encoded).split("&")):
            name, _, value = pair.partition("=")
            parameters.setdefault(_decoded(name), []).append(_decoded(value))
    except ValueError as error:
        raise BadQuery("The parameters are not percent-encoded UTF-8.") from error
    return parameters


def _decoded(text: str) -> str:
    """Decode a name or a value of a form (URL Standard, section 5.1). Raises ValueError."""
    text = text.replace("+", " ")
    if "%" not in text:
        return text
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    # One of a percent sign, or what few queries have.
    return unquote_to_bytes(text).decode() if "%" in text else text


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(f"The request is not UTF-8: {error.reason} at {error.start}.") from error
