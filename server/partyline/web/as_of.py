"""The parameter ``asOf``: the day that a page, a list, a picture or a graph is asked for."""

import re
from collections.abc import Callable, Container
from datetime import date

from flask import request

from partyline.errors import BadQuery

PARAMETER = "asOf"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Views that answer as of a day; all others refuse the parameter.
_ANSWERING = {
    *("resources.dereference", "resources.document", "resources.resource"),
    *("pages.browse", "lineage.timeline", "lineage.line"),
}


def day_asked() -> date | None:
    """Return the day in the address of the request, or None. Raises BadQuery."""
    given = request.args.get(PARAMETER)
    if not given:  # a form sends an empty field, too
        return None
    if _DAY.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise BadQuery(f"The parameter asOf is “{given}”: write a day, such as 1990-01-01.")


def refuse_elsewhere() -> None:
    """Refuse the parameter where it would be ignored. Raises BadQuery."""
    if request.endpoint not in _ANSWERING:
        refuse(request.args)


def refuse(parameters: Container[str]) -> None:
    """Refuse the parameter rather than answer with what held on other days. Raises BadQuery."""
    if PARAMETER in parameters:
        raise BadQuery(
            "The parameter asOf is not supported here: this answer holds all statements of the"
            " release. Pages of resources, their data, lists of classes and pictures of lineage"
            " have it; a query compares the bounds of dates."
        )


def with_day(address: Callable[[str], str], day: date | None) -> Callable[[str], str]:
    """Return *address*, which gives the path of a format, with *day* in what it gives."""
    if day is None:
        return address
    return lambda extension: as_of(address(extension), day)


def as_of(path: str, day: date | None) -> str:
    """Return *path* with *day* in its query, where there is one.

    >>> as_of("/resource?iri=urn%3Ax", date(1990, 1, 1))
    '/resource?iri=urn%3Ax&asOf=1990-01-01'
    """
    if day is None:
        return path
    return f"{path}{'&' if '?' in path else '?'}{PARAMETER}={day.isoformat()}"


def without_day(query: str) -> str:
    """Return the *query* of an address without the parameter: no IRI has it.

    >>> without_day("a=1&asOf=1990-01-01")
    'a=1'
    """
    parts = (part for part in query.split("&") if not part.startswith(f"{PARAMETER}="))
    return "&".join(parts)
