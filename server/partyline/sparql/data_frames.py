"""RDF terms as values of Python, and columns of them as data frames of other libraries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset import Repeated
from partyline.vocabulary import XSD

Term = NamedNode | BlankNode | Literal | Triple

#: Datatypes derived from xsd:integer (XML Schema 1.1 part 2, section 3.4).
_INTEGERS = (
    *("integer", "long", "int", "short", "byte"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_READERS: Mapping[str, Callable[[str], object]] = {
    **{XSD[name].value: int for name in _INTEGERS},
    XSD.decimal.value: Decimal,
    XSD.double.value: float,
    XSD.float.value: float,
    XSD.boolean.value: _TRUTH.__getitem__,
    XSD.date.value: date.fromisoformat,
    XSD.dateTime.value: datetime.fromisoformat,
    XSD.time.value: time.fromisoformat,
}
#: Data frames hold integers in 64 bits.
_LARGEST = 1 << 63


def python_value(term: Term) -> object:
    """Return the value of a literal where Python has one, else the text of *term*.

    >>> python_value(Literal(7)), python_value(NamedNode("urn:a"))
    (7, 'urn:a')
    >>> python_value(Literal("seven", datatype=XSD.integer))
    'seven'
    """
    if not isinstance(term, Literal):
        return text(term)
    try:
        value = _READERS.get(term.datatype.value, str)(term.value)
    except (ValueError, KeyError, ArithmeticError):
        return term.value  # not in the value space of its datatype, or not in that of Python
    return term.value if isinstance(value, int) and not -_LARGEST <= value < _LARGEST else value


def column(terms: Iterable[Term | None]) -> list[object]:
    """Return the values of *terms*, all of one type; None stays None.

    >>> column([Literal(7), None, Literal(0.5)])
    [7.0, None, 0.5]
    >>> column([Literal(7), Literal("seven")])
    ['7', 'seven']
    """
    kept = list(terms)
    values = [None if term is None else python_value(term) for term in kept]
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) < 2:
        return values
    if kinds <= {int, float, Decimal}:
        number = float if float in kinds else Decimal
        return [None if value is None else number(value) for value in values]  # type: ignore[arg-type]  # numbers
    return [None if term is None else text(term) for term in kept]


def text(term: Term) -> str:
    """Return an IRI, the lexical form of a literal, or anything else as N-Triples writes it."""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def pandas_frame(columns: Mapping[str, Sequence[object]]) -> Any:  # noqa: ANN401  not a dependency
    """Return a pandas data frame. Raises ImportError where pandas is not installed."""
    pandas = _library("pandas")

    def series(values: Sequence[object]) -> object:
        if not isinstance(values, Repeated) or not values.values:
            return list(values)
        return pandas.Series(values.values).array.take(values.places)

    return pandas.DataFrame({name: series(values) for name, values in columns.items()})


def polars_frame(columns: Mapping[str, Sequence[object]]) -> Any:  # noqa: ANN401  not a dependency
    """Return a Polars data frame. Raises ImportError where polars is not installed."""
    polars = _library("polars")

    def series(values: Sequence[object]) -> object:
        if not isinstance(values, Repeated) or not values.values:
            return list(values)
        return polars.Series(values.values, strict=False).gather(values.places)

    found = {name: series(values) for name, values in columns.items()}
    return polars.DataFrame(found, strict=False)


def arrow_table(columns: Mapping[str, Sequence[object]]) -> Any:  # noqa: ANN401  not a dependency
    """Return an Arrow table. Raises ImportError where pyarrow is not installed."""
    pyarrow = _library("pyarrow")

    def array(values: Sequence[object]) -> object:
        if not isinstance(values, Repeated) or not values.values:
            return list(values)
        return pyarrow.array(values.values).take(pyarrow.array(values.places))

    return pyarrow.table({name: array(values) for name, values in columns.items()})


def _library(name: str) -> Any:  # noqa: ANN401  a module that may be absent
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} is not installed; run: pip install {name}") from error
