"""The language that suits a client: Accept-Language (RFC 9110, section 12.5.4), by lookup."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_RANGE = re.compile(
    r"\s*(?P<range>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*"
    r"(?:;\s*q\s*=\s*(?P<weight>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.IGNORECASE,
)
#: Bytes of a field that are read; browsers send fewer than 100.
_LONGEST = 1000


def chosen_language(accept: str, offered: Sequence[str]) -> str:
    """Return the one of the tags *offered* that suits the field *accept*; the first where none.

    Ranges are shortened until one fits (RFC 4647, section 3.4); a weight of 0 excludes.

    >>> chosen_language("de, fr-CA;q=0.8, en;q=0.5", ("en", "fr"))
    'fr'
    >>> chosen_language("de", ("en", "fr")), chosen_language("en;q=0, *", ("en", "fr"))
    ('en', 'fr')
    """
    return _chosen(accept[:_LONGEST], offered)


@lru_cache(1024)
def _chosen(accept: str, offered: Sequence[str]) -> str:
    ranges = list(_ranges(accept))
    refused = {wanted for wanted, weight in ranges if not weight}
    for wanted, weight in sorted(ranges, key=lambda row: -row[1]):
        found = _fitting(wanted, offered, refused) if weight else None
        if found:
            return found
    return offered[0]


def _fitting(wanted: str, offered: Sequence[str], refused: set[str]) -> str | None:
    """Return the tag that the range *wanted* leads to."""
    left = [tag for tag in offered if not refused.intersection(_shortened(tag.lower()))]
    if wanted == "*":
        return next(iter(left), None)
    for row in _shortened(wanted):
        for tag in left:
            if tag.lower() == row:
                return tag
    return None


def _shortened(tag: str) -> Iterator[str]:
    """Yield *tag* and what is left of it without its last parts.

    >>> list(_shortened("zh-hant-x-a"))
    ['zh-hant-x-a', 'zh-hant', 'zh']
    """
    parts = tag.split("-")
    while parts:
        yield "-".join(parts)
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Yield the ranges of the field with their weights; what is malformed is passed over."""
    for part in accept.split(","):
        if found := _RANGE.fullmatch(part):
            yield found["range"].lower(), float(found["weight"] or 1)
