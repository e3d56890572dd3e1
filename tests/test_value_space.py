"""Literals by their values: OWL 2 Profiles, table 8 (dt-eq, dt-diff, dt-not-type), every engine.

What is one value and what is two is said in OWL 2 Syntax, section 4: identity counts, not equality.
"""

import random
import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from partyline.dataset import TripleSet
from partyline.errors import ClosureTooLarge
from partyline.reasoning import Closure, Fact, LiveClosure, Prover, check, fact, materialise
from partyline.reasoning.evaluate.columns import Database, Results, load_triples
from partyline.reasoning.literals.inequality import INEQUALITY
from partyline.reasoning.literals.value_space import COMMON, common, offset, value
from partyline.reasoning.model.rules import Rule
from partyline.reasoning.model.triple_index import Facts
from partyline.reasoning.proof.proofs import Proof
from partyline.vocabulary import OWL, XSD
from sampling import examples, some_of
from test_reasoning import triples

ENGINES = ("sparql", "arrays", "duckdb")


def typed(form: str, datatype: str) -> str:
    return f'"{form}"^^xsd:{datatype}'


#: Two spellings of one value.
ONE_VALUE = {
    "a leading zero": ("1", "01"),
    "a sign": ("1", "+1"),
    "zero with a sign": ("0", "-0"),
    "a decimal that is an integer": (typed("1.0", "decimal"), "1"),
    "trailing zeros": ("1.5", "1.500"),
    "a derived integer": (typed("1", "byte"), typed("1", "unsignedLong")),
    "an exponent": (typed("10", "double"), typed("1E1", "double")),
    "not a number": (typed("NaN", "double"), typed("NaN", "double")),
    "beyond the precision of a float": (typed("0.1", "float"), typed("0.10000000001", "float")),
    "one and true": (typed("1", "boolean"), typed("true", "boolean")),
    "a language tag in capitals": ("'x'@en-GB", "'x'@EN-gb"),
    "a string of a derived type": (typed("x", "token"), "'x'"),
    "a plain literal": ("'x@'^^rdf:PlainLiteral", "'x'"),
    "a plain literal with an at sign": ("'x@y@en'^^rdf:PlainLiteral", "'x@y'@en"),
    "a plain literal with a language": ("'x@en'^^rdf:PlainLiteral", "'x'@en"),
    "UTC and no offset from it": (
        typed("2000-01-01T12:00:00Z", "dateTime"),
        typed("2000-01-01T12:00:00-00:00", "dateTimeStamp"),
    ),
    "no fraction of a second": (
        typed("2000-01-01T12:00:00", "dateTime"),
        typed("2000-01-01T12:00:00.00", "dateTime"),
    ),
    "the end of a day and the beginning of the next": (
        typed("2000-02-28T24:00:00", "dateTime"),
        typed("2000-02-29T00:00:00", "dateTime"),
    ),
    "an address and white space": (typed("urn:x", "anyURI"), typed(" urn:x ", "anyURI")),
    "bytes in capitals": (typed("0a", "hexBinary"), typed("0A", "hexBinary")),
}

#: Two literals that look alike and have two values.
TWO_VALUES = {
    "two numbers": ("1", "2"),
    "a fraction": ("1", "1.000000000000000000001"),
    "a decimal and a double": (typed("1", "decimal"), typed("1", "double")),
    "a float and a double": (typed("1", "float"), typed("1", "double")),
    "two zeros": (typed("0.0", "double"), typed("-0.0", "double")),
    "a boolean and an integer": (typed("1", "boolean"), "1"),
    "true and false": (typed("1", "boolean"), typed("false", "boolean")),
    "a string and an integer": ("'1'", "1"),
    "a string and an address": ("'x'", typed("x", "anyURI")),
    "with and without a language": ("'x'", "'x'@en"),
    "two languages": ("'x'@en", "'x'@fr"),
    "one instant at two offsets": (
        typed("1956-06-25T04:00:00-05:00", "dateTime"),
        typed("1956-06-25T10:00:00+01:00", "dateTime"),
    ),
    "with and without a time zone": (
        typed("2000-01-01T12:00:00", "dateTime"),
        typed("2000-01-01T12:00:00Z", "dateTime"),
    ),
    "two years before the first": (typed("-0500-01-01", "date"), typed("-0501-01-01", "date")),
}

