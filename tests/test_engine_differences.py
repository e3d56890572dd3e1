"""What the endpoint's page says of the engine. A test that fails here is a sentence to take out."""

from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, Store

from partyline.errors import QueryTimeout
from partyline.settings import Limits
from partyline.sparql import QueryPool
from partyline.sparql.guard import check

DATA = 'INSERT DATA { <urn:a> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> }'
GRAPH = "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> <urn:b> } }"


def rows(query: str) -> list[str]:
    store = Store()
    store.update(DATA)
    store.update(GRAPH)
    check(query, Limits())
    results = store.query(query)
    if isinstance(results, QueryBoolean):
        return ["yes"] if results else []
    assert isinstance(results, QuerySolutions)
    return [str(row) for row in results]


def test_numbers_lose_their_spelling() -> None:
    assert "value=1 " in rows("SELECT ?o { ?s ?p ?o }")[0]


def test_a_path_of_length_zero_wants_a_known_node() -> None:
    assert rows("SELECT ?x { <urn:unknown> <urn:p>* ?x }") == []
    assert rows("SELECT ?x { ?x <urn:p>? <urn:unknown> }") == []


@pytest.mark.parametrize("aggregate", ["SUM", "AVG", "MIN", "MAX"])
def test_an_aggregate_over_a_gap_is_unbound(aggregate: str) -> None:
    text = f"SELECT ({aggregate}(?x) AS ?y) {{{{ VALUES ?x {{{{ 1 UNDEF }}}} {{}} }}}}"
    assert rows(text.format("")) == ["<QuerySolution>"]
    assert rows(text.format("FILTER(BOUND(?x))")) != ["<QuerySolution>"]


def test_the_variable_of_graph_is_bound_inside() -> None:
    assert rows("SELECT ?g { GRAPH ?g { ?s ?p ?o FILTER(BOUND(?g)) } }")


def test_a_path_in_a_query_of_its_own_says_the_same() -> None:
    path = "(<urn:p>|^<urn:p>)*"
    plain = rows(f"SELECT ?x ?o {{ <urn:a> {path} ?x . ?x <urn:p> ?o }}")
    inner = f"{{ SELECT DISTINCT ?x {{ <urn:a> {path} ?x }} }}"
    assert rows(f"SELECT ?x ?o {{ {inner} ?x <urn:p> ?o }}") == plain


def test_a_path_from_a_variable_with_one_value_says_the_same() -> None:
    path = "(<urn:p>|^<urn:p>)*"
    plain = rows(f"SELECT ?x ?o {{ <urn:a> {path} ?x . ?x <urn:p> ?o }}")
    assert plain
    start = "VALUES ?s { <urn:a> }"
    assert rows(f"SELECT ?x ?o {{ {start} ?s {path} ?x . ?x <urn:p> ?o }}") == plain


def test_the_workaround_the_first_solution_of_a_path() -> None:
    beginning = "{ BIND(<urn:unknown> AS ?x) }"
    assert len(rows(f"SELECT ?x {{ {beginning} UNION {{ <urn:unknown> <urn:p>+ ?x }} }}")) == 1


def test_the_workaround_the_variable_of_graph() -> None:
    inner = "{ SELECT ?s ?p ?o { ?s ?p ?o FILTER(!BOUND(?g)) } }"
    assert len(rows(f"SELECT ?g {{ GRAPH ?g {{ {inner} }} }}")) == 1


def test_a_path_in_two_directions_is_tried_for_each_solution_of_its_neighbour(
    tmp_path: Path,
) -> None:
    """Ten seconds of work as it is written, and a hundredth of one from a variable."""
    store = Store(str(tmp_path / "store"))
    things = [NamedNode(f"urn:{number}") for number in range(6000)]
    store.extend(Quad(thing, NamedNode("urn:name"), Literal(thing.value)) for thing in things)
    store.extend(
        Quad(thing, NamedNode("urn:p"), before)
        for number, (before, thing) in enumerate(pairwise(things))
        if number % 2000
    )
    store.flush()
    path = "(<urn:p>|^<urn:p>)* ?x . ?x <urn:name> ?name"
    with QueryPool(tmp_path / "store", Limits(query_seconds=1.5, workers=2), {}) as pool:

        def solutions(query: str) -> int:
            return pool.query(query, rows="text/csv", graph="text/turtle").rows()

        assert solutions(f"SELECT ?name {{ VALUES ?s {{ <urn:55> }} ?s {path} }}") == 2000
        with pytest.raises(QueryTimeout):
            solutions(f"SELECT ?name {{ <urn:55> {path} }}")
