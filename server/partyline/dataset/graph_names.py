"""The named graphs of a release. The default graph merges four of them but the withheld one.

Each triple is in one of `GRAPHS`; the `VIEWS`, and the graphs that the sources name, overlap with
them.
"""

from pyoxigraph import NamedNode

#: Name of a graph, and what it holds.
GRAPHS = {
    "ontology": "The ontology, as its files assert it",
    "accepted": "What the knowledge base asserts and no editor has withheld",
    "inferred": "What follows from the ontology and the accepted statements",
    "withheld": "Asserted about disputed or rejected matters, and excluded from reasoning",
}
#: The names of those that the default graph merges.
DEFAULT_GRAPH = tuple(name for name in GRAPHS if name != "withheld")
#: Names of the views that every release has, and what they hold.
VIEWS = {
    "asserted": "All that the files of the knowledge base assert, accepted and withheld",
    "links": "Asserted statements that lead to other datasets and to pages elsewhere",
}
#: The graph of the named queries, which the store alone has: they are not statements of the data.
QUESTIONS = "questions"
_OF_QUESTIONS = "The named questions as examples of queries, with their parameters"
#: Those graphs, and the view, that a large release does not have in its store on their own.
LARGE_GRAPHS = ("accepted", "inferred", "asserted")
#: What the names of the views of sources begin with.
SOURCE = "source/"


def graph_iri(base: str, name: str) -> NamedNode:
    """Return the IRI of the graph *name* of the knowledge base published under *base*.

    Raises KeyError for a graph that is not in `GRAPHS`.

    >>> graph_iri("https://example.org/", "inferred").value
    'https://example.org/graph/inferred'
    """
    if name not in GRAPHS:
        raise KeyError(name)
    return view_iri(base, name)


def view_iri(base: str, name: str) -> NamedNode:
    """Return the IRI of the graph or view *name*; that of a source ends as the source's own.

    A graph that the sources name keeps its IRI, which is its name in angle brackets.

    >>> view_iri("https://example.org/", "<urn:graph:letters>").value
    'urn:graph:letters'
    """
    if is_of_sources(name):
        return NamedNode(name[1:-1])
    return NamedNode(f"{base}graph/{name}")


def name_in_sources(iri: str) -> str:
    """Return the name of the graph that the sources call *iri*."""
    return f"<{iri}>"


def is_of_sources(name: str) -> bool:
    """Tell whether the sources name the graph *name*, and not the release."""
    return name.startswith("<")


def graph_summary(name: str) -> str:
    """Return what the graph or view *name* holds, in a line.

    >>> graph_summary("inferred")
    'What follows from the ontology and the accepted statements'
    """
    if is_of_sources(name):
        return "What the sources state in this graph"
    of_source = "A source, its passages, and what names them as evidence"
    return {**GRAPHS, **VIEWS, QUESTIONS: _OF_QUESTIONS}.get(name, of_source)


def is_taken(iri: str, base: str) -> bool:
    """Tell whether a graph or view of every release has the IRI *iri*.

    >>> is_taken("https://e.org/graph/links", "https://e.org/")
    True
    """
    name = iri.removeprefix(f"{base}graph/")
    known = {*GRAPHS, *VIEWS, QUESTIONS}
    return name != iri and (name in known or name.startswith(SOURCE))
