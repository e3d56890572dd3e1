"""Earlier states of resources, dumps, queries and lists (RFC 7089), over three releases."""

import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from shutil import rmtree
from urllib.parse import quote

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from ensembles_server import Server
from partyline.errors import ReleaseBusy
from partyline.releases import PublishedRelease, build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import OpenedReleases, ServedRelease
from succession import TIMES, Succession, ThreeReleases, client_of
from succession import succession as succession
from succession import three_releases as three_releases

NEW = "/doc/ensemble/new.ttl"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
UNION = "/doc/ensemble/brass-union.ttl"
HOUR = timedelta(hours=1)


def http_date(time: datetime) -> str:
    return format_datetime(time, usegmt=True)


def links(response: TestResponse) -> dict[str, str]:
    """Return the target of each relation of the Link field."""
    found = {}
    for target, rest in re.findall(r"<([^>]*)>((?:; [^,]*)*)", response.headers.get("Link", "")):
        relation = re.search(r'rel="([^"]*)"', rest)
        for name in (relation[1] if relation else "").split():
            found[name] = target
    return found


def test_a_date_leads_to_the_state_of_that_date(succession: Succession) -> None:
    days = {-1: 0, 0: 0, 1: 0, 24: 1, 47: 1, 48: 2, 9999: 2}
    for hours, number in days.items():
        date = http_date(TIMES[0] + hours * HOUR)
        response = succession.get(UNION, Accept_Datetime=date)
        assert response.status_code == 302
        release = succession.releases[number]
        assert response.location == f"/releases/{release}{UNION}"
        assert "Accept-Datetime" in response.headers["Vary"]
        assert links(response)["original"] == UNION
        memento = succession.get(response.location)
        assert memento.status_code == 200
        assert memento.headers["Memento-Datetime"] == http_date(TIMES[number])
        assert ("Nummer" in memento.text) == bool(number)
        assert f"Nummer {number}" in memento.text or not number


def test_the_original_says_how_its_past_is_found(succession: Succession) -> None:
    response = succession.get(UNION)
    assert "Memento-Datetime" not in response.headers
    assert "Accept-Datetime" in response.headers["Vary"]
    found = links(response)
    assert found["original"] == found["timegate"] == UNION
    assert found["timemap"] == f"/releases/timemap/link{UNION}"
    assert found["describes"]  # what was there before is there still
    # It was made once, and says the same again.
    assert succession.get(UNION).headers["Link"] == response.headers["Link"]


def test_an_earlier_version_of_an_ontology_is_in_the_last_release_that_had_it(
    three_releases: ThreeReleases, tmp_path: Path
) -> None:
    folder = three_releases.copy(tmp_path)
    terms = folder / "ontology" / "terms.ttl"
    terms.write_text(terms.read_text("utf-8").replace("terms/1.0.0", "terms/1.1.0"), "utf-8")
    settings = read_settings(folder / "partyline.toml")
    build(replace(settings, history=replace(settings.history, lost_iris="withdraw")))
    with client_of(folder) as client:
        for ending in ("", ".ttl"):
            answer = client.get(f"/terms/1.0.0{ending}")
            assert answer.status_code == 302
            assert answer.location == f"/releases/{three_releases.names[-1]}/terms/1.0.0{ending}"
        turtle = client.get(answer.location).text
        assert "terms/1.0.0>" in turtle
        assert "1.1.0" not in turtle
        page = client.get("/terms", headers={"Accept": "text/html"}).text
        assert 'href="/terms/1.0.0"' in page
        assert "1.1.0" in client.get("/terms/1.1.0.ttl").text
        assert client.get("/terms/0.9.0").status_code == 404


def test_the_dataset_names_its_versions_each_of_which_is_described(succession: Succession) -> None:
    graph = rdflib.Graph().parse(data=succession.get("/dataset.ttl").data, format="turtle")
    base = "https://music.example.org/"
    dataset = rdflib.URIRef(f"{base}dataset")
    versions = [rdflib.URIRef(f"{base}releases/{row}/dataset") for row in succession.releases]
    assert set(graph.objects(dataset, DCAT.hasVersion)) == set(versions)
    assert graph.value(dataset, DCAT.hasCurrentVersion) == versions[-1]
    before = dict(graph.subject_objects(DCAT.previousVersion))
    assert before == {versions[1]: versions[0], versions[2]: versions[1]}
    for version, name in zip(versions, succession.releases, strict=True):
        assert graph.value(version, DCAT.isVersionOf) == dataset
        assert str(graph.value(version, DCAT.version)) == name
        path = version.removeprefix(base)
        found = succession.get(f"/{path}", Accept="text/turtle")
        assert (found.status_code, found.mimetype) == (200, "text/turtle")
        described = rdflib.Graph().parse(data=found.data, format="turtle")
        assert str(described.value(dataset, DCAT.version)) == name
        # What a release said stays as it was, whatever comes after it.
        is_last = version == versions[-1]
        assert is_last or not list(described.objects(dataset, DCAT.hasVersion))


