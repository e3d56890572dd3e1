"""Cut the statements of a release into requests of bounded size, always in the same way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.releases.dumps.ntriples import NTriplesDumps
from partyline.sparql.remote.dialects import Dialect

#: Statements and bytes that are added to a graph at once through the Graph Store Protocol.
STORE_STATEMENTS, STORE_BYTES = 20_000, 8 << 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements that are loaded with one request."""

    number: int
    #: The IRI of each graph and its statements in N-Triples.
    graphs: tuple[tuple[str, bytes], ...]
    statements: int
    #: Blank nodes are new ones in each request: such statements cannot be sent twice.
    has_blank_nodes: bool = False
    #: Whether it is one graph for the Graph Store Protocol.
    is_for_store: bool = False

    def insertion(self, more: str = "") -> str:
        """Return the update that inserts the statements, and *more* of them in other graphs.

        Not every engine takes blank nodes in ``INSERT DATA``; all do in a template.
        """
        graphs = "".join(f"GRAPH <{iri}> {{\n{lines.decode()}}}\n" for iri, lines in self.graphs)
        if self.has_blank_nodes:
            return f"INSERT {{\n{graphs}{more}}} WHERE {{}}"
        return f"INSERT DATA {{\n{graphs}{more}}}"


def batches(
    table: Table, graphs: Mapping[str, Numbers], dialect: Dialect, *, with_store: bool
) -> Iterator[Batch]:
    """Yield the statements of *graphs* in requests of the size that *dialect* takes.

    Statements with blank nodes come first, with all that mentions one of them in the same request.
    Graphs that are larger than an update go through the store where there is one.
    """
    written, number = NTriplesDumps(table), count()
    yield from _blank_batches(table, written, graphs, dialect.statements, number)
    blank = _has_blank(table)
    ground = {iri: rows[~blank[rows]] for iri, rows in graphs.items()}
    stored = {
        iri: rows for iri, rows in ground.items() if with_store and len(rows) > dialect.statements
    }
    for iri, rows in stored.items():
        yield from _cut(_lines(written, {iri: rows}), STORE_STATEMENTS, STORE_BYTES, number, True)
    rest = {iri: rows for iri, rows in ground.items() if iri not in stored}
    yield from _cut(_lines(written, rest), dialect.statements, dialect.bytes, number, False)


def _lines(written: NTriplesDumps, graphs: Mapping[str, Numbers]) -> Iterator[tuple[str, bytes]]:
    for iri, rows in graphs.items():
        for part in written.graph(rows):
            for line in part.splitlines(keepends=True):
                yield iri, line


def _cut(
    lines: Iterable[tuple[str, bytes]],
    most: int,
    most_bytes: int,
    number: "count[int]",
    store: bool,
) -> Iterator[Batch]:
    """Yield *lines* in batches; one line may be longer than a batch should be."""
    waiting: dict[str, list[bytes]] = {}
    statements = size = 0
    for iri, line in lines:
        if statements and (statements >= most or size + len(line) > most_bytes):
            yield _batch(number, waiting, statements, store)
            waiting, statements, size = {}, 0, 0
        waiting.setdefault(iri, []).append(line)
        statements, size = statements + 1, size + len(line)
    if statements:
        yield _batch(number, waiting, statements, store)


def _batch(
    number: "count[int]", lines: Mapping[str, list[bytes]], statements: int, store: bool
) -> Batch:
    graphs = tuple((iri, b"".join(rows)) for iri, rows in lines.items())
    return Batch(next(number), graphs, statements, is_for_store=store)


def _blank_batches(
    table: Table,
    written: NTriplesDumps,
    graphs: Mapping[str, Numbers],
    most: int,
    number: "count[int]",
) -> Iterator[Batch]:
    """Yield the statements with blank nodes; those that are connected by them are not separated."""
    blank, names = _has_blank(table), list(graphs)
    rows = [graphs[iri][blank[graphs[iri]]] for iri in names]
    found = np.concatenate([*rows, np.empty(0, np.int64)]).astype(np.int64)
    places = np.repeat(np.arange(len(names)), [len(part) for part in rows])
    group = _components(table)[found]
    order = np.lexsort((found, places, group))
    found, places, group = found[order], places[order], group[order]
    for begin, end in _ends(group, most):
        part, graph = found[begin:end], places[begin:end]
        texts = tuple(
            (names[place], b"".join(written.graph(np.sort(part[graph == place]).astype(np.int32))))
            for place in np.unique(graph).tolist()
        )
        yield Batch(next(number), texts, end - begin, has_blank_nodes=True)


def _ends(group: Numbers, most: int) -> Iterator[tuple[int, int]]:
    """Yield where batches of sorted groups begin and end: of *most* rows, or of one group."""
    borders = [*(np.flatnonzero(np.diff(group)) + 1).tolist(), len(group)]
    begin = last = 0
    for border in borders:
        if border - begin > most and last > begin:
            yield begin, last
            begin = last
        last = border
    if last > begin:
        yield begin, last


def _has_blank(table: Table) -> Numbers:
    """Tell of each row whether its subject or its object is a blank node."""
    first = table.terms.blank_nodes.start
    found: Numbers = (table.columns["subject"] >= first) | (table.columns["object"] >= first)
    return found


def _components(table: Table) -> Numbers:
    """Return for each row the number of its group: of the rows that share blank nodes."""
    first = table.terms.blank_nodes.start
    subject, object_ = (table.columns[name].astype(np.int64) for name in ("subject", "object"))
    is_both = (subject >= first) & (object_ >= first)
    label = _connected(
        len(table.terms.blank_nodes), subject[is_both] - first, object_[is_both] - first
    )
    node = np.where(subject >= first, subject, object_) - first
    return np.where(node >= 0, label[np.maximum(node, 0)], -1) if len(label) else node


def _connected(size: int, first: Numbers, second: Numbers) -> Numbers:
    """Return for each of *size* nodes the smallest node that edges connect it with.

    >>> _connected(5, np.array([3, 1]), np.array([1, 4])).tolist()
    [0, 1, 2, 1, 1]
    """
    label: Numbers = np.arange(size)
    while True:
        least = np.minimum(label[first], label[second])
        joined = label.copy()
        np.minimum.at(joined, label[first], least)
        np.minimum.at(joined, label[second], least)
        while not np.array_equal(joined, joined[joined]):
            joined = joined[joined]
        if np.array_equal(joined, label):
            return label
        label = joined
