"""Who waits for a query worker, and for how long: real processes, real queries."""

import os
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from partyline.errors import ClientDisconnected, EngineBusy, QueryTimeout, TooManyRequests
from partyline.sparql import QueryPool
from query_pools import (
    ENDLESS,
    EX,
    JSON,
    LIMITS,
    LONG,
    TURTLE,
    ask,
    fork_server_and_workers,
    in_background,
    is_answered,
    make_pool,
    read,
    wait_until,
)
from query_pools import others as others
from query_pools import pool as pool
from query_pools import store as store
from timing import within


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
