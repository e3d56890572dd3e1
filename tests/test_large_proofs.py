"""Proofs in large classes of equal names and long relations: found, checked, and shown in part."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Variable, parse

from partyline.publishing import Publication
from partyline.reasoning import (
    Closure,
    Fact,
    Facts,
    Graph,
    Pattern,
    Proof,
    ProvenanceResolver,
    Prover,
    Rule,
    Term,
    as_json,
    as_prov,
    as_text,
    check,
    compile_rules,
    fact,
    materialise,
    shortened,
)
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES
from partyline.reasoning.literals.datatypes import LITERAL_TYPE
from partyline.reasoning.literals.inequality import INEQUALITY
from partyline.reasoning.model.rules import Slot
from partyline.reasoning.proof.proofs import MOST_STEPS as MOST_SHOWN
from partyline.reasoning.proof.search import MOST_STEPS
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.vocabulary import OWL, RDF, RDFS
from partyline.web import create_app
from random_graphs import lines
from sampling import examples
from test_reasoning import triples

SIZE = 1_000
_X = Variable("x")
TRANSITIVE = ":p a owl:TransitiveProperty . "


def name(local: str) -> NamedNode:
    return NamedNode(f"http://example.org/{local}")


def chain(size: int, property_: str) -> str:
    return " ".join(f":n{one} {property_} :n{two} ." for one, two in pairwise(range(size)))


def mixed(size: int) -> str:
    """A chain whose links are written in four ways."""
    ways = (":n{0} :p :n{1} .", ":n{1} :r :n{0} .", ":n{0} :q :n{1} .", ":n{1} :s :n{0} .")
    axioms = ":q rdfs:subPropertyOf :p . :r owl:inverseOf :q . :s rdfs:subPropertyOf :r ."
    links = (ways[one % 4].format(one, two) for one, two in pairwise(range(size)))
    return f"{TRANSITIVE} {axioms} {' '.join(links)}"


def values(size: int) -> str:
    """A clique of names, as values of a functional property, one of them with a statement."""
    listed = ", ".join(f":n{index}" for index in range(size))
    return f":f a owl:FunctionalProperty . :x :f {listed} . :n0 :q :y . :q rdfs:range :C ."


SHAPES: dict[str, Callable[[int], str]] = {
    "chain": lambda size: TRANSITIVE + chain(size, ":p"),
    "circle": lambda size: f"{TRANSITIVE} {chain(size, ':p')} :n{size - 1} :p :n0 .",
    "chain in four ways": mixed,
    "chain of equal names": lambda size: f"{chain(size, 'owl:sameAs')} :n0 :q :y .",
    "circle of equal names": lambda size: (
        f"{chain(size, 'owl:sameAs')} :n{size - 1} owl:sameAs :n0 ."
    ),
    "star of equal names": lambda size: " ".join(f":n0 owl:sameAs :n{i} ." for i in range(1, size)),
    "values of a functional property": values,
}


@cache
def closed(shape: str, size: int) -> tuple[Closure, Prover]:
    closure = materialise(triples(SHAPES[shape](size)))
    return closure, Prover.of(closure)


class Pairs:
    """The closure of a shape, in which half a million pairs are computed and not kept."""

    def __init__(self, shape: str, asserted: Facts) -> None:
        self.nodes = [name(f"n{index}") for index in range(SIZE)]
        self._place: dict[Term, int] = {node: index for index, node in enumerate(self.nodes)}
        self.predicate = name("p") if shape in ("chain", "circle") else OWL.sameAs
        self._ordered, self._reflexive = shape == "chain", shape == "circle"
        #: What is stated of one of the equal names, and so of each.
        self.statements = [(node, name("q"), name("y")) for node in self.nodes]
        self._others = Facts((*asserted, *self.statements))
        self.asked = 0

    def match(self, pattern: Pattern, /) -> list[Fact]:
        self.asked += 1
        found = dict.fromkeys(self._others.match(pattern))
        if isinstance(pattern[1], Variable) or pattern[1] == self.predicate:
            found |= dict.fromkeys(self._pairs(pattern[0], pattern[2]))
        return list(found)

    def _pairs(self, subject: Slot, object_: Slot) -> Iterator[Fact]:
        for one in self._places(subject):
            for other in self._places(object_):
                if one < other or (one > other and not self._ordered) or self._reflexive:
                    yield self.nodes[one], self.predicate, self.nodes[other]

    def _places(self, slot: Slot) -> Iterable[int]:
        if isinstance(slot, Variable):
            return range(len(self.nodes))
        return [self._place[slot]] if slot in self._place else []


class Counted:
    """A graph that counts how often it is asked."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.asked = 0

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        self.asked += 1
        return self._graph.match(pattern)


