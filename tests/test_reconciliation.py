"""Reconciliation Service API 0.2: names and attributes in, resources out."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

import partyline
from partyline.errors import BadQuery, EngineBusy, QueryTimeout
from partyline.publishing import Publication
from partyline.publishing.reconciliation import Query, Reconciler
from partyline.settings import Limits, read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from partyline.web.views.reconciliation import Queue

BASE = "https://choirs.example/"
ID, NS = BASE + "id/", BASE + "ns#"
CHOIRS = """
@prefix : <https://choirs.example/ns#> .
@prefix id: <https://choirs.example/id/> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://choirs.example/ns> a owl:Ontology .
:Choir a owl:Class ; rdfs:label "choir"@en ; skos:definition "People who sing together."@en .
:Person a owl:Class ; rdfs:label "person"@en .
:ledBy a owl:ObjectProperty ; rdfs:label "led by"@en, "dirigé par"@fr ; rdfs:range :Person .
:founded a owl:DatatypeProperty ; rdfs:label "founded"@en .
:singers a owl:DatatypeProperty ; rdfs:label "singers"@en .
:first a owl:DatatypeProperty ; rdfs:label "first concert"@en .

id:north a :Choir ; rdfs:label "Harmony Choir (Northtown)"@en ; :ledBy id:ada ;
    :founded "1893"^^edtf:EDTF .
id:south a :Choir ; rdfs:label "Harmony Choir (Southtown)"@en ; :founded "1921-05"^^edtf:EDTF ;
    skos:altLabel "HC" .
id:bells a :Choir ; rdfs:label "Bells & <Voices>"@en, "Cloches et voix"@fr ; :ledBy id:ada, id:bo ;
    :founded "1950~"^^edtf:EDTF ; :singers 42 ; :fee 7.5 ; :amateur true ;
    :first "1951-03-02"^^xsd:date ; :home <https://hall.example/> ; :note [ :x 1 ] ;
    skos:altLabel "BAV" ; owl:sameAs <http://www.wikidata.org/entity/Q1> .
id:ada a :Person ; rdfs:label "Ada Sørensen", "Ада Сёренсен"@ru .
id:bo a :Person ; rdfs:label "Bo Li", "李波"@zh .
id:harmony a :Person ; rdfs:label "Harmony Bell" .
"""


@pytest.fixture(scope="module")
def choirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The application on a few choirs and people."""
    folder = tmp_path_factory.mktemp("choirs")
    (folder / "choirs.ttl").write_text(CHOIRS, "utf-8")
    (folder / "partyline.toml").write_text(
        f'[knowledge]\ntitle = "Choirs"\nbase = "{BASE}"\nsources = ["choirs.ttl"]\n'
        f'ontology_iri = "{BASE}ns"\n[prefixes]\nc = "{NS}"\n[server]\naddress = "http://c.example/x"\n',
        "utf-8",
    )
    settings = read_settings(folder / "partyline.toml", {})
    release = partyline.build(settings)
    with QueryPool(release.store, settings.limits, {}, BASE + "sparql") as pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client()


