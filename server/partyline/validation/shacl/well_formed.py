"""Is the shapes graph well-formed? Engines ignore many errors in it silently."""

from collections.abc import Iterator
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from partyline.errors import BadQuery
from partyline.findings import Finding, Severity
from partyline.sparql import check_syntax
from partyline.validation.shacl.indexed_graph import Term
from partyline.validation.shacl.messages import Verbaliser
from partyline.validation.shacl.parameters import (
    DEPENDENT,
    KNOWN,
    NEED_PATH,
    NUMERIC_BOOLEANS,
    PARAMETERS,
    UNSUPPORTED,
)
from partyline.validation.shacl.shapes_graph import TARGETS, ShapesGraph
from partyline.vocabulary import OWL, RDF, RDFS, SH

_SH = "http://www.w3.org/ns/shacl#"
#: What a constraint's query may name besides ``$this``: the engine replaces it.
_PATH_VARIABLE = ("$PATH", "?PATH")


def malformed(shapes: ShapesGraph, words: Verbaliser) -> list[Finding]:
    """Return what is wrong with the shapes graph (SHACL, appendix A), each with file and line.

    A violation changes what is checked: such a shapes graph cannot be used. A warning is about
    a shape that checks nothing.
    """
    return [*_Inspection(shapes, words).findings()]