def test_a_date_is_not_answered_from_what_is_kept(succession: Succession) -> None:
    query = f"/sparql?query={quote('ASK {}')}"
    for path in (UNION, query):
        assert [succession.get(path).status_code for _ in range(3)] == [200] * 3
        assert succession.get(path, Accept_Datetime=http_date(TIMES[0])).status_code == 302


def test_a_memento_never_changes_and_links_within_its_release(succession: Succession) -> None:
    first = succession.releases[0]
    response = succession.get(f"/releases/{first}{UNION}")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert links(response)["original"] == links(response)["timegate"] == UNION
    assert "Accept-Datetime" not in response.headers["Vary"] if "Vary" in response.headers else True
    page = succession.get(f"/releases/{first}/doc/ensemble/brass-union.html")
    assert "immutable" not in page.headers["Cache-Control"]
    assert f'href="/releases/{first}/doc/ensemble/' in page.text
    current = r'<a href="/doc/ensemble/brass-union\.html">(<span[^>]*>)?The same in the current'
    assert re.search(current, page.text)
    outside = set(re.findall(r'href="(/[^"]*)"', page.text))
    assert {row for row in outside if not row.startswith(f"/releases/{first}/")} == {
        "/doc/ensemble/brass-union.html"
    }


def test_a_resource_redirects_to_its_document_in_the_same_release(succession: Succession) -> None:
    first = succession.releases[0]
    response = succession.get(f"/releases/{first}/id/ensemble/red-brass", Accept="text/turtle")
    assert response.status_code == 303
    assert response.location == f"/releases/{first}/doc/ensemble/red-brass.ttl"
    assert response.headers["Memento-Datetime"] == http_date(TIMES[0])


def test_a_query_is_answered_as_it_was(succession: Succession) -> None:
    ask = quote("ASK { <https://music.example.org/id/ensemble/new> ?p ?o }")
    answers = []
    for release in succession.releases:
        response = succession.get(f"/releases/{release}/sparql?query={ask}")
        assert response.headers["Memento-Datetime"]
        answers.append(json.loads(response.text)["boolean"])
    assert answers == [False, True, False]
    endpoint = f"https://music.example.org/releases/{succession.releases[0]}/sparql"
    about = succession.get(f"/releases/{succession.releases[0]}/sparql", Accept="text/turtle")
    assert endpoint in about.text


def test_a_dump_and_the_description_are_as_they_were(succession: Succession) -> None:
    sizes = []
    for release in succession.releases:
        dump = succession.get(f"/releases/{release}/dumps/asserted.nt")
        sizes.append(len(list(parse(input=dump.data, format=RdfFormat.N_TRIPLES))))
        folder = succession.settings.releases / release / "dumps"
        assert dump.data == (folder / "asserted.nt").read_bytes()
        assert "immutable" in dump.headers["Cache-Control"]
        assert release in succession.get(f"/releases/{release}/dataset.ttl").text
    assert sizes[0] < sizes[1] > sizes[2]


def test_what_did_not_exist_then_is_not_found(succession: Succession) -> None:
    first, second, third = succession.releases
    assert succession.get(f"/releases/{first}{NEW}").status_code == 404
    assert "Memento-Datetime" not in succession.get(f"/releases/{first}{NEW}").headers
    assert succession.get(f"/releases/{second}{NEW}").status_code == 200
    for path in (f"/releases/{third}{NEW}", NEW, "/id/ensemble/new"):
        assert succession.get(path).status_code == 410


