"""Write the files of a site: what can be reached, and what servers send in place of an answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from flask import Flask, render_template

from partyline.export.addresses import entries
from partyline.export.client import SiteClient
from partyline.export.crawl import Crawl, Findings, PublicRoot
from partyline.export.folder import Changes, SiteFolder
from partyline.export.links import replace_links
from partyline.export.local_engine import LocalEngine
from partyline.export.servers import configurations, site_rules
from partyline.publishing import Publication
from partyline.settings import Settings
from partyline.web.error_handlers import PROBLEM, problem
from partyline.web.negotiation import HTML
from partyline.web.public_address import prefix_of

#: What pages say in place of an answer, by status.
_ERRORS = {
    HTTPStatus.NOT_FOUND: "There is no page at this address.",
    HTTPStatus.NOT_ACCEPTABLE: "None of the accepted media types is available here. Documents are"
    " available in Turtle (.ttl), N-Triples (.nt), JSON-LD (.jsonld), RDF/XML (.rdf) and HTML.",
    HTTPStatus.GONE: "The resource with this address was withdrawn.",
    HTTPStatus.NOT_IMPLEMENTED: "This is a copy of the site as files: it answers no queries. The"
    " page at /sparql evaluates them in a browser, and /dumps/ has all statements.",
}


@dataclass(frozen=True, slots=True)
class ExportedSite:
    """What an export has done."""

    changes: Changes
    findings: Findings


class SiteWriter:
    """Writes the site of one release into a folder."""

    def __init__(
        self,
        app: Flask,
        client: SiteClient,
        publication: Publication,
        settings: Settings,
        has_proofs: bool = True,
    ) -> None:
        """*client* asks *app* as clients at the public address do."""
        self._leaves_out = () if has_proofs else ("/why",)
        self._app, self._client = app, client
        self._settings = settings
        public = settings.server.address
        self._root = f"{public}/" if public else publication.addresses.published("/")
        self._prefix = prefix_of(public)
        self._site = PublicRoot(self._root, self._prefix)
        self._engine = LocalEngine(publication, self._root, self._prefix)

    def write(
        self,
        folder: Path,
        codings: Iterable[str],
        more: Iterable[str],
        step: Callable[[str], None],
    ) -> ExportedSite:
        """Write into *folder* what is not there already with the same bytes.

        Args:
            folder: an empty folder, one that does not exist, or one that an export has written.
            codings: names of the content codings of compressed copies.
            more: addresses to begin with, besides those that the application lists.
            step: is told of the progress.

        Raises:
            ExportError: the folder is in use or holds something else, or cannot be written.

        """
        engine = self._engine
        # In the place of False: a form that has an engine, or has nobody to ask.
        self._app.jinja_env.globals["is_static"] = {
            "query": engine.query_attributes(),
            "search": engine.search_attributes(),
        }
        with SiteFolder.opened(folder, codings) as files:
            crawl = Crawl(self._client, files, self._site, self._leaves_out, step)
            crawl.run([*entries(self._app), *more])
            self._write_local_pages(files, crawl)
            self._write_errors(files, crawl)
            origins = self._settings.server.origins
            where = (folder, self._root, self._prefix)
            rules = site_rules(*where, origins, files.files, crawl.findings)
            for path, text in configurations(rules):
                files.add(path, "application/octet-stream", [text.encode()])
            step("renaming the files into their places")
            return ExportedSite(files.finish(), crawl.findings)

    def _write_local_pages(self, files: SiteFolder, crawl: Crawl) -> None:
        """Write the two pages that need a server elsewhere, and what they work with here."""
        for asset in self._engine.assets():
            files.add(asset.path, asset.media_type, asset.parts)
            crawl.leave_out(f"/{asset.path}")  # the application has none of them
        crawl.run(["/search", "/sparql", "/sparql/terms"])
        findings = crawl.findings
        usual = findings.headers["content-security-policy"]
        findings.policies.update(self._engine.policies(usual))
        findings.links.pop("sparql.html", None)  # the descriptions of an endpoint

    def _write_errors(self, files: SiteFolder, crawl: Crawl) -> None:
        """Write the pages and texts that servers send with a status other than 200."""
        overrides = {"SCRIPT_NAME": self._prefix}
        for status, message in _ERRORS.items():
            with self._app.test_request_context("/", environ_overrides=overrides):
                page = render_template("error.html", status=status, message=message, similar=())
            written = replace_links(page, crawl.lead).encode()
            files.add(f"{status.value}.html", f"{HTML}; charset=utf-8", [written])
            text = f"{message}\n".encode()
            files.add(f"{status.value}.txt", "text/plain; charset=utf-8", [text])
            files.add(f"{status.value}.json", PROBLEM, [problem(status, message).encode()])
