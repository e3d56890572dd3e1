"""RDF/XML from the table: the bytes of `partyline.rdf.rdfxml`, part by part."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
from pyoxigraph import Literal, NamedNode

from partyline.dataset import Numbers, Table
from partyline.errors import NotSerialisable
from partyline.rdf.rdfxml import END, SUBJECT_END, PropertyNames, after_name, subject_start
from partyline.releases.dumps.literals import PLAIN, LiteralCheck
from partyline.releases.dumps.rows import Rows, first_places, in_array, joined, repeated
from partyline.vocabulary import XSD

#: An IRI of which no character is escaped in XML.
_PLAIN_IRI = re.compile("<[!#-%'-;=?-~\u00a1-\ud7ff]*>")


class RdfXmlDumps:
    """The terms of a table as RDF/XML writes them; several dumps share them."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table, self._prefixes = table, prefixes
        self._literals = LiteralCheck(table)
        #: What XML cannot represent, by number.
        self._refused: dict[int, NotSerialisable] = {}
        #: By number: the start of the element of a subject; what follows the name of a property.
        written = [self._written(*row) for row in enumerate(table.terms.texts())]
        self._starts = in_array(start.encode() for start, _ in written)
        self._tails = in_array(tail.encode() for _, tail in written)

    def _written(self, number: int, text: str) -> tuple[str, str]:
        if _PLAIN_IRI.fullmatch(text):
            iri = text[1:-1]
            return f' <rdf:Description rdf:about="{iri}">\n', f' rdf:resource="{iri}"/>\n'
        if plain := PLAIN.fullmatch(text):
            value, language, datatype = plain.groups()
            attribute = ""
            if language:
                attribute = f' xml:lang="{language}"'
            elif datatype and datatype != XSD.string.value:
                attribute = f' rdf:datatype="{datatype}"'
            return "", f"{attribute}>{value}</"
        return self._escaped(number)

    def _escaped(self, number: int) -> tuple[str, str]:
        term = self._table.terms.term(number)
        try:
            start = "" if isinstance(term, Literal) else subject_start(term)
            return start, after_name(term)
        except NotSerialisable as error:
            self._refused[number] = error
            return "", ""

    def graph(self, rows: Numbers) -> Iterator[bytes]:
        """Yield *rows* as RDF/XML. Raises NotSerialisable before the first part."""
        columns = Rows.of(self._table, rows)
        self._literals.check(columns)
        names = PropertyNames(self._prefixes)
        written: dict[int, str] = {}
        refused = list(self._refused_terms(columns))
        predicates, firsts = np.unique(columns.predicates, return_index=True)
        for place in np.argsort(firsts).tolist():  # new namespaces are numbered as they come
            number = int(predicates[place])
            try:
                written[number] = names.name(NamedNode(self._table.terms.text(number)[1:-1]))
            except NotSerialisable as error:
                refused.append((int(firsts[place]), 1, error))
        if refused:
            raise min(refused, key=lambda row: row[:2])[2]
        return self._document(columns, names.head(), written)

    def _refused_terms(self, rows: Rows) -> Iterator[tuple[int, int, NotSerialisable]]:
        """Yield the first place of each subject and object that XML cannot represent.

        The number after it tells a subject from a predicate and from an object of one row.
        """
        for role, column in ((0, rows.subjects), (2, rows.objects)):
            for number, error in self._refused.items():
                places = np.flatnonzero(column == number)
                if len(places):
                    yield int(places[0]), role, error

    def _document(self, rows: Rows, head: str, names: Mapping[int, str]) -> Iterator[bytes]:
        yield head.encode()
        for part in rows.chunks():
            yield self._elements(part, names)
        yield END.encode()

    def _elements(self, rows: Rows, names: Mapping[int, str]) -> bytes:
        """Return the elements of the subjects of *rows*."""
        predicates, places = np.unique(rows.predicates, return_inverse=True)
        of_rows = [names[number] for number in predicates.tolist()]
        subjects = first_places(rows.subjects)
        starts, ends = repeated(len(rows), b""), repeated(len(rows), b"")
        starts[subjects[:-1]] = self._starts[rows.subjects[subjects[:-1]]]
        ends[subjects[1:] - 1] = SUBJECT_END.encode()
        closing = in_array(f"{name}>\n".encode() for name in of_rows)[places]
        closing[rows.objects >= self._table.terms.literals.stop] = b""
        opening = in_array(f"  <{name}".encode() for name in of_rows)[places]
        return joined(starts, opening, self._tails[rows.objects], closing, ends)
