"""The running server: what is on the wire, what signals do, what operators see."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from command_line import partyline
from ensembles_server import Server, releases_of, serving
from network import free_port, wait_for, wait_until
from partyline.releases import build
from partyline.settings import read_settings

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
#: Some megabytes, at once.
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . VALUES ?x { 1 2 3 4 5 6 7 8 9 } }"


# On the wire


def test_an_answer_that_is_cut_is_never_taken_for_a_whole_one(visited: Server) -> None:
    """Of CSV nobody could tell by its content."""
    with pytest.raises(http.client.IncompleteRead):
        visited.ask(LARGE, Accept="text/csv")
    assert visited.ask("ASK {}")[0] == 200
    wait_until(lambda: "cut" in [line["outcome"] for line in visited.lines()])
    (cut,) = [line for line in visited.lines() if line["outcome"] == "cut"]
    assert cut["error"] == "QueryTooLarge"


def test_to_a_client_of_http_1_0_only_whole_answers_are_sent(visited: Server) -> None:
    request = f"GET /sparql?query={quote(LARGE)} HTTP/1.0\r\nAccept: text/csv\r\n\r\n"
    assert b" 503 " in raw(visited.port, request).partition(b"\r\n")[0]
    whole = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 4000"
    request = f"GET /sparql?query={quote(whole)} HTTP/1.0\r\nAccept: text/csv\r\n\r\n"
    head, _, body = raw(visited.port, request).partition(b"\r\n\r\n")
    assert b" 200 " in head
    assert len(body) > 256 << 10
    assert f"content-length: {len(body)}".encode() in head.lower()


def raw(port: int, request: str) -> bytes:
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.encode())
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def test_a_short_answer_has_its_length_and_keeps_the_connection(visited: Server) -> None:
    connection = visited.connection()
    sockets = set()
    for _ in range(3):
        connection.request("GET", "/sparql?query=ASK%7B%7D")
        response = connection.getresponse()
        assert response.headers["Content-Length"] == str(len(response.read()))
        sockets.add(id(connection.sock))
    connection.close()
    assert len(sockets) == 1


@pytest.mark.parametrize("query", [ENDLESS, LONG], ids=["before", "within"])
def test_a_client_that_disconnects_ends_its_query(built_ensembles: Path, query: str) -> None:
    with serving(built_ensembles, ("--no-build",), limits_query_seconds=60) as server:
        connection = server.connection()
        connection.request("GET", f"/sparql?query={quote(query)}")
        wait_until(lambda: server.engine()["busy"] == 1)
        connection.close()
        wait_until(lambda: server.engine()["busy"] == 0, seconds=3)
        assert server.ask("ASK {}")[0] == 200


def test_slow_readers_and_slow_writers_keep_no_other_client_from_an_answer(running: Server) -> None:
    """More of each than the server has threads."""
    beginning = f"GET /sparql?query={quote(LONG)}"
    silent = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(160)]
    for number, connection in enumerate(silent):
        full = " HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\n\r\n"
        connection.sendall((beginning + (full if number % 4 == 0 else "")).encode())
    for _ in range(5):
        assert running.get("/health/live")[0] == 200
        assert running.ask("ASK {}")[0] in (200, 503)
    for connection in silent:
        connection.close()
    wait_until(lambda: running.ask("ASK {}")[0] == 200)


def test_what_is_far_too_long_is_refused_before_it_is_read(visited: Server) -> None:
    head = "POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
    answer = raw(visited.port, head + "Content-Length: 20000000\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    both = "Content-Length: 6\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
    smuggled = raw(visited.port, head + both + "\r\n0\r\n\r\nG")
    assert smuggled.startswith(b"HTTP/1.1 400 ")
    assert smuggled.count(b"HTTP/1.1") == 1


# Who asks


def test_one_client_cannot_use_up_what_others_need(built_ensembles: Path) -> None:
    with serving(
        built_ensembles,
        ("--no-build",),
        limits_query_seconds=0.5,
        limits_client_seconds=0.3,
        server_trusted_proxies="127.0.0.0/8",
    ) as server:
        greedy, modest = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        assert server.ask(ENDLESS, **greedy)[0] == 503
        status, _, headers = server.ask(ENDLESS + "#", **greedy)
        assert status == 429
        assert int(headers["Retry-After"]) > 0
        assert server.ask("ASK {}", **greedy)[0] == 200
        assert server.ask(ENDLESS + "##", **modest)[0] == 503


# What operators see


def test_there_is_one_line_of_json_for_each_request(visited: Server) -> None:
    secret = "SELECT * { ?s ?p 'secret' }"
    visited.ask(secret)
    visited.get("/id/a%0a127.0.0.1%20-%20FAKE%20%1b[31m?token=secret")
    visited.ask("SELECT nonsense")
    wait_until(lambda: len(visited.lines()) >= 3)
    text = visited.log.read_text()
    assert "secret" not in text
    assert "\x1b" not in text
    queried, unknown, wrong = visited.lines()[-3:]
    assert re.fullmatch("[0-9a-f]{16}", str(queried["query"]))
    assert (queried["path"], queried["status"], queried["outcome"]) == ("/sparql", 200, "complete")
    assert queried["release"] == (visited.folder / "releases" / "current").readlink().name
    assert isinstance(queried["bytes"], int)
    assert queried["bytes"] > 0
    assert unknown["status"] == 404
    assert (wrong["status"], wrong["error"]) == (400, "BadQuery")


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/html"])
def test_the_log_has_the_rows_of_an_answer(visited: Server, accept: str) -> None:
    visited.ask(r"SELECT * { VALUES ?x { 'a\"\n' 2 UNDEF } }", Accept=accept)
    visited.ask("SELECT * { ?s ?p ?o FILTER(false) }", Accept=accept)
    visited.ask("ASK {}", Accept=accept)
    visited.ask("SELECT nonsense", Accept=accept)
    assert [line.get("rows") for line in queries(visited, 4)] == [3, 0, None, None]


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/n-triples"])
def test_the_log_has_the_triples_of_a_graph(visited: Server, accept: str) -> None:
    visited.ask("CONSTRUCT { ?x a <urn:c> } WHERE { VALUES ?x { <urn:1> <urn:2> } }", Accept=accept)
    described = "DESCRIBE <https://music.example.org/id/ensemble/brass-union>"
    content = visited.ask(described, Accept="application/n-triples")[1]
    visited.ask(described, Accept=accept)
    numbers = [line["rows"] for line in queries(visited, 3)]
    assert numbers == [2, content.count(b"\n"), content.count(b"\n")]


@pytest.mark.parametrize(
    ("accept", "row"),
    [
        ("text/csv", b"\r\n"),
        ("text/tab-separated-values", b"\n"),
        ("application/sparql-results+json", b"},{"),
    ],
)
def test_the_log_has_the_rows_of_what_was_streamed(
    visited: Server, accept: str, row: bytes
) -> None:
    """Of an answer of 1,500 rows, and of those that came of one that was cut."""
    visited.ask("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1500", Accept=accept)
    with pytest.raises(http.client.IncompleteRead) as caught:
        visited.ask(LARGE, Accept=accept)
    whole, cut = queries(visited, 2)
    assert (whole["rows"], whole["outcome"]) == (1500, "complete")
    assert (cut["outcome"], cut["error"]) == ("cut", "QueryTooLarge")
    assert isinstance(cut["rows"], int)
    # What the server had not sent when it cut the answer did not reach the client.
    assert 0 < caught.value.partial.count(row) - 1 <= cut["rows"]


def test_results_in_xml_are_sent_whole_or_refused(visited: Server) -> None:
    """All of them are checked for characters that XML cannot represent before the first is sent."""
    xml = "application/sparql-results+xml"
    status, _, _ = visited.ask("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1500", Accept=xml)
    assert status == 200
    status, message, _ = visited.ask(LARGE, Accept=xml)
    assert (status, message[:32]) == (503, b"the answer is longer than 1 MiB;")
    whole, refused = queries(visited, 2)
    assert (whole["rows"], whole["outcome"]) == (1500, "complete")
    assert refused["error"] == "QueryTooLarge"


def test_the_log_has_the_rows_that_a_client_took_before_it_disconnected(
    built_ensembles: Path,
) -> None:
    with serving(built_ensembles, ("--no-build",), limits_query_seconds=60) as server:
        query = " UNION ".join(["{ ?a ?b ?c . ?d ?e ?f }"] * 50)  # found while it is sent
        path = f"/sparql?query={quote(f'SELECT * {{ {query} }}')}"
        request = f"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(request.encode())
            received = connection.recv(1 << 16)
        (line,) = queries(server, 1)
        assert line["outcome"] == "disconnected"
        assert isinstance(line["rows"], int)
        assert received.count(b"\n") - 10 < line["rows"] < 1_000_000


def queries(server: Server, number: int) -> list[dict[str, object]]:
    """Return the lines of the log on the last *number* queries, once they are there."""
    found: list[dict[str, object]] = []

    def are_there() -> bool:
        found[:] = [line for line in server.lines() if "query" in line]
        return len(found) >= number

    wait_until(are_there)
    return found[-number:]


def test_prometheus_reads_the_metrics(running: Server) -> None:
    running.ask("ASK {}")
    running.ask("nonsense")
    status, content, headers = running.get("/metrics")
    assert (status, headers.get_content_type()) == (200, "text/plain")
    text = content.decode()
    assert 'partyline_requests_total{method="GET",route="/sparql",status="200"} 1.0' in text
    assert 'partyline_outcomes_total{outcome="BadQuery"} 1.0' in text
    assert "partyline_query_workers 2.0" in text
    assert 'partyline_request_seconds_count{route="/sparql"} 2.0' in text


def test_liveness_and_readiness_are_distinguished(visited: Server) -> None:
    for path, status in (("/health/live", "live"), ("/health/ready", "ready")):
        code, content, headers = visited.get(path)
        assert (code, json.loads(content)) == (200, {"status": status})
        assert headers["Cache-Control"] == "no-store"


# Signals


def test_sigterm_answers_what_was_asked_and_ends_with_0(built_ensembles: Path) -> None:
    found: list[int] = []
    with serving(built_ensembles, ("--no-build",), limits_query_seconds=1.5) as server:
        thread = threading.Thread(target=lambda: found.append(server.ask(ENDLESS)[0]))
        thread.start()
        wait_until(lambda: server.engine()["busy"] == 1)
        server.process.send_signal(signal.SIGTERM)
        thread.join()
        assert found == [503]
        assert server.process.wait(10) == 0
        with pytest.raises(ConnectionError):
            server.get("/health")


def test_a_new_release_is_served_without_a_failed_request(running: Server) -> None:
    """Twenty requests a second; each answer says its release twice, and both say the same."""
    names = ("eins", "zwei", "drei")
    releases = releases_of(running.folder, names)
    ended = threading.Event()
    failures: list[object] = []
    seen: list[tuple[str, str]] = []
    query = "SELECT ?name { ?x <http://www.w3.org/2000/01/rdf-schema#label> ?name }"

    def send() -> None:
        while not ended.wait(0.1):
            try:
                status, content, _ = running.ask(query)
                page, document, headers = running.get("/doc/ensemble/brass-union.ttl")
                assert (status, page) == (200, 200)
                found = re.search(rb"Blechverein (\w+)", document)
                if found:
                    seen.append((headers["ETag"], found[1].decode()))
                assert b"Blechverein" in content
            except (OSError, AssertionError, http.client.HTTPException) as error:
                failures.append(error)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for name, release in zip(names, releases, strict=True):
        running.switch(release)
        wait_until(partial(has_been_seen, seen, name))
    ended.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(dict(seen)) == 3  # one name under each tag
    assert len(set(seen)) == 3
    wait_until(lambda: running.engine()["workers"] == 2)


def has_been_seen(seen: list[tuple[str, str]], name: str) -> bool:
    return name in [row for _, row in seen]


def test_a_release_that_does_not_open_leaves_the_served_one(running: Server) -> None:
    served = json.loads(running.get("/health")[1])["release"]
    current = running.folder / "releases" / "current"
    broken = running.folder / "releases" / "broken"
    broken.mkdir()
    beside = current.with_name("beside")
    beside.symlink_to("broken")
    beside.replace(current)
    running.process.send_signal(signal.SIGHUP)
    for _ in range(5):
        assert json.loads(running.get("/health")[1])["release"] == served
        assert running.ask("ASK {}")[0] == 200


@pytest.mark.parametrize("wrong", ["[knowledge", "prefixes = 3\n", "questions = 1\n"])
def test_wrong_settings_are_shown_by_health_and_can_be_corrected(
    running: Server, wrong: str
) -> None:
    settings = running.folder / "partyline.toml"
    right = settings.read_text()
    settings.write_text(wrong + right)
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: running.health()["status"] == "degraded")
    (problem,) = running.health()["problems"]
    assert "partyline.toml" in problem
    assert running.ask("ASK {}")[0] == 200
    settings.write_text(right.replace("Ensembles of an invented town", "Another title"))
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: running.health()["status"] == "ok")
    assert b"Another title" in running.get("/", Accept="text/html")[1]


def test_a_damaged_release_is_replaced_by_the_last_good_one_until_it_is_built_again(
    built_ensembles: Path,
) -> None:
    good = (built_ensembles / "releases" / "current").readlink().name
    (damaged,) = releases_of(built_ensembles, ["drei"])
    (built_ensembles / "releases" / damaged / "statements.table").write_bytes(b"")
    with serving(built_ensembles, ("--no-build",)) as server:
        assert server.health()["release"] == good
        (problem,) = server.health()["problems"]
        assert "statements.table: changed since the release was sealed" in problem
        assert f"release {good} is served instead" in problem
        assert server.health()["status"] == "degraded"
        done = partyline("build", "--settings", built_ensembles / "partyline.toml")
        assert done.returncode == 0, done.stderr
        assert "the release was damaged" in done.stderr
        wait_until(lambda: server.health()["release"] == damaged)
        wait_until(lambda: server.health()["status"] == "ok")


def test_a_table_that_is_damaged_while_it_is_served_is_left_for_a_good_release(
    running: Server,
) -> None:
    good = running.health()["release"]
    damaged = running.rebuild("drei")
    wait_until(lambda: running.health()["release"] == damaged)
    os.truncate(running.folder / "releases" / damaged / "statements.table", 4096)
    wait_until(lambda: running.health()["problems"])
    (problem,) = running.health()["problems"]
    assert "statements.table: changed since the release was sealed" in problem
    assert running.health()["release"] == good
    assert running.rebuild("drei") == damaged
    wait_until(lambda: running.health()["status"] == "ok")
    assert running.health()["release"] == damaged


def test_a_dump_that_is_damaged_while_it_is_served_is_not_sent(running: Server) -> None:
    file = running.folder / "releases" / "current" / "dumps" / "asserted.nt"
    whole = file.read_bytes()
    status, content, headers = running.get("/dumps/asserted.nt")
    assert (status, content) == (200, whole)
    for damaged in (whole[:-1], whole.replace(b"a", b"b"), b""):
        file.write_bytes(damaged)
        status, content, _ = running.get("/dumps/asserted.nt")
        assert (status, b"asserted.nt is damaged" in content) == (500, True)
        assert running.get("/dumps/asserted.ttl")[0] == 200
        (problem,) = running.health()["problems"]
        assert "asserted.nt: changed since the release was sealed; run 'partyline" in problem
    file.unlink()
    assert running.get("/dumps/asserted.nt")[0] == 500
    file.write_bytes(whole)  # the same bytes in another file
    _, _, again = running.get("/dumps/asserted.nt")
    assert again["ETag"] == headers["ETag"]
    assert running.health()["status"] == "ok"
    file.write_bytes(whole[:-1])
    assert running.get("/dumps/asserted.nt")[0] == 500
    build(read_settings(running.folder / "partyline.toml"))
    wait_until(lambda: running.health()["status"] == "ok")
    assert running.get("/dumps/asserted.nt")[1] == whole


def test_sighup_reads_the_settings_again(running: Server) -> None:
    settings = running.folder / "partyline.toml"
    text = settings.read_text()
    settings.write_text(text.replace("Ensembles of an invented town", "Another title"))
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: b"Another title" in running.get("/", Accept="text/html")[1])


def test_an_occupied_port_is_reported_in_one_line(visited: Server) -> None:
    done = partyline(
        *("serve", "--no-build", "--port", visited.port),
        *("--settings", visited.folder / "partyline.toml"),
    )
    assert done.returncode == 1
    assert f"127.0.0.1:{visited.port}: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_machine_without_namespaces_is_reported_at_the_start(built_ensembles: Path) -> None:
    """In a user namespace that allows no further one, as in many containers."""
    shell = "echo 0 > /proc/sys/user/max_user_namespaces && exec "
    port = free_port()
    command = f"{sys.executable} -m partyline serve --no-build --port {port}"
    command += f" --settings {built_ensembles / 'partyline.toml'}"
    process = subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "sh", "-c", shell + command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(("unshare:", "sh:")):
                pytest.skip(f"this machine has no namespaces to forbid: {line}")
            if "forbids network namespaces" in line:
                break
        else:
            pytest.fail("nothing is said of it")
        url = f"http://127.0.0.1:{port}/sparql?query="
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        for query in ("ASK { SERVICE <http://127.0.0.1/> {} }", "LOAD <http://127.0.0.1/>"):
            with pytest.raises(urllib.error.HTTPError, match="400"):
                urllib.request.urlopen(url + quote(query))
        with urllib.request.urlopen(url + quote("ASK {}")) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_an_operator_chooses_who_may_read_and_how_the_server_is_called(
    built_ensembles: Path,
) -> None:
    friend, public = "https://friend.example", "https://data.example.org"
    with serving(
        built_ensembles, ("--no-build",), server_origins=friend, server_address=public
    ) as server:
        _, described, headers = server.get("/sparql", Origin=friend, Host="evil.example")
        assert headers["Access-Control-Allow-Origin"] == friend
        assert "Origin" in headers["Vary"]
        assert f"<{public}/sparql>".encode() in described
        assert b"evil.example" not in described
        _, _, headers = server.get("/sparql", Origin="https://other.example")
        assert "Access-Control-Allow-Origin" not in headers
