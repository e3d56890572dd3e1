"""The statements of one named graph as a file: of each source, and of each graph of the sources.

There may be as many as there are sources, so they are written when they are asked for.
"""

from collections.abc import Iterable

from flask import Blueprint, Response, request
from pyoxigraph import Triple

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import Publication
from partyline.rdf import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.releases import EXAMPLE_PREFIXES, QUESTIONS, question_graph, view_iri
from partyline.web.documents import Representation, respond
from partyline.web.public_address import here

#: Statements of a graph up to which it is a file of its own: each is written in memory.
_MOST = 250_000


def blueprint(publication: Publication, endpoint: str) -> Blueprint:
    """Build the views of the files of graphs; *endpoint* is where questions are answered."""
    views = Blueprint("graph_dumps", __name__)
    manifest = publication.release.manifest
    sizes = manifest.sizes
    names = {view_iri(manifest.base, name).value: name for name in sizes}

    def triples(name: str) -> Iterable[Triple]:
        if name == QUESTIONS:
            return question_graph(publication.release.questions, manifest.base, endpoint)
        table = publication.release.table
        rows = table.rows(graphs=(name,)) if name in table.present_graphs else ()
        return map(table.triple, map(int, rows))

    def sent(name: str, syntax: GraphFormat) -> Response:
        if sizes[name] > _MOST:
            raise UnknownResource(
                f"The graph {name} has {sizes[name]:,} statements, too many for a file of its own;"
                f" {here('/dumps/dataset.nq')} has all graphs."
            )

        def write() -> bytes:
            more = EXAMPLE_PREFIXES if name == QUESTIONS else {}
            return syntax.write(triples(name), {**publication.prefixes, **more})

        return respond(
            Representation(syntax.media_type, syntax.extension, write), parameters=("iri",)
        )

    @views.get("/dumps/graph/<path:name>.<extension>")
    def named(name: str, extension: str) -> Response:
        """Send the graph whose IRI ends in *name*."""
        if name not in sizes:
            raise _unknown(name)
        return sent(name, _syntax(extension))

    @views.get("/dumps/graph.<extension>")
    def of_iri(extension: str) -> Response:
        """Send the graph with the IRI ``?iri=``."""
        iri = request.args.get("iri", "")
        if not iri:
            raise BadQuery("Missing: iri. Write ?iri= and the IRI of a named graph.")
        if iri not in names:
            raise _unknown(iri)
        return sent(names[iri], _syntax(extension))

    return views


def _syntax(extension: str) -> GraphFormat:
    found = graph_format(extension)
    if found is None:
        endings = ", ".join(f".{row.extension}" for row in GRAPH_FORMATS)
        raise UnknownResource(f"No graph ends in .{extension}; it may be {endings}.")
    return found


def _unknown(graph: str) -> UnknownResource:
    return UnknownResource(
        f"The graph {graph} does not exist; {here('/dataset')} lists the graphs."
    )
