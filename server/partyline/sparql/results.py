"""The answer to SELECT or ASK as a table: read from JSON, written for a terminal."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    Triple,
    parse_query_results,
)

from partyline.errors import EngineError
from partyline.rdf.curies import PrefixMap

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows of terms; a variable that is not bound in a row is not in it."""

    variables: tuple[str, ...]
    rows: tuple[Mapping[str, Term], ...]


def read_table(content: bytes) -> ResultTable | bool:
    """Read SPARQL 1.1 Query Results JSON. Raises EngineError for anything else.

    >>> read_table(b'{"head": {}, "boolean": true}')
    True
    """
    try:
        results = parse_query_results(content, QueryResultsFormat.JSON)
        if isinstance(results, QueryBoolean):
            return bool(results)
        variables = tuple(variable.value for variable in results.variables)
        rows = []
        for solution in results:
            terms = zip(variables, solution, strict=True)
            rows.append({name: term for name, term in terms if term is not None})
    except (SyntaxError, ValueError) as error:
        raise EngineError(f"these are no SPARQL results in JSON: {error}") from error
    return ResultTable(variables, tuple(rows))


def render_table(table: ResultTable | bool, prefixes: Mapping[str, str]) -> str:
    """Return aligned columns for a terminal, with IRIs shortened by *prefixes*.

    >>> rows = ({"s": NamedNode("https://example.org/a"), "n": Literal(7)}, {})
    >>> print(render_table(ResultTable(("s", "n"), rows), {"ex": "https://example.org/"}), end="")
    s     n
    ────  ─
    ex:a  7
    <BLANKLINE>
    (2 rows)
    """
    if isinstance(table, bool):
        return f"{'true' if table else 'false'}\n"
    names = PrefixMap(prefixes)
    shown = [
        [show(row[name], names) if name in row else "" for name in table.variables]
        for row in table.rows
    ]
    columns = list(zip(table.variables, *shown, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    lines = [list(table.variables), ["─" * width for width in widths], *shown]
    count = len(table.rows)
    return "".join(f"{_line(line, widths)}\n" for line in lines) + (
        f"({count} row{'' if count == 1 else 's'})\n"
    )


def show(term: Term, names: PrefixMap) -> str:
    """Return a term as briefly as a person can read it, on one line.

    >>> show(Literal("Khmer Rouge", language="en"), PrefixMap({}))
    'Khmer Rouge @en'
    """
    if isinstance(term, NamedNode):
        return names.prefixed_name(term.value) or str(term)
    if not isinstance(term, Literal):
        return str(term)
    text = " ".join(term.value.split())
    return f"{text} @{term.language}" if term.language else text


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Return the columns that a terminal gives to *text*: Khmer vowel signs take none."""
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
