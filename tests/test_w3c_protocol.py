"""The W3C's tests of the SPARQL 1.1 Protocol and Service Description, as a table of our own.

The names are those of the W3C (sparql11/protocol and sparql11/service-description); the requests
say the same in our words. This endpoint is read-only: what the W3C expects an update to do is
refused, and every graph is as it was.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, Store

from partyline.publishing import Publication
from partyline.releases import Release
from partyline.settings import Settings
from partyline.sparql import GRAPH_RESULT_FORMATS, RESULT_FORMATS, QueryPool
from partyline.web import create_app

FORM, QUERY, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
DOCUMENT = "http://xmlns.com/foaf/0.1/Document"
ONE, TWO, THREE, NONE = (f"https://data.example.org/{name}" for name in ("1", "2", "3", "none"))
TYPED = "<{}> a ?type ."
BOTH = f"ASK {{ {TYPED.format(ONE)} {TYPED.format(TWO)} }}"
NAMED = f"GRAPH ?g1 {{ {TYPED.format(ONE)} }} GRAPH ?g2 {{ {TYPED.format(TWO)} }}"
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
ROWS = {row.media_type for row in RESULT_FORMATS}
GRAPHS = {row.media_type for row in GRAPH_RESULT_FORMATS}


@dataclass(frozen=True)
class Request:
    name: str
    method: str = "GET"
    #: Parameters in the address.
    address: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    media_type: str = ""
    #: What ASK says, or the media types of which the answer has one; None: it is refused.
    answer: bool | set[str] | None = None
    path: str = field(init=False)

    def __post_init__(self) -> None:
        parameters = "&".join(f"{name}={quote(value, '')}" for name, value in self.address)
        object.__setattr__(self, "path", f"/sparql?{parameters}")


def default(*graphs: str) -> tuple[tuple[str, str], ...]:
    return tuple(("default-graph-uri", graph) for graph in graphs)


def named(*graphs: str) -> tuple[tuple[str, str], ...]:
    return tuple(("named-graph-uri", graph) for graph in graphs)


def query(text: str) -> tuple[tuple[str, str], ...]:
    return (("query", text),)


def direct(name: str, text: str, address: tuple[tuple[str, str], ...], answer: object) -> Request:
    assert isinstance(answer, bool | set)
    return Request(name, "POST", address, text.encode(), QUERY, answer)


ANSWERED = [
    Request("query_get", address=query("ASK {}") + default(NONE), answer=True),
    Request("query_post_form", "POST", default(NONE), b"query=ASK%20%7B%7D", FORM, True),
    direct("query_post_direct", "ASK {}", (), True),
    Request(
        "query_dataset_default_graphs_get", address=query(BOTH) + default(ONE, TWO), answer=True
    ),
    direct("query_dataset_default_graphs_post", BOTH, default(ONE, TWO), True),
    Request(
        "query_dataset_named_graphs_get",
        address=query(f"ASK {{ {NAMED} }}") + named(ONE, TWO),
        answer=True,
    ),
    direct("query_dataset_named_graphs_post", f"ASK {{ {NAMED} }}", named(ONE, TWO), True),
    direct(
        "query_dataset_full",
        f"ASK {{ {TYPED.format(THREE)} {NAMED} }}",
        default(THREE) + named(ONE, TWO),
        True,
    ),
    direct("query_multiple_dataset", f"ASK FROM <{THREE}> {{ {NAMED} }}", named(ONE, TWO), True),
    direct("query_content_type_select", "SELECT (1 AS ?value) {}", default(NONE), ROWS),
    direct("query_content_type_ask", "ASK {}", default(NONE), ROWS - {"text/csv"}),
    direct("query_content_type_describe", "DESCRIBE <https://a.example/>", default(NONE), GRAPHS),
    direct("query_content_type_construct", "CONSTRUCT {<s> <p> 1} {}", default(NONE), GRAPHS),
]

REFUSED = [
    Request("bad_query_method", "PUT", query("ASK {}") + default(NONE), media_type=FORM),
    Request("bad_multiple_queries", address=query("ASK {}") + query("SELECT * {}")),
    Request("bad_query_wrong_media_type", "POST", (), b"ASK {}", "text/plain"),
    Request("bad_query_missing_form_type", "POST", (), b"query=ASK%20%7B%7D"),
    Request("bad_query_missing_direct_type", "POST", (), b"ASK {}"),
    Request("bad_query_non_utf8", "POST", (), "ASK {}".encode("utf-16"), f"{QUERY};charset=UTF-16"),
    Request("bad_query_syntax", address=query("ASK {")),
    Request("bad_update_get", address=(("update", "CLEAR ALL"),)),
    Request("bad_multiple_updates", "POST", (), b"update=CLEAR%20NAMED&update=CLEAR%20ALL", FORM),
    Request("bad_update_wrong_media_type", "POST", (), b"CLEAR NAMED", "text/plain"),
    Request("bad_update_missing_form_type", "POST", (), b"update=CLEAR%20NAMED"),
    Request(
        "bad_update_non_utf8", "POST", (), "CLEAR ALL".encode("utf-16"), f"{UPDATE};charset=UTF-16"
    ),
    Request("bad_update_syntax", "POST", (), b"update=CLEAR%20XYZ", FORM),
    Request(
        "bad_update_dataset_conflict",
        "POST",
        (("using-named-graph-uri", ONE),),
        f"WITH <{TWO}> DELETE {{ ?s ?p 1 }} INSERT {{ ?s ?p 2 }} WHERE {{ ?s ?p 1 }}".encode(),
        UPDATE,
    ),
    # These six are good updates, and a read-only endpoint refuses them.
    Request("update_post_form", "POST", (), b"update=CLEAR+ALL", FORM),
    Request("update_post_direct", "POST", (), b"CLEAR ALL", UPDATE),
    *(
        Request(
            f"update_dataset_{name}",
            "POST",
            address,
            f"CLEAR ALL; INSERT {{ ?s a <{NONE}> }} WHERE {{ ?s a <{DOCUMENT}> }}".encode(),
            UPDATE,
        )
        for name, address in (
            ("default_graph", (("using-graph-uri", ONE),)),
            ("default_graphs", (("using-graph-uri", ONE), ("using-graph-uri", TWO))),
            ("named_graphs", (("using-named-graph-uri", ONE), ("using-named-graph-uri", TWO))),
            ("full", (("using-graph-uri", ONE), ("using-named-graph-uri", TWO))),
        )
    ),
    Request("update_base_uri", "POST", (), b"INSERT DATA { <urn:s> <urn:p> <t> }", UPDATE),
]


@pytest.fixture(scope="module")
def graphs(
    tmp_path_factory: pytest.TempPathFactory, release: Release, settings: Settings
) -> Iterator[FlaskClient]:
    """The endpoint over three graphs, each of which says of itself that it is a document."""
    path = tmp_path_factory.mktemp("protocol") / "store"
    store = Store(str(path))
    is_a = NamedNode(str(rdflib.RDF.type))
    for graph in (ONE, TWO, THREE):
        store.add(Quad(NamedNode(graph), is_a, NamedNode(DOCUMENT), NamedNode(graph)))
    store.flush()
    with QueryPool(path, settings.limits, {}, "https://data.example.org/sparql") as pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client()


def send(client: FlaskClient, request: Request) -> tuple[int, str, bytes]:
    response = client.open(
        request.path,
        method=request.method,
        data=request.body or None,
        headers={"Content-Type": request.media_type} if request.media_type else {},
    )
    return response.status_code, response.mimetype or "", response.data


@pytest.mark.parametrize("request_", ANSWERED, ids=lambda row: row.name)
def test_a_query_of_the_w3c_is_answered(graphs: FlaskClient, request_: Request) -> None:
    status, media_type, body = send(graphs, request_)
    assert status == 200
    if isinstance(request_.answer, bool):
        assert json.loads(body)["boolean"] is request_.answer
    else:
        assert request_.answer is not None
        assert media_type in request_.answer


@pytest.mark.parametrize("request_", REFUSED, ids=lambda row: row.name)
def test_what_the_w3c_or_a_read_only_endpoint_refuses_is_4xx(
    graphs: FlaskClient, request_: Request
) -> None:
    status, _, body = send(graphs, request_)
    assert 400 <= status < 500
    assert body
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    after = json.loads(send(graphs, Request("count", address=query(count)))[2])
    assert after["results"]["bindings"][0]["n"]["value"] == "3"


def described(client: FlaskClient) -> rdflib.Graph:
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    return rdflib.Graph().parse(data=response.data, format="turtle")


def test_returns_rdf(graphs: FlaskClient) -> None:
    assert len(described(graphs)) > 0


def test_has_endpoint_triple(graphs: FlaskClient) -> None:
    found = described(graphs)
    (service,) = found.subjects(rdflib.RDF.type, SD.Service)
    # The published address, not the Host that the client has sent.
    published = "https://w3id.org/partyline/sparql"
    assert rdflib.URIRef(published) in set(found.objects(service, SD.endpoint))


#: Domain and range of the properties (SPARQL 1.1 Service Description, section 3).
SCHEMA = {
    SD.endpoint: (SD.Service, None),
    SD.supportedLanguage: (SD.Service, None),
    SD.resultFormat: (SD.Service, None),
    SD.defaultEntailmentRegime: (SD.Service, None),
    SD.defaultSupportedEntailmentProfile: (SD.Service, None),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.Dataset, SD.NamedGraph),
    SD.name: (SD.NamedGraph, None),
    SD.graph: (SD.NamedGraph, SD.Graph),
    SD.entailmentRegime: (SD.NamedGraph, None),
    SD.supportedEntailmentProfile: (SD.NamedGraph, None),
}


def test_conforms_to_schema(graphs: FlaskClient) -> None:
    found = described(graphs)
    for subject, predicate, object_ in found:
        if str(predicate).startswith(str(SD)):
            domain, range_ = SCHEMA[rdflib.URIRef(str(predicate))]
            assert (subject, rdflib.RDF.type, domain) in found
            assert range_ is None or (object_, rdflib.RDF.type, range_) in found
    for node in found.subjects(rdflib.RDF.type, SD.NamedGraph):
        assert len(set(found.objects(node, SD.name))) == 1


def test_the_table_has_every_test_of_the_w3c() -> None:
    """Twenty of queries and fourteen of updates."""
    names = [row.name for row in (*ANSWERED, *REFUSED)]
    assert len(names) == len(set(names)) == 34
    assert sum("update" in name for name in names) == 14