#: Values of a datatype, and forms that are none.
VALUES = (
    *(typed("-0500-01-01", "date"), typed("12000-01-01", "date"), typed("2000-02-29", "date")),
    *(typed("2000-02-28T24:00:00", "dateTime"), typed("2000-01-01T12:00:00Z", "dateTimeStamp")),
    *(typed("1", "boolean"), typed("-INF", "float"), typed("+01.50", "decimal")),
)
NO_VALUES = (
    *(typed("1900-02-29", "date"), typed("2000-13-01", "date"), typed("500-01-01", "date")),
    *(typed("2000-01-01T24:00:01", "dateTime"), typed("2000-01-01T12:00:00", "dateTimeStamp")),
    *(typed("yes", "boolean"), typed("1,5", "decimal"), typed("2000-01-01T12:00:60", "dateTime")),
)

FUNCTIONAL = ":p{n} a owl:FunctionalProperty . :a{n} :p{n} {one} , {other} ."
AT_MOST_ONE = (
    ":C{n} rdfs:subClassOf [ owl:onProperty :p{n} ; owl:maxCardinality 1 ] ."
    " :a{n} a :C{n} ; :p{n} {one} , {other} ."
)
#: What makes ``a`` and ``b`` the same where their values are.
IDENTIFYING = (
    ":C{n} owl:hasKey ( :k{n} ) . :a{n} a :C{n} ; :k{n} {one} . :b{n} a :C{n} ; :k{n} {other} .",
    ":C{n} owl:hasKey ( :k{n} :l ) ."
    " :a{n} a :C{n} ; :k{n} {one} ; :l :x . :b{n} a :C{n} ; :k{n} {other} ; :l :x .",
    ":p{n} a owl:InverseFunctionalProperty . :a{n} :p{n} {one} . :b{n} :p{n} {other} .",
)
HAS_VALUE = (
    ":C{n} owl:equivalentClass [ owl:onProperty :p{n} ; owl:hasValue {one} ] ."
    " :a{n} :p{n} {other} ."
)
#: What forbids ``a`` to have one value in two places.
FORBIDDING = (
    ":p{n} owl:propertyDisjointWith :q{n} . :a{n} :p{n} {one} ; :q{n} {other} .",
    "[] a owl:AllDisjointProperties ; owl:members ( :p{n} :q{n} ) ."
    " :a{n} :p{n} {one} ; :q{n} {other} .",
    "[] owl:sourceIndividual :a{n} ; owl:assertionProperty :p{n} ; owl:targetValue {one} ."
    " :a{n} :p{n} {other} .",
)

#: Those that each engine is tried with; what their values are is tested of all.
SAME, OTHER = (dict(some_of(list(rows.items()), 5)) for rows in (ONE_VALUE, TWO_VALUES))

by_engine = pytest.mark.parametrize("engine", ENGINES)


Pairs = dict[str, tuple[str, str]]


def closure(engine: str, pairs: Pairs, *patterns: str) -> Closure:
    """Close one graph in which each of *patterns* stands for each pair, with names of its own."""
    rows = enumerate(product(patterns, pairs.values()))
    data = (row.format(n=index, one=one, other=other) for index, (row, (one, other)) in rows)
    return materialise(triples(" ".join(data)), engine)


def each(written: str, pairs: Pairs, *patterns: str) -> frozenset[Triple]:
    """Return what *written* says of each of these names."""
    return triples(" ".join(written.format(n=n) for n in range(len(patterns) * len(pairs))))


def things(found: Closure) -> set[str]:
    """Return the names of the things of which a contradiction tells."""
    subjects = (row.premises[0][0] for row in found.inconsistencies)
    return {str(subject).strip("<>").removeprefix("http://example.org/") for subject in subjects}


def literal(written: str) -> Literal:
    (triple,) = triples(f":a :p {written} .")
    assert isinstance(triple.object, Literal)
    return triple.object


@pytest.mark.parametrize(("one", "other"), ONE_VALUE.values(), ids=ONE_VALUE)
def test_two_spellings_have_one_value(one: str, other: str) -> None:
    assert value(literal(one)) == value(literal(other)) is not None


@pytest.mark.parametrize(("one", "other"), ONE_VALUE.values(), ids=ONE_VALUE)
def test_two_spellings_have_one_common_spelling(one: str, other: str) -> None:
    spellings = literal(one), literal(other)
    usual = {common(row) for row in spellings}
    # Where there is none, each spelling is looked at.
    unusual = {XSD.double, XSD.float, XSD.hexBinary}
    assert len(usual) == 1 or {row.datatype for row in spellings} <= unusual
    for row in spellings:
        form = COMMON.get(row.datatype)
        assert form is None or not re.fullmatch(form, row.value) or row in usual


