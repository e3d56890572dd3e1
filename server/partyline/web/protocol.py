"""The query operation of the SPARQL 1.1 Protocol (sections 2.1 and 2.2), read from a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request

from partyline.errors import AddressTooLong, BadQuery, QueryTooLong, UnsupportedMedia

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
#: A percent-encoded byte takes three; dataset parameters come on top.
_ENCODED, _PARAMETERS = 3, 65_536
_ASKING = {"query", "update", "default-graph-uri", "named-graph-uri"}


@dataclass(frozen=True, slots=True)
class Operation:
    """A query and the dataset that it is to be asked of."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def read_operation(request: Request, query_length: int) -> Operation | None:
    """Return what *request* asks, or None for a GET that asks nothing.

    Raises BadQuery, UnsupportedMedia, QueryTooLong or AddressTooLong.
    """
    if len(request.query_string) > address_length(query_length):
        raise AddressTooLong(
            f"The address is longer than {address_length(query_length)} bytes;"
            " send a long query with POST."
        )
    if request.method in ("GET", "HEAD"):
        parameters = _parameters(request.query_string)
        return _operation(parameters) if _ASKING & parameters.keys() else None
    body = _body(request, query_length)
    media_type, charset = request.mimetype, request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMedia(f"SPARQL is written in UTF-8, not in {charset}.")
    if media_type == FORM:
        return _operation(_parameters(body))
    if media_type == QUERY:
        parameters = _parameters(request.query_string)
        return _operation({**parameters, "query": [*parameters.get("query", ()), _text(body)]})
    raise UnsupportedMedia(
        f"A query is posted as {FORM} or {QUERY}, not as {media_type or 'a body without a type'}."
        " This endpoint is read-only."
    )


def address_length(query_length: int) -> int:
    """Return the bytes that an address may have, so that a query of *query_length* fits in."""
    return _ENCODED * query_length + _PARAMETERS


def _body(request: Request, query_length: int) -> bytes:
    if request.content_encoding not in (None, "identity"):
        # What unpacks to a thousand times its size is not worth the convenience.
        raise UnsupportedMedia(f"A query is sent as it is, not in {request.content_encoding}.")
    most = address_length(query_length)
    if (request.content_length or 0) > most:
        raise QueryTooLong(f"The request is longer than {most} bytes.")
    body = request.stream.read(most + 1)
    if len(body) > most:
        raise QueryTooLong(f"The request is longer than {most} bytes.")
    return body


def _operation(parameters: Mapping[str, Sequence[str]]) -> Operation:
    if "update" in parameters:
        raise BadQuery("This endpoint is read-only: it answers queries and takes no updates.")
    queries = parameters.get("query", ())
    if len(queries) != 1:
        found = "No query" if not queries else f"{len(queries)} queries"
        raise BadQuery(f"{found}: a request has exactly one parameter named query.")
    return Operation(
        queries[0],
        tuple(parameters.get("default-graph-uri", ())),
        tuple(parameters.get("named-graph-uri", ())),
    )


def _parameters(encoded: bytes) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(_text(encoded), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise BadQuery("The parameters are not percent-encoded UTF-8.") from error
    for name, value in pairs:
        parameters.setdefault(name, []).append(value)
    return parameters


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(f"The request is not UTF-8: {error.reason} at {error.start}.") from error
