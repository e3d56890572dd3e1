"""What all parts of a page read: the declarations of a release, and the statements behind them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from pyoxigraph import Literal, NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.pages.resource.restatements import Direction, Restatements
from partyline.publishing.pages.resource.walks import Reached, Walks
from partyline.publishing.pages.view_models import Link, Presenter, Words
from partyline.publishing.statements import Standing
from partyline.releases.page_plans import (
    Heading,
    PagePlan,
    PageProperty,
    PageShape,
    Role,
    Route,
    Step,
    Template,
)
from partyline.releases.reliance import Reliance
from partyline.vocabulary import OA, RDF, RDFS, VIEW, XSD

#: Resources and sets of classes of which it is kept what is declared; pages share most of theirs.
_KEPT = 1 << 12


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is declared for the resources of the same classes."""

    #: These classes, and those above them: what is withheld from reasoning has the classes that
    #: are asserted, and no others.
    classes: frozenset[int]
    shapes: tuple[PageShape, ...]
    properties: tuple[PageProperty, ...]
    #: The properties below each heading, both in their order.
    groups: tuple[tuple[Heading, tuple[PageProperty, ...]], ...]
    coded: Mapping[str, PageProperty]

    @classmethod
    def of(
        cls, classes: frozenset[int], shapes: tuple[PageShape, ...], headings: Iterable[Heading]
    ) -> "_Kind":
        found: dict[object, PageProperty] = {}
        for shape in shapes:
            for row in shape.properties:
                found.setdefault(row.code or (row.routes, row.group, row.kinds), row)
        coded = {row.code: row for row in found.values() if row.code}
        by_order = sorted(found.values(), key=lambda row: row.order)
        below = (
            (heading, tuple(row for row in by_order if row.group == heading.iri))
            for heading in sorted(headings, key=lambda row: row.order)
        )
        groups = tuple((heading, rows) for heading, rows in below if rows)
        return cls(classes, shapes, tuple(found.values()), groups, coded)


