"""Terms of a table as Turtle writes them: shortened and escaped once, whatever is made of it."""

from array import array
from collections.abc import Mapping

import numpy as np
from pyoxigraph import NamedNode

from partyline.dataset import Numbers, Table
from partyline.rdf.curies import PrefixMap
from partyline.rdf.turtle import is_always_quoted, literal_order, literal_text
from partyline.releases.dumps.literals import PLAIN, literal
from partyline.releases.dumps.rows import in_array
from partyline.vocabulary import RDF

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
            return 1, literal_order(literal(self.table, number))
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
    """The texts of all terms but blank nodes, and the namespaces that these texts need."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table, self._map = table, PrefixMap.of(prefixes)
        self._spelling = TurtleSpelling(table, prefixes)
        texts: list[bytes] = []
        used = array("i")
        for number, text in enumerate(table.terms.texts()):
            written, space = self._spelling.written(number, text)
            texts.append(written.encode())
            used.append(space)
        #: By number, in UTF-8. A blank node has an empty text.
        self.texts = in_array(texts)
        self._used: Numbers = np.frombuffer(used, dtype=np.int32) if used else np.empty(0, np.int32)

    def name(self, number: int) -> str:
        """Return the IRI *number* where it is not an object: rdf:nil is a list only there."""
        if self._spelling.has_nil([number]):
            return self._spelling.name(RDF.nil.value)[0]
        text: bytes = self.texts[number]
        return text.decode()

    def are_nil(self, numbers: Numbers) -> Numbers:
        """Tell of each of *numbers* whether it is rdf:nil."""
        return self._spelling.are_nil(numbers)

    def in_order(self, objects: list[int]) -> list[int]:
        """Return IRIs and literals as they stand behind one predicate: IRIs first, by name."""
        spelling = self._spelling
        if objects[0] < spelling.literals.stop or spelling.has_nil(objects):
            return sorted(objects, key=spelling.object_order)
        return sorted(objects, key=self.texts.__getitem__)

    def prefixes(self, nodes: Numbers, predicates: Numbers) -> dict[str, str]:
        """Return the prefixes that *nodes* and *predicates* need, and what they stand for."""
        spaces = self._spelling.spaces
        found = dict(spaces[space] for space in np.unique(self._used[nodes]).tolist() if space >= 0)
        for number in predicates.tolist():
            short = self._map.split(self._table.terms.text(number)[1:-1])
            if short is not None:
                found[short[0]] = short[1]
        return found
