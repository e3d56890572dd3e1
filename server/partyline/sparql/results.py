"""Answers as values: the solutions of SELECT, and the graph of CONSTRUCT and DESCRIBE."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from partyline.dataset import Repeated, TripleSequence
from partyline.errors import EngineError
from partyline.rdf import write_turtle
from partyline.rdf.curies import PrefixMap
from partyline.sparql.data_frames import arrow_table, column, pandas_frame, polars_frame, text
from partyline.sparql.rendering import show

if TYPE_CHECKING:
    import rdflib

Term = NamedNode | BlankNode | Literal | Triple

#: Rows or triples that a notebook shows.
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Solutions:
    """The solutions of a SELECT query: a sequence of rows, each a mapping from names to terms.

    A variable that is unbound in a row is not in its mapping.

    >>> solutions = Solutions(("x", "y"), ({"x": Literal(7)},))
    >>> [(row["x"].value, row.get("y")) for row in solutions], len(solutions)
    ([('7', None)], 1)
    """

    variables: tuple[str, ...]
    rows: tuple[Mapping[str, Term], ...]
    #: Prefixes that shorten IRIs where the solutions are shown.
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Mapping[str, Term]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Mapping[str, Term]:
        return self.rows[index]

    def columns(self) -> dict[str, list[object]]:
        """Return the values of each variable as Python values of one type; None is unbound.

        Numbers, truth values, dates and times become those of Python, everything else text. The
        values of a variable with several types are all text.
        """
        return {name: column(row.get(name) for row in self.rows) for name in self.variables}

    def to_pandas(self) -> Any:  # noqa: ANN401  pandas is not a dependency
        """Return a pandas data frame. Raises ImportError where pandas is not installed."""
        return pandas_frame(self.columns())

    def to_polars(self) -> Any:  # noqa: ANN401  polars is not a dependency
        """Return a Polars data frame. Raises ImportError where polars is not installed."""
        return polars_frame(self.columns())

    def to_arrow(self) -> Any:  # noqa: ANN401  pyarrow is not a dependency
        """Return an Arrow table. Raises ImportError where pyarrow is not installed."""
        return arrow_table(self.columns())

    def _repr_html_(self) -> str:
        names = PrefixMap(self.prefixes)
        rows = [
            [show(row[name], names) if name in row else "" for name in self.variables]
            for row in self.rows[:_SHOWN]
        ]
        head = _html_row("th", self.variables)
        body = "".join(_html_row("td", row) for row in rows)
        count = len(self.rows)
        note = f"{count} row{'' if count == 1 else 's'}"
        if count > _SHOWN:
            note += f", the first {_SHOWN} shown"
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table><p>{note}</p>"


@dataclass(frozen=True, slots=True)
class GraphResult:
    """A graph as a value, such as the answer to CONSTRUCT or DESCRIBE: its triples, each once.

    >>> from pyoxigraph import NamedNode
    >>> triple = Triple(NamedNode("a:a"), NamedNode("a:b"), Literal("c", language="en"))
    >>> for name, values in GraphResult((triple,)).columns().items():
    ...     print(name, *values)
    subject a:a
    predicate a:b
    object c
    datatype http://www.w3.org/1999/02/22-rdf-syntax-ns#langString
    language en
    """

    triples: Sequence[Triple]
    #: Prefixes with which the graph is written.
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)

    def __len__(self) -> int:
        return len(self.triples)

    def columns(self) -> dict[str, list[object]]:
        """Return the triples as columns of text; ``datatype`` and ``language`` are of literals.

        An IRI and a literal of the same text differ in the datatype, which is None for the IRI.
        """
        return {name: list(values) for name, values in self._columns().items()}

    def _columns(self) -> dict[str, Sequence[object]]:
        """Return the columns, of which those of many triples have each value once."""
        subjects, predicates, objects = _slots(self.triples)
        return {
            "subject": _each(subjects, text),
            "predicate": _each(predicates, text),
            "object": _each(objects, text),
            "datatype": _each(objects, _datatype),
            "language": _each(objects, _language),
        }

    def to_pandas(self) -> Any:  # noqa: ANN401  pandas is not a dependency
        """Return a pandas data frame. Raises ImportError where pandas is not installed."""
        return pandas_frame(self._columns())

    def to_polars(self) -> Any:  # noqa: ANN401  polars is not a dependency
        """Return a Polars data frame. Raises ImportError where polars is not installed."""
        return polars_frame(self._columns())

    def to_arrow(self) -> Any:  # noqa: ANN401  pyarrow is not a dependency
        """Return an Arrow table. Raises ImportError where pyarrow is not installed."""
        return arrow_table(self._columns())

    def to_rdflib(self) -> "rdflib.Graph":
        """Return the graph as an rdflib graph, with the prefixes."""
        from partyline.rdf.rdflib_bridge import graph_to_rdflib

        graph = graph_to_rdflib(self.triples)
        for prefix, namespace in self.prefixes.items():
            graph.bind(prefix, namespace)
        return graph

    def _repr_html_(self) -> str:
        text = write_turtle(self.triples[:_SHOWN], self.prefixes)
        note = f"{len(self.triples)} triples"
        if len(self.triples) > _SHOWN:
            note += f", {_SHOWN} of them shown"
        return f"<pre>{escape(text)}</pre><p>{note}</p>"


def _slots(triples: Sequence[Triple]) -> Sequence[Sequence[Term]]:
    if isinstance(triples, TripleSequence):
        return triples.slots
    return [
        [triple.subject for triple in triples],
        [triple.predicate for triple in triples],
        [triple.object for triple in triples],
    ]


def _each(terms: Sequence[Term], of: Callable[[Term], object]) -> Sequence[object]:
    if isinstance(terms, Repeated):
        return Repeated(list(map(of, terms.values)), terms.places)
    return list(map(of, terms))


def _datatype(term: Term) -> str | None:
    return term.datatype.value if isinstance(term, Literal) else None


def _language(term: Term) -> str | None:
    return term.language if isinstance(term, Literal) else None


def read_results(content: bytes, prefixes: Mapping[str, str] | None = None) -> Solutions | bool:
    """Read SPARQL 1.1 Query Results JSON. Raises EngineError for anything else.

    >>> read_results(b'{"head": {}, "boolean": true}')
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
        raise EngineError(f"invalid SPARQL results in JSON: {error}") from error
    return Solutions(variables, tuple(rows), prefixes or {})


def read_graph(content: bytes, prefixes: Mapping[str, str]) -> GraphResult:
    """Read N-Triples."""
    quads = parse(content, RdfFormat.N_TRIPLES)
    return GraphResult(tuple(dict.fromkeys(quad.triple for quad in quads)), prefixes)


def _html_row(kind: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{kind}>{escape(cell)}</{kind}>" for cell in cells) + "</tr>"
