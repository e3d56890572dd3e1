"""Every kind of page as it is seen: light, dark, narrow and printed. ``make screenshots`` runs it.

To be looked at: nothing is asserted but that the pages are there.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from test_accessibility import ERRORS, PAGES

FOLDER = Path(os.environ.get("SCREENSHOTS", "build/screenshots"))


@pytest.mark.parametrize("path", [path for path in PAGES if path not in ERRORS])
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
