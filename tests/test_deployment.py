"""The files and commands with which operators run the program, with the real systemd and nginx."""

import ast
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ensembles_server import Server
from foreign_tools import tool
from network import free_port
from servers_of_files import nginx_with

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "partyline.service").read_text()
    unit = tmp_path / "partyline.service"
    # The program is elsewhere on the machine of a test.
    unit.write_text(text.replace("/srv/partyline/venv/bin/partyline", sys.executable))
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", unit], capture_output=True, text=True, check=False
    )
    about = [line for line in done.stderr.splitlines() if "partyline" in line]
    assert (done.returncode, about) == (0, [])


@pytest.fixture(scope="module")
def front(standing: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """nginx with its cache before the server."""
    folder, port = tmp_path_factory.mktemp("front"), free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    for before, after in (
        ("/var/cache/nginx/partyline", str(folder / "cache")),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{standing.port};"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
    ):
        assert before in text
        text = text.replace(before, after)
    with nginx_with(text, port, folder):
        yield Server(standing.process, standing.folder, port, standing.log)


def test_the_cache_keeps_each_format_and_each_coding_apart(front: Server) -> None:
    path = "/doc/ensemble/red-brass"
    kinds = ("text/html", "text/turtle", "application/ld+json")
    first = {kind: front.get(path, Accept=kind) for kind in kinds}
    for kind in kinds:
        status, content, headers = front.get(path, Accept=kind)
        assert (status, headers["X-Cache-Status"]) == (200, "HIT")
        assert headers.get_content_type() == kind
        assert content == first[kind][1]
    packed = front.get(path, Accept="text/html", **{"Accept-Encoding": "gzip"})
    assert packed[2]["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in front.get(path, Accept="text/html")[2]


def test_redirects_of_iris_are_kept_for_each_format(front: Server) -> None:
    path = "/id/ensemble/red-brass"
    for _ in range(2):
        for kind, ending in (("text/html", "html"), ("text/turtle", "ttl")):
            status, _, headers = front.get(path, Accept=kind)
            assert (status, headers["Location"]) == (303, f"/doc/ensemble/red-brass.{ending}")


def test_whoever_has_an_answer_gets_304_and_parts_of_dumps_are_sent(front: Server) -> None:
    tag = front.get("/dataset.ttl")[2]["ETag"]
    assert front.get("/dataset.ttl", **{"If-None-Match": tag})[0] == 304
    status, content, headers = front.get("/dumps/asserted.nt", Range="bytes=0-9")
    assert (status, len(content)) == (206, 10)
    assert headers["Content-Range"].startswith("bytes 0-9/")


def test_queries_pass_and_an_answer_that_is_cut_is_an_error_for_the_client(front: Server) -> None:
    status, content, _ = front.ask("ASK {}", Accept="application/sparql-results+json")
    assert (status, b"true" in content) == (200, True)
    long = 'SELECT ?a ?b ("0123456789" AS ?c) { ?a ?p ?q . ?b ?r ?s . ?x ?t ?u }'
    with pytest.raises(http.client.IncompleteRead):
        front.ask(long, Accept="text/csv")


def test_health_and_metrics_are_for_this_machine_and_errors_pass(front: Server) -> None:
    assert front.get("/health/live")[0] == 200
    assert front.get("/id/ensemble/nobody", Accept="text/html")[0] == 404


def blocks(heading: str) -> list[str]:
    """Return the shell commands below a heading of the guide."""
    part = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", part, re.DOTALL)


def test_what_was_backed_up_is_restored(built_ensembles: Path, tmp_path: Path) -> None:
    back_up, restore = blocks("Back up and restore")[:2]
    binaries = tmp_path / "bin"
    binaries.mkdir()
    command = binaries / "partyline"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m partyline "$@"\n')
    command.chmod(0o755)
    environ = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"}

    def run(script: str, folder: Path) -> str:
        done = subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(back_up, built_ensembles)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (built_ensembles / "backup.tar.zst").rename(elsewhere / "backup.tar.zst")
    assert "Blechverein" in run(restore, elsewhere)
    assert (elsewhere / "releases" / "current").is_symlink()


def test_the_container_copies_what_there_is_and_runs_without_rights() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ")]
    for source in copied:
        assert source.startswith("--from=") or (ROOT / source).exists(), source
    assert [line for line in lines if line.startswith("FROM ") and ":latest" in line] == []
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root)", last, re.MULTILINE)
    for word in ("HEALTHCHECK", "ENTRYPOINT", "EXPOSE 8000"):
        assert word in last


def test_every_threat_names_tests_that_exist() -> None:
    rows = [
        line
        for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
        if line.startswith("| ") and "---" not in line and not line.startswith("| threat")
    ]
    assert len(rows) >= 15
    for row in rows:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", row.rsplit("|", 2)[1])
        assert named, row
        for file, name in named:
            tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
            functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert name in functions, f"{file}::{name}"
