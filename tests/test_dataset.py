"""The table of statements, compared with pyoxigraph's data set in memory, which keeps spellings."""

import json
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BaseDirection, BlankNode, Dataset, Literal, NamedNode, Quad, Triple

from partyline.dataset import Dictionary, Origin, Table, TableBuilder, read_table, write_table
from partyline.dataset.arrays import row_order
from partyline.errors import DatasetError
from sampling import examples

trial = settings(max_examples=examples(30, 300), deadline=None)
GRAPHS = ("ontology", "accepted", "inferred", "withheld")
XSD = "http://www.w3.org/2001/XMLSchema#"
P, Q = NamedNode("urn:p"), NamedNode("urn:q")
A, B = NamedNode("urn:a"), NamedNode("urn:b")

iris = st.one_of(
    st.sampled_from([A, B, P, Q, NamedNode("urn:a#b"), NamedNode("urn:é"), NamedNode("urn:😀")]),
    st.text("ab/\u00e9\U0001f600\u1780", min_size=1).map(lambda text: NamedNode("urn:" + text)),
)
blank_nodes = st.sampled_from(["a", "b0", "x.y", "é", "a-1"]).map(BlankNode)
nasty_texts = st.one_of(
    st.text(max_size=8),
    st.text('"\\\n\r\t\0\x7f\x85\ufffe\ufeff<>@^_: .', max_size=8),
    st.sampled_from(["", "1", "01", "+1", "1.0", "1.00", "\\u0041", '"@en', '"^^<urn:p>', "true"]),
)
literals = st.one_of(
    nasty_texts.map(Literal),
    st.tuples(nasty_texts, st.sampled_from(["en", "en-us", "km-khmr-kh", "de"])).map(
        lambda row: Literal(row[0], language=row[1])
    ),
    st.tuples(nasty_texts, st.sampled_from([XSD + "integer", XSD + "decimal", "urn:a"])).map(
        lambda row: Literal(row[0], datatype=NamedNode(row[1]))
    ),
)
nodes = st.one_of(iris, blank_nodes)
triples = st.builds(Triple, nodes, iris, st.one_of(nodes, literals))
origins = st.one_of(
    st.none(),
    st.builds(
        Origin, st.sampled_from(["b.ttl", "a.ttl", "é:1.ttl", "c\n.ttl"]), st.integers(1, 2**31 - 1)
    ),
)
statements = st.lists(st.tuples(triples, st.sampled_from(GRAPHS), origins), max_size=12)
Added = list[tuple[Triple, str, Origin | None]]


def table_of(rows: Added) -> Table:
    builder = TableBuilder(GRAPHS)
    for triple, graph, origin in rows:
        builder.add(triple, graph, origin)
    return builder.table()


@contextmanager
def sealed(table: Table) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statements"
        with path.open("wb") as file:
            write_table(table, file.write)
        yield path


@contextmanager
def in_both_forms(rows: Added) -> Iterator[tuple[Table, Table]]:
    table = table_of(rows)
    with sealed(table) as path:
        yield table, read_table(path)


def oracle(rows: Added) -> Dataset:
    return Dataset(
        Quad(row.subject, row.predicate, row.object, NamedNode("urn:" + graph))
        for row, graph, _ in rows
    )


@trial
@given(statements)
def test_a_table_holds_the_triples_of_each_graph_in_their_exact_spelling(rows: Added) -> None:
    expected = oracle(rows)
    with in_both_forms(rows) as tables:
        for table in tables:
            assert len(table) == len({triple for triple, _, _ in rows})
            for graph in GRAPHS:
                found = list(table.match(graphs=[graph]))
                quads = expected.quads_for_graph_name(NamedNode("urn:" + graph))
                assert set(found) == {quad.triple for quad in quads}
                assert len(found) == len(set(found)) == table.count(graphs=[graph])
                at_once = table.rows_by_graph().get(graph, ())
                assert [*at_once] == [*table.rows(graphs=[graph])]


