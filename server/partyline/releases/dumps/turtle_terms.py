"""Terms of a table as Turtle writes them: shortened and escaped once, whatever is made of it."""

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress, pairwise

import numpy as np
from pyoxigraph import NamedNode

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import NUMBER, distinct
from partyline.dataset.dictionary import Dictionary
from partyline.rdf.curies import PrefixMap
from partyline.rdf.terms import literal_parts
from partyline.rdf.turtle import is_always_quoted, literal_text, order_of_parts
from partyline.releases.dumps.literals import PLAIN, literal
from partyline.releases.dumps.rows import HELD, first_places, in_array
from partyline.vocabulary import RDF, XSD

#: Terms of more that are looked at together.
_SLICE = 1 << 16
#: Terms that are written at once.
_BLOCK = 1 << 12
#: Bytes of which one in a literal may be written in another way.
_ESCAPED = bytes(range(32)) + b"\\\x7f"
#: Bytes of local names that are written as they are, unless the first one is a hyphen.
_SIMPLE = (string.ascii_letters + string.digits + "_-").encode()
_SIMPLE_NAMES = re.compile(rb"[^-\n][^\n]*(?:\n[^-\n][^\n]*)*")
#: The namespace of a text that needs none.
NO_SPACE = -1


class TurtleSpelling:
    """How Turtle writes a term of a table, and which namespace its text needs."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self.table, self._map = table, PrefixMap.of(prefixes)
        #: Prefix and IRI of each namespace.
        self.spaces = sorted(prefixes.items())
        self._spaces = {space: number for number, space in enumerate(self.spaces)}
        self._nil, self.literals = table.number(RDF.nil), table.terms.literals

    def written(self, number: int, text: str) -> tuple[str, int]:
        """Return the term *number*, in N-Triples *text*, as an object, and the namespace.

        A blank node has an empty text.
        """
        if text[0] == "<":
            return ("()", NO_SPACE) if number == self._nil else self.name(text[1:-1])
        return self._literal(number, text) if text[0] == '"' else ("", NO_SPACE)

    def name(self, iri: str) -> tuple[str, int]:
        """Return *iri* where it is not an object: rdf:nil is a list only there."""
        return self._named(self._map.find_split(iri), iri)

    def object_order(self, number: int) -> tuple[int, str]:
        """Return what sorts *number*, an IRI or a literal, behind one predicate: IRIs first."""
        if number in self.literals:
            value, language, datatype = literal_parts(self.table.terms.text(number))
            of = RDF.langString if language else XSD.string
            return 1, order_of_parts(value, language, datatype or of.value)
        return 0, self.name(self.table.terms.text(number)[1:-1])[0]

    def has_nil(self, numbers: list[int]) -> bool:
        """Tell whether rdf:nil is one of *numbers*."""
        return self._nil in numbers

    def are_nil(self, numbers: Numbers) -> Numbers:
        """Tell of each of *numbers* whether it is rdf:nil."""
        found: Numbers = numbers == (-1 if self._nil is None else self._nil)
        return found

    def _named(self, short: tuple[str, str, str] | None, iri: str) -> tuple[str, int]:
        if short is None:
            return f"<{iri}>", NO_SPACE
        prefix, namespace, local = short
        return f"{prefix}:{local}", self._spaces[prefix, namespace]

    def _literal(self, number: int, text: str) -> tuple[str, int]:
        plain = PLAIN.fullmatch(text)
        if plain is None or not is_always_quoted(plain["datatype"]):
            return self._rewritten(number)
        datatype = plain["datatype"]
        if datatype is None:
            return text, NO_SPACE
        name, space = self._named(self._map.split(datatype), datatype)
        return f'"{plain["value"]}"^^{name}', space

    def _rewritten(self, number: int) -> tuple[str, int]:
        spaces = []

        def name(datatype: NamedNode) -> str:
            written, space = self._named(self._map.split(datatype.value), datatype.value)
            spaces.append(space)
            return written

        written = literal_text(literal(self.table, number), name)
        return written, spaces[0] if spaces else NO_SPACE


class TurtleTerms:
    """The texts of all terms but blank nodes, and the namespaces that these texts need.

    Those of very many terms are not held in memory, but for those of the rows that are written.
    """

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table, self._map = table, PrefixMap.of(prefixes)
        self._spelling = TurtleSpelling(table, prefixes)
        #: By number, in UTF-8. A blank node has an empty text.
        self.texts: Numbers | _HeldTexts = _HeldTexts(table, prefixes)
        if len(table.terms) > HELD:
            used = [_Spelled(part, prefixes).used for part in _slices(table)]
            self._used = np.concatenate(used)
        else:
            spelled = _Spelled(table, prefixes)
            self.texts, self._used = spelled.texts, spelled.used

    def hold(self, *columns: Numbers) -> None:
        """Have the texts of the numbers in *columns*, and of no others."""
        if isinstance(self.texts, _HeldTexts):
            self.texts.hold(distinct(np.concatenate(columns)))

    def name(self, number: int) -> str:
        """Return the IRI *number* where it is not an object: rdf:nil is a list only there."""
        return self._spelling.name(self._table.terms.text(number)[1:-1])[0]

    def are_nil(self, numbers: Numbers) -> Numbers:
        """Tell of each of *numbers* whether it is rdf:nil."""
        return self._spelling.are_nil(numbers)

    def in_order(self, objects: list[int]) -> list[int]:
        """Return IRIs and literals as they stand behind one predicate: IRIs first, by name."""
        spelling = self._spelling
        if objects[0] < spelling.literals.stop or spelling.has_nil(objects):
            return sorted(objects, key=spelling.object_order)
        texts = self.texts[np.array(objects)].tolist()
        return [number for _, number in sorted(zip(texts, objects, strict=True))]

    def prefixes(self, nodes: Numbers, predicates: Numbers) -> dict[str, str]:
        """Return the prefixes that *nodes* and *predicates* need, and what they stand for."""
        spaces = self._spelling.spaces
        found = dict(spaces[space] for space in np.unique(self._used[nodes]).tolist() if space >= 0)
        for number in predicates.tolist():
            short = self._map.split(self._table.terms.text(number)[1:-1])
            if short is not None:
                found[short[0]] = short[1]
        return found


class _Spelled:
    """The texts of all terms of a table but blank nodes, and their namespaces."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table, self._map = table, PrefixMap.of(prefixes)
        self._spelling = TurtleSpelling(table, prefixes)
        self.texts = in_array(table.terms.encoded_texts())
        self.used: Numbers = np.full(len(table.terms), NO_SPACE, dtype=np.int32)
        for numbers in _blocks(table.terms.literals):
            self._write_literals(numbers)
        for namespace, run in self._runs():
            for numbers in _blocks(run):
                self._write_iris(numbers, namespace)
        self.texts[table.terms.blank_nodes.start :] = b""
        if (nil := table.number(RDF.nil)) is not None:
            self._write([nil])

    def _write(self, numbers: Iterable[int]) -> None:
        """Write terms one by one."""
        for number in numbers:
            text = self._table.terms.text(number)
            written, self.used[number] = self._spelling.written(number, text)
            self.texts[number] = written.encode()

    def _write_literals(self, numbers: range) -> None:
        """Write literals, most of which stay as they are."""
        texts = self.texts[numbers.start : numbers.stop].tolist()
        together = b"".join(texts)
        if len(together.translate(None, _ESCAPED)) < len(together) or b"\xef\xbf" in together:
            self._write(numbers)
        else:
            typed = (text.endswith(b">") for text in texts)
            self._write(compress(numbers, typed))

    def _runs(self) -> Iterator[tuple[str, range]]:
        """Yield the numbers of IRIs that may be shortened, each run with its namespace."""
        namespaces = sorted(self._map.namespaces, key=len)  # the longest one decides
        iris = self._table.terms.iris
        owners = np.full(len(iris), -1)
        for place, namespace in enumerate(namespaces):
            found = self._table.terms.starting_with(f"<{namespace}")
            owners[found.start - iris.start : found.stop - iris.start] = place
        for begin, end in pairwise(first_places(owners).tolist() if len(iris) else ()):
            if owners[begin] >= 0:
                numbers = range(begin + iris.start, end + iris.start)
                yield namespaces[owners[begin]], numbers

    def _write_iris(self, numbers: range, namespace: str) -> None:
        """Write IRIs in *namespace*, most of which have a local name of simple characters."""
        places = slice(numbers.start, numbers.stop)
        length = len(namespace.encode()) + 1
        names = b"\n".join(text[length:-1] for text in self.texts[places].tolist())
        if names.translate(None, _SIMPLE + b"\n") or not _SIMPLE_NAMES.fullmatch(names):
            self._write(numbers)
            return
        prefix = self._map.namespaces[namespace]
        start = f"{prefix}:".encode()
        self.texts[places] = (start + names.replace(b"\n", b"\n" + start)).split(b"\n")
        self.used[places] = self._spelling.spaces.index((prefix, namespace))


