"""Every kind of page as it is seen: light, dark, narrow and printed. ``make screenshots`` runs it.

To be looked at: nothing is asserted but that the pages are there. CI keeps those of `SAMPLE`.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from kinds_of_pages import PARTY
from test_accessibility import ERRORS, PAGES

FOLDER = Path(os.environ.get("SCREENSHOTS", "build/screenshots"))
#: A few pages that show most of what others show, too.
SAMPLE = ["/", PARTY, "/doc/source/founding-text.html", "/ns/splinterOf", "/lineage/funcinpec"]
WHOLE = [path for path in PAGES if path not in ERRORS]


@pytest.mark.parametrize("path", WHOLE if "THOROUGH" in os.environ else SAMPLE)
def test_a_page_is_pictured(page: Page, server: str, path: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", path).strip("-")[:60] or "home"
    page.goto(server + path)
    page.screenshot(path=FOLDER / f"{name}.light.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=FOLDER / f"{name}.dark.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.pdf(path=FOLDER / f"{name}.pdf", format="A4")
    page.set_viewport_size({"width": 390, "height": 900})
    page.screenshot(path=FOLDER / f"{name}.narrow.png", full_page=True)
    assert page.locator("h1").count() == 1
