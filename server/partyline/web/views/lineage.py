"""Pictures of the lineage: pages, SVG and JSON."""

import base64
import hashlib
import json
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import Publication
from partyline.publishing.lineage import (
    HAS_CARDS,
    MARK_WORDS,
    Picture,
    Pictures,
    bar_dates,
    short_date,
)
from partyline.web.as_of import day_asked
from partyline.web.documents import Alternate, Representation, respond
from partyline.web.headers import EMBEDDED_STYLE
from partyline.web.negotiation import HTML, Offer, negotiate, with_aliases
from partyline.web.public_address import here

_SVG, _PNG, _JSON = "image/svg+xml", "image/png", "application/json"
MEDIA_TYPES = {"json": _JSON, "svg": _SVG, "html": HTML} | ({"png": _PNG} if HAS_CARDS else {})
_NAMES = {"svg": "SVG", "json": "JSON"} | ({"png": "PNG"} if HAS_CARDS else {})
#: The years that a lens may show.
_EARLIEST, _LATEST = 1.0, 9999.0


def blueprint(publication: Publication, pictures: Pictures) -> Blueprint:
    """Build the views of pictures."""
    views = Blueprint("lineage", __name__)

    @views.get("/timeline")
    @views.get("/timeline.<extension>")
    def timeline(extension: str = "") -> Response:
        """Show everything on one time axis."""
        return answer("/timeline", "", extension)

    @views.get("/lineage/<path:slug>")
    def line(slug: str) -> Response:
        """Show the line of one bar: what it descends from, and what descends from it."""
        stem, _, extension = slug.rpartition(".")
        if extension not in (*MEDIA_TYPES, "png") or not stem:
            stem, extension = slug, ""
        return answer(f"/lineage/{stem}", pictures.focus(stem), extension)

    def answer(path: str, focus: str, extension: str) -> Response:
        if extension == "png" and not HAS_CARDS:
            raise UnknownResource(
                "This server makes no pictures as PNG; the same address with .svg has one. To have"
                " them, install the extra: pip install 'partyline[cards]'."
            )
        if extension and extension not in MEDIA_TYPES:
            endings = ", ".join(f".{ending}" for ending in MEDIA_TYPES)
            raise UnknownResource(f"No picture ends in .{extension}; it may be {endings}.")
        pictures.lineage  # noqa: B018  where there is none, nothing is negotiated
        years, day = _years(), day_asked()
        address = partial(_address, path)
        offers = [Offer(kind, end, here(address(end))) for end, kind in MEDIA_TYPES.items()]
        chosen = extension or negotiate(request.headers.get("Accept"), with_aliases(offers)).format
        is_small = request.args.get("size") == "small" and chosen == "svg"

        def write() -> bytes | str:
            if chosen == "png":
                return pictures.card(focus)
            picture = pictures.picture(focus, years, day, is_small=is_small)
            return _written(pictures, picture, chosen, path, is_small=is_small)

        media_type = MEDIA_TYPES[chosen]
        location = "" if extension else address(chosen)
        response = respond(
            Representation(media_type, chosen, write),
            location=location,
            parameters=("size",) if is_small else (),
        )
        if chosen == "svg":
            response.headers[EMBEDDED_STYLE] = _style_hash(_style())
        return response

    return views


def _written(
    pictures: Pictures, picture: Picture, extension: str, path: str, *, is_small: bool
) -> str:
    if extension == "json":
        return json.dumps(picture.to_json(), ensure_ascii=False, indent=1) + "\n"
    if extension == "svg":
        drawn = pictures.svg(picture, style=_style(), has_legend=not is_small)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'
    links = [
        Alternate(name, MEDIA_TYPES[end], here(_address(path, end))) for end, name in _NAMES.items()
    ]
    return render_template(
        "lineage.html",
        picture=picture,
        svg=pictures.svg(picture),
        path=path,
        hidden={name: request.args.get(name, "") for name in ("from", "to")},
        address=pictures.address,
        dates=bar_dates,
        date=short_date,
        mark_words=MARK_WORDS,
        alternates=links,
    )


def _address(path: str, extension: str) -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"{path}.{extension}" + (f"?{query}" if query else "")


def _years() -> tuple[float, float] | None:
    """Return the years of a lens. Raises BadQuery."""
    given = {name: request.args.get(name, "").strip() for name in ("from", "to")}
    if not any(given.values()):
        return None
    if not all(given.values()):
        raise BadQuery("A part of the time axis needs two years: write ?from=1996&to=2000.")
    try:
        first, last = (float(given[name]) for name in ("from", "to"))
    except ValueError as error:
        raise BadQuery("The parameters from and to are years, such as 1996 or 1996.5.") from error
    if not _EARLIEST <= first < last <= _LATEST:
        raise BadQuery("The year in from must be earlier than the year in to.")
    return first, last


def _style() -> str:
    """Return the style sheet of pictures; a file of its own embeds it."""
    return Path(current_app.root_path, "static", "lineage.css").read_text(encoding="utf-8").strip()


def _style_hash(style: str) -> str:
    """Return the source expression that allows *style* (CSP Level 3, section 2.3.1)."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"'sha256-{digest}'"
