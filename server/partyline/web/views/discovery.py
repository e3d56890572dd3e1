"""What programs look for before they know an address: robots, sitemaps, the catalogue of APIs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from types import MappingProxyType
from xml.sax.saxutils import escape

from flask import Blueprint, Response
from pyoxigraph import NamedNode

from partyline.errors import UnknownResource
from partyline.publishing import Publication, Questions, question_path, withdrawal
from partyline.web.documents import Representation, respond
from partyline.web.link_header import WebLink, add_links

#: Addresses in one sitemap; the protocol allows 50,000 (https://www.sitemaps.org/protocol.html).
_IN_ONE = 10_000
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'
#: Beginnings of paths of which there are too many addresses.
_NOT_FOR_ROBOTS = ("/sparql", "/answer", "/why", "/releases/*/", "/reconcile")
_API_CATALOG = "/.well-known/api-catalog"
#: The specification of the reconciliation service.
_RECONCILIATION = "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/"
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
    pages = _Pages(publication)
    ways = ("", *(f"/{tag}" for tag in languages))
    catalogue = partial(_catalogue, root, answers_queries=answers_queries)

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
                "application/xml", "xml", lambda: _xml("sitemapindex", "sitemap", addresses)
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
                lambda: _xml(
                    *("urlset", "url"),
                    ((root + path, day) for path, day in pages.of(number)),
                    {tag: (root, f"{root}{tag}/") for tag in languages},
                ),
            )
        )

    @views.get(_API_CATALOG)
    def api_catalog() -> Response:
        """Send the catalogue of the programming interfaces (RFC 9727) as a link set (RFC 9264)."""
        chosen = Representation("application/linkset+json", "linkset", catalogue)
        response = add_links(respond(chosen), [WebLink(root + _API_CATALOG[1:], "api-catalog")])
        response.headers["Content-Type"] = f'application/linkset+json; profile="{_PROFILE}"'
        return response

    if answers_queries:
        pages.questions = Questions(publication)
    return views


class _Pages:
    """The pages of a publication, in the order of the IRIs of the resources."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        #: None where nothing answers them.
        self.questions: Questions | None = None

    @cached_property
    def _resources(self) -> list[int]:
        """Return the numbers of the resources that have a page at an address of their own."""
        table, addresses = self._publication.release.table, self._publication.addresses
        return [
            number
            for base in addresses.bases
            for number in table.terms.starting_with("<" + base)
            if table.count(number) and addresses.is_published(table.terms.text(number)[1:-1])
        ]

    @property
    def sitemaps(self) -> int:
        """Return the number of sitemaps; the first begins with the pages about the whole."""
        return 1 + len(self._resources) // _IN_ONE

    def addresses(self, root: str, number: int) -> Iterator[tuple[str, str]]:
        """Yield the addresses below *root* of sitemap *number*, each with its last change."""
        return ((root + path, changed) for path, changed in self.of(number))

    def of(self, number: int) -> Iterator[tuple[str, str]]:
        """Yield the paths of the pages of sitemap *number*, without a slash at the beginning.

        Those about the whole have the time of the release.
        """
        publication = self._publication
        if number == 1:
            created = publication.release.manifest.created
            whole = ("", "dataset", "dumps/", "links/", "sparql", "releases/", "changes")
            yield from ((path, created) for path in whole)
            ontologies = publication.addresses.ontologies.values()
            yield from ((path.lstrip("/"), "") for path in ontologies)
            yield from ((path, created) for path in self._pages_of_questions())
        first = (number - 1) * _IN_ONE
        for resource in islice(self._resources, first, first + _IN_ONE):
            node = publication.release.table.terms.term(resource)
            if isinstance(node, NamedNode) and self._is_described(node.value):
                yield publication.document(node.value, "html").lstrip("/"), ""

    def _pages_of_questions(self) -> Iterator[str]:
        if self.questions is not None:
            yield "questions/"
            for row in self.questions.rows:
                yield question_path(row.name).lstrip("/")
            yield "api/"

    def _is_described(self, iri: str) -> bool:
        """Tell whether *iri* has a page of its own, and was not withdrawn."""
        is_ours = not self._publication.addresses.is_ontology(iri)
        return is_ours and withdrawal(self._publication, iri) is None


def _xml(
    root: str,
    item: str,
    rows: Iterable[tuple[str, str]],
    languages: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> str:
    """Write a sitemap or an index of sitemaps: addresses, each with ``lastmod`` if it is known.

    *languages* say for the tag of each what begins an address, and what begins it in that language.

    What is about the whole changes with each release. Of a resource, a release does not say when
    it changed, and a wrong date is worse than none.
    """
    written = "".join(
        f"<{item}><loc>{escape(address)}</loc>{_lastmod(changed)}"
        f"{_alternates(address, languages)}</{item}>\n"
        for address, changed in rows
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SITEMAPS}"'
        f"{_XHTML if languages else ''}>\n"
        f"{written}</{root}>\n"
    )


def _alternates(address: str, languages: Mapping[str, tuple[str, str]]) -> str:
    """Write the links of a page to itself in other languages, as search engines read them."""
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}"'
        f' href="{escape(begins + address.removeprefix(begin))}"/>'
        for tag, (begin, begins) in languages.items()
    )


def _lastmod(changed: str) -> str:
    return f"<lastmod>{changed}</lastmod>" if changed else ""


def _catalogue(root: str, *, answers_queries: bool) -> str:
    """Return the interfaces and, as items of the catalogue (RFC 9727, section 3), their names."""
    html, turtle = "text/html", "text/turtle"
    interface = {
        "anchor": f"{root}sparql",
        "service-desc": [{"href": f"{root}sparql", "type": turtle}],
        "service-doc": [{"href": f"{root}sparql", "type": html}],
        "service-meta": [
            {"href": f"{root}dataset", "type": turtle},
            {"href": f"{root}.well-known/sparql-examples", "type": turtle},
        ],
        "status": [{"href": f"{root}health", "type": "application/json"}],
    }
    reconciliation = {
        "anchor": f"{root}reconcile",
        "service-desc": [{"href": f"{root}reconcile", "type": "application/json"}],
        "service-doc": [{"href": _RECONCILIATION, "type": html}],
    }
    json_interface = {
        "anchor": f"{root}api/",
        "service-desc": [{"href": f"{root}openapi.json", "type": "application/json"}],
        "service-doc": [{"href": f"{root}api/", "type": html}],
    }
    about_answers = {
        "service-doc": [{"href": f"{root}llms.txt", "type": "text/plain"}],
        "service-meta": [{"href": f"{root}dataset", "type": turtle}],
    }
    answers = {"anchor": f"{root}answer", **about_answers}
    agents = {"anchor": f"{root}mcp", **about_answers}
    files = {
        "anchor": f"{root}dumps/",
        "service-doc": [{"href": f"{root}dumps/", "type": html}],
        "service-desc": [{"href": f"{root}dumps/", "type": "application/json"}],
        "service-meta": [{"href": f"{root}dataset", "type": turtle}],
    }
    interfaces = [files]
    if answers_queries:
        interfaces = [interface, json_interface, reconciliation, answers, agents, files]
    catalogue = {
        "anchor": root + _API_CATALOG[1:],
        "item": [{"href": row["anchor"]} for row in interfaces],
    }
    return json.dumps({"linkset": [catalogue, *interfaces]}, indent=1) + "\n"
