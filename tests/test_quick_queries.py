"""Queries that are answered without a thread, and how others leave for one."""

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from ensembles_server import Server, serving
from network import wait_until
from partyline.errors import BadQuery, EngineBusy, QueryTimeout
from partyline.settings import Limits
from partyline.sparql import RESULT_FORMATS, BegunQuery, Progress, QueryPool
from query_pools import ENDLESS, JSON, LONG, TURTLE, make_pool
from query_pools import store as store
from test_serving import ENDLESS as COUNTED
from test_serving import LARGE

SMALL = "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 3"
LIMITS = Limits(query_seconds=3, query_memory=128, workers=2, queue_seconds=0.3)


@pytest.fixture
def pool(store: Path) -> Iterator[QueryPool]:
    with make_pool(store, LIMITS) as pool:
        yield pool


def begin(pool: QueryPool, text: str, client: str = "") -> BegunQuery:
    """Begin a query as soon as a worker has opened its data."""
    ends = time.monotonic() + 10
    while (begun := pool.begin(text, rows=JSON, graph=TURTLE, client=client)) is None:
        assert time.monotonic() < ends
        time.sleep(0.01)
    return begun


def progress(begun: BegunQuery) -> Progress:
    ends = time.monotonic() + 10
    while (progress := begun.progress()) is Progress.RUNNING and time.monotonic() < ends:
        time.sleep(0.005)
    return progress


def test_a_query_that_was_begun_has_the_answer_of_one_that_is_waited_for(pool: QueryPool) -> None:
    begun = begin(pool, SMALL)
    assert progress(begun) is Progress.ANSWERED
    answer, waited = begun.answer(), pool.query(SMALL, rows=JSON, graph=TURTLE)
    assert b"".join(answer.chunks) == b"".join(waited.chunks)
    assert (answer.media_type, answer.rows(), answer.whole) == (JSON, 3, True)
    assert pool.status()["busy"] == 0
    assert pool.status()["killed"] == 0


def test_without_a_free_worker_nothing_is_begun(pool: QueryPool) -> None:
    running = [begin(pool, f"{ENDLESS} #{number}") for number in range(LIMITS.workers)]
    assert pool.begin(SMALL, rows=JSON, graph=TURTLE) is None
    for begun in running:
        begun.close()
    wait_until(lambda: pool.status()["busy"] == 0)
    assert b"".join(begin(pool, SMALL).answer().chunks)


def test_what_is_not_quick_becomes_long_where_it_is_waited_for(store: Path) -> None:
    with make_pool(store, replace(LIMITS, query_seconds=1)) as pool:
        begun = begin(pool, ENDLESS)
        wait_until(lambda: begun.quick_seconds_left() == 0.0)
        with pytest.raises(QueryTimeout):
            begun.answer()


def test_a_query_that_was_slow_a_moment_ago_is_not_begun(pool: QueryPool) -> None:
    """It found no place for a long query, and waits for one from its beginning."""
    with closing(pool.query(LONG, rows=JSON, graph=TURTLE).chunks):  # type: ignore[type-var]
        assert pool.status()["busy"] == 1
        with pytest.raises(EngineBusy):
            begin(pool, ENDLESS).answer()
        assert pool.status()["busy"] == 1
        assert pool.begin(ENDLESS, rows=JSON, graph=TURTLE) is None


def test_a_long_text_is_not_checked_where_no_thread_may_wait(pool: QueryPool) -> None:
    assert pool.begin(SMALL + " " * 4000, rows=JSON, graph=TURTLE) is None


def test_an_error_is_raised_where_it_is_looked_for(pool: QueryPool) -> None:
    with pytest.raises(BadQuery, match="read-only"):
        pool.begin("DROP ALL", rows=JSON, graph=TURTLE)
    begun = begin(pool, "SELECT nonsense")
    assert progress(begun) is Progress.OTHER
    with pytest.raises(BadQuery, match="line 1"):
        begun.answer()
    assert pool.status()["busy"] == 0


def test_a_worker_that_dies_is_an_error_of_its_query_alone(pool: QueryPool) -> None:
    begun = begin(pool, ENDLESS)
    begun.close()
    assert begun.progress() is Progress.OTHER
    assert b"".join(pool.query("ASK {}", rows=JSON, graph=TURTLE).chunks)


# Over HTTP


def test_requests_sent_ahead_are_answered_in_their_order(visited: Server) -> None:
    numbers = list(range(20))
    with visited.wire() as wire:
        for number in numbers:
            wire.send(request(f"SELECT ({number} AS ?n) {{}}"))
        answers = [json.loads(wire.response().body) for _ in numbers]
    rows = [answer["results"]["bindings"][0]["n"]["value"] for answer in answers]
    assert rows == [str(number) for number in numbers]


def test_many_clients_at_once_get_each_their_own_answer(visited: Server) -> None:
    found: dict[int, list[str]] = {}

    def ask(number: int) -> None:
        with visited.wire() as wire:
            for step in range(10):
                wire.send(request(f"SELECT ({number * 100 + step} AS ?n) {{}}"))
                answer = json.loads(wire.response().body)
                value = answer["results"]["bindings"][0]["n"]["value"]
                found.setdefault(number, []).append(value)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {row: [str(row * 100 + step) for step in range(10)] for row in range(24)}


