"""Queries made at random: none may end more than its own process. ``make fuzz`` sends many more."""

from collections import Counter
from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from fuzzing import Grammar
from partyline.errors import RequestError
from partyline.settings import Limits
from partyline.sparql import QueryPool
from sampling import examples

LIMITS = Limits(query_seconds=0.5, query_memory=128, answer_size=1, workers=2, client_seconds=1e6)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryPool]:
    path = tmp_path_factory.mktemp("fuzzing") / "store"
    store = Store(str(path))
    example = "https://example.org/"
    for number in range(40):
        subject = NamedNode(f"{example}{number}")
        store.add(Quad(subject, NamedNode(example + "name"), Literal(f"name {number}")))
        store.add(Quad(subject, NamedNode(example + "next"), NamedNode(f"{example}{number // 2}")))
    store.flush()
    with QueryPool(path, LIMITS, {}) as pool:
        yield pool


def outcome(pool: QueryPool, query: str) -> str:
    try:
        answer = pool.query(query, rows="application/sparql-results+json", graph="text/turtle")
        size = sum(map(len, answer.chunks))
    except RequestError as error:
        return type(error).__name__
    return "answer" if size else "empty answer"


def test_a_query_made_at_random_is_answered_or_refused(pool: QueryPool) -> None:
    number = examples(200, 4000)
    outcomes = Counter(outcome(pool, query) for query in Grammar(seed=1).queries(number))
    assert outcomes.total() == number
    assert outcomes["answer"] > number // 10
    assert outcomes["BadQuery"] > number // 10
    status = pool.status()
    assert (status["busy"], status["waiting"], status["workers"]) == (0, 0, 2)


def test_the_same_seed_makes_the_same_queries() -> None:
    assert list(Grammar(seed=7).queries(20)) == list(Grammar(seed=7).queries(20))
