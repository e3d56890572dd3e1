"""Remote endpoints, good and bad, and the command that asks them or the local release."""

import http.server
import re
import socket
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store

from command_line import partyline
from partyline.errors import BadQuery, EngineError
from partyline.sparql import query_endpoint

Response = tuple[int, str, bytes]

SELECT = "SELECT ?x { VALUES ?x { 1 } }"
CONSTRUCT = "CONSTRUCT { <a:a> <a:b> ?x } { VALUES ?x { 1 } }"


class Endpoint:
    """A real HTTP server; what it answers to a query is up to the test."""

    def __init__(self) -> None:
        self.response: Response | None = None
        self.delay = 0.0
        self.length: int | None = None
        self.methods: list[str] = []
        self.address = ""

    def answer(self, query: str, accept: str) -> Response:
        if self.response is not None:
            return self.response
        results = Store().query(query)
        if isinstance(results, QueryTriples):
            assert "text/turtle" in accept
            return 200, "text/turtle", results.serialize(format=RdfFormat.TURTLE) or b""
        content = results.serialize(format=QueryResultsFormat.JSON) or b""
        return 200, "application/sparql-results+json", content


@contextmanager
def serving(endpoint: Endpoint) -> Iterator[Endpoint]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self.reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def reply(self, parameters: str) -> None:
            endpoint.methods.append(self.command)
            time.sleep(endpoint.delay)
            query = parse_qs(parameters)["query"][0]
            status, media_type, body = endpoint.answer(query, self.headers["Accept"])
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(endpoint.length or len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        endpoint.address = f"http://127.0.0.1:{server.server_address[1]}/sparql"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving(Endpoint()) as endpoint:
        yield endpoint


def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return partyline(
        *("query", *arguments),
        stdin=stdin,
        before=partial(warnings.simplefilter, "error", UserWarning),
        environ={"PARTYLINE_SETTINGS": str(Path(__file__).parents[1] / "partyline.toml")},
    )


def test_rows_come_as_json_and_graphs_as_turtle(endpoint: Endpoint) -> None:
    assert b'"bindings":[{"x":' in query_endpoint(endpoint.address, SELECT)
    assert query_endpoint(endpoint.address, "# SELECT\nASK {}") == b'{"head":{},"boolean":true}'
    assert query_endpoint(endpoint.address, CONSTRUCT) == b"<a:a>\n    <a:b> 1 ;\n.\n"


def test_a_long_query_is_posted(endpoint: Endpoint) -> None:
    query_endpoint(endpoint.address, SELECT)
    query_endpoint(endpoint.address, SELECT + " # " + "x" * 100_000)
    assert endpoint.methods == ["GET", "POST"]


def test_an_endpoint_that_speaks_xml_only_is_understood(endpoint: Endpoint) -> None:
    results = Store().query(SELECT)
    assert not isinstance(results, QueryTriples)
    content = results.serialize(format=QueryResultsFormat.XML) or b""
    endpoint.response = 200, "application/sparql-results+xml; charset=utf-8", content
    assert b'"bindings":[{"x":' in query_endpoint(endpoint.address, SELECT)


def test_json_under_its_general_name_is_understood(endpoint: Endpoint) -> None:
    endpoint.response = 200, "application/json", b'{"head": {}, "boolean": false}'
    assert query_endpoint(endpoint.address, "ASK {}") == b'{"head":{},"boolean":false}'


@pytest.mark.parametrize("status", [400, 401, 404, 414, 500, 503])
def test_a_refusal_is_reported_with_status_and_first_line(endpoint: Endpoint, status: int) -> None:
    endpoint.response = status, "text/plain", b"line 1: it's not so\nmore\nand more\n"
    with pytest.raises(EngineError) as caught:
        query_endpoint(endpoint.address, SELECT)
    phrase = http.HTTPStatus(status).phrase.replace("URI", "(URI|Request-URI)")
    wanted = f"{re.escape(endpoint.address)}: {status} {phrase}: line 1: it's not so"
    assert re.fullmatch(wanted, str(caught.value))


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ((500, "text/html", b"<!DOCTYPE html>\n<title>no</title>"), "500 Internal Server Error"),
        (
            (200, "text/html", b"<!DOCTYPE html>"),
            "has the media type text/html and cannot",
        ),
        ((200, "application/sparql-results+json", b"{"), "cannot be read"),
        (
            (200, "text/turtle", b"<a:a> <a:b> 1 ."),
            "has the media type text/turtle",
        ),
        ((404, "text/plain", b""), "404 Not Found"),
        ((500, "text/plain", b"x" * 400), "500 Internal Server Error: x{300}$"),
    ],
)
def test_an_invalid_answer_is_reported(
    endpoint: Endpoint, response: Response, message: str
) -> None:
    endpoint.response = response
    with pytest.raises(EngineError, match=message) as caught:
        query_endpoint(endpoint.address, SELECT)
    assert endpoint.address in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_answer_in_a_format_without_graphs_is_reported(endpoint: Endpoint) -> None:
    endpoint.response = 200, "text/csv", b"s,p,o"
    message = "has the media type text/csv and cannot be read: not a format of graphs$"
    with pytest.raises(EngineError, match=message):
        query_endpoint(endpoint.address, CONSTRUCT)


