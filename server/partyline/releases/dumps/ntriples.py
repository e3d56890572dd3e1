"""N-Triples and N-Quads from the table: its rows are in that order already."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import row_order
from partyline.rdf.ntriples import escape_spaces, has_spaces
from partyline.rdf.serialisable import n_triples
from partyline.releases.dumps.literals import LiteralCheck
from partyline.releases.dumps.rows import CHUNK, HELD, Rows, TextsOnDemand, in_array, joined


class NTriplesDumps:
    """The terms of a table as N-Triples writes them; several dumps share them."""

    def __init__(self, table: Table) -> None:
        self._table, self._literals = table, LiteralCheck(table)
        #: Where a term is written in another way than the dictionary spells it, all of them.
        written = _written(table)
        self._ranks = _ranks(written) if written else None
        #: The terms, each with the space behind it.
        self._texts = _texts(table, written)

    def graph(self, rows: Numbers) -> Iterator[bytes]:
        """Yield the lines of *rows*, sorted. Raises NotSerialisable before the first one."""
        self._literals.check_rows(rows)
        return self._lines(self._in_order(rows, np.zeros(len(rows), np.int32), 1), [b".\n"])

    def dataset(self, graphs: Mapping[str, Numbers]) -> Iterator[bytes]:
        """Yield the lines of the rows of *graphs*, by IRI, sorted.

        Raises NotSerialisable before the first one.
        """
        names = sorted(graphs)
        rows = np.concatenate([graphs[name] for name in names])
        places = np.repeat(
            np.arange(len(names), dtype=np.int32), [len(graphs[name]) for name in names]
        )
        self._literals.check_rows(rows)
        ends = [f"{escape_spaces(f'<{name}>')} .\n".encode() for name in names]
        return self._lines(self._in_order(rows, places, len(names)), ends)

    def _in_order(self, rows: Numbers, graphs: Numbers, count: int) -> tuple[Numbers, Numbers]:
        """Return *rows* and their *graphs* in the order of their lines."""
        if self._ranks is None and count == 1 and bool((rows[1:] > rows[:-1]).all()):
            return rows, graphs
        if self._ranks is None:  # that of the table
            order = row_order([rows, graphs], (len(self._table), count))
        else:
            columns = Rows.of(self._table, rows)
            terms = (columns.subjects, columns.predicates, columns.objects)
            limit = len(self._table.terms)
            order = row_order(
                [*(self._ranks[column] for column in terms), graphs], (limit, limit, limit, count)
            )
        return rows[order], graphs[order]

    def _lines(self, ordered: tuple[Numbers, Numbers], ends: Sequence[bytes]) -> Iterator[bytes]:
        rows, graphs = ordered
        texts, last = self._texts, in_array(ends)
        for begin in range(0, len(rows), CHUNK):
            part = Rows.of(self._table, rows[begin : begin + CHUNK])
            yield joined(
                texts[part.subjects],
                texts[part.predicates],
                texts[part.objects],
                last[graphs[begin : begin + CHUNK]],
            )


def _texts(table: Table, written: Sequence[bytes]) -> Numbers | TextsOnDemand:
    """Return the texts of all terms; those of very many terms are read when they are taken."""
    if not written and len(table.terms) > HELD:
        return TextsOnDemand(table, b" ")
    return in_array(text + b" " for text in written or table.terms.encoded_texts())


def numbers_with_spaces(table: Table) -> list[int]:
    """Return the numbers of the terms of *table* that have white space beyond ASCII."""
    if not len(table.terms) or int(table.terms.terms.max()) < 0x80:
        return []
    return [number for number, text in enumerate(table.terms.texts()) if has_spaces(text)]


def _written(table: Table) -> list[bytes]:
    """Return how each term is written, or nothing where all are as the dictionary has them."""
    changed = {
        number: escape_spaces(table.terms.text(number)) for number in numbers_with_spaces(table)
    }
    for number in table.terms.blank_nodes:
        text = n_triples(table.terms.term(number))
        if text != table.terms.text(number):
            changed[number] = text
    if not changed:
        return []
    texts = list(table.terms.encoded_texts())
    for number, text in changed.items():
        texts[number] = text.encode()
    return texts


def _ranks(texts: Sequence[bytes]) -> Numbers:
    ranks = np.empty(len(texts), dtype=np.int32)
    ranks[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts), dtype=np.int32)
    return ranks
