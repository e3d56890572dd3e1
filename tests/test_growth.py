"""Shapes of data whose closure grows faster than they do: equal names, long lists."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from partyline.cli import main
from partyline.reasoning import Closure, axioms, check, fact, materialise, prove
from partyline.reasoning.model.triple_index import Facts
from partyline.settings import read_settings
from partyline.validation import run_checks
from test_reasoning import PREFIXES, triples


def star(size: int) -> str:
    return " ".join(f":a0 owl:sameAs :a{index} ." for index in range(1, size))


def line(size: int) -> str:
    return " ".join(f":a{one} owl:sameAs :a{other} ." for one, other in pairwise(range(size)))


def functional(size: int) -> str:
    values = ", ".join(f":a{index}" for index in range(size))
    return f":p a owl:FunctionalProperty . :x :p {values} ."


def inverse_functional(size: int) -> str:
    stated = " ".join(f":a{index} :p :x ." for index in range(size))
    return f":p a owl:InverseFunctionalProperty . {stated}"


def key(size: int) -> str:
    stated = " ".join(f":a{index} a :C ; :k 'x' ." for index in range(size))
    return f":C owl:hasKey (:k) . {stated}"


def at_most_one(size: int) -> str:
    values = ", ".join(f":a{index}" for index in range(size))
    restriction = "[ owl:onProperty :p ; owl:maxCardinality 1 ]"
    return f":C rdfs:subClassOf {restriction} . :x a :C ; :p {values} ."


EQUAL = (star, line, functional, inverse_functional, key, at_most_one)


def equalities(size: int) -> set[tuple[str, str]]:
    names = [f"http://example.org/a{index}" for index in range(size)]
    return {(one, other) for one in names for other in names if one != other}


@cache
def closed(shape: Callable[[int], str]) -> Closure:
    return materialise(triples(shape(120)))


@pytest.mark.parametrize("shape", EQUAL)
def test_auto_finds_every_pair_of_names_of_a_large_clique(shape: Callable[[int], str]) -> None:
    closure = closed(shape)
    said = {
        (row.subject.value, row.object.value)  # type: ignore[union-attr]  # names
        for row in closure.inferred | closure.asserted
        if row.predicate.value.endswith("#sameAs")
    }
    assert said | {(one, other) for other, one in said} == equalities(120)


@pytest.mark.parametrize("shape", EQUAL)
def test_auto_and_sparql_agree_on_a_small_clique(shape: Callable[[int], str]) -> None:
    asserted = triples(shape(12))
    assert materialise(asserted).inferred == materialise(asserted, "sparql").inferred
    assert materialise(asserted, "arrays").inferred == materialise(asserted, "sparql").inferred


@pytest.mark.parametrize("shape", [star, functional, inverse_functional, key, at_most_one])
def test_an_equality_in_a_large_clique_has_a_proof(shape: Callable[[int], str]) -> None:
    closure = closed(shape)
    for goal in sorted(closure.inferred, key=str)[:: len(closure.inferred) // 3]:
        proof = prove(closure, fact(goal))
        assert proof is not None
        assert check(proof, closure.asserted_facts)


def test_the_command_writes_the_clique_of_a_small_file(tmp_path: Path) -> None:
    path, output = tmp_path / "a.ttl", tmp_path / "b.nt"
    path.write_text(PREFIXES + functional(120), encoding="utf-8")
    assert main(["materialise", "--ontology", str(path), "--output", str(output)]) == 0
    assert len(output.read_text(encoding="utf-8").splitlines()) == 120 * 119


CELLS = ":x :p (:a :b :c) . "


@pytest.mark.parametrize(
    ("turtle", "cells"),
    [
        (CELLS, 0),
        (f"{CELLS} :p owl:propertyChainAxiom (:q :r) .", 4),
        (":C owl:oneOf _:l . _:l rdf:first :a ; rdf:rest _:l .", 2),
        (":C owl:unionOf _:l . _:l rdf:first :a ; rdf:rest _:m, rdf:nil . _:m rdf:first :b .", 4),
    ],
)
def test_only_the_cells_of_lists_that_axioms_name_are_read(turtle: str, cells: int) -> None:
    graph = Facts(map(fact, triples(turtle)))
    names = ("ns#first", "ns#rest")
    assert sum(str(row[1]).strip("<>").endswith(names) for row in axioms(graph)) == cells


@pytest.mark.parametrize("engine", ["sparql", "arrays", "duckdb"])
def test_lists_of_axioms_are_read_beside_lists_of_data(engine: str) -> None:
    chain = ":p owl:propertyChainAxiom (:q :r) . :a :q :b . :b :r :c ."
    (found,) = materialise(triples(CELLS + chain), engine).inferred
    assert found in triples(":a :p :c .")


# What is refused is a finding with its place


@pytest.mark.parametrize(
    ("axiom", "data", "named"),
    [
        ("owl:TransitiveProperty", [f":n{i} :p :n{i + 1} ." for i in range(7_000)], "#p"),
        ("owl:FunctionalProperty", [f":x :p :a{i} ." for i in range(5_000)], "5000 terms"),
    ],
)
def test_a_closure_that_is_too_large_is_a_finding_at_the_axiom(
    tmp_path: Path, axiom: str, data: list[str], named: str
) -> None:
    prefixes = (
        "@prefix : <https://example.org/ns#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    )
    (tmp_path / "ontology").mkdir()
    (tmp_path / "kb").mkdir()
    ontology = f"{prefixes}<https://example.org/ns> a owl:Ontology .\n:p a {axiom} .\n"
    (tmp_path / "ontology" / "terms.ttl").write_text(ontology, encoding="utf-8")
    (tmp_path / "kb" / "data.ttl").write_text(prefixes + "\n".join(data), encoding="utf-8")
    (tmp_path / "partyline.toml").write_text(
        '[knowledge]\ntitle = "T"\nbase = "https://example.org/"\n'
        'ontology_iri = "https://example.org/ns"\nontology = "ontology"\nkb = "kb"\n',
        encoding="utf-8",
    )
    report = run_checks(read_settings(tmp_path / "partyline.toml", {}))
    (finding,) = [row for row in report.findings if row.code == "closure-too-large"]
    assert (finding.path, finding.line) == ("ontology/terms.ttl", 4)
    assert named in finding.message
    assert finding.remedy
