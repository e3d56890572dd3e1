"""Our rules beside those of other reasoners: ``make peers``. It takes minutes.

The peers are installed in a virtual environment that is thrown away; one that does not install is
left out. ``PEERS_PYTHON`` names another Python for them (purrdf needs 3.13), ``EXAMPLES`` how many
random graphs each is given.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.known_differences import KNOWN, Difference, Kind
from conformance.peer import PEERS
from conformance.peering import (
    OURS,
    Ourselves,
    Peer,
    Reasoner,
    Said,
    by_value,
    comparable,
    install,
    with_names,
)
from random_knowledge import MORE_AXIOMS, MORE_DATA
from test_reasoning import CONSISTENT, CONTRADICTIONS, ENTAILED, NOT_ENTAILED, triples
from test_rules import LATE, REPEATED

RESULTS = Path(__file__).parents[2] / "bench" / "results" / "peers.md"
EXAMPLES = int(os.environ.get("EXAMPLES") or 200)
#: Axioms by which everything is in a relation to itself or in a class. We do not derive what is
#: true of everything, so there we differ from everybody on purpose (docs/explanation/reasoning.md).
ON_PURPOSE = ("owl:sameAs rdfs:subPropertyOf", "rdf:type rdfs:range")
#: Literals with the value of another: some peers rewrite them, and we join them as written.
RESPELLED = (" 01 ", " 1.0 ")


def asked(line: str) -> bool:
    return not line.startswith(ON_PURPOSE) and not any(form in line for form in RESPELLED)


GRAPHS = st.builds(
    lambda axioms, data: list(dict.fromkeys(axioms + data)),
    st.lists(MORE_AXIOMS.filter(asked), min_size=1, max_size=8),
    st.lists(MORE_DATA.filter(asked), min_size=2, max_size=9),
)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of the peers' environment, and the versions of those that install."""
    folder = tmp_path_factory.mktemp("peers") / "environment"
    return folder, install(PEERS, folder, os.environ.get("PEERS_PYTHON") or sys.executable)


@pytest.fixture(scope="session")
def peers(environment: tuple[Path, dict[str, str]]) -> Iterator[dict[str, Peer]]:
    """A process for each of the peers."""
    folder, versions = environment
    made = {name: Peer(folder / "bin" / "python", name) for name in versions}
    yield made
    for peer in made.values():
        peer.close()


def found(peers: Mapping[str, Peer], name: str) -> Peer:
    if name not in peers:
        pytest.skip(f"{name} does not install")
    return peers[name]


def differences(ours: Said, theirs: Said) -> Iterator[tuple[Kind, str]]:
    """Yield how a peer differs from us, and the triple it is about."""
    if theirs == Said(None, None):
        yield "fails", ""
    if ours.entailed is not None and theirs.entailed is not None:
        yield from (("misses", triple) for triple in sorted(ours.entailed - theirs.entailed))
        yield from (("adds", triple) for triple in sorted(theirs.entailed - ours.entailed))
    if theirs.contradictory is not None and theirs.contradictory != ours.contradictory:
        yield ("overlooks" if ours.contradictory else "invents"), ""


def minimal(lines: list[str], differs: Callable[[list[str]], bool]) -> list[str]:
    """Leave out each line without which two still differ."""
    index = 0
    while index < len(lines):
        fewer = lines[:index] + lines[index + 1 :]
        if differs(fewer):
            lines = fewer
        else:
            index += 1
    return lines


def explained(peer: str, kind: Kind, triple: str, data: str) -> bool:
    """Tell whether the peer is known to differ so on *data*, or we do, and on purpose."""
    if any(row.explains(peer, kind, data) for row in KNOWN):
        return True
    asserted, names = with_names(triples(data))
    said = Ourselves("sparql").says(asserted)
    if kind == "adds" and said.entailed is not None:
        subject, predicate, object_ = triple.split(" ", 2)
        named = f"{subject} {predicate} {names.get(object_, object_)}"
        return named in said.entailed | set(map(by_value, asserted))
    return kind == "invents" and bool(said.contradictory)


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: f"{row.peer} {row.kind}: {row.why}")
def test_a_peer_differs_as_listed_and_we_do_as_the_rules_say(
    peers: dict[str, Peer], row: Difference
) -> None:
    asserted = triples(row.data + row.beside)
    ours, theirs = Ourselves("sparql").says(asserted), found(peers, row.peer).says(asserted)
    kinds = {(kind, triple) for kind, triple in differences(ours, theirs) if kind == row.kind}
    # Of two constructs on one subject, which counts may differ from run to run.
    expected = {(row.kind, triple) for triple in comparable(triples(row.said), frozenset())}
    assert kinds & (expected or {(row.kind, "")})


