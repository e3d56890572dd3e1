"""Untrusted queries in processes that may be killed: real processes, real limits."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    Store,
    parse_query_results,
)

from graph_readers import read_back
from partyline.errors import (
    BadQuery,
    ClientDisconnected,
    EngineBusy,
    EngineError,
    NotAcceptable,
    QueryTimeout,
    QueryTooLarge,
    QueryTooLong,
    TooManyRequests,
)
from partyline.rdf import GRAPH_FORMATS, GraphFormat
from partyline.settings import Limits
from partyline.sparql import RESULT_FORMATS, Answer, QueryPool, Solutions, read_results
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.processes import ForkServer
from partyline.sparql.workers.wire_protocol import Kind, QueryRequest
from partyline.sparql.workers.worker_pool import WorkerPool
from timing import ASSERTED, within

EX = "https://example.org/"
JSON, TURTLE = RESULT_FORMATS[0].media_type, GRAPH_FORMATS[0].media_type
LIMITS = Limits(query_seconds=5, query_memory=128, answer_size=2, workers=2, queue_seconds=0.3)

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
DOUBLING = "".join(f" BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
HOGS = {
    "ORDER BY": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "doubling strings": 'SELECT ?x40 { BIND("xxxxxxxxxxxxxxxx" AS ?x0)' + DOUBLING + " }",
}


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


def count(pool: QueryPool, pattern: str, **graphs: list[str]) -> str:
    answer = ask(pool, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", **graphs)
    table = read_results(read(answer))
    assert isinstance(table, Solutions)
    number = table.rows[0]["n"]
    assert isinstance(number, Literal)
    return number.value


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


@pytest.mark.parametrize("row", RESULT_FORMATS, ids=lambda row: row.name)
def test_rows_are_written_in_each_format(steady: QueryPool, row: object) -> None:
    media_type = row.media_type  # type: ignore[attr-defined]  # a row of the table
    for query in ("SELECT ?s ?name { ?s ?p ?name } LIMIT 3", "ASK {}"):
        answer = steady.query(query, rows=media_type, graph=TURTLE)
        content = read(answer)
        assert answer.media_type.partition(";")[0] == media_type
        assert ("charset=utf-8" in answer.media_type) == media_type.startswith("text/")
        if media_type == "text/csv":  # which tells no terms apart
            assert content.splitlines()[0] in (b"s,name", b"true")
            continue
        results = parse_query_results(content, QueryResultsFormat.from_media_type(media_type))
        if isinstance(results, QueryBoolean):
            assert bool(results)
        else:
            assert len(list(results)) == 3


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.name)
def test_graphs_are_written_in_each_format(steady: QueryPool, row: GraphFormat) -> None:
    for query in (f"CONSTRUCT WHERE {{ <{EX}7> ?p ?o }}", f"DESCRIBE <{EX}7>"):
        answer = steady.query(query, rows=JSON, graph=row.media_type)
        triples = read_back(read(answer), row)
        assert [str(triple) for triple in triples] == [f'<{EX}7> <{EX}name> "number 7"']
        assert answer.media_type.partition(";")[0] == row.media_type


def test_turtle_is_written_with_the_prefixes_of_the_release(steady: QueryPool) -> None:
    assert b'ex:7\n    ex:name "number 7" ;' in read(ask(steady, f"DESCRIBE <{EX}7>"))


def test_a_format_that_is_not_written_is_reported(steady: QueryPool) -> None:
    with pytest.raises(NotAcceptable, match="application/xml is not a format of this answer"):
        steady.query("ASK {}", rows="application/xml", graph=TURTLE)


def test_a_dataset_of_the_protocol_replaces_that_of_the_store(steady: QueryPool) -> None:
    everywhere, named = "?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"
    one, two = EX + "one", EX + "two"

    assert (count(steady, everywhere), count(steady, named)) == ("2000", "2")
    assert count(steady, everywhere, default=[one]) == "1"
    assert count(steady, named, default=[one]) == "0"
    assert count(steady, everywhere, default=[one, two]) == "2"
    assert count(steady, everywhere, named=[one]) == "0"
    assert count(steady, named, named=[one]) == "1"
    assert count(steady, everywhere, default=[EX + "none"]) == "0"


def test_a_graph_that_is_not_an_iri_is_a_bad_query(steady: QueryPool) -> None:
    with pytest.raises(BadQuery, match="not a valid IRI"):
        ask(steady, "ASK {}", default=["no iri"])


def test_a_syntax_error_has_its_place_and_keeps_the_worker(
    pool: QueryPool, others: set[int]
) -> None:
    before = descendants(others).keys()
    for _ in range(5):
        with pytest.raises(
            BadQuery, match=r"line 2, column \d+: not SPARQL at or before the end of “\?s \?p }”"
        ):
            ask(pool, "SELECT * {\n  ?s ?p }")
    assert is_answered(pool)
    assert descendants(others).keys() == before
    assert pool.status()["killed"] == 0


def test_the_guard_stands_before_the_processes(pool: QueryPool) -> None:
    with within(1):
        with pytest.raises(BadQuery, match="nested 5002 deep; at most 100"):
            ask(pool, "ASK { FILTER" + "(" * 5001 + "1" + ")" * 5001 + " }")
        with pytest.raises(BadQuery, match="SERVICE is disabled"):
            ask(pool, "ASK { SERVICE <http://127.0.0.1/> {} }")
        with pytest.raises(BadQuery, match="this endpoint is read-only"):
            ask(pool, "DROP ALL")
        with pytest.raises(QueryTooLong, match="at most 65536"):
            ask(pool, "ASK {}" + " " * 70_000)
    assert pool.status()["killed"] == 0


def test_a_stack_that_overflows_takes_one_worker_and_nothing_else(store: Path) -> None:
    with make_pool(store, replace(LIMITS, query_depth=100_000)) as pool:
        with pytest.raises(QueryTooLarge, match="nest less deeply"):
            ask(pool, "ASK { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }")
        assert is_answered(pool)
        assert pool.status()["killed"] == 1


def test_an_unknown_function_is_a_bad_query(steady: QueryPool) -> None:
    with pytest.raises(BadQuery, match=f"function <{EX}f> is not supported"):
        ask(steady, f"ASK {{ ?s ?p ?o FILTER(<{EX}f>(?o)) }}")
    assert is_answered(steady)


def test_an_endless_query_ends_in_time_while_others_are_answered(store: Path) -> None:
    with make_pool(store, replace(LIMITS, query_seconds=1)) as pool:
        with within(2, at_least=1), in_background(pool, ENDLESS) as errors:
            with within(1):
                assert all(is_answered(pool) for _ in range(20))
            if ASSERTED:
                assert errors == []
        assert isinstance(errors[0], QueryTimeout)
        assert "longer than 1 s and was ended; add LIMIT" in str(errors[0])
        assert is_answered(pool)
        assert pool.status() == {
            "workers": 2,
            "busy": 0,
            "waiting": 0,
            "killed": 1,
            "isolated": pool.status()["isolated"],
        }


@pytest.mark.parametrize("query", HOGS.values(), ids=HOGS)
def test_a_query_that_wants_too_much_memory_is_ended(pool: QueryPool, query: str) -> None:
    for _ in range(2):
        with pytest.raises(QueryTooLarge, match="more than 128 MiB of memory"):
            ask(pool, query)
    assert is_answered(pool)
    wait_until(lambda: pool.status()["workers"] == 2)


def test_an_answer_that_is_too_long_is_cut_off_with_an_error(steady: QueryPool) -> None:
    answer = ask(steady, LONG)
    assert not answer.whole
    received: list[bytes] = []
    with pytest.raises(QueryTooLarge, match="longer than 2 MiB"):
        received.extend(answer.chunks)
    assert 256 << 10 <= sum(map(len, received)) <= 2 << 20
    with pytest.raises(StopIteration):
        next(answer.chunks)
    assert steady.status()["busy"] == 0
    assert is_answered(steady)


def test_an_error_within_the_first_bytes_replaces_the_answer(store: Path) -> None:
    """The rows come at once, and then nothing for ever."""
    query = f"SELECT * {{ {{ ?s ?p ?o }} UNION {{ {{ {ENDLESS} }} }} }}"
    with make_pool(store, replace(LIMITS, query_seconds=0.5)) as pool, pytest.raises(QueryTimeout):
        ask(pool, query)


def test_a_failed_answer_leaves_nothing_in_the_next_one(store: Path) -> None:
    query = f"SELECT * {{ {{ ?s ?p ?o }} UNION {{ {{ {HOGS['ORDER BY']} }} }} }}"
    with make_pool(store, replace(LIMITS, workers=1)) as pool:
        alone = read(ask(pool, "SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 10"))
        with pytest.raises(QueryTooLarge):
            read(ask(pool, query))
        assert read(ask(pool, "SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 10")) == alone


def test_a_reader_who_has_enough_frees_the_worker(store: Path) -> None:
    with make_pool(store, replace(LIMITS, workers=1)) as pool:
        answer = ask(pool, LONG)
        assert len(next(answer.chunks)) > 0
        answer.chunks.close()  # type: ignore[attr-defined]  # iterators may have it
        assert pool.status()["busy"] == 0
        assert is_answered(pool)
        assert list(answer.chunks) == []


def test_a_reader_who_falls_asleep_loses_the_worker_at_the_deadline(store: Path) -> None:
    with make_pool(store, replace(LIMITS, workers=1, query_seconds=0.5)) as pool:
        answer = ask(pool, LONG)
        next(answer.chunks)
        wait_until(lambda: pool.status()["busy"] == 0)
        assert is_answered(pool)
        with pytest.raises(QueryTimeout):
            read(answer)


def test_when_all_are_busy_the_next_one_is_asked_to_retry(pool: QueryPool) -> None:
    """Of two processes, one may be long at its work."""
    first = ask(pool, LONG)
    for _ in range(2):
        with (
            within(1, at_least=0.3),
            pytest.raises(EngineBusy, match="all query workers are busy") as caught,
        ):
            ask(pool, LONG)
        assert caught.value.retry_after == 1
    assert is_answered(pool)
    first.chunks.close()  # type: ignore[attr-defined]  # iterators may have it
    second = ask(pool, LONG)
    second.chunks.close()  # type: ignore[attr-defined]  # iterators may have it


def test_a_quick_query_never_waits_behind_long_ones(store: Path) -> None:
    """Every query of the attackers is another one, so that none is known to be slow."""
    ended = threading.Event()
    errors: list[BaseException] = []

    def attack(pool: QueryPool, number: int) -> None:
        query = f"{ENDLESS} # {number}"
        try:
            read(pool.query(query, rows=JSON, graph=TURTLE, is_disconnected=ended.is_set))
        except (ClientDisconnected, QueryTimeout) as error:
            errors.append(error)

    limits = replace(LIMITS, workers=4, query_seconds=60, queue_seconds=60)
    with make_pool(store, limits) as pool:
        attackers = [threading.Thread(target=attack, args=(pool, number)) for number in range(12)]
        for thread in attackers:
            thread.start()
        wait_until(lambda: pool.status()["waiting"] > 4)
        for _ in range(5):
            with within(2):
                assert is_answered(pool)
        assert pool.status()["waiting"] > 4
        assert errors == []
        ended.set()
        for thread in attackers:
            thread.join()
        assert is_answered(pool)
    assert len(errors) == 12


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process; see clock_getcpuclockid(3)."""
    return time.clock_gettime((~pid << 3) | 2)


