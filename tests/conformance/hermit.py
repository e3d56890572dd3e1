"""The ontology and the knowledge before a reasoner of OWL 2 DL: ``make hermit``.

HermiT comes with owlready2 and needs Java. It stops at datatypes outside the OWL 2 datatype map, so
dates are given to it as strings.
"""

from collections.abc import Iterator, Set
from pathlib import Path

import owlready2
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from partyline.settings import read_settings
from partyline.validation import CheckReport, run_checks
from partyline.vocabulary import EDTF, OWL, RDF, XSD

SETTINGS = read_settings(environ={})
PL = SETTINGS.knowledge.ontology_iri + "#"


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return run_checks(SETTINGS)


def for_hermit(triples: Set[Triple]) -> Iterator[Triple]:
    for triple in sorted(triples, key=str):
        literal = triple.object
        if isinstance(literal, Literal) and literal.datatype in (XSD.date, EDTF):
            yield Triple(triple.subject, triple.predicate, Literal(literal.value))
        elif triple.object != EDTF and triple.subject != EDTF:
            yield triple


def reason(triples: Set[Triple], file: Path) -> owlready2.World:
    """Let HermiT reason. Raises OwlReadyInconsistentOntologyError."""
    serialize(for_hermit(triples), str(file), format=RdfFormat.N_TRIPLES)
    world = owlready2.World()
    world.get_ontology(file.as_uri()).load()
    owlready2.sync_reasoner_hermit(world, debug=0)
    return world


def asserted(report: CheckReport) -> Set[Triple]:
    assert report.closure is not None
    return report.closure.asserted


def denial(subject: str, predicate: str, object_: str) -> Set[Triple]:
    """Return the statement that one thing does not stand in a relation to another."""
    node = BlankNode()
    things = SETTINGS.knowledge.things
    return frozenset(
        {
            Triple(node, RDF.type, OWL.NegativePropertyAssertion),
            Triple(node, OWL.sourceIndividual, NamedNode(things + subject)),
            Triple(node, OWL.assertionProperty, NamedNode(PL + predicate)),
            Triple(node, OWL.targetIndividual, NamedNode(things + object_)),
        }
    )


def test_ontology_and_knowledge_are_consistent_and_every_class_can_have_members(
    report: CheckReport, tmp_path: Path
) -> None:
    world = reason(asserted(report), tmp_path / "partyline.nt")
    assert list(world.inconsistent_classes()) == []
    assert len(list(world.classes())) > 100


@pytest.mark.parametrize(
    ("subject", "predicate", "object_"),
    [
        (
            "organisation/democratic-national-union-movement",
            "splinterOf",
            "organisation/cambodian-national-unity-party",
        ),
        (
            "organisation/cambodian-national-unity-party",
            "descendsFrom",
            "organisation/communist-party-of-kampuchea",
        ),
    ],
)
def test_what_we_derive_cannot_be_denied(
    report: CheckReport, tmp_path: Path, subject: str, predicate: str, object_: str
) -> None:
    denied = asserted(report) | denial(subject, predicate, object_)
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reason(denied, tmp_path / "denied.nt")


def test_what_we_do_not_derive_can_be_denied(report: CheckReport, tmp_path: Path) -> None:
    dnum = "organisation/democratic-national-union-movement"
    denied = denial("organisation/cambodian-national-unity-party", "splinterOf", dnum)
    assert reason(asserted(report) | denied, tmp_path / "denied.nt")


def test_a_person_who_is_an_organisation_is_refused(report: CheckReport, tmp_path: Path) -> None:
    person = NamedNode(SETTINGS.knowledge.things + "person/pol-pot")
    wrong = Triple(person, RDF.type, NamedNode(PL + "Organisation"))
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reason(asserted(report) | {wrong}, tmp_path / "wrong.nt")
