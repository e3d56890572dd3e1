"""In what SPARQL engines differ where the standards leave no choice, a row for each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine is told apart, asked, and filled."""

    name: str
    #: What the header ``Server`` of its answers begins with; empty: it is not told by that.
    server: str
    #: Statements and bytes of one update. Virtuoso compiles an update into SQL of 10,000 lines at
    #: most, in a time that grows with the square of the statements.
    statements: int = 5_000
    bytes: int = 1 << 20
    #: Whether it has a default graph that is not a merge of all graphs.
    has_default_graph: bool = True
    #: Whether a request with many updates is executed whole or not at all.
    is_atomic: bool = True
    #: Last segments of the path for queries, and for updates beside it; empty: they are the same.
    paths: tuple[str, str] = ("", "")
    #: The name of the parameter of the Graph Store Protocol that names a graph.
    graph_parameter: str = "graph"
    #: Media type of the statements that are added to a graph.
    graph_type: str = "application/n-triples"
    #: Media type of the answers to SELECT and ASK that are asked for.
    rows_type: str = "application/sparql-results+json"
    #: What the labels of blank nodes begin with, in XML, which allows no such label.
    blank_prefix: str = ""
    #: The variable of the one row with 0 or 1 that the answer to ASK is.
    boolean_variable: str = ""
    #: Headers of an answer that the engine has cut off.
    cut_headers: tuple[str, ...] = ()


#: What is assumed of an engine that is not known: what the standards promise, and no more.
GENERIC = Dialect("generic", "", statements=1_000, is_atomic=False)
#: What is assumed of an engine whose default graph is a merge of all graphs, such as GraphDB.
UNION = Dialect("union", "GraphDB", statements=1_000, has_default_graph=False, is_atomic=False)
#: Known engines; the versions that were tried are in docs/reference/remote.md.
DIALECTS = (
    Dialect("oxigraph", "Oxigraph", paths=("query", "update")),
    Dialect("fuseki", "Apache Jena Fuseki", paths=("query", "update")),
    Dialect(
        "virtuoso",
        "Virtuoso",
        statements=100,
        bytes=100_000,
        has_default_graph=False,
        is_atomic=False,
        graph_parameter="graph-uri",
        graph_type="text/turtle",
        rows_type="application/sparql-results+xml",
        blank_prefix="nodeID://",
        boolean_variable="__ASK_RETVAL",
        cut_headers=("X-SPARQL-MaxRows", "X-SQL-State"),
    ),
    UNION,
    GENERIC,
)
#: What stands for the dialect that an endpoint's answers tell.
AUTOMATIC = "auto"


def dialect_named(name: str) -> Dialect:
    """Return the dialect *name*. Raises KeyError."""
    return {row.name: row for row in DIALECTS}[name]


def dialect_of(server: str) -> Dialect:
    """Return the dialect of an engine whose answers have the header ``Server: server``.

    >>> dialect_of("Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu").name
    'virtuoso'
    >>> dialect_of("nginx").name
    'generic'
    """
    known = (row for row in DIALECTS if row.server and server.startswith(row.server))
    return next(known, GENERIC)
