"""Queries of hostile kinds, put to a pool with a short limit: all must end, and it must go on.

Some of those that run, and some that only have to be parsed; ``make attack`` sends all of them to a
server.
"""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from expensive_queries import PARSING, RUNNING, outgoing
from partyline.errors import BadQuery, QueryTimeout, QueryTooLarge, RequestError
from partyline.settings import Limits
from partyline.sparql import QueryPool
from sampling import some_of
from timing import within

LIMITS = Limits(query_seconds=0.7, query_memory=192, answer_size=2, workers=2, client_seconds=1e6)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryPool]:
    path = tmp_path_factory.mktemp("expensive_queries") / "store"
    store = Store(str(path))
    for number in range(3000):
        subject = NamedNode(f"https://example.org/{number}")
        following = NamedNode(f"https://example.org/{(number * 7 + 1) % 3000}")
        store.add(Quad(subject, NamedNode("https://example.org/next"), following))
        store.add(Quad(subject, NamedNode("https://example.org/name"), Literal("a" * 30)))
    store.flush()
    with QueryPool(path, LIMITS, {}) as pool:
        yield pool


def read(pool: QueryPool, query: str) -> bytes:
    answer = pool.query(query, rows="application/sparql-results+json", graph="text/turtle")
    return b"".join(answer.chunks)


def message_of(pool: QueryPool, query: str) -> str:
    """Return the answer, or what is said instead."""
    try:
        return read(pool, query).decode()
    except BadQuery as error:
        return str(error)


def assert_that_all_is_well(pool: QueryPool) -> None:
    assert read(pool, "ASK {}") == b'{"head":{},"boolean":true}'
    status = pool.status()
    assert (status["workers"], status["busy"], status["waiting"]) == (2, 0, 0)


@pytest.mark.parametrize("name", some_of(list(RUNNING), 4))
def test_a_query_that_would_not_end_is_ended(pool: QueryPool, name: str) -> None:
    with (
        within(LIMITS.query_seconds + 1),
        pytest.raises((QueryTimeout, QueryTooLarge, BadQuery)),
    ):
        read(pool, RUNNING[name])
    assert_that_all_is_well(pool)


@pytest.mark.parametrize("name", some_of(list(PARSING), 12))
def test_a_query_that_kills_parsers_is_answered_or_refused(pool: QueryPool, name: str) -> None:
    with within(LIMITS.query_seconds + 1), suppress(RequestError):
        read(pool, PARSING[name])
    assert_that_all_is_well(pool)


def test_nothing_leaves_and_no_file_is_read(pool: QueryPool, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text('<urn:s> <urn:p> "token-7f3a" .')
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for name, query in outgoing(address, str(secret)).items():
            assert "token-7f3a" not in message_of(pool, query), name
        with pytest.raises(TimeoutError):
            listener.accept()
    assert_that_all_is_well(pool)
