"""How wide a text is at most: pictures are laid out without a browser.

The widths are those of DejaVu Sans, in thousandths of the font size: of the fonts that the style
sheet names it is the widest, so that what fits here fits in any of them.
"""

_FIRST = 32
_REGULAR = (
    *(318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337),
    *(636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531),
    *(1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787),
    *(603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500),
    *(500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612),
    *(635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838),
)
_BOLD = (
    *(348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365),
    *(696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580),
    *(1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850),
    *(733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500),
    *(500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687),
    *(716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838),
)
#: Of other characters: the widest Latin letters with accents, and signs of other scripts.
_OTHER = 1070


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of *text* in pixels at a font size of *size* pixels.

    >>> text_width("1975", 10.0)
    25.44
    """
    widths = _BOLD if bold else _REGULAR
    places = (ord(sign) - _FIRST for sign in text)
    units = sum(widths[place] if 0 <= place < len(widths) else _OTHER for place in places)
    return units * size / 1000


def fitting(text: str, width: float, size: float) -> str:
    """Return *text*, or its beginning where it is wider than *width* pixels.

    >>> fitting("has a very long name", 80, 13.0)
    'has a ver…'
    """
    if text_width(text, size) <= width:
        return text
    beginnings = (text[:length].rstrip() + "…" for length in range(len(text), 0, -1))
    return next((row for row in beginnings if text_width(row, size) <= width), "…")


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return *text* in lines of at most *width* pixels; a word is never broken.

    >>> wrapped("Democratic National Union", 120, 12.0)
    ('Democratic', 'National Union')
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
