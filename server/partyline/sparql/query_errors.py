"""The errors of an execution, with the limit that was exceeded and what its author can do."""

import json
import resource
from typing import Final

from partyline.errors import (
    BadQuery,
    EndpointTimeout,
    EndpointUnavailable,
    EngineError,
    NotAcceptable,
    NotSerialisable,
    PublisherError,
    QueryTimeout,
    QueryTooLarge,
)
from partyline.settings import Limits
from partyline.sparql.remote.breaker import UNAVAILABLE
from partyline.sparql.syntax_diagnostics import Prologue, diagnose
from partyline.sparql.workers.wire_protocol import QueryRequest

#: Errors that a worker names in a frame, with the message in it.
_NAMED: Final = {
    row.__name__: row for row in (BadQuery, EngineError, NotAcceptable, NotSerialisable)
}


def too_slow(limits: Limits) -> QueryTimeout:
    """Return the error of a query that did not end before its deadline."""
    return QueryTimeout(
        f"the query took longer than {limits.query_seconds:g} s and was ended;"
        " add LIMIT, or patterns that match fewer triples"
    )


def too_large(limits: Limits) -> QueryTooLarge:
    """Return the error of a query whose worker ended without a message.

    That happens when the kernel refuses memory, also for the stack, and at a hard limit on
    processor time.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limited = hard != resource.RLIM_INFINITY
    processor = (
        f", or the {hard} s of processor time that a process may use here" if limited else ""
    )
    return QueryTooLarge(
        f"the query needed more than {limits.query_memory} MiB of memory{processor}, and was ended;"
        " select fewer rows before ORDER BY, GROUP BY or DISTINCT, or nest less deeply"
    )


def answer_too_long(limits: Limits) -> QueryTooLarge:
    """Return the error of an answer with too many bytes."""
    return QueryTooLarge(
        f"the answer is longer than {limits.answer_size} MiB;"
        " request it in parts with LIMIT and OFFSET"
    )


def failure(
    payload: bytes, request: QueryRequest, limits: Limits, prologue: Prologue
) -> tuple[PublisherError, bool]:
    """Return the error in a frame, and whether its worker can answer another query."""
    name, message = json.loads(payload)
    if name == "SyntaxError":
        return BadQuery(diagnose(request.query, message, prologue)), True
    if name == "QueryTooLarge":
        return QueryTooLarge(message) if message else too_large(limits), False
    if name == "EndpointUnavailable":
        return EndpointUnavailable(UNAVAILABLE, message), False
    if name == "EndpointTimeout":
        late = f"the engine that answers queries here took longer than {limits.query_seconds:g} s"
        return EndpointTimeout(f"{late}; add LIMIT, or try again in a moment", message, 5), False
    return _NAMED.get(name, EngineError)(message), False
