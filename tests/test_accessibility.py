"""Every kind of page under axe (WCAG 2.2, levels A and AA, and best practice) and the Nu checker.

`make accessibility` installs both and tries each page wide and narrow, on light and on dark ground.
"""

import json
import os
import subprocess
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from foreign_tools import tool
from kinds_of_pages import KINDS
from sampling import some_of

_MODULES = Path(__file__).parent / "accessibility" / "node_modules"
Scheme = Literal["light", "dark"]
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_WHY = (
    "/why?subject=organisation:democratic-national-union-movement&predicate=pl:splinterOf"
    "&object=organisation:cambodian-national-unity-party"
)
#: Pages of a 404 and of a 400.
ERRORS = ["/doc/organisation/nothing.html", "/browse/"]
#: A page of each kind.
PAGES = [
    "/",
    *KINDS,
    "/doc/organisation/funcinpec.html?asOf=1990-01-01",
    "/ns",
    "/browse/?class=https%3A%2F%2Fw3id.org%2Fpartyline%2Fns%23Person",
    "/schemes/",
    "/search?q=sam",
    "/questions/",
    "/questions/leaders-on-a-day",
    "/questions/results-of-an-election",
    "/api/",
    "/links/",
    "/links/wikidata.org",
    "/lineage/funcinpec",
    "/timeline",
    _WHY,
    "/rules/",
    "/rules/prp-spo2",
    "/dataset",
    "/dumps/",
    "/contradictions/",
    "/sparql",
    "/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20%3Fkind%20%7D%20LIMIT%205",
    "/answer?question=leaders-on-a-day",
    *ERRORS,
]
_VIEWS: list[tuple[int, Scheme]] = [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")]
#: Every page in every view; the view that comes first is not the same for all.
LOOKS = [
    (path, *_VIEWS[(place // len(_VIEWS) + turn) % len(_VIEWS)])
    for place, path in enumerate(PAGES)
    for turn in range(len(_VIEWS))
]


def installed(name: str) -> Path:
    """Return the file *name* of a tool. A machine of a developer may lack it, that of CI not."""
    path = _MODULES / name
    if not path.is_file():
        missing = f"{path} is missing: run make accessibility"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return path


@cache
def axe() -> str:
    return installed("axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "width", "scheme"), some_of(LOOKS, 8))
def test_axe_finds_no_fault(page: Page, server: str, path: str, width: int, scheme: Scheme) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    if path in ERRORS:  # the console would note the status
        page.route(server + path, lambda route: route.fulfill(response=route.fetch(), status=200))
    page.goto(server + path)
    page.evaluate(axe())
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", _RULES)
    assert found["passes"]
    assert [
        (row["id"], node["target"], node["failureSummary"])
        for row in found["violations"]
        for node in row["nodes"]
    ] == []


def test_axe_finds_no_fault_in_the_suggestions_of_the_search_box(page: Page, server: str) -> None:
    page.goto(server + "/search")
    page.get_by_role("combobox").press_sequentially("khieu")
    page.get_by_role("listbox").wait_for()
    page.keyboard.press("ArrowDown")
    page.evaluate(axe())
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", _RULES)
    assert found["passes"]
    assert [(row["id"], row["nodes"][0]["html"]) for row in found["violations"]] == []


def test_the_nu_checker_finds_no_error(server: str, tmp_path: Path) -> None:
    jar = installed("vnu-jar/build/dist/vnu.jar")
    pages = some_of(PAGES, 8)
    for number, path in enumerate(pages):
        (tmp_path / f"{number:02}.html").write_bytes(_body(server + path))
    done = subprocess.run(
        [tool("java"), "-Xmx400m", "-jar", jar, "--errors-only", "--format", "json", tmp_path],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = json.loads(done.stderr)["messages"]
    assert [
        f"{pages[int(Path(row['url']).stem)]}:{row.get('lastLine')}: {row['message']}"
        for row in said
    ] == []


def _body(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": "text/html"})
    try:
        with urllib.request.urlopen(request) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:  # the page of an error is a page
        return bytes(error.read())