@pytest.mark.parametrize("name", PEERS)
def test_every_difference_on_random_knowledge_is_a_known_one(
    peers: dict[str, Peer], name: str
) -> None:
    peer, ourselves = found(peers, name), Ourselves("sparql")

    def differs(kind: Kind, triple: str, lines: list[str]) -> bool:
        asserted = triples("\n".join(lines))
        theirs = peer.says(asserted)
        # The peers are faster: where they say otherwise than before, ours need not be asked.
        if kind == "misses" and (theirs.entailed is None or triple in theirs.entailed):
            return False
        if kind == "adds" and (theirs.entailed is None or triple not in theirs.entailed):
            return False
        return (kind, triple) in differences(ourselves.says(asserted), theirs)

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(GRAPHS)
    def compare(lines: list[str]) -> None:
        asserted = triples("\n".join(lines))
        for kind, triple in differences(ourselves.says(asserted), peer.says(asserted)):
            # Of a peer that contradicts itself from run to run, the whole graph is the least part.
            least = "\n".join(minimal(lines, partial(differs, kind, triple)))
            assert explained(name, kind, triple, least), (kind, triple, least)

    compare()


def passed(reasoner: Reasoner) -> Iterator[tuple[str, list[bool | None]]]:
    """Yield each kind of test with its outcomes; None where the reasoner does not tell."""

    def entails(data: str, conclusion: str) -> bool:
        asserted = triples(data)
        entailed = reasoner.says(asserted).entailed
        return entailed is not None and comparable(triples(conclusion), asserted) <= entailed

    def refrains(data: str, conclusion: str) -> bool:
        asserted = triples(data)
        entailed = reasoner.says(asserted).entailed
        return entailed is not None and not comparable(triples(conclusion), asserted) & entailed

    def tells(data: str, *, contradictory: bool) -> bool | None:
        verdict = reasoner.says(triples(data)).contradictory
        return None if verdict is None else verdict == contradictory

    yield "follows", [entails(data, entailed) for _, data, entailed in ENTAILED]
    yield "does not follow", [refrains(data, unfounded) for _, data, unfounded in NOT_ENTAILED]
    yield "contradictory", [tells(data, contradictory=True) for _, data in CONTRADICTIONS]
    yield "consistent", [tells(data, contradictory=False) for data in CONSISTENT]
    yield "repeated", [entails(*row) for row in REPEATED.values()]
    yield "late", [entails(*row) for row in LATE.values()]


def cell(outcomes: list[bool | None]) -> str:
    if None in outcomes:
        return "–"
    return f"{sum(map(bool, outcomes))} of {len(outcomes)}"


def test_we_pass_all_rule_tests_and_the_table_says_what_the_peers_pass(
    peers: dict[str, Peer],
    environment: tuple[Path, dict[str, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    reasoners: dict[str, Reasoner] = {f"partyline {name}": Ourselves(name) for name in OURS}
    reasoners |= {f"{name} {version}": peers[name] for name, version in environment[1].items()}
    outcomes = {name: dict(passed(reasoner)) for name, reasoner in reasoners.items()}
    columns = list(next(iter(outcomes.values())))
    rows = [
        "# Rule tests passed by the reasoner and its peers",
        "",
        "Written by `make peers`: the tests of single rules, of constructs that repeat on one",
        "subject and of premises that arrive late, in `tests/test_reasoning.py` and",
        "`tests/test_rules.py`. A dash: the reasoner does not tell contradictions to Python.",
        "",
        f"| | {' | '.join(columns)} |",
        "| --- |" + " --- |" * len(columns),
        *(f"| {name} | {' | '.join(map(cell, row.values()))} |" for name, row in outcomes.items()),
    ]
    RESULTS.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with capsys.disabled():
        print("", *rows, sep="\n")
    for name in OURS:
        assert all(all(kind) for kind in outcomes[f"partyline {name}"].values())
