"""The ontology beside the vocabularies that it is aligned with: ``make conformance SUITES=…``.

Every foreign term that it names exists there, and reasoning over it together with ORG and PROV-O
gives no contradiction, and no conclusion within our own terms that was not there before.
"""

from collections.abc import Set
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from partyline.reasoning import materialise
from partyline.settings import read_settings
from partyline.sources import read_turtle
from partyline.validation import run_checks
from partyline.vocabulary import OWL, RDF, RDFS

#: Namespaces of the vocabularies, and the file of the suites that has each.
VOCABULARIES = {
    "http://www.w3.org/ns/org#": "org",
    "http://www.w3.org/ns/prov#": "prov",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.w3.org/ns/oa#": "oa",
    "http://www.cidoc-crm.org/cidoc-crm/": "crm",
    "http://semanticweb.cs.vu.nl/2009/11/sem/": "sem",
    "http://schema.org/": "schema",
    "http://purl.org/vocab/vann/": "vann",
}
SETTINGS = read_settings(environ={})
OURS = SETTINGS.knowledge.ontology_iri + "#"
PROV_ENTITY = NamedNode("http://www.w3.org/ns/prov#Entity")
PROV_ACTIVITY = NamedNode("http://www.w3.org/ns/prov#Activity")


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.getoption("--suites")) / "vocabularies"


def vocabulary(folder: Path, name: str) -> set[Triple]:
    file = folder / f"{name}.nq"
    # Two files may call two blank nodes by one label.
    quads = parse(path=str(file), format=RdfFormat.N_QUADS, rename_blank_nodes=True)
    return {quad.triple for quad in quads}


def ontology() -> set[Triple]:
    return {
        statement.triple
        for file in SETTINGS.knowledge.ontology.glob("*.ttl")
        for statement in read_turtle(file).statements
    }


def test_every_foreign_term_exists_in_its_vocabulary(folder: Path) -> None:
    named = {
        term.value
        for triple in ontology()
        for term in triple
        if isinstance(term, NamedNode) and not term.value.startswith(OURS)
    }
    checked = 0
    for namespace, name in VOCABULARIES.items():
        defined = {str(triple.subject) for triple in vocabulary(folder, name)}
        # schema.org is published under both schemes.
        defined |= {
            subject.replace("https://schema.org", "http://schema.org") for subject in defined
        }
        for iri in named:
            if iri.startswith(namespace) and iri != namespace:
                assert f"<{iri}>" in defined, iri
                checked += 1
    assert checked > 80


def test_together_with_org_and_prov_nothing_silly_follows(folder: Path) -> None:
    alone = run_checks(SETTINGS)
    assert alone.closure is not None
    foreign = vocabulary(folder, "org") | vocabulary(folder, "prov")
    together = materialise(alone.closure.asserted | foreign)

    assert not together.inconsistencies
    new = together.inferred - alone.closure.inferred - alone.closure.asserted
    for triple in new:
        assert triple.predicate != OWL.sameAs, triple
        about_ours = isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(OURS)
        to_ours = isinstance(triple.object, NamedNode) and triple.object.value.startswith(OURS)
        # Our classes may get foreign superclasses; among themselves they stay as they were.
        assert not (about_ours and to_ours), triple
        assert not (triple.predicate == RDF.type and to_ours), triple
        assert triple.predicate not in (OWL.equivalentClass, OWL.equivalentProperty) or not (
            about_ours or to_ours
        ), triple
    kinds = {kind: members(together.inferred, kind) for kind in (PROV_ENTITY, PROV_ACTIVITY)}
    assert kinds[PROV_ACTIVITY]
    assert not kinds[PROV_ENTITY] & kinds[PROV_ACTIVITY]


def members(triples: Set[Triple], kind: NamedNode) -> set[object]:
    return {triple.subject for triple in triples if triple[1] == RDF.type and triple[2] == kind}


def test_no_class_of_ours_is_empty_by_its_axioms() -> None:
    """A class that is below two disjoint ones could never have a member."""
    closure = materialise(ontology())
    above: dict[object, set[object]] = {}
    disjoint: set[tuple[object, object]] = set()
    for triple in closure.asserted | closure.inferred:
        if triple.predicate == RDFS.subClassOf:
            above.setdefault(triple.subject, {triple.subject}).add(triple.object)
        elif triple.predicate == OWL.disjointWith:
            disjoint |= {(triple.subject, triple.object), (triple.object, triple.subject)}
    assert disjoint
    for low, upper in above.items():
        for one in upper:
            assert not any((one, other) in disjoint for other in upper), (low, one)
