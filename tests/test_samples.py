"""The sample of inferred statements that a person reads (`make sample`)."""

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from partyline.releases import Release
from partyline.settings import Settings
from partyline.vocabulary import PL, RDF
from samples.inferred import Reader, sample


def test_every_inferred_predicate_and_class_of_the_knowledge_is_sampled(
    release: Release, settings: Settings
) -> None:
    drawn = {row for _, rows, _ in sample(release, 5, 1) for row in rows}
    inferred = {
        quad.triple
        for quad in parse(path=str(release.dumps / "inferred.nt"), format=RdfFormat.N_TRIPLES)
        if str(quad.subject).startswith(f"<{settings.knowledge.things}")
    }

    def kind(triple: Triple) -> object:
        return triple.object if triple.predicate == RDF.type else triple.predicate

    assert {kind(row) for row in drawn} == {kind(row) for row in inferred}
    assert drawn <= inferred
    for name, rows, total in sample(release, 5, 1):
        assert len(rows) == min(5, total), name


def test_the_seed_decides_what_is_drawn(release: Release) -> None:
    first, second, other = (list(sample(release, 5, seed)) for seed in (1, 1, 2))
    assert first == second
    assert [name for name, _, _ in first] == [name for name, _, _ in other]
    assert first != other


def test_a_statement_is_shown_with_the_words_that_it_rests_on(
    release: Release, settings: Settings
) -> None:
    party, parent = (
        NamedNode(f"{settings.knowledge.things}organisation/{slug}")
        for slug in ("democratic-national-union-movement", "khmer-rouge")
    )
    text = Reader(release).explained(Triple(party, PL.splinterOf, parent))
    assert text.startswith("  Democratic National Union Movement (organisation:")
    assert "by prp-spo2, from" in text
    assert "“defection of Ieng Sary in 1996”" in text
    assert "kb/people/ieng-sary.ttl:" in text
    assert "Normal" in text
    assert "owl:" not in text, "axioms are the same for every statement"
