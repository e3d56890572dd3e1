"""The SHACL engine: the only module that knows which one it is.

pyshacl-turbo passes all of the W3C's test suite with the results compared in full
(``make conformance-shacl``), keeps the labels of blank nodes, and asks no network.
"""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, Triple

from partyline.dataset import TripleSet
from partyline.validation.shacl.data_graph import in_rdf_1_1
from partyline.validation.shacl.indexed_graph import IndexedGraph, Path, Term
from partyline.vocabulary import SH, XSD

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


_SWITCHES = (SH.uniqueLang, SH.closed, SH.deactivated, SH.qualifiedValueShapesDisjoint, SH.optional)
_ONE, _FALSE = (Literal(text, datatype=XSD.boolean) for text in ("1", "false"))


_MALFORMED_LIST = re.compile(r"Malformed RDF list at _:(\S+)")


class ShapesError(Exception):
    """The engine refuses the shapes; the message is the engine's.

    *node* is the shape, the constraint or the list at fault, where that is known.
    """

    def __init__(self, message: str, node: Term | None = None) -> None:
        super().__init__(message)
        self.node = node


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result (SHACL, section 3.6.2)."""

    focus: Term
    path: Path | None
    value: Term | None
    severity: Term
    component: Term
    shape: Term
    #: The node of the SPARQL-based constraint, where it is one.
    constraint: Term | None = None
    messages: tuple[str, ...] = ()
    #: Why a shape below failed (``sh:detail``): not results of their own.
    details: tuple["Result", ...] = ()


def run_engine(data: Iterable[Triple], shapes: Iterable[Triple]) -> list[Result]:
    """Return the results of validating *data* against *shapes*.

    Triple terms are left out and base directions are ignored: SHACL 1.0 has neither. Raises
    ShapesError where the shapes graph is ill-formed, or uses what SHACL 1.0 does not have.
    """
    # rdflib takes long to import; commands that check nothing need not wait for it.
    from partyline.rdf.rdflib_bridge import quiet

    # Text keeps every lexical form and label; a Store would write 1 for 01.
    written = _n_triples(in_rdf_1_1(TripleSet.of(data)))
    with warnings.catch_warnings(), quiet():
        # Recursive shapes are a finding of ours, with the place of the shape.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            return _read_report(_report(written, shapes))
        except (ValueError, RuntimeError) as error:
            raise ShapesError(str(error), _list_at_fault(str(error))) from error


def _list_at_fault(message: str) -> Term | None:
    """Return the list that *message* names; None where it is about something else.

    A result that names an RDF list has its members, too: the list may be one of the data.
    """
    named = _MALFORMED_LIST.fullmatch(message)
    return BlankNode(named[1]) if named else None


def _report(data: str, shapes: Iterable[Triple]) -> "rdflib.Graph":
    """Return the engine's report on N-Triples."""
    import rdflib
    from pyshacl_turbo import compile_shapes
    from pyshacl_turbo.rdf import Input

    graph = rdflib.Graph()
    convert = cache(_to_rdflib)
    for triple in shapes:
        # The engine takes "1" for true where SHACL asks for the literal true (section 4.4.5).
        value = _FALSE if triple.object == _ONE and triple.predicate in _SWITCHES else triple.object
        subject, predicate, object_ = map(convert, (triple.subject, triple.predicate, value))
        graph.add((subject, predicate, object_))
    program = compile_shapes(graph)  # type: ignore[no-untyped-call]
    _, report, _ = program.validate(Input(data, "nt", None, {}, preserve_ids=True))
    if not isinstance(report, rdflib.Graph):
        raise ShapesError(str(report))
    return report


def _n_triples(triples: TripleSet) -> str:
    term = triples.numbering.term
    texts = {number: str(term(number)) for number in triples.used().tolist()}
    columns = (map(texts.__getitem__, column.tolist()) for column in triples.columns)
    return "".join(f"{one} {two} {three} .\n" for one, two, three in zip(*columns, strict=True))


def _read_report(report: "rdflib.Graph") -> list[Result]:
    from partyline.rdf.rdflib_bridge import quads_from_rdflib

    graph = IndexedGraph(quad.triple for quad in quads_from_rdflib(report))
    roots = [node for node in graph.subjects if SH.conforms in graph.predicates(node)]
    return [_result(graph, node) for root in roots for node in graph.objects(root, SH.result)]


def _result(graph: IndexedGraph, node: Term) -> Result:
    def needed(name: str) -> Term:
        value = graph.value(node, SH[name])
        if value is None:
            raise ShapesError(f"the engine reports a result without sh:{name}")
        return value

    path = graph.value(node, SH.resultPath)
    messages = graph.objects(node, SH.resultMessage)
    return Result(
        focus=needed("focusNode"),
        path=None if path is None else graph.path(path),
        value=graph.value(node, SH.value),
        severity=needed("resultSeverity"),
        component=needed("sourceConstraintComponent"),
        shape=needed("sourceShape"),
        constraint=graph.value(node, SH.sourceConstraint),
        messages=tuple(sorted(row.value for row in messages if isinstance(row, Literal))),
        details=tuple(_result(graph, row) for row in graph.objects(node, SH.detail)),
    )


def _to_rdflib(term: Term) -> "Node":
    import rdflib

    from partyline.rdf.rdflib_bridge import to_rdflib

    if isinstance(term, Triple) or (isinstance(term, Literal) and term.direction):
        raise ShapesError(f"{term} is not a term of RDF 1.1, which shapes graphs are written in")
    if isinstance(term, Literal) and term.datatype == XSD.string:
        # To the engine "a" and "a"^^xsd:string are two terms, and N-Triples has the first.
        return rdflib.Literal(term.value)
    return to_rdflib(term)
