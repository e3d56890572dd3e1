"""The JSON interface: its description, and that every answer is as it describes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from partyline.releases import ClassConstraint
from partyline.sources import Document, Origin, SourceStatement, Statements
from partyline.validation.shacl.class_constraints import class_constraints
from partyline.validation.shacl.shapes_graph import ShapesGraph
from partyline.web.views.api.cursors import write_cursor
from sampling import some_of

BASE = "https://w3id.org/partyline/"
DAYS = {"beginEarliest", "beginLatest", "endEarliest", "endLatest", "ongoing"}


@pytest.fixture(scope="module")
def described(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get("/openapi.json").text)
    return found


def answered(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(response.text)
    return found


def operations(described: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, item in described["paths"].items():
        yield path, item["get"]


def schema(described: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return {**answer, "components": described["components"]}


def test_the_description_is_openapi_with_an_operation_for_each_kind_and_question(
    client: FlaskClient, described: dict[str, Any]
) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["info"]["version"] in client.get("/dataset.ttl").text
    names = [operation["operationId"] for _, operation in operations(described)]
    assert len(set(names)) == len(names)
    assert {"list-organisation", "get-organisation", "ask-leaders-on-a-day"} <= set(names)
    for each in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(each)
    day, line = described["paths"]["/api/questions/leaders-on-a-day"]["get"]["parameters"][:2]
    assert day["schema"] == {"type": "string", "format": "date", "default": "1990-01-01"}
    assert line["schema"]["default"] == "organisation:communist-party-of-kampuchea"


def test_every_answer_is_as_its_schema_says(client: FlaskClient, described: dict[str, Any]) -> None:
    for path, operation in some_of(list(operations(described)), 24):
        slug = next((row["example"] for row in operation["parameters"] if "example" in row), "")
        answer = answered(client, path.replace("{slug}", quote(slug, safe="")))
        jsonschema.Draft202012Validator(schema(described, operation)).validate(answer)


def test_resources_of_each_kind_are_as_shapes_promise(
    client: FlaskClient, described: dict[str, Any]
) -> None:
    addresses = [
        f"{path.removesuffix('{slug}')}{quote(item['slug'], safe='')}"
        for path, _ in operations(described)
        if path.endswith("{slug}")
        for item in answered(client, path.removesuffix("/{slug}"))["items"]
    ]
    checked = 0
    for address in some_of(addresses, 60):
        kind = address.split("/")[2]
        each = described["components"]["schemas"][f"object-{kind}"]
        check = jsonschema.Draft202012Validator({**each, "components": described["components"]})
        found = answered(client, address)
        check.validate(found)
        kinds = {row["iri"] for row in found["kinds"]}
        promises = [each, *(row["then"] for row in each["allOf"][1:] if class_in(row) in kinds)]
        counts = [row["then"]["properties"]["statements"] for row in promises if "then" in row]
        for name in {name for row in counts for name in row.get("required", ())}:
            less = {key: row for key, row in found["statements"].items() if key != name}
            assert not check.is_valid({**found, "statements": less, "complete": True}), address
            assert check.is_valid({**found, "statements": less, "complete": False}), address
            checked += 1
    assert checked > 20


def class_in(schema: Mapping[str, Any]) -> str:
    """Return the class of which a part of a schema is."""
    iri: str = schema["if"]["properties"]["kinds"]["contains"]["properties"]["iri"]["const"]
    return iri


def test_shapes_of_a_class_are_schemas_of_its_kind(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    claim = schemas["object-claim"]["then"]["properties"]["statements"]
    assert {"pl:claimAbout", "pl:evidencedBy"} <= {*claim["required"]}
    assert claim["properties"]["pl:claimProperty"] == {"maxItems": 1}
    event = schemas["object-political-event"]
    date = {"required": ["value"], "properties": {"datatype": {"const": "edtf:EDTF"}}}
    assert event["properties"]["statements"]["properties"]["pl:date"]["items"] == date

    below = {class_in(row).partition("#")[2]: row["then"] for row in event["allOf"][1:]}
    absorption = below["Absorption"]["then"]["properties"]["statements"]
    one = {"minItems": 1, "maxItems": 1}
    assert absorption["properties"]["pl:absorbingOrganisation"] == one
    assert {"pl:absorbedOrganisation", "pl:absorbingOrganisation"} <= {*absorption["required"]}
    situation = schemas["object-situation"]
    below = {class_in(row).partition("#")[2]: row["then"] for row in situation["allOf"][1:]}
    either = {"anyOf": [{"required": ["pl:part"]}, {"required": ["pl:wing"]}]}
    assert either in below["Affiliation"]["then"]["properties"]["statements"]["allOf"]


def test_shapes_that_data_may_miss_promise_nothing() -> None:
    text = """
        @prefix e: <https://e.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
        e:Kept a sh:NodeShape ; sh:targetClass e:Coin ;
            sh:property [ sh:path e:metal ; sh:minCount 2 ; sh:maxCount 3 ] ,
                [ sh:path ( e:a e:b ) ; sh:minCount 1 ] ,
                [ sh:path e:mint ; sh:minCount 1 ; sh:severity sh:Warning ] ,
                [ sh:path e:year ; sh:minCount 1 ; sh:deactivated true ] ,
                [ sh:path e:note ; sh:message "unused" ] .
        e:Warned a sh:NodeShape ; sh:targetClass e:Coin ; sh:severity sh:Info ;
            sh:property [ sh:path e:weight ; sh:minCount 1 ] .
        e:Elsewhere a sh:NodeShape ; sh:targetNode e:x ;
            sh:property [ sh:path e:size ; sh:minCount 1 ] .
    """
    statements = Statements.of(
        SourceStatement(row.triple, Origin("shapes.ttl", 1))
        for row in parse(text, RdfFormat.TURTLE)
    )
    shapes = ShapesGraph((Document("shapes.ttl", statements, {}),))
    (found,) = class_constraints(shapes)

    assert found == ClassConstraint("https://e.org/Coin", ("https://e.org/metal",), 2, 3)
    assert ClassConstraint.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_an_object_has_names_bounds_standings_and_passages(client: FlaskClient) -> None:
    party = answered(client, "/api/organisation/khmer-national-solidarity-party")
    assert party["iri"] == BASE + "id/organisation/khmer-national-solidarity-party"
    assert party["bounds"]["beginEarliest"].startswith("1997-05")
    assert set(party["bounds"]) == DAYS
    standings = {row["standing"] for rows in party["statements"].values() for row in rows}
    assert {"asserted", "inferred"} <= standings
    for rows in party["statements"].values():
        for row in rows:
            assert (row["why"] is None) == (row["standing"] == "asserted")
    event = answered(client, "/api/political-event/khieu-samphan-surrender")
    assert event["passages"][0]["sources"][0]["iri"].startswith(BASE)
    assert event["passages"][0]["quotations"][0]["text"]


def test_an_iri_names_a_resource_too(client: FlaskClient) -> None:
    iri = quote(BASE + "id/organisation/funcinpec", safe="")
    assert answered(client, f"/api/organisation/{iri}") == answered(
        client, "/api/organisation/funcinpec"
    )


def test_pages_of_a_list_are_the_list(client: FlaskClient) -> None:
    whole = answered(client, "/api/organisation?limit=1000")
    assert whole["next"] is None
    assert len(whole["items"]) == whole["total"]
    found, cursor = [], ""
    while True:
        query = urlencode({"limit": 40} | ({"cursor": cursor} if cursor else {}))
        page = answered(client, f"/api/organisation?{query}")
        found += page["items"]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert found == whole["items"]


def test_pages_of_an_answer_are_the_answer(client: FlaskClient) -> None:
    whole = answered(client, "/api/questions/disputes?limit=1000")
    first = answered(client, "/api/questions/disputes?limit=7")
    second = answered(client, f"/api/questions/disputes?limit=7&cursor={first['next']}")
    assert first["rows"] + second["rows"] == whole["rows"][:14]


def test_a_list_is_filtered_by_name_and_by_date(client: FlaskClient) -> None:
    named = answered(client, "/api/person?name=" + quote("sam rainsi"))
    assert named["items"][0]["slug"] == "sam-rainsy"
    parties = answered(client, "/api/organisation?limit=1000")["total"]
    early = answered(client, "/api/organisation?to=1955-01-01&limit=1000")
    assert 0 < early["total"] < parties
    assert "funcinpec" not in {row["slug"] for row in early["items"]}
    assert "funcinpec" in {
        row["slug"]
        for row in answered(client, "/api/organisation?from=1993-01-01&limit=1000")["items"]
    }


def test_a_cursor_of_another_release_says_so(client: FlaskClient) -> None:
    response = client.get(f"/api/organisation?cursor={write_cursor('0123456789ab', 100)}")
    assert response.status_code == 410
    assert "0123456789ab" in json.loads(response.text)["detail"]
    assert client.get("/api/organisation?cursor=nonsense").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/organisation?limit=0", 400),
        ("/api/organisation?limit=1&limit=2", 400),
        ("/api/organisation?kind=x", 400),
        ("/api/organisation?from=1993", 400),
        ("/api/organisation/funcinpec?x=1", 400),
        ("/api/questions/leaders-on-a-day?day=1990-13-01", 400),
        ("/api/questions/leaders-on-a-day?line=", 400),
        ("/api/questions/leaders-on-a-day?day=+1990-01-01", 400),
        ("/api/questions/leaders-on-a-day?line=no%20iri", 400),
        ("/api/questions/leaders-on-a-day?line=person:hun-sen", 404),
        ("/api/questions/nothing", 404),
        ("/api/nothing", 404),
        ("/api/person/funcinpec", 404),
    ],
)
def test_an_error_is_a_problem_of_rfc_9457(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = json.loads(response.text)
    assert problem["status"] == status
    assert problem["detail"]


def test_an_answer_is_known_again_by_its_tag(client: FlaskClient) -> None:
    first = client.get("/api/questions/members")
    again = client.get("/api/questions/members", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/api/person", headers={"Accept": "text/turtle"}).status_code == 406
    assert client.post("/api/person").status_code == 405


def test_people_find_the_interface(client: FlaskClient) -> None:
    page = client.get("/api/", headers={"Accept": "text/html"}).text
    assert 'href="/openapi.json"' in page
    assert 'href="/api/organisation"' in page
    assert client.get("/api/").mimetype == "application/json"
    assert "openapi.json" in client.get("/.well-known/api-catalog").text
    assert (
        client.get("/openapi.json", headers={"Accept": "text/html"}).mimetype == "application/json"
    )


def test_any_ontology_has_the_interface(visited: object) -> None:
    status, content, _ = visited.get("/openapi.json")  # type: ignore[attr-defined]
    assert status == 200
    paths = json.loads(content)["paths"]
    listed = next(path for path in paths if "{" not in path and "/questions/" not in path)
    status, content, _ = visited.get(listed)  # type: ignore[attr-defined]
    assert status == 200
    assert json.loads(content)["items"]