@pytest.mark.parametrize("media_type", [row.media_type for row in RESULT_FORMATS])
def test_the_answer_is_the_one_of_a_thread(visited: Server, media_type: str) -> None:
    """A long text is answered by a thread."""
    short, long = request(SMALL, media_type), request(f"{SMALL} #{'x' * 4000}", media_type)
    with visited.wire() as wire:
        wire.send(short + long + short.replace(b"GET", b"HEAD"))
        first, second = wire.response(), wire.response()
        head = wire.response(bodiless=True)
    assert first.body == second.body
    first.headers.pop("date"), second.headers.pop("date"), head.headers.pop("date")
    assert first.headers == second.headers == head.headers


def test_an_answer_is_kept_when_it_is_asked_for_again(built_ensembles: Path) -> None:
    text = f"{SMALL} # of which an answer is kept"
    with serving(built_ensembles, ("--no-build",), limits_workers=1) as server:
        first, second, third = (server.ask(text) for _ in range(3))
        with server.wire() as slow:
            slow.send(request(COUNTED))  # which has the only worker
            wait_until(lambda: b"partyline_query_busy 1.0" in server.get("/metrics")[1])
            fourth = server.ask(text)
            wait_until(lambda: len(answered(server)) == 4)
            rows = answered(server)
    assert first[0] == 200
    assert first[1] == second[1] == third[1] == fourth[1]
    fields = [{**headers, "Date": ""} for _, _, headers in (first, second, third, fourth)]
    assert fields[0] == fields[1] == fields[2] == fields[3]
    assert len({(row["query"], row["rows"], row["bytes"], row["release"]) for row in rows}) == 1
    assert all(row["outcome"] == "complete" for row in rows)


def answered(server: Server) -> list[dict[str, object]]:
    return [row for row in server.lines() if (row["path"], row["status"]) == ("/sparql", 200)]


def test_a_client_that_has_the_answer_to_a_query_receives_304(visited: Server) -> None:
    target = f"/sparql?query={quote(f'{SMALL} # of which a client has the answer')}"
    status, content, headers = visited.get(target, Accept=JSON)
    condition = {"Accept": JSON, "If-None-Match": headers["ETag"]}
    assert status == 200
    assert content
    for _ in range(2):
        again = visited.get(target, **condition)
        assert again[:2] == (304, b"")
        assert again[2]["ETag"] == headers["ETag"]
    assert visited.get(target, Accept=JSON, Range="bytes=2-5")[:2] == (206, content[2:6])
    assert visited.get(target, Accept="text/csv", **{"If-None-Match": headers["ETag"]})[0] == 200


def test_a_kept_answer_to_a_query_is_compressed(visited: Server) -> None:
    target = f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 100 # compressed')}"
    plain = [visited.get(target, Accept=JSON) for _ in range(2)]
    for _ in range(2):
        status, content, headers = visited.get(target, Accept=JSON, **{"Accept-Encoding": "gzip"})
        assert (status, headers["Content-Encoding"]) == (200, "gzip")
        assert gzip.decompress(content) == plain[0][1] == plain[1][1]
        assert headers["Vary"] == plain[0][2]["Vary"]


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "STRUUID()", "NOW #\n()", "n\\u006Fw()"])
def test_what_differs_from_one_evaluation_to_the_next_is_not_kept(
    visited: Server, call: str
) -> None:
    target = f"/sparql?query={quote(f'SELECT ({call} AS ?value) {{}}')}"
    answers = [visited.get(target, Accept=JSON) for _ in range(3)]
    assert not any("ETag" in headers for _, _, headers in answers)
    if answers[0][0] == 200:
        assert len({content for _, content, _ in answers}) == 3


def test_a_posted_query_is_answered_alike(visited: Server) -> None:
    form = f"query={quote(SMALL)}".encode()
    with visited.wire() as wire:
        wire.send(request(SMALL))
        wire.send(posted("application/x-www-form-urlencoded", form))
        wire.send(posted("application/sparql-query", SMALL.encode()))
        wire.send(posted("application/sparql-query", b"DROP ALL"))
        first, *others, refused = [wire.response() for _ in range(4)]
    assert {row.body for row in others} == {first.body}
    assert (refused.status, b"read-only" in refused.body) == (400, True)


def test_what_is_not_quick_leaves_for_a_thread_and_the_next_ones_are_answered(
    built_ensembles: Path,
) -> None:
    with serving(built_ensembles, ("--no-build",), limits_query_seconds=1) as server:
        with server.wire() as slow, server.wire() as large:
            slow.send(request(COUNTED))
            large.send(request(LARGE))
            for number in range(10):
                assert server.ask(f"ASK {{ BIND({number} AS ?n) }}")[0] == 200
            assert slow.response().status == 503
        wait_until(lambda: len([row for row in server.lines() if row["path"] == "/sparql"]) == 12)


def test_a_client_that_disconnects_leaves_a_worker_for_the_next_one(visited: Server) -> None:
    for number in range(8):
        with visited.wire() as wire:
            wire.send(request(f"{COUNTED} #{number}"))
        with visited.wire() as wire:
            wire.send(request(f"{SMALL} #{number}"))
    assert visited.ask(SMALL)[0] == 200
    wait_until(lambda: b"partyline_query_busy 0.0" in visited.get("/metrics")[1])


def request(query: str, media_type: str = JSON) -> bytes:
    head = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: a\r\nAccept: {media_type}\r\n\r\n"
    return head.encode()


def posted(media_type: str, body: bytes) -> bytes:
    head = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nAccept: {JSON}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
