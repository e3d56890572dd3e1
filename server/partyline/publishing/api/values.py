"""Terms in plain JSON, for people who know neither RDF nor SPARQL."""

from datetime import date

from pyoxigraph import Literal, NamedNode

from partyline.edtf import Bounds, bounds
from partyline.publishing.labels import Text
from partyline.publishing.pages.query_results import Cell
from partyline.publishing.pages.view_models import Link, Presenter, Words
from partyline.publishing.statements import Term
from partyline.vocabulary import EDTF, XSD

Json = dict[str, object]

#: Datatypes whose values have bounds.
_DATES = (EDTF, XSD.date, XSD.gYear, XSD.gYearMonth)


def name_json(text: Text) -> Json:
    """Return a name and its language."""
    return {"text": text.text, "language": text.language or None}


def reference_json(presenter: Presenter, link: Link) -> Json:
    """Return a resource: its IRI, its name, and the address of its page."""
    return {
        "iri": link.iri,
        "name": link.name.text,
        "language": link.name.language or None,
        "page": link.outside or presenter.addresses.published(link.path),
    }


def term_json(presenter: Presenter, term: Term) -> Json:
    """Return a term as a reference or as a literal; a blank node has no name that lasts."""
    if isinstance(term, NamedNode):
        return reference_json(presenter, presenter.link(term))
    if isinstance(term, Literal):
        return literal_json(presenter.words(term), bounds_of(term))
    return {"value": str(term), "words": None, "language": None, "datatype": None, "bounds": None}


def literal_json(words: Words, known: Bounds | None = None) -> Json:
    """Return a literal as it is written and in words; a date has the bounds that it states."""
    return {
        "value": words.literal,
        "words": words.words if words.words != words.literal else None,
        "language": words.language or None,
        "datatype": words.datatype or None,
        "bounds": None if known is None else bounds_json(known),
    }


def cell_json(presenter: Presenter, cell: Cell) -> Json | None:
    """Return what a variable is bound to; None where it is not bound."""
    if cell.link is not None:
        return reference_json(presenter, cell.link)
    if cell.words is None:
        return None
    datatypes = {presenter.labels.compact(row.value) or row.value: row for row in _DATES}
    datatype = datatypes.get(cell.words.datatype, XSD.string)
    return literal_json(cell.words, bounds_of(Literal(cell.words.literal, datatype=datatype)))


def bounds_json(known: Bounds) -> Json:
    """Return between which days something began and ended."""
    return {
        "beginEarliest": _day(known.begin_earliest),
        "beginLatest": _day(known.begin_latest),
        "endEarliest": _day(known.end_earliest),
        "endLatest": _day(known.end_latest),
        "ongoing": known.ongoing,
    }


def bounds_of(literal: Literal) -> Bounds | None:
    """Return the bounds of a date; None for anything else."""
    if literal.datatype not in _DATES:
        return None
    try:
        return bounds(literal.value)
    except ValueError:
        return None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