def results(client: FlaskClient, **queries: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    response = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/json"
    answer = json.loads(response.text)
    assert list(answer) == list(queries)
    return {name: row["result"] for name, row in answer.items()}


def one(client: FlaskClient, **query: object) -> list[dict[str, Any]]:
    return results(client, q=query)["q"]


def get(client: FlaskClient, path: str) -> Any:  # noqa: ANN401  JSON
    response = client.get(path)
    assert response.status_code == 200, response.text
    return json.loads(response.text)


def refused(client: FlaskClient, **fields: str) -> tuple[int, str]:
    response = client.post("/reconcile", data=fields)
    return response.status_code, response.text


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"].removeprefix(ID) for row in rows]


def matched(rows: list[dict[str, Any]]) -> str:
    """Return the entity that is a match, if there is one, which is the first."""
    assert not any(row["match"] for row in rows[1:])
    return names(rows)[0] if rows and rows[0]["match"] else ""


def test_every_service_that_the_manifest_names_answers(choirs: FlaskClient) -> None:
    manifest = get(choirs, "/reconcile")
    assert "0.2" in manifest["versions"]
    assert manifest["name"] == "Choirs"
    assert manifest["identifierSpace"] == BASE
    assert manifest["schemaSpace"] == BASE + "ns"
    assert {row["id"] for row in manifest["defaultTypes"]} == {NS + "Choir", NS + "Person"}

    def local(url: str, identifier: str = "") -> str:
        # As a client fills a template: with the identifier as a component of a URI.
        for mark in ("{{id}}", "${id}"):
            url = url.replace(mark, quote(identifier, safe=""))
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        return f"{parts.path}?{parts.query}"

    assert choirs.get(local(manifest["view"]["url"], ID + "ada")).status_code == 303
    assert choirs.get(local(manifest["documentation"])).status_code == 200
    page = choirs.get(local(manifest["preview"]["url"], ID + "ada"))
    assert page.mimetype == "text/html"
    assert "Ada Sørensen" in page.text
    subjects = {"entity": ID + "ada", "type": NS + "Person", "property": NS + "ledBy"}
    for kind, service in manifest["suggest"].items():
        url = service["service_url"] + service["service_path"]
        found = get(choirs, local(url) + f"prefix={quote(subjects[kind])}")["result"]
        assert found[0]["id"] == subjects[kind]
        flyout = service["service_url"] + service["flyout_service_path"]
        assert get(choirs, local(flyout, subjects[kind]))["id"] == subjects[kind]
    proposals = manifest["extend"]["propose_properties"]
    url = proposals["service_url"] + proposals["service_path"]
    assert get(choirs, local(url) + f"type={quote(NS)}Choir")["properties"]


def test_other_sites_may_read_all_and_frame_the_preview_alone(choirs: FlaskClient) -> None:
    for path in ("/reconcile", "/reconcile/suggest/type?prefix=", f"/reconcile/preview?id={ID}ada"):
        assert choirs.get(path).headers["Access-Control-Allow-Origin"] == "*"
    policies = {
        path: choirs.get(path).headers["Content-Security-Policy"]
        for path in (f"/reconcile/preview?id={ID}ada", "/reconcile", "/dataset.html")
    }
    framed = [path for path, policy in policies.items() if "frame-ancestors *" in policy]
    assert framed == [f"/reconcile/preview?id={ID}ada"]
    assert all("frame-ancestors" in row and "script-src" not in row for row in policies.values())


def test_a_name_in_any_spelling_and_script_is_a_match(choirs: FlaskClient) -> None:
    spellings = ("Ada Sørensen", "ada sorensen", "Sørensen, Ada", "Ада Сёренсен", "АДА СЕРЕНСЕН")
    for spelling in spellings:
        assert matched(one(choirs, query=spelling)) == "ada", spelling
    assert matched(one(choirs, query="李 波")) == "bo"


def test_a_misspelt_name_is_a_candidate_and_no_match(choirs: FlaskClient) -> None:
    rows = one(choirs, query="Ada Soerensen")
    assert names(rows)[0] == "ada"
    assert 60 < rows[0]["score"] < 95
    assert not matched(rows)
    assert one(choirs, query="zzqqxx") == []


def test_namesakes_do_not_match_until_a_property_tells_them_apart(choirs: FlaskClient) -> None:
    rows = one(choirs, query="Harmony Choir", type=NS + "Choir")
    assert set(names(rows)[:2]) == {"north", "south"}
    assert not matched(rows)
    for value, meant in (
        ("1893", "north"),
        (1893, "north"),
        ("1921", "south"),
        ("1921-05-09T00:00:00Z", "south"),
    ):
        founded = [{"pid": NS + "founded", "v": value}]
        rows = one(choirs, query="Harmony Choir", properties=founded)
        assert matched(rows) == meant, value
        assert rows[0]["score"] > rows[1]["score"]
    unlike = one(choirs, query="Harmony Choir", properties=[{"pid": NS + "founded", "v": "1700"}])
    assert not matched(unlike)


def test_an_acronym_is_a_match_only_where_something_else_agrees(choirs: FlaskClient) -> None:
    assert names(one(choirs, query="BAV"))[0] == "bells"
    assert not matched(one(choirs, query="BAV"))
    assert matched(one(choirs, query="B.A.V.", type=NS + "Choir")) == "bells"
    assert (
        matched(one(choirs, query="BAV", properties=[{"pid": "led by", "v": "Bo Li"}])) == "bells"
    )
    assert not matched(one(choirs, query="BAV", properties=[{"pid": "led by", "v": "Cy"}]))


def test_types_restrict_as_strictly_as_the_query_says(choirs: FlaskClient) -> None:
    choir, person = NS + "Choir", "c:Person"
    found = {
        strictness: names(one(choirs, query="harmony", type=choir, type_strict=strictness))
        for strictness in ("any", "should", "all")
    }
    assert set(found["any"]) == set(found["all"]) == {"north", "south"}
    assert found["should"][-1] == "harmony"
    assert set(names(one(choirs, query="harmony", type=[choir, person], type_strict="any"))) == {
        *("north", "south", "harmony")
    }
    assert one(choirs, query="harmony", type=[choir, person], type_strict="all") == []
    assert not matched(one(choirs, query="Harmony Bell", type=choir))
    assert matched(one(choirs, query="Harmony Bell", type=person)) == "harmony"
    assert names(one(choirs, query="harmony", type=NS + "Nothing", type_strict="any")) == []


@pytest.mark.parametrize(
    "identifier",
    [
        *(ID + "bells", "id/bells", "bells", "http://www.wikidata.org/entity/Q1"),
        "https://www.wikidata.org/entity/Q1",
    ],
)
def test_an_identifier_of_ours_or_of_a_linked_dataset_is_a_match(
    choirs: FlaskClient, identifier: str
) -> None:
    assert matched(one(choirs, query=identifier)) == "bells"


def test_properties_alone_find_what_has_them(choirs: FlaskClient) -> None:
    led = [{"pid": NS + "ledBy", "v": {"id": ID + "ada", "name": "Ada"}}]
    assert set(names(one(choirs, properties=led))) == {"north", "bells"}
    both = [{"pid": "c:ledBy", "v": "Ada Sorensen"}, {"pid": "c:singers", "v": 42}]
    rows = one(choirs, properties=both)
    assert names(rows)[0] == "bells"
    assert rows[0]["score"] == 100 > rows[1]["score"]
    linked = [{"pid": "owl:sameAs", "v": "http://www.wikidata.org/entity/Q1"}]
    assert matched(one(choirs, properties=linked)) == "bells"
    assert names(one(choirs, properties=[{"pid": "c:founded", "v": "1950"}])) == ["bells"]
    assert one(choirs, properties=[{"pid": "c:singers", "v": "7"}]) == []


@pytest.mark.parametrize(
    ("pid", "value", "agrees"),
    [
        *(("c:singers", 42, True), ("c:singers", "42.0", True), ("c:singers", 12, False)),
        *(("c:fee", 7.5, True), ("c:amateur", True, True), ("c:amateur", False, False)),
        *(("c:first", "1951-03-02", True), ("c:first", "1951", True), ("c:first", "1981", False)),
        *(("c:founded", "1951", True), ("c:founded", "1950/1960", True)),
        *(("c:home", "https://hall.example/", True), ("c:ledBy", "李波", True)),
        *(("c:ledBy", ["Nobody", "Bo Li"], True), ("dirigé par", "Bo Li", True)),
        *(("^c:ledBy", "x", None), ("c:ledBy/rdfs:label", "Bo Li", True)),
    ],
)
def test_values_are_compared_as_what_they_are(
    choirs: FlaskClient, pid: str, value: object, agrees: bool | None
) -> None:
    (row,) = [
        row
        for row in one(choirs, query="Bells & Voices", properties=[{"pid": pid, "v": value}])
        if row["id"] == ID + "bells"
    ]
    features = {feature["id"]: feature["value"] for feature in row["features"]}
    likeness = features.get(f"property:{pid}")
    assert (None if likeness is None else likeness >= 0.8) is agrees
    assert row["match"] is (agrees is not False)


def test_the_limit_is_kept_and_scores_descend(client: FlaskClient) -> None:
    rows = one(client, query="party", limit=7)
    assert len(rows) == 7
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert len(one(client, query="party", limit=1e9)) == 50


def test_a_batch_can_be_sent_with_get_and_each_query_stands_alone(choirs: FlaskClient) -> None:
    batch = json.dumps({"b": {"query": "Ada Sørensen"}, "a": {"query": "Bo Li"}})
    answer = get(choirs, f"/reconcile?queries={quote(batch)}")
    assert [names(row["result"])[0] for row in answer.values()] == ["ada", "bo"]
    assert answer["a"]["result"] == one(choirs, query="Bo Li")


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        *(("{", "JSON"), ("[]", "object"), ('{"q": 1}', "query q"), ('{"q": {}}', "query q")),
        *(('{"q": {"query": 7}}', "string"), ('{"q": {"query": ""}}', "query q")),
        *(('{"q": {"query": "a", "limit": 0}}', "limit"), ("[" * 100_000, "JSON")),
        *(
            ('{"q": {"query": "a", "limit": "3"}}', "limit"),
            ('{"q": {"query": "a", "limit": NaN}}', "limit"),
        ),
        *(
            ('{"q": {"query": "a", "props": []}}', "props"),
            ('{"q": {"query": "a", "type": 3}}', "type"),
        ),
        *(
            ('{"q": {"query": "a", "type": [{}]}}', "type"),
            ('{"q": {"query": "a", "properties": [1]}}', "pid"),
        ),
        *(('{"q": {"query": "a", "type_strict": "no"}}', "any, should, all"),),
        *(('{"q": {"query": "a", "properties": [{"pid": "c:ledBy"}]}}', "no v"),),
        *(('{"q": {"query": "a", "properties": [{"pid": "c:ledBy", "v": {}}]}}', "id"),),
        *(('{"q": {"query": "a", "properties": [{"pid": "shoe size", "v": 1}]}}', "shoe size"),),
        *(('{"q": {"query": "' + "a" * 201 + '"}}', "200"),),
    ],
)
def test_a_query_that_is_not_valid_is_refused_and_named(
    choirs: FlaskClient, batch: str, message: str
) -> None:
    status, text = refused(choirs, queries=batch)
    assert status == 400
    assert message in text


