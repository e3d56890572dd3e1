"""The terms of a large ontology by theme: each file that defines terms is one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from pyoxigraph import NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.ontologies import Ontology
from partyline.publishing.pages.ontology.terms import (
    ASSERTED,
    SECTIONS,
    anchor_of,
    asserted_types,
    kind_of,
)
from partyline.publishing.pages.view_models import Presenter
from partyline.publishing.statements import Statements
from partyline.vocabulary import OWL, RDF


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A term by its name, with the path of its page."""

    anchor: str
    name: Text
    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class IndexGroup:
    """Terms of one kind, by name."""

    title: str
    terms: tuple[IndexEntry, ...]


@dataclass(frozen=True, slots=True)
class OntologyTheme:
    """Terms that are defined together, by kind; without a name where all are."""

    name: str
    anchor: str
    groups: tuple[IndexGroup, ...]

    @property
    def size(self) -> int:
        """Return the number of its terms."""
        return sum(len(group.terms) for group in self.groups)


def themes(presenter: Presenter, described: Ontology) -> tuple[OntologyTheme, ...]:
    """Return the terms of *described* by theme, in the order of their names."""
    found: dict[str, list[IndexEntry]] = {}
    for iri in described.terms:
        node = NamedNode(iri)
        theme = theme_of(presenter.statements, node)
        found.setdefault(theme, []).append(_entry(presenter, node, described))
    return tuple(
        OntologyTheme(theme if len(found) > 1 else "", _anchor(theme), tuple(_groups(found[theme])))
        for theme in sorted(found)
    )


def theme_of(statements: Statements, node: NamedNode) -> str:
    """Return the name of the file that defines *node*, as words; empty where none does."""
    rows = statements.table.match(node, RDF.type, graphs=ASSERTED)
    # A file may add to what another defines: the declaration of OWL goes first.
    declarations = sorted(rows, key=lambda row: (row.object not in OWL, str(row.object)))
    for triple in declarations:
        row = statements.table.row(triple)
        for origin in () if row is None else statements.table.origins(row):
            words = PurePath(origin.path).stem.replace("-", " ").replace("_", " ")
            return words[:1].upper() + words[1:]
    return ""


def _anchor(theme: str) -> str:
    # No fragment of a term begins so.
    return "theme-" + theme.lower().replace(" ", "-")


def _entry(presenter: Presenter, node: NamedNode, described: Ontology) -> IndexEntry:
    return IndexEntry(
        anchor=anchor_of(node.value, described),
        name=presenter.labels.best(node),
        path=presenter.addresses.page(node.value),
        kind=kind_of(asserted_types(presenter.statements, node)),
    )


def _groups(entries: Iterable[IndexEntry]) -> Iterator[IndexGroup]:
    by_kind: dict[str, list[IndexEntry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    for title, kind, _ in SECTIONS:
        if found := by_kind.get(kind):
            yield IndexGroup(
                title, tuple(sorted(found, key=lambda row: (row.name.order, row.path)))
            )
