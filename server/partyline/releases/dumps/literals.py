"""Literals as the dictionary spells them, taken apart without making objects of them."""

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal

from partyline.dataset import Numbers, Table
from partyline.rdf.serialisable import TAGGED, check_literal
from partyline.releases.dumps.rows import Rows
from partyline.vocabulary import RDF, XSD

#: A literal of which no character is escaped in N-Triples or in Turtle, in JSON or in XML.
PLAIN = re.compile(
    r'"(?P<value>[^"\\<>&\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]*)"'
    r"(?:@(?P<language>.+)|\^\^<(?P<datatype>[!#-%'-;=?-~]+)>)?"
)
#: Bytes that are searched at once.
_PIECE = 1 << 22
_TAGGED_ENDS = tuple(f"^^{datatype}" for datatype in TAGGED)


def literal(table: Table, number: int) -> Literal:
    """Return the literal *number*. Raises TypeError where it is another term."""
    found = table.terms.term(number)
    if not isinstance(found, Literal):
        raise TypeError(f"{found} is not a literal")
    return found


def datatypes(texts: Iterable[str]) -> set[str]:
    """Return the datatypes of the literals *texts*.

    >>> sorted(datatypes(['"a"@en', '"1"^^<urn:x>', '"^^<urn:y>"', '"2"^^<urn:x>']))
    ['http://www.w3.org/1999/02/22-rdf-syntax-ns#langString', \
'http://www.w3.org/2001/XMLSchema#string', 'urn:x']
    """
    ends = {text[text.rindex('"') + 1 :].partition("@")[::2] for text in texts}
    return {
        RDF.langString.value if language else datatype[3:-1] or XSD.string.value
        for datatype, language in ends
    }


def check(table: Table, number: int, text: str) -> None:
    """Raise NotSerialisable where the term *number*, spelled *text*, is not one of RDF 1.1."""
    if text.endswith(_TAGGED_ENDS):
        check_literal(literal(table, number))


class LiteralCheck:
    """The literals of a table that RDF 1.1 does not have; it holds no other such term."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._wrong: list[int] = []
        literals = table.terms.literals
        if any(map(_has_tagged, _pieces(table))):  # in next to no data
            self._wrong = [row for row in literals if table.terms.text(row).endswith(_TAGGED_ENDS)]

    def check_rows(self, rows: Numbers) -> None:
        """Raise NotSerialisable where *rows* of the table have such a literal."""
        if self._wrong:
            self.check(Rows.of(self._table, rows))

    def check(self, rows: Rows) -> None:
        """Raise NotSerialisable where *rows* have such a literal."""
        for number in self._wrong:
            if (rows.objects == number).any():
                check_literal(literal(self._table, number))


def _pieces(table: Table) -> Iterator[bytes]:
    """Yield the texts of all terms in pieces that overlap, so that each ending is in one."""
    content, overlap = table.terms.terms, max(map(len, _TAGGED_ENDS))
    for begin in range(0, len(content), _PIECE):
        yield content[begin : begin + _PIECE + overlap].tobytes()


def _has_tagged(piece: bytes) -> bool:
    return any(end.encode() in piece for end in _TAGGED_ENDS)
