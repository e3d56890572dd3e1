"""The dumps of a release, from its table, are byte for byte what the writers of graphs write."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from partyline.dataset import Table, TableBuilder
from partyline.errors import NotSerialisable
from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS, GraphFormat
from partyline.releases.checksums import sha256
from partyline.releases.dump_files import DumpFile, OmittedDump
from partyline.releases.dumps import DumpContents, write_dumps
from partyline.releases.dumps.rows import Rows, parts_of
from partyline.releases.dumps.whole import WholeDumps
from partyline.settings import Dumps
from partyline.vocabulary import OWL, RDF, XSD
from sampling import examples
from test_writers import EX, PREFIXES, TRIPLES, A, P, Q

GRAPHS = ("one", "two")
NAMES = {"one": EX + "graph/one", "two": "urn:two"}

#: Few terms, so that subjects have several statements and blank nodes meet.
_BLANK = some.sampled_from(list(map(BlankNode, "abcd")))
_IRIS = some.sampled_from([A, P, Q, RDF.nil, RDF.type, NamedNode(EX + "half-a"), OWL.Ontology])
_DENSE = some.builds(
    Triple,
    _BLANK | _IRIS,
    some.sampled_from([P, Q, RDF.type, RDF.first, RDF.rest, RDF.nil]),
    _BLANK
    | _IRIS
    | some.sampled_from([OWL.Class, OWL.ObjectProperty, RDF.Property])
    | some.sampled_from(
        [
            *map(Literal, ["b", "a", "two\nlines", "a\tb", "\u00a0"]),
            *(Literal("a", language="en"), Literal("b", language="en")),
            *(Literal("1", datatype=XSD.integer), Literal("01", datatype=XSD.integer)),
            *(Literal("1", datatype=XSD.date), Literal("<&>", datatype=XSD.date)),
            Literal("x", datatype=RDF.langString),
        ]
    ),
)
STATEMENTS = some.lists(
    some.tuples(some.sampled_from(GRAPHS), TRIPLES | _DENSE), max_size=14, unique=True
)
Statements = list[tuple[str, Triple]]


def table_of(statements: Statements) -> Table:
    builder = TableBuilder(GRAPHS)
    for graph, triple in statements:
        builder.add(triple, graph)
    return builder.table()


def written(folder: Path, statements: Statements) -> dict[str, DumpFile | OmittedDump]:
    table = table_of(statements)
    rows = {name: table.rows(graphs=(name,)) for name in GRAPHS}
    dataset = {NAMES[name]: rows[name] for name in GRAPHS}
    found = write_dumps(folder, DumpContents(table, PREFIXES, rows, {"dataset": dataset}), Dumps())
    return {row.name: row for row in found}


def expected(write: Callable[[], bytes]) -> bytes | str:
    """Return what *write* writes, or why it refuses to."""
    try:
        return write()
    except NotSerialisable as error:
        return str(error)


def every_dump(statements: Statements) -> Iterator[tuple[str, bytes | str]]:
    graphs = {name: [row for graph, row in statements if graph == name] for name in GRAPHS}
    for name, triples in graphs.items():
        for row in GRAPH_FORMATS:
            yield f"{name}.{row.extension}", expected(lambda: row.write(triples, PREFIXES))  # noqa: B023
    quads = [
        Quad(row.subject, row.predicate, row.object, NamedNode(NAMES[graph]))
        for graph, row in statements
    ]
    for syntax in DATASET_FORMATS:
        yield f"dataset.{syntax.extension}", expected(lambda: syntax.write(quads, PREFIXES))  # noqa: B023


@settings(deadline=None, max_examples=examples(30, 300), suppress_health_check=list(HealthCheck))
@given(statements=STATEMENTS)
@example(statements=[])
@example(statements=[("one", Triple(A, RDF.nil, RDF.nil))])
@example(statements=[("one", Triple(A, RDF.type, Literal("a"))), ("one", Triple(A, RDF.type, P))])
@example(statements=[("one", Triple(A, P, Literal("\u00a0"))), ("one", Triple(A, P, Literal("a")))])
@example(statements=[("one", Triple(A, P, BlankNode("é"))), ("two", Triple(BlankNode("é"), P, A))])
def test_each_dump_is_what_the_writer_of_its_format_writes(
    tmp_path_factory: pytest.TempPathFactory, statements: Statements
) -> None:
    folder = tmp_path_factory.mktemp("dumps")
    found = written(folder, statements)
    for name, content in every_dump(statements):
        row = found.pop(name)
        if isinstance(content, str):
            assert isinstance(row, OmittedDump)
            assert not (folder / name).exists()
        else:
            assert (folder / name).read_bytes() == content
            assert isinstance(row, DumpFile)
            assert (row.size, row.sha256) == (len(content), sha256(folder / name))
    assert not found


@pytest.mark.parametrize("size", [1, 2, 7, 60, 1_000])
def test_graphs_that_are_in_a_file_of_turtle_are_copied_in_pieces_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("partyline.releases.dumps.turtle_blocks._PIECE", size)
    texts = ["ä\n\nö", "\n\n", "x", "\n", ""]
    statements = [
        *(("one", Triple(Q, P, Literal(text))) for text in texts),
        *(("one", Triple(A, RDF.type, kind)) for kind in (OWL.Class, P)),
        ("two", Triple(A, P, Literal("1", datatype=XSD.integer))),
        ("two", Triple(Q, P, NamedNode(f"{EX}ü"))),
    ]
    written(tmp_path, statements)
    for name, content in every_dump(statements):
        assert (tmp_path / name).read_bytes() == content


@settings(deadline=None, max_examples=examples(30, 300), suppress_health_check=list(HealthCheck))
@given(statements=STATEMENTS, size=some.integers(1, 4))
@example([("one", Triple(A, P, Literal(text))) for text in ("x", "é", "y")], 1)
@example([("two", Triple(Q, P, A)), ("two", Triple(Q, P, Literal("1", datatype=XSD.integer)))], 1)
def test_texts_and_rows_that_are_not_held_in_memory_are_written_the_same(
    tmp_path_factory: pytest.TempPathFactory, statements: Statements, size: int
) -> None:
    folder = tmp_path_factory.mktemp("dumps")
    with pytest.MonkeyPatch.context() as patch:
        for module in ("ntriples", "turtle_blocks", "turtle_terms"):
            patch.setattr(f"partyline.releases.dumps.{module}.HELD", 0)
        patch.setattr("partyline.releases.dumps.turtle_terms._SLICE", size)
        patch.setattr("partyline.releases.dumps.turtle.parts_of", partial(parts_of, size=size))
        patch.setattr("partyline.releases.dumps.literals._PIECE", 1)
        written(folder, statements)
    for name, content in every_dump(statements):
        assert isinstance(content, str) or (folder / name).read_bytes() == content


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_parts_of_rows_have_whole_subjects_and_are_all_rows(size: int) -> None:
    subjects = [NamedNode(f"{EX}{name}") for name in "abcd"]
    counts = [1, 4, 2, 3]
    table = table_of(
        [
            ("one", Triple(subject, P, Literal(str(number))))
            for subject, count in zip(subjects, counts, strict=True)
            for number in range(count)
        ]
    )
    rows = Rows.of(table, table.rows())
    parts = list(rows.chunks(size))
    assert np.concatenate([part.rows for part in parts]).tolist() == rows.rows.tolist()
    for part in parts:
        assert len(part) <= size or len(set(part.subjects.tolist())) == 1
    seen: list[int] = [number for part in parts for number in sorted(set(part.subjects.tolist()))]
    assert seen == sorted(set(rows.subjects.tolist()))


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.extension)
def test_a_format_without_a_writer_for_tables_has_the_same_dumps(row: GraphFormat) -> None:
    triples = [Triple(A, P, Literal("a", language="en")), Triple(BlankNode("b"), RDF.type, A)]
    table = table_of([("one", triple) for triple in triples])
    parts = WholeDumps(row, table, PREFIXES).graph(table.rows(graphs=("one",)))
    assert b"".join(parts) == row.write(triples, PREFIXES)
