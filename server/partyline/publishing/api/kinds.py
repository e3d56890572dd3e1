"""Kinds: the classes of a release under short names, and their members under slugs."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pyoxigraph import NamedNode

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing.as_of import Lifetimes, known_bounds
from partyline.publishing.class_index import ClassIndex
from partyline.publishing.labels import Text
from partyline.publishing.pages.search_page import Period, found_resources
from partyline.publishing.publication import Publication
from partyline.vocabulary import RDF

#: Names under the interface that are not kinds.
_TAKEN = {"questions"}
#: Members that are looked at to find where those of a class are.
_SAMPLE = 200
#: Members whose dates a request may compare.
_MOST_DATED = 20_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A class under a short name."""

    key: str
    node: NamedNode
    name: Text
    size: int
    #: The beginning of the IRIs of most members.
    namespace: str

    def slug(self, iri: str) -> str:
        """Return what names the member *iri* in an address: the end of its IRI, or all of it."""
        rest = iri.removeprefix(self.namespace) if self.namespace else iri
        return iri if not rest or "/" in rest or "#" in rest else rest


@dataclass(frozen=True)
class Kinds:
    """The kinds of a publication; *lifetimes* tells when what has a line existed."""

    publication: Publication
    lifetimes: Lifetimes

    @cached_property
    def by_key(self) -> Mapping[str, Kind]:
        """Return the kinds by their keys."""
        found: dict[str, Kind] = {}
        for row in self.publication.classes:
            if row.size:
                key = _free_key(row.kind.value, found)
                name = self.publication.presenter.labels.best(row.kind)
                found[key] = Kind(key, row.kind, name, row.size, self._namespace(row.kind))
        return found

    def find(self, key: str) -> Kind:
        """Return the kind *key*. Raises UnknownResource."""
        if key in self.by_key:
            return self.by_key[key]
        known = ", ".join(self.by_key)
        raise UnknownResource(f"Unknown kind: {key}; the kinds are {known}.")

    def member(self, kind: Kind, slug: str) -> NamedNode:
        """Return the member of *kind* that *slug* names. Raises UnknownResource."""
        for iri in (f"{kind.namespace}{slug}", slug):
            try:
                node = NamedNode(iri)
            except ValueError:
                continue
            if self._is_member(kind, node):
                return node
        raise UnknownResource(f"Unknown {kind.key}: {slug}; /api/{kind.key} lists all.")

    def members(self, kind: Kind, name: str, period: Period | None) -> Sequence[NamedNode]:
        """Return the members of *kind*, by name; with *name*, those that it finds, best first.

        With *period*, those whose dates may overlap with it. Raises BadQuery where too many dates
        would have to be compared.
        """
        if not name and period is None:
            return _Members(self.publication, kind)
        found: Sequence[NamedNode] = (
            list(self._named(kind, name)) if name else _Members(self.publication, kind)
        )
        if period is None:
            return found
        if len(found) > _MOST_DATED:
            raise BadQuery(
                f"There are {len(found):,} of the kind {kind.key}: dates of at most {_MOST_DATED:,}"
                " are compared. Add a name, or ask a query in SPARQL."
            )
        return [row for row in found if self._is_within(row, period)]

    def _named(self, kind: Kind, name: str) -> Iterator[NamedNode]:
        for _, node in found_resources(self.publication, name):
            if self._is_member(kind, node):
                yield node

    def _is_within(self, node: NamedNode, period: Period) -> bool:
        number = self.publication.statements.table.number(node)
        if number is None:
            return False
        known = known_bounds(self.publication.reader, self.lifetimes, number)
        return known is not None and period.overlaps(known)

    def _is_member(self, kind: Kind, node: NamedNode) -> bool:
        return bool(self.publication.statements.some(1, node, RDF.type, kind.node))

    def _namespace(self, kind: NamedNode) -> str:
        statements = self.publication.statements.some(_SAMPLE, None, RDF.type, kind)
        subjects = (row.triple.subject for row in statements)
        iris = (node.value for node in subjects if isinstance(node, NamedNode))
        counts = Counter(iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] for iri in iris)
        return max(counts, key=lambda row: (counts[row], row), default="")


class _Members(Sequence[NamedNode]):
    """The members of a class by name; a member is made a term when it is asked for."""

    def __init__(self, publication: Publication, kind: Kind) -> None:
        index: ClassIndex = publication.class_index
        self._rows = index.members(kind.node).rows
        self._table = publication.statements.table

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int | slice) -> "NamedNode | list[NamedNode]":  # type: ignore[override]
        rows = self._rows[place] if isinstance(place, slice) else self._rows[[place]]
        terms = map(self._table.terms.term, self._table.columns["subject"][rows].tolist())
        found = [row for row in terms if isinstance(row, NamedNode)]
        return found if isinstance(place, slice) else found[0]


@lru_cache(1024)
def _key(iri: str) -> str:
    """Return the last part of *iri* as a key.

    >>> _key("https://example.org/ns#PoliticalParty"), _key("https://example.org/ns/person")
    ('political-party', 'person')
    """
    local = re.split(r"[/#:]", iri.rstrip("/#"))[-1]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", local)
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "kind"


def _free_key(iri: str, taken: Mapping[str, Kind]) -> str:
    key = _key(iri)
    keys = (key, *(f"{key}-{number}" for number in range(2, len(taken) + 3)))
    return next(row for row in keys if row not in taken and row not in _TAKEN)
