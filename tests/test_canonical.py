"""RDFC-1.0: names of blank nodes, and the hash of a dump, are those of another implementation."""

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from partyline.dataset import TableBuilder
from partyline.errors import TooComplex
from partyline.rdf.canonical import canonical_labels
from partyline.rdf.ntriples import write_nquads
from partyline.releases import Release
from partyline.releases.dumps import canonical_sha256, special_rows

P, Q, G = (NamedNode(f"urn:{name}") for name in "pqg")
_NODES = [BlankNode(name) for name in "abcde"]
_QUADS = some.builds(
    Quad,
    some.sampled_from([*_NODES, P]),
    some.sampled_from([P, Q]),
    some.sampled_from(
        [*_NODES, P, Literal("a> _:b"), Literal("\u00a0\\u00A0\n\x7f"), Literal("> _:x y")]
    ),
    some.sampled_from([G, P, DefaultGraph()]),
)
DATASETS = some.lists(_QUADS, max_size=9, unique=True)


def other_hash(quads: list[Quad]) -> str:
    """Return the canonical hash by the algorithm of Oxigraph."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(serialize([quad], format=RdfFormat.N_QUADS) or b"" for quad in dataset)
    return hashlib.sha256(b"".join(lines)).hexdigest()


@given(quads=DATASETS, piece=some.sampled_from([1, 60, 1 << 22]))
def test_the_hash_is_that_of_another_implementation(
    tmp_path_factory: pytest.TempPathFactory, quads: list[Quad], piece: int
) -> None:
    file = tmp_path_factory.mktemp("canonical") / "dataset.nq"
    file.write_bytes(write_nquads(quads, {}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("partyline.releases.dumps.canonical_hash._PIECE", piece)
        assert canonical_sha256(file) == other_hash(quads)


@given(quads=DATASETS, order=some.randoms(use_true_random=False))
def test_the_names_depend_neither_on_names_nor_on_order(quads: list[Quad], order: object) -> None:
    shuffled = list(_NODES)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    new = dict(zip(_NODES, shuffled, strict=True))
    renamed = [
        Quad(
            new.get(quad.subject, quad.subject),  # type: ignore[arg-type]
            quad.predicate,
            new.get(quad.object, quad.object),  # type: ignore[arg-type]
            quad.graph_name,
        )
        for quad in quads
    ]
    order.shuffle(renamed)  # type: ignore[attr-defined]
    assert named(quads) == named(renamed)


def named(quads: list[Quad]) -> set[str]:
    labels = canonical_labels(quads)
    lines = set()
    for quad in quads:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        lines.add(" ".join(labels.get(term, str(term)) for term in terms))  # type: ignore[arg-type]
    return lines


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Literal("a> _:b"), False),
        (Literal("\u1780 \n\\"), False),
        (Literal("\u00a0"), True),
        (Literal("\x7f"), True),
        (NamedNode("urn:\u00a0"), True),
        (BlankNode("a"), True),
    ],
)
def test_rows_with_blank_nodes_and_escapes_are_known_without_reading_the_dump(
    tmp_path: Path, term: Literal | NamedNode | BlankNode, expected: bool
) -> None:
    triples = [Triple(P, Q, P), Triple(Q, P, Literal("x", language="en")), Triple(P, Q, term)]
    builder = TableBuilder(["one"])
    builder.add_all(triples, "one")
    table = builder.table()
    special = [row for row in table.rows().tolist() if special_rows(table)[row]]
    assert list(map(table.triple, special)) == ([triples[2]] if expected else [])
    quads = [Quad(row.subject, row.predicate, row.object, G) for row in triples]
    file = tmp_path / "dataset.nq"
    file.write_bytes(write_nquads(quads, {}))
    lines = [write_nquads(quads[2:], {})] if expected else []
    assert canonical_sha256(file, lines) == other_hash(quads)


def test_the_hash_of_a_release_is_that_of_its_dump(release: Release) -> None:
    path = str(release.dumps / "dataset.nq")
    quads = list(parse(path=path, format=RdfFormat.N_QUADS))
    assert release.manifest.canonical_sha256 == other_hash(quads)
    in_trig = list(parse(path=path.replace(".nq", ".trig"), format=RdfFormat.TRIG))
    assert release.manifest.canonical_sha256 == other_hash(in_trig)


def test_the_hash_is_on_the_page_of_the_dumps(client: FlaskClient, release: Release) -> None:
    page = client.get("/dumps/", headers={"Accept": "text/html"}).text
    assert f"{release.manifest.canonical_sha256}</code>" in page
    listed = client.get("/dumps/", headers={"Accept": "application/json"}).get_json()
    assert listed["canonical_sha256"] == release.manifest.canonical_sha256


def test_a_poisoned_dataset_is_given_up(tmp_path: Path) -> None:
    nodes = [BlankNode(f"b{number}") for number in range(12)]
    quads = [Quad(one, P, other, G) for one in nodes for other in nodes if one != other]
    with pytest.raises(TooComplex, match="permutations"):
        canonical_labels(quads, most=1_000)
    file = tmp_path / "dataset.nq"
    file.write_bytes(write_nquads(quads, {}))
    with pytest.raises(TooComplex, match="More than 100 statements"):
        canonical_sha256(file, most_lines=100)


def test_lists_that_look_alike_are_not_poison() -> None:
    quads = []
    for number in range(300):
        cells = [BlankNode(f"c{number}x{place}") for place in range(4)]
        quads += [Quad(cell, P, Literal("same")) for cell in cells]
        quads += [Quad(one, Q, other) for one, other in pairwise(cells)]
        quads.append(Quad(cells[-1], Q, NamedNode(f"urn:end:{number}")))
    assert len(canonical_labels(quads, most=10_000)) == 1_200


@pytest.mark.parametrize("length", [100, 30_000])
def test_a_chain_of_nodes_that_look_alike_has_labels_or_is_given_up_in_time(length: int) -> None:
    name = NamedNode("urn:next")
    nodes = [BlankNode(f"n{number}") for number in range(length)]
    quads = [Quad(one, name, two) for one, two in pairwise(nodes)]
    if length > 1_000:
        with pytest.raises(TooComplex, match="that look alike"):
            canonical_labels(quads)
        return
    labels = canonical_labels(quads, most=10_000_000)
    renamed = {node: BlankNode(f"m{length - place}") for place, node in enumerate(nodes)}
    again = canonical_labels(
        (Quad(renamed[row.subject], name, renamed[row.object]) for row in reversed(quads)),  # type: ignore[index]
        most=10_000_000,
    )
    assert {node: again[renamed[node]] for node in nodes} == labels