@pytest.mark.parametrize(("one", "other"), TWO_VALUES.values(), ids=TWO_VALUES)
def test_what_looks_alike_may_have_two_values(one: str, other: str) -> None:
    values = {value(literal(one)), value(literal(other))}
    assert len(values) == 2
    assert None not in values


#: The first and the last form that a datatype has beside the first that it has not.
LIMITS = {
    "date": (
        ("2000-01-01", "2000-00-01"),
        ("2000-12-31", "2000-13-31"),
        ("2001-02-28", "2001-02-29"),
        ("1900-02-28", "1900-02-29"),
        ("2000-04-30", "2000-04-31"),
        ("2000-06-30", "2000-06-31"),
        ("2000-09-30", "2000-09-31"),
        ("2000-11-30", "2000-11-31"),
        ("2000-07-31", "2000-07-32"),
        ("2000-07-01", "2000-07-00"),
        ("0000-01-01", "000-01-01"),
        ("10000-01-01", "02000-01-01"),
        ("2000-01-01+14:00", "2000-01-01+14:01"),
        ("2000-01-01-13:59", "2000-01-01-13:60"),
        ("2000-01-01Z", "2000-01-01z"),
    ),
    "dateTime": (
        ("2000-01-01T23:59:59.9", "2000-01-01T23:59:60"),
        ("2000-01-01T23:59:00", "2000-01-01T23:60:00"),
        ("2000-01-01T23:00:00", "2000-01-01T25:00:00"),
        ("2000-01-01T24:00:00.0", "2000-01-01T24:00:00.1"),
        ("2000-01-01T24:00:00", "2000-01-01T24:01:00"),
        ("2000-01-31T00:00:00", "2000-01-32T00:00:00"),
        ("2000-01-01T00:00:00", "2000-01-01T0:00:00"),
    ),
    "hexBinary": (("0aF9", "0aF"), ("", "0g")),
    "base64Binary": (("YQ==", "YQ="), ("Y Q = =", "YQ==!"), ("", "Y")),
    "decimal": (("-.5", "."), ("5.", "5e1"), ("+0", "++0")),
    "double": ((".5E-1", "E1"), ("-INF", "-NaN"), ("+INF", "Infinity"), ("1e1", "1e")),
    "boolean": (("1", "2"), ("false", "False")),
}


@pytest.mark.parametrize(
    ("datatype", "inside", "outside"),
    [(name, *pair) for name, pairs in LIMITS.items() for pair in pairs],
)
def test_a_datatype_ends_where_the_specification_says(
    datatype: str, inside: str, outside: str
) -> None:
    assert value(Literal(inside, datatype=XSD[datatype])) is not None
    assert value(Literal(outside, datatype=XSD[datatype])) is None


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        (typed("-0050-03-04Z", "date"), typed("-0050-03-04Z", "date")),
        (typed("2000-01-02+00:00", "date"), typed("2000-01-02Z", "date")),
        (typed("2000-01-02-05:30", "date"), typed("2000-01-02-05:30", "date")),
        (typed("2000-12-31T24:00:00", "dateTime"), typed("2001-01-01T00:00:00", "dateTime")),
        (typed("2000-01-31T24:00:00", "dateTime"), typed("2000-02-01T00:00:00", "dateTime")),
        (
            typed("2001-02-03T04:05:06.070+07:30", "dateTimeStamp"),
            typed("2001-02-03T04:05:06.07+07:30", "dateTime"),
        ),
        (typed("00.500", "decimal"), typed("0.5", "decimal")),
        (typed("-10.0", "decimal"), "-10"),
        (typed("0", "boolean"), "false"),
        (typed("  a  b ", "anyURI"), typed("a b", "anyURI")),
        ("'a'@EN-GB", "'a'@en-gb"),
    ],
)
def test_a_value_has_the_spelling_that_most_data_have(written: str, usual: str) -> None:
    assert common(literal(written)) == literal(usual)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        (typed("2000-01-01+01:30", "date"), 90),
        (typed(" 2000-01-01T00:00:00-13:59 ", "dateTime"), -839),
        (typed("2000-01-01T00:00:00Z", "dateTime"), 0),
        (typed("2000-01-01", "date"), None),
        ("'none'", None),
    ],
)
def test_the_offset_of_an_instant_is_in_minutes(written: str, minutes: int | None) -> None:
    assert offset(literal(written)) == minutes


