"""The tables of the classes say what the dumps say, and are described for programs."""

import csv
import hashlib
import io
import json
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from flask.testing import FlaskClient
from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from partyline.releases import Release, build
from partyline.settings import read_settings
from partyline.vocabulary import RDF

Rows = list[dict[str, str]]
ODD = """
@prefix a: <urn:a:> . @prefix b: <urn:b:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
a:1 a a:Ship, b:ship ; rdfs:label "one, \\"1\\"\\nand" ; a:of "x|y", "z;" ; b:of "other" ;
    a:of-what a:2, "text", "Text"@de-AT ; a:built 1900, 1901 ; a:weight 1.50 ;
    a:sunk "1912-04-15"^^xsd:date .
a:2 a a:Ship ; rdfs:label "two" ; a:weight 7 ; a:sunk "1912-04-16"^^xsd:date ;
    a:part [ a:name "keel" ] .
"""


def read(content: str) -> Rows:
    return list(csv.DictReader(io.StringIO(content, newline="")))


def tables(folder: Path) -> dict[str, Rows]:
    return {file.stem: read(file.read_bytes().decode()) for file in folder.glob("*.csv")}


def described(folder: Path, name: str) -> Any:  # noqa: ANN401  # what JSON holds
    return json.loads((folder / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("odd")
    (folder / "kb").mkdir()
    (folder / "kb" / "ships.ttl").write_text(ODD, encoding="utf-8")
    (folder / "partyline.toml").write_text(
        '[knowledge]\ntitle = "Ships"\nbase = "https://e.example/"\n[dumps]\nparquet = true\n'
    )
    return build(read_settings(folder / "partyline.toml", {})).release


def test_each_table_has_what_its_description_turns_into_rdf(release: Release) -> None:
    """The triples that CSV on the Web makes of the tables are those of the dump."""
    folder = release.dumps / "tables"
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    own = "https://w3id.org/partyline/ns"
    asserted, members = set(), defaultdict(set)
    for quad in parse(path=str(release.dumps / "dataset.nq"), format=RdfFormat.N_QUADS):
        graph = str(quad.graph_name)[:-1].rpartition("/")[2]
        if graph not in ("accepted", "inferred") or isinstance(quad.object, BlankNode):
            continue
        subject, predicate = quad.subject.value, quad.predicate.value
        values[subject, predicate].add(quad.object.value)
        if graph == "accepted":
            asserted.add((subject, predicate))
        if quad.predicate == RDF.type and isinstance(quad.subject, NamedNode):
            members[quad.object.value].add(subject)
    checked = 0
    for table in described(folder, "csv-metadata.json")["tables"]:
        rows = read((folder / table["url"]).read_text(encoding="utf-8"))
        *columns, membership = table["tableSchema"]["columns"]
        assert {row["id"] for row in rows} == members[membership["valueUrl"]]
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for column in columns:
            for row in rows:
                cell = row[column["name"]]
                if cell and not column.get("suppressOutput"):
                    parts = cell.split(column["separator"]) if "separator" in column else [cell]
                    found[row["id"], column["propertyUrl"]].update(parts)
        assert all(found[key] == values[key] for key in found)
        ids = {row["id"] for row in rows}
        properties = {key[1] for key in asserted if key[0] in ids} - {RDF.type.value}
        properties |= {key[1] for key in values if key[0] in ids and key[1].startswith(own)}
        assert set(found) >= {
            (one, name) for one, name in values if one in ids and name in properties
        }
        checked += len(found)
    assert checked > 10_000


def test_the_data_package_describes_each_file(release: Release) -> None:
    folder = release.dumps / "tables"
    package = described(folder, "datapackage.json")
    assert {row["path"] for row in package["resources"]} == {f.name for f in folder.glob("*.csv")}
    names = [row["name"] for row in package["resources"]]
    assert len(set(names)) == len(names)
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        head = next(csv.reader(io.StringIO(content.decode(), newline="")))
        assert [field["name"] for field in resource["schema"]["fields"]] == head


def test_the_archive_has_every_table_and_both_descriptions(release: Release) -> None:
    with zipfile.ZipFile(release.dumps / "tables.zip") as archive:
        assert archive.testzip() is None
        for entry in archive.infolist():
            assert archive.read(entry) == (release.dumps / "tables" / entry.filename).read_bytes()
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        names = set(archive.namelist())
    assert names == {file.name for file in (release.dumps / "tables").iterdir()}


def test_columns_have_names_of_their_own_and_cells_every_value(odd: Release) -> None:
    found = tables(odd.dumps / "tables")
    assert set(found) == {"Ship", "b_ship"}
    one, two = found["Ship"]
    assert one["label"] == 'one, "1"\nand'
    assert set(one["of"].split("¦")) == {"x|y", "z;"}
    assert (one["b_of"], one["of_what"], one["of_what_value"]) == ("other", "urn:a:2", "text")
    assert (one["of_what_de_at"], one["of_what_label"]) == ("Text", "two")
    assert (one["built"], one["weight"], two["weight"]) == ("1900|1901", "1.50", "7")
    assert (two["part_name"], one["part_name"]) == ("keel", "")


def test_types_are_those_that_all_values_have(odd: Release) -> None:
    folder = odd.dumps / "tables"
    ship = next(
        r for r in described(folder, "datapackage.json")["resources"] if r["name"] == "ship"
    )
    types = {field["name"]: field["type"] for field in ship["schema"]["fields"]}
    # A weight is a decimal number or a whole one, so it is a text.
    assert (types["sunk"], types["weight"], types["built"]) == ("date", "string", "string")
    table = next(
        row for row in described(folder, "csv-metadata.json")["tables"] if row["url"] == "Ship.csv"
    )
    columns = {row["name"]: row for row in table["tableSchema"]["columns"]}
    assert columns["sunk"]["datatype"] == "date"
    assert (columns["built"]["datatype"], columns["built"]["separator"]) == ("integer", "|")
    assert columns["of_what_de_at"]["lang"] == "de-at"
    assert columns["of_what"]["valueUrl"] == "{+of_what}"


def test_parquet_has_the_rows_of_csv_with_types_and_lists(odd: Release) -> None:
    folder = odd.dumps / "tables"
    table = pyarrow.parquet.read_table(folder / "Ship.parquet")
    one, two = table.to_pylist()
    assert [one["id"], two["id"]] == ["urn:a:1", "urn:a:2"]
    assert (one["built"], two["built"]) == ([1900, 1901], None)
    assert one["sunk"].isoformat() == "1912-04-15"
    assert set(one["of"]) == {"x|y", "z;"}
    assert one["label"] == 'one, "1"\nand'
    assert (one["part_name"], two["part_name"]) == (None, "keel")


def test_two_builds_write_the_same_tables(odd: Release, tmp_path: Path) -> None:
    settings = read_settings(
        odd.path.parents[1] / "partyline.toml", {"PARTYLINE_RELEASES": str(tmp_path)}
    )
    again = build(settings).release
    assert again.manifest.checksums == odd.manifest.checksums


def test_tables_are_served_and_listed(client: FlaskClient, release: Release) -> None:
    listed = client.get("/dumps/", headers={"Accept": "application/json"}).get_json()["tables"]
    page = client.get("/dumps/", headers={"Accept": "text/html"}).text
    sums = client.get("/dumps/SHA256SUMS").text
    assert [row["name"] for row in listed] == [row.name for row in release.manifest.tables]
    for row in listed:
        assert f"{row['sha256']}  {row['name']}\n" in sums
        assert f'href="{row["path"]}"' in page
    for name in ("tables/Person.csv", "tables/datapackage.json", "tables.zip"):
        with client.get(f"/dumps/{name}") as response:
            assert response.data == (release.dumps / name).read_bytes()


def test_a_release_above_the_limit_has_no_tables(ensembles: Path) -> None:
    settings = read_settings(ensembles / "partyline.toml", {"PARTYLINE_DUMPS_TABLES_UP_TO": "0"})
    release = build(settings).release
    assert release.manifest.tables == ()
    assert not (release.dumps / "tables").exists()
