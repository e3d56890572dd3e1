"""Links to other datasets: found, listed, and written for those who collect them."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import OWL, RDF, SKOS, VOID

import partyline
from partyline.publishing import (
    ExternalLink,
    ExternalLinks,
    LinkCollection,
    Publication,
    beacon,
    sssom,
)
from partyline.publishing.external_links import LinkSet
from partyline.publishing.statements import Standing
from partyline.releases import Release
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

WIKIDATA = "http://www.wikidata.org/entity/"
HTML = {"Accept": "text/html"}
ABOUT = LinkCollection("Town: links", "", "r1", "2026-01-01T00:00:00Z", "https://e.org/links/x")

TOWN = """
@prefix : <https://town.example/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .

:a rdfs:label "A\\tb\\nc" ; owl:sameAs <http://data.example/x/1>, <urn:isbn:1> ;
    skos:closeMatch <http://data.example/x/1>, :b ;
    schema:sameAs <https://other.example/é?id=1&lang=km#top> .
:b rdfs:label "B" ; owl:sameAs <http://www.data.example/y/2%7C> ; skos:broadMatch "text" .
skos:exactMatch a owl:SymmetricProperty .
<http://data.example/x/3> skos:exactMatch :b .
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Publication]]:
    folder = tmp_path_factory.mktemp("town")
    (folder / "town.ttl").write_text(TOWN, "utf-8")
    (folder / "partyline.toml").write_text(
        '[knowledge]\ntitle = "Town"\nbase = "https://town.example/"\nsources = ["town.ttl"]\n',
        "utf-8",
    )
    settings = read_settings(folder / "partyline.toml", {})
    release = partyline.build(settings)
    pool = QueryPool(release.store, settings.limits, {}, "https://town.example/sparql")
    with pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client(), publication


def links_by_sparql(release: Release, base: str) -> set[tuple[str, str, str]]:
    """Return the asserted mappings to the outside, by another way than the table."""
    relations = " ".join(
        f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")
    )
    rows = release.open_store().query(
        f"""PREFIX skos: <{SKOS}> PREFIX owl: <{OWL}>
        SELECT ?s ?p ?o {{
            VALUES ?p {{ owl:sameAs owl:equivalentClass owl:equivalentProperty {relations} }}
            VALUES ?g {{ <{base}graph/accepted> <{base}graph/ontology> }}
            GRAPH ?g {{ ?s ?p ?o }}
            FILTER(isIRI(?o) && STRSTARTS(STR(?s), "{base}") && !STRSTARTS(STR(?o), "{base}"))
        }}"""
    )
    return {tuple(term.value for term in row) for row in rows}  # type: ignore[union-attr]


def test_all_asserted_links_of_the_knowledge_are_in_a_set(
    release: Release, settings: Settings
) -> None:
    sets = ExternalLinks(Publication.of(release, settings.knowledge)).sets
    rows = [link for row in sets.values() for link in row.links if link.standing == "asserted"]
    found = [(link.subject.value, link.predicate.value, link.target.value) for link in rows]
    assert len(found) == len(set(found)) > 80
    assert set(found) == links_by_sparql(release, settings.knowledge.base)
    assert "wikidata.org" in sets


def test_a_set_says_the_same_as_page_graph_beacon_and_sssom(client: FlaskClient) -> None:
    page = client.get("/links/wikidata.org", headers=HTML)
    graph = rdflib.Graph().parse(data=client.get("/links/wikidata.org.ttl").data, format="turtle")
    assert len(graph) > 60
    assert page.text.count(f'href="{WIKIDATA}') == len(graph)

    in_dumps: set[tuple[str, str, str]] = set()
    for relation in {str(row).rpartition("#")[2] for row in graph.predicates()}:
        in_dumps |= read_beacon(client.get(f"/links/wikidata.org/{relation}.txt").text)
    assert in_dumps == {(str(s), str(p), str(o)) for s, p, o in graph}

    response = client.get("/links/wikidata.org.sssom.tsv")
    assert response.mimetype == "text/tab-separated-values"
    rows = read_sssom(response.text)
    assert {row[:3] for row in rows} == in_dumps
    assert {row[3] for row in rows} == {"https://w3id.org/semapv/vocab/ManualMappingCuration"}


def read_beacon(text: str) -> set[tuple[str, str, str]]:
    """Read a link dump (draft-voss-beacon, section 3) with prefixes that end in {+ID}."""
    meta = dict(re.findall(r"^#([A-Z]+): (.*)$", text, re.MULTILINE))
    assert text.startswith("#FORMAT: BEACON\n")
    rows = [line.split("||") for line in text.splitlines() if line and not line.startswith("#")]
    assert all(source.strip() for source, _ in rows)
    return {
        (
            meta["PREFIX"].replace("{+ID}", source),
            meta["RELATION"],
            # Without a target token, the source token stands for it (section 2.4).
            meta["TARGET"].replace("{+ID}", target or source),
        )
        for source, target in rows
    }


def read_sssom(text: str) -> list[tuple[str, str, str, str]]:
    """Read subject, predicate, object and justification of each mapping as IRIs."""
    head = [line[1:] for line in text.splitlines() if line.startswith("#")]
    curies = {
        line.split(":", 1)[0].strip(): json.loads(line.split(":", 1)[1])
        for line in head[head.index("curie_map:") + 1 :]
    }

    def expanded(curie: str) -> str:
        prefix, _, rest = curie.partition(":")
        return str(curies[prefix]) + rest

    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    names = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    rows = csv.DictReader(io.StringIO(body), delimiter="\t")
    return [tuple(expanded(row[name]) for name in names) for row in rows]  # type: ignore[misc]


