"""What the server answers, compared as graphs with what the release holds."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient
from rdflib.compare import isomorphic
from werkzeug.test import TestResponse

from graph_readers import as_rdflib_graph
from partyline.publishing import Publication
from partyline.rdf import GRAPH_FORMATS, GraphFormat
from partyline.releases import Release, build
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from sampling import some_of

BASE = "https://w3id.org/partyline/"
DNUM = "organisation/democratic-national-union-movement"
PL = rdflib.Namespace(BASE + "ns#")
THING = rdflib.URIRef(f"{BASE}id/{DNUM}")
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORMATS = {row.extension: row for row in GRAPH_FORMATS}


@pytest.fixture(scope="module")
def music_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the small second knowledge base."""
    folder = Path(__file__).parent / "data" / "ensembles" / "partyline.toml"
    settings = replace(read_settings(folder, {}), releases=tmp_path_factory.mktemp("music"))
    release = build(settings).release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        yield create_app(Publication.of(release, settings.knowledge), pool, settings)


@pytest.fixture(scope="module")
def music(music_app: Flask) -> FlaskClient:
    return music_app.test_client()


def fetch(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Send GET and read the whole answer, so that the file behind it is closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, buffered=True, follow_redirects=True)


def graph(client: FlaskClient, path: str, extension: str = "ttl") -> rdflib.Graph:
    response = fetch(client, path)
    assert response.status_code == 200, response.text
    return as_rdflib_graph(response.data, FORMATS[extension])


_CELLS = ("td", "th")


class _Page(HTMLParser):
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


def page(client: FlaskClient, path: str, status: int = 200) -> _Page:
    response = client.get(path, headers=HTML)
    assert response.status_code == status, response.text
    assert response.mimetype == "text/html"
    return _Page(response.text)


