"""JSON-LD from the table: the bytes of `partyline.rdf.jsonld`, without a document in memory."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import NUMBER
from partyline.rdf.curies import PrefixMap
from partyline.rdf.serialisable import n_triples
from partyline.releases.dumps.literals import PLAIN, LiteralCheck, datatypes, literal
from partyline.releases.dumps.rows import (
    Rows,
    first_places,
    in_array,
    in_use,
    repeated,
    together,
)
from partyline.vocabulary import RDF, XSD

_NO_ROWS: Numbers = np.empty(0, dtype=NUMBER)
#: What stands before the node objects of a named graph.
_GRAPH = b'\n  {\n   "@id": %s,\n   "@graph": ['
_START, _END = "\n  {\n", "\n  }"


class JsonLdDumps:
    """The terms of a table as JSON-LD writes them; several dumps share them."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table, self._prefixes = table, prefixes
        self._type, self._literals = table.number(RDF.type), LiteralCheck(table)
        #: Those of one dump, for the next one.
        self._terms: _Terms | None = None

    def graph(self, rows: Numbers) -> Iterator[bytes]:
        """Yield *rows* as JSON-LD. Raises NotSerialisable before the first part."""
        columns = Rows.of(self._table, rows)
        self._literals.check(columns)
        return self._document(columns, self._terms_for(columns))

    def dataset(self, graphs: Mapping[str, Numbers]) -> Iterator[bytes]:
        """Yield the rows of *graphs*, by IRI, as JSON-LD.

        Raises NotSerialisable before the first part.
        """
        named = {
            name: Rows.of(self._table, rows) for name, rows in sorted(graphs.items()) if len(rows)
        }
        everything = np.concatenate([*(graphs[name] for name in named), _NO_ROWS])
        columns = Rows.of(self._table, everything)
        self._literals.check(columns)
        schemes = {name.partition(":")[0] for name in named} & self._prefixes.keys()
        return self._graphs(columns, named, self._terms_for(columns, schemes))

    def _graphs(
        self, everything: Rows, named: Mapping[str, Rows], terms: "_Terms"
    ) -> Iterator[bytes]:
        names, used = terms.graph_names(named)
        yield self._head(everything, terms, used)
        ends, separator = np.cumsum([0, *map(len, named.values())]), b""
        for run in together(map(len, named.values())):
            rows = everything[ends[run.start] : ends[run.stop]]
            starts = ends[run.start : run.stop + 1] - ends[run.start]
            for name, parts in zip(names[run], self._together(rows, starts, terms), strict=True):
                yield separator + _GRAPH % name
                separator = b","
                for part in parts:
                    # A line break is never a part of a string of JSON.
                    yield part.replace(b"\n", b"\n  ")
                yield b"\n   ]\n  }"
        yield b"\n ]\n}" if named else b"]\n}"

    def _terms_for(self, rows: Rows, schemes: Collection[str] = ()) -> "_Terms":
        used = in_use(len(self._table.terms), rows.subjects, rows.predicates, rows.objects)
        refused = _schemes(self._table, used, self._prefixes).union(schemes)
        if self._terms is None or self._terms.refused != refused:
            self._terms = _Terms(self._table, self._prefixes, refused)
        return self._terms

    def _document(self, rows: Rows, terms: "_Terms") -> Iterator[bytes]:
        yield self._head(rows, terms, {})
        yield from self._parts(rows, terms)
        yield b"\n ]\n}" if len(rows) else b"]\n}"

    def _head(self, rows: Rows, terms: "_Terms", more: Mapping[str, str]) -> bytes:
        """Return what stands before the node objects of *rows*; *more* prefixes are in use."""
        # The values of rdf:type stand at "@type", unless they are literals.
        first_iri = self._table.terms.literals.stop
        types = (rows.predicates == self._type) & (rows.objects >= first_iri)
        nodes = in_use(len(self._table.terms), rows.subjects, rows.objects, rows.predicates[~types])
        context = dict(sorted({**terms.prefixes(nodes), **more}.items()))
        head = json.dumps({"@context": context}, ensure_ascii=False, indent=1)
        return f'{head.removesuffix(chr(10) + "}")},\n "@graph": ['.encode()

    def _together(self, rows: Rows, starts: Numbers, terms: "_Terms") -> Iterator[Iterable[bytes]]:
        """Yield the node objects of each graph of *rows*, which begin at *starts*."""
        if len(starts) == 2:
            yield self._parts(rows, terms)
        else:
            yield from ((text,) for text in self._nodes(rows, starts, terms))

    def _parts(self, rows: Rows, terms: "_Terms") -> Iterator[bytes]:
        """Yield the node objects of *rows*, with commas between them."""
        separator = b""
        for part in rows.chunks():
            (text,) = self._nodes(part, np.array([0, len(part)]), terms)
            yield separator + text
            separator = b","

    def _nodes(self, rows: Rows, starts: Numbers, terms: "_Terms") -> Iterator[bytes]:
        """Yield the node objects of each graph of *rows*, with commas between them.

        The graphs begin at *starts*, whose last one is the end; none is empty.
        """
        owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        types = (rows.predicates == self._type) & (rows.objects >= self._table.terms.literals.stop)
        members = first_places(owners, rows.subjects, rows.predicates, types)
        subjects = first_places(owners, rows.subjects)
        firsts, sizes = subjects[:-1], np.diff(members)
        pieces = np.full((len(rows), 5), b"", dtype=object)
        pieces[firsts, 0] = f',{_START}   "@id": '.encode()
        pieces[starts[:-1], 0] = f'{_START}   "@id": '.encode()
        pieces[firsts, 1] = terms.names[rows.subjects[firsts]]
        keys = repeated(len(rows), b",\n    ")
        keys[members[:-1]] = self._keys(rows[members[:-1]], types[members[:-1]], sizes > 1, terms)
        pieces[:, 2] = keys
        pieces[:, 3] = _values(rows.objects, types, np.repeat(sizes > 1, sizes), terms)
        pieces[members[1:][sizes > 1] - 1, 4] = b"\n   ]"
        pieces[subjects[1:] - 1, 4] += _END.encode()
        for begin, end in pairwise(starts.tolist()):
            yield b"".join(pieces[begin:end].ravel().tolist())

    @staticmethod
    def _keys(rows: Rows, types: Numbers, listed: Numbers, terms: "_Terms") -> Numbers:
        """Return the beginnings of the members that begin with *rows*; some are *listed*."""
        predicates, places = np.unique(rows.predicates, return_inverse=True)
        names: list[bytes] = terms.names[predicates].tolist()
        keys = in_array([b",\n   " + name + b": " for name in names])[places]
        keys[types] = b',\n   "@type": '
        keys[listed] += b"[\n    "
        return keys


