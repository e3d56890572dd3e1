"""Sentences with gaps: ``{?founder}`` is filled, ``[ by {?founder}]`` is left out where empty."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"\{[?$](?P<name>\w+)\}|(?P<bracket>[\[\]])")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place for the values of a property, by its code identifier."""

    name: str


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """A part of a sentence that is left out where a gap in it has no value."""

    parts: "Template"


#: A sentence: words, gaps and optional parts, in order.
Template = tuple[str | Gap | OptionalPart, ...]


def parse_template(text: str) -> Template:
    """Return the parts of *text*. Raises ValueError for a bracket without its other one.

    >>> parse_template("founded[ by {?founder}].")
    ('founded', OptionalPart(parts=(' by ', Gap(name='founder'))), '.')
    """
    levels: list[list[str | Gap | OptionalPart]] = [[]]
    last = 0
    for match in _TOKEN.finditer(text):
        if words := text[last : match.start()]:
            levels[-1].append(words)
        last = match.end()
        if match["name"]:
            levels[-1].append(Gap(match["name"]))
        elif match["bracket"] == "[":
            levels.append([])
        elif len(levels) == 1:
            raise ValueError("unmatched closing ]")
        else:
            inner = levels.pop()
            levels[-1].append(OptionalPart(tuple(inner)))
    if len(levels) > 1:
        raise ValueError("unclosed [")
    if words := text[last:]:
        levels[0].append(words)
    return tuple(levels[0])


def gaps(template: Template) -> Iterator[str]:
    """Yield the name of every gap of *template*."""
    for part in template:
        if isinstance(part, Gap):
            yield part.name
        elif isinstance(part, OptionalPart):
            yield from gaps(part.parts)
