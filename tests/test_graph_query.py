"""Any graph queried in a process with limits, and its answers as values."""

import subprocess
import sys
import threading
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from partyline.errors import BadQuery, EngineError, QueryTimeout, QueryTooLarge, SourceError
from partyline.releases import Release
from partyline.sparql import GraphResult, Solutions, query_graph

EX = "https://example.org/"
NAME = NamedNode(EX + "name")
TRIPLES = [Triple(NamedNode(f"{EX}{i}"), NAME, Literal(i)) for i in range(300)]
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HOG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"


def solutions(source: object, text: str, **options: object) -> Solutions:
    found = query_graph(source, text, **options)  # type: ignore[arg-type]  # what tests pass
    assert isinstance(found, Solutions)
    return found


def test_the_solutions_of_select_are_rows_of_terms() -> None:
    found = solutions(TRIPLES, "SELECT ?n ?x { ex:7 ex:name ?n }", prefixes={"ex": EX})
    assert found.variables == ("n", "x")
    assert [dict(row) for row in found] == [{"n": Literal(7)}]
    assert (len(found), found[0]["n"]) == (1, Literal(7))


def test_ask_is_a_truth_value_and_construct_a_graph() -> None:
    assert query_graph(TRIPLES, f"ASK {{ <{EX}7> ?p 7 }}") is True
    graph = query_graph(TRIPLES, f"CONSTRUCT WHERE {{ <{EX}7> ?p ?o }}", prefixes={"ex": EX})
    assert isinstance(graph, GraphResult)
    assert list(graph) == [TRIPLES[7]]
    assert isinstance(graph.to_rdflib(), rdflib.Graph)
    assert len(graph.to_rdflib()) == len(graph) == 1
    assert "ex:7" in graph._repr_html_()
    for frame in (graph.to_pandas(), graph.to_polars(), graph.to_arrow()):
        assert frame.shape == (1, 5)


def test_a_release_and_its_store_can_be_queried(release: Release) -> None:
    text = "ASK { ?party a <https://w3id.org/partyline/ns#PoliticalParty> }"
    assert query_graph(release, text) is True
    assert query_graph(str(release.store), text) is True


def test_a_graph_and_a_dataset_of_rdflib_can_be_queried() -> None:
    graph = rdflib.Graph()
    graph.add((rdflib.URIRef(EX + "a"), rdflib.URIRef(EX + "b"), rdflib.Literal("c", lang="en")))
    assert solutions(graph, "SELECT ?o { ?s ?p ?o }")[0]["o"] == Literal("c", language="en")

    for union, count in ((False, 1), (True, 2)):
        dataset = rdflib.Dataset(default_union=union)
        named = dataset.graph(rdflib.URIRef(EX + "g"))
        named.add((rdflib.URIRef(EX + "a"), rdflib.URIRef(EX + "b"), rdflib.Literal(1)))
        default = dataset.graph(DATASET_DEFAULT_GRAPH_ID)
        default.add((rdflib.URIRef(EX + "c"), rdflib.URIRef(EX + "b"), rdflib.Literal(2)))
        found = solutions(dataset, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert found[0]["n"] == Literal(count)
        assert len(solutions(dataset, f"SELECT * {{ GRAPH <{EX}g> {{ ?s ?p ?o }} }}")) == 1


def test_quads_keep_their_graphs() -> None:
    quads = [Quad(NamedNode(EX), NAME, Literal("x"), NamedNode(EX + "g"))]
    assert query_graph(quads, f"ASK {{ GRAPH <{EX}g> {{ ?s ?p ?o }} }}") is True
    assert query_graph(quads, "ASK { ?s ?p ?o }") is False


def test_a_cross_product_ends_in_time_and_the_next_query_is_answered() -> None:
    with pytest.raises(QueryTimeout, match=r"longer than 0\.5 s"):
        query_graph(TRIPLES, PRODUCT, seconds=0.5)
    assert query_graph(TRIPLES, "ASK {}") is True


def test_a_query_that_needs_too_much_memory_ends() -> None:
    with pytest.raises(QueryTooLarge, match="more than 64 MiB"):
        query_graph(TRIPLES, HOG, seconds=60, memory=64)


def test_an_answer_that_is_larger_than_the_memory_ends() -> None:
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with pytest.raises(QueryTooLarge, match="answer is longer than 8 MiB"):
        query_graph(TRIPLES, text, seconds=60, memory=8)


def test_many_threads_may_query() -> None:
    found: list[object] = []

    def run(number: int) -> None:
        found.append(solutions(TRIPLES, f"SELECT ?n {{ <{EX}{number}> ?p ?n }}")[0]["n"])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {str(row) for row in found} == {str(Literal(number)) for number in range(4)}


def test_a_plain_interpreter_may_query(tmp_path: Path) -> None:
    program = (
        "from pyoxigraph import *; from partyline.sparql import query_graph;"
        "print(query_graph([Triple(NamedNode('a:a'), NamedNode('a:b'), Literal(1))],"
        " 'ASK { ?s ?p 1 }'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


@pytest.mark.parametrize(
    ("source", "text", "error"),
    [
        (TRIPLES, "SELECT nonsense", BadQuery),
        (TRIPLES, "DROP ALL", BadQuery),
        (TRIPLES, "ASK { SERVICE <http://127.0.0.1/> {} }", BadQuery),
        ([1], "ASK {}", SourceError),
        (Path("/absent"), "ASK {}", EngineError),
    ],
)
def test_bad_input_is_one_clear_error(source: object, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        query_graph(source, text)  # type: ignore[arg-type]  # what is wrong with it


def test_columns_have_values_of_one_type() -> None:
    text = "SELECT * { VALUES (?n ?d ?mixed) { (1 1.5 1) (2 2 'two') (UNDEF UNDEF <urn:a>) } }"
    assert solutions(TRIPLES, text).columns() == {
        "n": [1, 2, None],
        "d": [Decimal("1.5"), Decimal(2), None],
        "mixed": ["1", "two", "urn:a"],
    }


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow"])
def test_a_data_frame_has_the_rows_or_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = solutions(TRIPLES, "SELECT ?x { VALUES ?x { 1 UNDEF } }")
    method = {"pyarrow": "to_arrow"}.get(name, f"to_{name}")
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=f"{name} is not installed; run: pip install {name}"):
        getattr(found, method)()
    monkeypatch.undo()
    import_module(name)
    assert len(getattr(found, method)()) == 2


def test_a_notebook_shows_a_table_without_markup_of_the_data() -> None:
    html = solutions(TRIPLES, "SELECT ?x { VALUES ?x { '<b>' <https://example.org/7> } }")
    assert "&lt;b&gt;" in html._repr_html_()
    assert "2 rows" in html._repr_html_()


def test_a_store_in_a_directory_is_opened_and_not_changed(tmp_path: Path) -> None:
    Store(str(tmp_path / "store")).flush()
    before = sorted(row.name for row in (tmp_path / "store").iterdir())
    assert query_graph(tmp_path / "store", "ASK { ?s ?p ?o }") is False
    assert sorted(row.name for row in (tmp_path / "store").iterdir()) == before
