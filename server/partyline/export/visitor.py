"""Visit an address: write what the application answers, and tell what it leads to."""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urljoin
from xml.etree import ElementTree

from partyline.errors import ExportError
from partyline.export.addresses import has_own_name, is_exported, negotiated
from partyline.export.client import Answer, SiteClient
from partyline.export.findings import DocumentLinks, Findings
from partyline.export.folder import StagedFile, Staging
from partyline.export.layout import ending_of, file_of, static_address
from partyline.export.links import replace_links, targets
from partyline.export.resource_pages import ResourcePages
from partyline.web.negotiation import HTML

_LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
_STYLE_URL = re.compile(r'url\("([^"]+)"\)')
#: Endings of addresses that name a format.
_ENDINGS = frozenset(
    ["csv", "html", "json", "jsonld", "nt", "png", "rdf", "rq", "svg", "tsv", "ttl", "txt", "xml"]
)
_SVG = "image/svg+xml"
#: Redirects that are followed from one link.
_HOPS = 5
#: Links of which it is remembered where they lead.
_REMEMBERED = 100_000
#: Pages that were made to see where a link leads, and are kept until they are visited.
_KEPT = 50


@dataclass(frozen=True, slots=True)
class PublicRoot:
    """The public address of the path ``/``, with a slash at its end, and its path, without one."""

    address: str
    prefix: str


@dataclass(slots=True)
class Visit:
    """What came of visiting an address, with the other formats of what is there."""

    #: Addresses of the same, which need no visit any more.
    visited: list[str] = field(default_factory=list)
    files: list[StagedFile] = field(default_factory=list)
    #: Addresses that it leads to.
    found: dict[str, None] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)


