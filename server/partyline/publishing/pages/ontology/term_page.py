"""The page of one term: what it means, where it stands, how it is used, what follows from it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.ontologies import Ontology
from partyline.publishing.pages.ontology.consequences import Consequence, consequences
from partyline.publishing.pages.ontology.diagram import class_diagram
from partyline.publishing.pages.ontology.expressions import Expressions
from partyline.publishing.pages.ontology.index import theme_of
from partyline.publishing.pages.ontology.neighbourhood import Neighbourhood, neighbourhood
from partyline.publishing.pages.ontology.terms import (
    DEFINITIONS,
    OntologyTerm,
    TermProperty,
    asserted_types,
    kind_of,
    named_fact,
    ontology_term,
)
from partyline.publishing.pages.view_models import Group, Link, Presenter, Value
from partyline.publishing.statements import STANDING_ORDER, Standing, Statements, Term
from partyline.reasoning import Rule
from partyline.vocabulary import OWL, RDF, RDFS, SKOS

#: Uses that are shown, and rules.
_MOST_USES, _MOST_RULES = 10, 12
#: What a term is for others, with the names on the page.
_BACKWARDS = {
    RDFS.domain: "Domain of",
    RDFS.range: "Range of",
    OWL.inverseOf: "Inverse of",
    OWL.disjointWith: "Disjoint with",
    OWL.equivalentClass: "Equivalent to",
    OWL.equivalentProperty: "Equivalent to",
}
_ABOVE = {
    "class": (RDFS.subClassOf, "Hence also a"),
    "individual": (RDF.type, "Hence also a"),
}
_BEYOND = (RDFS.subPropertyOf, "Hence also")
#: Words of the page that a site may translate.
WORDS = (*dict.fromkeys(_BACKWARDS.values()), "Hence also a", "Hence also")
_ALIGNMENTS = frozenset(
    {RDFS.seeAlso}
    | {SKOS[f"{kind}Match"] for kind in ("exact", "close", "broad", "narrow", "related")}
)

#: Returns the rules with a term, in the order in which they are shown.
Rules = Callable[[NamedNode], Sequence[Rule]]
#: Writes what rules say.
Written = Callable[[Sequence[Rule]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Use:
    """A statement with the term: a member of a class, or what a property links."""

    subject: Value
    object: Value | None


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a term is used, and the first uses."""

    asserted: int
    inferred: int
    disputed: int
    first: tuple[Use, ...]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return the number of statements of each standing that there is."""
        counts = (self.asserted, self.inferred, self.disputed)
        kinds = (Standing.ASSERTED, Standing.INFERRED, Standing.DISPUTED)
        return [(kind.value, count) for kind, count in zip(kinds, counts, strict=True) if count]

    @property
    def total(self) -> int:
        """Return the number of all statements with the term."""
        return self.asserted + self.inferred + self.disputed


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A rule that was compiled from axioms about the term: its name, and what it says."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class TermPage:
    """Everything that the page of a term shows beside all statements."""

    term: OntologyTerm
    ontology: Link
    #: The theme in the index of a large ontology; empty where there is none.
    theme: str
    examples: tuple[Text, ...]
    uses: Uses
    rules: tuple[RuleUse, ...]
    more_rules: int
    consequences: tuple[Consequence, ...]
    #: What is next to a class, and the picture of that; nothing of a property.
    neighbourhood: Neighbourhood | None
    diagram: str
    alignments: tuple[Group, ...]


def term_page(
    presenter: Presenter, node: NamedNode, ontology: Ontology, rules: Rules, written: Written
) -> TermPage:
    """Return the page of *node*, a term of *ontology*; *rules* returns those of the release."""
    statements = presenter.statements
    kind = kind_of(asserted_types(statements, node))
    term = ontology_term(presenter, node, kind, ontology)
    examples = presenter.statements.objects(node, SKOS.example)
    matching = (row for row in statements.match(node) if row.triple.predicate in _ALIGNMENTS)
    using = rules(node)
    shown = using[:_MOST_RULES]
    beside = neighbourhood(presenter, node) if kind == "class" else None
    elsewhere = {presenter.link(row).name for row in (*_ALIGNMENTS, SKOS.example)}
    return TermPage(
        term=replace(
            term,
            definitions=_texts(presenter, _definitions(presenter, node)),
            facts=_merged((*term.facts, *_placed(presenter, node, kind))),
            remarks=tuple(row for row in term.remarks if row.predicate.name not in elsewhere),
        ),
        ontology=presenter.link(NamedNode(ontology.iri)),
        theme=theme_of(statements, node) if ontology.is_large else "",
        examples=_texts(presenter, examples),
        uses=_uses(presenter, node, kind),
        rules=tuple(
            RuleUse(rule.name, text) for rule, text in zip(shown, written(shown), strict=True)
        ),
        more_rules=max(0, len(using) - _MOST_RULES),
        consequences=consequences(presenter, node, using),
        neighbourhood=beside,
        diagram=class_diagram(beside) if beside else "",
        alignments=presenter.groups(matching),
    )


def _definitions(presenter: Presenter, node: NamedNode) -> list[Term]:
    objects = presenter.statements.objects
    return [text for name in DEFINITIONS for text in objects(node, name)]


def _texts(presenter: Presenter, terms: Iterable[Term]) -> tuple[Text, ...]:
    """Return the literals among *terms*, those in the best language first."""
    literals = [term for term in terms if isinstance(term, Literal)]
    best = presenter.labels.pick(literals)
    texts = map(presenter.labels.best, literals)
    return tuple(sorted(texts, key=lambda text: best is None or text.language != best.language))


def _placed(presenter: Presenter, node: NamedNode, kind: str) -> Iterator[TermProperty]:
    """Yield what follows of the place of *node*, and what other terms say of it."""
    statements, write = presenter.statements, Expressions(presenter)
    predicate, name = _ABOVE.get(kind, _BEYOND)
    above = _inferred(statements, node, predicate)
    yield from named_fact(name, (write.phrase(term) for term in above))
    for predicate, name in _BACKWARDS.items():
        rows = (
            row for row in statements.match(None, predicate, node) if row.standing == "asserted"
        )
        named = (row.triple.subject for row in rows)
        others = sorted((term for term in named if isinstance(term, NamedNode)), key=str)
        yield from named_fact(name, (write.phrase(term) for term in others))


def _inferred(statements: Statements, node: NamedNode, predicate: NamedNode) -> list[NamedNode]:
    rows = statements.match(node, predicate)
    found = (row.triple.object for row in rows if row.standing is Standing.INFERRED)
    return sorted((term for term in found if isinstance(term, NamedNode)), key=str)


def _merged(facts: Iterable[TermProperty]) -> tuple[TermProperty, ...]:
    """Return *facts* with the phrases of one name together, each once."""
    found: dict[str, dict[tuple[object, ...], None]] = {}
    for fact in facts:
        found.setdefault(fact.name, {}).update(dict.fromkeys(fact.phrases))
    return tuple(TermProperty(name, tuple(phrases)) for name, phrases in found.items())  # type: ignore[arg-type]  # phrases are tuples


def _uses(presenter: Presenter, node: NamedNode, kind: str) -> Uses:
    statements = presenter.statements
    table = statements.table
    number, type_ = table.number(node), table.number(RDF.type)
    if number is None:
        return Uses(0, 0, 0, ())
    rows = table.rows(None, type_, number) if kind == "class" else table.rows(None, number)
    standings = statements.standings(rows)
    order = sorted(range(len(standings)), key=lambda place: STANDING_ORDER[standings[place]])
    first = statements.of(rows[order[:_MOST_USES]]) if order else ()
    return Uses(
        asserted=standings.count(Standing.ASSERTED),
        inferred=standings.count(Standing.INFERRED),
        disputed=standings.count(Standing.DISPUTED),
        first=tuple(
            Use(
                presenter.value(row.triple.subject, row),
                None if kind == "class" else presenter.value(row.triple.object, row),
            )
            for row in first
        ),
    )
