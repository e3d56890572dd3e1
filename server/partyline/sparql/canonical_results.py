"""One text for every answer that says the same, so that two answers are compared by one hash.

docs/reference/answers.md describes the form. Rows are a multiset, or a sequence where the query has
ORDER BY; blank nodes have the labels of RDFC-1.0 (https://www.w3.org/TR/rdf-canon/).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse

from partyline.errors import BadQuery
from partyline.rdf.canonical import canonical_labels, canonical_line
from partyline.sparql.guard import QueryForm, query_form
from partyline.sparql.repeatable import is_repeatable
from partyline.sparql.results import Solutions, Term, read_results
from partyline.sparql.tokens import tokens

#: Version of the form.
VERSION = 1
#: The media types in which answers are read.
JSON, N_TRIPLES = "application/sparql-results+json", "application/n-triples"
#: Rows, or triples, of an answer that is put into this form.
MOST_ROWS = 100_000
_ROW, _VARIABLE = "urn:partyline:row:", "urn:partyline:variable:"


@dataclass(frozen=True)
class CanonicalResult:
    """An answer in the canonical form."""

    form: QueryForm
    #: Whether the order of the rows is part of the answer.
    is_ordered: bool
    variables: tuple[str, ...]
    #: A line without its end for each row or triple; the truth value of an ASK query.
    lines: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Return the number of rows or triples; 1 for the truth value of an ASK query."""
        return len(self.lines)

    @property
    def text(self) -> str:
        """Return the whole text: what it is, the variables, the lines."""
        kind = f"{self.form} ORDERED" if self.is_ordered else self.form
        head = [kind]
        if self.form == "SELECT":
            head.append("\t".join(f"?{name}" for name in self.variables))
        return "".join(f"{line}\n" for line in (*head, *self.lines))

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 of the text in UTF-8, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()


def check_citable(query: str) -> QueryForm:
    """Return the form of *query*. Raises BadQuery where no release fixes what it answers."""
    form = query_form(query)
    if form == "DESCRIBE":
        raise BadQuery("What DESCRIBE returns is not fixed by SPARQL; ask with CONSTRUCT instead.")
    if not is_repeatable(query):
        raise BadQuery(
            "The answer may differ each time: leave out NOW, RAND, UUID, STRUUID, BNODE, and"
            " escapes such as \\u0041."
        )
    return form


def is_ordered(query: str) -> bool:
    """Tell whether the rows of *query* have an order that it asks for.

    >>> is_ordered("SELECT * { ?s ?p ?o } ORDER BY ?s")
    True
    >>> is_ordered("SELECT * { { SELECT ?s { ?s ?p ?o } ORDER BY ?s } } # ORDER BY ?s")
    False
    """
    depth, before = 0, ""
    for token in tokens(query):
        kind, word = token.lastgroup, token[0].upper()
        if kind == "comment":
            continue
        depth += (kind == "open") - (kind == "close")
        if depth == 0 and (before, word) == ("ORDER", "BY"):
            return True
        before = word
    return False


def canonical_result(query: str, content: bytes) -> CanonicalResult:
    """Return the answer *content* to *query* in the canonical form.

    *content* is SPARQL results in JSON, or N-Triples for CONSTRUCT. Raises BadQuery where no
    release fixes the answer, or where it is too long, and TooComplex where too many blank nodes
    look alike.
    """
    form = check_citable(query)
    if form == "CONSTRUCT":
        return CanonicalResult(form, False, (), tuple(sorted(_graph_lines(content))))
    found = read_results(content)
    if isinstance(found, bool):
        return CanonicalResult(form, False, (), (str(found).lower(),))
    _check_length(len(found))
    ordered, variables = is_ordered(query), tuple(sorted(found.variables))
    lines = tuple(_row_lines(found, variables, ordered=ordered))
    return CanonicalResult(form, ordered, variables, lines if ordered else tuple(sorted(lines)))


def _check_length(rows: int) -> None:
    if rows > MOST_ROWS:
        raise BadQuery(
            f"The answer has more than {MOST_ROWS:,} rows; cite a query with fewer, or the release"
            " as a whole."
        )


def _graph_lines(content: bytes) -> Iterator[str]:
    quads = dict.fromkeys(parse(content, RdfFormat.N_TRIPLES))
    _check_length(len(quads))
    names = _written(canonical_labels(quads))
    for quad in quads:
        yield canonical_line(quad, names).removesuffix("\n")


def _row_lines(found: Solutions, variables: Sequence[str], *, ordered: bool) -> Iterator[str]:
    names = _labels(found.rows, ordered=ordered)
    for row in found.rows:
        yield "\t".join(_text(row.get(name), names) for name in variables)


def _text(term: Term | None, names: Mapping[BlankNode, str]) -> str:
    if term is None:
        return ""
    return names[term] if isinstance(term, BlankNode) else str(term)


def _labels(rows: Sequence[Mapping[str, Term]], *, ordered: bool) -> Mapping[BlankNode, str]:
    """Return the labels that blank nodes have by the rows in which they are.

    Each row with one is a node of a graph, its variables are predicates. A row without an order is
    a blank node itself; equal rows are one.
    """
    with_nodes = [
        (number, row)
        for number, row in enumerate(rows)
        if any(isinstance(term, BlankNode) for term in row.values())
    ]
    if not with_nodes:
        return {}
    quads: dict[Quad, None] = {}
    places: dict[tuple[tuple[str, Term], ...], BlankNode] = {}
    for number, row in with_nodes:
        terms = tuple(sorted(row.items(), key=lambda item: item[0]))
        place = NamedNode(f"{_ROW}{number}") if ordered else places.setdefault(terms, BlankNode())
        for name, term in terms:
            quads[Quad(place, NamedNode(_VARIABLE + name), term)] = None
    return _written(canonical_labels(quads))


def _written(labels: Mapping[BlankNode, str]) -> Mapping[BlankNode, str]:
    return {node: f"_:{label}" for node, label in labels.items()}
