"""Which queries of shapes are asked once for all focus nodes, and which are left to the engine."""

import pytest
from pyoxigraph import Literal

from partyline.validation.shacl.batch_queries import read_batch_query

SUM = "SELECT $this (SUM(?n) AS ?value)"
GROUP = "WHERE { $this <a:p> ?n } GROUP BY $this"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this { $this <a:p> ?x FILTER NOT EXISTS { ?x <a:q> $this } }",
        "SELECT $this { { ?x <a:p> 1 } UNION { ?x <a:q> 2 } $this <a:r> ?x }",
        "SELECT $this ?value { OPTIONAL { $this <a:p> ?value } FILTER(!BOUND(?value)) }",
        f"{SUM} {GROUP}",
        f"{SUM} {GROUP} ?n HAVING(COALESCE(SUM(?n), 0) + COUNT(*) > 2)",
    ],
)
def test_a_query_that_sees_the_focus_node_everywhere_is_asked_once(query: str) -> None:
    found = read_batch_query(Literal(query), {})
    assert found is not None
    joined = found.joined("SELECT ?this { ?this a <a:C> }")
    assert joined.index("{ { SELECT ?this { ?this a <a:C> } }") < joined.index("<a:p>")


@pytest.mark.parametrize(
    "query",
    [
        # The focus node is named where a join does not bring it.
        "SELECT $this { { FILTER(isIRI($this)) } $this <a:p> ?x }",
        "SELECT $this { $this <a:p> ?x { ?x <a:q> ?y } UNION { ?x <a:q> $this } }",
        "SELECT $this { ?x <a:p> ?y OPTIONAL { ?x <a:q> ?z OPTIONAL { $this <a:r> ?z } } }",
        "SELECT $this { { $this <a:p> ?x OPTIONAL { ?x <a:q> $this } } }",
        # Solutions of several focus nodes would be in one group, or share what is limited.
        f"{SUM} WHERE {{ $this <a:p> ?n }}",
        f"{SUM} WHERE {{ $this <a:p> ?n }} GROUP BY ?n",
        f"{SUM} {GROUP} LIMIT 1",
        f"{SUM} {GROUP} ORDER BY ?n",
        "SELECT (1 AS ?value) WHERE { $this <a:p> ?n } GROUP BY $this",
        "SELECT (SUM($this) AS ?value) WHERE { $this <a:p> ?n } GROUP BY $this",
        # Groups, and functions that engines may evaluate otherwise.
        f"{SUM} {GROUP} HAVING(EXISTS {{ $this <a:q> 1 }})",
        f"{SUM} {GROUP} HAVING(RAND() > 0.5)",
        f"SELECT $this (SAMPLE(?n) AS ?value) {GROUP}",
        "SELECT $this { $this <a:p>* ?x }",
        "SELECT $this { BIND(1 AS ?x) }",
        "ASK { $this <a:p> 1 }",
        "SELECT $this",
        "",
    ],
)
def test_other_queries_are_the_engines(query: str) -> None:
    assert read_batch_query(Literal(query), {}) is None
