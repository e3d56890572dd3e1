"""What pages show, as an ontology declares it: shapes of classes, their properties, sentences."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from partyline.releases.page_plans.templates import Template


@dataclass(frozen=True, slots=True)
class Step:
    """One property of a route, from the subject to the object or the other way."""

    predicate: NamedNode
    inverse: bool = False


#: A way from a resource to values: one step after another; without steps, the resource itself.
Route = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PageProperty:
    """What a page shows of a resource, and how."""

    #: The ways to the values; an alternative path has several.
    routes: tuple[Route, ...]
    #: Names, in any languages; without one, the property names itself.
    names: tuple[Literal, ...]
    #: IRI of the group; empty: in the sentence only.
    group: str
    order: float
    #: IRI of the viewer; empty: that of facts.
    viewer: str
    #: Its name in sentences; empty: it is in none.
    code: str
    #: IRI of its role; empty: none.
    role: str
    #: The only values that are shown, best first; empty: all are.
    listed: tuple[NamedNode, ...]
    #: Classes that the value, and the node before the last step, must have; empty: any.
    kinds: tuple[NamedNode, ...] = ()
    through: tuple[NamedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A group of properties: a part of the page with a heading."""

    iri: str
    names: tuple[Literal, ...]
    order: float


@dataclass(frozen=True, slots=True)
class PageShape:
    """What the pages of the members of one class show."""

    target: NamedNode
    properties: tuple[PageProperty, ...]
    #: One sentence for each language.
    sentences: Mapping[str, Template]
    #: Whether the members happen at their date, and have happened ever after.
    happens: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """How to read something that viewers need of any resource, such as its date."""

    routes: tuple[Route, ...] = ()
    listed: tuple[NamedNode, ...] = ()


_NO_ROLE = Role()


@dataclass(frozen=True, slots=True)
class HomeCount:
    """A class whose members the home page counts, and what it calls them."""

    kind: NamedNode
    #: Names in the plural, in any languages; without one, the class names itself.
    names: tuple[Literal, ...]
    order: float


@dataclass(frozen=True, slots=True)
class HomePlan:
    """What the home page shows of a knowledge base."""

    counts: tuple[HomeCount, ...] = ()
    #: Where a reader may begin.
    starts: tuple[NamedNode, ...] = ()
    #: Resources whose versions are shown, as examples of what sources disagree about.
    disputes: tuple[NamedNode, ...] = ()
    #: Entailed statements whose proofs are shown.
    proofs: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class PagePlan:
    """All declarations of a release."""

    shapes: tuple[PageShape, ...] = ()
    headings: tuple[Heading, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    #: What stands between the last two values of a gap, by language.
    conjunctions: Mapping[str, str] = field(default_factory=dict)
    #: The phrases of dates, by language and by the English phrase; English needs none.
    date_phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    home: HomePlan = field(default_factory=HomePlan)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is declared."""
        return not self.shapes

    def dates_in(self, language: str) -> Mapping[str, str] | None:
        """Return the phrases of dates in *language*, or None where they are not declared."""
        primary = language.lower().split("-")[0]
        if primary == "en":
            return {}
        return self.date_phrases.get(language, self.date_phrases.get(primary))

    def role(self, iri: str) -> Role:
        """Return what is declared for the role *iri*; one without routes where nothing is."""
        return self.roles.get(iri, _NO_ROLE)

    def of(self, classes: Collection[NamedNode]) -> Iterator[PageShape]:
        """Yield the shapes of *classes*, as declared."""
        return (shape for shape in self.shapes if shape.target in classes)
