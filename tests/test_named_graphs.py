"""Graphs that TriG, N-Quads and JSON-LD name are graphs of the dataset, by their own names."""

import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
    serialize,
)
from rdflib.compare import isomorphic

from partyline.dataset.graph_names import is_taken
from partyline.library.rdflib_store import ReleaseStore
from partyline.publishing import Publication
from partyline.releases import Preview, Release, build
from partyline.settings import Settings, read_settings
from partyline.sources import read_sources
from partyline.sparql import QueryPool
from partyline.validation import run_checks
from partyline.web import create_app

BASE = "https://e.org/"
LETTERS, DIARY, ELSEWHERE = f"{BASE}letters", f"{BASE}graph/diary", "urn:elsewhere"
TRIG = f"""\
@prefix e: <{BASE}> .
e:free e:says "no graph" .
e:letters {{ e:anna e:knows e:bob ; e:address [ e:city "Ulm"@de ] . }}
<{DIARY}> {{ e:anna e:knows e:bob, e:carl . e:carl e:age 017 . }}
e:letters e:from "an archive" .
"""
JSON = f"""{{
  "@context": {{"e": "{BASE}", "knows": {{"@id": "e:knows", "@type": "@id"}}}},
  "@id": "{ELSEWHERE}",
  "@graph": [{{"@id": "e:bob", "knows": "e:anna"}}]
}}
"""


def project(folder: Path, files: Mapping[str, str]) -> Settings:
    (folder / "data").mkdir()
    for name, text in files.items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    file = folder / "partyline.toml"
    file.write_text(
        f'[knowledge]\ntitle = "Letters"\nbase = "{BASE}"\nsources = ["data"]\n', encoding="utf-8"
    )
    return read_settings(file)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("graphs")
    return project(folder, {"a.trig": TRIG, "b.jsonld": JSON})


@pytest.fixture(scope="module")
def release(settings: Settings) -> Release:
    return build(settings).release


@pytest.fixture(scope="module")
def client(settings: Settings, release: Release) -> Iterator[FlaskClient]:
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        yield create_app(publication, pool, settings).test_client()


def named(path: Path, format_: RdfFormat) -> dict[str, rdflib.Graph]:
    """Return each graph of a file that is not of those which every release has, by its IRI."""
    found: dict[str, list[Quad]] = {}
    for quad in parse(path=str(path), format=format_):
        graph = quad.graph_name
        if isinstance(graph, NamedNode) and not is_taken(graph.value, BASE):
            found.setdefault(graph.value, []).append(quad)
    return {
        iri: rdflib.Graph().parse(
            data=serialize((row.triple for row in rows), format=RdfFormat.N_TRIPLES), format="nt"
        )
        for iri, rows in found.items()
    }


@pytest.mark.parametrize(
    ("dump", "format_"), [("dataset.nq", RdfFormat.N_QUADS), ("dataset.trig", RdfFormat.TRIG)]
)
def test_a_dump_of_the_dataset_has_the_graphs_of_the_sources(
    dump: str, format_: RdfFormat, settings: Settings, release: Release
) -> None:
    folder = settings.path.parent / "data"
    expected = named(folder / "a.trig", RdfFormat.TRIG)
    expected |= named(folder / "b.jsonld", RdfFormat.JSON_LD)
    found = named(release.dumps / dump, format_)

    assert found.keys() == expected.keys() == {LETTERS, DIARY, ELSEWHERE}
    assert all(isomorphic(found[iri], expected[iri]) for iri in expected)


def test_every_statement_keeps_the_place_that_asserts_it(release: Release) -> None:
    places = {
        str(row): release.origins(row) for row in release.table.match(graphs=[f"<{LETTERS}>"])
    }

    assert sorted(map(len, places.values())) == [1, 1, 2]  # two graphs say that Anna knows Bob
    assert {row for found in places.values() for row in found} == {
        "data/a.trig:3",
        "data/a.trig:4",
    }


def test_a_query_asks_for_a_graph_by_the_name_that_it_has_in_the_sources(
    client: FlaskClient,
) -> None:
    def answers(pattern: str) -> set[str]:
        asked = {"query": f"PREFIX e: <{BASE}> SELECT ?x {pattern}"}
        response = client.get("/sparql", query_string=asked, headers={"Accept": "text/csv"})
        assert response.status_code == 200, response.text
        return set(response.text.split()[1:])

    known = answers(f"{{ GRAPH <{DIARY}> {{ e:anna e:knows ?x }} }}")
    assert known == {f"{BASE}bob", f"{BASE}carl"}
    assert answers(f"FROM <{LETTERS}> {{ e:anna e:knows ?x }}") == {f"{BASE}bob"}
    assert answers("{ GRAPH ?x { e:bob e:knows e:anna } }") >= {ELSEWHERE}
    # The default graph merges them all.
    assert answers("{ ?x e:knows ?y }") == {f"{BASE}anna", f"{BASE}bob"}