def test_a_timemap_lists_every_state(succession: Succession) -> None:
    response = succession.get(f"/releases/timemap/link{UNION}")
    assert response.headers["Content-Type"].startswith("application/link-format")
    lines = response.text.rstrip("\n").split(",\n")
    assert lines[0] == f'<{UNION}>; rel="original timegate"'
    assert f'from="{http_date(TIMES[0])}"; until="{http_date(TIMES[2])}"' in lines[1]
    for number, (line, release) in enumerate(zip(lines[2:], succession.releases, strict=True)):
        ends = ("first memento", "memento", "last memento")
        assert line == (
            f'</releases/{release}{UNION}>; rel="{ends[number]}"; '
            f'datetime="{http_date(TIMES[number])}"'
        )
    table = succession.get(f"/releases/timemap/json{UNION}?a=b").json
    assert table is not None
    assert [row["uri"] for row in table["mementos"]["list"]] == [
        f"/releases/{release}{UNION}?a=b" for release in succession.releases
    ]
    assert succession.get(f"/releases/timemap/html{UNION}").status_code == 404


@pytest.mark.parametrize(
    ("target", "numbers"),
    [
        (NEW, [1]),
        ("/id/ensemble/new", [1]),
        ("/resource?iri=https://music.example.org/id/ensemble/new", [1]),
        ("/id/ensemble/old", [2]),
        ("/id/ensemble/red-brass", [0, 1, 2]),
        ("/terms", [0, 1, 2]),
        ("/", [0, 1, 2]),
        ("/dumps/asserted.nt", [0, 1, 2]),
        ("/id/ensemble/never", []),
    ],
)
def test_a_timemap_lists_the_releases_that_had_something(
    succession: Succession, target: str, numbers: list[int]
) -> None:
    response = succession.get(f"/releases/timemap/link{target}")
    found = re.findall(r"/releases/([0-9a-f]{12})/", response.text)
    assert found == [succession.releases[number] for number in numbers]
    assert response.status_code == (200 if numbers else 404)


@pytest.mark.parametrize("text", ["yesterday", "2020-01-01T00:00:00Z", "Wed, 99 Jan 2020"])
def test_a_date_that_is_not_one_of_http_is_refused(succession: Succession, text: str) -> None:
    response = succession.get(UNION, Accept_Datetime=text)
    assert response.status_code == 400
    assert "HTTP date" in response.text


@pytest.mark.parametrize("path", ["/health", "/static/style.css", "/releases/"])
def test_what_has_no_past_says_nothing_of_it(succession: Succession, path: str) -> None:
    response = succession.get(path, Accept_Datetime=http_date(TIMES[0]))
    assert response.status_code in (200, 404)
    assert "timegate" not in links(response)


def test_the_prefix_of_a_public_address_stays_before_all(succession: Succession) -> None:
    first = succession.releases[0]
    with client_of(
        succession.folder, PARTYLINE_SERVER_ADDRESS="https://example.org/data"
    ) as client:
        date = http_date(TIMES[0])
        gate = client.get(f"/data{UNION}", headers={"Accept-Datetime": date}, buffered=True)
        assert gate.location == f"/data/releases/{first}{UNION}"
        assert links(gate)["timemap"] == f"/data/releases/timemap/link{UNION}"
        for path in (gate.location, gate.location.removeprefix("/data")):
            memento = client.get(path, buffered=True)
            assert memento.status_code == 200
            assert links(memento)["original"] == f"/data{UNION}"
        page = client.get(
            f"/data/releases/{first}/doc/ensemble/brass-union.html", buffered=True
        ).text
        current = r'<a href="/data/doc/ensemble/brass-union\.html">(<span[^>]*>)?The same'
        assert re.search(current, page)
        assert f'href="/data/releases/{first}/search"' in page


def test_a_real_server_does_the_same_on_every_path_of_a_query(visited: Server) -> None:
    """Of those that the event loop answers itself, too."""
    query = f"/sparql?query={quote('ASK {}')}"
    for _ in range(3):
        assert visited.get(query, Accept="application/sparql-results+json")[0] == 200
    date = http_date(datetime.now(UTC))
    status, _, headers = visited.get(
        query, **{"Accept": "application/sparql-results+json", "Accept-Datetime": date}
    )
    current = (visited.folder / "releases" / "current").readlink().name
    assert (status, headers["Location"]) == (302, f"/releases/{current}{query}")
    status, content, headers = visited.get(headers["Location"])
    assert (status, json.loads(content)["boolean"]) == (200, True)
    assert headers["Memento-Datetime"]


# The list of releases