@trial
@given(statements.filter(bool), triples, st.data())
def test_every_pattern_of_terms_finds_what_the_oracle_finds(
    rows: Added, other: Triple, data: st.DataObject
) -> None:
    expected = oracle(rows)
    one = data.draw(st.sampled_from([row for row, _, _ in rows]))
    other = data.draw(st.sampled_from([other, *(row for row, _, _ in rows)]))
    subject = data.draw(st.sampled_from([None, one.subject]))
    predicate = data.draw(st.sampled_from([None, other.predicate]))
    object_ = data.draw(st.sampled_from([None, one.object]))
    assert not isinstance(subject, Triple)
    assert not isinstance(object_, Triple)
    # The oracle looks up one term; the others are compared here.
    if subject:
        narrowest = expected.quads_for_subject(subject)
    elif predicate:
        narrowest = expected.quads_for_predicate(predicate)
    else:
        narrowest = expected.quads_for_object(object_) if object_ else iter(expected)
    agreeing = {
        quad.triple
        for quad in narrowest
        if subject in (None, quad.subject)
        and predicate in (None, quad.predicate)
        and object_ in (None, quad.object)
    }
    with in_both_forms(rows) as tables:
        for table in tables:
            found = list(table.match(subject, predicate, object_))
            assert set(found) == agreeing
            assert len(found) == len(agreeing)
            slots = table.slots(subject, predicate, object_)
            assert (table.count(*slots) if slots else 0) == len(agreeing)


@trial
@given(statements, st.data())
def test_ranges_of_terms_find_what_a_scan_finds(rows: Added, data: st.DataObject) -> None:
    table = table_of(rows)
    most = len(table.terms)
    bound = st.integers(0, most)
    ranges = st.tuples(bound, bound).map(lambda pair: range(min(pair), max(pair)))
    number = st.integers(0, most - 1) if most else st.none()
    slots: list[int | range | None]
    slots = [data.draw(st.one_of(st.none(), number, ranges)) for _ in range(3)]
    subject, predicate, object_ = slots
    allowed = [
        range(most) if slot is None else range(slot, slot + 1) if isinstance(slot, int) else slot
        for slot in slots
    ]
    expected = [
        row
        for row in range(len(table))
        if all(part in slot for part, slot in zip(table.numbers(row), allowed, strict=True))
    ]
    assert sorted(table.rows(subject, predicate, object_).tolist()) == expected
    assert table.count(subject, predicate, object_) == len(expected)


@trial
@given(statements)
def test_rows_are_in_the_order_of_their_text_and_every_access_path_is_sorted(rows: Added) -> None:
    table = table_of(rows)
    numbers = [table.numbers(row) for row in range(len(table))]
    lines = [[table.terms.encoded(part) for part in row] for row in numbers]
    assert lines == sorted(lines)
    for predicate in {row[1] for row in numbers}:
        keys = [table.numbers(row) for row in table.rows(predicate=predicate).tolist()]
        assert keys == sorted(keys, key=lambda row: (row[2], row[0]))
    for object_ in {row[2] for row in numbers}:
        keys = [table.numbers(row) for row in table.rows(object_=object_).tolist()]
        assert keys == sorted(keys)


@trial
@given(statements)
def test_origins_and_graphs_of_a_triple_are_all_that_were_added(rows: Added) -> None:
    with in_both_forms(rows) as tables:
        for table in tables:
            for triple in {triple for triple, _, _ in rows}:
                row = table.row(triple)
                assert row is not None
                assert table.triple(row) == triple
                places = [place for each, _, place in rows if each == triple and place is not None]
                assert list(table.origins(row)) == places
                graphs = {graph for each, graph, _ in rows if each == triple}
                assert table.graphs_of(row) == tuple(name for name in GRAPHS if name in graphs)
                first = table.first_graphs(table.rows(*table.numbers(row)))
                assert [table.graphs[index] for index in first] == [table.graphs_of(row)[0]]


