"""Text stands out from its ground (WCAG 2.2, criterion 1.4.3), also where axe cannot tell."""

import re
from importlib.resources import files

import pytest

from partyline.publishing.lineage.svg.colours import BANDS, FAINT, INK, PALETTE, PAPER

STATIC = files("partyline.web") / "static"
#: Colours of text, and the grounds on which it stands.
PAIRS = [
    *(("ink", ground) for ground in ("paper", "panel", "followed")),
    *(("faint", ground) for ground in ("paper", "panel", "followed")),
    *(("link", ground) for ground in ("paper", "panel", "followed")),
    ("accent", "paper"),
    ("paper", "link"),
    ("inferred", "inferred-ground"),
    ("disputed", "disputed-ground"),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as ``#1d5560``."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours.

    >>> contrast("#ffffff", "#000000")
    21.0
    """
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def schemes() -> list[dict[str, str]]:
    """Return the colours of the style sheet, on light and on dark ground."""
    style = (STATIC / "style.css").read_text(encoding="utf-8")
    found = [
        dict(re.findall(r"--([\w-]+): (#\w{6});", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    return found[:2]


@pytest.mark.parametrize(("text", "ground"), PAIRS)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: int, text: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("ground", [*PALETTE, *BANDS, PAPER])
def test_names_in_a_picture_stand_out(ground: str) -> None:
    assert contrast(INK, ground) >= 4.5
    if ground == PAPER:
        assert contrast(FAINT, ground) >= 4.5


def test_names_in_a_dark_picture_stand_out() -> None:
    style = (STATIC / "lineage.css").read_text(encoding="utf-8")
    dark = dict(re.findall(r"\.lineage \.(\w+)(?:, [^{]*)? \{ fill: (#\w{6});", style))
    for text in ("name", "label", "faint"):
        assert contrast(dark[text], dark["paper"]) >= 4.5
    for ground in (*PALETTE, dark["band0"], dark["band1"]):
        assert contrast(dark["band"], ground) >= 4.5
