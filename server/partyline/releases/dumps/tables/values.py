"""Terms as the cells of a table have them."""

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.dataset import Table
from partyline.releases.dumps.literals import PLAIN
from partyline.vocabulary import XSD


@dataclass(frozen=True, slots=True)
class Value:
    """A term: its text without what a column says of all its values."""

    text: str
    #: Language tag in lower case, or the empty string.
    language: str = ""
    #: IRI of the datatype of a literal without a language, or the empty string.
    datatype: str = ""


class Values(dict[int, Value]):
    """The terms of a table by number, each made when it is taken first."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, number: int) -> Value:
        found = self[number] = parts_of(self._table, number)
        return found


def parts_of(table: Table, number: int) -> Value:
    """Return the term *number* of *table*."""
    text = table.terms.text(number)
    if text[0] != '"':
        term = table.terms.term(number)
        return Value(term.value if isinstance(term, NamedNode) else str(term))
    plain = PLAIN.fullmatch(text)
    if plain is not None:
        value, language, datatype = plain.groups()
        return Value(value, (language or "").lower(), _datatype(language, datatype))
    literal = table.terms.term(number)
    if not isinstance(literal, Literal):
        raise TypeError(f"{literal} is not a literal")
    language = literal.language or ""
    return Value(literal.value, language.lower(), _datatype(language, literal.datatype.value))


def _datatype(language: str | None, datatype: str | None) -> str:
    return "" if language else datatype or XSD.string.value