def follows(proof: Proof, rules: set[Rule], asserted: Facts) -> bool:
    """Check every step by itself: bind the rule, and compare premises with its patterns.

    Written apart from `partyline.reasoning.check`, which looks for any solution.
    """
    return all(_step_follows(part, rules, asserted) for part in proof.parts())


def _step_follows(part: Proof, rules: set[Rule], asserted: Facts) -> bool:
    if part.rule is None:
        return part.conclusion in asserted
    premises = [premise.conclusion for premise in part.premises]
    if part.rule not in rules or not set(part.rule.axioms) <= set(premises):
        return False
    bindings = [dict(zip(part.rule.head, part.conclusion, strict=True))]
    for pattern in part.rule.body:
        bindings = [
            {**known, **dict(zip(pattern, premise, strict=True))}
            for known in bindings
            for premise in premises
            if all(
                known.get(slot, node) == node for slot, node in zip(pattern, premise, strict=True)
            )
        ]
    # A constant stands for itself.
    patterns = (part.rule.head, *part.rule.body)
    constants = {slot for row in patterns for slot in row if str(slot)[0] != "?"}
    return any(all(known.get(slot, slot) == slot for slot in constants) for known in bindings)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "chain in four ways"])
def test_conclusions_about_a_thousand_members_have_proofs_near_their_size(shape: str) -> None:
    stated = triples(SHAPES[shape](SIZE))
    compiled, asserted = compile_rules(stated), Facts(map(fact, stated))
    rules, chance = {*compiled.rules, *SCHEMA_RULES}, random.Random(shape)
    graph = Pairs(shape, asserted)
    for index in range(4):
        one, other = sorted(chance.sample(range(1, SIZE), 2))
        goal: Fact = (graph.nodes[one], graph.predicate, graph.nodes[other])
        if index == 3 and asserted.match((graph.nodes[0], name("q"), name("y"))):
            goal = graph.statements[one]
        given, graph.asked = Counted(asserted), 0
        proof = Prover(compiled.rules, graph, given).prove(goal)
        assert proof is not None
        assert follows(proof, rules, asserted)
        # At most two rules for each of the other members, and one to compose it.
        assert proof.size() <= 3 * SIZE
        assert graph.asked + given.asked <= 10 * MOST_STEPS + 10 * SIZE


def test_a_path_is_a_shortest_one() -> None:
    text = f"{TRANSITIVE} {chain(30, ':p')} :n3 :p :n25 . :n25 :p :n5 ."
    closure = materialise(triples(text))
    goal = fact(next(iter(triples(":n0 :p :n29 ."))))
    proof = Prover.of(closure).prove(goal, most_steps=0)
    assert proof is not None
    assert proof.size() == 7  # eight links


def test_a_path_goes_along_every_property_that_says_the_same() -> None:
    links = " ".join(f":n{one} :{'qr'[one % 2]} :n{one + 1} ." for one in range(40))
    stated = triples(f"{TRANSITIVE} :q rdfs:subPropertyOf :p . :r rdfs:subPropertyOf :p . {links}")
    asserted = Facts(map(fact, stated))
    every = Counted(Facts({*asserted, *map(fact, materialise(stated).inferred)}))
    goal = fact(next(iter(triples(":n0 :p :n40 ."))))
    proof = Prover(compile_rules(stated).rules, every, asserted).prove(goal, most_steps=0)
    assert proof is not None
    assert proof.size() == 79  # forty links, and what puts them together
    assert every.asked < 400  # many thousands without the path


@pytest.mark.parametrize("size", [2, 6])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_proof_along_paths_is_as_small_as_the_smallest(shape: str, size: int) -> None:
    closure, prover = closed(shape, size)
    for row in closure.inferred:
        along, smallest = prover.prove(fact(row), most_steps=0), prover.prove(fact(row))
        assert along is not None
        assert smallest is not None
        assert check(along, closure.asserted_facts)
        # An equality read backwards takes a rule, which the smallest proof may do without.
        assert smallest.size() <= along.size() <= smallest.size() + size


def test_paths_and_renamings_prove_what_is_concluded_of_random_graphs() -> None:
    tried = 0
    for seed in range(examples(20, 400)):
        asserted = triples("\n".join(lines(seed)))
        closure = materialise(asserted, "sparql")
        prover, rules = Prover.of(closure), {*closure.rules.rules, *SCHEMA_RULES}
        for row in sorted(closure.inferred, key=str)[:40]:
            proof = prover.prove(fact(row), most_steps=0)
            assert proof is not None, (seed, str(row))
            assert check(proof, closure.asserted_facts), (seed, str(row))
            applied = {part.rule for part in proof.parts() if part.rule is not None}
            of_axioms = {rule for rule in applied if rule.name not in (LITERAL_TYPE, INEQUALITY)}
            assert of_axioms <= rules, (seed, str(row))
            tried += 1
    assert tried > 40


