"""The answer to a question in the format that a client prefers, through the pool of queries."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from flask import Response, request

from partyline.errors import NotAcceptable, QueryTooLarge, UnknownResource
from partyline.publishing import Question, QuestionTerm
from partyline.sparql import (
    Answer,
    ResultFormat,
    Solutions,
    is_repeatable,
    query_form,
    read_results,
)
from partyline.web.documents import Representation, respond
from partyline.web.negotiation import HTML, Offer, negotiate, with_aliases
from partyline.web.protocol import Operation
from partyline.web.query_execution import QueryExecutor, formats_of

#: Written here from the JSON of a worker, with the library pyarrow.
PARQUET = ResultFormat("Parquet", "application/vnd.apache.parquet", "parquet")
#: Bytes of JSON that are turned into Parquet: this process holds all of it.
_MOST_BYTES = 16 << 20
#: Another ending of the first format.
_ALIASES = {"json": "srj"}


def formats(question: Question) -> Sequence[ResultFormat]:
    """Return the formats in which there is an answer to *question*, besides the page."""
    found = formats_of(query_form(question.text))
    return (*found, PARQUET) if query_form(question.text) == "SELECT" else found


def chosen_format(question: Question, extension: str) -> ResultFormat | None:
    """Return the format of *extension*, or the one that suits the request; None for the page.

    Raises NotAcceptable or UnknownResource.
    """
    rows = formats(question)
    if not extension:
        offers: list[Offer[ResultFormat | None]] = [Offer(row.media_type, row) for row in rows]
        offers.append(Offer(HTML, None))
        return negotiate(request.headers.get("Accept"), with_aliases(offers)).format
    if extension == "html":
        return None
    for row in rows:
        if row.extension == _ALIASES.get(extension, extension):
            return row
    endings = ", ".join(f".{row.extension}" for row in rows)
    raise UnknownResource(f"No answer to this question ends in .{extension}; it may be {endings}.")


def execute(executor: QueryExecutor, query: str, row: ResultFormat) -> Answer:
    """Execute *query* in the pool; the answer is in the format *row*. Raises RequestError."""
    return executor.execute(request.environ, Operation(query), query_form(query), row.media_type)


def send(
    executor: QueryExecutor,
    question: Question,
    values: Mapping[str, QuestionTerm],
    row: ResultFormat,
    location: str,
) -> Response:
    """Send the answer to *question* for *values* in the format *row*. Raises RequestError.

    A short one has an entity tag, and is kept; a long one is sent while it is evaluated.
    """
    query = question.bind(values)
    if row is PARQUET:
        content = parquet(read_json(executor, query))
        return respond_with(question, query, row, content, location)
    answer = execute(executor, query, row)
    if answer.whole:
        content = b"".join(answer.chunks)
        return respond_with(question, query, row, content, location, answer.warnings)
    response = Response(answer.chunks, content_type=_content_type(row))
    response.vary.add("Accept")
    return response


def respond_with(
    question: Question,
    query: str,
    row: ResultFormat,
    content: bytes,
    location: str,
    warnings: Iterable[str] = (),
) -> Response:
    """Send *content*, the whole answer to *query*."""
    names = [parameter.name for parameter in question.parameters]
    chosen = Representation(row.media_type, row.extension, lambda: content)
    # An answer that another evaluation may not repeat is never kept: it has no parameter that is.
    response = respond(chosen, location=location, parameters=names if is_repeatable(query) else ())
    if not is_repeatable(query):
        response.cache_control.no_store = True
    for text in warnings:
        response.headers.add("Warning", f'299 - "{text}"')
    return response


def read_json(executor: QueryExecutor, query: str) -> Solutions:
    """Return the whole answer to the SELECT *query*. Raises RequestError."""
    row = formats_of("SELECT")[0]
    content = bytearray()
    with closing_chunks(execute(executor, query, row)) as chunks:
        for chunk in chunks:
            content += chunk
            if len(content) > _MOST_BYTES:
                raise QueryTooLarge(
                    f"The answer is longer than {_MOST_BYTES >> 20} MiB; CSV and JSON have all of"
                    " it."
                )
    solutions = read_results(bytes(content))
    if isinstance(solutions, bool):
        raise NotAcceptable("The answer is yes or no, and no table; choose JSON.")
    return solutions


def parquet(solutions: Solutions) -> bytes:
    """Return *solutions* as a Parquet file. Raises NotAcceptable where pyarrow is not there."""
    try:
        from pyarrow.parquet import write_table
    except ImportError as error:
        raise NotAcceptable(
            "This server writes no Parquet: the library pyarrow is not installed. CSV, TSV, JSON"
            " and XML are available."
        ) from error
    file = io.BytesIO()
    write_table(solutions.to_arrow(), file)
    return file.getvalue()


@contextmanager
def closing_chunks(answer: Answer) -> Iterator[Iterator[bytes]]:
    """Close the chunks of *answer* in the end: whoever reads them may have stopped before."""
    try:
        yield answer.chunks
    finally:
        if close := getattr(answer.chunks, "close", None):
            close()


def _content_type(row: ResultFormat) -> str:
    is_text = row.media_type.startswith("text/")
    return f"{row.media_type}; charset=utf-8" if is_text else row.media_type
