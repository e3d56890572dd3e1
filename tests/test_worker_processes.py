"""The processes that evaluate queries: what ends them, what they may do, what they leave."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from partyline.errors import EngineError, QueryTooLarge
from partyline.sparql import QueryPool
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.processes import ForkServer
from partyline.sparql.workers.wire_protocol import Kind, QueryRequest
from partyline.sparql.workers.worker_pool import WorkerPool
from query_pools import (
    ENDLESS,
    JSON,
    LIMITS,
    LONG,
    TURTLE,
    ask,
    descendants,
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
        "print(limit.has_time_for(50), limit.has_time_for(98.5))\n"
        "limit.begin(60)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "True False\n(100, 100)\n", done.stderr


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
