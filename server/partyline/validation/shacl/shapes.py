"""SHACL: violations as findings, each with the file and the line that it is about."""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.findings import Finding, Severity
from partyline.sources import Origin, Sources, SourceStatement
from partyline.validation.shacl.engine import Result, ShapesError, run_engine
from partyline.validation.shacl.indexed_graph import Term, path_properties
from partyline.validation.shacl.messages import Verbaliser
from partyline.validation.shacl.shapes_graph import ShapesGraph, read_shapes
from partyline.validation.shacl.validate import validate
from partyline.validation.shacl.well_formed import malformed
from partyline.vocabulary import RDF, SH

#: A message may begin with the code of the check.
_CODE = re.compile(r"(?P<code>[A-Za-z][\w.-]*): (?P<text>.*)", re.DOTALL)


def check_shapes(
    triples: Collection[Triple],
    folder: Path,
    sources: Sources,
    languages: Sequence[str] = ("en",),
    relative_to: Path | None = None,
) -> list[Finding]:
    """Return the violations and warnings of *triples* against the shapes in *folder*.

    A finding stands where the offending statement is asserted, else where its focus node is first
    described. Messages are in the first of *languages* that a shape has. Shapes that are
    malformed are findings themselves, and then nothing is validated. Raises SourceError where
    the folder has no shapes or cannot be read.
    """
    shapes = read_shapes(folder, relative_to)
    words = Verbaliser(shapes, sources.prefixes)
    findings = shapes.findings or malformed(shapes, words)
    if not any(row.severity is Severity.VIOLATION for row in findings):
        translated = shapes.in_language(languages)
        try:
            results = validate(triples, translated)
        except ShapesError as error:
            findings += _malformed_list(sources, error) or _refused(shapes, words, error)
        else:
            reporter = _Reporter(sources, Verbaliser(translated, sources.prefixes), shapes)
            findings += {reporter.finding(result): None for result in results}
    return sorted(findings, key=lambda row: (row.path, row.line, row.code, row.message))


def _malformed_list(sources: Sources, error: ShapesError) -> list[Finding]:
    """Return the finding of a list of the data for which the engine gives up."""
    about = sources.about(error.node) if isinstance(error.node, BlankNode) else ()
    found = [row for row in about if row.triple.predicate in (RDF.first, RDF.rest)]
    if not found:
        return []
    return [
        Finding(
            *(found[0].origin.path, found[0].origin.line, "list"),
            "an RDF list that a shape reports is not well-formed; nothing is validated",
            "give each of its nodes one rdf:first and one rdf:rest, which ends in rdf:nil",
        )
    ]


def _refused(shapes: ShapesGraph, words: Verbaliser, error: ShapesError) -> Iterator[Finding]:
    """Yield a finding for each shape that the engine refuses, the innermost ones only."""
    if error.node is not None:
        origin = shapes.origin(error.node)
        yield _malformed(origin, f"{words.shape(error.node)} cannot be checked: {error}")
        return
    refused: dict[Term, str] = {}
    for shape in shapes.shapes:
        try:
            run_engine((), _described(shapes, shape))
        except ShapesError as reason:
            refused[shape] = str(reason)
    inner = [shape for shape in refused if not refused.keys() & set(shapes.references(shape))]
    for shape in inner:
        origin = shapes.origin(shape)
        yield _malformed(origin, f"{words.shape(shape)} is not valid: {refused[shape]}")
    if not inner:
        yield _malformed(Origin(shapes.documents[0].path, 1), f"the shapes are not valid: {error}")


def _malformed(origin: Origin, message: str) -> Finding:
    return Finding(origin.path, origin.line, "shapes", message, "correct the shape")


def _described(shapes: ShapesGraph, shape: Term) -> list[Triple]:
    """Return the triples of *shape* and of all nodes that can be reached from it."""
    graph, pending = shapes.graph, [shape]
    seen: set[Term] = set()
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        for predicate in graph.predicates(node):
            pending += graph.objects(node, predicate)
    return [triple for triple in graph.triples if triple.subject in seen]


class _Reporter:
    """Turns validation results into findings."""

    def __init__(self, sources: Sources, words: Verbaliser, shapes: ShapesGraph) -> None:
        self._sources = sources
        self._words = words
        self._shapes = shapes

    def finding(self, result: Result) -> Finding:
        """Return *result* as a finding, with what is wrong below it as details."""
        first, *others = self._words.texts(result)
        code, text = _split_code(first)
        what, _, remedy = text.partition("; ")
        origin = self._origin(result)
        return Finding(
            path=origin.path,
            line=origin.line,
            code=code or "shape",
            message=f"{self._about(result)}: {what}",
            remedy=remedy or self._remedy(result),
            severity=_severity(result),
            details=(*others, *self._details(result)),
        )

    def _details(self, result: Result) -> Iterator[str]:
        for detail in sorted(result.details, key=str):
            text = "; ".join(_split_code(row)[1] for row in self._words.texts(detail))
            yield f"because {self._about(detail)}: {text}"
            yield from self._details(detail)

    def _about(self, result: Result) -> str:
        """Return the focus node, and the value where it is another one."""
        focus = self._words.term(result.focus)
        if result.value is None or result.value == result.focus:
            return focus
        if isinstance(result.value, BlankNode):
            return focus
        return f"{focus} ({self._words.term(result.value)})"

    def _remedy(self, result: Result) -> str:
        shape = self._words.shape(result.shape)
        place = self._shapes.origin(result.shape)
        named = f"{shape}, {place}" if isinstance(result.shape, NamedNode) else shape
        return f"correct the statement, or the shape ({named.removeprefix('the shape at ')})"

    def _origin(self, result: Result) -> Origin:
        """Find the line: the statement's, the property's, the focus node's, or the value's."""
        about: list[SourceStatement] = []
        for node in (result.focus, result.value):
            if isinstance(node, NamedNode | BlankNode):
                about += self._sources.about(node)
        if not about:
            return self._mention(result)
        properties = () if result.path is None else path_properties(result.path)[:1]

        def unlikeness(statement: SourceStatement) -> tuple[bool, bool]:
            triple = statement.triple
            return triple.predicate not in properties, triple.object != result.value

        return min(about, key=unlikeness).origin

    def _mention(self, result: Result) -> Origin:
        """Find where the focus node is named: it is a literal, or no file describes it."""
        named = (result.focus, result.value)
        for document in (*self._sources.kb, *self._sources.ontology):
            for statement in document.statements.with_objects(named.__contains__):
                return statement.origin
        return self._shapes.origin(result.shape)


def _split_code(message: str) -> tuple[str, str]:
    match = _CODE.fullmatch(message)
    return (match["code"], match["text"]) if match else ("", message)


def _severity(result: Result) -> Severity:
    """Return how much *result* weighs: a severity of one's own stops a build."""
    light = result.severity in (SH.Warning, SH.Info)
    return Severity.WARNING if light else Severity.VIOLATION