@by_engine
def test_a_literal_without_a_value_is_a_contradiction_and_no_other(engine: str) -> None:
    asserted = triples(f":a :p {' , '.join((*VALUES, *NO_VALUES))} .")
    found = materialise(asserted, engine).inconsistencies
    assert {row.constraint.name for row in found} == {"dt-not-type"}
    assert {row.premises[0][2] for row in found} == set(map(literal, NO_VALUES))


@by_engine
def test_an_instant_without_a_time_zone_is_not_a_time_stamp(engine: str) -> None:
    floating = typed("2000-01-01T12:00:00", "dateTime")
    fixed = typed("2000-01-01T12:00:00+07:00", "dateTime")
    data = f":p rdfs:range xsd:dateTimeStamp . :a :p {floating} . :b :p {fixed} ."
    found = materialise(triples(data), engine).inconsistencies
    assert [row.constraint.name for row in found] == ["dt-not-type"]
    assert found[0].premises[0][2] == literal(floating)


@by_engine
def test_one_value_spelled_twice_is_one_where_one_is_allowed(engine: str) -> None:
    assert not closure(engine, SAME, FUNCTIONAL, AT_MOST_ONE).inconsistencies


@by_engine
def test_two_values_are_one_too_many_where_one_is_allowed(engine: str) -> None:
    found = closure(engine, OTHER, FUNCTIONAL, AT_MOST_ONE)
    assert {row.constraint.name for row in found.inconsistencies} == {"dt-diff"}
    assert things(found) == {f"a{index}" for index in range(2 * len(OTHER))}


@by_engine
def test_two_values_are_not_a_shared_key_and_not_the_value_of_a_class(engine: str) -> None:
    assert not closure(engine, OTHER, *IDENTIFYING).inferred
    made = each(":a{n} a :C{n} .", OTHER, HAS_VALUE)
    assert not made & closure(engine, OTHER, HAS_VALUE).inferred


@by_engine
def test_two_values_are_not_the_one_that_is_forbidden(engine: str) -> None:
    assert not closure(engine, OTHER, *FORBIDDING).inconsistencies


@by_engine
def test_one_value_spelled_twice_identifies_one_thing(engine: str) -> None:
    same = each(":a{n} owl:sameAs :b{n} .", SAME, *IDENTIFYING)
    assert same <= closure(engine, SAME, *IDENTIFYING).inferred


@by_engine
def test_a_value_makes_a_member_however_it_is_spelled(engine: str) -> None:
    made = each(":a{n} a :C{n} .", SAME, HAS_VALUE)
    assert made <= closure(engine, SAME, HAS_VALUE).inferred


@by_engine
def test_a_value_is_forbidden_however_it_is_spelled(engine: str) -> None:
    found = closure(engine, SAME, *FORBIDDING)
    assert things(found) == {f"a{index}" for index in range(3 * len(SAME))}


@by_engine
def test_a_literal_stays_as_it_is_written(engine: str) -> None:
    found = materialise(triples(":p rdfs:subPropertyOf :q . :a :p 1 . :b :p 01 ."), engine)
    assert found.inferred == triples(":a :q 1 . :b :q 01 .")


AXIOMS = st.sampled_from(
    [
        ":C owl:hasKey ( :p ) .",
        ":C owl:hasKey ( :p :q ) .",
        ":p a owl:InverseFunctionalProperty .",
        ":p a owl:FunctionalProperty .",
        ":p rdfs:subPropertyOf :q .",
        ":q rdfs:subPropertyOf :r .",
        ":p owl:propertyDisjointWith :r .",
        ":C rdfs:subClassOf [ owl:onProperty :q ; owl:maxCardinality 1 ] .",
        ":D owl:equivalentClass [ owl:onProperty :q ; owl:hasValue 01 ] .",
        ":D owl:equivalentClass [ owl:onProperty :r ; owl:hasValue 1.0 ] .",
    ]
)
DATA = st.one_of(
    st.builds(
        ":{} :{} {} .".format,
        st.sampled_from("abc"),
        st.sampled_from("pqr"),
        st.sampled_from(["1", "01", "1.0", "1.5", "1.50", "true", typed("1", "boolean"), "'x'@EN"]),
    ),
    st.builds(":{} a :{} .".format, st.sampled_from("abc"), st.sampled_from("CD")),
)
LINES = st.lists(st.one_of(AXIOMS, DATA), min_size=1, max_size=14)


