"""SHACL: violations as findings, each with the file and the line that it is about."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from partyline.errors import SourceError
from partyline.findings import Finding, Severity
from partyline.rdf.curies import PrefixMap
from partyline.sources import Origin, Sources, SourceStatement
from partyline.validation.constraints import ConstraintViolation, extract_constraints
from partyline.vocabulary import SH

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

#: Characters of a literal that a message shows.
_LONGEST = 60


def check_shapes(
    triples: Iterable[Triple], shapes: Path, sources: Sources, prefixes: dict[str, str]
) -> list[Finding]:
    """Return the violations and warnings of *triples* against the shapes in the folder *shapes*.

    A finding stands where the offending statement is asserted, else where its focus node is first
    described. Raises SourceError where the folder has no shapes or they are no shapes.
    """
    # pySHACL takes half a second to import; commands that check nothing need not wait for it.
    import rdflib
    from pyshacl import validate

    from partyline.rdf.rdflib_bridge import graph_to_rdflib

    paths = sorted(shapes.glob("*.ttl"))
    if not paths:
        raise SourceError(f"{shapes}: no Turtle files; remove the setting if there are no shapes")
    shape_graph = rdflib.Graph()
    for path in paths:
        try:
            shape_graph.parse(path, format="turtle")
        except Exception as error:  # rdflib raises many unrelated types here
            raise SourceError(f"{path}: {error}") from error
    constraints = extract_constraints(shape_graph)
    triples = list(triples)
    store, data = Store(), graph_to_rdflib(triples)
    store.bulk_extend(Quad(*triple) for triple in triples)
    _, report, _ = validate(data, shacl_graph=shape_graph, inplace=True, meta_shacl=False)
    if not isinstance(report, rdflib.Graph):
        raise SourceError(f"{shapes}: {report}")
    reader = _ReportReader(report, sources, prefixes)
    found = report.subjects(rdflib.RDF.type, rdflib.URIRef(SH.ValidationResult.value))
    findings = {reader.finding(result) for result in found}
    for constraint in constraints:
        findings |= {reader.violation(row) for row in constraint.violations(store)}
    return sorted(findings, key=lambda finding: (finding.path, finding.line, finding.message))


class _ReportReader:
    """Turns results of a validation report (SHACL, section 3.6.2) into findings."""

    def __init__(self, report: "rdflib.Graph", sources: Sources, prefixes: dict[str, str]) -> None:
        self._report = report
        self._sources = sources
        self._names = PrefixMap(prefixes)

    def finding(self, result: "Node") -> Finding:
        """Return a result of pySHACL as a finding."""
        message = self._value(result, "resultMessage")
        return self._finding(
            self._value(result, "focusNode"),
            self._value(result, "resultPath"),
            self._value(result, "value"),
            str(getattr(message, "value", "a shape is violated")),
            self._value(result, "resultSeverity"),
        )

    def violation(self, row: ConstraintViolation) -> Finding:
        """Return a violation of a SPARQL-based constraint as a finding."""
        return self._finding(row.focus, None, row.value, row.message, row.severity)

    def _finding(
        self, focus: object, path: object, value: object, message: str, severity: object
    ) -> Finding:
        origin = self._origin(focus, path, value)
        code, colon, text = message.partition(": ")
        if not colon:
            code, text = "shape", code
        what, dot, remedy = text.partition("; ")
        about = self._shorten(focus)
        if (isinstance(value, NamedNode) and value != focus) or isinstance(value, Literal):
            about += f" ({self._shorten(value)})"
        return Finding(
            path=origin.path,
            line=origin.line,
            code=code,
            message=f"{about}: {what}",
            remedy=remedy if dot else "",
            severity=Severity.VIOLATION if severity == SH.Violation else Severity.WARNING,
        )

    def _value(self, result: "Node", name: str) -> NamedNode | BlankNode | Literal | None:
        import rdflib

        from partyline.rdf.rdflib_bridge import from_rdflib

        found = self._report.value(result, rdflib.URIRef(SH[name].value))
        return None if found is None else from_rdflib(found)

    def _origin(self, focus: object, path: object, value: object) -> Origin:
        """Find the line: the statement's, the property's, the focus node's, or the value's."""
        about: list[SourceStatement] = []
        for node in (focus, value):
            if isinstance(node, NamedNode | BlankNode):
                about += self._sources.about(node)
        if not about:
            # Nothing asserts it: it was inferred about a thing that no file describes.
            return Origin(self._sources.kb[0].path, 1)

        def unlikeness(statement: SourceStatement) -> tuple[bool, bool]:
            triple = statement.triple
            return triple.predicate != path, triple.object != value

        return min(about, key=unlikeness).origin

    def _shorten(self, term: object) -> str:
        if isinstance(term, Literal):
            return f"“{shorten(term.value, _LONGEST, placeholder=' …')}”"
        if not isinstance(term, NamedNode):
            return "an unnamed node"
        return self._names.prefixed_name(term.value) or str(term)
