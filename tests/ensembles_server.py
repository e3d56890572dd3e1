"""A real server of the second knowledge base, in a process of its own."""

import http.client
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import quote

import pytest

from command_line import Command, started
from http_wire import Wire
from network import free_port, wait_for, wait_until
from partyline.releases import build
from partyline.settings import read_settings

_NAME = re.compile(r'rdfs:label "Blechverein[^"]*"')


@dataclass
class Server:
    """A server of the second knowledge base, in a process of its own."""

    process: Command
    folder: Path
    port: int
    log: Path
    #: Where requests come from.
    address: str = "127.0.0.1"

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=20, source_address=(self.address, 0)
        )

    def wire(self) -> Wire:
        return Wire(self.port, address=self.address)

    def get(self, path: str, **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        connection = self.connection()
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def ask(self, query: str, **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        return self.get(f"/sparql?query={quote(query)}", **headers)

    def health(self) -> dict[str, Any]:
        status, content, _ = self.get("/health")
        assert status == 200
        found: dict[str, Any] = json.loads(content)
        return found

    def engine(self) -> dict[str, int]:
        engine: dict[str, int] = self.health()["engine"]
        return engine

    def lines(self) -> list[dict[str, object]]:
        """Return what the log says of requests from this address."""
        text = self.log.read_text()
        # The last line may be half written.
        lines = map(json.loads, text[: text.rfind("\n") + 1].splitlines())
        return [line for line in lines if line["client"] == self.address]

    def rebuild(self, name: str) -> str:
        """Build another release, in which an ensemble has another name; return its identifier."""
        (release,) = releases_of(self.folder, [name])
        return release

    def switch(self, release: str) -> None:
        """Make *release* the current one, as a build does, and wait until it is served."""
        beside = self.folder / "releases" / "beside"
        beside.symlink_to(release)
        beside.replace(beside.with_name("current"))
        wait_until(lambda: release.encode() in self.get("/health")[1])


def rename(folder: Path, name: str) -> None:
    file = folder / "kb" / "ensembles.ttl"
    file.write_text(_NAME.sub(f'rdfs:label "Blechverein {name}"', file.read_text()))


def releases_of(folder: Path, names: Sequence[str]) -> list[str]:
    """Build a release for each of *names*, so that only switches are left; return identifiers.

    The command `partyline build` would start a process, which takes five times as long.
    """
    found = []
    for name in names:
        rename(folder, name)
        found.append(build(read_settings(folder / "partyline.toml")).release.path.name)
    return found


@contextmanager
def serving(folder: Path, command: Sequence[str] = (), **settings: object) -> Iterator[Server]:
    port, log = free_port(), folder / "access.log"
    environ = {f"PARTYLINE_{name.upper()}": str(value) for name, value in settings.items()}
    whole = ("serve", "--port", port, "--settings", folder / "partyline.toml", *command)
    with started(*whole, environ={"PARTYLINE_SERVER_ACCESS_LOG": str(log), **environ}) as process:
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        yield Server(process, folder, port, log)


_LIMITS = {"limits_query_seconds": 3, "limits_answer_size": 1}


@pytest.fixture
def running(built_ensembles: Path) -> Iterator[Server]:
    """A server for one test, which may change its folder, count its requests, or end it."""
    with serving(built_ensembles, ("--no-build",), **_LIMITS) as server:
        yield server


@pytest.fixture(scope="session")
def standing(ensembles_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = copytree(ensembles_release, tmp_path_factory.mktemp("s") / "e", symlinks=True)
    with serving(folder, ("--no-build",), **_LIMITS) as server:
        yield server


_addresses = (f"127.0.{row // 256}.{row % 256}" for row in itertools.count(256))


@pytest.fixture
def visited(standing: Server) -> Server:
    """A server of many tests, asked from an address that no other test has: its log tells them."""
    return replace(standing, address=next(_addresses))
