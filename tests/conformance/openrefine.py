"""The real OpenRefine as a client of ``/reconcile``: ``make openrefine``.

It is driven as its own pages drive it, over HTTP: a project from a table, one operation that
reconciles a column, one that adds columns.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from network import free_port

BASE = "https://w3id.org/partyline/"
NS, ID = BASE + "ns#", BASE + "id/"
BOUNDARY = "a-line-that-no-table-has"
#: Names as tables have them, with the one who led the organisation or nothing, and what is meant.
ORGANISATIONS = {
    "Funcinpec": ("", "funcinpec"),
    "F.U.N.C.I.N.P.E.C.": ("", "funcinpec"),
    "CPP": ("", "cambodian-peoples-party"),
    "Cambodian Peoples Party": ("", "cambodian-peoples-party"),
    "PRK": ("", "peoples-republic-of-kampuchea"),
    "khmer national solidarity party": ("", "khmer-national-solidarity-party"),
    "Party, Sam Rainsy": ("", "sam-rainsy-party"),
    "គណបក្ស សម រង្ស៊ី": ("", "sam-rainsy-party"),
    "Krom Pracheachon": ("", "krom-pracheachon"),
    "Democratic Party": ("1946", "democratic-party"),
    # A typing mistake: a candidate, and no match.
    "Candelight Party": ("", "candlelight-party"),
}
PEOPLE = {
    "Khieu Samphan": ("", "khieu-samphan"),
    "SAMPHAN, Khieu": ("", "khieu-samphan"),
    "Khieu Samphân": ("", "khieu-samphan"),
    "Pol Pot": ("", "pol-pot"),
    "polpot": ("", "pol-pot"),
    "សម រង្ស៊ី": ("", "sam-rainsy"),
    "Sihanouk Norodom": ("", "norodom-sihanouk"),
    "hun sen": ("", "hun-sen"),
    # A typing mistake.
    "Khem Sokha": ("", "kem-sokha"),
}


@dataclass
class Judged:
    """Names matched rightly, matched wrongly, and with the right one as first candidate."""

    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)


@dataclass
class OpenRefine:
    """A server of OpenRefine."""

    address: str
    _opener: Any = field(default_factory=lambda: build_opener(HTTPCookieProcessor()))

    def get(self, command: str, **query: object) -> Any:  # noqa: ANN401  JSON
        url = f"{self.address}/command/core/{command}?{urlencode(query)}"
        with self._opener.open(url, timeout=60) as response:
            return json.load(response)

    def post(self, command: str, **fields: object) -> Any:  # noqa: ANN401  JSON
        token = self.get("get-csrf-token")["token"]
        url = f"{self.address}/command/core/{command}?{urlencode({'csrf_token': token})}"
        with self._opener.open(Request(url, urlencode(fields).encode()), timeout=60) as response:
            return json.load(response)

    def project(self, name: str, table: str) -> str:
        """Make a project of *table*, whose cells are divided by tabs, and return its number."""
        token = self.get("get-csrf-token")["token"]
        options = json.dumps({"separator": "\\t", "guessCellValueTypes": False})
        parts = (
            ('name="project-file"; filename="table.tsv"', table),
            ('name="project-name"', name),
            ('name="format"', "text/line-based/*sv"),
            ('name="options"', options),
        )
        body = "".join(
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n"
            for head, content in parts
        )
        url = f"{self.address}/command/core/create-project-from-upload?csrf_token={token}"
        head = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        request = Request(url, f"{body}--{BOUNDARY}--\r\n".encode(), head)
        with self._opener.open(request, timeout=60) as response:
            return str(response.url.rpartition("project=")[2])

    def apply(self, project: str, operation: Mapping[str, Any]) -> None:
        """Apply *operation* and wait for its end."""
        answer = self.post("apply-operations", project=project, operations=json.dumps([operation]))
        assert answer["code"] in ("ok", "pending"), answer
        for _ in range(600):
            if not self.get("get-processes", project=project)["processes"]:
                return
            time.sleep(0.1)
        raise TimeoutError("OpenRefine does not end the operation")

    def columns(self, project: str) -> dict[str, list[Any]]:
        """Return the cells of each column, with what was reconciled."""
        model = self.get("get-models", project=project)["columnModel"]["columns"]
        answer = self.post("get-rows", project=project, start=0, limit=1000)
        pool = answer.get("pool", {}).get("recons", {})
        found: dict[str, list[Any]] = {}
        for column in model:
            cells = [row["cells"][column["cellIndex"]] for row in answer["rows"]]
            found[column["name"]] = [
                {**cell, "recon": pool.get(str(cell.get("r")), cell.get("r"))} if cell else None
                for cell in cells
            ]
        return found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service, on the built-in knowledge."""
    port = free_port()
    environ = {**os.environ, "PARTYLINE_RELEASES": str(tmp_path_factory.mktemp("releases"))}
    arguments = [sys.executable, "-m", "partyline", "serve", "--port", str(port)]
    yield from running(arguments, f"http://127.0.0.1:{port}", "/health", environ)


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    program = shutil.which("openrefine")
    if program is None:
        pytest.fail("openrefine is not installed: in Debian, apt-get install openrefine")
    port, folder = free_port(), tmp_path_factory.mktemp("openrefine")
    options = ["-p", str(port), "-i", "127.0.0.1", "-d", str(folder), "-m", "700M"]
    arguments = [program, *options, "-x", "refine.headless=true", "run"]
    url = f"http://127.0.0.1:{port}"
    for address in running(arguments, url, "/command/core/get-version", dict(os.environ)):
        yield OpenRefine(address)


