"""A release as a read-only rdflib ``Store``: no copy in memory, lexical forms as in the sources."""

from collections.abc import Collection, Generator, Iterator
from functools import cached_property
from typing import NoReturn

from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID, Graph
from rdflib.store import Store
from rdflib.term import Identifier, Node, URIRef

from partyline.dataset.graph_names import DEFAULT_GRAPH, view_iri
from partyline.errors import ReleaseError
from partyline.rdf.rdflib_bridge import from_rdflib, to_rdflib
from partyline.rdf.terms import Term
from partyline.releases import Release

_Triple = tuple[Node, Node, Node]
_Pattern = tuple[Node | None, Node | None, Node | None]
#: Subject, predicate and object of a pattern; None stands for any term.
_Wanted = tuple[NamedNode | BlankNode | None, NamedNode | None, Term | None]


class ReleaseStore(Store):
    """The statements of a release for ``rdflib.Graph(store=…)`` and ``rdflib.Dataset(store=…)``.

    A graph has what the default graph of the SPARQL endpoint has: everything asserted and
    inferred, without what is withheld. A dataset has the named graphs too. rdflib evaluates
    queries itself, without limits: for an untrusted query, use `partyline.query`.

    Writing raises ReleaseError, because a release is immutable.
    """

    context_aware = True
    graph_aware = True
    transaction_aware = False
    formula_aware = False

    def __init__(self, release: Release) -> None:
        super().__init__()
        self._release = release
        self._table = release.table
        base = release.manifest.base
        #: The names of the graphs that have statements, by their IRIs.
        self._names = {view_iri(base, name).value: name for name in self._table.present_graphs}

    def triples(
        self, triple_pattern: _Pattern, context: Graph | None = None
    ) -> Iterator[tuple[_Triple, Iterator[Graph | None]]]:
        """Yield each triple of the pattern with the graph that it was asked for in."""
        wanted = self._wanted(triple_pattern)
        if wanted is None:
            return
        for triple in self._table.match(*wanted, graphs=self._graphs(context)):
            yield _to_rdflib(triple), iter((context,))

    def __len__(self, context: Graph | None = None) -> int:
        return self._table.count(graphs=self._graphs(context))

    def contexts(self, triple: _Pattern | None = None) -> Generator[Graph, None, None]:
        """Yield the named graphs, or those that have *triple*."""
        wanted = self._wanted(triple) if triple else (None, None, None)
        for iri, name in self._names.items():
            if wanted and any(True for _ in self._table.match(*wanted, graphs=[name])):
                yield Graph(store=self, identifier=URIRef(iri))

    def namespace(self, prefix: str) -> URIRef | None:
        """Return the namespace of *prefix* in the release, or None."""
        iri = self._prefixes.get(prefix)
        return None if iri is None else URIRef(iri)

    def prefix(self, namespace: URIRef) -> str | None:
        """Return the prefix of *namespace* in the release, or None."""
        return next((name for name, iri in self._prefixes.items() if iri == str(namespace)), None)

    def namespaces(self) -> Iterator[tuple[str, URIRef]]:
        """Yield the prefixes of the release."""
        return ((name, URIRef(iri)) for name, iri in self._prefixes.items())

    def bind(self, prefix: str, namespace: URIRef, override: bool = True) -> None:
        """Bind a prefix for this object; the release stays as it is."""
        if override or prefix not in self._prefixes:
            self._prefixes[prefix] = str(namespace)

    def add(self, triple: object, context: object, quoted: bool = False) -> NoReturn:
        """Refuse to write."""
        self._refuse()

    def addN(self, quads: object) -> NoReturn:  # the name that rdflib gives it
        """Refuse to write."""
        self._refuse()

    def remove(self, triple: object, context: object = None) -> NoReturn:
        """Refuse to write."""
        self._refuse()

    def add_graph(self, graph: Graph) -> None:
        """Accept a graph that is there: rdflib adds the default graph of each dataset."""
        if not self._graphs(graph):
            self._refuse()

    def remove_graph(self, graph: Graph) -> NoReturn:
        """Refuse to write."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ReleaseError(
            f"{self._release.path}: a release is read-only; copy it into another graph to change it"
        )

    @cached_property
    def _prefixes(self) -> dict[str, str]:
        return dict(self._release.manifest.prefixes)

    def _wanted(self, pattern: _Pattern) -> _Wanted | None:
        """Return the pattern as terms, or None where no triple of RDF can match it."""
        try:
            subject, predicate, object_ = (
                None if node is None else from_rdflib(node) for node in pattern
            )
        except (TypeError, ValueError):
            return None
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode | None):
            return None
        return subject, predicate, object_

    def _graphs(self, context: Graph | None) -> Collection[str]:
        """Return the graphs of the table that rdflib means.

        A graph without a name is the default graph, and an unknown graph is empty.
        """
        identifier: Identifier | None = None if context is None else context.identifier
        if not isinstance(identifier, URIRef) or identifier == DATASET_DEFAULT_GRAPH_ID:
            return DEFAULT_GRAPH
        return [self._names[name]] if (name := str(identifier)) in self._names else []


def _to_rdflib(triple: Triple) -> _Triple:
    return to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)
