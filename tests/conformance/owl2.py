"""The W3C OWL 2 test cases of the RL profile: ``make conformance SUITES=…``.

A positive entailment test passes when its conclusion is a part of the closure (blank nodes may be
any node); declarations and what holds of everything are taken as given. Those that no rule of
OWL 2 RL/RDF can derive are listed with the reason, and the list must be right: a test of it that
passes is a failure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, RdfFormat, Triple, Variable, parse

from partyline.reasoning import materialise
from partyline.reasoning.compiler import fact
from partyline.reasoning.facts import Facts
from partyline.reasoning.rules import Fact, Pattern
from partyline.vocabulary import OWL, RDF, RDFS

TEST = rdflib.Namespace("http://www.w3.org/2007/OWL/testOntology#")

_DIFFERENT = "no rule concludes owl:differentFrom; adding owl:sameAs is a contradiction"
_EXPRESSION = "the conclusion holds a class expression that no premise names; rules make no nodes"
_ANNOTATION = "the direct semantics gives annotations no meaning; the rules do not copy them"
_DATATYPES = "no rule concludes a wider datatype, or the intersection of two"

#: Name of a test, and why the rule set cannot pass it.
BEYOND_THE_RULES = {
    "chain2trans1": "no rule concludes an axiom about a chain",
    "DisjointClasses-001": _EXPRESSION,
    "DisjointClasses-003": _EXPRESSION,
    "New-Feature-DisjointDataProperties-002": _DIFFERENT,
    "New-Feature-DisjointObjectProperties-001": _DIFFERENT,
    "New-Feature-DisjointObjectProperties-002": _DIFFERENT,
    "New-Feature-ObjectQCR-002": _EXPRESSION,
    "New-Feature-ReflexiveProperty-001": "reflexive properties are not in OWL 2 RL",
    "owl2-rl-rules-fp-differentFrom": _DIFFERENT,
    "owl2-rl-rules-ifp-differentFrom": _DIFFERENT,
    "WebOnt-I4.6-005-Direct": _ANNOTATION,
    "WebOnt-I5.26-010": _EXPRESSION,
    "WebOnt-I5.5-005": _EXPRESSION,
    "WebOnt-I5.8-006": _DATATYPES,
    "WebOnt-I5.8-008": _DATATYPES,
    "WebOnt-I5.8-009": _DATATYPES,
    "WebOnt-differentFrom-001": _DIFFERENT,
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
        assert not closure.contradictions
    elif case.kind == "InconsistencyTest":
        assert closure.contradictions
    else:
        holds = bool(closure.contradictions) or entailed(case.conclusion, closure.facts)
        expected = case.kind == "PositiveEntailmentTest" and case.name not in BEYOND_THE_RULES
        assert holds == expected, BEYOND_THE_RULES.get(case.name, "")


def triples(text: str) -> list[Triple]:
    base = "http://example.org/"
    return [quad.triple for quad in parse(text, format=RdfFormat.RDF_XML, base_iri=base)]


def entailed(conclusion: str, closure: Facts) -> bool:
    wanted = [row for row in map(fact, triples(conclusion)) if not given(row)]
    return any(True for _ in closure.solutions(list(map(generalised, wanted))))


def given(row: Fact) -> bool:
    """Tell whether *row* declares something, or says what holds of everything."""
    subject, predicate, object_ = row
    declared = predicate == RDF.type and (object_ in OWL or object_ in RDFS or object_ in RDF)
    meant = object_ in _CHARACTERISTICS
    return (declared and not meant) or (subject == object_ and predicate in _REFLEXIVE)


_REFLEXIVE = (OWL.sameAs, RDFS.subClassOf, RDFS.subPropertyOf, OWL.equivalentClass)
_CHARACTERISTICS = {
    OWL[f"{name}Property"]
    for name in (
        *("Functional", "InverseFunctional", "Transitive", "Symmetric"),
        *("Asymmetric", "Irreflexive", "Reflexive"),
    )
} | {OWL.Nothing}


def generalised(row: Iterable[object]) -> Pattern:
    subject, predicate, object_ = (
        Variable(f"b{node.value}") if isinstance(node, BlankNode) else node for node in row
    )
    return subject, predicate, object_  # type: ignore[return-value]  # nodes and variables
