"""Dates and joins in the few words that a picture has room for."""

import re

from partyline.edtf import in_words
from partyline.publishing.lineage.model import Bar, Edge, Join

_MONTHS = re.compile(r"\b(January|February|August|September|October|November|December)\b")
#: What a join says of its sources, and of its targets.
FORWARDS = {
    "renamed": "renamed",
    "transformed": "became",
    "succeeded": "succeeded by",
    "divided": "divided into",
    "merged": "merged into",
    "split": "split off",
    "left": "founded by one who left",
    "joint": "founded jointly",
    "wing": "had as a wing",
}
BACKWARDS = {
    "renamed": "formerly",
    "transformed": "formerly",
    "succeeded": "succeeded",
    "divided": "from the division of",
    "merged": "merger of",
    "split": "split off from",
    "left": "founded by one who left",
    "joint": "founded by",
    "wing": "wing of",
}
MARK_WORDS = {
    "defected": "defected",
    "surrendered": "surrendered",
    "expelled": "was expelled",
    "left": "left",
}


def short_date(text: str) -> str:
    """Return the EDTF date *text* in few words.

    >>> short_date("1996-08"), short_date("1998~"), short_date("[1998-12,1999-03]")
    ('Aug 1996', 'c. 1998', 'Dec 1998 or Mar 1999')
    """
    words = _MONTHS.sub(lambda month: month[0][:3], in_words(text))
    words = re.sub(r"\b(March|April)\b", lambda month: month[0][:3], words)
    return words.replace("about ", "c. ")


def edge_words(edge: Edge | None) -> str:
    """Return the date of *edge* in few words; of several days, what they have in common.

    >>> from datetime import date
    >>> from partyline.publishing.lineage.model import Span
    >>> days = Span(date(1951, 6, 28), date(1951, 9, 30))
    >>> edge_words(Edge("[1951-06-28,1951-08,1951-09]", days, "urn:e"))
    '1951'
    """
    if edge is None or edge.disputed:
        return "?"
    first, last = edge.span.earliest, edge.span.latest
    if edge.date.startswith("[") and first and last:
        if first.year != last.year:
            return f"{first.year} or {last.year}"
        return f"{first:%b} {first.year}" if first.month == last.month else str(first.year)
    return short_date(edge.date)


def bar_dates(bar: Bar) -> str:
    """Return when *bar* began and ended.

    >>> bar_dates(Bar("urn:x", "line", ongoing=True))
    '? – today'
    """
    begin = edge_words(bar.begin)
    end = "today" if bar.ongoing else edge_words(bar.end)
    contested = any(edge and edge.is_contested for edge in (bar.begin, bar.end))
    doubtful = bool(bar.end and bar.end.disputed and not bar.ongoing)
    if doubtful and bar.end is not None:
        end = f"? ({short_date(bar.end.date)}, disputed)"
    return f"{begin} – {end}" + (", disputed" if contested and not doubtful else "")


def join_words(join: Join, other: str, *, backwards: bool) -> str:
    """Return how a bar is joined with the bar named *other*."""
    words = (BACKWARDS if backwards else FORWARDS)[join.kind]
    return f"{words} {other}" + (" (disputed)" if join.disputed else "")
