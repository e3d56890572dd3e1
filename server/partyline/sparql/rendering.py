"""Answers for a terminal: aligned columns, one line for each row."""

import unicodedata
from collections.abc import Mapping, Sequence

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Triple,
)

from partyline.display import visible
from partyline.rdf.curies import PrefixMap

Term = NamedNode | BlankNode | Literal | Triple


def render_table(
    variables: Sequence[str], rows: Sequence[Mapping[str, Term]], prefixes: Mapping[str, str]
) -> str:
    """Return aligned columns for a terminal, with IRIs shortened by *prefixes*.

    >>> rows = ({"s": NamedNode("https://example.org/a"), "n": Literal(7)}, {})
    >>> print(render_table(("s", "n"), rows, {"ex": "https://example.org/"}), end="")
    s     n
    ────  ─
    ex:a  7
    <BLANKLINE>
    (2 rows)
    """
    names = PrefixMap(prefixes)
    shown = [[show(row[name], names) if name in row else "" for name in variables] for row in rows]
    columns = list(zip(variables, *shown, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    lines = [list(variables), ["─" * width for width in widths], *shown]
    count = len(rows)
    return "".join(f"{_line(line, widths)}\n" for line in lines) + (
        f"({count} row{'' if count == 1 else 's'})\n"
    )


def show(term: Term, names: PrefixMap) -> str:
    """Return *term* in short on one line; characters that a terminal obeys are shown as escapes.

    >>> show(Literal("Brass Union", language="en"), PrefixMap({}))
    'Brass Union @en'
    """
    if isinstance(term, NamedNode):
        return names.prefixed_name(term.value) or str(term)
    if not isinstance(term, Literal):
        return visible(str(term))
    text = visible(" ".join(term.value.split()))
    return f"{text} @{term.language}" if term.language else text


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Return the columns that a terminal gives to *text*: combining signs take none."""
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
