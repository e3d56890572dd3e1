"""What changed between releases: statements, patches, resources; followed from nothing."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from shutil import copytree
from typing import Any, TypeVar

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)
from rdflib.compare import isomorphic

from command_line import partyline
from ensembles_server import rename
from partyline.dataset import Table, TableBuilder
from partyline.history import (
    ChangeKind,
    LabelledTable,
    as_patch,
    changes_between,
    resource_changes,
)
from partyline.history import changes as module
from partyline.history.resource_changes import AssertedResources
from partyline.releases import build
from partyline.settings import read_settings

GRAPHS = ("ontology", "accepted", "inferred", "withheld")
BASE = "https://e.org/"
P, Q = NamedNode("urn:p"), NamedNode("urn:q")
A, B, C = NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c")

nodes = st.sampled_from([A, B, C, *(BlankNode(row) for row in "uvwxyz")])
things = st.one_of(nodes, st.sampled_from([Literal("1"), Literal("1", language="en"), P]))
triples = st.builds(Triple, nodes, st.sampled_from([P, Q, A]), things)
statements = st.lists(st.tuples(triples, st.sampled_from(GRAPHS)), max_size=14)
_Term = TypeVar("_Term")
Rows = Sequence[tuple[Triple, str]]


def table_of(rows: Rows) -> Table:
    builder = TableBuilder(GRAPHS)
    for triple, graph in rows:
        builder.add(triple, graph)
    return builder.table()


def labelled(rows: Rows) -> LabelledTable:
    return LabelledTable(table_of(rows))


def graph_of(found: set[str]) -> rdflib.Graph:
    text = "".join(f"{row} .\n" for row in found)
    return rdflib.Graph().parse(data=text, format="nt")


def quads_of(rows: Rows) -> set[Quad]:
    return {
        Quad(triple.subject, triple.predicate, triple.object, NamedNode(f"{BASE}graph/{graph}"))
        for triple, graph in rows
    }


def applied(store: set[str], patch: str) -> None:
    """Apply *patch* to the quads of *store*; what is removed was there, what is added was not."""
    lines = patch.splitlines()
    marks = [line.partition(" ")[0] for line in lines]
    assert marks[-1] == "TC"
    assert marks == sorted(marks, key=["H", "TX", "D", "A", "TC"].index)
    for line in lines:
        mark, _, quad = line.partition(" ")
        if mark == "D":
            store.remove(quad)
        elif mark == "A":
            assert quad not in store
            store.add(quad)


def patch_between(older: LabelledTable | None, newer: LabelledTable) -> str:
    return "".join(as_patch(changes_between(older, newer), BASE, "new", "old" if older else ""))


@given(st.lists(statements, min_size=1, max_size=4), st.booleans())
def test_patches_are_followed_from_nothing(versions: list[Rows], one_by_one: bool) -> None:
    store: set[str] = set()
    older = None
    with pytest.MonkeyPatch.context() as patched:
        if one_by_one:
            patched.setattr(module, "_BITS", 0)
        for rows in versions:
            newer = labelled(rows)
            applied(store, patch_between(older, newer))
            older = newer
            found = Dataset(parse(input="\n".join(store).encode(), format=RdfFormat.N_QUADS))
            wanted = Dataset(quads_of(rows))
            for graph in (found, wanted):
                graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
            assert found == wanted


@given(statements)
def test_labels_of_blank_nodes_in_the_sources_do_not_matter(rows: Rows) -> None:
    """Unless the blank nodes are on cycles, which this example has none of."""
    names = dict(zip("uvwxyz", "fedcba", strict=True))
    order = {row: place for place, row in enumerate("uvwxyz")}

    def leads_down(triple: Triple) -> bool:
        subject, object_ = triple.subject, triple.object
        if isinstance(subject, BlankNode) and isinstance(object_, BlankNode):
            return order[subject.value] < order[object_.value]
        return True

    def renamed(term: _Term) -> _Term:
        return type(term)(names[term.value]) if isinstance(term, BlankNode) else term

    kept = [row for row in rows if leads_down(row[0])]
    other = [
        (Triple(renamed(row.subject), row.predicate, renamed(row.object)), graph)
        for row, graph in kept
    ]
    wanted = set(labelled(kept).labels)
    assert set(labelled(other).labels) == wanted


def test_another_blank_node_leaves_the_labels_of_the_rest() -> None:
    def people(names: str) -> list[tuple[Triple, str]]:
        rows: list[tuple[Any, NamedNode, Any]] = []
        for number, name in enumerate(names):
            node, inner = BlankNode(f"n{2 * number}"), BlankNode(f"n{2 * number + 1}")
            rows += [(A, P, node), (node, Q, inner), (inner, P, Literal(name))]
        return [(Triple(*row), "accepted") for row in rows]

    lines = patch_between(labelled(people("bdf")), labelled(people("abdf"))).splitlines()
    assert [line[0] for line in lines] == ["H", "H", "T", "A", "A", "A", "T"]


def test_long_lists_are_hashed_in_one_pass() -> None:
    cells = [BlankNode(f"n{row}") for row in range(3000)]
    rows = [(Triple(A, P, cells[0]), "accepted")]
    rests: list[BlankNode | NamedNode] = [*cells[1:], B]
    for number, (cell, rest) in enumerate(zip(cells, rests, strict=True)):
        rows += [(Triple(cell, P, Literal(str(number % 2))), "accepted")]
        rows += [(Triple(cell, Q, rest), "accepted")]
    assert len(set(labelled(rows).labels)) == len(cells)
    assert not any("x" in label for label in labelled(rows).labels)


@given(st.lists(statements, min_size=1, max_size=4))
def test_resources_are_followed_from_nothing(versions: list[Rows]) -> None:
    """Who keeps the last state of each resource has all that is asserted, and nothing more."""
    state: dict[str, set[str]] = {}
    older = None
    for rows in versions:
        newer = AssertedResources(labelled(rows))
        changes = changes_between(older.labelled if older else None, newer.labelled)
        for change in resource_changes(changes, newer, older):
            assert (change.kind is ChangeKind.CREATE) == (change.iri not in state)
            if change.kind is ChangeKind.DELETE:
                del state[change.iri]
            else:
                found = set(newer.labelled.statements(change.rows))
                assert found
                assert found != state.get(change.iri)
                state[change.iri] = found
        older = newer
        asserted = {triple for triple, graph in rows if graph != "inferred"}
        # No blank node is in two states, so each could be read on its own.
        blank = [set(re.findall(r"_:\w+", " ".join(found))) for found in state.values()]
        assert sum(map(len, blank)) == len(set().union(*blank))
        found = set().union(*state.values())
        assert isomorphic(graph_of(found), graph_of({str(row) for row in asserted}))


def test_a_statement_that_moves_between_graphs_is_removed_and_added() -> None:
    triple = Triple(A, P, B)
    changes = changes_between(labelled([(triple, "withheld")]), labelled([(triple, "accepted")]))
    assert {name: changes.count(name) for name in changes.graphs} == {
        "accepted": (1, 0),
        "withheld": (0, 1),
    }


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, ensembles_release: Path) -> Path:
    """The second knowledge base with two releases."""
    folder = copytree(ensembles_release, tmp_path_factory.mktemp("diff") / "e", symlinks=True)
    rename(folder, "Neu")
    build(read_settings(folder / "partyline.toml"))
    return folder


def diff(town: Path, *options: str) -> str:
    done = partyline("diff", *options, "--settings", town / "partyline.toml")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_shows_what_changed(town: Path) -> None:
    shown = diff(town, "previous")
    assert re.search(r"^accepted: 1 added, 1 removed$", shown, re.MULTILINE)
    assert '\n  + rdfs:label "Blechverein Neu"@de [accepted]\n' in shown
    assert diff(town, "current") == "no statement differs\n"


def test_the_command_writes_json_and_patches(town: Path) -> None:
    table = json.loads(diff(town, "previous", "current", "--format", "json"))
    assert table["graphs"]["accepted"] == {"added": 1, "removed": 1}
    (subject,) = [row for row in table["subjects"] if row["added"]]
    assert subject["added"][0]["object"] == '"Blechverein Neu"@de'
    store: set[str] = set()
    for older, newer in (("nothing", "previous"), ("previous", "current")):
        applied(store, diff(town, older, newer, "--format", "patch"))
    dump = (town / "releases" / "current" / "dumps" / "dataset.nq").read_text()
    wanted = Dataset(parse(input=dump, format=RdfFormat.N_QUADS))
    found = Dataset(parse(input="\n".join(store), format=RdfFormat.N_QUADS))
    for dataset in (wanted, found):
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert found == wanted


@pytest.mark.parametrize("name", ["xx", "nowhere"])
def test_an_unknown_release_is_refused_with_those_that_are_kept(town: Path, name: str) -> None:
    done = partyline("diff", name, "--settings", town / "partyline.toml")
    assert done.returncode == 1
    assert "kept are" in done.stderr