def test_what_is_too_much_for_one_request_is_refused(choirs: FlaskClient) -> None:
    batch = json.dumps({str(number): {"query": "a"} for number in range(51)})
    status, text = refused(choirs, queries=batch)
    assert (status, "51 queries" in text) == (413, True)
    many = json.dumps({"ids": ["a"] * 501, "properties": []})
    assert refused(choirs, extend=many)[0] == 413
    assert refused(choirs, other="x")[0] == 400


def test_few_requests_work_at_once_and_none_without_end() -> None:
    queue = Queue(Limits(queue_seconds=0.01))
    with pytest.raises(EngineBusy):
        queue.run(lambda: queue.run(lambda: queue.run(lambda: None)))
    assert queue.run(lambda: 7) == 7
    late = Queue(Limits(query_seconds=-1.0))
    with pytest.raises(QueryTimeout, match="0 of 1"):
        late.answer({"q": Query("a")}, lambda query: [])


def test_scripts_of_older_pages_receive_a_call(choirs: FlaskClient) -> None:
    response = choirs.get("/reconcile?callback=jQuery.f_1")
    assert response.mimetype == "text/javascript"
    assert re.fullmatch(r"/\*\*/jQuery\.f_1\(\{.*\}\);\n", response.text)
    for name in ("alert(1)//", "a b", "1a", "a." + "b" * 200):
        assert choirs.get("/reconcile", query_string={"callback": name}).status_code == 400


