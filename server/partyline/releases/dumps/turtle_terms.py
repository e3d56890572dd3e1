"""Each term of a table as Turtle writes it: shortened and escaped once, whatever is made of it."""

from array import array
from collections.abc import Mapping

import numpy as np
from pyoxigraph import NamedNode

from partyline.dataset import Numbers, Table
from partyline.rdf.curies import PrefixMap
from partyline.rdf.turtle import is_always_quoted, literal_order, literal_text
from partyline.releases.dumps.literals import PLAIN, literal
from partyline.vocabulary import RDF

_NONE = -1


class TurtleTerms:
    """The texts of all terms but blank nodes, and the namespaces that these texts need."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table, self._map = table, PrefixMap.of(prefixes)
        self._spaces: dict[tuple[str, str], int] = {}
        self._nil, self._literals = table.number(RDF.nil), table.terms.literals
        #: By number. A blank node has an empty text.
        self.texts: list[str] = []
        used = array("h")
        for number, text in enumerate(table.terms.texts()):
            written, space = self._written(number, text)
            self.texts.append(written)
            used.append(space)
        self._used: Numbers = np.frombuffer(used, dtype=np.int16) if used else np.empty(0, np.int16)

    def _written(self, number: int, text: str) -> tuple[str, int]:
        if text[0] == "<":
            return ("()", _NONE) if number == self._nil else self._name(text[1:-1])
        return self._literal(number, text) if text[0] == '"' else ("", _NONE)

    def _name(self, iri: str) -> tuple[str, int]:
        return self._named(self._map.find_split(iri), iri)

    def _named(self, short: tuple[str, str, str] | None, iri: str) -> tuple[str, int]:
        if short is None:
            return f"<{iri}>", _NONE
        prefix, namespace, local = short
        return f"{prefix}:{local}", self._spaces.setdefault((prefix, namespace), len(self._spaces))

    def _literal(self, number: int, text: str) -> tuple[str, int]:
        plain = PLAIN.fullmatch(text)
        if plain is None or not is_always_quoted(plain["datatype"]):
            return self._rewritten(number)
        datatype = plain["datatype"]
        if datatype is None:
            return text, _NONE
        name, space = self._named(self._map.split(datatype), datatype)
        return f'"{plain["value"]}"^^{name}', space

    def _rewritten(self, number: int) -> tuple[str, int]:
        spaces = []

        def name(datatype: NamedNode) -> str:
            written, space = self._named(self._map.split(datatype.value), datatype.value)
            spaces.append(space)
            return written

        written = literal_text(literal(self._table, number), name)
        return written, spaces[0] if spaces else _NONE

    def name(self, number: int) -> str:
        """Return the IRI *number* where it is not an object: rdf:nil is a list only there."""
        text = self.texts[number]
        return self._name(RDF.nil.value)[0] if number == self._nil else text

    def in_order(self, objects: list[int]) -> list[int]:
        """Return IRIs and literals as they stand behind one predicate: IRIs first, by name."""
        if objects[0] < self._literals.stop or self._nil in objects:
            return sorted(objects, key=self._object_order)
        return sorted(objects, key=self.texts.__getitem__)

    def _object_order(self, number: int) -> tuple[int, str]:
        if number in self._literals:
            return 1, literal_order(literal(self._table, number))
        return 0, self.name(number)

    def prefixes(self, nodes: Numbers, predicates: Numbers) -> dict[str, str]:
        """Return the prefixes that *nodes* and *predicates* need, and what they stand for."""
        spaces = list(self._spaces)
        found = dict(spaces[space] for space in np.unique(self._used[nodes]).tolist() if space >= 0)
        for number in predicates.tolist():
            short = self._map.split(self._table.terms.text(number)[1:-1])
            if short is not None:
                found[short[0]] = short[1]
        return found
