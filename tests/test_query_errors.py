"""What the author of a query reads when a limit ends it, or the engine refuses it."""

import json
import resource

import pytest

from partyline.errors import (
    BadQuery,
    EngineError,
    NotAcceptable,
    NotSerialisable,
    QueryTimeout,
    QueryTooLarge,
)
from partyline.settings import Limits
from partyline.sparql import QueryRequest
from partyline.sparql.query_errors import answer_too_long, failure, too_large, too_slow
from partyline.sparql.syntax_diagnostics import Prologue

LIMITS = Limits(query_seconds=2.5, query_memory=300, answer_size=7)
REQUEST = QueryRequest("SELECT * { ?s ?p }", "application/json", "text/turtle")


def test_a_limit_is_named_with_what_its_author_can_do() -> None:
    slow, long = too_slow(LIMITS), answer_too_long(LIMITS)
    assert isinstance(slow, QueryTimeout)
    assert str(slow) == (
        "the query took longer than 2.5 s and was ended;"
        " add LIMIT, or patterns that match fewer triples"
    )
    assert isinstance(long, QueryTooLarge)
    assert str(long) == (
        "the answer is longer than 7 MiB; request it in parts with LIMIT and OFFSET"
    )


def test_a_worker_without_memory_names_a_limit_on_processor_time_where_there_is_one() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limited = hard != resource.RLIM_INFINITY
    other = f", or the {hard} s of processor time that a process may use here" if limited else ""
    assert str(too_large(LIMITS)) == (
        f"the query needed more than 300 MiB of memory{other}, and was ended; select fewer rows"
        " before ORDER BY, GROUP BY or DISTINCT, or nest less deeply"
    )


@pytest.mark.parametrize(
    ("name", "kind", "keeps_worker"),
    [
        ("BadQuery", BadQuery, False),
        ("EngineError", EngineError, False),
        ("NotAcceptable", NotAcceptable, False),
        ("NotSerialisable", NotSerialisable, False),
        ("MemoryError", EngineError, False),
        ("QueryTooLarge", QueryTooLarge, False),
        ("SyntaxError", BadQuery, True),
    ],
)
def test_an_error_of_a_worker_is_one_of_ours(
    name: str, kind: type[Exception], keeps_worker: bool
) -> None:
    frame = json.dumps([name, "error at 1:17: expected something"]).encode()
    error, can_go_on = failure(frame, REQUEST, LIMITS, Prologue())
    assert type(error) is kind
    assert can_go_on is keeps_worker
    if name not in ("QueryTooLarge", "SyntaxError"):
        assert str(error) == "error at 1:17: expected something"