def extended(client: FlaskClient, identifier: str, **settings: object) -> Any:  # noqa: ANN401  JSON
    """Return the cells of the property *identifier* for three resources, one of them unknown."""
    query = {
        "ids": ["bells", ID + "north", "nothing"],
        "properties": [{"id": identifier, "settings": settings}],
    }
    response = client.post("/reconcile", data={"extend": json.dumps(query)})
    assert response.status_code == 200, response.text
    answer = json.loads(response.text)
    assert [row["id"] for row in answer["meta"]] == [identifier]
    assert list(answer["rows"]) == query["ids"]
    assert answer["rows"]["nothing"] == {identifier: []}
    return answer["rows"]["bells"][identifier]


def test_values_are_added_as_what_they_are(choirs: FlaskClient) -> None:
    assert extended(choirs, NS + "ledBy") == [
        {"id": ID + "ada", "name": "Ada Sørensen"},
        {"id": ID + "bo", "name": "Bo Li"},
    ]
    assert extended(choirs, "c:singers") == [{"int": 42}]
    assert extended(choirs, "c:fee") == [{"float": 7.5}]
    assert extended(choirs, "c:amateur") == [{"str": "true"}]
    assert extended(choirs, "c:first") == [{"date": "1951-03-02T00:00:00Z"}]
    # A date that is not a day is not made one.
    assert extended(choirs, "c:founded") == [{"str": "1950~"}]
    assert extended(choirs, "c:home") == [{"str": "https://hall.example/"}]
    assert extended(choirs, "c:note") == []
    names_in_russian = extended(choirs, "c:ledBy/rdfs:label", language="ru")
    assert {row["str"] for row in names_in_russian} == {"Ada Sørensen", "Bo Li", "Ада Сёренсен"}


