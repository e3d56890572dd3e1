"""The named graphs of a release. The default graph holds all of them but the withheld one.

Each triple is in one of them; the views (`partyline.releases.graph_views`) overlap with them.
"""

from pyoxigraph import NamedNode

#: Name of a graph, and what it holds.
GRAPHS = {
    "ontology": "The ontology, as its files assert it",
    "accepted": "What the knowledge base asserts and no editor has withheld",
    "inferred": "What follows from the ontology and the accepted statements",
    "withheld": "Asserted about disputed or rejected matters, and kept out of reasoning",
}
#: The names of those that the default graph merges.
DEFAULT_GRAPH = tuple(name for name in GRAPHS if name != "withheld")

#: Those, and the view, that a large release does not have in its store on their own.
LARGE_GRAPHS = ("accepted", "inferred", "asserted")


def graph_iri(base: str, name: str) -> NamedNode:
    """Return the IRI of the graph *name* of the knowledge base published under *base*.

    >>> graph_iri("https://example.org/", "inferred").value
    'https://example.org/graph/inferred'
    """
    if name not in GRAPHS:
        raise KeyError(name)
    return view_iri(base, name)


def view_iri(base: str, name: str) -> NamedNode:
    """Return the IRI of the graph or view *name*; that of a source ends as the source's own."""
    return NamedNode(f"{base}graph/{name}")
