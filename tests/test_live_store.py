"""A store that follows the graphs of one preview after another."""

import random
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from partyline.dataset import Numbering, TripleSet
from partyline.dataset.live_store import Graph, LiveStore
from partyline.vocabulary import XSD
from sampling import examples

GRAPHS: list[Graph] = [DefaultGraph(), NamedNode("urn:g:1"), NamedNode("urn:g:2")]
#: Of some a store makes one.
VALUES: list[Literal | NamedNode] = [
    *(Literal(text, datatype=XSD.integer) for text in ("1", "01", "+1", "2")),
    *(Literal("1"), Literal("1", language="en"), NamedNode("urn:o")),
]


def content(path: Path) -> set[Quad]:
    return set(Store.read_only(str(path)))


def fresh(path: Path, graphs: dict[Graph, frozenset[Triple]]) -> set[Quad]:
    store = Store(str(path))
    for graph, triples in graphs.items():
        store.extend(Quad(row.subject, row.predicate, row.object, graph) for row in triples)
    return set(store)


@pytest.mark.parametrize("seed", range(examples(1, 10)))
def test_after_random_changes_it_holds_what_a_new_store_holds(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    subjects = [NamedNode(f"urn:s:{number}") for number in range(3)]
    all_triples = [Triple(row, NamedNode("urn:p"), value) for row in subjects for value in VALUES]
    live, numbering = LiveStore(tmp_path / "live"), Numbering()
    for number in range(8):
        graphs = {
            graph: frozenset(chance.sample(all_triples, chance.randint(1, len(all_triples))))
            for graph in chance.sample(GRAPHS, chance.randint(1, 3))
        }
        live.follow({graph: TripleSet.of(rows, numbering) for graph, rows in graphs.items()})
        live.copy(tmp_path / f"copy-{number}")
        found = content(tmp_path / f"copy-{number}")
        assert found == fresh(tmp_path / f"fresh-{number}", graphs)


def test_a_copy_stays_what_it_was_and_knows_no_graph_that_is_gone(tmp_path: Path) -> None:
    triple = Triple(NamedNode("urn:s"), NamedNode("urn:p"), Literal("x"))
    live = LiveStore(tmp_path / "live")
    triples = TripleSet.of([triple])
    live.follow(dict.fromkeys(GRAPHS, triples))
    live.copy(tmp_path / "one")
    live.follow({GRAPHS[1]: triples})
    live.copy(tmp_path / "two")
    assert len(content(tmp_path / "one")) == 3
    assert content(tmp_path / "two") == {Quad(*_terms(triple), GRAPHS[1])}
    assert list(Store.read_only(str(tmp_path / "two")).named_graphs()) == [GRAPHS[1]]


def _terms(triple: Triple) -> tuple[NamedNode, NamedNode, Literal]:
    subject, value = triple.subject, triple.object
    assert isinstance(subject, NamedNode)
    assert isinstance(value, Literal)
    return subject, triple.predicate, value
