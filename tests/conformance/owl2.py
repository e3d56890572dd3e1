"""The W3C OWL 2 test cases of the RL profile: ``make conformance SUITES=…``.

A positive entailment test passes when its conclusion is found to follow (`entails`). Those that no
rule of OWL 2 RL/RDF can derive are listed with the reason, and the list must be right: a test of it
that passes is a failure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, Triple, parse

from partyline.reasoning import entails, materialise

TEST = rdflib.Namespace("http://www.w3.org/2007/OWL/testOntology#")

_ALL_DIFFERENT = "no rule concludes owl:AllDifferent, the list of the conclusion"
_EXPRESSION = "the conclusion holds a class expression that no premise names; rules make no nodes"
_ANNOTATION = "the direct semantics gives annotations no meaning; the rules do not copy them"
_DATATYPES = "no rule concludes a wider datatype, or the intersection of two"

#: Name of a test, and why the rule set cannot pass it.
BEYOND_THE_RULES = {
    "chain2trans1": "no rule concludes an axiom about a chain",
    "DisjointClasses-001": _EXPRESSION,
    "DisjointClasses-003": _EXPRESSION,
    "New-Feature-DisjointDataProperties-002": _ALL_DIFFERENT,
    "New-Feature-DisjointObjectProperties-002": _ALL_DIFFERENT,
    "New-Feature-ObjectQCR-002": _EXPRESSION,
    "New-Feature-ReflexiveProperty-001": "reflexive properties are not in OWL 2 RL",
    "WebOnt-I4.6-005-Direct": _ANNOTATION,
    "WebOnt-I5.26-010": _EXPRESSION,
    "WebOnt-I5.5-005": _EXPRESSION,
    "WebOnt-I5.8-006": _DATATYPES,
    "WebOnt-I5.8-008": _DATATYPES,
    "WebOnt-I5.8-009": _DATATYPES,
    "WebOnt-equivalentClass-008-Direct": _ANNOTATION,
    "WebOnt-imports-011": "the imported ontology is not in the file",
}


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    premise: str
    conclusion: str = ""


def cases(file: Path) -> Iterator[Case]:
    graph = rdflib.Graph().parse(file, format="xml")
    approved = set(graph.subjects(TEST.profile, TEST.RL)) & set(
        graph.subjects(TEST.status, TEST.Approved)
    )
    for node in sorted(approved, key=str):
        premise = graph.value(node, TEST.rdfXmlPremiseOntology)
        if premise is None:
            continue
        name = str(graph.value(node, TEST.identifier))
        for kind, conclusion in (
            ("PositiveEntailmentTest", TEST.rdfXmlConclusionOntology),
            ("NegativeEntailmentTest", TEST.rdfXmlNonConclusionOntology),
            ("ConsistencyTest", None),
            ("InconsistencyTest", None),
        ):
            if (node, rdflib.RDF.type, TEST[kind]) in graph:
                text = str(graph.value(node, conclusion)) if conclusion else ""
                yield Case(name, kind, str(premise), text)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    suites = Path(metafunc.config.getoption("--suites"))
    found = list(cases(suites / "owl2" / "all.rdf"))
    assert found
    metafunc.parametrize("case", found, ids=[f"{row.kind}:{row.name}" for row in found])


def test_a_case_of_the_w3c(case: Case) -> None:
    closure = materialise(triples(case.premise))
    if case.kind == "ConsistencyTest":
        assert not closure.inconsistencies
    elif case.kind == "InconsistencyTest":
        assert closure.inconsistencies
    else:
        holds = entails(closure.asserted, triples(case.conclusion))
        expected = case.kind == "PositiveEntailmentTest" and case.name not in BEYOND_THE_RULES
        assert holds == expected, BEYOND_THE_RULES.get(case.name, "")


def triples(text: str) -> list[Triple]:
    base = "http://example.org/"
    return [quad.triple for quad in parse(text, format=RdfFormat.RDF_XML, base_iri=base)]