def test_the_sets_are_described_in_void(client: FlaskClient, settings: Settings) -> None:
    graph = rdflib.Graph().parse(data=client.get("/dataset.ttl").data, format="turtle")
    link_set = rdflib.URIRef(settings.knowledge.base + "links/wikidata.org")
    assert (link_set, RDF.type, VOID.Linkset) in graph
    target = graph.value(link_set, VOID.objectsTarget)
    assert str(graph.value(target, VOID.uriSpace)) == WIKIDATA
    dump = str(graph.value(link_set, VOID.dataDump)).removeprefix(settings.knowledge.base)
    rows = list(parse(client.get("/" + dump).data, RdfFormat.N_TRIPLES))
    assert str(graph.value(link_set, VOID.triples)) == str(len(rows))


def test_same_as_answers_both_ways_and_for_either_scheme(client: FlaskClient) -> None:
    link = next(iter(parse(client.get("/links/wikidata.org.nt").data, RdfFormat.N_TRIPLES)))
    ours, theirs = link.subject.value, link.object.value
    answers = [
        json.loads(client.get(f"/sameas?uri={quote(iri)}").text)
        for iri in (ours, theirs, theirs.replace("http:", "https:"))
    ]
    for answer in answers:
        (resource,) = answer["resources"]
        assert resource["iri"] == ours
        assert theirs in [row["iri"] for row in resource["links"]]
    page = client.get(f"/sameas?uri={quote(theirs)}", headers=HTML)
    assert page.mimetype == "text/html"
    assert theirs in page.text
    turtle = client.get(f"/sameas.ttl?uri={quote(theirs)}")
    assert (rdflib.URIRef(ours), None, rdflib.URIRef(theirs)) in rdflib.Graph().parse(
        data=turtle.data, format="turtle"
    )


def test_same_as_says_what_is_wrong_with_a_request(client: FlaskClient) -> None:
    assert client.get("/sameas").status_code == 400
    assert client.get("/sameas?uri=not an IRI").status_code in (400, 404)
    unknown = client.get("/sameas?uri=http://nowhere.example/1")
    assert unknown.status_code == 404
    assert "nowhere.example" in unknown.text
    assert client.get("/links/nowhere.example").status_code == 404
    assert client.get("/links/wikidata.org/sameAs.txt").status_code == 404
    assert client.get("/links/wikidata.org.xml").status_code == 404


def test_datasets_are_distinguished_by_host_or_scheme(
    town: tuple[FlaskClient, Publication],
) -> None:
    client, publication = town
    sets = ExternalLinks(publication).sets
    assert set(sets) == {"data.example", "other.example", "urn"}
    page = client.get("/links/", headers=HTML).text
    assert [page.count(f">{name}</a>") for name in sets] == [1, 1, 1]
    kept = {(link.predicate.value.rpartition("#")[2], link.standing) for link in all_of(sets)}
    # The symmetric property entails a link from here that nobody asserts.
    assert ("exactMatch", "inferred") in kept


def all_of(sets: Mapping[str, LinkSet]) -> list[ExternalLink]:
    return [link for row in sets.values() for link in row.links]


def test_odd_targets_are_written_and_read_again(town: tuple[FlaskClient, Publication]) -> None:
    _, publication = town
    for links in ExternalLinks(publication).sets.values():
        wanted = {
            (link.subject.value, link.predicate.value, link.target.value) for link in links.links
        }
        dumps = [
            read_beacon(beacon(ABOUT, relation, rows, "https://e.org/x.txt"))
            for relation, rows in links.by_relation().items()
        ]
        assert set().union(*dumps) == wanted
        text = sssom(ABOUT, links, {"town": "https://town.example/id/"}, lambda _: "A\tb\nc")
        assert {row[:3] for row in read_sssom(text)} == wanted
        assert "license/unspecified" in text
        assert "\tA b c\t" in text


def test_a_dump_says_what_it_links_and_where_it_is(client: FlaskClient) -> None:
    path = "/links/wikidata.org/exactMatch.txt"
    meta = dict(re.findall(r"^#([A-Z]+): (.*)$", client.get(path).text, re.MULTILINE))
    assert meta["FEED"].endswith(path)
    assert meta["HOMEPAGE"].endswith("/links/wikidata.org")
    assert meta["NAME"] == "wikidata.org"
    assert meta["SOURCESET"].endswith("/dataset")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta["TIMESTAMP"])


def test_the_namespace_of_a_dump_leaves_a_token_of_every_iri() -> None:
    node, same = NamedNode("https://e.org/"), NamedNode(str(OWL.sameAs))
    for target in ("https://other.example/", "https://other.example/a/", "urn:x"):
        row = ExternalLink(node, same, NamedNode(target), Standing.ASSERTED)
        text = beacon(ABOUT, same, (row,), "https://e.org/x.txt")
        assert read_beacon(text) == {(node.value, same.value, target)}


def test_a_prefix_of_the_release_is_not_taken_for_another_namespace() -> None:
    node, same = NamedNode("https://e.org/x"), NamedNode(str(OWL.sameAs))
    targets = {"1": Standing.ASSERTED, "b/2": Standing.INFERRED}
    rows = tuple(
        ExternalLink(node, same, NamedNode(f"http://a.example/{name}"), standing)
        for name, standing in targets.items()
    )
    text = sssom(ABOUT, LinkSet("a.example", rows), {"a_example": "https://e.org/"}, lambda _: "x")
    assert {row[2] for row in read_sssom(text)} == {"http://a.example/1", "http://a.example/b/2"}
    assert {row[3].rpartition("/")[2] for row in read_sssom(text)} == {
        "ManualMappingCuration",
        "LogicalReasoning",
    }