class _HeldTexts:
    """The texts of some terms of a large table."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._terms, self._prefixes = table.terms, prefixes
        self.hold(np.empty(0, dtype=NUMBER))

    def hold(self, numbers: Numbers) -> None:
        """Make the texts of *numbers*, which are distinct and in order."""
        part = _of_terms(self._terms.part(numbers))
        self._numbers, self._texts = numbers, _Spelled(part, self._prefixes).texts

    def __getitem__(self, numbers: Numbers) -> Numbers:
        """Return the texts of *numbers*, which are held."""
        found: Numbers = self._texts[np.searchsorted(self._numbers, numbers)]
        return found


def _slices(table: Table) -> Iterator[Table]:
    """Yield tables of the terms of *table*, some at a time, and of no statements."""
    terms = table.terms
    for begin in range(0, len(terms), _SLICE):
        ends = terms.ends[begin : begin + _SLICE + 1].astype(np.int64)
        yield _of_terms(Dictionary(terms.terms[ends[0] : ends[-1]], ends - ends[0]))


def _of_terms(terms: Dictionary) -> Table:
    return Table(terms, (), (), (), {})


def _blocks(numbers: range) -> Iterator[range]:
    """Yield *numbers* in parts that are written at once."""
    for begin in numbers[::_BLOCK]:
        yield range(begin, min(begin + _BLOCK, numbers.stop))
