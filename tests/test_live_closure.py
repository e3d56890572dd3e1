"""Edits of a closure in place: the same as starting over, whatever comes and goes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Triple

from partyline.reasoning import Closure, LiveClosure, materialise
from partyline.reasoning.incremental.change_log import ChangeTooLarge
from random_knowledge import MORE_AXIOMS, MORE_DATA
from sampling import examples
from test_reasoning import triples

LINES = st.lists(st.one_of(MORE_AXIOMS, MORE_DATA), min_size=1, max_size=12)


def assert_as_from_scratch(live: LiveClosure, asserted: frozenset[Triple]) -> None:
    scratch = materialise(asserted, "sparql")
    present = live.closure()
    assert present.asserted == asserted
    assert present.inferred == scratch.inferred
    assert frozenset(present.facts) == frozenset(scratch.facts)
    assert set(present.inconsistencies) == set(scratch.inconsistencies)
    assert len(present.inconsistencies) == len(set(scratch.inconsistencies))


@settings(max_examples=examples(10, 200), deadline=None)
@given(LINES, st.lists(st.tuples(LINES, st.randoms(use_true_random=False)), min_size=1, max_size=4))
def test_after_random_edits_of_axioms_and_data_the_closure_is_as_from_scratch(
    beginning: list[str], edits: list[tuple[list[str], random.Random]]
) -> None:
    asserted = triples("\n".join(beginning))
    live = LiveClosure(asserted)
    for lines, choice in edits:
        added = triples("\n".join(lines))
        removed = frozenset(row for row in sorted(asserted, key=str) if choice.random() < 0.4)
        asserted = (asserted - removed) | added
        try:
            live.change(added=added, removed=removed, most=5_000)
        except ChangeTooLarge:  # all that is there is equal to much else
            live = LiveClosure(asserted)
        assert_as_from_scratch(live, asserted)


def test_what_is_the_same_as_itself_goes_with_the_rule_that_entailed_it() -> None:
    asserted, same = triples(":C rdfs:subClassOf :C ."), triples(":C owl:sameAs :D .")
    live = LiveClosure(asserted | same)
    live.change(removed=same)
    live.change(removed=asserted)
    assert len(live) == 0


def edit(before: str, added: str = "", removed: str = "") -> Closure:
    asserted = triples(before)
    live = LiveClosure(asserted)
    live.change(triples(added), triples(removed))
    assert_as_from_scratch(live, (asserted - triples(removed)) | triples(added))
    return live.closure()


def test_resources_stop_being_different_when_one_is_no_longer_the_same_as_a_value() -> None:
    different, two = triples(":b owl:differentFrom :c ."), ":b owl:sameAs 'x' . :c owl:sameAs 1.5 ."
    assert different <= edit(":b owl:sameAs 'x' .", added=":c owl:sameAs 1.5 .").inferred
    assert not edit(two, removed=":c owl:sameAs 1.5 .").inferred
    assert not edit(two, added=":c owl:sameAs 'x' .", removed=two).inferred
    assert edit(two, added=":b owl:sameAs :c .").inconsistencies


def test_a_literal_that_went_is_not_a_member_of_a_datatype() -> None:
    edit(
        ":a :p 1 .",
        added="[] owl:someValuesFrom xsd:byte ; owl:onProperty :p .",
        removed=":a :p 1 .",
    )


def test_what_had_a_second_reason_stays() -> None:
    before = ":p rdfs:domain :C . :q rdfs:domain :C . :a :p :b ; :q :b ."
    assert edit(before, removed=":a :p :b .").inferred == triples(":a a :C .")


def test_what_has_a_second_reason_that_is_long_stays() -> None:
    """A proof of 40 steps is not found before the deletion: what was deleted is derived again."""
    way = " ".join(f":n{number} :p :n{number + 1} ." for number in range(40))
    before = f":p a owl:TransitiveProperty . {way} :n0 :p :m . :m :p :n40 ."
    inferred = edit(before, removed=":m :p :n40 .").inferred
    assert triples(":n0 :p :n40 .") <= inferred
    assert not triples(":m :p :n40 .") & inferred


def test_what_only_proved_itself_goes() -> None:
    before = ":p owl:inverseOf :q . :q rdfs:subPropertyOf :p . :a :p :b ."
    assert not edit(before, removed=":a :p :b .").inferred - triples(":q owl:inverseOf :p .")


def test_an_axiom_that_goes_takes_its_conclusions_along() -> None:
    before = ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E . :a a :C ."
    assert edit(before, removed=":D rdfs:subClassOf :E .").inferred == triples(":a a :D .")


def test_an_axiom_that_comes_late_is_applied_to_what_is_there() -> None:
    found = edit(":a :p :b . :b :p :c .", added=":p a owl:TransitiveProperty .").inferred
    assert found == triples(":a :p :c .")


def test_a_name_that_goes_takes_along_what_was_stated_under_it() -> None:
    before = ":a owl:sameAs :b . :a :p :c . :b :q :d ."
    assert not edit(before, removed=":a owl:sameAs :b .").inferred


def test_a_change_reports_what_appeared_and_what_vanished() -> None:
    live = LiveClosure(triples(":p rdfs:subPropertyOf :q . :a :p :b ."))
    change = live.change(triples(":a :p :c ."), triples(":a :p :b ."))
    assert {Triple(*row) for row in change.appeared} == triples(":a :p :c ; :q :c .")  # type: ignore[arg-type]  # no literals here
    assert {Triple(*row) for row in change.vanished} == triples(":a :p :b ; :q :b .")  # type: ignore[arg-type]  # the same


def test_what_is_removed_but_follows_anyway_stays() -> None:
    before = ":p a owl:SymmetricProperty . :a :p :b . :b :p :a ."
    assert edit(before, removed=":b :p :a .").inferred == triples(":b :p :a .")


def test_a_cell_of_a_list_that_is_written_although_it_follows_breaks_the_list() -> None:
    """Lists are read as written: what is derived of a cell is not a member."""
    before = ":C owl:oneOf _:one . _:one rdf:first :a ; rdf:rest rdf:nil . :a owl:sameAs :b ."
    assert triples(":a a :C .") <= edit(before).inferred
    assert not triples(":a a :C .") & edit(before, "_:one rdf:first :b .").inferred


def test_what_contradicts_is_known_after_every_edit() -> None:
    before = ":C owl:disjointWith :D . :p rdfs:range xsd:date . :a a :C . :b :p :c ."
    assert not edit(before).inconsistencies
    found = edit(before, ':a a :D . :b :p "tomorrow" . :d :q "x"^^xsd:integer .').inconsistencies
    assert {row.constraint.name for row in found} == {"cax-dw", "dt-not-type"}
    assert len(found) == 3
    twice = before + ' :a a :D . :d :q "x"^^xsd:integer .'
    assert not edit(twice, removed=':a a :C . :d :q "x"^^xsd:integer .').inconsistencies
    assert edit(before + " :a a :D .", removed=":C owl:disjointWith :D .").inconsistencies == ()


def test_the_form_of_a_value_that_is_published_follows_the_edits() -> None:
    before = ":p a owl:FunctionalProperty ; rdfs:subPropertyOf :q . :a :p 1 ."
    assert triples(":a :q 1 .") <= edit(before, ":b :p 01 . :b owl:sameAs :a .").inferred
    assert edit(before, ":a :q 1 .", ":a :p 1 .").inferred == frozenset()


def test_a_closure_that_was_taken_stays_what_it_was() -> None:
    live = LiveClosure(triples(":p rdfs:subPropertyOf :q . :a :p :b ."))
    taken = live.closure()
    live.change(removed=triples(":a :p :b ."))
    assert len(live.closure().facts) < len(taken.facts)
    assert taken.inferred == triples(":a :q :b .")


def test_a_change_of_too_much_is_refused() -> None:
    live = LiveClosure(triples(":p a owl:TransitiveProperty ."))
    chain = triples(" ".join(f":n{number} :p :n{number + 1} ." for number in range(30)))
    with pytest.raises(ChangeTooLarge):
        live.change(added=chain, most=100)


def test_a_change_among_many_equal_names_is_refused_before_it_takes_long() -> None:
    """Few facts go, but what each of them had a part in is a multiple of all."""
    names = " ".join(f":n{number} owl:sameAs :n{number + 1} ." for number in range(12))
    live = LiveClosure(triples(f"{names} :n0 :p :n5 , :n6 ; :q :n7 ."))
    with pytest.raises(ChangeTooLarge):
        live.change(removed=triples(":n3 owl:sameAs :n4 ."), most=400)