def test_settings_say_how_many_values_in_what_form(choirs: FlaskClient) -> None:
    assert extended(choirs, NS + "ledBy", limit="1") == [{"id": ID + "ada", "name": "Ada Sørensen"}]
    assert len(extended(choirs, NS + "ledBy", limit=0)) == 2
    assert extended(choirs, NS + "ledBy", form="iri") == [{"str": ID + "ada"}, {"str": ID + "bo"}]
    assert extended(choirs, NS + "ledBy", form="text")[1] == {"str": "Bo Li"}
    assert extended(choirs, "rdfs:label", language="fr") == [{"str": "Cloches et voix"}]
    for settings in (
        {"limit": "x"},
        {"form": "x"},
        {"standing": "x"},
        {"other": "x"},
        {"limit": -1},
    ):
        query = {"ids": [], "properties": [{"id": "c:ledBy", "settings": settings}]}
        status, text = refused(choirs, extend=json.dumps(query))
        assert (status, next(iter(settings)) in text) == (400, True)


@pytest.mark.parametrize(
    "query",
    [
        *("x", "[]", "{}", '{"ids": [1], "properties": []}', '{"ids": [], "properties": [1]}'),
        *('{"ids": []}', '{"ids": [], "properties": [{"id": "c:none"}]}'),
        '{"ids": [], "properties": [{"id": "c:ledBy", "settings": []}]}'.replace("[]}", "[1]}"),
    ],
)
def test_an_extension_that_is_not_valid_is_refused(choirs: FlaskClient, query: str) -> None:
    assert refused(choirs, extend=query)[0] == 400


def test_a_property_can_be_followed_backwards_and_names_its_range(choirs: FlaskClient) -> None:
    query = {"ids": ["ada"], "properties": [{"id": "^c:ledBy"}, {"id": "c:ledBy"}]}
    answer = get(choirs, f"/reconcile?extend={quote(json.dumps(query))}")
    assert {row["id"] for row in answer["rows"]["ada"]["^c:ledBy"]} == {ID + "north", ID + "bells"}
    assert answer["meta"][1]["name"] == "led by"
    assert answer["meta"][1]["type"] == {"id": NS + "Person", "name": "person"}


def test_disputed_statements_are_added_only_where_they_are_asked_for(client: FlaskClient) -> None:
    subject, predicate = next(
        (row["s"], row["p"])
        for row in disputed(client)
        if row["s"].startswith("https://w3id.org/partyline/id/")
    )
    cells = {}
    for standing in ("accepted", "all"):
        settings = {"standing": standing}
        query = {"ids": [subject], "properties": [{"id": predicate, "settings": settings}]}
        answer = get(client, f"/reconcile?extend={quote(json.dumps(query))}")
        cells[standing] = answer["rows"][subject][predicate]
    assert len(cells["all"]) > len(cells["accepted"])