@settings(max_examples=examples(5, 100), deadline=None)
@given(LINES)
def test_all_engines_agree_on_values_however_they_are_spelled(lines: list[str]) -> None:
    asserted = triples(" ".join(lines))
    sparql, arrays, duckdb = (materialise(asserted, engine) for engine in ENGINES)
    assert sparql.inferred == arrays.inferred == duckdb.inferred
    assert said(sparql) == said(arrays) == said(duckdb)
    for triple in sparql.inferred:
        proof = Prover.of(sparql).prove(fact(triple))
        assert proof is not None
        assert check(proof, sparql.asserted_facts)


def said(found: Closure) -> set[tuple[str, frozenset[Fact]]]:
    """Return the contradictions by the rules that forbid them and what they rest on."""
    return {(row.constraint.name, frozenset(row.premises)) for row in found.inconsistencies}


@settings(max_examples=examples(15, 150), deadline=None)
@given(LINES, LINES, st.randoms(use_true_random=False))
def test_an_edit_of_spellings_leaves_what_starting_over_would_give(
    before: list[str], added: list[str], choice: random.Random
) -> None:
    asserted = triples(" ".join(before))
    removed = frozenset(row for row in sorted(asserted, key=str) if choice.random() < 0.5)
    live = LiveClosure(asserted)
    live.change(added=triples(" ".join(added)), removed=removed)
    scratch = materialise((asserted - removed) | triples(" ".join(added)), "sparql")
    assert live.closure().inferred == scratch.inferred


@by_engine
def test_what_is_compared_in_another_spelling_is_not_published_in_it(engine: str) -> None:
    key = ":C owl:hasKey ( :k ) . :k rdfs:subPropertyOf :l ."
    found = materialise(triples(f"{key} :a a :C ; :k 1 . :b a :C ; :k 01 , 7 ."), engine)
    # Of two names for one thing, each has what is said of the other; one value is said once.
    assert found.inferred == triples(
        ":a owl:sameAs :b ; :k 7 ; :l 1 , 7 . :b owl:sameAs :a ; :k 1 ; :l 1 , 7 ."
    )


@by_engine
def test_only_what_has_literals_is_compared_by_their_values(engine: str) -> None:
    things = ":o owl:propertyDisjointWith :n . :a :o :b ."
    numbers = ":k owl:propertyDisjointWith :l . :j rdfs:subPropertyOf :k . :a :j 1 , 01 ."
    rules = materialise(triples(things + numbers), engine).rules.rules
    compared = [rule.body[0][1] for rule in rules if rule.name == "dt-eq"]
    assert compared == [NamedNode("http://example.org/k")]


# Resources that are the same as literals

EQUATED = ":a{n} owl:sameAs {one} . :b{n} owl:sameAs {other} ."
DIFFERENT = ":a{n} owl:differentFrom :b{n} . :b{n} owl:differentFrom :a{n} ."


@by_engine
def test_resources_are_different_where_the_values_are_that_they_are(engine: str) -> None:
    two, one = (closure(engine, pairs, EQUATED) for pairs in (OTHER, SAME))
    assert each(DIFFERENT, OTHER, EQUATED) <= two.inferred
    assert not each(DIFFERENT, SAME, EQUATED) & one.inferred
    assert not two.inconsistencies
    assert not one.inconsistencies


@by_engine
def test_a_resource_is_not_two_values(engine: str) -> None:
    assert materialise(triples(":a owl:sameAs 'x' , 1 ."), engine).inconsistencies
    assert not materialise(triples(":a owl:sameAs 01 , 1 ."), engine).inconsistencies


def test_no_proof_says_that_a_value_differs_from_itself() -> None:
    for other, follows in (("01", False), ("2", True)):
        row: Fact = (literal("1"), OWL.differentFrom, literal(other))
        assert check(Proof(row, Rule(INEQUALITY, row, ())), Facts(())) == follows


def test_too_many_resources_that_are_values_are_refused_with_a_remedy() -> None:
    stated = TripleSet.of(triples(":a owl:sameAs 1 . :b owl:sameAs 2 . :c owl:sameAs 3 ."))
    with Database() as database:
        load_triples(database, stated)
        with pytest.raises(ClosureTooLarge, match="the same as 3 literals") as caught:
            Results(database, largest=23)
    assert "owl:sameAs is for two names" in caught.value.remedy