def running(
    arguments: Sequence[str], address: str, path: str, environ: Mapping[str, str]
) -> Iterator[str]:
    """Start a server in a group of its own, yield *address* once it answers, and end the group."""
    process = subprocess.Popen(
        arguments, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(1200):
            assert process.poll() is None, f"{arguments} ended with {process.returncode}"
            try:
                build_opener().open(address + path, timeout=60).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def reconciled(
    openrefine: OpenRefine,
    service: str,
    kind: str,
    names: Mapping[str, tuple[str, str]],
    details: Sequence[Mapping[str, str]] = (),
) -> str:
    """Reconcile a table of *names* with resources of the class *kind*; return its project."""
    rows = [f"{name}\t{detail}" for name, (detail, _) in names.items()]
    project = openrefine.project(kind, "\n".join(["name\tfounded", *rows]) + "\n")
    config = {
        "mode": "standard-service",
        "service": f"{service}/reconcile",
        "identifierSpace": BASE,
        "schemaSpace": BASE + "ns",
        "type": {"id": NS + kind, "name": kind},
        "autoMatch": True,
        "columnDetails": list(details),
        "limit": 0,
    }
    operation = {
        "op": "core/recon",
        "columnName": "name",
        "config": config,
        "engineConfig": {"facets": [], "mode": "row-based"},
    }
    openrefine.apply(project, operation)
    return project


def judge(
    openrefine: OpenRefine,
    project: str,
    names: Mapping[str, tuple[str, str]],
    kind: str,
    found: Judged,
) -> None:
    """Add to *found* what became of *names*, which mean resources of the *kind*."""
    cells = openrefine.columns(project)["name"]
    assert [cell["v"] for cell in cells] == list(names)
    for cell, (name, (_, slug)) in zip(cells, names.items(), strict=True):
        meant, recon = f"{ID}{kind}/{slug}", cell["recon"]
        is_matched = recon["j"] == "matched"
        if is_matched:
            (found.right if recon["m"]["id"] == meant else found.wrong).append(name)
        # Of what is matched, the other candidates are not sent.
        first = [recon["m"]] if is_matched else recon.get("c", [])
        if first and first[0]["id"] == meant:
            found.first.append(name)


def test_of_twenty_names_with_variants_eighteen_are_matched_and_none_wrongly(
    openrefine: OpenRefine, service: str
) -> None:
    details = [
        {
            "column": "founded",
            "propertyID": "pl:foundedIn/pl:date",
            "propertyName": "founded in / date",
        }
    ]
    parties = reconciled(openrefine, service, "Organisation", ORGANISATIONS, details)
    people = reconciled(openrefine, service, "Person", PEOPLE)
    found = Judged()
    judge(openrefine, parties, ORGANISATIONS, "organisation", found)
    judge(openrefine, people, PEOPLE, "person", found)
    names = [*ORGANISATIONS, *PEOPLE]
    assert len(names) == 20
    print(f"\n{len(found.right)} of 20 matched, {len(found.first)} first candidates")
    assert found.wrong == []
    assert len(found.right) >= 18, [name for name in names if name not in found.right]
    assert len(found.first) == len(names), [name for name in names if name not in found.first]


def test_columns_are_added_from_what_was_matched(openrefine: OpenRefine, service: str) -> None:
    names = {"FUNCINPEC": ("", "funcinpec"), "Sam Rainsy Party": ("", "sam-rainsy-party")}
    project = reconciled(openrefine, service, "Organisation", names)
    properties = [
        {"id": NS + "ledBy", "name": "led by"},
        {"id": "pl:foundedIn/pl:date", "name": "founded", "settings": {"limit": "1"}},
    ]
    operation = {
        "op": "core/extend-reconciled-data",
        "baseColumnName": "name",
        "columnInsertIndex": 1,
        "endpoint": f"{service}/reconcile",
        "identifierSpace": BASE,
        "schemaSpace": BASE + "ns",
        "extension": {"properties": properties},
        "engineConfig": {"facets": [], "mode": "row-based"},
    }
    openrefine.apply(project, operation)
    columns = openrefine.columns(project)
    leaders = [cell for cell in columns["led by"] if cell]
    # They are reconciled already, and can be extended in turn.
    assert leaders[0]["recon"]["j"] == "matched"
    assert leaders[0]["recon"]["m"]["id"].startswith(ID + "person/")
    assert any(cell and cell["v"].startswith("1981") for cell in columns["founded in / date"])


def test_the_kind_of_a_column_is_guessed(openrefine: OpenRefine, service: str) -> None:
    table = "\n".join(["name", *PEOPLE]) + "\n"
    project = openrefine.project("guess", table)
    answer = openrefine.post(
        "guess-types-of-column", project=project, columnName="name", service=f"{service}/reconcile"
    )
    assert answer["code"] == "ok"
    assert answer["types"], answer


def test_the_dialogue_of_columns_has_a_preview(openrefine: OpenRefine, service: str) -> None:
    project = reconciled(openrefine, service, "Person", {"Hun Sen": ("", "hun-sen")})
    extension = json.dumps({"properties": [{"id": "skos:altLabel"}]})
    answer = openrefine.post(
        "preview-extend-data",
        project=project,
        columnName="name",
        rowIndices="[0]",
        extension=extension,
        endpoint=f"{service}/reconcile",
        identifierSpace=BASE,
        schemaSpace=BASE + "ns",
    )
    assert answer["code"] == "ok", answer
    assert answer["columns"][0]["name"]