# Things


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("*/*", "ttl"),
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        (HTML["Accept"], "html"),
        ("application/rdf+xml;q=0.5, application/ld+json;q=0.6", "jsonld"),
    ],
)
def test_the_iri_of_a_thing_leads_to_the_document_that_suits(
    client: FlaskClient, accept: str, ending: str
) -> None:
    response = client.get(f"/id/{DNUM}", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.location == f"/doc/{DNUM}.{ending}"
    assert "Accept" in response.vary
    followed = client.get(response.location, headers={"Accept": accept})
    assert followed.status_code == 200


def test_a_client_that_says_nothing_gets_turtle(client: FlaskClient) -> None:
    assert client.get(f"/id/{DNUM}").location == f"/doc/{DNUM}.ttl"


@pytest.mark.parametrize("path", [f"/id/{DNUM}", f"/doc/{DNUM}", "/ns", "/dataset"])
def test_a_format_we_do_not_speak_is_406_and_says_where_the_others_are(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path, headers={"Accept": "application/pdf"})
    assert response.status_code == 406
    assert ".ttl" in response.text
    assert "application/ld+json" in response.text
    assert "Accept" in response.vary


@pytest.mark.parametrize("path", ["/id/organisation/nobody", "/doc/x/y", "/doc/x/y.ttl", "/id/a b"])
@pytest.mark.parametrize("headers", [{}, HTML])
def test_a_thing_that_no_statement_mentions_is_404(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    response = client.get(path, headers=headers)
    assert response.status_code == 404
    assert response.mimetype == ("text/html" if headers else "text/plain")
    assert "No statement here mentions" in response.text


def test_a_document_without_ending_is_negotiated_and_says_where_it_is(client: FlaskClient) -> None:
    response = client.get(f"/doc/{DNUM}", headers={"Accept": "application/n-triples"})
    assert response.status_code == 200
    assert response.mimetype == "application/n-triples"
    assert response.headers["Content-Location"] == f"/doc/{DNUM}.nt"
    assert "Accept" in response.vary


def test_an_ending_decides_whatever_the_client_accepts(client: FlaskClient) -> None:
    response = client.get(f"/doc/{DNUM}.nt", headers=HTML)
    assert response.mimetype == "application/n-triples"
    assert "Accept" not in response.vary


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.name)
def test_every_format_of_a_document_is_the_same_graph(
    client: FlaskClient, row: GraphFormat
) -> None:
    response = client.get(f"/doc/{DNUM}.{row.extension}")
    assert response.mimetype == row.media_type
    assert isomorphic(as_rdflib_graph(response.data, row), graph(client, f"/doc/{DNUM}.ttl"))


def test_a_document_holds_asserted_and_inferred_statements_and_what_leads_to_the_thing(
    client: FlaskClient, closure: rdflib.Graph
) -> None:
    document = graph(client, f"/doc/{DNUM}.ttl")
    assert (THING, PL.splinterOf, None) in document
    for subject, predicate, object_ in closure:
        if THING in (subject, object_):
            assert (subject, predicate, object_) in document or isinstance(subject, rdflib.BNode)


def test_a_document_names_what_it_mentions(client: FlaskClient, closure: rdflib.Graph) -> None:
    document = graph(client, f"/doc/{DNUM}.ttl")
    for parent in document.objects(THING, PL.splinterOf):
        names = set(closure.objects(parent, rdflib.SKOS.prefLabel))
        assert names
        assert names <= set(document.objects(parent, rdflib.SKOS.prefLabel))


def test_a_document_keeps_the_published_iris(client: FlaskClient) -> None:
    document = graph(client, f"/doc/{DNUM}.ttl")
    assert (None, rdflib.FOAF.primaryTopic, THING) in document
    assert "localhost" not in client.get(f"/doc/{DNUM}.ttl").text


@pytest.mark.parametrize(
    "path", [f"/doc/{DNUM}.ttl", f"/doc/{DNUM}.html", "/", "/ns", "/dumps/", "/health", "/sparql"]
)
def test_head_answers_like_get_without_a_body(client: FlaskClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert head.headers.get("ETag") == get.headers.get("ETag")


@pytest.mark.parametrize("path", [f"/doc/{DNUM}.ttl", f"/doc/{DNUM}", "/", "/ns", "/dumps/"])
def test_a_document_that_the_client_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["ETag"]
    assert first.cache_control.max_age
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_formats_of_a_document_have_entity_tags_of_their_own(client: FlaskClient) -> None:
    tags = {client.get(f"/doc/{DNUM}.{ending}").headers["ETag"] for ending in (*FORMATS, "html")}
    assert len(tags) == len(FORMATS) + 1


def test_iris_from_elsewhere_are_described_too(client: FlaskClient) -> None:
    iri = str(rdflib.SKOS.prefLabel)
    assert graph(client, f"/resource?iri={iri.replace('#', '%23')}")
    assert "Content-Location" in client.get("/resource", query_string={"iri": iri}).headers
    assert client.get("/resource.nt", query_string={"iri": iri}).mimetype == "application/n-triples"


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (str(THING), f"/id/{DNUM}"),
        (str(PL.Organisation), "/ns/Organisation"),
        (BASE + "ns", "/ns"),
    ],
)
def test_iris_of_ours_have_a_page_of_their_own(client: FlaskClient, iri: str, path: str) -> None:
    response = client.get("/resource", query_string={"iri": iri})
    assert (response.status_code, response.location) == (303, path)


@pytest.mark.parametrize(
    ("query", "status"), [({}, 400), ({"iri": "urn:nobody"}, 404), ({"iri": "<no iri>"}, 404)]
)
def test_a_resource_that_is_not_known_is_refused_clearly(
    client: FlaskClient, query: dict[str, str], status: int
) -> None:
    response = client.get("/resource", query_string=query)
    assert response.status_code == status
    assert response.text.strip()


@pytest.mark.parametrize("path", ["/", "/ns", "/search", "/dumps/", "/dataset.ttl", "/sparql"])
def test_a_day_is_refused_rather_than_ignored(client: FlaskClient, path: str) -> None:
    response = client.get(path, query_string={"asOf": "1990-01-01"})
    assert response.status_code == 400
    assert "asOf" in response.text


# Pages


def test_the_page_of_a_thing_shows_its_names_its_iri_and_what_is_inferred(
    client: FlaskClient, closure: rdflib.Graph
) -> None:
    shown = page(client, f"/doc/{DNUM}.html")
    text = " ".join(shown.text)
    for name in closure.objects(THING, rdflib.SKOS.prefLabel):
        assert isinstance(name, rdflib.Literal)
        assert str(name) in text
        assert name.language in shown.languages
    assert str(THING) in text
    assert "inferred" in text


