"""What programs look for before they know an address: robots, sitemaps, the catalogue of APIs."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, Response

from partyline.errors import UnknownResource
from partyline.publishing import Publication, Questions
from partyline.web.documents import Representation, respond
from partyline.web.link_header import WebLink, add_links
from partyline.web.views.discovery.catalogue import API_CATALOG, catalogue
from partyline.web.views.discovery.sitemaps import SitemapPages, sitemap_xml

#: Beginnings of paths of which there are too many addresses.
_NOT_FOR_ROBOTS = ("/sparql", "/answer", "/why", "/releases/*/", "/reconcile")
_PROFILE = "https://www.rfc-editor.org/info/rfc9727"


def blueprint(
    publication: Publication,
    root: str,
    *,
    answers_queries: bool = True,
    languages: Sequence[str] = (),
) -> Blueprint:
    """Build the views; *root* is the public address of the path ``/``, with a slash.

    *answers_queries* tells whether the interfaces that need a server are at this address.
    *languages* are the tags of those that pages have addresses in.
    """
    views = Blueprint("discovery", __name__)
    pages = SitemapPages(publication, Questions(publication) if answers_queries else None)
    ways = ("", *(f"/{tag}" for tag in languages))

    @views.get("/robots.txt")
    def robots() -> Response:
        """Ask robots not to send queries, nor to ask for every proof or for earlier releases."""
        lines = [
            "User-agent: *",
            *(f"Disallow: {way}{path}" for way in ways for path in _NOT_FOR_ROBOTS),
            f"Sitemap: {root}sitemap.xml",
        ]
        return respond(Representation("text/plain", "txt", lambda: "\n".join(lines) + "\n"))

    @views.get("/sitemap.xml")
    def sitemap_index() -> Response:
        """List the sitemaps, each of which lists pages."""
        created = publication.release.manifest.created
        addresses = [
            (f"{root}sitemap-{number + 1}.xml", created) for number in range(pages.sitemaps)
        ]
        return respond(
            Representation(
                "application/xml", "xml", lambda: sitemap_xml("sitemapindex", "sitemap", addresses)
            )
        )

    @views.get("/sitemap-<int:number>.xml")
    def sitemap(number: int) -> Response:
        """List pages."""
        if not 1 <= number <= pages.sitemaps:
            raise UnknownResource(f"There are {pages.sitemaps} sitemaps; /sitemap.xml lists them.")
        return respond(
            Representation(
                *("application/xml", "xml"),
                lambda: sitemap_xml(
                    *("urlset", "url"),
                    ((root + path, day) for path, day in pages.of(number)),
                    {tag: (root, f"{root}{tag}/") for tag in languages},
                ),
            )
        )

    @views.get(API_CATALOG)
    def api_catalog() -> Response:
        """Send the catalogue of the programming interfaces (RFC 9727) as a link set (RFC 9264)."""
        written = partial(catalogue, root, answers_queries=answers_queries)
        chosen = Representation("application/linkset+json", "linkset", written)
        response = add_links(respond(chosen), [WebLink(root + API_CATALOG[1:], "api-catalog")])
        response.headers["Content-Type"] = f'application/linkset+json; profile="{_PROFILE}"'
        return response

    return views