def send_to(processes: Iterable[int], number: int) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):  # the pool may have ended it
            os.kill(pid, number)


@pytest.mark.parametrize(("seconds", "answered"), [(0.2, True), (1.6, False)])
def test_a_quick_query_that_gets_no_processor_stays_quick_for_a_second(
    store: Path, others: set[int], seconds: float, answered: bool
) -> None:
    """Its worker is stopped beyond its quick seconds; no long query may come in between."""
    limits = replace(LIMITS, query_seconds=20, quick_seconds=0.05, queue_seconds=0.1)
    ended = threading.Event()

    def run(pool: QueryPool) -> None:
        with pytest.raises(ClientDisconnected):
            pool.query(ENDLESS, rows=JSON, graph=TURTLE, is_disconnected=ended.is_set)

    with make_pool(store, limits) as pool:
        long = threading.Thread(target=run, args=(pool,))
        long.start()
        wait_until(lambda: pool.status()["workers"] == limits.workers)
        _, *workers = fork_server_and_workers(others)
        wait_until(lambda: any(processor_seconds(pid) > 0.4 for pid in workers))
        send_to(workers, signal.SIGSTOP)
        continuing = threading.Timer(seconds, send_to, (workers, signal.SIGCONT))
        continuing.start()
        with nullcontext() if answered else pytest.raises(EngineBusy):
            assert is_answered(pool)
        continuing.join()
        ended.set()
        long.join()


