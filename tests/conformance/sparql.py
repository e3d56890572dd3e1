"""The W3C's query tests of SPARQL 1.0 and 1.1 over HTTP: ``make conformance-sparql SUITES=…``.

All data files of the suite are the named graphs of one store, which the endpoint serves; each test
chooses its dataset with the parameters of the protocol. The same query is put to pyoxigraph alone
as the suite has it, and the endpoint must not fail where that passes. The list of all failures is
printed at the end. Updates, SERVICE and entailment regimes are not what this endpoint offers.
"""

import csv
import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import rdflib
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)
from rdflib.collection import Collection

from partyline.publishing import Publication
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.vocabulary import Namespace
from partyline.web import create_app

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
#: Of a result; there are no quoted triples in SPARQL 1.1.
Term = NamedNode | BlankNode | Literal
SUITE = "https://suite.example/"
ENSEMBLES = Path(__file__).parents[1] / "data" / "ensembles" / "partyline.toml"
EVALUATION = {"QueryEvaluationTest", "CSVResultFormatTest"}
POSITIVE = {"PositiveSyntaxTest", "PositiveSyntaxTest11"}
NEGATIVE = {"NegativeSyntaxTest", "NegativeSyntaxTest11"}
#: Folders of what a read-only endpoint without federation does not offer.
LEFT_OUT = ("entailment", "service", "syntax-fed", "syntax-update-1", "syntax-update-2")

FROM = re.compile(r"^\s*FROM\b", re.MULTILINE)
#: What the engine says of a function in a query that is SPARQL all the same.
UNKNOWN_FUNCTION = "is not supported"

JSON = "application/sparql-results+json"
ACCEPT = {"csv": "text/csv", "tsv": "text/tab-separated-values", "srx": f"{JSON}, text/turtle"}


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    query: Path
    result: Path | None
    default: tuple[Path, ...]
    named: tuple[Path, ...]
    #: Whether an answer may hold fewer copies of a row (REDUCED).
    lax: bool = False


def cases(folder: Path) -> Iterator[Case]:
    for manifest in sorted(folder.glob("sparql1[01]/*/manifest.ttl")):
        if manifest.parent.name not in LEFT_OUT:
            yield from cases_of(manifest)


def cases_of(manifest: Path) -> Iterator[Case]:
    graph = rdflib.Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    for entries in graph.objects(None, MF.entries):
        for node in Collection(graph, entries):
            kind = str(graph.value(node, rdflib.RDF.type)).rpartition("#")[2]
            action = graph.value(node, MF.action)
            if kind not in EVALUATION | POSITIVE | NEGATIVE or action is None:
                continue
            name = f"{manifest.parts[-3]}/{manifest.parts[-2]}/{str(node).rpartition('#')[2]}"
            yield Case(
                name,
                kind,
                local(graph.value(action, QT.query) or action),
                local(result) if (result := graph.value(node, MF.result)) else None,
                tuple(map(local, graph.objects(action, QT.data))),
                tuple(map(local, graph.objects(action, QT.graphData))),
                graph.value(node, MF.resultCardinality) == MF.LaxCardinality,
            )