def test_an_answer_that_is_cut_off_is_not_an_answer(endpoint: Endpoint) -> None:
    endpoint.length = 10_000
    with pytest.raises(EngineError, match="the connection closed before the response was complete"):
        query_endpoint(endpoint.address, SELECT)


def test_an_endpoint_that_is_silent_is_left(endpoint: Endpoint) -> None:
    endpoint.delay = 1.5
    with pytest.raises(EngineError, match="no answer within 1 s"):
        query_endpoint(endpoint.address, SELECT, seconds=1)


def test_an_endpoint_without_a_server_is_reported() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(EngineError, match=rf"^{address}: \[Errno \d+\] Connection refused$"):
            query_endpoint(address, SELECT)


@pytest.mark.parametrize(
    "address", ["", "sparql", "file:///etc/passwd", "ftp://a/", "http://", "http://a b/"]
)
def test_what_is_not_an_address_is_reported(address: str) -> None:
    with pytest.raises(EngineError):
        query_endpoint(address, SELECT)


def test_what_is_not_a_query_is_not_sent(endpoint: Endpoint) -> None:
    with pytest.raises(BadQuery):
        query_endpoint(endpoint.address, "DROP ALL")
    assert endpoint.methods == []


@pytest.mark.parametrize(
    ("output", "printed"),
    [("table", "x\n─\n1\n(1 row)\n"), ("csv", "x\n1\n"), ("json", '{"head":{"vars":["x"]}')],
)
def test_the_command_prints_what_an_endpoint_answers(
    endpoint: Endpoint, output: str, printed: str
) -> None:
    done = command(SELECT, "--endpoint", endpoint.address, "--output", output)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.replace("\r", "").startswith(printed)


def test_the_command_reads_its_query_from_a_file_or_its_input(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    file = tmp_path / "question.rq"
    file.write_text("ASK {}", encoding="utf-8")
    assert command(str(file), "--endpoint", endpoint.address).stdout == "true\n"
    assert command("-", "--endpoint", endpoint.address, stdin="ASK {}").stdout == "true\n"
    missing = command(str(tmp_path / "absent.rq"), "--endpoint", endpoint.address)
    assert missing.returncode == 1
    assert missing.stderr.endswith("absent.rq: no such file\n")


def test_the_command_prints_a_graph_as_turtle(endpoint: Endpoint) -> None:
    done = command(CONSTRUCT, "--endpoint", endpoint.address, "--output", "csv")
    assert done.stdout == "<a:a>\n    <a:b> 1 ;\n.\n"


def test_the_command_reports_in_one_line_what_an_endpoint_refuses(endpoint: Endpoint) -> None:
    endpoint.response = 400, "text/plain", b"line 1, column 3: no"
    done = command(SELECT, "--endpoint", endpoint.address)
    assert done.returncode == 1
    assert done.stderr == f"partyline: {endpoint.address}: 400 Bad Request: line 1, column 3: no\n"