def test_the_releases_are_listed_with_what_identifies_them(succession: Succession) -> None:
    table = succession.get("/releases/", Accept="application/json").json
    assert table is not None
    rows = table["releases"]
    assert [row["identifier"] for row in rows] == succession.releases[::-1]
    assert [row["is_current"] for row in rows] == [True, False, False]
    assert rows[0]["changes"] == "/releases/" + "..".join(succession.releases[1:])
    assert rows[2]["changes"] is None
    assert len({row["digest"] for row in rows}) == 3
    page = succession.get("/releases/", Accept="text/html").text
    for release in succession.releases:
        assert release in page
        one = succession.get(f"/releases/{release}", Accept="text/html")
        assert "Site" in one.text
        assert succession.get(f"/releases/{release}/", Accept="text/html").status_code == 200
    assert succession.get("/releases/000000000000").status_code == 404
    assert succession.get("/releases/000000000000/dataset").status_code == 404


def test_the_list_is_not_in_an_earlier_release(succession: Succession) -> None:
    first = succession.releases[0]
    for path in ("/releases/", f"/releases/{first}", "/changes"):
        assert succession.get(f"/releases/{first}{path}").location == path


def test_two_releases_are_compared_for_people_and_programs(succession: Succession) -> None:
    path = "/releases/" + "..".join(succession.releases[:2])
    page = succession.get(path, Accept="text/html")
    assert "<ins>" in page.text
    assert "<del>" in page.text
    assert "Nummer 1" in page.text
    table = succession.get(path, Accept="application/json").json
    assert table is not None
    assert table["graphs"]["accepted"]["removed"] == 1
    assert succession.get(f"{path}.json").json == table
    patch = succession.get(path, Accept="application/rdf-patch")
    assert patch.headers["Content-Type"].startswith("application/rdf-patch")
    assert patch.text == succession.get(f"{path}.rdfp").text
    assert patch.text.startswith("H id <https://music.example.org/releases/")
    assert succession.get("/releases/000000000000.." + succession.releases[0]).status_code == 404


# What is open


def test_only_some_releases_are_open_and_each_closes_after_its_last_reader(
    succession: Succession,
) -> None:
    closed: list[str] = []

    class Pool:
        def __init__(self, name: str) -> None:
            self.name = name

        def close(self) -> None:
            closed.append(self.name)

    def open_one(row: PublishedRelease) -> ServedRelease:
        pool: QueryPool = Pool(row.release)  # type: ignore[assignment]  # what closes is enough
        return ServedRelease(row.release, lambda environ, start: [], pool)

    rows = [PublishedRelease(name, "2020-01-01T00:00:00Z") for name in "abcd"]
    opened = OpenedReleases(open_one, 1)
    first = opened.enter(rows[0])
    assert opened.enter(rows[0]) is first
    second = opened.enter(rows[1])
    assert closed == []  # it is still read
    with pytest.raises(ReleaseBusy):
        opened.enter(rows[2])
    first.leave()
    first.leave()
    assert closed == ["a"]
    opened.enter(rows[2])
    second.leave()
    opened.close()
    assert closed == ["a", "b"]


def test_many_readers_of_all_releases_are_answered(succession: Succession) -> None:
    statuses: list[int] = []

    def read(number: int) -> None:
        for step in range(4):
            release = succession.releases[(number + step) % 3]
            response = succession.get(f"/releases/{release}{UNION}?n={number}{step}")
            statuses.append(response.status_code)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 24
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) > 12


def test_a_release_that_is_not_kept_or_not_readable_says_so(
    three_releases: ThreeReleases, tmp_path: Path
) -> None:
    folder = three_releases.copy(tmp_path)
    first, second, _ = three_releases.names
    rmtree(folder / "releases" / first)
    (folder / "releases" / second / "statements.table").write_bytes(b"")
    with client_of(folder) as client:
        gone = client.get(f"/releases/{first}{UNION}", buffered=True)
        assert gone.status_code == 410
        assert "2020-01-01, is no longer kept" in gone.text
        broken = client.get(f"/releases/{second}{UNION}", buffered=True)
        assert broken.status_code == 500
        assert "cannot be read" in broken.text
        assert client.get(UNION, buffered=True).status_code == 200
        listed = client.get(
            "/releases/", headers={"Accept": "application/json"}, buffered=True
        ).json
        assert listed is not None
        assert [row["is_kept"] for row in listed["releases"]] == [True, True, False]
        date = {"Accept-Datetime": http_date(TIMES[0])}
        assert (
            client.get(UNION, headers=date, buffered=True).location == f"/releases/{second}{UNION}"
        )
