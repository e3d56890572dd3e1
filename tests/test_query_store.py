"""The store of a large release: its large graphs cannot be queried on their own, and it says so."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from partyline.dataset import Table, TableBuilder
from partyline.publishing import Publication
from partyline.releases import Release, build
from partyline.releases.query_store import write_store
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

BASE = "https://music.example.org/"
LARGE = ("accepted", "inferred", "asserted")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings under which every release is large."""
    folder = Path(__file__).parent / "data" / "ensembles" / "partyline.toml"
    found = read_settings(folder, {})
    return replace(
        found,
        releases=tmp_path_factory.mktemp("large"),
        build=replace(found.build, graphs_up_to=0),
    )


@pytest.fixture(scope="module")
def release(settings: Settings) -> Release:
    return build(settings).release


@pytest.fixture(scope="module")
def client(settings: Settings, release: Release) -> Iterator[FlaskClient]:
    with QueryPool(
        release.store,
        settings.limits,
        release.manifest.prefixes,
        f"{BASE}sparql",
        absent_graphs=release.absent_graphs,
    ) as pool:
        yield create_app(Publication.of(release, settings.knowledge), pool, settings).test_client()


def graphs(store: Store) -> set[str]:
    return {str(row).strip("<>").removeprefix(f"{BASE}graph/") for row in store.named_graphs()}


def test_the_store_has_each_statement_once_and_the_small_graphs(
    settings: Settings, release: Release, tmp_path: Path
) -> None:
    assert release.manifest.absent_graphs == LARGE
    whole = build(replace(settings, releases=tmp_path, build=replace(settings.build)))
    small = replace(settings, releases=tmp_path, build=replace(settings.build, graphs_up_to=10_000))
    complete = build(small).release
    assert whole.release.manifest.identifier != complete.manifest.identifier
    assert complete.manifest.absent_graphs == ()
    assert graphs(complete.open_store()) - graphs(release.open_store()) == set(LARGE)
    kept = {
        quad
        for quad in complete.open_store()
        if str(quad.graph_name).strip("<>") not in release.absent_graphs
    }
    assert set(release.open_store()) == kept


@pytest.mark.parametrize(
    ("query", "graph"),
    [
        (f"ASK {{ GRAPH <{BASE}graph/inferred> {{ ?s ?p ?o }} }}", "inferred"),
        (f"SELECT * FROM <{BASE}graph/accepted> {{ ?s ?p ?o }}", "accepted"),
        ("ASK FROM NAMED <graph/asserted> { GRAPH ?g { ?s ?p ?o } }", "asserted"),
        (
            f"PREFIX g: <{BASE}graph/> ASK {{ VALUES ?g {{ g:accepted }} GRAPH ?g {{ ?s a ?o }} }}",
            "accepted",
        ),
        (f"PREFIX g: <{BASE}graph/inferred> ASK {{ ?a ?b ?c FILTER(?a<?b&&?c>g:) }}", "inferred"),
    ],
)
def test_a_query_that_names_a_large_graph_is_refused_with_the_reason(
    client: FlaskClient, query: str, graph: str
) -> None:
    response = client.get("/sparql", query_string={"query": query})
    assert response.status_code == 400
    assert f"too large for the graph <{BASE}graph/{graph}>" in response.text


def test_a_dataset_of_the_protocol_that_names_one_is_refused(client: FlaskClient) -> None:
    for name in ("default-graph-uri", "named-graph-uri"):
        request = {"query": "ASK { ?s ?p ?o }", name: f"{BASE}graph/asserted"}
        assert client.get("/sparql", query_string=request).status_code == 400


def test_other_queries_are_answered(client: FlaskClient, release: Release) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    found = json.loads(client.get("/sparql", query_string={"query": query}).data)
    counts = release.manifest.counts
    expected = counts["ontology"] + counts["accepted"] + counts["inferred"]
    assert int(found["results"]["bindings"][0]["n"]["value"]) == expected
    named = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    answer = client.get("/sparql", query_string={"query": named}).text
    assert f"{BASE}graph/ontology" in answer
    assert not any(f"{BASE}graph/{name}" in answer for name in LARGE)


def test_the_service_and_the_page_list_the_graphs_that_there_are(client: FlaskClient) -> None:
    described = client.get("/sparql", headers={"Accept": "application/n-triples"}).text
    assert f"<{BASE}graph/ontology>" in described
    assert not any(f"<{BASE}graph/{name}>" in described for name in LARGE)
    page = client.get("/sparql", headers={"Accept": "text/html"}).text
    assert "too large for <code>accepted, inferred, asserted</code>" in page
    assert f"<code>{BASE}graph/inferred</code>" not in page


def test_graphs_that_our_own_queries_name_are_there_at_any_size(
    settings: Settings, tmp_path: Path
) -> None:
    questions = tmp_path / "questions"
    questions.mkdir()
    query = "# Which?\nSELECT ?s { GRAPH <graph/inferred> { ?s ?p ?o } }"
    (questions / "which.rq").write_text(query, encoding="utf-8")
    knowledge = replace(settings.knowledge, questions=questions)
    found = build(replace(settings, knowledge=knowledge, releases=tmp_path / "releases")).release
    assert found.manifest.absent_graphs == ("accepted", "asserted")


def _table() -> Table:
    builder = TableBuilder(["one", "two"])
    p, blank = NamedNode("urn:p"), BlankNode("b")
    for number in range(100):
        builder.add(Triple(NamedNode(f"urn:{number}"), p, Literal(str(number))), "one")
        builder.add(Triple(blank, p, NamedNode(f"urn:{number}")), "two")
    builder.add(Triple(NamedNode("urn:0"), p, blank), "two")
    return builder.table()


@pytest.mark.parametrize("at_once", [0, 1_000_000])
def test_blank_nodes_are_one_node_in_all_pieces_of_a_store(tmp_path: Path, at_once: int) -> None:
    table = _table()
    two = NamedNode("urn:two")
    rows = table.rows(graphs=("two",))
    named = {two.value: rows}
    write_store(tmp_path / "store", table, table.rows(), named, at_once=at_once, piece=500)
    expected = {
        Quad(row.subject, row.predicate, row.object, graph)
        for graph, found in ((DefaultGraph(), table.rows()), (two, rows))
        for row in map(table.triple, found.tolist())
    }
    assert set(Store.read_only(str(tmp_path / "store"))) == expected
