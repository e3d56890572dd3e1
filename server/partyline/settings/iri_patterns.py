"""Which IRIs are dereferenced here: those below a base, or those that fit a pattern."""

from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_published(iri: str, bases: tuple[str, ...], patterns: Sequence[str]) -> bool:
    """Tell whether *iri* fits one of *patterns*, or, without any, lies below one of *bases*.

    >>> is_published("https://e.org/id/x", ("https://e.org/",), ())
    True
    """
    if not patterns:
        return iri.startswith(bases) and iri not in bases
    return any(fits(iri, pattern) for pattern in patterns)


def fits(iri: str, pattern: str) -> bool:
    """Tell whether *iri* begins with *pattern*, or, where it has a ``*``, matches it."""
    return fnmatchcase(iri, pattern) if "*" in pattern else iri.startswith(pattern)