def test_a_page_links_its_data_and_stays_on_the_host_that_serves(client: FlaskClient) -> None:
    shown = page(client, f"/doc/{DNUM}.html")
    assert {f"/doc/{DNUM}.{ending}" for ending in FORMATS} <= set(shown.links)
    assert not [link for link in shown.links if link.startswith(BASE)]


#: What two addresses of one kind may differ in: the last name, and values of parameters.
KIND = re.compile(r"(?<==)[^&]*|(?<=/)[^/?.]+(?=[.?]|$)")


@pytest.mark.parametrize(
    "path", ["/", f"/doc/{DNUM}.html", "/ns.html", "/sparql", "/dumps/", "/dataset"]
)
def test_every_link_of_a_page_to_this_host_leads_somewhere(client: FlaskClient, path: str) -> None:
    shown = page(client, path)
    assert len(shown.anchors) == len(set(shown.anchors))
    addresses = set()
    for link in shown.links:
        address, _, anchor = link.partition("#")
        addresses.add(address)
        if anchor and address in ("", path.partition(".")[0]):
            assert anchor in shown.anchors, link
    kinds: dict[str, list[str]] = {}
    for address in sorted(addresses):
        # Queries are for the tests of the endpoint.
        if address.startswith("/") and not address.startswith("/sparql?"):
            kinds.setdefault(KIND.sub("", address), []).append(address)
    for kind in kinds.values():
        for address in some_of(kind, 3):
            assert fetch(client, address, **HTML).status_code == 200, address


def test_the_home_page_counts_the_release_and_leads_to_its_things(
    client: FlaskClient, release: Release
) -> None:
    shown = page(client, "/")
    text = " ".join(shown.text)
    assert f"{release.manifest.counts['inferred']:,}" in text
    assert f"/id/{DNUM}" in shown.links or any("/browse/" in link for link in shown.links)


def test_a_class_is_browsed_by_name(client: FlaskClient) -> None:
    response = client.get("/browse/", query_string={"class": str(PL.Organisation)}, headers=HTML)
    shown = _Page(response.text)
    assert f"/id/{DNUM}" in shown.links


def test_a_class_without_things_is_shown_empty(client: FlaskClient) -> None:
    iri = str(rdflib.SKOS.prefLabel)
    assert client.get("/browse/", query_string={"class": iri}, headers=HTML).status_code == 200


@pytest.mark.parametrize(("query", "status"), [({}, 400), ({"class": "urn:nothing"}, 404)])
def test_a_class_that_is_not_mentioned_is_refused(
    client: FlaskClient, query: dict[str, str], status: int
) -> None:
    assert client.get("/browse/", query_string=query).status_code == status


def test_what_sources_write_cannot_become_markup(ensembles: Path) -> None:
    attack = '<script>alert(1)</script>"\\"<img src=x>'
    file = ensembles / "kb" / "ensembles.ttl"
    text = file.read_text(encoding="utf-8").replace('"Blechverein"@de', json.dumps(attack) + "@de")
    file.write_text(text, encoding="utf-8")
    settings = read_settings(ensembles / "partyline.toml", {})
    hostile = replace(settings.knowledge, title="</script>" + attack, description=attack)
    settings = replace(settings, knowledge=hostile)
    release = build(settings).release
    # Data for search engines, which no browser runs; what ends it is never in its text. And the
    # script of the search box.
    own = 'module" src="/static/suggestions[^<>]*'
    data = re.compile(f'<script type="(?:application/ld.json"|{own})>[^<>]*</script>')
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        client = create_app(
            Publication.of(release, settings.knowledge), pool, settings
        ).test_client()
        for path in (
            *("/", "/dataset", "/links/"),
            *("/doc/ensemble/brass-union.html", "/doc/ensemble/red-brass.html"),
        ):
            page = data.sub("", client.get(path, headers=HTML).text)
            assert "script>" not in page
            assert "<script" not in page
            assert "<img" not in page


# The ontology


@pytest.mark.parametrize("ending", FORMATS)
def test_the_ontology_is_served_in_every_format(
    client: FlaskClient, settings: Settings, ending: str
) -> None:
    expected = rdflib.Graph()
    for file in settings.knowledge.ontology.glob("*.ttl"):
        expected.parse(file)
    served = rdflib.Graph().parse(
        data=fetch(client, f"/ns.{ending}").data, format=FORMATS[ending].media_type
    )
    assert isomorphic(served, expected)


