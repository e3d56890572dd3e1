"""All of the built-in knowledge, by our rules and by owlrl: ``make oracle``. It takes minutes."""

from pyoxigraph import NamedNode, Triple

from partyline.reasoning import materialise
from partyline.releases import examine
from partyline.settings import read_settings

SETTINGS = read_settings(environ={})


def about_things(triples: frozenset[Triple]) -> set[str]:
    things = SETTINGS.knowledge.things
    return {
        str(row)
        for row in triples
        if isinstance(row.subject, NamedNode) and row.subject.value.startswith(things)
    }


def test_both_derive_the_same_about_every_thing() -> None:
    closure = examine(SETTINGS).closure
    assert closure is not None
    oracle = materialise(closure.asserted, "owlrl")

    ours, theirs = about_things(closure.inferred), about_things(oracle.inferred)
    assert len(ours) > 5000
    assert ours - theirs == set()
    assert theirs - ours == set()
    assert not oracle.contradictions
