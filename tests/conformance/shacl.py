"""The W3C SHACL test suite, core and SPARQL: ``make conformance-shacl SUITES=…``.

A test passes when the same results come out as a multiset: focus node, path with its structure,
value with its lexical form, severity, component, and the shape where it has an IRI. It is run the
way the program validates, with batched queries and only the triples that the shapes can read, and
once more by the engine alone. ``sht:Failure`` asks for an error.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from partyline.errors import BadQuery
from partyline.findings import Severity
from partyline.sources import Document, Origin, SourceStatement, Statements
from partyline.validation.shacl.engine import Result, ShapesError, run_engine
from partyline.validation.shacl.indexed_graph import IndexedGraph, Term
from partyline.validation.shacl.messages import Verbaliser
from partyline.validation.shacl.shapes_graph import ShapesGraph
from partyline.validation.shacl.validate import validate
from partyline.validation.shacl.well_formed import malformed
from partyline.vocabulary import RDF, SH, XSD, Namespace

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")

#: Shapes that the suite takes for well-formed and we refuse or warn of, and why.
REFUSED = {
    "property/qualifiedValueShape-001": "sh:nodeShape is not a term of SHACL, and has no effect",
}


@dataclass(frozen=True)
class Case:
    """A test of type ``sht:Validate``."""

    name: str
    manifest: Path
    node: Term


def cases(folder: Path) -> Iterator[Case]:
    """Yield the tests below *folder*, a folder of the suite."""
    for file in sorted(folder.rglob("*.ttl")):
        graph = read(file)
        for node in graph.subjects:
            if SHT.Validate in graph.objects(node, RDF.type):
                yield Case(f"{file.parent.name}/{file.stem}", file, node)


def read(file: Path) -> IndexedGraph:
    """Return the graph of a file, whose relative IRIs are below its own address."""
    quads = parse(path=str(file), format=RdfFormat.TURTLE, base_iri=file.as_uri())
    return IndexedGraph(quad.triple for quad in quads)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    suites = Path(metafunc.config.getoption("--suites"))
    tests = suites / "data-shapes" / "data-shapes-test-suite" / "tests"
    found = [(kind, case) for kind in ("core", "sparql") for case in cases(tests / kind)]
    assert found
    names = [f"{kind}:{case.name}" for kind, case in found]
    metafunc.parametrize("case", [case for _, case in found], ids=names)


def test_a_case_of_the_w3c(case: Case) -> None:
    graph = read(case.manifest)
    (action,) = graph.objects(case.node, MF.action)
    (expected,) = graph.objects(case.node, MF.result)
    data = _graph(graph, action, SHT.dataGraph, case.manifest).triples
    shapes = _shapes(_graph(graph, action, SHT.shapesGraph, case.manifest))
    if expected == SHT.Failure:
        assert _refused(shapes)
        with pytest.raises(ShapesError):
            run_engine(data, shapes.graph.triples)
        return
    found = malformed(shapes, Verbaliser(shapes, {}))
    errors = [str(row) for row in found if row.severity is Severity.VIOLATION]
    assert bool(errors) == (case.name in REFUSED), errors
    wanted = _expected(graph, expected)
    assert _rows(run_engine(data, shapes.graph.triples)) == wanted
    assert _rows(validate(data, shapes)) == wanted


def _refused(shapes: ShapesGraph) -> bool:
    """Tell whether the program refuses *shapes* before it validates, or when it does."""
    found = malformed(shapes, Verbaliser(shapes, {}))
    if any(row.severity is Severity.VIOLATION for row in found):
        return True
    try:
        validate((), shapes)
    except (ShapesError, BadQuery):
        return True
    return False


def _graph(graph: IndexedGraph, action: Term, name: NamedNode, manifest: Path) -> IndexedGraph:
    (address,) = graph.objects(action, name)
    assert isinstance(address, NamedNode)
    file = Path(address.value.removeprefix("file://"))
    return graph if file == manifest else read(file)


def _shapes(graph: IndexedGraph) -> ShapesGraph:
    origin = Origin("shapes.ttl", 1)
    statements = Statements.of(SourceStatement(triple, origin) for triple in graph.triples)
    return ShapesGraph((Document("shapes.ttl", statements, {}),))


def _expected(graph: IndexedGraph, report: Term) -> Counter[tuple[object, ...]]:
    results = []
    for node in graph.objects(report, SH.result):
        path = graph.value(node, SH.resultPath)
        results.append(
            (
                _comparable(graph.value(node, SH.focusNode)),
                None if path is None else graph.path(path),
                _comparable(graph.value(node, SH.value)),
                graph.value(node, SH.resultSeverity),
                graph.value(node, SH.sourceConstraintComponent),
                _comparable(graph.value(node, SH.sourceShape)),
            )
        )
    (conforms,) = graph.objects(report, SH.conforms)
    assert (str(conforms) == f'"true"^^{XSD.boolean}') == (not results)
    return Counter(results)


def _rows(results: list[Result]) -> Counter[tuple[object, ...]]:
    return Counter(
        (
            _comparable(row.focus),
            row.path,
            _comparable(row.value),
            row.severity,
            row.component,
            _comparable(row.shape),
        )
        for row in results
    )


def _comparable(term: object) -> object:
    """Return *term*; blank nodes have other labels in each reading."""
    return "a blank node" if isinstance(term, BlankNode) else term
