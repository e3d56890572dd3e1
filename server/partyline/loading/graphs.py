"""The graphs of a release: where they are loaded, and where they are in the end."""

from collections.abc import Mapping
from dataclasses import dataclass

from partyline.dataset import Numbers
from partyline.dataset.graph_names import DEFAULT_GRAPH, view_iri
from partyline.releases import Manifest, Release
from partyline.sparql.remote.dialects import Dialect

#: Name of the graph that stands for the default graph where an engine has none of its own.
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class LoadedGraph:
    """A graph of a release."""

    #: Its IRI; None is the default graph.
    iri: str | None
    #: The IRI of the graph that it is loaded into, before it replaces the one that is there.
    fresh: str
    rows: Numbers

    @property
    def name(self) -> str:
        """Return it as messages name it."""
        return "the default graph" if self.iri is None else f"the graph <{self.iri}>"

    @property
    def target(self) -> str:
        """Return it as updates name it."""
        return "DEFAULT" if self.iri is None else f"GRAPH <{self.iri}>"


def loaded_graphs(release: Release, dialect: Dialect) -> list[LoadedGraph]:
    """Return the graphs that the store of *release* has, the default graph last."""
    manifest = release.manifest
    rows_of: dict[str | None, Numbers] = {
        view_iri(manifest.base, name).value: rows
        for name, rows in release.table.rows_by_graph().items()
        if name not in manifest.absent_graphs
    }
    rows_of[default_graph(manifest.base, dialect)] = release.table.rows(graphs=DEFAULT_GRAPH)
    folder = f"{marker_graph(manifest.base)}/{manifest.identifier}"
    return [
        LoadedGraph(iri, f"{folder}/{index}", rows)
        for index, (iri, rows) in enumerate(rows_of.items())
        if len(rows)
    ]


def graph_iris(manifest: Manifest) -> tuple[str, ...]:
    """Return the IRIs of the named graphs that the store of a release has."""
    sizes = {**manifest.counts, **manifest.views}
    return tuple(
        view_iri(manifest.base, name).value
        for name, size in sizes.items()
        if size and name not in manifest.absent_graphs
    )


def default_graph(base: str, dialect: Dialect) -> str | None:
    """Return the IRI of the graph that stands for the default graph, or None for that itself."""
    return None if dialect.has_default_graph else view_iri(base, DEFAULT).value


def marker_graph(base: str) -> str:
    """Return the IRI of the graph that says what is loaded and what is being loaded."""
    return f"{base}loading"


def by_fresh_graph(graphs: list[LoadedGraph]) -> Mapping[str, Numbers]:
    """Return the rows of each graph by the IRI that it is loaded into."""
    return {graph.fresh: graph.rows for graph in graphs}
