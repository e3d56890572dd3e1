"""Elements of SVG that several parts of a picture are made of."""

from partyline.display import in_markup
from partyline.publishing.lineage.drawing import Line
from partyline.publishing.lineage.svg.colours import FAINT, INK, PAPER


def number(value: float) -> str:
    """Return *value* with at most two decimals.

    >>> number(12.0), number(3.456)
    ('12', '3.46')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def text(line: Line, css: str) -> str:
    """Return *line* as a text element of the class *css*."""
    weight = ' font-weight="600"' if line.bold else ""
    colour = FAINT if line.faint else INK
    halo = (
        f' stroke="{PAPER}" stroke-width="3" stroke-linejoin="round"'
        if css in ("name", "note")
        else ""
    )
    names = f"{css} faint" if line.faint else css
    return (
        f'<text class="{names}" x="{number(line.x)}" y="{number(line.y)}" '
        f'font-size="{number(line.size)}"{weight} fill="{colour}"{halo}>'
        f"{in_markup(line.text)}</text>"
    )


def rectangle(span: tuple[float, float], top: float, height: float, attributes: str) -> str:
    """Return a rectangle from the left to the right end of *span*."""
    left, right = span
    return (
        f'<rect {attributes} x="{number(left)}" y="{number(top)}" '
        f'width="{number(right - left)}" height="{number(height)}"/>'
    )


def rounded(corners: tuple[tuple[float, float], ...]) -> str:
    """Return the path through *corners*, with a round last bend."""
    (x, y), (_, middle), *rest = corners
    if not rest:
        return f"M{number(x)} {number(y)}V{number(middle)}"
    end = rest[0][0]
    radius = min(8.0, abs(end - x), abs(middle - y))
    down, right = (1 if middle > y else -1), (1 if end > x else -1)
    return (
        f"M{number(x)} {number(y)}V{number(middle - down * radius)}"
        f"q0 {number(down * radius)} {number(right * radius)} {number(down * radius)}H{number(end)}"
    )


def departure(kind: str, x: float, y: float, css: str, colour: str) -> str:
    """Return the sign of a departure of *kind*, with its middle at *x* and *y*."""
    if kind == "surrendered":
        return (
            f'<rect class="{css} edge" x="{number(x - 3.3)}" y="{number(y - 3.3)}" width="6.6" '
            f'height="6.6" fill="{colour}" stroke="{INK}" stroke-width=".7"/>'
        )
    if kind == "left":
        return (
            f'<circle class="hollow {css}-line" cx="{number(x)}" cy="{number(y)}" r="3.3" '
            f'fill="{PAPER}" stroke="{colour}" stroke-width="1.6"/>'
        )
    path = f"M{number(x)} {number(y - 4)}l4 4l-4 4l-4 -4z"
    if kind == "expelled":
        return (
            f'<path class="hollow {css}-line" d="{path}" fill="{PAPER}" stroke="{colour}" '
            'stroke-width="1.6"/>'
        )
    return f'<path class="{css} edge" d="{path}" fill="{colour}" stroke="{INK}" stroke-width=".7"/>'