@trial
@given(statements)
@example([])
def test_the_same_statements_in_another_order_give_the_same_file(rows: Added) -> None:
    no_origins: Added = [(triple, graph, None) for triple, graph, _ in rows]
    with (
        sealed(table_of(no_origins)) as one,
        sealed(table_of([*reversed(no_origins), *no_origins])) as other,
    ):
        assert one.read_bytes() == other.read_bytes()


@trial
@given(statements)
def test_the_links_of_a_term_are_the_rows_that_a_scan_finds(rows: Added) -> None:
    with in_both_forms(rows) as tables:
        for table in tables:
            every = [(row, *table.numbers(row)) for row in range(len(table))]
            for row, subject, predicate, object_ in every:
                links = [(at, o) for at, s, p, o in every if (s, p) == (subject, predicate)]
                back = [(at, s) for at, s, p, o in every if (p, o) == (predicate, object_)]
                assert table.links(subject, predicate, 99) == links
                assert table.links_to(predicate, object_, 99) == back
                assert table.links(subject, predicate, 1) == links[:1]
                assert table.links_to(predicate, object_, 1) == back[:1]
                assert table.row_of(subject, predicate, object_) == row
                if (object_, predicate, subject) not in {at[1:] for at in every}:
                    assert table.row_of(object_, predicate, subject) is None
            for number in range(len(table.terms)):
                text = table.terms.text(number)
                assert table.terms.has_beginning(text[:3])
                assert not table.terms.has_beginning(text + "\x00")


@trial
@given(statements, triples)
def test_a_triple_that_is_not_there_has_no_row(rows: Added, triple: Triple) -> None:
    table = table_of([row for row in rows if row[0] != triple])
    assert table.row(triple) is None


def test_another_spelling_of_a_number_is_another_term() -> None:
    seven = Literal("7", datatype=NamedNode(XSD + "integer"))
    spelled = Literal("07", datatype=NamedNode(XSD + "integer"))
    table = table_of([(Triple(A, P, spelled), "accepted", None)])
    assert table.row(Triple(A, P, seven)) is None
    assert list(table.match(object_=spelled)) == [Triple(A, P, spelled)]


def test_the_terms_of_a_namespace_are_a_range() -> None:
    table = table_of([(Triple(A, P, Literal("urn:a")), "accepted", None)])
    assert [str(table.terms.term(n)) for n in table.terms.starting_with("<urn:")] == [
        "<urn:a>",
        "<urn:p>",
    ]
    assert list(table.terms.literals) == [0]
    assert list(table.terms.iris) == [1, 2]
    assert list(table.terms.blank_nodes) == []


def test_a_graph_that_was_not_announced_is_an_error() -> None:
    with pytest.raises(KeyError):
        TableBuilder(["accepted"]).add(Triple(A, P, B), "inferred")
    with pytest.raises(KeyError):
        table_of([]).rows(graphs=["links"])


@pytest.mark.parametrize(
    "term",
    [Triple(A, P, B), Literal("x", language="ar", direction=BaseDirection.RTL)],
    ids=["triple term", "base direction"],
)
def test_a_term_of_rdf_1_2_is_refused_by_name(term: Literal | Triple) -> None:
    builder = TableBuilder(GRAPHS)
    builder.add(Triple(A, P, term), "accepted")
    with pytest.raises(DatasetError, match=r"RDF 1\.2; a table holds RDF 1\.1"):
        builder.table()


def small() -> Table:
    return table_of(
        [
            (Triple(A, P, Literal("01", datatype=NamedNode(XSD + "integer"))), "accepted", None),
            (Triple(A, Q, B), "ontology", Origin("a.ttl", 3)),
            (Triple(B, Q, A), "inferred", None),
        ]
    )


@trial
@given(st.data())
def test_one_changed_byte_anywhere_is_one_clear_error(data: st.DataObject) -> None:
    with sealed(small()) as path:
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        with pytest.raises(DatasetError, match="run 'partyline build'") as caught:
            read_table(path)
    assert str(path) in str(caught.value)