# Deep proofs, and proofs too large to show


def long_proof(levels: int) -> tuple[Proof, Facts]:
    """A proof that is a chain, each conclusion resting on the one before it, and its leaves."""
    classes = [name(f"C{index}") for index in range(levels)]
    proof = Proof((name("x"), RDF.type, classes[0]))
    for one, two in pairwise(classes):
        axiom = (one, RDFS.subClassOf, two)
        rule = Rule("cax-sco", (_X, RDF.type, two), ((_X, RDF.type, one),), (axiom,))
        proof = Proof((name("x"), RDF.type, two), rule, (proof, Proof(axiom)))
    return proof, Facts(proof.leaves())


def test_a_proof_of_any_depth_is_measured_checked_and_written() -> None:
    """Deeper than the stack of Python."""
    proof, asserted = long_proof(1_100)
    assert (proof.size(), proof.depth()) == (1_099, 1_099)
    assert len([*proof.leaves()]) == 1_100
    assert len([*proof.axioms()]) == 1_099
    assert proof.rests_on((name("x"), RDF.type, name("C0")))
    assert check(proof, asserted)
    grounds = ProvenanceResolver(Facts(()), {"": "http://example.org/"})
    assert len(json.dumps(as_json(proof, grounds))) < 100_000
    assert "steps left out here: 1039" in as_text(proof, grounds)
    written = as_prov([proof], grounds).encode()
    steps = [
        row
        for row in parse(written, format=RdfFormat.TURTLE)
        if row.predicate.value.endswith("wasGeneratedBy")
    ]
    assert len(steps) == 1_099


def test_what_is_left_out_of_a_proof_is_counted_and_is_not_a_proof() -> None:
    proof, asserted = long_proof(50)
    assert shortened(proof, steps=49) is proof
    cut = shortened(proof, steps=10)
    assert cut.size() == 11  # ten, and the one that says what is missing
    assert [part.omitted for part in cut.parts() if part.omitted] == [39]
    assert not check(cut, asserted)
    assert [part.omitted for part in shortened(proof, levels=7).parts() if part.omitted] == [42]


def test_a_part_that_is_used_twice_is_written_once() -> None:
    """Each of sixty conclusions rests twice on the one before: 2^60 steps as a tree."""
    proof = Proof((OWL.Thing, RDF.type, OWL.Thing))
    for index in range(60):
        node = name(str(index))
        other = Proof(
            (node, RDF.type, OWL.Class), Rule("b", (node, RDF.type, OWL.Class), ()), (proof,)
        )
        rule = Rule("a", (node, RDF.type, node), ())
        proof = Proof((node, RDF.type, node), rule, (proof, other))
    assert proof.size() > 2**60
    assert proof.depth() == 120
    grounds = ProvenanceResolver(Facts(()), {})
    written = json.dumps(as_json(proof, grounds))
    assert written.count("repeated") > 10
    assert len(written) < 100_000
    assert len(as_text(proof, grounds)) < 100_000


def test_the_page_and_the_json_of_a_long_chain_show_its_top_and_link_the_rest(
    ensembles: Path,
) -> None:
    terms = ensembles / "ontology" / "terms.ttl"
    with terms.open("a", encoding="utf-8") as file:
        file.write("\nt:before a owl:ObjectProperty , owl:TransitiveProperty .\n")
    base = "https://music.example.org/id/hall"
    with (ensembles / "kb" / "ensembles.ttl").open("a", encoding="utf-8") as file:
        file.writelines(f"<{base}/{i}> t:before <{base}/{i + 1}> .\n" for i in range(220))
    settings = read_settings(ensembles / "partyline.toml", {})
    release = build(replace(settings, releases=ensembles / "releases")).release
    publication = Publication.of(release, settings.knowledge)
    asked = {"subject": f"<{base}/0>", "predicate": "t:before", "object": f"<{base}/220>"}
    with QueryPool(release.store, settings.limits, release.manifest.prefixes, "x") as pool:
        client = create_app(publication, pool, settings).test_client()
        page = client.get("/why", query_string=asked, headers={"Accept": "text/html"})
        answer = client.get("/why.json", query_string=asked)
        turtle = client.get("/why.ttl", query_string=asked)
    assert [page.status_code, answer.status_code, turtle.status_code] == [200] * 3
    assert "Steps left out here: 1." in page.text
    assert "Why this holds" in page.text
    applied = answer.text.count('"rule": "prp-trp"')
    assert applied - answer.text.count("omittedSteps") == MOST_SHOWN
    assert turtle.text.count("prov:wasGeneratedBy") == 219