def _values(objects: Numbers, types: Numbers, listed: Numbers, terms: "_Terms") -> Numbers:
    """Return *objects* as values of members; of *types* as names; those *listed* are indented."""
    values = terms.values[objects]
    values[types] = terms.names[objects[types]]
    values[listed] = [value.replace(b"\n", b"\n ") for value in values[listed].tolist()]
    return values


class _Terms:
    """The texts of all terms where the prefixes *refused* must not be used."""

    def __init__(self, table: Table, prefixes: Mapping[str, str], refused: frozenset[str]) -> None:
        self.refused = refused
        self._table, self._map = table, PrefixMap.of(prefixes)
        self._spaces: dict[tuple[str, str], int] = {}
        written = [self._written(*row) for row in enumerate(table.terms.texts())]
        #: By number: IRIs and blank nodes as JSON strings; an empty text for a literal.
        self.names = in_array(name.encode() for name, _, _ in written)
        #: By number: each term as the value of a property.
        self.values = in_array(value.encode() for _, value, _ in written)
        self._used = np.array([space for _, _, space in written], dtype=np.int16)

    def _written(self, number: int, text: str) -> tuple[str, str, int]:
        if text[0] == '"':
            return "", *self._literal(number, text)
        if text[0] == "_":
            name, space = _string(n_triples(self._table.terms.term(number))), -1
        else:
            name, space = self._compact(text[1:-1])
        return name, f'{{\n    "@id": {name}\n   }}', space

    def _compact(self, iri: str) -> tuple[str, int]:
        found = self._map.compact_iri(iri, self.refused)
        if found is None:
            return _string(iri), -1
        prefix, namespace, suffix = found
        space = self._spaces.setdefault((prefix, namespace), len(self._spaces))
        return _string(f"{prefix}:{suffix}"), space

    def _literal(self, number: int, text: str) -> tuple[str, int]:
        plain = PLAIN.fullmatch(text)
        if plain is not None:
            value, language, datatype = plain.groups()
        else:
            term = literal(self._table, number)
            value, language, datatype = term.value, term.language, term.datatype.value
        value = _string(value)
        if language:
            return _members("@language", _string(language), value), -1
        if datatype is None or datatype == XSD.string.value:
            return value, -1
        name, space = self._compact(datatype)
        return _members("@type", name, value), space

    def graph_names(self, iris: Iterable[str]) -> tuple[list[bytes], dict[str, str]]:
        """Return *iris* as JSON strings, and the prefixes that they need."""
        found = [self._compact(iri) for iri in iris]
        spaces = list(self._spaces)
        return [name.encode() for name, _ in found], dict(
            spaces[space] for _, space in found if space >= 0
        )

    def prefixes(self, nodes: Numbers) -> dict[str, str]:
        """Return the prefixes that the texts of *nodes* need, and what they stand for."""
        spaces = list(self._spaces)
        return dict(spaces[space] for space in np.unique(self._used[nodes]).tolist() if space >= 0)


def _schemes(table: Table, numbers: Numbers, prefixes: Mapping[str, str]) -> frozenset[str]:
    """Return those of *prefixes* that are the scheme of an IRI in *numbers* too."""
    terms, used = table.terms, np.zeros(len(table.terms) + 1, dtype=bool)
    used[numbers] = True
    in_literals = datatypes(map(terms.text, numbers[numbers < terms.literals.stop].tolist()))
    schemes = {iri.partition(":")[0] for iri in in_literals}
    for prefix in prefixes:
        found = terms.starting_with(f"<{prefix}:")
        if used[found.start : found.stop].any():
            schemes.add(prefix)
    return frozenset(schemes & prefixes.keys())


def _members(key: str, text: str, value: str) -> str:
    return f'{{\n    "{key}": {text},\n    "@value": {value}\n   }}'


#: Makes a JSON string of a text.
_string = json.JSONEncoder(ensure_ascii=False).encode
