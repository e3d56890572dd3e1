"""What an endpoint remembers of a load, in a graph of its own: how far it is, what is loaded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from partyline.loading.patience import PatientEndpoint
from partyline.vocabulary import LOADING

#: IRIs of graphs in one update.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of a load in the endpoint."""

    endpoint: PatientEndpoint
    #: The IRI of the graph of the journal, which also names what is loaded.
    graph: str
    #: The IRI of the load.
    load: str

    def plan(self) -> str:
        """Return how this load was begun to be cut into batches; empty where it was not begun."""
        return next(iter(self._values(self.load, "plan")), "")

    def last_batch(self) -> int:
        """Return the number of the last batch that was loaded; -1 where none was."""
        pattern = self._in(f"<{self.load}> <{_term('batch')}> ?n")
        query = f"SELECT (MAX(?n) AS ?last) {{ {pattern} }}"
        found = next(iter(self.endpoint.select(query)), ("",))[0]
        return int(found) if found else -1

    def is_whole(self) -> bool:
        """Tell whether every batch was loaded, and fresh graphs may be replacing others."""
        return bool(self._values(self.load, "whole"))

    def copied(self) -> set[str]:
        """Return the IRIs of the fresh graphs that have been copied to where they belong."""
        return self._values(self.load, "copied")

    def current(self) -> str:
        """Return the IRI of the load whose statements are there; empty where there is none."""
        return next(iter(self._values(self.graph, "current")), "")

    def current_graphs(self) -> set[str]:
        """Return the IRIs of the graphs that the current load has filled."""
        return self._values(self.graph, "graph")

    def others(self) -> dict[str, set[str]]:
        """Return the fresh graphs of the loads of other releases that were not finished."""
        pattern = self._in(f"?load <{_term('plan')}> ?plan . ?load <{_term('fresh')}> ?graph")
        found: dict[str, set[str]] = {}
        for load, graph in self.endpoint.select(f"SELECT ?load ?graph {{ {pattern} }}"):
            found.setdefault(load, set()).add(graph)
        found.pop(self.load, None)
        return found

    def begin(self, plan: str, fresh: Iterable[str]) -> None:
        """Note that a load begins, and into which graphs."""
        for part in _parts(fresh):
            self.endpoint.update(
                f"INSERT DATA {{ {self._in(self._about(self.load, 'fresh', part))} }}"
            )
        self.endpoint.update(f"INSERT DATA {{ {self.note('plan', plan)} }}")

    def note(self, name: str, value: object) -> str:
        """Return the pattern of a statement about this load, to be inserted with others."""
        text = str(value) if isinstance(value, int) else f'"{value}"'
        return self._in(f"<{self.load}> <{_term(name)}> {text}")

    def note_copied(self, fresh: Iterable[str]) -> str:
        """Return the pattern of the statement that graphs were copied."""
        return self._in(self._about(self.load, "copied", fresh))

    def forget(self, load: str = "") -> str:
        """Return the update that removes what is noted about *load*, by default this one."""
        return f"DELETE WHERE {{ {self._in(f'<{load or self.load}> ?property ?value')} }}"

    def is_in_default_graph(self) -> bool:
        """Tell whether the default graph has what the graph of the journal has."""
        query = f"SELECT ?value {{ <{self.load}> <{_term('plan')}> ?value }} LIMIT 1"
        return bool(self.endpoint.select(query))

    def finish(self, graphs: Iterable[str]) -> Iterator[str]:
        """Yield the updates that note that this load is the current one, with its graphs."""
        yield self.forget(self.graph)
        for part in _parts(graphs):
            yield f"INSERT DATA {{ {self._in(self._about(self.graph, 'graph', part))} }}"
        current = f"<{self.graph}> <{_term('current')}> <{self.load}>"
        yield f"INSERT DATA {{ {self._in(current)} }}"

    def _values(self, subject: str, name: str) -> set[str]:
        pattern = self._in(f"<{subject}> <{_term(name)}> ?value")
        return {row[0] for row in self.endpoint.select(f"SELECT ?value {{ {pattern} }}")}

    def _in(self, pattern: str) -> str:
        return f"GRAPH <{self.graph}> {{ {pattern} }}"

    @staticmethod
    def _about(subject: str, name: str, iris: Iterable[str]) -> str:
        return f"<{subject}> <{_term(name)}> {', '.join(f'<{iri}>' for iri in iris)}"


def _term(name: str) -> str:
    return LOADING[name].value


def _parts(iris: Iterable[str]) -> Iterator[Sequence[str]]:
    rest = iter(iris)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
