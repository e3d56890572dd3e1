"""The answer to CONSTRUCT or DESCRIBE as a page shows it: a table by subject, and a picture."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from partyline.publishing.pages.graph_picture import Edge, graph_picture
from partyline.publishing.pages.query_results import Cell, TableView, beginning, cell
from partyline.publishing.pages.view_models import Presenter
from partyline.publishing.statements import Term

#: Triples of which there is a table.
_MOST = 500
_COLUMNS = ("subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class GraphView:
    """The first part of a graph, in the syntax that was read, as a table and as a picture."""

    text: str
    #: False where there is more than *text*.
    complete: bool
    #: The triples, those of a subject one after the other; None where *text* cannot be read alone.
    table: TableView | None = None
    #: SVG; empty where the graph is too large to be drawn, or has nothing that is linked.
    picture: str = ""


def read_graph(presenter: Presenter, chunks: Iterable[bytes], limit: int) -> GraphView:
    """Return what a page shows of a graph in Turtle: all of it, or the first *limit* bytes."""
    text, complete = beginning(chunks, limit)
    if not complete:
        return GraphView(text, complete)
    triples = [row.triple for row in parse(text, RdfFormat.TURTLE)]
    rows = [tuple(cell(presenter, term) for term in row) for row in _by_subject(triples)[:_MOST]]
    table = TableView(_COLUMNS, tuple(rows), complete=len(triples) <= _MOST)
    return GraphView(text, complete, table, graph_picture(_edges(presenter, triples)))


def _by_subject(triples: Iterable[Triple]) -> list[Triple]:
    """Return *triples*, those of a subject together, where it is first."""
    found: dict[Term, list[Triple]] = {}
    for row in triples:
        found.setdefault(row.subject, []).append(row)
    return [row for rows in found.values() for row in rows]


def _edges(presenter: Presenter, triples: Iterable[Triple]) -> list[Edge]:
    """Return what is drawn; a literal is a node of its own in each triple."""
    return [
        Edge(
            str(row.subject),
            _name(presenter, row.subject),
            presenter.link(row.predicate).name.text,
            f"{number} {row.object}" if isinstance(row.object, Literal) else str(row.object),
            _name(presenter, row.object),
            is_literal=isinstance(row.object, Literal),
        )
        for number, row in enumerate(triples)
    ]


def _name(presenter: Presenter, term: Term) -> str:
    shown: Cell = cell(presenter, term)
    if isinstance(term, NamedNode) and shown.link is not None:
        return shown.link.name.text
    if isinstance(term, BlankNode):
        return "[ ]"
    return shown.words.words if shown.words else ""