@trial
@given(st.data())
def test_a_file_that_is_cut_off_or_longer_is_one_clear_error(data: st.DataObject) -> None:
    with sealed(small()) as path:
        content = path.read_bytes()
        size = data.draw(st.integers(0, 2 * len(content)).filter(lambda size: size != len(content)))
        path.write_bytes(content[:size] + bytes(max(0, size - len(content))))
        for verify in (True, False):
            with pytest.raises(DatasetError, match="run 'partyline build'"):
                read_table(path, verify=verify)


def test_a_missing_file_and_another_version_are_reported(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No such file"):
        read_table(tmp_path / "statements")
    with sealed(small()) as path:
        content = bytearray(path.read_bytes())
        content[8] = 2
        path.write_bytes(content)
        with pytest.raises(DatasetError, match="layout version 2; this program reads version 1"):
            read_table(path)


def test_the_file_is_what_the_documentation_says() -> None:
    """Read it with nothing but the standard library."""
    with sealed(small()) as path:
        content = path.read_bytes()
    magic, version, length, checksum = struct.unpack_from("<8sIII", content)
    assert (magic, version) == (b"PARTYTAB", 1)
    assert zlib.crc32(content[24 : 24 + length]) == checksum
    header = json.loads(content[24 : 24 + length])
    position, columns = 24 + length, {}
    for row in header["columns"]:
        assert position % 64 == 0
        code = {"1": "B", "2": "H", "4": "I"}[row["type"][2]]
        size = row["length"] * int(row["type"][2])
        columns[row["name"]] = struct.unpack_from(f"<{row['length']}{code}", content, position)
        position += size + -size % 64
    terms, ends = bytes(columns["terms"]), columns["ends"]
    texts = [terms[a:b].decode() for a, b in pairwise(ends)]
    rows = zip(*(columns[name] for name in ("subject", "predicate", "object")), strict=True)
    assert [" ".join(texts[part] for part in row) for row in rows] == [
        f'<urn:a> <urn:p> "01"^^<{XSD}integer>',
        "<urn:a> <urn:q> <urn:b>",
        "<urn:b> <urn:q> <urn:a>",
    ]
    names = [[header["graphs"][graph] for graph in graphs] for graphs in header["graph_sets"]]
    assert [names[each] for each in columns["graphs"]] == [["accepted"], ["ontology"], ["inferred"]]
    assert columns["origin_start"] == (0, 0, 1, 1)
    assert [header["files"][file] for file in columns["origin_file"]] == ["a.ttl"]
    assert columns["origin_line"] == (3,)


def test_a_dictionary_without_terms_finds_nothing() -> None:
    empty = Dictionary.of([])
    assert (len(empty), empty.number(A), list(empty)) == (0, None, [])


@trial
@given(
    rows=st.lists(st.tuples(*[st.integers(0, 5)] * 4), max_size=12),
    scales=st.tuples(*[st.sampled_from([0, 3, 15, 18])] * 4),
)
def test_rows_are_in_order_however_many_bits_their_numbers_take(
    rows: list[tuple[int, ...]], scales: tuple[int, ...]
) -> None:
    """With numbers that are far apart, too, of which the places among all are sorted."""
    columns = [np.array([row[place] << scales[place] for row in rows], int) for place in range(4)]
    order = row_order(columns, [(5 << scale) + 1 for scale in scales])
    assert order.tolist() == sorted(range(len(rows)), key=rows.__getitem__)


def test_rows_that_fit_into_no_integer_are_in_order() -> None:
    random = np.random.default_rng(1)
    for size, most in ((3_000, 2**20), (40_000, 2**9), (9, 2**22)):
        columns = [random.integers(0, most, size) for _ in range(6)]
        order = row_order(columns, [most] * 6)
        assert order.tolist() == np.lexsort(columns[::-1]).tolist()
