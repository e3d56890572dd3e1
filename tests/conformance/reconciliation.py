"""The schemas of the Reconciliation Service API 0.2: ``make conformance-reconciliation SUITES=…``.

Every answer of a server on the built-in knowledge is checked against the schema of its kind; every
query that the suite calls valid is read, and every one that it calls invalid is refused.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

import partyline
from partyline.errors import BadQuery
from partyline.publishing import Publication
from partyline.publishing.reconciliation import read_batch, read_extension
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

NS = "https://w3id.org/partyline/ns#"
#: Names of the suite for what is read from a parameter, and what reads it.
READERS = {"reconciliation-query-batch": read_batch, "data-extension-query": read_extension}
#: An example with a setting of another service: a setting that the manifest lacks is refused.
FOREIGN = ("data-extension-query", "example-full.json")
TYPES = ("Organisation", "Person", "PoliticalEvent")
NAMES = ("Khieu Samphan", "CPP", "Democratic Party", "ខ្មែរក្រហម", "zzqq", "party")
PROPERTIES = ("pl:date", "skos:prefLabel", "pl:ledBy", "^pl:ledBy", "pl:foundedIn/pl:date")


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> Path:
    return Path(pytestconfig.getoption("--suites")) / "reconciliation" / "0.2"


@pytest.fixture(scope="session")
def schemas(suite: Path) -> Mapping[str, Draft7Validator]:
    """The schemas by name; they refer to each other."""
    found = {
        path.stem: json.loads(path.read_text("utf-8")) for path in suite.glob("schemas/*.json")
    }
    resources = [(row["$id"], DRAFT7.create_resource(row)) for row in found.values()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return {name: Draft7Validator(row, registry=registry) for name, row in found.items()}


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    environ = {"PARTYLINE_RELEASES": str(tmp_path_factory.mktemp("releases"))}
    settings = read_settings(environ=environ)
    release = partyline.build(settings)
    endpoint = settings.knowledge.base + "sparql"
    with QueryPool(release.store, settings.limits, {}, endpoint) as pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client()


def answer(client: FlaskClient, path: str, **query: str) -> Any:  # noqa: ANN401  JSON
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.text
    return json.loads(response.text)


def test_the_manifest(client: FlaskClient, schemas: Mapping[str, Draft7Validator]) -> None:
    schemas["manifest"].validate(answer(client, "/reconcile"))


def test_results(client: FlaskClient, schemas: Mapping[str, Draft7Validator]) -> None:
    batch = {
        f"{name} {kind}": {
            "query": name,
            "type": NS + kind,
            "properties": [{"pid": "pl:foundedIn/pl:date", "v": "1946"}],
        }
        for name in NAMES
        for kind in TYPES
    }
    schemas["reconciliation-query-batch"].validate(batch)
    found = answer(client, "/reconcile", queries=json.dumps(batch))
    schemas["reconciliation-result-batch"].validate(found)
    assert sum(len(row["result"]) for row in found.values()) > 50


@pytest.mark.parametrize("prefix", ["", "kh", "p", "zzqq"])
def test_suggestions(
    client: FlaskClient, schemas: Mapping[str, Draft7Validator], prefix: str
) -> None:
    for kind, schema in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        found = answer(client, f"/reconcile/suggest/{kind}", prefix=prefix)
        schemas[f"suggest-{schema}-response"].validate(found)


def test_proposals_and_extensions(
    client: FlaskClient, schemas: Mapping[str, Draft7Validator]
) -> None:
    for kind in TYPES:
        proposal = answer(client, "/reconcile/properties", type=NS + kind)
        schemas["data-extension-property-proposal"].validate(proposal)
        proposed = [row["id"] for row in proposal["properties"]][:15]
        found = answer(client, "/reconcile/suggest/entity", prefix="khmer")["result"]
        query = {
            "ids": [row["id"] for row in found],
            "properties": [{"id": row} for row in (*proposed, *PROPERTIES)],
        }
        schemas["data-extension-query"].validate(query)
        extended = answer(client, "/reconcile", extend=json.dumps(query))
        schemas["data-extension-response"].validate(extended)


@pytest.mark.parametrize("name", sorted(READERS))
def test_queries_of_the_suite(suite: Path, name: str) -> None:
    valid = sorted((suite / "examples" / name / "valid").glob("*.json"))
    assert valid
    for path in valid:
        if (name, path.name) != FOREIGN:
            assert READERS[name](path.read_text("utf-8"))
    for path in (suite / "examples" / name / "invalid").glob("*.json"):
        with pytest.raises(BadQuery):
            READERS[name](path.read_text("utf-8"))
