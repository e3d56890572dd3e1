"""A picture as a card for links elsewhere: 1200 by 630 pixels with a title, as PNG.

Networks show no SVG. The renderer is resvg, which the extra ``cards`` installs; it reads the fonts
of this folder and no others, so that a card is the same on every machine.
"""

import re
from importlib.util import find_spec
from pathlib import Path

from partyline.display import in_markup
from partyline.publishing.lineage.svg.elements import number
from partyline.publishing.lineage.text_metrics import text_width, wrapped

WIDTH, HEIGHT = 1200, 630
_MARGIN, _TOP, _BOTTOM = 56.0, 62.0, 546.0
_PAPER, _INK, _FAINT, _LINE = "#fbf8f1", "#22201b", "#6b6557", "#1d5560"
#: Sizes of the title, the largest that fits into two lines is taken.
_SIZES = (58.0, 50.0, 42.0, 34.0)
_NOTE_SIZE = 26.0
#: How much wider than the serif of cards the metrics of pictures are.
_WIDER = 1.18
#: The halo of a name is below it; attributes cannot say so.
_STYLE = ".name, .note { paint-order: stroke; }"
_FONTS = Path(__file__).parent / "fonts"
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
#: The size that the picture itself says, which the card replaces.
_SIZE = re.compile(r' width="[\d.]+" height="[\d.]+"')

#: Whether cards can be made.
IS_AVAILABLE = find_spec("resvg_py") is not None


def card(title: str, note: str, picture: str) -> bytes:
    """Return the PNG of the SVG element *picture* below *title* and *note*.

    Raises ModuleNotFoundError where the extra ``cards`` is not installed.
    """
    import resvg_py  # an extra, and only cards need it

    return resvg_py.svg_to_bytes(
        svg_string=card_svg(title, note, picture),
        skip_system_fonts=True,
        font_files=sorted(map(str, _FONTS.glob("*.ttf"))),
        serif_family="Source Serif 4",
        sans_serif_family="Source Serif 4",
        font_family="Source Serif 4",
        style_sheet=_STYLE,
    )


def filling_width(height: float) -> float:
    """Return how wide a picture of *height* is that fills the card below a title of one line."""
    return (WIDTH - 2 * _MARGIN) * height / (_BOTTOM - _TOP - _SIZES[0] * 1.12 - 20)


def card_svg(title: str, note: str, picture: str) -> str:
    """Return the SVG of a card."""
    lines, size = _fitting(title)
    rows = [
        _text(line, size, _TOP + (number + 0.72) * size * 1.12, _INK, 600)
        for number, line in enumerate(lines)
    ]
    below = _TOP + len(lines) * size * 1.12
    foot = _text(note, _NOTE_SIZE, HEIGHT - 34, _FAINT, 400)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="Source Serif 4, Noto Serif Khmer">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>'
        f'<rect width="{WIDTH}" height="10" fill="{_LINE}"/>'
        f"{''.join(rows)}{_placed(picture, below + 20)}{foot}</svg>"
    )


def _fitting(title: str) -> tuple[tuple[str, ...], float]:
    """Return the lines of *title*, and their size: two lines, or what fits into two and an end."""
    room = (WIDTH - 2 * _MARGIN) * _WIDER
    lines: tuple[str, ...] = ()
    for size in _SIZES:
        lines = wrapped(title, room, size, bold=True)
        if len(lines) <= 2 and all(text_width(row, size, bold=True) <= room for row in lines):
            return lines, size
    first, second, *rest = (*lines, "")
    return (first, f"{second} …" if any(rest) else second), _SIZES[-1]


def _text(text: str, size: float, baseline: float, colour: str, weight: int) -> str:
    return (
        f'<text x="{_MARGIN:g}" y="{baseline:.1f}" font-size="{size:g}" fill="{colour}"'
        f' font-weight="{weight}">{in_markup(text)}</text>'
    )


def _placed(picture: str, top: float) -> str:
    """Return *picture* as large as fits between *top* and the note, below the title."""
    found = _VIEW_BOX.search(picture)
    if found is None:
        return ""
    width, height = map(float, found.groups())
    room, tall = WIDTH - 2 * _MARGIN, _BOTTOM - top
    scale = min(room / width, tall / height)
    top += (tall - height * scale) / 2
    place = (
        f' x="{number(_MARGIN)}" y="{number(top)}"'
        f' width="{number(width * scale)}" height="{number(height * scale)}"'
    )
    return _SIZE.sub(place, picture, count=1)
