"""Our rules beside owlrl's, both ways: ``make oracle``. It takes minutes.

All of the built-in knowledge, and the generated data of the benchmark. What owlrl derives too much
or too little is in `known_differences`: it does not compare the last property of a key, which is
one for all in the key of the generated data. Contradictions are looked for by our constraints.
"""

from collections.abc import Set
from pathlib import Path
from time import process_time

import generation
import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from partyline.reasoning import materialise
from partyline.settings import read_settings
from partyline.validation import run_checks

SETTINGS = read_settings(environ={})
ONTOLOGIES = Path(generation.__file__).parent / "ontologies"


def about_things(found: Set[Triple], namespace: str) -> set[str]:
    return {
        str(row)
        for row in found
        if isinstance(row.subject, NamedNode) and row.subject.value.startswith(namespace)
    }


def generated(kind: str, size: int) -> set[Triple]:
    ontology = parse(path=str(ONTOLOGIES / f"{kind}.ttl"), format=RdfFormat.TURTLE)
    data = parse("\n".join(generation.triples(kind, size)), format=RdfFormat.N_TRIPLES)
    return {quad.triple for quads in (ontology, data) for quad in quads}


def test_both_derive_the_same_about_every_thing() -> None:
    closure = run_checks(SETTINGS).closure
    assert closure is not None
    oracle = materialise(closure.asserted, "owlrl")

    things = SETTINGS.knowledge.things
    ours, theirs = about_things(closure.inferred, things), about_things(oracle.inferred, things)
    assert len(ours) > 5000
    assert ours - theirs == set()
    assert theirs - ours == set()
    assert not oracle.inconsistencies


@pytest.mark.parametrize("size", [1_000, 10_000])
@pytest.mark.parametrize("kind", generation.GENERATORS)
def test_both_derive_the_same_from_generated_data(
    kind: str, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    asserted = generated(kind, size)
    start = process_time()
    theirs = materialise(asserted, "owlrl")
    seconds = process_time() - start
    for engine in ("sparql", "arrays", "duckdb"):
        ours = materialise(asserted, engine)
        missing, extra = theirs.inferred - ours.inferred, ours.inferred - theirs.inferred
        with capsys.disabled():
            print(
                f"\n{kind} {size:,}, {engine}: {len(ours.inferred):,} inferred,"
                f" {len(missing)} missing, {len(extra)} extra (owlrl: {seconds:.1f} CPU seconds)"
            )
        assert missing == set()
        assert extra == set()
        assert not ours.inconsistencies
    assert not theirs.inconsistencies
