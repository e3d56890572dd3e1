"""The tables of formats of answers, for negotiation, workers and documentation."""

from dataclasses import dataclass

from pyoxigraph import RdfFormat

from partyline.rdf import GRAPH_FORMATS


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A format of an answer.

    >>> RESULT_FORMATS[0].media_type
    'application/sparql-results+json'
    """

    name: str
    media_type: str
    extension: str


#: For SELECT and ASK, in order of preference: the first is what ``*/*`` receives.
RESULT_FORMATS = (
    ResultFormat("JSON", "application/sparql-results+json", "srj"),
    ResultFormat("XML", "application/sparql-results+xml", "srx"),
    ResultFormat("CSV", "text/csv", "csv"),
    ResultFormat("TSV", "text/tab-separated-values", "tsv"),
)

#: For CONSTRUCT and DESCRIBE: the formats of documents, and those of datasets, in which a graph
#: is the default graph.
GRAPH_RESULT_FORMATS = (
    *(ResultFormat(row.name, row.media_type, row.extension) for row in GRAPH_FORMATS),
    *(
        ResultFormat(row.name, row.media_type, row.file_extension)
        for row in (RdfFormat.TRIG, RdfFormat.N_QUADS)
    ),
)
