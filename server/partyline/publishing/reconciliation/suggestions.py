"""Suggestions of entities, types and properties for what has been typed (section 6)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.matching import Reconciler
from partyline.publishing.reconciliation.queries import Query
from partyline.search import folded, similarity
from partyline.vocabulary import RDF

#: Suggestions of one answer.
_SHOWN = 20
#: The least similarity of a name that is suggested.
_LEAST = 0.62
#: What can be suggested.
KINDS = ("entity", "type", "property")


@dataclass(frozen=True, slots=True)
class _Term:
    """A class or a property, and how many statements use it."""

    node: NamedNode
    uses: int
    names: tuple[str, ...]


class Suggestions:
    """What can be suggested from a publication."""

    def __init__(self, publication: Publication, reconciler: Reconciler) -> None:
        self._publication, self._reconciler = publication, reconciler
        self._entities = reconciler.entities
        self._of: dict[str, Callable[[str], Iterable[dict[str, object]]]] = {
            "entity": self._entity,
            "type": lambda prefix: self._terms(prefix, self.types),
            "property": lambda prefix: self._terms(prefix, self._properties),
        }

    def suggest(self, kind: str, prefix: str, skipped: int = 0) -> list[dict[str, object]]:
        """Return suggestions of *kind*, one of KINDS, but for the first *skipped* ones."""
        found = list(self._of[kind](prefix.strip()))
        return found[skipped : skipped + _SHOWN]

    def _entity(self, prefix: str) -> Iterator[dict[str, object]]:
        if not prefix:
            return
        for row in self._reconciler.candidates(Query(prefix)):
            described = self._reconciler.described(row)
            types = self._entities.type_objects(row.node)
            yield {**described, "notable": types} if types else described

    def _terms(self, prefix: str, terms: tuple[_Term, ...]) -> Iterator[dict[str, object]]:
        """Yield those of *terms* whose names are like *prefix*; all for none, most used first."""
        meant = self._entities.iri(prefix)
        wanted = folded(prefix)
        ranked = []
        for row in terms:
            likeness = max((similarity(wanted, name) for name in row.names), default=0.0)
            if row.node == meant or not wanted:
                likeness = 1.0
            if likeness >= _LEAST:
                ranked.append((-likeness, -row.uses, row.node.value, row.node))
        for *_, node in sorted(ranked, key=lambda row: row[:3]):
            yield self._described(node)

    def _described(self, node: NamedNode) -> dict[str, object]:
        link, definition = self._entities.link(node), self._entities.definition(node)
        found: dict[str, object] = {"id": node.value, "name": link.name.text}
        return {**found, "description": definition.text} if definition else found

    @cached_property
    def types(self) -> tuple[_Term, ...]:
        """Return the classes that entities have, those of most members first."""
        table = self._publication.statements.table
        type_ = table.number(RDF.type)
        if type_ is None:
            return ()
        classes = table.columns["object"][table.rows(predicate=type_)].tolist()
        return self._used(Counter(classes))

    @cached_property
    def _properties(self) -> tuple[_Term, ...]:
        table = self._publication.statements.table
        numbers = self._reconciler.properties.used
        return self._used({number: table.count(predicate=number) for number in numbers})

    def _used(self, counts: Mapping[int, int]) -> tuple[_Term, ...]:
        term = self._publication.statements.table.terms.term
        found = [
            _Term(node, uses, tuple({folded(row.text) for row in self._entities.names(node)}))
            for number, uses in counts.items()
            if isinstance(node := term(number), NamedNode)
        ]
        return tuple(sorted(found, key=lambda row: (-row.uses, row.node.value)))
