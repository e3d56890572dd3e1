"""Pages of resources in Chromium: how long they are, what is at the top, what fits."""

import gzip
import urllib.request
from dataclasses import dataclass
from itertools import pairwise

import pytest
from playwright.sync_api import Page

from conftest import Tab, used
from kinds_of_pages import KINDS, PARTY, PERSON

TOP = "selector => document.querySelector(selector).getBoundingClientRect().top"


@pytest.mark.parametrize("path", ["/", "/ns", "/sparql", "/dumps/"])
def test_chromium_shows_a_page_and_requests_nothing_from_elsewhere(
    page: Page, server: str, path: str
) -> None:
    page.goto(server + path)
    assert page.locator("h1").inner_text()


@pytest.mark.parametrize(
    ("path", "height"), [(PARTY, 3000), (PERSON, 5000), ("/doc/organisation/funcinpec.html", 5000)]
)
def test_a_page_is_short_and_begins_with_dates_and_words(
    page: Page, server: str, path: str, height: int
) -> None:
    page.goto(server + path)
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    for selector in (".summary", ".versions strong", "blockquote"):
        assert 0 < page.evaluate(TOP, selector) < 900, selector


@pytest.mark.parametrize(("path", "sheets"), [(PARTY, 3), (PERSON, 5)])
def test_a_page_prints_on_few_sheets(page: Page, server: str, path: str, sheets: int) -> None:
    page.goto(server + path)
    printed = page.pdf(format="A4")
    assert 0 < printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= sheets


@dataclass(frozen=True)
class Shown:
    """What Chromium says of a page of one kind."""

    #: The width of what is shown, by that of the window.
    widths: dict[int, int]
    #: References to places on the page that are not there.
    missing: list[str]
    #: The smaller side of each reference in a narrow window.
    sizes: list[float]


@pytest.fixture(scope="module", params=KINDS)
def shown(request: pytest.FixtureRequest, tab: Tab, server: str) -> Shown:
    """A page of each kind, opened once for all tests."""
    widths = {}
    with used(tab, server) as page:
        page.goto(server + request.param)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            widths[width] = page.evaluate("document.documentElement.scrollWidth")
        missing = page.evaluate(
            "[...document.querySelectorAll('article a[href^=\"#\"]')].map(a => a.hash.slice(1))"
            ".filter(id => !document.getElementById(id))"
        )
        sizes = page.evaluate(
            "[...document.querySelectorAll('article sup a')].map(a => a.getBoundingClientRect())"
            ".map(box => Math.min(box.width, box.height))"
        )
    return Shown(widths, missing, sizes)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(shown: Shown, width: int) -> None:
    assert shown.widths[width] <= width


@pytest.mark.parametrize("path", [PARTY, "/sparql"])
def test_a_page_from_right_to_left_is_seen_and_its_code_is_not_turned(
    page: Page, server: str, path: str
) -> None:
    page.goto(server + path)
    page.evaluate("document.documentElement.dir = 'rtl'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.evaluate("[document.documentElement.scrollLeft, window.scrollX]") == [0, 0]
    box = page.locator("h1").bounding_box()
    assert box is not None
    assert 0 <= box["x"] < box["x"] + box["width"] <= 1280
    assert page.evaluate("getComputedStyle(document.querySelector('code')).direction") == "ltr"


def test_references_lead_to_a_source_or_to_versions(shown: Shown) -> None:
    assert shown.missing == []


def test_references_are_large_enough_to_touch(shown: Shown) -> None:
    """WCAG 2.2, success criterion 2.5.8: 24 pixels."""
    assert all(size >= 24 for size in shown.sizes)


@pytest.mark.parametrize("path", KINDS)
def test_a_page_is_small(server: str, path: str) -> None:
    with urllib.request.urlopen(server + path) as response:
        content = response.read()
    assert len(content) <= 60 * 1024
    assert len(gzip.compress(content)) <= 12 * 1024


def test_a_page_has_its_own_fonts_and_khmer_only_where_it_is_marked(
    page: Page, server: str
) -> None:
    page.goto(f"{server}/doc/organisation/funcinpec.html")
    loaded = page.evaluate(
        "document.fonts.ready.then(fonts => [...fonts]"
        ".filter(font => font.status === 'loaded').map(font => font.family))"
    )
    assert {name.strip('"') for name in loaded} == {"Source Serif 4", "Noto Serif Khmer"}
    family = "node => getComputedStyle(node).fontFamily"
    assert "Khmer" in page.locator(":lang(km)").first.evaluate(family)
    assert "Khmer" not in page.locator("h1").evaluate(family)
    # A font is loaded for the characters that it has: a name in Khmer within words in English.
    assert "Khmer" in page.locator("blockquote:lang(en)").first.evaluate(family)


def test_years_below_a_scale_stand_apart(page: Page, server: str) -> None:
    page.goto(f"{server}/doc/organisation/funcinpec.html")
    rows = page.evaluate(
        "[...document.querySelectorAll('.years')].map(scale => [...scale.children]"
        ".map(text => text.getBoundingClientRect()).map(box => [box.left, box.right]))"
    )
    assert len(rows) > 3
    for row in rows:
        assert all(right < left for (_, right), (left, _) in pairwise(row)), row


@pytest.mark.parametrize("path", ["/", "/search"])
def test_the_search_box_suggests_names_to_keyboard_and_screen_reader(
    page: Page, server: str, path: str
) -> None:
    page.goto(server + path)
    box = page.get_by_role("combobox")
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("khieu sam")
    names = page.get_by_role("listbox", name="Suggestions")
    names.wait_for()
    options = names.get_by_role("option")
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-controls") == names.get_attribute("id")
    said = page.locator(".combobox [role=status]").inner_text()
    assert said == f"{options.count()} suggestions"

    box.press("ArrowDown")
    box.press("ArrowDown")
    second = options.nth(1).get_attribute("id")
    assert box.get_attribute("aria-activedescendant") == second
    assert names.locator("[aria-selected=true]").get_attribute("id") == second
    box.press("ArrowUp")
    box.press("ArrowUp")  # beyond the first: the box itself
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Escape")
    assert names.is_hidden()
    assert box.input_value() == "khieu sam"

    box.press("ArrowDown")
    names.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/doc/person/khieu-samphan**")


def test_a_name_that_is_not_chosen_from_the_suggestions_is_searched(
    page: Page, server: str
) -> None:
    page.goto(server + "/")
    box = page.get_by_role("combobox")
    box.press_sequentially("hun sen")
    page.get_by_role("listbox").wait_for()
    box.press("Enter")
    page.wait_for_url("**/search?q=hun+sen")
    page.go_back()
    page.get_by_role("combobox").fill("zzqqxx")
    page.locator(".combobox [role=status]").filter(has_text="no suggestions").wait_for()
    assert page.get_by_role("listbox").count() == 0
