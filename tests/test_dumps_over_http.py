"""Dumps as the server sends them, compared with the manifest of the release."""

import hashlib

import pytest
from flask.testing import FlaskClient

from partyline.releases import Release
from web_pages import HTML, fetch


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
