"""Prefixes that a document uses and does not declare: each is one finding, and hides no other.

A parser leaves out the rest of a statement with such a prefix, and with it what else is wrong
there. So the document is read again as if the prefix were declared.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import NamedNode, Triple

from partyline.findings import Finding
from partyline.rdf.characters import is_suspicious
from partyline.sources.relative_iris import iris
from partyline.sources.syntaxes import Syntax

#: How often a document is read again: each time, prefixes may be found that others hid.
MOST_READINGS = 20
#: Further lines that a finding lists.
_LISTED = 10
_ERROR = re.compile(r"The prefix (.*): has not been declared")
#: What the namespace of a prefix begins with that the document does not declare.
NAMESPACE = "undeclared://"


def is_undeclared(error: SyntaxError) -> bool:
    """Tell whether *error* is about a prefix that is not declared."""
    return _prefix(error) is not None


def _prefix(error: SyntaxError) -> str | None:
    named = _ERROR.search(str(error.args[0]))
    # The fault may be a character that looks like none, such as a byte order mark.
    return named[1] if named and not any(map(is_suspicious, named[1])) else None


class UndeclaredPrefixes:
    """The undeclared prefixes of one document, each with the places where it is used."""

    def __init__(self) -> None:
        self._uses: dict[str, set[tuple[int, int]]] = {}

    def __len__(self) -> int:
        return len(self._uses)

    def add(self, errors: Iterable[SyntaxError]) -> bool:
        """Keep the prefixes that *errors* name, and tell whether one of them is new."""
        before = len(self)
        for error in errors:
            name = _prefix(error)
            if name is not None:
                self._uses.setdefault(name, {(error.lineno or 1, error.offset or 1)})
        return len(self) > before

    def declarations(self) -> bytes:
        """Return a line of Turtle that declares the prefixes, or nothing where there are none."""
        declared = [f"@prefix {name}: <{NAMESPACE}{name}/> ." for name in self._uses]
        return (" ".join(declared) + "\n").encode() if declared else b""

    def add_uses(self, triple: Triple, line: int, graph: NamedNode | None = None) -> bool:
        """Keep the prefixes of *triple*, which ends on *line*, and tell whether it has some."""
        found = [iri for iri in iris(triple, graph) if iri.startswith(NAMESPACE)]
        for iri in found:
            uses = self._uses[iri.removeprefix(NAMESPACE).partition("/")[0]]
            if line not in {row for row, _ in uses}:
                uses.add((line, 0))
        return bool(found)

    def findings(self, path: str, syntax: Syntax) -> Iterator[Finding]:
        """Yield a finding for each prefix, where it is used first."""
        for name, uses in self._uses.items():
            (line, column), *others = sorted(uses)
            place = f" (column {column})" if column else ""
            yield Finding(
                *(path, line, "syntax"),
                f"not {syntax.name}: The prefix {name}: has not been declared{place}",
                "declare it at the top: @prefix NAME: <IRI> . ; or correct its spelling",
                details=tuple(_further([row for row, _ in others])),
            )


def _further(lines: Sequence[int]) -> Iterator[str]:
    if lines:
        more = f" and {len(lines) - _LISTED} more" if len(lines) > _LISTED else ""
        listed = ", ".join(map(str, lines[:_LISTED]))
        yield f"also on line{'s' * (len(lines) > 1)} {listed}{more}"