def test_the_page_of_the_ontology_has_an_anchor_for_each_term(
    client: FlaskClient, closure: rdflib.Graph
) -> None:
    shown = page(client, "/ns")
    terms = {str(term) for term in closure.subjects(rdflib.RDF.type, None)}
    own = {term.removeprefix(str(PL)) for term in terms if term.startswith(str(PL))}
    assert own
    assert own <= set(shown.anchors)


def test_the_version_of_the_ontology_has_an_address(
    client: FlaskClient, closure: rdflib.Graph
) -> None:
    version = closure.value(rdflib.URIRef(BASE + "ns"), rdflib.OWL.versionIRI)
    assert version is not None
    path = "/" + str(version).removeprefix(BASE)
    assert isomorphic(graph(client, path), graph(client, "/ns.ttl"))
    assert client.get(path + ".jsonld").mimetype == "application/ld+json"


# Dumps


def test_every_dump_is_served_as_the_manifest_says(client: FlaskClient, release: Release) -> None:
    for row in release.manifest.files:
        response = fetch(client, f"/dumps/{row.name}")
        assert response.mimetype == row.media_type
        assert len(response.data) == row.size
        assert hashlib.sha256(response.data).hexdigest() == row.sha256


def test_the_list_of_dumps_is_a_page_and_json(client: FlaskClient, release: Release) -> None:
    text = client.get("/dumps/", headers=HTML).text
    listed = client.get("/dumps/", headers={"Accept": "application/json"}).get_json()
    assert [row["name"] for row in listed["files"]] == [row.name for row in release.manifest.files]
    for row in release.manifest.files:
        assert row.sha256 in text
        assert f'href="/dumps/{row.name}"' in text


def test_the_checksums_are_those_of_the_files_beside_them(
    client: FlaskClient, release: Release
) -> None:
    lines = client.get("/dumps/SHA256SUMS").text.splitlines()
    assert lines == [f"{digest}  {name}" for name, digest in release.manifest.checksums.items()]


def test_a_dump_can_be_continued_where_it_broke_off(client: FlaskClient) -> None:
    whole = fetch(client, "/dumps/asserted.nt").data
    response = fetch(client, "/dumps/asserted.nt", Range="bytes=10-19")
    assert (response.status_code, response.data) == (206, whole[10:20])
    assert (
        client.get("/dumps/asserted.nt", headers={"Range": "bytes=999999999-"}).status_code == 416
    )


def test_a_dump_that_the_client_has_is_not_sent_again(client: FlaskClient) -> None:
    tag = fetch(client, "/dumps/asserted.nt").headers["ETag"]
    assert fetch(client, "/dumps/asserted.nt", If_None_Match=tag).status_code == 304


@pytest.mark.parametrize(
    "name", ["nothing.ttl", "../manifest.json", "..%2fmanifest.json", "%2e%2e/store/CURRENT"]
)
def test_there_are_no_other_files_among_the_dumps(client: FlaskClient, name: str) -> None:
    assert client.get(f"/dumps/{name}").status_code == 404


# The whole


def test_health_names_the_release_and_the_state_of_the_engine(
    client: FlaskClient, release: Release
) -> None:
    response = client.get("/health")
    found = response.get_json()
    assert found["status"] == "ok"
    assert found["release"] == release.manifest.identifier
    assert found["triples"] == release.manifest.counts
    assert found["engine"]["workers"] > 0
    assert response.cache_control.no_store


def test_the_dataset_is_described_where_void_looks_for_it(client: FlaskClient) -> None:
    response = client.get("/.well-known/void", follow_redirects=True)
    assert response.mimetype == "text/turtle"
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    described = rdflib.Graph().parse(data=response.data, format="turtle")
    dataset = rdflib.URIRef(BASE + "dataset")
    assert (dataset, rdflib.RDF.type, void.Dataset) in described
    assert (dataset, void.sparqlEndpoint, rdflib.URIRef(BASE + "sparql")) in described


