"""The editor of the query page in Chromium: what it completes, marks, asks and shares."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import partyline.web
from conftest import Tab, used
from partyline.publishing import Publication
from partyline.releases import Release
from partyline.settings import Settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from partyline.web.kept.static_files import StaticFiles

# Answers may take long on a machine that has other work.
expect.set_options(timeout=30_000)

BUNDLE = Path(partyline.web.__file__).parent / "static" / "editor.js"
#: Two parents of one organisation, which nobody asserts.
QUERY = """PREFIX pl: <https://w3id.org/partyline/ns#>
PREFIX organisation: <https://w3id.org/partyline/id/organisation/>
SELECT ?parent { organisation:democratic-national-union-movement pl:splinterOf ?parent }"""


@pytest.fixture
def page(tab: Tab, server: str) -> Iterator[Page]:
    """The query page with its editor."""
    if not BUNDLE.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the editor was not built")
    # That the server refuses a wrong query is what some tests want.
    with used(tab, server, expected="400 (BAD REQUEST)") as found:
        found.goto(f"{server}/sparql")
        found.get_by_role("textbox", name="Query").wait_for()
        yield found


def answered(page: Page, text: str = "Yes") -> None:
    """Wait for an answer under a heading with *text*; oftener than `expect` looks."""
    page.locator("#answer h2", has_text=text).wait_for()


def write(page: Page, text: str) -> None:
    """Put *text* into the editor as a reader would paste it."""
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+A")
    # Chromium gives what replaces a selection the style of that, which the policy of the site
    # refuses; nothing is lost but a message on the console.
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def written(page: Page) -> str:
    """Return what the form would send."""
    return page.locator("textarea[name=query]").input_value()


def test_a_term_is_completed_and_its_prefix_declared(page: Page) -> None:
    write(page, "SELECT ?party { ?party ")
    page.keyboard.type("splinterO")
    option = page.get_by_role("option", name=re.compile("^pl:splinterOf"))
    option.wait_for()
    expect(page.locator(".cm-completionInfo")).to_contain_text(re.compile("[a-z]+ organisation"))
    option.click()
    page.keyboard.type(" ?parent }")

    assert written(page) == (
        "PREFIX pl: <https://w3id.org/partyline/ns#>\n"
        "SELECT ?party { ?party pl:splinterOf ?parent }"
    )


def test_a_known_prefix_is_declared_when_its_colon_is_written_and_only_once(page: Page) -> None:
    write(page, "PREFIX pl: <https://w3id.org/partyline/ns#>\n# skos:\nASK { ?x ")
    page.keyboard.type("skos:")
    declared = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    expect(page.locator("textarea[name=query]")).to_have_value(re.compile(re.escape(declared)))
    page.keyboard.type("note 'pl:' ; skos:")
    page.keyboard.press("Escape")
    assert written(page).count("PREFIX skos:") == written(page).count("PREFIX pl:") == 1


def test_a_prefix_is_declared_before_the_query_that_shares_a_line_with_another(page: Page) -> None:
    write(page, "PREFIX foaf: <http://xmlns.com/foaf/0.1/> ASK { ?x ")
    page.keyboard.type("splinterO")
    page.get_by_role("option", name=re.compile("^pl:splinterOf")).click()
    page.keyboard.type(" ?parent }")
    page.keyboard.press("Control+Enter")
    answered(page)


def test_a_prefix_that_the_reader_has_chosen_is_kept(page: Page) -> None:
    write(page, "PREFIX party: <https://w3id.org/partyline/ns#>\nASK { ?party ")
    page.keyboard.type("splinterO")
    page.get_by_role("option", name=re.compile("^party:splinterOf")).click()
    assert written(page).endswith("?party party:splinterOf")
    assert written(page).count("PREFIX") == 1


def test_variables_of_the_query_are_completed(page: Page) -> None:
    write(page, "SELECT ?organisation { ?organisation a ?kind . ?")
    page.keyboard.type("o")
    page.get_by_role("option", name="?organisation").wait_for()
    page.keyboard.press("Escape")


def test_the_answer_comes_in_place_and_links_to_pages_of_the_serving_host(
    page: Page, server: str
) -> None:
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    links = page.locator("#answer td a")
    links.nth(1).wait_for()
    assert links.count() == 2

    assert parse_qs(urlsplit(page.url).query) == {"query": [QUERY]}
    assert written(page) == QUERY
    links.first.click()
    page.wait_for_url(f"{server}/**/organisation/*")
    assert page.locator("h1").is_visible()


def test_an_error_is_marked_where_it_is_until_the_query_is_right(page: Page) -> None:
    write(page, QUERY.replace("?parent }", "?parent } }"))
    page.get_by_role("button", name="Run").click()
    page.locator("#outcome [role=alert]", has_text="line 3").wait_for()
    marked = page.locator(".cm-line").nth(2).locator(".cm-lintRange-error")
    expect(marked).to_have_text("}")

    write(page, QUERY)
    page.get_by_role("button", name="Run").click()
    rows = page.locator("#answer tbody tr")
    rows.nth(1).wait_for()
    expect(rows).to_have_count(2)
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_a_mistake_behind_a_sign_of_two_units_is_marked_in_its_place(page: Page) -> None:
    write(page, 'ASK { ?s ?p "𐌰𐌰𐌰" } }')
    page.keyboard.press("Control+Enter")
    page.locator(".cm-lintRange-error").wait_for()
    expect(page.locator(".cm-lintRange-error")).to_have_text("}")


def test_another_place_on_the_page_leaves_the_editor_as_it_is(page: Page) -> None:
    for asked in (False, True):
        if asked:
            write(page, "ASK {}")
            page.keyboard.press("Control+Enter")
            answered(page)
        write(page, "ASK { ?not ?yet ?asked }")
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#content$"))
        page.wait_for_timeout(200)  # in which nothing is to happen
        assert written(page) == "ASK { ?not ?yet ?asked }"


def test_an_example_is_put_into_the_editor_and_asked(page: Page) -> None:
    example = page.locator(".examples details").nth(1)
    example.locator("summary").click()
    text = example.locator("code").inner_text()
    example.get_by_role("link", name="Run this query").click()
    page.locator("#answer").wait_for()
    assert written(page).strip() == text.strip()


def test_a_link_that_was_copied_gives_the_query_and_its_answer(page: Page) -> None:
    write(page, QUERY)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator("#answer tbody tr")).to_have_count(2)
    assert written(page) == QUERY


def test_going_back_shows_the_earlier_query_and_its_answer(page: Page) -> None:
    for query in (QUERY, "ASK {}"):
        write(page, query)
        page.keyboard.press("Control+Enter")
        page.locator("#answer").wait_for()
        expect(page).to_have_url(re.compile(re.escape(query.split()[0] + "+")))
    answered(page)
    page.go_back()
    page.locator("#answer tbody tr").nth(1).wait_for()
    expect(page.locator("#answer tbody tr")).to_have_count(2)
    assert written(page) == QUERY


def test_a_query_that_takes_long_can_be_stopped(page: Page) -> None:
    write(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("status").filter(has_text="stopped").wait_for()
    write(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    answered(page)


def test_a_query_too_long_for_an_address_is_posted(page: Page) -> None:
    write(page, f"# {'long ' * 2000}\nASK {{}}")
    page.keyboard.press("Control+Enter")
    answered(page)
    assert urlsplit(page.url).query == ""


def test_the_keyboard_leads_out_of_the_editor(page: Page) -> None:
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_without_scripts_the_form_asks_and_shows_a_table(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/sparql")
    page.get_by_label("Query").fill(QUERY)
    page.get_by_role("button", name="Run").click()
    assert page.locator("#answer tbody tr").count() == 2
    context.close()


def test_where_the_editor_was_not_built_the_page_does_not_ask_for_it(
    release: Release, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = Publication.of(release, settings.knowledge)
    tags = set()

    def asks(pool: QueryPool) -> bool:
        client = create_app(publication, pool, settings).test_client()
        response = client.get("/sparql", headers={"Accept": "text/html"})
        assert "<textarea" in response.text
        tags.add(response.headers["ETag"])
        return re.search(r'src="/static/editor\.[0-9a-f]+\.js"', response.text) is not None

    built = BUNDLE.is_file()
    with QueryPool(release.store, settings.limits, release.manifest.prefixes, "x") as pool:
        assert asks(pool) == built
        monkeypatch.setattr(StaticFiles, "__contains__", lambda files, name: False)
        assert not asks(pool)
    # A browser that kept the one page does not take it for the other.
    assert len(tags) == (2 if built else 1)


CHARTED = "SELECT ?kind (COUNT(*) AS ?n) { ?x a ?kind } GROUP BY ?kind ORDER BY ?n LIMIT 5"
CLASS = "PREFIX pl: <https://w3id.org/partyline/ns#>\nSELECT * { ?party a pl:PoliticalParty "


def test_properties_of_the_class_are_completed_first_and_say_how_many_members_have_them(
    page: Page,
) -> None:
    write(page, CLASS)
    page.keyboard.type("; pl:")
    page.keyboard.press("Control+Space")
    first = page.get_by_role("option").first
    expect(first).to_contain_text(re.compile(r"^pl:\w+.* · \d+ of \d+"))
    page.get_by_role("option", name=re.compile("of .*, may be absent")).first.wait_for()
    page.keyboard.press("Escape")


def test_a_property_that_may_be_absent_is_completed_with_optional(page: Page) -> None:
    write(page, CLASS)
    page.keyboard.type("; splinterOf")
    page.get_by_role("option", name=re.compile("^pl:splinterOf OPTIONAL")).click()
    assert written(page) == CLASS.rstrip() + (" .\n  OPTIONAL { ?party pl:splinterOf ?splinterOf }")
    page.keyboard.type(" }")
    page.keyboard.press("Control+Enter")
    page.locator("#answer tbody tr").first.wait_for()


def test_a_resource_is_completed_by_its_name(page: Page) -> None:
    write(page, "SELECT * { ?who ?how ")
    page.keyboard.type("khmer roug")
    page.get_by_role("option", name=re.compile("^Khmer Rouge")).first.wait_for()
    page.wait_for_timeout(100)  # keys that come sooner are not meant for the list
    page.keyboard.press("Enter")
    expect(page.locator("textarea[name=query]")).to_have_value(
        "PREFIX organisation: <https://w3id.org/partyline/id/organisation/>\n"
        "SELECT * { ?who ?how organisation:khmer-rouge"
    )


def test_a_trap_is_told_while_the_query_is_written_and_no_longer_when_it_is_gone(
    page: Page,
) -> None:
    write(page, 'SELECT * { ?s ?p "𐌰𐌰" . ?c ?q ?d } LIMIT 1')
    told = page.get_by_role("status").locator(".hints")
    expect(told).to_contain_text("Hint, line 1, column 25: ?s and ?c are not connected")
    expect(page.locator(".cm-lintRange-info")).to_have_text("?c")
    page.keyboard.press("Control+Enter")
    page.locator("#answer").wait_for()
    assert page.locator(".hints").count() == 1  # those of the answer are not said again

    write(page, "SELECT * { ?s ?p ?c . ?c ?q ?d } LIMIT 1")
    expect(told).to_be_hidden()
    expect(page.locator(".cm-lintRange-info")).to_have_count(0)


def test_numbers_by_name_are_shown_as_a_chart_by_keyboard(page: Page) -> None:
    write(page, CHARTED)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Chart").press("Enter")
    chart = page.get_by_role("list", name="n by kind")
    expect(page.locator("#answer table")).to_be_hidden()
    bars = chart.get_by_role("listitem")
    assert bars.count() == 5
    assert page.get_by_role("button", name="Chart").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Table").press("Enter")
    expect(chart).to_be_hidden()
    names = page.locator("#answer tbody td:first-child a:first-child").all_inner_texts()
    numbers = page.locator("#answer tbody td:last-child span").all_inner_texts()
    named = [bar.get_attribute("aria-label") for bar in page.locator(".bars g").all()]
    assert named == [f"{name}: {number}" for name, number in zip(names, numbers, strict=True)]


def test_the_editor_speaks_the_language_of_the_page(page: Page, server: str) -> None:
    page.goto(f"{server}/fr/sparql")
    page.get_by_role("textbox", name="Requête").click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(CLASS)
    page.keyboard.type("; pl:")
    page.keyboard.press("Control+Space")
    options = page.get_by_role("listbox", name="Propositions").get_by_role("option")
    options.filter(has_text=re.compile(r"\d sur \d+, parfois absente")).first.wait_for()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(f"{CHARTED} OFFSET 0".replace("ORDER BY ?n", ""))
    hints = page.get_by_role("status").locator(".hints li")
    expect(hints).to_contain_text("Conseil, ligne 1, colonne")
    assert hints.get_attribute("lang") == "fr"
    page.get_by_role("button", name="Exécuter").click()
    page.get_by_role("button", name="Diagramme").press("Enter")
    page.get_by_role("list", name="n par kind").wait_for()
    assert urlsplit(page.url).path == "/fr/sparql"
    page.get_by_role("button", name="Copier le lien").wait_for()

    # An example is asked in place here, too.
    page.evaluate("document.documentElement.dataset.same = ''")
    example = page.locator(".examples details").first
    example.locator("summary").click()
    example.locator("a").last.click()
    expect(page.locator("#answer .bars")).to_have_count(0)
    assert page.locator("html[data-same]").count() == 1


def test_an_answer_without_numbers_has_no_chart(page: Page) -> None:
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    page.locator("#answer tbody tr").nth(1).wait_for()
    assert page.get_by_role("button", name="Chart").count() == 0
