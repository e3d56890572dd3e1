"""Load a release into an endpoint: into fresh graphs, which replace the others at the end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from partyline.errors import EndpointRefused, EngineError
from partyline.loading.batches import Batch, batches
from partyline.loading.graphs import LoadedGraph, by_fresh_graph, loaded_graphs, marker_graph
from partyline.loading.journal import Journal
from partyline.loading.patience import PatientEndpoint
from partyline.releases import Release
from partyline.sparql.remote.dialects import UNION

_Item = TypeVar("_Item")

#: Loads that are begun anew because nobody knows whether blank nodes have arrived.
_NEW_BEGINNINGS = 3
#: Graphs that are counted with one query, and replaced with one update.
_COUNTED, _REPLACED = 50, 20
#: The part of the statements that an engine may take for equal: ``01`` and ``1`` are one number.
_EQUAL = 0.01


class _Doubtful(Exception):
    """Nobody knows whether the statements of a request with blank nodes were inserted."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded."""

    statements: int
    graphs: int
    #: Statements that were sent: fewer where a load was continued, none where all were there.
    sent: int = 0
    #: What the operator should know.
    warnings: tuple[str, ...] = ()


@dataclass
class Load:
    """The load of one release into one endpoint."""

    release: Release
    endpoint: PatientEndpoint
    #: Called with a line whenever there is progress.
    step: Callable[[str], object] = field(default=lambda line: None)
    #: Whether graphs are replaced that no load has filled.
    replacing: bool = False

    def __post_init__(self) -> None:
        manifest = self.release.manifest
        self._dialect = self.endpoint.endpoint.dialect
        self._graphs = loaded_graphs(self.release, self._dialect)
        graph = marker_graph(manifest.base)
        self._journal = Journal(self.endpoint, graph, f"{graph}/{manifest.identifier}")

    def run(self) -> Loaded:
        """Load the release; continue where an earlier run ended.

        Raises EngineError where the endpoint does not answer as it should, or holds statements in
        the same graphs that no load has put there.
        """
        statements = sum(len(graph.rows) for graph in self._graphs)
        loaded = Loaded(statements, len(self._graphs))
        journal = self._journal
        begun = journal.plan()
        self._remove_others()
        if journal.current() == journal.load:
            if begun:  # it ended before it had tidied up
                self._clear()
            return loaded
        if not journal.is_whole():
            self._begin(begun)
            self._check_targets()
            sent = self._send_all(statements)
            self.step("counting")
            loaded = replace(loaded, sent=sent, warnings=self._check_counts())
            self.endpoint.update(f"INSERT DATA {{ {journal.note('whole', 1)} }}")
        self._switch()
        return loaded

    def _remove_others(self) -> None:
        """Drop what is left of loads of other releases."""
        for load, graphs in self._journal.others().items():
            self.step(f"removing what is left of {load}")
            self._drop(graphs)
            self.endpoint.update(self._journal.forget(load))

    def _begin(self, begun: str) -> None:
        """Note that the load begins; anew where it was *begun* with batches of another size."""
        plan = f"{self._dialect.name} {self._dialect.statements} {self._with_store}"
        if begun and begun != plan:
            self._clear()
        if begun != plan:
            self._journal.begin(plan, (graph.fresh for graph in self._graphs))

    def _check_targets(self) -> None:
        """Refuse to replace what no load has put there, and a default graph that is a merge."""
        if self._dialect.has_default_graph and self._journal.is_in_default_graph():
            raise EngineError(
                f"{self._address}: its default graph is a merge of all graphs; give"
                f" --dialect {UNION.name}"
            )
        if self.replacing or self._journal.current():
            return
        for graph in self._graphs:
            if graph.iri is None and self.endpoint.select("SELECT ?p { ?s ?p ?o } LIMIT 1"):
                raise self._taken("the default graph")
        named = [graph.iri for graph in self._graphs if graph.iri is not None]
        for part in _parts(named, _COUNTED):
            values = " ".join(f"<{iri}>" for iri in part)
            query = f"SELECT ?g {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }} LIMIT 1"
            for (iri,) in self.endpoint.select(query):
                raise self._taken(f"the graph <{iri}>")

    def _taken(self, graph: str) -> EngineError:
        return EngineError(
            f"{self._address}: {graph} holds statements that this command has not loaded; give"
            " --replace to replace them"
        )

    def _send_all(self, statements: int) -> int:
        for _ in range(_NEW_BEGINNINGS):
            try:
                return self._send_batches(statements)
            except _Doubtful:
                self.endpoint.report("a request with blank nodes had no answer; beginning anew")
                self._clear()
                self._begin("")
        return self._send_batches(statements)

    def _send_batches(self, statements: int) -> int:
        last = self._journal.last_batch()
        done = sent = 0
        table, graphs = self.release.table, by_fresh_graph(self._graphs)
        for batch in batches(table, graphs, self._dialect, with_store=self._with_store):
            done += batch.statements
            if batch.number > last:
                self._send(batch)
                sent += batch.statements
                self.step(f"{done:,} of {statements:,} statements")
        return sent

    def _send(self, batch: Batch) -> None:
        """Send *batch*, again where that is safe. Raises _Doubtful where nobody knows."""
        note = self._journal.note("batch", batch.number)
        endpoint = self.endpoint
        if batch.is_for_store:
            for iri, lines in batch.graphs:
                endpoint.add(iri, lines)
            endpoint.update(f"INSERT DATA {{ {note} }}")
        elif not batch.has_blank_nodes:
            endpoint.update(batch.insertion(note))
        else:
            try:
                endpoint.update_once(batch.insertion(note))
            except EndpointRefused as error:
                endpoint.wait(error)
                if self._journal.last_batch() < batch.number:
                    raise _Doubtful from error

    def _check_counts(self) -> tuple[str, ...]:
        """Compare what is there with what was sent. Raises EngineError where much is missing."""
        warnings = []
        for part in _parts(self._graphs, _COUNTED):
            found = self._counts(part)
            for graph in part:
                size, there = len(graph.rows), found.get(graph.fresh, 0)
                if there == size:
                    continue
                message = f"{self._address}: {there} of {size} statements are in {graph.name}"
                if there > size or size - there > max(1, size * _EQUAL):
                    raise EngineError(f"{message}; the endpoint has lost or gained some: run again")
                warnings.append(f"{message}: the engine takes some for equal")
        return tuple(warnings)

    def _counts(self, graphs: Sequence[LoadedGraph]) -> dict[str, int]:
        values = " ".join(f"<{graph.fresh}>" for graph in graphs)
        query = (
            f"SELECT ?g (COUNT(*) AS ?n) {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }}"
            " GROUP BY ?g"
        )
        return {graph: int(size) for graph, size in self.endpoint.select(query)}

    def _switch(self) -> None:
        """Replace the graphs by the fresh ones, at once where the engine can."""
        self.step("switching")
        kept = {graph.iri for graph in self._graphs}
        stale = sorted(self._journal.current_graphs() - kept)
        drops = [f"DROP SILENT GRAPH <{iri}>" for iri in stale]
        finish = self._journal.finish(sorted(iri for iri in kept if iri is not None))
        if self._dialect.is_atomic:
            moves = [f"MOVE GRAPH <{graph.fresh}> TO {graph.target}" for graph in self._graphs]
            self._switch_at_once([*drops, *moves, *finish, self._journal.forget()])
            return
        self._copy()
        self.endpoint.update(" ;\n".join([*drops, *finish]))
        self._clear()

    def _switch_at_once(self, updates: list[str]) -> None:
        """Execute all *updates*, which cannot be executed twice."""

        def switch() -> None:
            if self._journal.current() != self._journal.load:
                self.endpoint.update_once(" ;\n".join(updates))

        self.endpoint.repeated(switch)

    def _copy(self) -> None:
        """Copy the fresh graphs one after another; each may be copied twice."""
        copied = self._journal.copied()
        waiting = [graph for graph in self._graphs if graph.fresh not in copied]
        done = len(self._graphs) - len(waiting)
        for part in _parts(waiting, _REPLACED):
            copies = [f"COPY GRAPH <{graph.fresh}> TO {graph.target}" for graph in part]
            note = self._journal.note_copied(graph.fresh for graph in part)
            self.endpoint.update(" ;\n".join([*copies, f"INSERT DATA {{ {note} }}"]))
            done += len(part)
            self.step(f"switching: {done} of {len(self._graphs)} graphs")

    def _clear(self) -> None:
        """Remove the fresh graphs, and what is noted of this load."""
        self._drop(graph.fresh for graph in self._graphs)
        self.endpoint.update(self._journal.forget())

    def _drop(self, iris: Iterable[str]) -> None:
        for part in _parts(sorted(iris), _REPLACED):
            self.endpoint.update(" ;\n".join(f"DROP SILENT GRAPH <{iri}>" for iri in part))

    @property
    def _address(self) -> str:
        return self.endpoint.endpoint.addresses.query

    @property
    def _with_store(self) -> bool:
        return bool(self.endpoint.endpoint.addresses.graph_store)


def _parts(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
