"""Queries and search in the browser, over a site of files, with the network cut."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from partyline.export import export_release
from partyline.export.local_engine import ASSETS
from partyline.releases import Release
from partyline.settings import Settings
from sampling import thorough
from servers_of_files import nginx
from test_questions import QUESTIONS, expected, rows

expect.set_options(timeout=60_000)
#: The browser loads the knowledge twice: CI runs this file whole.
pytestmark = thorough


@dataclass(frozen=True)
class Loaded:
    """The query page, after which the network was cut."""

    page: Page
    origin: str


@pytest.fixture(scope="module")
def site(
    release: Release, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of nginx over the two pages of the built-in knowledge that need no server."""
    if not (ASSETS / "oxigraph.wasm").is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the scripts were not built")
    folder = tmp_path_factory.mktemp("local")
    with pytest.MonkeyPatch.context() as patched:
        # All but the home page, which has the header fields of the site, takes minutes.
        patched.setattr("partyline.export.site.entries", lambda app: ("/",))
        patched.setattr(
            "partyline.export.visitor.is_exported", lambda address: address.startswith("/static/")
        )
        found = export_release(settings, folder / "site", ("gzip",), lambda line: None)
        assert found.findings.missing == {}
    with nginx(folder / "site", folder) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def loaded(browser: Browser, site: str) -> Iterator[Loaded]:
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(f"{site}/sparql")
    page.get_by_role("status").filter(has_text="statements are loaded").wait_for(timeout=120_000)
    context.set_offline(True)
    yield Loaded(page, site)
    assert wrong == []
    context.close()


def test_only_the_query_page_and_its_worker_may_compile_webassembly(
    loaded: Loaded, browser: Browser
) -> None:
    page = browser.new_page()
    allowed = set()

    def look(response: Response) -> None:
        if "wasm-unsafe-eval" in response.headers.get("content-security-policy", ""):
            allowed.add(urlsplit(response.url).path.rpartition("/")[2].partition(".")[0])

    page.on("response", look)
    page.goto(f"{loaded.origin}/sparql")
    page.get_by_role("status").filter(has_text="statements are loaded").wait_for(timeout=120_000)
    page.goto(f"{loaded.origin}/search")
    assert allowed == {"sparql", "query-worker"}
    page.close()


def evaluated(page: Page, query: str) -> str:
    """Return what the engine of the page answers, as CSV."""
    answer: str = page.evaluate(
        """async (query) => {
            const form = document.querySelector("form.query");
            return (await import(form.dataset.local)).evaluate(query, form, "text/csv");
        }""",
        query,
    )
    return answer


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_without_a_network_a_question_has_the_answer_of_the_server(
    question: Path, loaded: Loaded
) -> None:
    assert rows(evaluated(loaded.page, question.read_text("utf-8"))) == expected(question)


def test_the_editor_shows_the_answer_as_a_table_with_links_to_pages(loaded: Loaded) -> None:
    page = loaded.page
    write(
        page,
        "PREFIX pl: <https://w3id.org/partyline/ns#>\n"
        "PREFIX organisation: <https://w3id.org/partyline/id/organisation/>\n"
        "SELECT ?parent { organisation:democratic-national-union-movement pl:splinterOf ?parent }",
    )
    page.keyboard.press("Control+Enter")
    links = page.locator("#answer td a")
    expect(links).to_have_count(2)
    for link in links.all():
        address = link.get_attribute("href") or ""
        assert address.startswith("/doc/organisation/")
        assert address.endswith(".html")


def test_a_mistake_is_told_with_its_place(loaded: Loaded) -> None:
    write(loaded.page, "SELECT * {\n ?s ?p ?o } }")
    loaded.page.keyboard.press("Control+Enter")
    loaded.page.locator("#outcome [role=alert]", has_text="The query failed").wait_for()
    assert loaded.page.locator("#outcome [data-line='2']").count() == 1


def test_a_graph_is_shown_as_turtle_and_a_question_as_yes_or_no(loaded: Loaded) -> None:
    page = loaded.page
    write(page, "# select\nCONSTRUCT { <http://e.org/#ask> ?p 'select' } { ?s a ?p } LIMIT 1")
    page.keyboard.press("Control+Enter")
    page.locator("#answer h2", has_text="Graph").wait_for()
    expect(page.locator("#answer pre")).to_contain_text("http://e.org/#ask")
    write(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    page.locator("#answer h2", has_text="Yes").wait_for()


def test_a_query_that_takes_long_is_stopped_and_the_next_one_answered(loaded: Loaded) -> None:
    page = loaded.page
    write(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("status").filter(has_text="stopped").wait_for()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("funcinpec", "funcinpec"),
        ("khieu samphan", "khieu-samphan"),
        ("Norodom Sihanuk", "norodom-sihanouk"),
        ("ខ្មែរក្រហម", ""),
    ],
)
def test_the_search_page_finds_names_in_any_spelling(
    browser: Browser, site: str, query: str, found: str
) -> None:
    page = browser.new_page()
    page.goto(f"{site}/search?q={query}")
    results = page.locator("[data-results] li a")
    if not found:
        expect(page.locator("[data-status]")).to_contain_text("results")
    else:
        results.first.wait_for()
        addresses = [link.get_attribute("href") or "" for link in results.all()[:3]]
        assert any(address.endswith(f"/{found}.html") for address in addresses), addresses
    page.close()


def test_names_are_folded_as_the_server_folds_them(site: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site}/search")
    form = page.locator("form.search")
    names = page.request.get(site + (form.get_attribute("data-names") or "")).json()
    script = page.locator("script[src*=search]").get_attribute("src")
    ours = [[text, folded] for row in names for text, folded, _ in row["names"]]
    theirs = page.evaluate(
        "async ([script, texts]) => texts.map((await import(script)).folded)",
        [script, [text for text, _ in ours]],
    )
    assert [row for row, other in zip(ours, theirs, strict=True) if row[1] != other] == []
    assert len(ours) > 5000
    page.close()
