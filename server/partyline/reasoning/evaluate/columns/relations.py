"""Relations: one for each property and for each class that a rule reads or concludes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Variable

from partyline.reasoning.evaluate.pairs.joins import Numbered
from partyline.reasoning.model.rules import Pattern
from partyline.vocabulary import RDF


@dataclass(slots=True)
class Relation:
    """The facts ``(s, o)`` of one property, or the members ``(s)`` of one class."""

    name: str
    predicate: int
    class_: int | None
    #: The latest round that added a row; 0 stands for what is asserted.
    newest: int = 0

    @property
    def columns(self) -> str:
        """Return the columns that identify a fact."""
        return "s" if self.class_ is not None else "s, o"

    @property
    def object(self) -> str:
        """Return the SQL of the object of a row."""
        return "o" if self.class_ is None else str(self.class_)


class Layout:
    """All relations of one evaluation, and which of them has the facts of a pattern."""

    def __init__(self, type_: int, *, split_types: bool) -> None:
        self._relations: dict[tuple[int, int | None], Relation] = {}
        #: The number of ``rdf:type``.
        self.type = type_
        #: False where a rule speaks of any type of a thing: all types are one relation then.
        self.split_types = split_types

    def __iter__(self) -> Iterator[Relation]:
        return iter(self._relations.values())

    def __getitem__(self, pattern: Numbered) -> Relation:
        return self._relations[self._key(pattern)]

    def table(self, pattern: Numbered) -> str:
        """Return the SQL of the table that has the facts of *pattern*."""
        return self[pattern].name

    def class_of(self, pattern: Numbered) -> int | None:
        """Return the class that the relation of *pattern* is about, or None for a property."""
        return self._key(pattern)[1]

    def make(self, pattern: Numbered) -> Relation | None:
        """Make the relation of *pattern*, or return None where there is one."""
        key = self._key(pattern)
        if key in self._relations:
            return None
        self._relations[key] = Relation(f"r{len(self._relations)}", *key)
        return self._relations[key]

    def elsewhere(self, aliases: Mapping[int, Iterable[int]]) -> str:
        """Return the SQL condition that a fact ``(s, p, o)`` is in none of the relations.

        *aliases* has the numbers that stand for the same thing as a key.
        """
        properties, classes = {0}, {0}
        for predicate, class_ in self._relations:
            if class_ is None:
                properties.update(aliases.get(predicate, (predicate,)))
            else:
                classes.update(aliases.get(class_, (class_,)))
        types = ", ".join(map(str, aliases.get(self.type, (self.type,))))
        listed = ", ".join(map(str, sorted(properties)))
        members = ", ".join(map(str, sorted(classes)))
        return f"p NOT IN ({listed}) AND NOT (p IN ({types}) AND o IN ({members}))"

    def _key(self, pattern: Numbered) -> tuple[int, int | None]:
        _, predicate, object_ = pattern
        if isinstance(predicate, Variable):
            raise ValueError(f"{pattern}: no relation holds all predicates")
        if predicate == self.type and self.split_types:
            if isinstance(object_, Variable):
                raise ValueError(f"{pattern}: no relation holds all types")
            return predicate, object_
        return predicate, None


def matches_any_class(patterns: Iterable[Pattern]) -> bool:
    """Tell whether a pattern leaves the class of an ``rdf:type`` open."""
    return any(row[1] == RDF.type and isinstance(row[2], Variable) for row in patterns)
