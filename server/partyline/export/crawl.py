"""Visit addresses and what their pages link to, and write each answer into the folder."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urljoin
from xml.etree import ElementTree

from partyline.errors import ExportError
from partyline.export.addresses import has_own_name, is_exported, negotiated
from partyline.export.client import PAGE, Answer, SiteClient
from partyline.export.folder import SiteFolder
from partyline.export.layout import ending_of, file_of, static_address
from partyline.export.links import replace_links, targets
from partyline.rdf import GRAPH_FORMATS
from partyline.web.negotiation import HTML

_LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
_STYLE_URL = re.compile(r'url\("([^"]+)"\)')
#: Endings of addresses that name a format.
_ENDINGS = frozenset(
    ["csv", "html", "json", "jsonld", "nt", "png", "rdf", "rq", "svg", "tsv", "ttl", "txt", "xml"]
)
_DOCUMENT = re.compile(r"/doc/(?P<name>.+)\.(?P<ending>\w+)")
#: What stands for the name of a document in a header of all documents.
NAME = "{name}"
_SVG = "image/svg+xml"
#: Redirects that are followed from one link.
_HOPS = 5
#: Links of which it is remembered where they lead.
_REMEMBERED = 100_000
#: Files between two lines of progress.
_STEP = 1000


@dataclass(slots=True)
class Findings:
    """What was found on the way and is not a file; the configurations of servers need it."""

    #: Where addresses lead to that redirect, each with the status; but for those of resources.
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: Addresses of resources that were withdrawn.
    gone: set[str] = field(default_factory=set)
    #: The files of addresses with a query string, and of others that are named otherwise.
    queries: dict[str, str] = field(default_factory=dict)
    #: The content security policy of each file that has another than the home page.
    policies: dict[str, str] = field(default_factory=dict)
    #: The Link header of documents about resources, by extension; `NAME` stands for their name.
    document_links: dict[str, str] = field(default_factory=dict)
    #: The Link headers of other files.
    links: dict[str, str] = field(default_factory=dict)
    #: The path of the data about the whole, to which programs are led from the root.
    home_data: str = ""
    #: The header fields of the home page.
    headers: dict[str, str] = field(default_factory=dict)
    #: Addresses that have no answer and that a page links to, each with the reason.
    missing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicRoot:
    """The public address of the path ``/``, with a slash at its end, and its path, without one."""

    address: str
    prefix: str


class Crawl:
    """Writes all that can be reached. Addresses in it have no prefix."""

    def __init__(
        self,
        client: SiteClient,
        folder: SiteFolder,
        site: PublicRoot,
        leaves_out: tuple[str, ...],
        step: Callable[[str], None],
    ) -> None:
        """*leaves_out* are the beginnings of paths that do not become files."""
        self._client, self._folder = client, folder
        self._root, self._prefix = site.address, site.prefix
        self._leaves_out = leaves_out
        self._step = step
        self._waiting: deque[str] = deque()
        self._seen: set[str] = set()
        self._entries: set[str] = set()
        self.findings = Findings()
        self._followed = lru_cache(_REMEMBERED)(self._follow)

    def run(self, entries: Iterable[str]) -> None:
        """Write *entries* and all that they lead to. Raises ExportError."""
        self.findings.headers = dict(self._headers("/"))
        data = self._headers("/", GRAPH_FORMATS[0].media_type).get("location", "")
        self.findings.home_data = self._without_prefix(data).rpartition(".")[0]
        self._entries.update(entries)
        for address in sorted(self._entries):
            self._add(address)
        while self._waiting:
            self._visit(self._waiting.popleft())
            if len(self._seen) % _STEP == 0:
                self._step(f"{len(self._folder.files)} files, {len(self._waiting)} addresses wait")

    def _headers(self, address: str, accept: str = PAGE) -> Mapping[str, str]:
        with closing(self._client.get(address, accept)) as answer:
            return answer.headers

    def leave_out(self, address: str) -> None:
        """Do not ask the application for *address*."""
        self._seen.add(address)

    def lead(self, link: str) -> str:
        """Return what a page links to in place of *link*: the file, if it becomes one."""
        address = self._without_prefix(link)
        if not self._is_exported(address):
            return link
        found = self._followed(address)
        if not self._is_exported(found):
            return self._prefix + found
        self._add(found)
        return self._prefix + static_address(found, _ENDINGS)

    def _is_exported(self, address: str) -> bool:
        return is_exported(address) and not address.startswith(self._leaves_out)

    def _add(self, address: str) -> None:
        if address in self._seen:
            return
        self._seen.add(address)
        if _ending(address.partition("?")[0]) in _ENDINGS:
            # The other formats of a page at once: little waits, and what pages share is at hand.
            self._waiting.appendleft(address)
        else:
            self._waiting.append(address)

    def _without_prefix(self, address: str) -> str:
        address, prefix = address.removesuffix("?"), self._prefix
        is_below = prefix and address.startswith(prefix + "/")
        return address.removeprefix(prefix) if is_below else address

    def _follow(self, address: str) -> str:
        """Return the address of the page that *address* leads a browser to."""
        for _ in range(_HOPS):
            path, has_query, _ = address.partition("?")
            is_document = _ending(path) in _ENDINGS and not path.startswith("/id/")
            if has_query or is_document or path.endswith("/"):
                return address
            with closing(self._client.get(address)) as answer:
                location = answer.headers.get("location") or answer.headers.get("content-location")
            if not location:
                return address
            target = self._without_prefix(location)
            self._note(address, answer, target)
            if not target.startswith("/") or answer.status == HTTPStatus.OK:
                return target
            address = target
        return address

    def _note(self, address: str, answer: Answer, target: str) -> None:
        """Note a redirect that servers of files cannot know from the names of the files."""
        is_negotiated = "accept" in answer.headers.get("vary", "").lower()
        if answer.status != HTTPStatus.OK and not is_negotiated:
            self.findings.redirects[address] = (answer.status, self._static(target))

    def _static(self, address: str) -> str:
        return static_address(address, _ENDINGS) if address.startswith("/") else address

    def _visit(self, address: str) -> None:
        with closing(self._client.get(address)) as answer:
            self._take(address, answer)

    def _take(self, address: str, answer: Answer) -> None:
        if answer.status == HTTPStatus.OK:
            self._write(address, answer)
        elif "location" in answer.headers:
            target = self._without_prefix(answer.headers["location"])
            self._note(address, answer, target)
            if target.startswith("/") and self._is_exported(target):
                self._add(target)
        elif answer.status == HTTPStatus.GONE:
            self.findings.gone.add(address)
        elif address not in self._entries or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            reason = answer.content().decode("utf-8", "replace") if not _is_page(answer) else ""
            self.findings.missing[address] = f"{answer.status} {reason}".strip()

    def _write(self, address: str, answer: Answer) -> None:
        location = self._without_prefix(answer.headers.get("content-location", address))
        try:
            file = self._file(location, answer)
        except ExportError as error:
            self.findings.missing[address] = str(error)
            return
        self._seen.add(location)
        for row in (address, location):
            if "?" in row or (not _is_page(answer) and file_of(row) != file):
                self.findings.queries[row] = file
        policy = answer.headers.get("content-security-policy", "")
        if policy != self.findings.headers.get("content-security-policy"):
            self.findings.policies[file] = policy
        self._note_links(location, file, answer)
        for target in targets(answer.headers.get("link", "")):
            if self._is_exported(self._without_prefix(target)):
                self._add(self._without_prefix(target))
        self._folder.add(file, answer.headers.get("content-type", ""), self._parts(answer, address))
        if location == address:
            self._write_other_formats(address)

    def _file(self, location: str, answer: Answer) -> str:
        """Return the path of the file for *location*. Raises ExportError."""
        static = static_address(location, _ENDINGS)
        ending = "html" if _is_page(answer) else ""
        if not ending and "." not in static.rpartition("/")[2] and not has_own_name(static):
            ending = ending_of(answer.media_type)
        file = file_of(static, ending)
        self._folder.check(file)
        return file

    def _note_links(self, location: str, file: str, answer: Answer) -> None:
        """Note the Link header: one for all documents, as far as they differ in a name alone."""
        header, found = answer.headers.get("link", ""), _DOCUMENT.fullmatch(location)
        if not header or "?" in location:
            return
        if found:
            general = header.replace(found["name"], NAME)
            if self.findings.document_links.setdefault(found["ending"], general) == general:
                return
        self.findings.links[file] = header

    def _write_other_formats(self, address: str) -> None:
        """Write the formats of a listing, which have no address of their own."""
        row = negotiated(address)
        if not address.endswith("/") or not row.paths:
            return
        for offer in row.offers:
            with closing(self._client.get(address, offer.media_type)) as answer:
                if offer.media_type != HTML and answer.media_type == offer.media_type:
                    content_type = answer.headers["content-type"]
                    self._folder.add(file_of(address, offer.format), content_type, answer.parts)

    def _parts(self, answer: Answer, address: str) -> Iterable[bytes]:
        """Return the content, with the links of a page led to files; what it links to waits."""
        if answer.media_type in (HTML, _SVG):
            return [replace_links(answer.content().decode(), self.lead).encode()]
        if answer.media_type == "text/css":
            content = answer.content()
            for name in _STYLE_URL.findall(content.decode()):
                self._add(urljoin(address, name))
            return [content]
        if address.startswith("/sitemap"):
            content = answer.content()
            for target in self._locations(content):
                self._add(target)
            return [content]
        return answer.parts

    def _locations(self, sitemap: bytes) -> Iterator[str]:
        """Yield the addresses in a sitemap, or in an index of sitemaps."""
        for row in ElementTree.fromstring(sitemap).iter(_LOCATION):  # noqa: S314  our own
            address = (row.text or "").removeprefix(self._root)
            if self._is_exported(f"/{address}"):
                yield f"/{address}"


def _is_page(answer: Answer) -> bool:
    return answer.media_type == HTML


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2]