class _Inspection:
    """One inspection of one shapes graph."""

    def __init__(self, shapes: ShapesGraph, words: Verbaliser) -> None:
        self._shapes = shapes
        self._graph = shapes.graph
        self._words = words

    def findings(self) -> Iterator[Finding]:
        for node in self._graph.subjects:
            for predicate in self._graph.predicates(node):
                yield from self._term(node, predicate)
                yield from self._values(node, predicate)
            yield from self._query(node)
            yield from self._imports(node)
        for shape in self._shapes.shapes:
            if shape in self._graph:
                yield from self._paths(shape)
                yield from self._effect(shape)
            else:
                yield from self._undefined(shape)
        yield from self._recursion()

    def _term(self, node: Term, predicate: NamedNode) -> Iterator[Finding]:
        """Yield terms that SHACL does not have, and those that are not supported."""
        name = predicate.value.removeprefix(_SH)
        if predicate in UNSUPPORTED:
            yield self._finding(
                node,
                predicate,
                f"sh:{name} is not supported: it is not a part of SHACL Core or SHACL-SPARQL",
                "express the rule with sh:sparql",
            )
        elif predicate.value.startswith(_SH) and predicate not in KNOWN:
            near = get_close_matches(name, [row.value.removeprefix(_SH) for row in KNOWN], 1)
            yield self._finding(
                node,
                predicate,
                f"sh:{name} is not a term of SHACL",
                f"write sh:{near[0]}" if near else "remove it",
            )

    def _values(self, node: Term, predicate: NamedNode) -> Iterator[Finding]:
        """Yield values that the parameter does not take, and parameters written twice."""
        rule = PARAMETERS.get(predicate)
        if rule is None:
            return
        name = predicate.value.removeprefix(_SH)
        values = self._graph.objects(node, predicate)
        for value in values:
            if value in NUMERIC_BOOLEANS and rule.fits(self._graph, value):
                yield self._finding(
                    node,
                    predicate,
                    f"sh:{name} {value} is not the literal true, and has no effect",
                    "write true or false, without quotation marks",
                    Severity.WARNING,
                )
            if not rule.fits(self._graph, value):
                yield self._finding(
                    node,
                    predicate,
                    f"the value of sh:{name} is {self._words.term(value)}; it must be {rule.words}",
                    f"correct the value of sh:{name}",
                )
        if rule.once and len(values) > 1:
            yield self._finding(
                node,
                predicate,
                f"sh:{name} has {len(values)} values; at most one is allowed",
                "keep one of them, or write one shape for each",
            )

    def _paths(self, shape: Term) -> Iterator[Finding]:
        """Yield property shapes without a path, and node shapes that have or need one."""
        types = self._graph.objects(shape, RDF.type)
        has_path = bool(self._graph.objects(shape, SH.path))
        of_property = SH.property in self._shapes.referrers.get(shape, {}).values()
        if not has_path and (SH.PropertyShape in types or of_property):
            yield self._finding(
                shape,
                None,
                f"{self._words.shape(shape)} is a property shape without sh:path",
                "write sh:path and the property that it is about",
            )
        elif not has_path:
            for parameter in NEED_PATH:
                if self._graph.objects(shape, parameter):
                    name = parameter.value.removeprefix(_SH)
                    yield self._finding(
                        shape,
                        parameter,
                        f"sh:{name} needs a property shape, and this shape has no sh:path",
                        f"put sh:{name} into sh:property [ sh:path …; ]",
                    )
        if has_path and SH.NodeShape in types:
            yield self._finding(
                shape,
                SH.path,
                f"{self._words.shape(shape)} is declared as a node shape and has sh:path",
                "declare it as sh:PropertyShape, or put the path into sh:property [ … ]",
            )

    def _effect(self, shape: Term) -> Iterator[Finding]:
        """Yield shapes and parameters that check nothing."""
        for parameter, others in DEPENDENT.items():
            if self._graph.objects(shape, parameter) and not any(
                self._graph.objects(shape, other) for other in others
            ):
                name, *wanted = (row.value.removeprefix(_SH) for row in (parameter, *others))
                yield self._finding(
                    shape,
                    parameter,
                    f"sh:{name} has no effect without {' or '.join(f'sh:{row}' for row in wanted)}",
                    f"add sh:{wanted[0]}, or remove sh:{name}",
                    Severity.WARNING,
                )
        if not self._is_used(shape):
            yield self._finding(
                shape,
                None,
                f"{self._words.shape(shape)} has no target and no other shape refers to it:"
                " it checks nothing",
                "write sh:targetClass or another target, or set sh:deactivated true",
                Severity.WARNING,
            )

    def _is_used(self, shape: Term) -> bool:
        graph = self._graph
        classes = {RDFS.Class, OWL.Class} & set(graph.objects(shape, RDF.type))
        return (
            bool(classes)
            or any(graph.objects(shape, target) for target in (*TARGETS, SH.target))
            or bool(graph.objects(shape, SH.deactivated))
            or shape in self._shapes.referrers
        )

    def _undefined(self, shape: Term) -> Iterator[Finding]:
        for node in self._shapes.referrers[shape]:
            yield self._finding(
                node,
                None,
                f"{self._words.shape(node)} refers to {self._words.term(shape)},"
                " which is not described in the shapes",
                "correct the IRI, or add the shape",
            )

    def _query(self, node: Term) -> Iterator[Finding]:
        """Yield queries that are not SPARQL, or that would ask another endpoint."""
        if self._graph.objects(node, SH.sparql):
            for constraint in self._graph.objects(node, SH.sparql):
                if not self._graph.objects(constraint, SH.select):
                    yield self._finding(
                        node,
                        SH.sparql,
                        "a SPARQL-based constraint has no query",
                        "write sh:select with a SELECT query that has $this",
                    )
        for predicate in (SH.select, SH.ask):
            for query in self._graph.objects(node, predicate):
                problem = self._problem(node, query) if isinstance(query, Literal) else None
                if problem:
                    yield self._finding(
                        node,
                        predicate,
                        f"the query is not valid: {problem}",
                        "correct the query, or declare its prefixes with sh:prefixes",
                    )

    def _problem(self, node: Term, query: Literal) -> str | None:
        text = query.value
        for variable in _PATH_VARIABLE:
            text = text.replace(variable, SH.path.value.join("<>"))
        try:
            check_syntax(text, self._shapes.prologue(node))
        except BadQuery as error:
            return str(error)
        return None

    def _imports(self, node: Term) -> Iterator[Finding]:
        for ontology in self._graph.objects(node, OWL.imports):
            if ontology not in self._graph:
                yield self._finding(
                    node,
                    OWL.imports,
                    f"owl:imports {self._words.term(ontology)} is not followed: nothing is fetched",
                    "put a copy of it into the folder of the shapes",
                    Severity.WARNING,
                )

    def _recursion(self) -> Iterator[Finding]:
        """Yield each shape that refers to itself: SHACL leaves open what that means."""
        for shape in self._shapes.shapes:
            seen: set[Term] = set()
            pending = list(self._shapes.references(shape))
            while pending:
                node = pending.pop()
                if node not in seen:
                    seen.add(node)
                    pending += self._shapes.references(node)
            if shape in seen:
                yield self._finding(
                    shape,
                    None,
                    f"{self._words.shape(shape)} refers to itself; SHACL does not define what a"
                    " recursive shape means, and it is followed to a limited depth",
                    "express the rule with a property path such as sh:zeroOrMorePath",
                    Severity.WARNING,
                )

    def _finding(
        self,
        node: Term,
        predicate: NamedNode | None,
        message: str,
        remedy: str,
        severity: Severity = Severity.VIOLATION,
    ) -> Finding:
        origin = self._shapes.origin(node, predicate)
        return Finding(origin.path, origin.line, "shapes", message, remedy, severity)
