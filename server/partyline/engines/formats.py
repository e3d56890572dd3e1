"""The one table of formats for rows: negotiation, the worker and documentation all read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A syntax for the answer to SELECT or ASK.

    >>> RESULT_FORMATS[0].media_type
    'application/sparql-results+json'
    """

    name: str
    media_type: str
    extension: str


#: In order of preference: the first is what ``*/*`` receives.
RESULT_FORMATS = (
    ResultFormat("JSON", "application/sparql-results+json", "srj"),
    ResultFormat("XML", "application/sparql-results+xml", "srx"),
    ResultFormat("CSV", "text/csv", "csv"),
    ResultFormat("TSV", "text/tab-separated-values", "tsv"),
)