def disputed(client: FlaskClient) -> list[dict[str, str]]:
    """Return statements that only the graph of disputed ones has."""
    graph = "https://w3id.org/partyline/graph/withheld"
    query = f"""SELECT ?s ?p {{ GRAPH <{graph}> {{ ?s ?p ?o }}
        FILTER(!isBlank(?o)) FILTER NOT EXISTS {{ ?s ?p ?o }} }} ORDER BY ?s ?p LIMIT 50"""
    answer = client.get(
        "/sparql",
        query_string={"query": query},
        headers={"Accept": "application/sparql-results+json"},
    )
    rows = json.loads(answer.text)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def test_properties_of_the_members_of_a_class_are_proposed(choirs: FlaskClient) -> None:
    answer = get(choirs, f"/reconcile/properties?type={quote(NS)}Choir")
    assert answer["type"] == NS + "Choir"
    found = [row["id"] for row in answer["properties"]]
    assert {NS + "ledBy", NS + "founded", NS + "singers"} <= set(found)
    assert found.index(NS + "founded") < found.index(NS + "fee")  # more members have it
    backwards = get(choirs, f"/reconcile/properties?type={quote(NS)}Person")["properties"]
    assert backwards[-1] == {"id": f"^{NS}ledBy", "name": "← led by"}
    assert len(get(choirs, "/reconcile/properties?type=c:Choir&limit=2")["properties"]) == 2
    assert get(choirs, "/reconcile/properties?type=c:None")["properties"] == []
    assert choirs.get("/reconcile/properties").status_code == 400
    assert choirs.get("/reconcile/properties?type=c:Choir&limit=x").status_code == 400


def test_suggestions_complete_what_is_typed(choirs: FlaskClient) -> None:
    people = get(choirs, "/reconcile/suggest/entity?prefix=har")["result"]
    assert {row["id"] for row in people} == {ID + "north", ID + "south", ID + "harmony"}
    assert all(row["notable"] for row in people)
    rest = get(choirs, "/reconcile/suggest/entity?prefix=har&cursor=2")["result"]
    assert rest == people[2:]
    types = get(choirs, "/reconcile/suggest/type?prefix=cho")["result"]
    assert types[0] == {
        "id": NS + "Choir",
        "name": "choir",
        "description": "People who sing together.",
    }
    properties = get(choirs, "/reconcile/suggest/property?prefix=dirig")["result"]
    assert [row["id"] for row in properties] == [NS + "ledBy"]
    assert len(get(choirs, "/reconcile/suggest/property?prefix=")["result"]) > 5
    assert get(choirs, "/reconcile/suggest/entity?prefix=")["result"] == []
    assert choirs.get("/reconcile/suggest/colour?prefix=a").status_code == 404
    assert choirs.get("/reconcile/suggest/type?cursor=-1").status_code == 400
    assert (
        choirs.get("/reconcile/suggest/type", query_string={"prefix": "a" * 201}).status_code == 400
    )


def test_cards_escape_what_names_contain(choirs: FlaskClient) -> None:
    page = choirs.get(f"/reconcile/preview?id={ID}bells").text
    html = get(choirs, f"/reconcile/flyout/entity?id={ID}bells")["html"]
    for text in (page, html):
        assert "Bells &amp; &lt;Voices&gt;" in text
        assert "Cloches et voix" in text
        assert "<script" not in text
        assert 'href="http://localhost/resource?iri=https%3A//choirs.example/id/bells"' in text
    for path in ("/reconcile/preview", "/reconcile/flyout/entity"):
        assert choirs.get(path).status_code == 400
        assert choirs.get(path + "?id=nothing").status_code == 404


def test_a_card_says_what_the_resource_is_in_one_sentence(client: FlaskClient) -> None:
    identifier = "https://w3id.org/partyline/id/person/khieu-samphan"
    page = client.get(f"/reconcile/preview?id={identifier}").text
    assert "Khieu Samphan" in page
    assert len(re.sub(r"<[^>]+>", " ", page).split()) > 20


def test_classes_and_properties_are_not_candidates(client: FlaskClient) -> None:
    for query in ("political party", "founded by", "Organisation"):
        assert not [row for row in one(client, query=query) if "/ns#" in row["id"]]


def test_a_property_must_exist(choirs: FlaskClient, ensembles_release: Path) -> None:
    settings = read_settings(ensembles_release / "partyline.toml", {})
    release = partyline.open_release(settings)
    reconciler = Reconciler(Publication.of(release, settings.knowledge))
    for identifier in ("no such", "https://music.example.org/terms#no", "<a", "^", "a/b/c/d/e"):
        with pytest.raises(BadQuery, match="No property here"):
            reconciler.properties.path(identifier)
    path = reconciler.properties.path("^t:grewOutOf/rdfs:label")
    assert [step.inverse for step in path.steps] == [True, False]
