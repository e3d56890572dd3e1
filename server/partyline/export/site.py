"""Write the files of a site: what can be reached, and what servers send in place of an answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import render_template

from partyline.export.addresses import entries
from partyline.export.application import OpenedSite
from partyline.export.crawl import Crawl
from partyline.export.findings import Findings
from partyline.export.folder import Changes, SiteFolder
from partyline.export.links import replace_links
from partyline.export.processes import Visits
from partyline.export.servers import configurations, site_rules
from partyline.export.visitor import Visitor
from partyline.web.error_handlers import PROBLEM, problem
from partyline.web.negotiation import HTML

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
        self, site: OpenedSite, visitor: Visitor, files: SiteFolder, step: Callable[[str], None]
    ) -> None:
        """*step* is told of the progress."""
        self._site, self._visitor, self._files, self._step = site, visitor, files, step

    def write(self, visits: Visits, more: Iterable[str], origins: Sequence[str]) -> ExportedSite:
        """Write what is not there already with the same bytes. Raises ExportError.

        Args:
            visits: asks the application.
            more: addresses to begin with, besides those that the application lists.
            origins: sites that may read the answers.

        """
        crawl = Crawl(self._visitor, visits, self._files, self._step)
        crawl.run([*entries(self._site.app), *more])
        self._write_local_pages(crawl)
        self._write_errors(crawl)
        root, files = self._site.root, self._files
        where = (files.staging.folder, root.address, root.prefix)
        rules = site_rules(*where, origins, files.files, crawl.findings)
        for path, text in configurations(rules):
            files.add(path, "application/octet-stream", [text.encode()])
        self._step("renaming the files into their places")
        return ExportedSite(files.finish(), crawl.findings)

    def _write_local_pages(self, crawl: Crawl) -> None:
        """Write the two pages that need a server elsewhere, and what they work with here."""
        engine = self._site.engine
        for asset in engine.assets():
            self._files.add(asset.path, asset.media_type, asset.parts)
            crawl.leave_out(f"/{asset.path}")  # the application has none of them
        crawl.run(["/search", "/sparql", "/sparql/terms"])
        findings = crawl.findings
        usual = findings.headers["content-security-policy"]
        findings.policies.update(engine.policies(usual))
        findings.links.pop("sparql.html", None)  # the descriptions of an endpoint

    def _write_errors(self, crawl: Crawl) -> None:
        """Write the pages and texts that servers send with a status other than 200."""
        app, overrides = self._site.app, {"SCRIPT_NAME": self._site.root.prefix}
        for status, message in _ERRORS.items():
            with app.test_request_context("/", environ_overrides=overrides):
                page = render_template("error.html", status=status, message=message, similar=())
            written = replace_links(page, crawl.lead).encode()
            self._files.add(f"{status.value}.html", f"{HTML}; charset=utf-8", [written])
            text = f"{message}\n".encode()
            self._files.add(f"{status.value}.txt", "text/plain; charset=utf-8", [text])
            content = problem(status, message).encode()
            self._files.add(f"{status.value}.json", PROBLEM, [content])