def local(node: object) -> Path:
    return Path(str(node).removeprefix("file://"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        found = list(cases(suite(metafunc.config)))
        assert found
        metafunc.parametrize("case", found, ids=[case.name for case in found])


def suite(config: pytest.Config) -> Path:
    return (Path(config.getoption("--suites")) / "rdf-tests" / "sparql").resolve()


class Naming:
    """IRIs of the files of the suite: those of this machine concern nobody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def iri(self, path: Path) -> str:
        return SUITE + path.relative_to(self.folder).as_posix()


@pytest.fixture(scope="session")
def naming(request: pytest.FixtureRequest) -> Naming:
    return Naming(suite(request.config))


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="session")
def port(naming: Naming, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The endpoint on a socket, over a store of all data files."""
    folder = tmp_path_factory.mktemp("suite")
    settings = replace(read_settings(ENSEMBLES, {}), releases=folder / "releases")
    store = Store(str(folder / "store"))
    for path in sorted(naming.folder.glob("sparql1[01]/*/*")):
        if path.suffix in (".ttl", ".rdf", ".nt"):
            store.extend(quads(path, naming, NamedNode(naming.iri(path))))
    store.flush()
    release = build(settings).release
    with QueryPool(folder / "store", settings.limits, {}, SUITE) as pool:
        publication = Publication.of(release, settings.knowledge)
        app = create_app(publication, pool, settings)
        with make_server("127.0.0.1", 0, app, WSGIServer, Quiet) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield server.server_port
            server.shutdown()
            thread.join()


def quads(path: Path, naming: Naming, graph: NamedNode | DefaultGraph) -> list[Quad]:
    syntax = RdfFormat.from_extension(path.suffix[1:])
    try:
        found = list(parse(path.read_bytes(), syntax, base_iri=naming.iri(path)))
    except SyntaxError:
        return []  # a manifest, or what a test of a parser would refuse
    # Nodes of two files are two nodes, also where both are called _:a.
    mark = f"{abs(hash(path))}x"
    return [
        Quad(marked(quad.subject, mark), quad.predicate, marked(quad.object, mark), graph)
        for quad in found
    ]


def marked(term: Any, mark: str) -> Any:  # noqa: ANN401  what it is, it stays
    return BlankNode(mark + term.value) if isinstance(term, BlankNode) else term


#: Tests that each of the two fails.
FAILED: dict[str, set[str]] = {"endpoint": set(), "pyoxigraph": set()}


@pytest.fixture(scope="session", autouse=True)
def summary(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    total, plugins = request.session.testscollected, request.config.pluginmanager
    here, alone = FAILED["endpoint"], FAILED["pyoxigraph"]
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\npassed of {total}: here {total - len(here)}, pyoxigraph {total - len(alone)}")
        for name in sorted(here | alone):
            who = "both" if name in here & alone else "here" if name in here else "pyoxigraph"
            print(f"    failed by {who}: {name}")


def test_the_endpoint_is_not_worse_than_its_engine(case: Case, port: int, naming: Naming) -> None:
    right = {
        "endpoint": passes_endpoint(case, port, naming),
        "pyoxigraph": passes_alone(case, naming),
    }
    for who, passed in right.items():
        FAILED[who].update(set() if passed else {case.name})
    assert right["endpoint"] or not right["pyoxigraph"]


def passes_endpoint(case: Case, port: int, naming: Naming) -> bool:
    text = case.query.read_bytes().decode()
    # A query is read against the address of its file, as the suite wants it.
    text = f"BASE <{naming.iri(case.query)}>\n{text}"
    ending = case.result.suffix[1:] if case.result else "srx"
    parameters = [("query", text)]
    if case.kind in EVALUATION and (case.default or case.named) and not FROM.search(text):
        # Without a default graph, the dataset has an empty one.
        names = [naming.iri(path) for path in case.default] or [SUITE + "empty"]
        parameters += [("default-graph-uri", name) for name in names]
        parameters += [("named-graph-uri", naming.iri(path)) for path in case.named]
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Accept": ACCEPT.get(ending, ACCEPT["srx"]),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", "/sparql", urlencode(parameters), headers)
    response = connection.getresponse()
    content, media_type = response.read(), response.headers.get_content_type()
    connection.close()
    if case.kind not in EVALUATION:
        is_query = response.status == 200 or UNKNOWN_FUNCTION in content.decode()
        return is_query == (case.kind in POSITIVE)
    return response.status == 200 and is_expected(case, content, media_type, naming)


def passes_alone(case: Case, naming: Naming) -> bool:
    store = Store()
    for path in case.default:
        store.extend(quads(path, naming, DefaultGraph()))
    for path in case.named:
        store.extend(quads(path, naming, NamedNode(naming.iri(path))))
    if case.kind in EVALUATION and not (case.default or case.named):
        # The query names its own dataset, which pyoxigraph does not fetch.
        for path in case.query.parent.glob("*.ttl"):
            store.extend(quads(path, naming, NamedNode(naming.iri(path))))
    try:
        results = store.query(case.query.read_bytes().decode(), base_iri=naming.iri(case.query))
        content, media_type = written(results, case.result)
    except (SyntaxError, ValueError, RuntimeError) as error:
        return case.kind in (POSITIVE if UNKNOWN_FUNCTION in str(error) else NEGATIVE)
    if case.kind not in EVALUATION:
        return case.kind in POSITIVE
    return is_expected(case, content, media_type, naming)


def written(
    results: QuerySolutions | QueryBoolean | QueryTriples, expected: Path | None
) -> tuple[bytes, str]:
    if isinstance(results, QueryTriples):
        return results.serialize(format=RdfFormat.N_TRIPLES) or b"", "application/n-triples"
    ending = expected.suffix[1:] if expected else ""
    media_type = ACCEPT[ending] if ending in ("csv", "tsv") else JSON
    syntax = QueryResultsFormat.from_media_type(media_type)
    return results.serialize(format=syntax) or b"", media_type


def is_expected(case: Case, content: bytes, media_type: str, naming: Naming) -> bool:
    assert case.result is not None
    expected = case.result.read_bytes()
    if case.result.suffix == ".csv":
        return csv_rows(content) == csv_rows(expected)
    if media_type not in (JSON, "text/tab-separated-values"):
        wanted = {quad.triple for quad in quads(case.result, naming, DefaultGraph())}
        syntax = RdfFormat.from_media_type(media_type)
        return canonical({quad.triple for quad in parse(content, syntax)}) == canonical(wanted)
    results = parse_query_results(content, QueryResultsFormat.from_media_type(media_type))
    if case.result.suffix in (".ttl", ".rdf"):
        return fits(results, case, naming)
    other = parse_query_results(expected, QueryResultsFormat.from_extension(case.result.suffix[1:]))
    if isinstance(results, QueryBoolean) or isinstance(other, QueryBoolean):
        return isinstance(results, QueryBoolean) and results == other
    return table(results).is_like(table(other), lax=case.lax)


def csv_rows(content: bytes) -> list[list[tuple[str, str]]]:
    """Return the rows, whose columns and order are free; a blank node has any name."""
    table = csv.DictReader(io.StringIO(content.decode(), newline=""))
    return sorted(
        sorted((name, "_:" if cell.startswith("_:") else cell) for name, cell in row.items())
        for row in table
    )


Row = dict[str, Term]


@dataclass(frozen=True)
class ResultTable:
    """Solutions; blank nodes are the same if something else of theirs is."""

    names: frozenset[str]
    rows: tuple[Row, ...]
    #: Whether the order of the rows matters.
    ordered: bool = False

    def is_like(self, other: "ResultTable", *, lax: bool) -> bool:
        if self.names != other.names:
            return False
        return self._canonical(other.ordered, lax) == other._canonical(other.ordered, lax)

    def _canonical(self, ordered: bool, lax: bool) -> frozenset[str]:
        # REDUCED may drop copies of a row.
        rows = {str(row): row for row in self.rows}.values() if lax else self.rows
        triples: set[Triple] = set()
        for number, row in enumerate(rows):
            node = BlankNode(f"row{number}")
            triples.add(Triple(node, RS["row"], Literal(number if ordered else 0)))
            triples.update(Triple(node, RS[name], term) for name, term in row.items())
        return canonical(triples)


def table(results: QuerySolutions) -> ResultTable:
    names = [variable.value for variable in results.variables]
    rows = tuple(
        {name: term for name, term in zip(names, row, strict=True) if term is not None}
        for row in results
    )
    return ResultTable(frozenset(names), rows)


def fits(results: QuerySolutions | QueryBoolean, case: Case, naming: Naming) -> bool:
    """Compare with the results that an RDF file describes."""
    assert case.result is not None
    graph = Store()
    graph.extend(quads(case.result, naming, DefaultGraph()))
    for boolean in objects(graph, None, RS.boolean):
        return isinstance(results, QueryBoolean) and bool(results) == (boolean.value == "true")
    return isinstance(results, QuerySolutions) and table(results).is_like(
        described(graph), lax=case.lax
    )


def described(graph: Store) -> ResultTable:
    solutions = objects(graph, None, RS.solution)
    numbered = [(objects(graph, node, RS["index"]), node) for node in solutions]
    ordered = bool(numbered) and all(index for index, _ in numbered)
    if ordered:
        numbered.sort(key=lambda row: int(row[0][0].value))
    names = frozenset(name.value for name in objects(graph, None, RS.resultVariable))
    return ResultTable(names, tuple(bindings(graph, node) for _, node in numbered), ordered)


def bindings(graph: Store, solution: BlankNode) -> Row:
    found: Row = {}
    for row in objects(graph, solution, RS.binding):
        (variable,), (term,) = objects(graph, row, RS.variable), objects(graph, row, RS.value)
        found[variable.value] = term
    return found


def objects(graph: Store, subject: BlankNode | None, predicate: NamedNode) -> list[Any]:
    return [quad.object for quad in graph.quads_for_pattern(subject, predicate, None)]


def canonical(triples: set[Triple]) -> frozenset[str]:
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(map(str, dataset))
