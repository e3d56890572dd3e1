"""Properties as clients name them: an IRI, a prefixed name, a name, or a path of these."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyoxigraph import NamedNode

from partyline.errors import BadQuery
from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.entities import Entities
from partyline.publishing.statements import STANDING_ORDER, Standing
from partyline.search import folded

#: A step of a path: an IRI in angle brackets or a prefixed name; backwards behind ``^``.
_STEP = re.compile(r"(?P<inverse>\^?)(?:<(?P<iri>[^<>\s]+)>|(?P<name>[^\s/<>^:]*:[^\s/<>^]*))")
_BARE = re.compile(r"(?P<inverse>\^?)(?P<iri>[A-Za-z][A-Za-z0-9+.-]*:[^<>\s^]+)")
_MOST_STEPS = 4
#: Nodes that a path leads through, from one resource.
_MOST_NODES = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """A property, which is followed from its object where it is *inverse*."""

    property: NamedNode
    number: int
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """What leads from a resource to values, in order, under the identifier a client gave it."""

    identifier: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Properties:
    """The properties of a publication."""

    publication: Publication
    entities: Entities

    def path(self, identifier: str) -> Path:
        """Return the path that *identifier* means, as in SPARQL: steps, each by name or IRI.

        A bare IRI is one step. A text that is the name of one property alone means that one.
        Raises BadQuery.
        """
        text = identifier.strip()
        steps = self._steps(text)
        if steps is None:
            steps = self._by_name(text)
        if steps is None:
            raise BadQuery(
                f"No property here is “{identifier[:200]}”; give the IRI of one, a prefixed name or"
                " a path such as ex:event/ex:date. /reconcile/suggest/property finds them by name."
            )
        return Path(identifier, steps)

    def _steps(self, text: str) -> tuple[Step, ...] | None:
        if bare := _BARE.fullmatch(text):
            step = self._step(bare["iri"], bare["inverse"])
            if step is not None:
                return (step,)
        matches: list[re.Match[str]] = []
        place = 0
        while (found := _STEP.match(text, place)) and len(matches) < _MOST_STEPS:
            matches.append(found)
            place = found.end() + 1
            if text[found.end() : place] != "/":
                break
        if not matches or matches[-1].end() != len(text):
            return None
        steps = [self._step(row["iri"] or row["name"], row["inverse"]) for row in matches]
        return None if None in steps else tuple(row for row in steps if row is not None)

    def _step(self, identifier: str, inverse: str) -> Step | None:
        node = self.entities.iri(identifier)
        number = None if node is None else self.publication.statements.table.number(node)
        if node is None or number is None or number not in self.used:
            return None
        return Step(node, number, bool(inverse))

    def _by_name(self, text: str) -> tuple[Step, ...] | None:
        inverse = text.startswith("^")
        found = self._names.get(folded(text.removeprefix("^")), ())
        return (Step(found[0][0], found[0][1], inverse),) if len(found) == 1 else None

    @cached_property
    def used(self) -> dict[int, NamedNode]:
        """Return the properties that statements have, by their numbers."""
        table = self.publication.statements.table
        terms = ((number, table.terms.term(number)) for number in table.predicates())
        return {number: node for number, node in terms if isinstance(node, NamedNode)}

    @cached_property
    def _names(self) -> dict[str, list[tuple[NamedNode, int]]]:
        names: dict[str, list[tuple[NamedNode, int]]] = {}
        for number, node in self.used.items():
            for name in {folded(row.text) for row in self.entities.names(node)}:
                names.setdefault(name, []).append((node, number))
        return names

    def name(self, path: Path) -> str:
        """Return *path* in words."""
        label = self.publication.presenter.labels.best
        words = [("← " if row.inverse else "") + label(row.property).text for row in path.steps]
        return " / ".join(words)

    def values(self, number: int, path: Path) -> Iterator[tuple[int, Standing]]:
        """Yield the numbers that *path* leads to from *number*, asserted ones first, each once.

        What a path leads to is as certain as the least certain statement on the way.
        """
        reached = {number: Standing.ASSERTED}
        for step in path.steps:
            following: dict[int, Standing] = {}
            for node, standing in reached.items():
                for value, own in self._follow(node, step):
                    worse = max(standing, own, key=STANDING_ORDER.__getitem__)
                    before = following.get(value)
                    if before is None or STANDING_ORDER[worse] < STANDING_ORDER[before]:
                        following[value] = worse
                if len(following) > _MOST_NODES:
                    break
            reached = following
        yield from sorted(reached.items(), key=lambda row: STANDING_ORDER[row[1]])

    def _follow(self, node: int, step: Step) -> Iterator[tuple[int, Standing]]:
        statements = self.publication.statements
        if step.inverse:
            pairs = statements.table.links_to(step.number, node, _MOST_NODES)
        else:
            pairs = statements.table.links(node, step.number, _MOST_NODES)
        if pairs:
            rows, values = zip(*pairs, strict=True)
            yield from zip(values, statements.standings(np.array(rows)), strict=True)
