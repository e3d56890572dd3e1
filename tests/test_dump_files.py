"""Which dumps there are, their compressed copies, and how they are sent."""

import gzip
import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from partyline import zstandard
from partyline.releases import Release, build
from partyline.releases.dumps.output import write_file
from partyline.settings import read_settings

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": zstandard.decompress,
}
JSON = {"Accept": "application/json"}


def canonical(content: bytes, syntax: RdfFormat) -> Dataset:
    """Return what *content* states, with the names of blank nodes that it always has."""
    found = Dataset(parse(content, format=syntax))
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return found


def test_every_dump_has_copies_that_unpack_to_it(release: Release) -> None:
    for row in release.manifest.files:
        content = (release.dumps / row.name).read_bytes()
        assert {copy.coding for copy in row.compressed} == set(DECODERS)
        for copy in row.compressed:
            packed = (release.dumps / copy.name).read_bytes()
            assert DECODERS[copy.coding](packed) == content
            assert (copy.size, copy.sha256) == (len(packed), hashlib.sha256(packed).hexdigest())


def test_a_copy_of_gzip_names_no_time(release: Release) -> None:
    assert (release.dumps / "asserted.nt.gz").read_bytes()[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip", "gzip"), ("gzip, zstd", "zstd"), ("br", ""), ("", ""), ("gzip;q=0, *", "zstd")],
)
def test_a_dump_is_sent_in_the_coding_that_the_client_accepts(
    client: FlaskClient, release: Release, accepted: str, coding: str
) -> None:
    with client.get("/dumps/links.ttl", headers={"Accept-Encoding": accepted}) as response:
        content = DECODERS[coding](response.data) if coding else response.data
        assert response.headers.get("Content-Encoding", "") == coding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.mimetype == "text/turtle"
        digest = response.headers["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")
        assert b64decode(digest) == hashlib.sha256(response.data).digest()
        tag = response.headers["ETag"]
    assert content == (release.dumps / "links.ttl").read_bytes()
    again = {"Accept-Encoding": accepted, "If-None-Match": tag}
    with client.get("/dumps/links.ttl", headers=again) as response:
        assert response.status_code == 304


def test_each_coding_has_an_entity_tag_of_its_own(client: FlaskClient) -> None:
    tags = set()
    for coding in ("", *DECODERS):
        with client.get("/dumps/links.ttl", headers={"Accept-Encoding": coding}) as response:
            tags.add(response.headers["ETag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("links.nt.gz", "application/gzip"), ("links.nt.zst", "application/zstd")],
)
def test_a_copy_is_a_file_of_its_own(
    client: FlaskClient, release: Release, name: str, media_type: str
) -> None:
    asked = {"Accept-Encoding": "gzip, zstd", "Range": "bytes=10-"}
    with client.get(f"/dumps/{name}", headers=asked) as response:
        assert (response.status_code, response.mimetype) == (206, media_type)
        assert "Content-Encoding" not in response.headers
        assert response.data == (release.dumps / name).read_bytes()[10:]


def test_a_range_is_one_of_the_bytes_that_are_sent(client: FlaskClient, release: Release) -> None:
    asked = {"Accept-Encoding": "gzip", "Range": "bytes=4-19"}
    with client.get("/dumps/asserted.nt", headers=asked) as response:
        assert response.status_code == 206
        assert response.data == (release.dumps / "asserted.nt.gz").read_bytes()[4:20]


def test_a_file_above_the_limit_has_no_copies(tmp_path: Path) -> None:
    parts = [b"a" * 100] * 3
    assert write_file(tmp_path / "small", parts, ["gzip"], 300).compressed
    assert write_file(tmp_path / "large", parts, ["gzip"], 299).compressed == ()
    assert {path.name for path in tmp_path.iterdir()} == {"small", "small.gz", "large"}


def test_settings_say_which_dumps_there_are(ensembles: Path) -> None:
    settings = read_settings(
        ensembles / "partyline.toml",
        {"PARTYLINE_DUMPS_ALL_FORMATS_UP_TO": "3", "PARTYLINE_DUMPS_CODINGS": "gzip"},
    )
    manifest = build(settings).release.manifest
    endings = {row.name.partition(".")[2] for row in manifest.files}
    assert endings == {"ttl", "nt", "trig", "nq"}
    assert {row.name.partition(".")[2] for row in manifest.omitted} == {"jsonld", "rdf"}
    for row in manifest.omitted:
        assert "dumps.all_formats_up_to" in row.reason
    assert {copy.coding for row in manifest.files for copy in row.compressed} == {"gzip"}
    other = replace(settings, dumps=replace(settings.dumps, codings=()))
    assert not any(row.compressed for row in build(other).release.manifest.files)


def test_the_dump_of_sources_has_the_graph_of_each(release: Release) -> None:
    found: dict[str, int] = {}
    for quad in parse(path=str(release.dumps / "sources.nq"), format=RdfFormat.N_QUADS):
        name = quad.graph_name.value.removeprefix(f"{release.manifest.base}graph/")
        found[name] = found.get(name, 0) + 1
    views = release.manifest.views.items()
    assert found == {name: size for name, size in views if name.startswith("source/")}


def test_the_graph_of_a_source_is_a_file_in_each_format(
    client: FlaskClient, release: Release
) -> None:
    name = next(row for row in release.manifest.views if row.startswith("source/"))
    iri = f"{release.manifest.base}graph/{name}"
    by_name = client.get(f"/dumps/graph/{name}.nt")
    assert by_name.mimetype == "application/n-triples"
    assert len(by_name.text.splitlines()) == release.manifest.views[name]
    quads = (release.dumps / "sources.nq").read_text("utf-8").splitlines()
    lines = {row.removesuffix(f"<{iri}> .") + "." for row in quads if row.endswith(f"<{iri}> .")}
    assert lines == set(by_name.text.splitlines())
    assert client.get(f"/dumps/graph.nt?iri={iri}").data == by_name.data
    turtle = client.get(f"/dumps/graph/{name}.ttl")
    assert canonical(turtle.data, RdfFormat.TURTLE) == canonical(by_name.data, RdfFormat.N_TRIPLES)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/dumps/graph/source/no-such.ttl", 404),
        ("/dumps/graph.ttl?iri=urn:no-such", 404),
        ("/dumps/graph/links.xyz", 404),
        ("/dumps/graph.ttl", 400),
        ("/dumps/../manifest.json", 404),
    ],
)
def test_a_graph_that_does_not_exist_is_refused(
    client: FlaskClient, path: str, status: int
) -> None:
    assert client.get(path).status_code == status


def test_the_list_of_dumps_has_the_copies(client: FlaskClient, release: Release) -> None:
    listed = json.loads(client.get("/dumps/", headers=JSON).text)["files"]
    page = client.get("/dumps/", headers={"Accept": "text/html"}).text
    sums = client.get("/dumps/SHA256SUMS").text
    for row, file in zip(listed, release.manifest.files, strict=True):
        assert [copy["sha256"] for copy in row["compressed"]] == [
            copy.sha256 for copy in file.compressed
        ]
        for copy in file.compressed:
            assert f'href="/dumps/{copy.name}"' in page
            assert f"{copy.sha256}  {copy.name}\n" in sums
