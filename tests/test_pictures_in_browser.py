"""Pictures of lineage in Chromium: no text on another, soft ends where the bounds are."""

import json
import urllib.request
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page

from conftest import Tab, used

PICTURES = [
    "/lineage/funcinpec",
    "/lineage/cambodia-national-rescue-party",
    "/lineage/indochinese-communist-party",
    "/lineage/indochinese-communist-party?from=1996&to=2000",
    "/timeline",
]
#: Texts with their boxes in the units of the picture, its lines, and its soft ends.
SHAPES = """svg => {
    const box = node => {
        const b = node.getBBox()
        return [b.x, b.y, b.x + b.width, b.y + b.height]
    }
    const line = node => node.getAttribute('d').match(/-?[\\d.]+/g).map(Number)
    return {
        texts: [...svg.querySelectorAll('text')].map(node => ({
            text: node.textContent, css: node.getAttribute('class'), box: box(node),
            size: parseFloat(getComputedStyle(node).fontSize),
        })),
        ticks: [...svg.querySelectorAll('path.tick')].map(line),
        claims: [...svg.querySelectorAll('path.claim')].map(line),
        soft: [...svg.querySelectorAll('a.bar')].map(bar => ({
            href: bar.getAttribute('href'),
            ends: [...bar.querySelectorAll('rect.soft')].map(node => [
                node.getAttribute('class'), ...['x', 'width'].map(name => +node.getAttribute(name)),
            ]),
        })),
        width: svg.viewBox.baseVal.width, shown: svg.getBoundingClientRect().width,
    }
}"""


@dataclass(frozen=True)
class Drawn:
    """What Chromium has drawn of the picture at an address."""

    url: str
    shapes: dict[str, Any]


@pytest.fixture(scope="module", params=PICTURES)
def drawn(request: pytest.FixtureRequest, tab: Tab, server: str) -> Drawn:
    """One of the pictures, opened once for all tests."""
    url = server + request.param
    with used(tab, server) as page:
        page.goto(url)
        return Drawn(url, page.locator("svg.lineage").evaluate(SHAPES))


def overlap(one: list[float], other: list[float]) -> bool:
    """Tell whether two boxes share more than the pixel that glyphs leave free around them."""
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 2
    )


def test_no_two_texts_overlap_and_all_can_be_read(drawn: Drawn) -> None:
    found = drawn.shapes
    texts = found["texts"]
    assert len(texts) > 10
    hits = [
        (one["text"], other["text"])
        for number, one in enumerate(texts)
        for other in texts[number + 1 :]
        if overlap(one["box"], other["box"])
    ]
    assert hits == []
    assert min(text["size"] for text in texts) * found["shown"] / found["width"] >= 10
    outside = [text["text"] for text in texts if text["box"][2] > found["width"] + 1]
    assert outside == []


def test_no_line_of_a_date_passes_through_a_name(drawn: Drawn) -> None:
    found = drawn.shapes
    hits = [
        text["text"]
        for kind, names in (("ticks", "name"), ("claims", "band"))
        for x, top, bottom in found[kind]
        for text in found["texts"]
        if text["css"].startswith(names)
        and text["box"][0] + 1 < x < text["box"][2] - 1
        and min(bottom, text["box"][3]) - max(top, text["box"][1]) > 2
    ]
    assert hits == []


def year(day: str, *, end: bool = False) -> float:
    """Return an ISO day as a decimal year, at its beginning or its end."""
    here = date.fromisoformat(day)
    first, last = date(here.year, 1, 1), date(here.year, 12, 31)
    return here.year + ((here - first).days + end) / ((last - first).days + 1)


def test_each_soft_end_reaches_from_bound_to_bound(drawn: Drawn) -> None:
    soft = {row["href"]: row["ends"] for row in drawn.shapes["soft"]}
    place, _, query = drawn.url.partition("?")
    with urllib.request.urlopen(f"{place}.json?{query}") as answer:
        model = json.load(answer)
    axis = model["axis"]
    scale = (axis["right"] - axis["left"]) / (axis["high"] - axis["low"])

    def x(decimal: float) -> float:
        return float(
            axis["left"] + (min(max(decimal, axis["low"]), axis["high"]) - axis["low"]) * scale
        )

    checked = 0
    for bar in model["bars"]:
        for side in ("begin", "end"):
            edge = bar[side]
            if edge is None or edge["disputed"] or None in edge["span"]:
                continue
            if side == "end" and bar["ongoing"]:
                continue
            first, last = x(year(edge["span"][0])), x(year(edge["span"][1], end=True))
            if last - first < 0.05:
                continue  # a day, or outside of the lens
            href = "/id/" + bar["iri"].partition("/id/")[2]
            ends = [row[1:] for row in soft[href] if row[0] == f"soft {side}"]
            begin = bar["begin"]
            if side == "end" and begin and not begin["disputed"] and begin["span"][1]:
                # What lasted for less than the doubt fades from where it may have begun.
                first = max(first, x(year(begin["span"][1], end=True)))
                if last - first < 0.05:
                    continue
            assert any(
                abs(left - first) < 0.05 and abs(left + width - last) < 0.05 for left, width in ends
            ), (bar["name"], side, first, last, ends)
            checked += 1
    assert checked > 0


def test_a_picture_by_its_own_address_has_its_style(page: Page, server: str) -> None:
    page.goto(f"{server}/lineage/funcinpec.svg")
    font = page.locator("svg.lineage text").first.evaluate(
        "node => getComputedStyle(node).fontFamily"
    )
    assert "Source Sans 3" in font


def test_the_small_picture_is_shown_on_the_page_of_an_organisation(page: Page, server: str) -> None:
    page.goto(f"{server}/doc/organisation/funcinpec.html")
    assert page.locator(".small-picture img").evaluate("node => node.naturalWidth") > 400