@dataclass(frozen=True)
class PageReader:
    """The declarations of pages and the statements of one release; made once."""

    presenter: Presenter
    plan: PagePlan
    walks: Walks
    restatements: Restatements
    reliance: Reliance
    #: Tells whether a resource held only possibly on the day that is asked for.
    is_possible: Callable[[int], bool] = lambda _: False

    @classmethod
    def of(cls, presenter: Presenter, plan: PagePlan, reliance: Reliance) -> "PageReader":
        """Return the reader of the statements of *presenter*."""
        restatements = Restatements(presenter.statements)
        walks = Walks(presenter.statements, restatements)
        return cls(presenter, plan, walks, restatements, reliance)

    # Shapes

    @cached_property
    def kind(self) -> Callable[[int], _Kind]:
        """Return what gives what is declared for the classes of a resource."""
        return lru_cache(_KEPT)(lambda node: self._kind(tuple(self.objects(node, RDF.type))))

    @cached_property
    def _kind(self) -> Callable[[tuple[int, ...]], _Kind]:
        return lru_cache(_KEPT)(self._kind_of)

    def _kind_of(self, types: tuple[int, ...]) -> _Kind:
        above = (self.objects(kind, RDFS.subClassOf) for kind in types)
        classes = frozenset(types).union(*above)
        return _Kind.of(classes, self._shapes_of(classes), self.plan.headings)

    def _shapes_of(self, classes: Collection[int]) -> tuple[PageShape, ...]:
        """Return the shapes of *classes*, those of the most specific first."""
        found = [
            (len(self.objects(number, RDFS.subClassOf)), place, shape)
            for place, shape in enumerate(self.plan.shapes)
            if (number := self.walks.number(shape.target)) in classes and number is not None
        ]
        found.sort(key=lambda row: (-row[0], row[1]))
        return tuple(shape for _, _, shape in found)

    def is_declared(self, node: int) -> bool:
        """Tell whether a shape is declared for a class of *node*."""
        return bool(self.kind(node).shapes)

    def happens(self, node: int) -> bool:
        """Tell whether *node* is something that happens, and has happened ever after."""
        return any(shape.happens for shape in self.kind(node).shapes)

    def properties(self, node: int) -> tuple[PageProperty, ...]:
        """Return what the page of *node* shows; of two ways to say the same, the more specific."""
        return self.kind(node).properties

    def sentence(self, node: int) -> tuple[str, Template] | None:
        """Return the language and the sentence that the most specific shape of *node* has."""
        languages = (*self.presenter.labels.knowledge.languages, "")
        for shape in self.kind(node).shapes:
            for language in languages:
                if language in shape.sentences:
                    return language, shape.sentences[language]
            for language, template in shape.sentences.items():
                return language, template
        return None

    def coded(self, node: int, code: str) -> PageProperty | None:
        """Return the property of *node* whose code identifier is *code*, or None."""
        return self.kind(node).coded.get(code)

    def name(self, row: PageProperty) -> Text:
        """Return the name of a property of a page: its own, or that of the last step."""
        if found := self.presenter.labels.pick(row.names):
            return found
        return self.presenter.labels.best(row.routes[0][-1].predicate)

    def covered(self, node: int) -> frozenset[Direction]:
        """Return the properties that the declared parts of the page of *node* read."""
        types = frozenset(self.objects(node, RDF.type))
        if types not in self._covered:
            self._covered[types] = frozenset(self._directions(node))
        return self._covered[types]

    @cached_property
    def _covered(self) -> dict[frozenset[int], frozenset[Direction]]:
        return {}

    def _directions(self, node: int) -> Iterator[Direction]:
        for route in self._routes(node):
            number = self.walks.number(route[0].predicate)
            if number is None:
                continue
            yield number, route[0].inverse
            for other, turned in self.restatements.implying(number):
                yield other, turned != route[0].inverse

    def _routes(self, node: int) -> Iterator[Route]:
        """Yield the routes that the declared parts follow, and those that viewers read."""
        for row in self.properties(node):
            yield from (route for route in row.routes if route)
        if self.is_declared(node):
            for role in (VIEW.date, VIEW.evidence, VIEW.reason):
                yield from self.plan.role(role.value).routes

    # Values

    def objects(self, node: int, predicate: NamedNode) -> list[int]:
        """Return the numbers of the values of *predicate*."""
        number = self.walks.number(predicate)
        return [] if number is None else self.presenter.statements.table.objects(node, number)

    def reach(self, node: int, row: PageProperty) -> list[Reached]:
        """Return what *row* shows of *node*: no blank nodes, and what is listed in that order."""
        found = self.walks.reach(node, row.routes)
        if row.kinds:
            found = [value for value in found if self._is_one_of(value.value, row.kinds)]
        if row.through:
            found = [value for value in found if self._is_one_of(value.holder, row.through)]
        if row.listed:
            order = {self.walks.number(node): rank for rank, node in enumerate(row.listed)}
            found = [value for value in found if value.value in order]
            found.sort(key=lambda value: order[value.value])
        return [value for value in found if not self.is_blank(value.value)]

    def _is_one_of(self, node: int, classes: Iterable[NamedNode]) -> bool:
        own = self.kind(node).classes
        return any(self.walks.number(kind) in own for kind in classes)

    def role(self, node: int, role: NamedNode) -> list[int]:
        """Return what the role *role* reads of *node*."""
        return self.walks.values(node, self.plan.role(role.value))

    def with_role(self, value: int, role: NamedNode) -> list[int]:
        """Return the resources of which *role* reads *value*."""
        return [row.value for row in self.walks.reach(value, self._backwards(role.value))]

    @cached_property
    def _backwards(self) -> Callable[[str], tuple[Route, ...]]:
        return cache(lambda role: tuple(map(_reversed, self.plan.role(role).routes)))

    def date(self, node: int) -> Literal | None:
        """Return the date of *node*, or None."""
        return next(self._literals(self.role(node, VIEW.date)), None)

    @cached_property
    def date_properties(self) -> frozenset[int]:
        """Return the properties that dates are values of."""
        found = (
            self.walks.number(route[-1].predicate)
            for route in self.plan.role(VIEW.date.value).routes
        )
        return frozenset(number for number in found if number is not None)

    def texts(self, node: int, role: NamedNode) -> list[Text]:
        """Return the literals that *role* reads of *node*, in the best language that there is."""
        found = list(self._literals(self.role(node, role)))
        best = self.presenter.labels.pick(found)
        return [] if best is None else [best]

    def _literals(self, numbers: Iterable[int]) -> Iterator[Literal]:
        terms = map(self.walks.term, numbers)
        return (term for term in terms if isinstance(term, Literal))

    def quotations(self, passage: int) -> list[Text]:
        """Return the words that *passage* quotes (Web Annotation Vocabulary, section 3.2.12)."""
        return [
            Text(term.value, term.language or "")
            for selector in self.objects(passage, OA.hasSelector)
            for term in self._literals(self.objects(selector, OA.exact))
        ]

    def link(self, node: int) -> Link | None:
        """Return *node* as a link; None where it is not an IRI."""
        term = self.walks.term(node)
        return self.presenter.link(term) if isinstance(term, NamedNode) else None

    def words(self, node: int) -> Words | None:
        """Return *node* in words; None where it is not a literal."""
        term = self.walks.term(node)
        return self.presenter.words(term) if isinstance(term, Literal) else None

    def text(self, node: int) -> Text:
        """Return the name of *node*, or the words of a literal."""
        term = self.walks.term(node)
        if isinstance(term, Literal):
            words = self.presenter.words(term).words
            return Text(_grouped(words, term), term.language or "")
        return self.presenter.labels.best(term)

    def is_blank(self, node: int) -> bool:
        """Tell whether *node* is a blank node."""
        return node in self.presenter.statements.table.terms.blank_nodes

    def why(self, statement: tuple[int, int, int]) -> str:
        """Return the path of the explanation of *statement*."""
        return self.presenter.explanation(*map(self.walks.term, statement))

    def is_disputed(self, node: int) -> bool:
        """Tell whether *node* is withheld: every statement about it is disputed."""
        table = self.presenter.statements.table
        rows = table.rows(node)
        standings = {self.presenter.statements.standing(row) for row in rows.tolist()}
        return standings == {Standing.DISPUTED}


def _grouped(words: str, literal: Literal) -> str:
    """Return *words* with the digits of a large integer in groups of three."""
    if literal.datatype != XSD.integer or not words.isdecimal() or len(words) < 5:
        return words
    return f"{int(words):,}"


def _reversed(route: Route) -> Route:
    return tuple(Step(step.predicate, not step.inverse) for step in reversed(route))


def has_role(plan: PagePlan, role: NamedNode) -> bool:
    """Tell whether *plan* declares *role*."""
    return plan.role(role.value) != Role()