def test_a_slow_query_that_found_no_place_is_answered_when_there_is_one(store: Path) -> None:
    limits = replace(LIMITS, query_seconds=120, queue_seconds=60, query_memory=512)
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c != ?f) }"
    with make_pool(store, limits) as pool:
        first = ask(pool, LONG)
        with in_background(pool, query) as errors:
            wait_until(lambda: pool.status()["waiting"] == 1)
            first.chunks.close()  # type: ignore[attr-defined]  # iterators may have it
        assert errors == []


def test_a_query_of_a_client_that_disconnected_is_ended(store: Path) -> None:
    """While it runs, and while it waits for a place."""
    gone = threading.Event()
    errors: list[BaseException] = []

    def run(pool: QueryPool) -> None:
        try:
            pool.query(ENDLESS, rows=JSON, graph=TURTLE, is_disconnected=gone.is_set)
        except ClientDisconnected as error:
            errors.append(error)

    with make_pool(store, replace(LIMITS, query_seconds=60, queue_seconds=60)) as pool:
        threads = [threading.Thread(target=run, args=(pool,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        wait_until(lambda: pool.status()["waiting"] == 2 and pool.status()["busy"] == 1)
        gone.set()
        for thread in threads:
            thread.join(5)
        assert len(errors) == 3
        assert (pool.status()["busy"], pool.status()["waiting"]) == (0, 0)
        assert is_answered(pool)


def test_a_client_who_had_their_share_is_answered_only_what_is_quick(store: Path) -> None:
    # Longer than a query may stay quick on a busy machine, so that it is refused before its end.
    limits = replace(LIMITS, query_seconds=1.5, client_seconds=1)
    with make_pool(store, limits) as pool:
        with pytest.raises(QueryTimeout):
            pool.query(ENDLESS, rows=JSON, graph=TURTLE, client="a")
        for query in (ENDLESS, ENDLESS + " # another"):
            with pytest.raises(TooManyRequests, match="in a minute") as caught:
                pool.query(query, rows=JSON, graph=TURTLE, client="a")
            assert caught.value.retry_after
        assert read(pool.query("ASK {}", rows=JSON, graph=TURTLE, client="a"))
        with pytest.raises(QueryTimeout):
            pool.query(ENDLESS, rows=JSON, graph=TURTLE, client="b")


def test_a_query_waits_for_a_worker_rather_than_fail(store: Path) -> None:
    with make_pool(store, replace(LIMITS, workers=1, queue_seconds=3)) as pool:
        answer = ask(pool, LONG)
        timer = threading.Timer(0.2, answer.chunks.close)  # type: ignore[attr-defined]  # as above
        timer.start()
        assert is_answered(pool)
        timer.join()


def test_workers_that_are_killed_from_outside_are_replaced(
    pool: QueryPool, others: set[int]
) -> None:
    _, *workers = fork_server_and_workers(others)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pool.status()["workers"] == 0)
    assert is_answered(pool)
    assert is_answered(pool)


def test_a_fork_server_that_is_killed_is_started_again(pool: QueryPool, others: set[int]) -> None:
    os.kill(fork_server_and_workers(others)[0], signal.SIGKILL)
    wait_until(lambda: pool.status()["workers"] == 0)  # the kernel ends them with it
    assert is_answered(pool)
    with pytest.raises(QueryTooLarge):
        read(ask(pool, LONG))
    assert is_answered(pool)


def test_a_worker_that_is_killed_at_work_is_reported_and_replaced(
    pool: QueryPool, others: set[int]
) -> None:
    with in_background(pool, ENDLESS) as errors:
        _, *workers = fork_server_and_workers(others)
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
    assert isinstance(errors[0], QueryTooLarge)
    assert is_answered(pool)


def test_an_idle_worker_that_dies_is_replaced_without_a_query(
    pool: QueryPool, others: set[int]
) -> None:
    time.sleep(1.1)  # a worker that dies sooner after its start is replaced a second later
    _, *workers = fork_server_and_workers(others)
    os.kill(workers[0], signal.SIGKILL)
    wait_until(lambda: workers[0] not in alive(others) and len(alive(others)) == 3)
    assert pool.status()["workers"] == 2


def alive(others: set[int]) -> list[int]:
    return [pid for pid, state in descendants(others).items() if state != "Z"]


def test_workers_have_no_files_to_write_and_go_before_the_server(
    pool: QueryPool, others: set[int]
) -> None:
    assert is_answered(pool)
    _, *workers = fork_server_and_workers(others)
    for pid in workers:
        wait_until(lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0))
        assert 0 < int(Path(f"/proc/{pid}/oom_score_adj").read_text()) < 1000


def test_the_kernel_ends_a_worker_that_the_pool_does_not(store: Path, others: set[int]) -> None:
    with make_pool(store, replace(LIMITS, query_seconds=60)) as pool:
        assert is_answered(pool)
        _, *workers = fork_server_and_workers(others)
        limits = {resource.prlimit(pid, resource.RLIMIT_CPU)[0] for pid in workers}
    assert limits & {122, 123}


def test_a_worker_is_used_again_only_while_its_hard_limit_leaves_time() -> None:
    program = (
        "import resource; from partyline.sparql.workers import sandbox\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (100, 100))\n"
        "limit = sandbox.TimeLimit()\n"
        "print(limit.has_time_for(50), limit.has_time_for(98.5))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "True False\n", done.stderr


def test_nothing_is_left_after_close(store: Path, others: set[int]) -> None:
    descriptors = len(os.listdir("/proc/self/fd"))
    pool = make_pool(store)
    streaming = ask(pool, LONG)
    assert len(descendants(others)) == 3
    pool.close()
    pool.close()

    assert not descendants(others)
    with pytest.raises(EngineError, match="closed"):
        is_answered(pool)
    streaming.chunks.close()  # type: ignore[attr-defined]  # iterators may have it
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_nothing_piles_up_while_workers_come_and_go(pool: QueryPool, others: set[int]) -> None:
    is_answered(pool)
    descriptors = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        ask(pool, LONG).chunks.close()  # type: ignore[attr-defined]  # iterators may have it
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert len(fork_server_and_workers(others)) <= 4  # one may still wait to be taken leave of


def test_a_pool_that_is_forgotten_ends(store: Path, others: set[int]) -> None:
    make_pool(store)
    wait_until(lambda: not descendants(others))


def test_a_store_that_does_not_open_is_reported_at_the_start(
    tmp_path: Path, others: set[int]
) -> None:
    with pytest.raises(EngineError, match=f"{tmp_path / 'absent'}: cannot be opened"):
        make_pool(tmp_path / "absent")
    wait_until(lambda: not descendants(others))


def test_many_threads_may_ask_at_once(store: Path) -> None:
    answers: list[bytes] = []
    with make_pool(store, replace(LIMITS, queue_seconds=5)) as pool:

        def run(number: int) -> None:
            for i in range(10):
                subject = number * 10 + i
                content = read(ask(pool, f"SELECT ?o {{ <{EX}{subject}> ?p ?o }}"))
                answers.append(content)
                assert f'"number {subject}"'.encode() in content

        threads = [threading.Thread(target=run, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == len(set(answers)) == 160


def test_a_worker_that_comes_back_to_a_closed_pool_is_ended(store: Path) -> None:
    workers = WorkerPool(WorkerConfiguration(str(store), LIMITS.query_memory), 1)
    worker = workers.take()
    workers.close()
    workers.give_back(worker, reusable=True)
    assert not worker.is_alive()
    with pytest.raises(OSError, match="Bad file descriptor"):
        worker.channel.send(Kind.REQUEST, b"")


def test_the_processes_know_nothing_of_the_server(pool: QueryPool, others: set[int]) -> None:
    os.environ["PARTYLINE_TEST_SECRET"] = "hidden"
    try:
        for pid in fork_server_and_workers(others):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            assert b"HOME=" not in environment
            assert os.getpgid(pid) != os.getpgid(0)
    finally:
        del os.environ["PARTYLINE_TEST_SECRET"]


def test_a_worker_has_no_network_even_without_the_guard(store: Path) -> None:
    """Put SERVICE to a worker directly: nobody connects to the listener."""
    spawner = ForkServer(WorkerConfiguration(str(store), LIMITS.query_memory))
    try:
        allowed = subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True)
        assert spawner.isolated == (allowed.returncode == 0)
        if not spawner.isolated:
            pytest.skip("this machine forbids namespaces to its users")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.2)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            worker = spawner.spawn()
            worker.wait_until_ready()
            worker.channel.send(Kind.REQUEST, service_request(address))
            with pytest.raises(TimeoutError):
                listener.accept()
            kinds = [worker.channel.receive(time.monotonic() + 3)[0]]
            while kinds[-1] in (Kind.HEAD, Kind.DATA):
                kinds.append(worker.channel.receive(time.monotonic() + 3)[0])
            assert kinds[-1] is Kind.FAILURE
            worker.close()
    finally:
        spawner.close()


def service_request(address: str) -> bytes:
    query = f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"
    return QueryRequest(query, JSON, TURTLE, seconds=3).pack()


def test_workers_share_the_open_store_and_what_they_import(
    pool: QueryPool, others: set[int]
) -> None:
    read(ask(pool, "SELECT * { ?s ?p ?o } LIMIT 1"))
    _, *workers = fork_server_and_workers(others)
    for pid in workers:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        alone = re.search(r"Private_Dirty: +(\d+) kB", text)
        # Each took more than 6,000 when it opened the store itself.
        assert alone is not None
        assert int(alone[1]) < 4000


def test_the_processes_of_queries_import_neither_the_network_nor_the_server() -> None:
    names = "import sys, partyline.sparql.workers.fork_server; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", names], capture_output=True, text=True, check=True
    )
    too_much = {
        "ssl",
        "http.client",
        "numpy",
        "flask",
        "partyline.sparql.pool",
        "partyline.settings",
    }
    assert not too_much & set(found.stdout.split())