@pytest.mark.parametrize("name", ["ontology", "accepted", "inferred", "withheld"])
def test_the_iri_of_a_named_graph_leads_somewhere(client: FlaskClient, name: str) -> None:
    assert client.get(f"/graph/{name}", follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico", "/static/style.css"])
def test_what_browsers_and_robots_ask_for_is_there(client: FlaskClient, path: str) -> None:
    assert fetch(client, path).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/graph/nothing", "/doc", "/dumps/x/y", "/id/"])
def test_an_address_without_anything_is_404_in_the_clients_language(
    client: FlaskClient, path: str
) -> None:
    plain, html = client.get(path), client.get(path, headers=HTML)
    assert (plain.status_code, plain.mimetype) == (404, "text/plain")
    assert (html.status_code, html.mimetype) == (404, "text/html")
    _Page(html.text)


def test_a_method_that_an_address_does_not_have_is_405(client: FlaskClient) -> None:
    response = client.put("/dumps/")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("headers", [{}, HTML])
def test_an_unforeseen_error_is_a_500_without_details(
    music_app: Flask, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    settings = read_settings(Path(__file__).parent / "data" / "ensembles" / "partyline.toml", {})
    app = Flask("partyline.web", static_folder=None)
    app.jinja_env.globals.update(music_app.jinja_env.globals)
    from partyline.web.error_handlers import handle_failures
    from partyline.web.templating.page_text import prepare_templates

    prepare_templates(app)
    handle_failures(app)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError(f"a secret of {settings.path}")

    response = app.test_client().get("/broken", headers=headers)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    "path", ["/", f"/id/{DNUM}", f"/doc/{DNUM}.ttl", "/ns", "/dumps/asserted.nt", "/sparql", "/no"]
)
def test_every_answer_may_be_read_from_any_page_and_only_few_have_a_script(
    client: FlaskClient, path: str
) -> None:
    headers = client.get(path, buffered=True).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    scripts = "; script-src 'self'; connect-src 'self'"
    assert headers["Content-Security-Policy"].endswith(scripts) == (path in ("/sparql", "/"))
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]


@pytest.mark.parametrize("path", ["/sparql", f"/id/{DNUM}", f"/doc/{DNUM}", "/dumps/asserted.nt"])
def test_a_preflight_is_answered(client: FlaskClient, path: str) -> None:
    response = client.options(
        path,
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Content-Type", "MCP-Protocol-Version"} <= set(allowed)
    assert int(response.headers["Access-Control-Max-Age"]) > 0


# Any other knowledge


@pytest.mark.parametrize("ending", FORMATS)
def test_another_knowledge_base_is_served_the_same_way(music: FlaskClient, ending: str) -> None:
    document = graph(music, f"/doc/ensemble/red-brass.{ending}", ending)
    things = rdflib.Namespace("https://music.example.org/id/ensemble/")
    terms = rdflib.Namespace("https://music.example.org/terms#")
    assert set(document.objects(things["red-brass"], terms.grewOutOf)) == {
        things["new-brass-union"],
        things["brass-union"],
    }


def test_the_ontology_of_another_knowledge_base_has_its_own_path(music: FlaskClient) -> None:
    assert {"Ensemble", "grewOutOf"} <= set(page(music, "/terms").anchors)
    assert graph(music, "/terms.ttl")
    assert graph(music, "/terms/1.0.0.ttl")
    assert music.get("/ns").status_code == 404


def test_the_pages_of_another_knowledge_base_are_in_its_languages(music: FlaskClient) -> None:
    shown = page(music, "/doc/ensemble/brass-union.html")
    assert "Blechverein" in " ".join(shown.text)
    assert "de" in shown.languages


def test_a_disputed_thing_says_so(music: FlaskClient) -> None:
    shown = page(music, "/doc/ensemble/rumoured-quartet.html")
    assert "Disputed." in " ".join(shown.text)


@pytest.mark.parametrize("path", ["/", "/browse/?class=https://music.example.org/terms%23Ensemble"])
def test_the_lists_of_another_knowledge_base_lead_to_its_things(
    music: FlaskClient, path: str
) -> None:
    assert "/id/ensemble/brass-union" in page(music, path).links


def test_what_is_dumped_is_what_is_served(music: FlaskClient) -> None:
    asserted = graph(music, "/dumps/asserted.nt", "nt")
    document = graph(music, "/doc/ensemble/brass-union.nt", "nt")
    thing = rdflib.URIRef("https://music.example.org/id/ensemble/brass-union")
    assert set(asserted.triples((thing, None, None))) == set(document.triples((thing, None, None)))
    assert '"07"^^' in music.get("/doc/ensemble/brass-union.nt").text
