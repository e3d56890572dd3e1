"""Constraints that all data meet are not given to the engine, and no others are kept from it."""

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from partyline.sources import parse_turtle
from partyline.validation.shacl.conforming import conforming
from partyline.validation.shacl.data_graph import DataGraph
from partyline.validation.shacl.engine import run_engine
from partyline.validation.shacl.shapes_graph import ShapesGraph
from partyline.validation.shacl.validate import validate, without_constraints

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
"""
DATA = """
ex:Cat rdfs:subClassOf ex:Animal .
ex:tom a ex:Cat ; ex:name "Tom" ; ex:age 3 ; ex:home ex:house .
ex:rex a ex:Animal ; ex:name "Rex" ; ex:age 12 ; ex:home ex:house .
ex:house a ex:Place ; ex:name "A house"@en , "Ein Haus"@de .
"""
#: Constraints on properties of animals, and a statement by which one does not conform.
CONSTRAINTS = {
    "sh:path ex:name ; sh:minCount 1": "ex:x a ex:Cat .",
    "sh:path ex:name ; sh:maxCount 1": 'ex:tom ex:name "Thomas" .',
    "sh:path ex:name ; sh:datatype xsd:string": 'ex:tom ex:name "Tom"@en .',
    "sh:path ex:age ; sh:datatype xsd:integer": 'ex:tom ex:age "old"^^xsd:integer .',
    "sh:path ex:age ; sh:minInclusive 3": "ex:rex ex:age 2 .",
    "sh:path ex:age ; sh:maxInclusive 12": "ex:rex ex:age 12.5 .",
    "sh:path ex:name ; sh:minLength 3": 'ex:rex ex:name "Re" .',
    "sh:path ex:name ; sh:maxLength 3": 'ex:rex ex:name "Rexy" .',
    "sh:path ex:home ; sh:nodeKind sh:IRI": "ex:tom ex:home [] .",
    "sh:path ex:home ; sh:class ex:Place": "ex:tom ex:home ex:tom .",
    "sh:path ex:home ; sh:in ( ex:house ex:barn )": "ex:tom ex:home ex:tom .",
    "sh:path ( ex:home ex:name ) ; sh:minCount 2": "ex:tim a ex:Cat ; ex:home ex:garden .",
    "sh:path ( ex:home ex:name ) ; sh:maxCount 2": 'ex:house ex:name "Maison"@fr .',
    "sh:path [ sh:inversePath ex:home ] ; sh:maxCount 0": "ex:rex ex:home ex:tom .",
    "sh:path [ sh:alternativePath ( ex:name ex:age ) ] ; sh:maxCount 2": "ex:tom ex:age 4 .",
}


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def shapes_graph(turtle: str) -> ShapesGraph:
    return ShapesGraph((parse_turtle((PREFIXES + turtle).encode(), "shapes.ttl"),))


def left(data: str, shapes: ShapesGraph) -> tuple[Triple, ...]:
    """Return what the engine gets of *shapes*."""
    return without_constraints(
        shapes.graph, set(conforming(shapes, DataGraph(triples(data))))
    ).triples


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_what_all_data_meet_is_left_out_and_what_one_node_does_not_is_kept(constraint: str) -> None:
    text = f"ex:S a sh:NodeShape ; sh:targetClass ex:Animal ; sh:property [ {constraint} ] ."
    shapes = shapes_graph(text)
    # A list, or a node of a path, may stay: nothing refers to it.
    assert not [row for row in left(DATA, shapes) if row.subject in shapes.shapes]
    damaged = DATA + CONSTRAINTS[constraint]
    assert left(damaged, shapes) == shapes.graph.triples
    data = triples(damaged)
    found = validate(data, shapes)
    assert found
    assert set(found) == set(run_engine(data, shapes.graph.triples))


@pytest.mark.parametrize(
    "shapes",
    [
        # Others refer to the shape, whose focus nodes are theirs, too.
        "ex:S sh:targetClass ex:Animal ; sh:node ex:T . ex:T a sh:NodeShape ; sh:nodeKind sh:IRI .",
        "ex:S sh:targetNode ex:tom ; sh:nodeKind sh:IRI .",
        "ex:S a rdfs:Class , sh:NodeShape ; sh:nodeKind sh:IRI .",
        "ex:S sh:targetClass ex:Animal ; sh:nodeKind sh:IRI ; sh:deactivated true .",
        "ex:S sh:targetClass ex:Animal ; sh:property"
        " [ sh:path [ sh:zeroOrMorePath ex:home ] ; sh:minCount 1 ] .",
        "ex:S sh:targetClass ex:Animal ; sh:property"
        " [ sh:path ex:home ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ] .",
        # Ill-formed: the engine says so.
        'ex:S sh:targetClass ex:Animal ; sh:property [ sh:path ex:name ; sh:minCount "one" ] .',
        "ex:S sh:targetClass ex:Animal ; sh:minCount 1 .",
        "ex:S sh:targetClass ex:Animal ; sh:nodeKind sh:IRI , sh:Literal .",
    ],
)
def test_what_takes_more_than_counting_is_the_engines(shapes: str) -> None:
    graph = shapes_graph(shapes)
    assert left(DATA, graph) == graph.graph.triples


def test_a_closed_shape_keeps_the_paths_that_it_allows() -> None:
    shapes = shapes_graph(
        "ex:S sh:targetClass ex:Animal ; sh:closed true ; sh:property ex:P ."
        " ex:P sh:path ex:name ; sh:minCount 1 ."
    )
    kept = {str(row.predicate).rpartition("#")[2].strip(">") for row in left(DATA, shapes)}
    assert kept == {"targetClass", "closed", "property", "path"}


def test_a_property_shape_that_is_negated_too_is_the_engines() -> None:
    shapes = shapes_graph(
        "ex:S sh:targetClass ex:Animal ; sh:property ex:P ; sh:not ex:P ."
        " ex:P sh:path ex:name ; sh:minCount 1 ."
    )
    assert left(DATA, shapes) == shapes.graph.triples
