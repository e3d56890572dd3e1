"""Search by name: a page, JSON, suggestions, and a description for browsers."""

import json
from functools import partial
from xml.sax.saxutils import escape

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from partyline.edtf import bounds
from partyline.errors import BadQuery
from partyline.publishing import (
    Lifetimes,
    Period,
    Publication,
    SearchPage,
    SearchResult,
    named_node,
    search_page,
    short,
    suggestions,
)
from partyline.web.documents import Representation, respond
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.public_address import here

_JSON = "application/json"
_SUGGESTIONS = "application/x-suggestions+json"
_DESCRIPTION = "application/opensearchdescription+xml"
#: Characters of what is looked for.
_LONGEST = 200


def blueprint(publication: Publication, root: str, lifetimes: Lifetimes) -> Blueprint:
    """Build the views; *root* is the public address of the path ``/``, with a slash.

    *lifetimes* tells between which days a resource with a line existed.
    """
    views = Blueprint("search", __name__)

    @views.get("/search")
    @views.get("/search.<extension>")
    def search(extension: str = "") -> Response:
        """Find resources by name, as a page or as JSON."""
        query, kind = _query(), request.args.get("kind", "").strip()
        if kind:
            named_node(kind)
        offers = (Offer(_JSON, "json", "/search.json"), Offer(HTML, "html", "/search"))
        chosen = extension or negotiate(request.headers.get("Accept"), offers).format
        if chosen not in ("json", "html"):
            raise BadQuery("The results end in .json or .html.")
        number, period = request.args.get("page", 1, type=int), _period()
        page = search_page(publication, query, kind, number, period, lifetimes)

        def write() -> str:
            if chosen == "json":
                return _as_json(publication, page)
            return render_template("search.html", page=page)

        media_type = _JSON if chosen == "json" else HTML
        location = "" if extension else f"/search.{chosen}?{request.query_string.decode('latin-1')}"
        # No parameter may be kept: there are as many addresses as things to look for.
        return respond(Representation(media_type, chosen, write), location=location)

    @views.get("/suggest")
    def suggest() -> Response:
        """Send suggestions for what has been typed (OpenSearch Suggestions 1.1)."""
        query, kind = _query(), request.args.get("kind")
        if kind:
            named_node(kind)
        rows = suggestions(publication, query, kind or "") if query else ()

        def write() -> str:
            texts = [row.link.name.text for row in rows]
            about = [_about(row) for row in rows]
            paths = [here(row.link.path) for row in rows]
            # Forms choose a term, not a page: how an address names it is a fifth part for them.
            terms = [[short(publication, NamedNode(row.link.iri)) for row in rows]]
            parts = [query, texts, about, paths, *(terms if kind is not None else [])]
            return json.dumps(parts, ensure_ascii=False) + "\n"

        return respond(Representation(_SUGGESTIONS, "json", write))

    @views.get("/opensearch.xml")
    def description() -> Response:
        """Describe the search for browsers (OpenSearch 1.1)."""
        write = partial(search_description, publication.knowledge.title, root)
        return respond(Representation(_DESCRIPTION, "xml", write))

    return views


def search_description(title: str, root: str) -> str:
    """Return the OpenSearch description of the dataset *title*, whose paths are below *root*."""
    name, address = escape(title), escape(root)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{escape(title[:16].strip())}</ShortName>\n"
        f"<Description>{name}</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template="{address}search?q={{searchTerms}}"/>\n'
        f'<Url type="{_SUGGESTIONS}" template="{address}suggest?q={{searchTerms}}"/>\n'
        "</OpenSearchDescription>\n"
    )


def _query() -> str:
    query = request.args.get("q", "").strip()
    if len(query) > _LONGEST:
        raise BadQuery(f"The parameter q is longer than {_LONGEST} characters.")
    return query


def _period() -> Period | None:
    """Return the period of the request, of two dates of EDTF. Raises BadQuery."""
    begin, end = (request.args.get(name, "").strip() for name in ("from", "to"))
    for name, text in (("from", begin), ("to", end)):
        try:
            if text:
                bounds(text)
        except ValueError as error:
            raise BadQuery(
                f"The parameter {name} is “{text}”: write a year, a month or a day, such as 1993,"
                " 1993-05 or 1993-05-23."
            ) from error
    return Period(begin, end) if begin or end else None


def _about(row: SearchResult) -> str:
    """Return the kinds of a result, its dates, and the name by which it was found."""
    parts = [", ".join(kind.name.text for kind in row.kinds), row.link.note]
    if row.found_by:
        parts.append(row.found_by.text)
    return " · ".join(part for part in parts if part)


def _as_json(publication: Publication, page: SearchPage) -> str:
    table = {
        "query": page.query,
        "release": publication.release.manifest.identifier,
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "undated": page.undated if page.period else None,
        "results": [
            {
                "iri": row.link.iri,
                "name": row.link.name.text,
                "language": row.link.name.language or None,
                "path": here(row.link.path),
                "kinds": [kind.iri for kind in row.kinds],
                "dates": row.link.note or None,
                "found_by": row.found_by.text if row.found_by else None,
                "name_kind": row.name_kind.name.lower(),
                "likeness": row.likeness,
                "score": row.score,
            }
            for row in page.results
        ],
        "kinds": [{"iri": kind.iri, "results": number} for kind, number in page.facets],
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"
