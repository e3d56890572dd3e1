"""What tests ask the application for, and pages read as markup."""

from html.parser import HTMLParser

import rdflib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graph_readers import as_rdflib_graph
from partyline.rdf import GRAPH_FORMATS

BASE = "https://w3id.org/partyline/"
DNUM = "organisation/democratic-national-union-movement"
PL = rdflib.Namespace(BASE + "ns#")
THING = rdflib.URIRef(f"{BASE}id/{DNUM}")
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORMATS = {row.extension: row for row in GRAPH_FORMATS}


def fetch(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Send GET and read the whole answer, so that the file behind it is closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, buffered=True, follow_redirects=True)


def graph(client: FlaskClient, path: str, extension: str = "ttl") -> rdflib.Graph:
    response = fetch(client, path)
    assert response.status_code == 200, response.text
    return as_rdflib_graph(response.data, FORMATS[extension])


_CELLS = ("td", "th")


class Page(HTMLParser):
    """Checks that what is opened is closed, and collects addresses, anchors and languages."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.anchors: list[str] = []
        self.languages: set[str] = set()
        self.text: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in _CELLS:
            self.end_cells("tr")
        elif tag == "tr":
            self.end_cells()
        if tag not in {"meta", "link", "br", "img", "input"}:
            self.open.append(tag)
        if tag in {"a", "link"}:
            self.links.append(found["href"])
        if "id" in found:
            self.anchors.append(found["id"])
        if "lang" in found:
            self.languages.add(found["lang"])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"tr", "thead", "tbody", "table"}:
            self.end_cells(tag)
        assert self.open.pop() == tag

    def end_cells(self, outer: str = "") -> None:
        """End the cells and rows within *outer* whose end tags are left out (HTML, 13.1.2.4)."""
        while self.open[-1] in (*_CELLS, "tr") and self.open[-1] != outer:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(client: FlaskClient, path: str, status: int = 200) -> Page:
    response = client.get(path, headers=HTML)
    assert response.status_code == status, response.text
    assert response.mimetype == "text/html"
    return Page(response.text)
