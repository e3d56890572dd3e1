"""Send queries to any SPARQL endpoint; every error is one line that names the endpoint."""

import ast
from http.client import HTTPException, IncompleteRead
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from partyline.errors import EndpointRefused, EngineError
from partyline.rdf import write_turtle
from partyline.sparql.guard import QueryForm, query_form
from partyline.version import __version__

_SECONDS = 60
#: What a request says that it comes from; public endpoints ask for a name and a version.
_AGENT = f"partyline/{__version__} (SPARQLWrapper)"
#: The longest time that an answer may ask to wait, in seconds.
_LONGEST_WAIT = 3600
#: Longer queries do not fit into the address of a request everywhere.
_LONGEST_GET = 1500


def query_endpoint(endpoint: str, query: str, seconds: int = _SECONDS) -> bytes:
    """Return the answer of *endpoint*: JSON for SELECT and ASK, else Turtle.

    *seconds* is the time to wait for an answer. Raises EngineError, or BadQuery for a text that
    is not a query.
    """
    form = query_form(query)
    if urlsplit(endpoint).scheme not in ("http", "https"):
        raise EngineError(f"{endpoint}: not a valid address of an endpoint, which begins with http")
    media_type, content = _fetch(endpoint, query, form, seconds)
    try:
        read = _rows if form in ("SELECT", "ASK") else _graph
        return read(content, media_type)
    except (SyntaxError, ValueError) as error:
        raise EngineError(
            f"{endpoint}: the answer to {form} has the media type {media_type or '(none)'}"
            f" and cannot be read: {_first_line(str(error))}"
        ) from error


def _fetch(endpoint: str, query: str, form: QueryForm, seconds: int) -> tuple[str, bytes]:
    # Imported late, because it imports all of rdflib.
    import SPARQLWrapper
    from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

    wrapper = SPARQLWrapper.SPARQLWrapper(endpoint, agent=_AGENT)
    # Set past setQuery, which guesses the form with regular expressions and often warns.
    wrapper.queryString, wrapper.queryType = query, form
    rows = form in ("SELECT", "ASK")
    wrapper.setReturnFormat(SPARQLWrapper.JSON if rows else SPARQLWrapper.TURTLE)
    wrapper.setOnlyConneg(True)
    wrapper.setMethod(SPARQLWrapper.GET if len(query) <= _LONGEST_GET else SPARQLWrapper.POST)
    wrapper.setTimeout(seconds)
    try:
        with wrapper.query().response as response:
            return response.headers.get_content_type(), response.read()
    except SPARQLWrapperException as error:
        cause = error.__context__
        raise _refused(f"{endpoint}: {_wrapper_message(error)}", cause) from error
    except HTTPError as error:
        with error:
            message = _http_error(error.code, error.reason, error.read())
        raise _refused(f"{endpoint}: {message}", error) from error
    except TimeoutError as error:
        raise EndpointRefused(f"{endpoint}: no answer within {seconds} s") from error
    except IncompleteRead as error:
        raise EndpointRefused(
            f"{endpoint}: the connection closed before the response was complete"
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        message = _first_line(str(reason)) or repr(reason)
        raise EngineError(f"{endpoint}: {message}") from error


def _refused(message: str, cause: object) -> EndpointRefused:
    """Return the error for the answer *cause*, with what it says about when to ask again."""
    if not isinstance(cause, HTTPError):
        return EndpointRefused(message)
    seconds = cause.headers.get("Retry-After", "") if cause.headers else ""
    wait = float(min(int(seconds), _LONGEST_WAIT)) if seconds.isdecimal() else None
    return EndpointRefused(message, cause.code, wait)


def _rows(content: bytes, media_type: str) -> bytes:
    syntax = QueryResultsFormat.from_media_type(media_type)
    if media_type == "application/json":
        syntax = QueryResultsFormat.JSON
    if syntax is None:
        raise ValueError("not a format of SPARQL results")
    results = parse_query_results(content, syntax)
    return cast(bytes, results.serialize(format=QueryResultsFormat.JSON))


def _graph(content: bytes, media_type: str) -> bytes:
    syntax = RdfFormat.from_media_type(media_type)
    if syntax is None:
        raise ValueError("not a format of graphs")
    quads = parse(content, syntax)
    triples = [quad.triple for quad in quads]
    return write_turtle(triples, quads.prefixes).encode()


def _wrapper_message(error: Exception) -> str:
    """Return status and body, which SPARQLWrapper has in the text of its message only."""
    cause = error.__context__
    if not isinstance(cause, HTTPError):
        return _first_line(str(error))
    cause.close()
    _, _, quoted = str(error).partition("Response:\n")
    return _http_error(cause.code, cause.reason, ast.literal_eval(quoted) if quoted else b"")


def _http_error(code: int, reason: str, body: bytes) -> str:
    line = _first_line(body.decode("utf-8", "replace"))
    # The first line of an HTML page is not a message.
    message = "" if line.startswith("<") else line
    return f"{code} {reason}: {message}" if message else f"{code} {reason}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()[:300]
