"""Pools of query workers on a small store, and the processes that they start."""

import os
import threading
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from partyline.errors import BadQuery, EngineBusy, EngineError, QueryTimeout, QueryTooLarge
from partyline.rdf import GRAPH_FORMATS
from partyline.settings import Limits
from partyline.sparql import RESULT_FORMATS, Answer, QueryPool

EX = "https://example.org/"
JSON, TURTLE = RESULT_FORMATS[0].media_type, GRAPH_FORMATS[0].media_type
LIMITS = Limits(query_seconds=5, query_memory=128, answer_size=2, workers=2, queue_seconds=0.3)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store: 2,000 triples in the default graph and one in each of two named graphs."""
    path = tmp_path_factory.mktemp("engines") / "store"
    written = Store(str(path))
    name = NamedNode(EX + "name")
    written.extend(Quad(NamedNode(f"{EX}{i}"), name, Literal(f"number {i}")) for i in range(2000))
    for graph in ("one", "two"):
        written.add(Quad(NamedNode(EX + graph), name, Literal(graph), NamedNode(EX + graph)))
    written.flush()
    return path


@pytest.fixture
def others() -> set[int]:
    """What was started before the pool of a test: servers of other tests, which go on."""
    return children()


@pytest.fixture
def pool(store: Path, others: set[int]) -> Iterator[QueryPool]:
    with make_pool(store) as pool:
        yield pool


@pytest.fixture(scope="module")
def steady(store: Path) -> Iterator[QueryPool]:
    """A pool for tests that neither end its processes nor count them."""
    with make_pool(store) as pool:
        yield pool


def make_pool(store: Path, limits: Limits = LIMITS) -> QueryPool:
    return QueryPool(store, limits, {"ex": EX})


def ask(pool: QueryPool, query: str, **graphs: list[str]) -> Answer:
    return pool.query(
        query,
        rows=JSON,
        graph=TURTLE,
        default_graphs=graphs.get("default", []),
        named_graphs=graphs.get("named", []),
    )


def read(answer: Answer) -> bytes:
    return b"".join(answer.chunks)


def is_answered(pool: QueryPool) -> bool:
    return read(ask(pool, "ASK {}")) == b'{"head":{},"boolean":true}'


def wait_until(true: object) -> None:
    assert callable(true)
    ends = time.monotonic() + 5
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def family() -> tuple[dict[int, int], dict[int, str]]:
    """Return the parent and the state of each process of the machine, by its pid."""
    parents, states = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        states[int(entry.name)], parents[int(entry.name)] = fields[0], int(fields[1])
    return parents, states


def children() -> set[int]:
    """Return the processes that this one has started itself."""
    return {pid for pid, parent in family()[0].items() if parent == os.getpid()}


def descendants(others: Set[int]) -> dict[int, str]:
    """Return the state of each process below this one, by its pid, without *others* and theirs."""
    parents, states = family()
    found: dict[int, str] = {}
    for pid in parents:
        above = pid
        while above in parents and above not in others and parents[above] != os.getpid():
            above = parents[above]
        if above in parents and above not in others:
            found[pid] = states[pid]
    return found


def fork_server_and_workers(others: set[int]) -> list[int]:
    """Return the pids of the processes of a pool, the fork server first, which starts the others.

    It need not have the lowest pid: the kernel begins again from below.
    """
    mine = children()
    return sorted(descendants(others), key=lambda pid: (pid not in mine, pid))


@contextmanager
def in_background(pool: QueryPool, query: str) -> Iterator[list[BaseException]]:
    """Put a query from another thread; give the list that its error will be in."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            read(ask(pool, query))
        except (BadQuery, EngineBusy, EngineError, QueryTimeout, QueryTooLarge) as error:
            errors.append(error)

    before = pool.status()["busy"]
    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: pool.status()["busy"] > before)
    yield errors
    thread.join()