def test_a_page_says_in_which_graphs_a_statement_is_stated(client: FlaskClient) -> None:
    page = client.get("/doc/anna.html").text
    (row,) = [line for line in page.splitlines() if "e:bob" in line and "e:knows" in line]

    assert "stated in graph" in row
    assert 'href="/letters"' in row
    assert "graph/diary" in row


def test_a_graph_that_holds_all_of_a_page_is_named_once(client: FlaskClient) -> None:
    page = client.get("/doc/carl.html").text  # Anna knows Carl, and his age

    assert page.count("stated in graph") == 1


def test_the_name_of_a_graph_leads_to_what_is_known_of_it(client: FlaskClient) -> None:
    assert client.get("/graph/diary").location == "/dataset"
    described = client.get("/letters", headers={"Accept": "text/html"}, follow_redirects=True).text
    assert "an archive" in described
    assert f"GRAPH%20%3C{LETTERS.replace(':', '%3A')}" in described
    assert client.get("/resource", query_string={"iri": ELSEWHERE}).location == "/dataset"
    assert client.get("/graph/nothing").status_code == 404
    assert f"<{DIARY}>" in client.get("/sparql", headers={"Accept": "text/turtle"}).text


def test_rdflib_sees_the_same_graphs(release: Release) -> None:
    dataset = rdflib.Dataset(store=ReleaseStore(release))

    assert len(dataset.graph(rdflib.URIRef(DIARY))) == 3
    assert rdflib.URIRef(ELSEWHERE) in {row.identifier for row in dataset.graphs()}


def test_a_graph_that_cannot_keep_its_name_is_a_warning(tmp_path: Path) -> None:
    statement = f"<{BASE}x> <{BASE}y>"
    text = f"<{BASE}graph/links> {{ {statement} 1 }}\n_:g {{ {statement} 2 }}"
    settings = project(tmp_path, {"a.trig": text})
    report = run_checks(settings)

    found = [(row.line, row.code) for row in report.findings]
    assert found == [(1, "named-graph"), (2, "named-graph")]
    assert report.violations == []
    assert "links" in report.findings[0].message
    release = build(settings).release
    assert release.manifest.named_graphs == {}
    assert release.manifest.counts["accepted"] == 2


def test_a_relative_name_of_a_graph_needs_a_base(tmp_path: Path) -> None:
    settings = project(tmp_path, {"a.trig": f"<g> {{ <{BASE}x> <{BASE}y> 1 }}"})
    (found,) = read_sources(settings).findings

    assert "<g> is a relative IRI" in found.message


@pytest.mark.parametrize("seed", range(2))
def test_random_quads_are_those_of_the_store_and_of_the_dump(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(seed)
    names = [NamedNode(f"{BASE}g{number}") for number in range(5)]
    iris = [NamedNode(f"{BASE}n{number}") for number in range(6)]
    graphs: list[NamedNode | DefaultGraph] = [DefaultGraph(), *names]
    nodes: list[NamedNode | BlankNode] = [*iris, BlankNode("a"), BlankNode("b")]
    property_ = NamedNode(f"{BASE}p")
    quads = {
        Quad(drawn.choice(nodes), property_, drawn.choice(nodes), drawn.choice(graphs))
        for _ in range(60)
    }
    text = serialize(quads, format=RdfFormat.N_QUADS)
    assert text is not None
    settings = project(tmp_path, {"a.nq": text.decode()})
    release = build(settings).release

    expected = Dataset(row for row in quads if row.graph_name != DefaultGraph())
    assert canonical(named_in_store(release)) == canonical(expected)


def test_a_preview_has_the_graphs_of_what_was_edited_last(tmp_path: Path) -> None:
    settings = project(tmp_path, {"a.trig": TRIG})
    (tmp_path / "preview").mkdir()
    preview = Preview(settings, lambda: settings, tmp_path / "preview")
    preview.update()
    file = tmp_path / "data" / "a.trig"
    file.write_text(TRIG.replace("e:carl e:age 017", "e:carl e:knows e:anna"), encoding="utf-8")
    release = preview.update([file]).release

    assert release is not None
    expected = set(parse(path=str(file), format=RdfFormat.TRIG))
    found = set(named_in_store(release))
    diary = NamedNode(DIARY)
    assert {row for row in found if row.graph_name == diary} == {
        row for row in expected if row.graph_name == diary
    }


def canonical(quads: Iterable[Quad]) -> set[Quad]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def named_in_store(release: Release) -> Iterator[Quad]:
    for graph in release.manifest.named_graphs:
        yield from release.open_store().quads_for_pattern(None, None, None, NamedNode(graph))