class Visitor:
    """Asks the application for addresses, which have no prefix in it."""

    def __init__(
        self,
        client: SiteClient,
        staging: Staging,
        pages: ResourcePages,
        site: PublicRoot,
        leaves_out: tuple[str, ...],
    ) -> None:
        """*leaves_out* are the beginnings of paths that do not become files."""
        self._client, self._staging, self._pages = client, staging, pages
        self._root, self._prefix = site.address, site.prefix
        self._leaves_out = leaves_out
        self._followed = lru_cache(_REMEMBERED)(self._follow)
        self._kept: dict[str, Answer] = {}
        self._visit = Visit()

    def location(self, address: str, accept: str) -> str:
        """Return the address that *address* redirects a client of *accept* to, or nothing."""
        with closing(self._client.get(address, accept)) as answer:
            return self.without_prefix(answer.headers.get("location", ""))

    def visit(self, address: str, is_entry: bool = False) -> Visit:
        """Write what is at *address*; an entry may lead nowhere."""
        visit = self._visit = Visit()
        # What formats share is at hand as long as they follow each other.
        waiting = {address: None}
        while waiting:
            row = next(iter(waiting))
            del waiting[row]
            visit.visited.append(row)
            with closing(self._answer(row)) as answer:
                self._take(row, answer, is_entry)
            others = [other for other in visit.found if _is_format_of(other, address)]
            for other in others:
                del visit.found[other]
            waiting |= dict.fromkeys(others)
            for other in visit.visited:
                waiting.pop(other, None)
        return visit

    def _answer(self, address: str) -> Answer:
        return self._kept.pop(address) if address in self._kept else self._client.get(address)

    def lead(self, link: str) -> str:
        """Return what a page links to in place of *link*: the file, if it becomes one."""
        address = self.without_prefix(link)
        if not self._is_exported(address):
            return link
        found = self._followed(address)
        if not self._is_exported(found):
            return self._prefix + found
        self._visit.found[found] = None
        return self._prefix + static_address(found, _ENDINGS)

    def without_prefix(self, address: str) -> str:
        """Return *address* without the path of the site."""
        address, prefix = address.removesuffix("?"), self._prefix
        is_below = prefix and address.startswith(prefix + "/")
        return address.removeprefix(prefix) if is_below else address

    def _is_exported(self, address: str) -> bool:
        return is_exported(address) and not address.startswith(self._leaves_out)

    def _follow(self, address: str) -> str:
        """Return the address of the page that *address* leads a browser to."""
        for _ in range(_HOPS):
            path, has_query, _ = address.partition("?")
            is_document = _ending(path) in _ENDINGS and not path.startswith("/id/")
            if has_query or is_document or path.endswith("/"):
                return address
            if found := self._pages.find(path):
                return found
            answer = self._client.get(address)
            location = answer.headers.get("location") or answer.headers.get("content-location")
            if not location:
                answer.close()
                return address
            target = self.without_prefix(location)
            self._note(address, answer, target)
            self._keep(target, answer)
            if not target.startswith("/") or answer.status == HTTPStatus.OK:
                return target
            address = target
        return address

    def _keep(self, address: str, answer: Answer) -> None:
        """Keep the page at *address* for its visit, unless it was long ago."""
        if answer.status != HTTPStatus.OK or not _is_page(answer):
            answer.close()
            return
        while len(self._kept) >= _KEPT:
            self._kept.pop(next(iter(self._kept))).close()
        self._kept[address] = answer

    def _note(self, address: str, answer: Answer, target: str) -> None:
        """Note a redirect that servers of files cannot know from the names of the files."""
        is_negotiated = "accept" in answer.headers.get("vary", "").lower()
        if answer.status != HTTPStatus.OK and not is_negotiated:
            redirect = (answer.status, self._static(target))
            self._visit.findings.redirects[address] = redirect

    def _static(self, address: str) -> str:
        return static_address(address, _ENDINGS) if address.startswith("/") else address

    def _take(self, address: str, answer: Answer, is_entry: bool) -> None:
        findings = self._visit.findings
        if answer.status == HTTPStatus.OK:
            self._write(address, answer)
        elif "location" in answer.headers:
            target = self.without_prefix(answer.headers["location"])
            self._note(address, answer, target)
            if target.startswith("/") and self._is_exported(target):
                self._visit.found[target] = None
        elif answer.status == HTTPStatus.GONE:
            findings.gone.add(address)
        elif not is_entry or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            reason = answer.content().decode("utf-8", "replace") if not _is_page(answer) else ""
            findings.missing[address] = f"{answer.status} {reason}".strip()

    def _write(self, address: str, answer: Answer) -> None:
        findings = self._visit.findings
        location = self.without_prefix(answer.headers.get("content-location", address))
        try:
            file = _file(location, answer)
        except ExportError as error:
            findings.missing[address] = str(error)
            return
        if location != address:
            self._visit.visited.append(location)
        for row in (address, location):
            if "?" in row or (not _is_page(answer) and file_of(row) != file):
                findings.queries[row] = file
        findings.policies[file] = sys.intern(answer.headers.get("content-security-policy", ""))
        if address == "/":
            findings.headers = dict(answer.headers)
        self._note_links(location, file, answer)
        for target in map(self.without_prefix, targets(answer.headers.get("link", ""))):
            if self._is_exported(target):
                self._visit.found[target] = None
        self._stage(file, answer, self._parts(answer, address))
        if location == address:
            self._write_other_formats(address)

    def _stage(self, file: str, answer: Answer, parts: Iterable[bytes]) -> None:
        content_type = answer.headers.get("content-type", "")
        self._visit.files.append(self._staging.write(file, content_type, parts))

    def _note_links(self, location: str, file: str, answer: Answer) -> None:
        """Note the Link header."""
        header = answer.headers.get("link", "")
        if not header or "?" in location:
            return
        if of_document := DocumentLinks.of(location, header):
            self._visit.findings.of_documents[file] = of_document
        else:
            self._visit.findings.links[file] = header

    def _write_other_formats(self, address: str) -> None:
        """Write the formats of a listing, which have no address of their own."""
        row = negotiated(address)
        if not address.endswith("/") or not row.paths:
            return
        for offer in row.offers:
            with closing(self._client.get(address, offer.media_type)) as answer:
                if offer.media_type != HTML and answer.media_type == offer.media_type:
                    self._stage(file_of(address, offer.format), answer, answer.parts)

    def _parts(self, answer: Answer, address: str) -> Iterable[bytes]:
        """Return the content, with the links of a page led to files; what it links to is found."""
        found = self._visit.found
        if answer.media_type in (HTML, _SVG):
            return [replace_links(answer.content().decode(), self.lead).encode()]
        if answer.media_type == "text/css":
            content = answer.content()
            found |= dict.fromkeys(
                urljoin(address, name) for name in _STYLE_URL.findall(content.decode())
            )
            return [content]
        if address.startswith("/sitemap"):
            content = answer.content()
            found |= dict.fromkeys(self._locations(content))
            return [content]
        return answer.parts

    def _locations(self, sitemap: bytes) -> Iterator[str]:
        """Yield the addresses in a sitemap, or in an index of sitemaps."""
        for row in ElementTree.fromstring(sitemap).iter(_LOCATION):  # noqa: S314  our own
            address = (row.text or "").removeprefix(self._root)
            if self._is_exported(f"/{address}"):
                yield f"/{address}"


def _file(location: str, answer: Answer) -> str:
    """Return the path of the file for *location*. Raises ExportError."""
    static = static_address(location, _ENDINGS)
    ending = "html" if _is_page(answer) else ""
    if not ending and "." not in static.rpartition("/")[2] and not has_own_name(static):
        ending = ending_of(answer.media_type)
    return file_of(static, ending)


def _is_page(answer: Answer) -> bool:
    return answer.media_type == HTML


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2]


def _is_format_of(address: str, other: str) -> bool:
    """Tell whether both addresses are those of one document in several formats.

    >>> _is_format_of("/doc/a.ttl", "/doc/a.html"), _is_format_of("/why.json?a", "/why?a")
    (True, True)
    >>> _is_format_of("/doc/a.ttl", "/doc/b.ttl"), _is_format_of("/style.css", "/style.js")
    (False, False)
    """
    return _without_ending(address) == _without_ending(other)


def _without_ending(address: str) -> tuple[str, str]:
    path, _, query = address.partition("?")
    stem, dot, ending = path.rpartition(".")
    return (stem if dot and ending in _ENDINGS else path), query
