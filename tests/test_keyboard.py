"""Search, questions, the editor and terms without a mouse, in two languages."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import partyline.web
from conftest import Tab, used

expect.set_options(timeout=60_000)
BUNDLE = Path(partyline.web.__file__).parent / "static" / "editor.js"

#: The name of what has the focus, also where that is in the shadow tree of the editor.
FOCUSED = """() => {
    let focused = document.activeElement;
    while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    const label = focused.ariaLabel ?? focused.labels?.[0]?.textContent ?? focused.textContent;
    return label.trim().replace(/\\s+/g, " ");
}"""
#: Whether whoever looks sees what has the focus.
SEEN = """() => {
    let focused = document.activeElement;
    while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    const frames = [focused, focused.closest(".cm-editor")].filter(Boolean);
    return frames.some((row) => getComputedStyle(row).outlineStyle !== "none");
}"""


@dataclass(frozen=True)
class Words:
    """What is said in a language on the way."""

    prefix: str
    search: str
    questions: str
    question: str
    query: str
    run: str
    ontology: str
    theme: str
    term: str
    title: str
    subject: str


ENGLISH = Words(
    "",
    "Search",
    "Questions",
    "Which organisations of a line stood on a day, and who led them?",
    "Query",
    "Run",
    "Ontology",
    "Splits",
    "splinter of",
    "Sam Rainsy",
    "Political Succession and Defection Ontology",
)
FRENCH = Words(
    "/fr",
    "Rechercher",
    "Questions",
    "Quelles organisations d’une lignée existaient à une date, et qui les dirigeait",
    "Requête",
    "Exécuter",
    "Ontologie",
    "Splits",
    "dissidence de",
    "Sam Rainsy",
    "Ontologie de la succession",
)


@pytest.fixture
def page(tab: Tab, server: str) -> Iterator[Page]:
    """A page whose mouse nobody touches."""
    if not BUNDLE.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the editor was not built")
    with used(tab, server) as found:
        yield found


def tab_to(page: Page, name: str, most: int = 80, key: str = "Tab") -> None:
    """Press *key* until what is called *name* has the focus; each on the way is seen to."""
    for _ in range(most):
        page.keyboard.press(key)
        focused = page.evaluate(FOCUSED)
        assert page.evaluate(SEEN), focused
        if re.match(rf"{re.escape(name)}(?!\w)", focused):
            return
    raise AssertionError(f"{most} times {key} do not lead to {name}")


def follow(page: Page, name: str, heading: str = "") -> None:
    """Follow the next link that is called *name*, to a page with *heading*."""
    tab_to(page, name)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=heading or name).wait_for()


@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_everything_is_found_asked_and_read_by_keyboard(
    page: Page, server: str, words: Words
) -> None:
    page.goto(f"{server}{words.prefix}/search")
    page.locator("[role=combobox]").first.wait_for()
    while page.evaluate("document.activeElement.getAttribute('role')") != "combobox":
        page.keyboard.press("Tab")
    page.keyboard.type("sam rainsi")
    page.get_by_role("option", name=re.compile(words.title)).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=words.title).wait_for()

    follow(page, words.questions)
    follow(page, words.question)
    while page.evaluate("document.activeElement.name") != "day":
        page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("1993-05-23")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("day=1993-05-23"))
    assert page.locator("#answer tbody tr").count() >= 1

    tab_to(page, words.query)
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name=words.query).wait_for()
    tab_to(page, words.query, most=30)  # in the bar of the site
    tab_to(page, words.query, most=30)  # the editor
    assert page.evaluate("document.activeElement.className") == "editor"
    page.keyboard.press("Escape")
    tab_to(page, words.run, most=2)
    page.keyboard.press("Enter")
    page.locator("#answer tbody tr").first.wait_for()

    # Before the answer, whose links are many.
    tab_to(page, words.ontology, key="Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=words.subject).wait_for()
    tab_to(page, words.theme)
    page.keyboard.press("Enter")
    follow(page, words.term)
    tab_to(page, "prp-inv2", most=200)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/rules/prp-inv2"))
