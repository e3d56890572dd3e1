"""What follows is derived in an endpoint: the same as here, or the reason why not."""

from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from command_line import partyline
from partyline.cli.options.remote import endpoint_of
from partyline.errors import EngineError
from partyline.loading import PatientEndpoint
from partyline.loading.inference import Derived, RemoteMaterialisation
from partyline.reasoning import materialise
from partyline.settings import Remote
from sparql_server import StoreServer, serving_store

GIVEN, OUTPUT = "https://example.org/given", "https://example.org/inferred"
_PREFIXES = """
@prefix : <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
ONTOLOGY = """
:before a owl:TransitiveProperty ; owl:inverseOf :after ; rdfs:domain :Event ; rdfs:range :Event .
:Split rdfs:subClassOf :Event ; owl:disjointWith :Merger .
:Merger rdfs:subClassOf :Event .
:uncle owl:propertyChainAxiom ( :parent :brother ) .
:brother a owl:SymmetricProperty .
:Parent owl:equivalentClass [ owl:onProperty :child ; owl:someValuesFrom :Person ] .
:child owl:inverseOf :parent .
:Khmer rdfs:subClassOf [ owl:onProperty :speaks ; owl:hasValue :KhmerLanguage ] .
:Big owl:unionOf ( :Split :Merger ) .
"""
DATA = """
:a :before :b . :b :before :c . :c :before :d . :d :before :e . :e :before :f .
:a a :Split . :f a :Merger . :b rdfs:label "b"@en ; :before :z .
:x :parent :y . :y :brother :w . :x a :Person . :v a :Khmer .
_:one :before :a . _:one :before _:two .
"""


@pytest.fixture
def server() -> Iterator[StoreServer]:
    with serving_store(StoreServer()) as server:
        yield server


def triples(*turtle: str) -> list[Triple]:
    text = _PREFIXES + "".join(turtle)
    return [row.triple for row in parse(text.encode(), RdfFormat.TURTLE)]


def given(server: StoreServer, *turtle: str) -> list[Triple]:
    """Put *turtle* into the store; return it with the labels that its blank nodes have there."""
    graph = NamedNode(GIVEN)
    for row in triples(*turtle):
        server.store.add(Quad(row.subject, row.predicate, row.object, graph))
    return [row.triple for row in server.store.quads_for_pattern(None, None, None, graph)]


def derive(server: StoreServer) -> tuple[Derived, set[Triple]]:
    """Return what the endpoint derives of what was put into it."""
    endpoint, _ = endpoint_of(Remote(f"{server.address}/query"), 20)
    patient = PatientEndpoint(endpoint, 20, sleep=lambda seconds: None)
    found = RemoteMaterialisation(patient, [GIVEN], OUTPUT).run()
    rows = server.store.quads_for_pattern(None, None, None, NamedNode(OUTPUT))
    return found, {row.triple for row in rows}


def graphs(server: StoreServer) -> set[str]:
    return {row.value for row in server.store.named_graphs() if isinstance(row, NamedNode)}


def test_the_endpoint_derives_what_is_derived_here(server: StoreServer) -> None:
    expected = materialise(given(server, ONTOLOGY, DATA)).inferred
    found, derived = derive(server)
    assert derived == expected
    assert found.statements == len(expected) > 40
    assert graphs(server) == {GIVEN, OUTPUT}


def test_an_earlier_result_is_replaced(server: StoreServer) -> None:
    server.store.update(f"INSERT DATA {{ GRAPH <{OUTPUT}> {{ <urn:old> <urn:p> 1 }} }}")
    given(server, ":a a :C . :C rdfs:subClassOf :D .")
    assert len(derive(server)[1]) == 1
    server.store.update(f"DELETE WHERE {{ GRAPH <{GIVEN}> {{ ?s a ?c }} }}")
    assert derive(server)[1] == set()


def test_contradictions_leave_the_result_as_it_was(server: StoreServer) -> None:
    apart = "[ a owl:AllDisjointClasses ; owl:members ( :Person :Event ) ] . :s a :Person ."
    given(server, ONTOLOGY, ":s a :Split, :Merger .", apart)
    found, derived = derive(server)
    assert derived == set()
    assert len(found.contradictions) == 2
    assert any("?x = https://example.org/s" in line for line in found.contradictions)
    assert any("has both" in line for line in found.contradictions)


@pytest.mark.parametrize(
    ("turtle", "reason"),
    [
        (":a owl:sameAs :b .", "a join for each pair of names"),
        (":p a owl:FunctionalProperty . :a :p :b, :c .", "concludes owl:sameAs"),
        (":p rdfs:subPropertyOf rdfs:subClassOf . :A :p :B .", "axioms that only follow"),
    ],
)
def test_what_an_endpoint_cannot_derive_is_refused(
    server: StoreServer, turtle: str, reason: str
) -> None:
    given(server, turtle)
    with pytest.raises(EngineError, match=rf"{reason}.*compute it here"):
        derive(server)
    assert graphs(server) == {GIVEN}


def test_the_command_says_how_many_statements_follow(server: StoreServer) -> None:
    given(server, ONTOLOGY, DATA)
    address = f"{server.address}/query"
    options = ("materialise", "--endpoint", address, "--output-graph", OUTPUT, "--graph")
    result = partyline(*options, GIVEN)
    assert result.returncode == 0, result.stderr
    assert "statements follow: <https://example.org/inferred>" in result.stdout
    assert partyline(*options, "urn:nothing").returncode == 1
    assert partyline(*options, "no IRI").returncode == 2
    assert partyline(*options, OUTPUT).returncode == 1
    assert partyline("materialise", "--endpoint", address).returncode == 2
