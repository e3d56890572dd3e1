"""Which addresses of the site become files: one list, read by the export and its tests.

Nothing is listed twice: every address of the application without a variable part is exported,
every page of the sitemap, and what they link to. The rows here say what cannot be a file, and what
is negotiated how.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Flask

from partyline.rdf import GRAPH_FORMATS
from partyline.web.negotiation import HTML, Offer, with_aliases
from partyline.web.views.lineage import MEDIA_TYPES as PICTURE_TYPES

#: Addresses that answer what nobody knows before: no file can.
ONLY_SERVED = (
    "/.well-known/sparql-examples",
    "/answer",
    "/api",
    "/changes",
    "/health",
    "/mcp",
    "/metrics",
    "/openapi.json",
    "/questions",
    "/reconcile",
    "/releases",
    "/resource",
    "/sameas",
    "/search",
    "/sparql",
    "/suggest",
    "/why",
)
#: Those of them of which pages link the answers that matter.
_LINKED = ("/resource", "/why")
#: Parameters that ask for a view that a reader chooses.
_CHOSEN = ("asOf", "from", "to")

#: What there was in an earlier release: a site of its own, or times for who asks for one of them.
_OF_RELEASE = re.compile("/releases/[^/]+/.")

_GRAPHS = tuple(Offer(row.media_type, row.extension) for row in GRAPH_FORMATS)
_JSON, _HTML = Offer("application/json", "json"), Offer(HTML, "html")


@dataclass(frozen=True, slots=True)
class Negotiated:
    """Addresses of which `Accept` chooses the format, with the formats in order of preference."""

    name: str
    #: The beginnings of the paths; empty: all that no other row has.
    paths: tuple[str, ...]
    offers: Sequence[Offer[str]]
    #: What a client receives that accepts none of them; empty: an error.
    default: str = ""


#: How addresses without an extension are negotiated: the first row that fits.
NEGOTIATED = (
    Negotiated(
        "picture",
        ("/lineage/", "/timeline"),
        with_aliases([Offer(kind, ending) for ending, kind in PICTURE_TYPES.items()]),
    ),
    Negotiated("listing", ("/dumps/",), (_JSON, _HTML)),
    Negotiated("document", (), with_aliases((*_GRAPHS, _HTML))),
)
#: The page that a browser receives at the root; other clients are led to data.
HOME = Negotiated("home", ("/",), (_HTML, *_GRAPHS), default="html")
_TEXT, _PROBLEM = Offer("text/plain", "txt"), Offer("application/problem+json", "json")
#: What is said of an error.
ERROR = Negotiated("error", (), (_TEXT, _PROBLEM, _JSON, _HTML), default="txt")


def entries(app: Flask) -> Iterator[str]:
    """Yield the addresses that are exported whether something links to them or not."""
    for rule in app.url_map.iter_rules():
        is_read = "GET" in (rule.methods or ())
        if is_read and not rule.arguments and not is_only_served(rule.rule):
            yield rule.rule


def is_only_served(path: str) -> bool:
    """Tell whether the path needs a server."""
    return any(path == row or path.startswith((row + "/", row + ".")) for row in ONLY_SERVED)


def is_exported(address: str) -> bool:
    """Tell whether what a page links to at *address* becomes a file."""
    path, mark, query = address.partition("?")
    if _OF_RELEASE.match(path):
        return False
    names = {row.partition("=")[0] for row in query.split("&")}
    if not names.isdisjoint(_CHOSEN):
        return False
    is_linked = mark and any(path == row or path.startswith(row + ".") for row in _LINKED)
    return bool(is_linked) or not is_only_served(path)


def has_own_name(path: str) -> bool:
    """Tell whether the file of an address without an ending must have the name of the address.

    Programs look for those at their address, on any host; the others get the ending of their
    format, because there may be a folder of the same name.
    """
    return path.startswith(("/.well-known/", "/dumps/", "/static/", "/sparql/"))


def negotiated(path: str) -> Negotiated:
    """Return how the addresses that begin like *path* are negotiated."""
    return next(row for row in NEGOTIATED if not row.paths or path.startswith(row.paths))
