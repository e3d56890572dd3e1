"""Evaluation of a query on a store: its dataset, what is rewritten, and what is warned of."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Triple

from partyline.sparql.rewriting.dataset_clause import NamedGraphs, named_graphs
from partyline.sparql.rewriting.group_concat import with_own_group_concat
from partyline.sparql.rewriting.iris import iris_in, resolved
from partyline.sparql.rewriting.rewriter import unescape, without_repetition
from partyline.sparql.workers.graph_merge import Dataset, GraphMerge
from partyline.sparql.workers.wire_protocol import QueryRequest

if TYPE_CHECKING:
    from partyline.sparql.workers.elsewhere import EngineElsewhere

#: Triples that are no `QueryTriples` come from an engine elsewhere.
Results = QuerySolutions | QueryBoolean | QueryTriples | Iterator[Triple]

#: Warnings about graphs in one answer.
_MAX_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is being evaluated, and what the client should know about it."""

    results: Results
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Evaluator:
    """Evaluates queries on a store that does not change."""

    store: Store
    #: Relative IRIs are resolved against it; none is allowed where it is empty.
    base: str = ""
    #: What queries may use without declaring it.
    prefixes: Mapping[str, str] = field(default_factory=dict)
    #: IRIs of graphs of the release that the store does not hold as graphs.
    absent_graphs: Collection[str] = ()
    #: The engine that is asked, where the store has no statements.
    elsewhere: "EngineElsewhere | None" = None
    _merge: GraphMerge = field(init=False)

    def __post_init__(self) -> None:
        self._merge = GraphMerge(self.store)

    def evaluate(self, request: QueryRequest) -> Evaluation:
        """Begin to evaluate a query.

        Raises SyntaxError where it is not SPARQL 1.1, RuntimeError or ValueError where it cannot
        be evaluated or names a graph that the store does not hold, OSError where the store
        cannot be read, and EndpointRefused where an engine elsewhere does not answer.
        """
        text = unescape(request.query)
        if self.absent_graphs:
            self._refuse_absent(text, request)
        mentioned = named_graphs(text)
        in_query = self._resolved(mentioned) if mentioned else _Mentioned()
        default = [NamedNode(iri) for iri in request.default_graphs]
        named = [NamedNode(iri) for iri in request.named_graphs]
        if not default and not named:
            default, named = in_query.default, in_query.named
        dataset = self._merge.dataset(default, named) if default or named else None
        warnings = self._missing([*default, *named, *in_query.patterns])
        results = self._query(text, dataset)
        if self.elsewhere is not None:
            # On the store without statements, that has shown what is not SPARQL.
            results = self.elsewhere.ask(text, request)
        return Evaluation(results, warnings)

    def _query(self, text: str, dataset: Dataset | None) -> Results:
        try:
            return self._parsed(text, dataset)
        except SyntaxError as error:
            standard = without_repetition(text)
            if standard == text:
                raise
            try:
                return self._parsed(standard, dataset)
            except SyntaxError:
                raise error from None  # its place is one in the text of the client

    def _parsed(self, text: str, dataset: Dataset | None) -> Results:
        rewritten, aggregates = with_own_group_concat(text)
        if aggregates:
            try:
                return self._put(rewritten, dataset, custom_aggregate_functions=dict(aggregates))
            except SyntaxError:
                pass  # whatever is wrong, the text of the client has the right places
        return self._put(text, dataset)

    def _put(self, text: str, dataset: Dataset | None, **options: Any) -> Results:  # noqa: ANN401
        store = self.store if dataset is None else dataset.store
        if dataset is not None:
            options |= {"default_graph": dataset.default, "named_graphs": dataset.named}
        return store.query(
            text, base_iri=self.base or None, prefixes=dict(self.prefixes), **options
        )

    def _refuse_absent(self, text: str, request: QueryRequest) -> None:
        """Raise ValueError where a graph is named that the store does not hold.

        Wherever it is named: the graph of GRAPH ?g may come from VALUES or BIND.
        """
        named = iris_in(text, self.base, self.prefixes)
        named |= {*request.default_graphs, *request.named_graphs}
        for graph in self.absent_graphs:
            if graph in named:
                raise ValueError(
                    f"this release is too large for the graph <{graph}> to be queried on its own;"
                    " its statements are in the default graph, and in the dumps by graph"
                )

    def _resolved(self, mentioned: NamedGraphs) -> "_Mentioned":
        terms = (*mentioned.default, *mentioned.named, *mentioned.patterns)
        iris = resolved(mentioned.prologue, terms, self.base, self.prefixes)
        first, second = len(mentioned.default), len(mentioned.default) + len(mentioned.named)
        return _Mentioned(iris[:first], iris[first:second], iris[second:])

    def _missing(self, graphs: Sequence[NamedNode]) -> tuple[str, ...]:
        missing = [row for row in dict.fromkeys(graphs) if not self.store.contains_named_graph(row)]
        return tuple(
            f"the dataset has no triples in the graph {graph}" for graph in missing[:_MAX_WARNINGS]
        )


@dataclass(frozen=True, slots=True)
class _Mentioned:
    default: list[NamedNode] = field(default_factory=list)
    named: list[NamedNode] = field(default_factory=list)
    patterns: list[NamedNode] = field(default_factory=list)
