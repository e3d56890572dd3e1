"""Read declarations of pages: SHACL node shapes with groups, order, DASH viewers and roles.

A shape never validates anything here. Its properties say what is shown (``sh:path``), under which
heading (``sh:group``), in which order (``sh:order``), how (``dash:viewer``), and which values
(``sh:in``); ``sh:labelTemplate`` of the shape is the sentence about a member of its target class,
with ``{?name}`` for the property whose ``sh:codeIdentifier`` is that name.
docs/reference/pages.md describes them.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import NoReturn

from pyoxigraph import Literal, NamedNode, Triple

from partyline.edtf import PHRASES
from partyline.errors import SourceError
from partyline.releases.page_plans.home import read_home
from partyline.releases.page_plans.model import (
    Heading,
    PagePlan,
    PageProperty,
    PageShape,
    Role,
    Route,
    Step,
)
from partyline.releases.page_plans.templates import Template, gaps, parse_template
from partyline.sources import Document, parse_turtle
from partyline.validation.shacl.indexed_graph import IndexedGraph, Path, Term
from partyline.vocabulary import DASH, OA, PL, RDF, RDFS, SH, VIEW, XSD

#: Viewers that pages have. The first is that of properties that name none.
VIEWERS = (
    VIEW.FactViewer,
    DASH.ValueTableViewer,
    VIEW.TimelineViewer,
    VIEW.VersionsViewer,
    VIEW.ReasonsViewer,
    VIEW.QuotationViewer,
    VIEW.WithdrawalViewer,
)
#: Roles that viewers read: what each is, docs/reference/pages.md says.
ROLES = (
    VIEW.date,
    VIEW.evidence,
    VIEW.source,
    VIEW.family,
    VIEW.matter,
    VIEW.claimedProperty,
    VIEW.claimedObject,
    VIEW.claimedValue,
    VIEW.rank,
    VIEW.manner,
    VIEW.reason,
    VIEW.contradicting,
)


_TRUE, _FALSE = (Literal(text, datatype=XSD.boolean) for text in ("true", "false"))
#: Roles that nothing declares: how the data of this project are read.
_DEFAULTS = {
    VIEW.date: PL.date,
    VIEW.evidence: PL.evidencedBy,
    VIEW.source: OA.hasSource,
}


def read_page_plan(texts: Iterable[tuple[str, str]]) -> PagePlan:
    """Return the plan that the Turtle documents *texts*, pairs of name and content, declare.

    Raises SourceError, naming the file, for what cannot be read or is not known.
    """
    documents = [parse_turtle(text.encode(), name) for name, text in texts]
    for document in documents:
        for finding in document.findings:
            raise SourceError(str(finding))
    return _Reader(documents).plan()


class _Reader:
    """Turns the triples of documents into a plan; messages name the file and the line."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._origins: dict[Term, str] = {}
        triples: list[Triple] = []
        for document in documents:
            for row in document.statements:
                triples.append(row.triple)
                self._origins.setdefault(row.triple.subject, str(row.origin))
        self._graph = IndexedGraph(triples)

    def plan(self) -> PagePlan:
        shapes = tuple(
            shape
            for node in self._graph.subjects
            if SH.NodeShape in self._graph.objects(node, RDF.type)
            for shape in self._shapes(node)
        )
        headings = tuple(
            self._heading(node)
            for node in self._graph.subjects
            if SH.PropertyGroup in self._graph.objects(node, RDF.type)
        )
        home = read_home(self._graph, self._refuse)
        plan = PagePlan(
            shapes,
            headings,
            self._roles(shapes),
            self._conjunctions(),
            self._date_phrases(),
            home,
        )
        self._check(plan)
        return plan

    def _refuse(self, node: Term, problem: str) -> NoReturn:
        raise SourceError(f"{self._origins.get(node, '')}: {problem}".lstrip(": "))

    def _shapes(self, node: Term) -> Iterator[PageShape]:
        targets = [
            row for row in self._graph.objects(node, SH.targetClass) if isinstance(row, NamedNode)
        ]
        if not targets:
            self._refuse(node, "the page has no class; add sh:targetClass")
        properties = tuple(map(self._property, self._graph.objects(node, SH.property)))
        sentences = {
            text.language or "": self._template(node, text)
            for text in self._literals(node, SH.labelTemplate)
        }
        for target in targets:
            yield PageShape(target, properties, sentences, self._happens(node))

    def _happens(self, node: Term) -> bool:
        value = self._graph.value(node, VIEW.happens)
        if value is not None and value not in (_TRUE, _FALSE):
            self._refuse(node, f"{value} in view:happens is not true or false")
        return value == _TRUE

    def _template(self, node: Term, text: Literal) -> Template:
        try:
            return parse_template(text.value)
        except ValueError as error:
            self._refuse(node, f"{error} in the sentence “{text.value}”; fix the brackets")

    def _property(self, node: Term) -> PageProperty:
        role = self._known(node, DASH.propertyRole, ROLES, "role")
        listed = self._graph.value(node, SH["in"])
        members = [] if listed is None else self._graph.members(listed)
        if members is None:
            self._refuse(node, "sh:in is not a list; write sh:in ( … )")
        code = self._graph.value(node, SH.codeIdentifier)
        group = self._graph.value(node, SH.group)
        return PageProperty(
            routes=self._routes(node),
            names=self._literals(node, SH.name),
            group=group.value if isinstance(group, NamedNode) else "",
            order=self._order(node),
            viewer=self._known(node, DASH.viewer, VIEWERS, "viewer"),
            code=code.value if isinstance(code, Literal) else "",
            role=role,
            listed=_named(members),
            kinds=_named(self._graph.objects(node, SH["class"])),
            through=_named(self._graph.objects(node, VIEW.through)),
        )

    def _known(
        self, node: Term, predicate: NamedNode, known: tuple[NamedNode, ...], what: str
    ) -> str:
        value = self._graph.value(node, predicate)
        if value is None:
            return ""
        if not isinstance(value, NamedNode) or value not in known:
            names = ", ".join(row.value for row in known)
            self._refuse(node, f"{value} is not a {what} of pages; those are {names}")
        return value.value

    def _routes(self, node: Term) -> tuple[Route, ...]:
        if self._graph.value(node, SH.values) == SH.this:
            return ((),)
        head = self._graph.value(node, SH.path)
        path = None if head is None else self._graph.path(head)
        if path is None:
            self._refuse(node, "the property of a page has no path; add sh:path")
        try:
            return tuple(_expanded(path))
        except ValueError as error:
            self._refuse(node, f"{error} in sh:path; use sequences, alternatives and inverses")

    def _order(self, node: Term) -> float:
        value = self._graph.value(node, SH.order)
        try:
            return 0.0 if value is None else float(getattr(value, "value", ""))
        except ValueError:
            self._refuse(node, f"{value} in sh:order is not a number")

    def _heading(self, node: Term) -> Heading:
        iri = node.value if isinstance(node, NamedNode) else ""
        return Heading(iri, self._literals(node, RDFS.label), self._order(node))

    def _literals(self, node: Term, predicate: NamedNode) -> tuple[Literal, ...]:
        found = self._graph.objects(node, predicate)
        return tuple(row for row in found if isinstance(row, Literal))

    def _roles(self, shapes: Iterable[PageShape]) -> dict[str, Role]:
        found: dict[str, Role] = {}
        for shape in shapes:
            for row in shape.properties:
                if row.role:
                    known = found.get(row.role, Role())
                    routes = dict.fromkeys((*known.routes, *row.routes))
                    listed = dict.fromkeys((*known.listed, *row.listed))
                    found[row.role] = Role(tuple(routes), tuple(listed))
        return _with_defaults(found)

    def _conjunctions(self) -> dict[str, str]:
        return {
            text.language or "": text.value
            for node in self._graph.subjects
            for text in self._literals(node, VIEW.conjunction)
        }

    def _date_phrases(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for node in self._graph.subjects:
            for row in self._graph.objects(node, VIEW.dateWord):
                name = self._graph.value(row, SH.codeIdentifier)
                if not isinstance(name, Literal) or name.value not in PHRASES:
                    known = ", ".join(f"“{phrase}”" for phrase in PHRASES)
                    said = "nothing" if name is None else f"“{getattr(name, 'value', name)}”"
                    self._refuse(row, f"{said} is not a phrase of dates; those are {known}")
                for text in self._literals(row, RDFS.label):
                    found.setdefault((text.language or "").lower(), {})[name.value] = text.value
            for language, phrases in found.items():
                if missing := [phrase for phrase in PHRASES if phrase not in phrases]:
                    listed = ", ".join(f"“{phrase}”" for phrase in missing)
                    self._refuse(node, f"dates have no {language} for {listed}; add view:dateWord")
        return found

    def _check(self, plan: PagePlan) -> None:
        """Refuse gaps that no property fills, and groups that are not declared."""
        headings = {row.iri for row in plan.headings}
        codes = {row.code for shape in plan.shapes for row in shape.properties}
        for node in self._graph.subjects:
            group = self._graph.value(node, SH.group)
            if isinstance(group, NamedNode) and group.value not in headings:
                self._refuse(node, f"{group} is not declared; make it a sh:PropertyGroup")
            for text in self._literals(node, SH.labelTemplate):
                for name in gaps(parse_template(text.value)):
                    if name not in codes:
                        self._refuse(
                            node,
                            f"no property is called {name}; give it sh:codeIdentifier “{name}”, or"
                            f" take {{?{name}}} out of the sentence “{text.value}”",
                        )


def _named(terms: Iterable[Term]) -> tuple[NamedNode, ...]:
    return tuple(row for row in terms if isinstance(row, NamedNode))


def _with_defaults(roles: dict[str, Role]) -> dict[str, Role]:
    defaults = {role.value: Role(((Step(predicate),),)) for role, predicate in _DEFAULTS.items()}
    return defaults | roles


def _expanded(path: Path, *, inverse: bool = False) -> Iterator[Route]:
    """Yield the routes of *path*, each without alternatives. Raises ValueError."""
    if isinstance(path, NamedNode):
        yield (Step(path, inverse),)
        return
    operator, operands = path
    expand: Callable[[Path], Iterator[Route]] = lambda row: _expanded(row, inverse=inverse)  # noqa: E731
    if operator == "^":
        yield from _expanded(operands[0], inverse=not inverse)
    elif operator == "|":
        for operand in operands:
            yield from expand(operand)
    elif operator == "/":
        ordered = reversed(operands) if inverse else operands
        for parts in product(*(tuple(expand(row)) for row in ordered)):
            yield tuple(step for part in parts for step in part)
    else:
        raise ValueError(f"the operator {operator} is not supported")
