"""Which rules feed which: an order in which each rule finds its premises complete."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Variable

from partyline.reasoning.model.rules import Pattern, Rule
from partyline.reasoning.model.stratification import (
    Topic,
    applicable,
    may_hold,
    strata,
    topic,
)
from partyline.vocabulary import RDF

X, Y, Z = map(Variable, "xyz")
PROPERTIES = [NamedNode(f"urn:p{number}") for number in range(3)]
CLASSES = [NamedNode(f"urn:C{number}") for number in range(3)]
PATTERNS = st.one_of(
    st.sampled_from([(X, name, Y) for name in PROPERTIES]),
    st.sampled_from([(X, RDF.type, name) for name in CLASSES]),
    st.sampled_from([(X, RDF.type, Z), (X, Y, Z)]),
)
RULES = st.lists(
    st.builds(
        lambda head, body: Rule("r", head, tuple(body)), PATTERNS, st.lists(PATTERNS, max_size=2)
    ),
    max_size=8,
    unique=True,
)


def agree(one: Pattern, other: Pattern) -> bool:
    """Tell whether one fact may agree with both patterns."""
    return all(
        isinstance(a, Variable) or isinstance(b, Variable) or a == b
        for a, b in zip(one[1:], other[1:], strict=True)
    )


def feeds(one: Rule, other: Rule) -> bool:
    return any(agree(one.head, pattern) for pattern in other.body)


@given(RULES)
def test_a_rule_comes_after_those_that_feed_it_or_is_in_one_stratum_with_them(
    rules: list[Rule],
) -> None:
    order = strata(rules)
    place = {rule: number for number, stratum in enumerate(order) for rule in stratum.rules}
    assert sorted(map(str, place)) == sorted(map(str, rules))
    for one, other in product(rules, rules):
        if feeds(one, other):
            assert place[one] <= place[other]
            if place[one] == place[other]:
                assert order[place[one]].recursive


@given(RULES)
def test_rules_share_a_stratum_only_where_each_leads_to_the_other(rules: list[Rule]) -> None:
    leads = {(one, other) for one, other in product(rules, rules) if feeds(one, other)}
    for middle, one, other in product(rules, repeat=3):
        if (one, middle) in leads and (middle, other) in leads:
            leads.add((one, other))
    for stratum in strata(rules):
        assert stratum.recursive == all(pair in leads for pair in product(stratum.rules, repeat=2))


@given(RULES, st.lists(PATTERNS, max_size=3))
def test_a_rule_applies_where_each_premise_is_there_or_concluded(
    rules: list[Rule], facts: list[Pattern]
) -> None:
    found, there = applicable(rules, map(topic, facts))
    known, chosen = list(facts), set[Rule]()
    while new := {
        rule
        for rule in set(rules) - chosen
        if all(any(agree(fact, premise) for fact in known) for premise in rule.body)
    }:
        chosen |= new
        known += (rule.head for rule in new)
    assert found == [rule for rule in rules if rule in chosen]
    assert there == set(map(topic, known))
    for body in (rule.body for rule in rules):
        expected = all(any(agree(fact, premise) for fact in known) for premise in body)
        assert may_hold(body, there) == expected


def test_topics_that_differ_in_the_class_alone_are_kept_apart() -> None:
    about: set[Topic] = {(RDF.type, CLASSES[0])}
    assert may_hold([(X, RDF.type, CLASSES[0])], about)
    assert not may_hold([(X, RDF.type, CLASSES[1])], about)
