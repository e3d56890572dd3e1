"""Followers of the changes: from nothing, through three releases, to the same statements."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import rdflib
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)
from pyshacl_turbo import validate
from werkzeug.test import Client, TestResponse

from partyline.publishing.feeds import atom, change_pages
from partyline.releases import PublicationLog, open_release
from partyline.releases.history.publication_log import LOG
from succession import Succession, ThreeReleases, client_of, write_log
from succession import succession as succession
from succession import three_releases as three_releases
from test_changes import applied

ROOT = "https://music.example.org/"
LDES, TREE = "https://w3id.org/ldes#", "https://w3id.org/tree#"
AS, DCT = "https://www.w3.org/ns/activitystreams#", "http://purl.org/dc/terms/"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"

Get = Callable[..., TestResponse]


def getter(client: Client) -> Get:
    """Return what sends a request to a public address or a path."""

    def get(address: str, **headers: str) -> TestResponse:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return client.get(path, headers=headers, buffered=True)

    return get


def canonical(quads: Dataset) -> Dataset:
    quads.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return quads


def asserted(releases: Path, name: str) -> Dataset:
    """Return what a release asserts, of the ontology too."""
    found = Dataset()
    for number, dump in enumerate(("asserted", "ontology")):
        text = (releases / name / "dumps" / f"{dump}.nt").read_text()
        text = re.sub(r"_:(\w+)", rf"_:d{number}x\1", text)
        for quad in parse(input=text, format=RdfFormat.N_TRIPLES):
            found.add(quad)
    return canonical(found)


@dataclass
class StreamFollower:
    """A client of Linked Data Event Streams that reads pages in any order, and knows what it read.

    It does what section "Synchronization algorithm" of the specification says.
    """

    media_type: str
    immutable: set[str] = field(default_factory=set)
    emitted: set[str] = field(default_factory=set)
    #: The latest version of each resource: its time, its kind, its statements.
    latest: dict[str, tuple[str, str, list[Quad]]] = field(default_factory=dict)

    def follow(self, get: Get) -> None:
        """Read what is new."""
        waiting, seen = [f"{ROOT}changes/stream"], set[str]()
        while waiting:
            address = waiting.pop()
            if address in seen or address in self.immutable:
                continue
            seen.add(address)
            response = get(address, Accept=self.media_type)
            if response.status_code == 410:
                continue
            assert response.status_code == 200, address
            assert response.headers["Content-Type"].startswith(self.media_type)
            syntax = RdfFormat.from_media_type(self.media_type)
            assert syntax
            page = Dataset(parse(input=response.data, format=syntax))
            waiting += self.read(page, address, response)

    def read(self, page: Dataset, address: str, response: TestResponse) -> Iterator[str]:
        node = NamedNode(address)

        for quad in page:
            if quad.predicate.value == f"{TREE}member":
                self.emit(page, str(quad.object.value))
        if any(
            quad.subject == node and quad.predicate.value == f"{LDES}immutable" for quad in page
        ):
            assert "immutable" in response.headers["Cache-Control"]
            self.immutable.add(address)
        for quad in page:
            if quad.predicate.value == f"{TREE}node":
                yield str(quad.object.value)

    def emit(self, page: Dataset, member: str) -> None:
        if member in self.emitted:
            return
        self.emitted.add(member)
        about = {
            quad.predicate.value: quad.object for quad in page if quad.subject == NamedNode(member)
        }
        payload = [quad for quad in page if quad.graph_name == NamedNode(member)]
        of, time = str(about[f"{DCT}isVersionOf"].value), str(about[f"{DCT}created"].value)
        kind = str(about[TYPE.value].value).removeprefix(AS)
        assert kind in ("Create", "Update", "Delete")
        assert bool(payload) == (kind != "Delete")
        if of not in self.latest or self.latest[of][0] < time:
            self.latest[of] = (time, kind, payload)

    def statements(self) -> Dataset:
        """Return what all the latest versions say."""
        found = Dataset()
        for number, (_, _, payload) in enumerate(self.latest.values()):
            # A blank node of one member is not one of another.
            text = "".join(f"{quad.triple} .\n" for quad in payload)
            text = re.sub(r"(?m)(^|\s)_:(\w+)", rf"\1_:m{number}x\2", text)
            for quad in parse(input=text, format=RdfFormat.N_TRIPLES):
                found.add(quad)
        return canonical(found)


@pytest.mark.parametrize(
    ("media_type", "in_page"),
    [("application/trig", 250), ("application/trig", 3), ("application/n-quads", 3)],
)
def test_a_follower_of_the_stream_has_the_statements_of_each_release(
    three_releases: ThreeReleases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    media_type: str,
    in_page: int,
) -> None:
    monkeypatch.setattr(change_pages, "IN_PAGE", in_page)
    folder, names = three_releases.copy(tmp_path), three_releases.names
    log = (folder / "releases" / LOG).read_text().splitlines(keepends=True)
    follower = StreamFollower(media_type)
    for number, name in enumerate(names, 1):
        (folder / "releases" / LOG).write_text("".join(log[:number]))
        current = folder / "releases" / "current"
        current.unlink()
        current.symlink_to(name)
        known = len(follower.immutable)
        with client_of(folder) as client:
            follower.follow(getter(client))
        assert len(follower.immutable) > known
        assert follower.statements() == asserted(folder / "releases", name)
    kinds = Counter(kind for _, kind, _ in follower.latest.values())
    assert kinds["Delete"]
    assert kinds["Update"]


def test_a_resource_that_comes_back_is_followed_too(
    three_releases: ThreeReleases, tmp_path: Path
) -> None:
    """The same release is current again: its versions are new members all the same."""
    folder = three_releases.copy(tmp_path)
    first, second, _ = three_releases.names
    write_log(folder / "releases", [first, second, first])
    current = folder / "releases" / "current"
    current.unlink()
    current.symlink_to(first)
    follower = StreamFollower("application/trig")
    with client_of(folder) as client:
        follower.follow(getter(client))
    assert follower.statements() == asserted(folder / "releases", first)


def test_a_follower_who_was_away_while_releases_were_removed_catches_up(
    three_releases: ThreeReleases, tmp_path: Path
) -> None:
    folder, names = three_releases.copy(tmp_path), three_releases.names
    follower = StreamFollower("application/trig")
    with client_of(folder) as client:
        get = getter(client)
        before = get("/changes/stream/2/1")
        assert before.status_code == 200
    rmtree(folder / "releases" / names[0])
    with client_of(folder) as client:
        get = getter(client)
        assert get("/changes/stream/1/all/1").status_code == 410
        assert get("/changes/stream/2/all/1").status_code == 200
        root = get("/changes/stream", Accept="text/turtle").text
        assert "startingFrom" in root
        assert "2020-01-02T" in root
        follower.follow(get)
        assert follower.statements() == asserted(folder / "releases", names[2])
        feed = get("/changes/atom").text
        assert "What changed is no longer known." in feed


@pytest.fixture(scope="module")
def get(succession: Succession) -> Get:
    return getter(succession.client)


def test_the_root_says_how_to_read_the_stream(get: Get, succession: Succession) -> None:
    graph = rdflib.Graph().parse(data=get("/changes/stream", Accept="text/turtle").text)
    ldes, tree = rdflib.Namespace(LDES), rdflib.Namespace(TREE)
    root = rdflib.URIRef(f"{ROOT}changes/stream")
    (stream,) = graph.subjects(tree.view, root)
    wanted = {
        ldes.timestampPath: f"{DCT}created",
        ldes.versionOfPath: f"{DCT}isVersionOf",
        ldes.versionDeleteObject: f"{AS}Delete",
        tree.shape: f"{ROOT}changes/stream#shape",
    }
    for path, value in wanted.items():
        assert list(graph.objects(stream, path)) == [rdflib.URIRef(value)]
    relations = list(graph.objects(root, tree.relation))
    assert len(relations) == 2 * len(succession.releases)
    for relation in relations:
        assert str(graph.value(relation, tree.value)).startswith("2020-01-0")


def test_members_have_the_shape_that_the_root_declares(get: Get) -> None:
    shapes = rdflib.Graph().parse(data=get("/changes/stream", Accept="text/turtle").text)
    shape = rdflib.URIRef(f"{ROOT}changes/stream#shape")
    page = parse(input=get("/changes/stream/2/1").data, format=RdfFormat.TRIG)
    about = [quad.triple for quad in page if quad.graph_name == DefaultGraph()]
    members = rdflib.Graph().parse(data="".join(f"{row} .\n" for row in about), format="nt")
    targets = list(members.objects(None, rdflib.URIRef(f"{TREE}member")))
    assert targets
    for target in targets:
        shapes.add((shape, rdflib.SH.targetNode, target))
    conforms, _, text = validate(members, shacl_graph=shapes)
    assert conforms, text
    members.remove((targets[0], rdflib.URIRef(f"{DCT}created"), None))
    assert not validate(members, shacl_graph=shapes)[0]


def test_a_member_is_at_the_address_of_its_resource_in_its_release(get: Get) -> None:
    page = Dataset(parse(input=get("/changes/stream/2/1").data, format=RdfFormat.TRIG))
    members = [quad.object for quad in page if quad.predicate.value == f"{TREE}member"]
    for member in [row for row in members if "without-resource" not in str(row)][:3]:
        address = str(member.value).partition("#")[0]
        assert get(address).status_code in (200, 303)


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        ("application/atom+xml", "/changes/atom"),
        ("application/activity+json", "/changes/activities"),
        ("application/trig", "/changes/stream"),
        ("text/turtle", "/changes/stream"),
    ],
)
def test_each_feed_is_negotiated(get: Get, accept: str, path: str) -> None:
    response = get("/changes", Accept=accept)
    assert (response.status_code, response.location) == (303, path)


def test_the_page_of_changes_lists_them(get: Get, succession: Succession) -> None:
    page = get("/changes", Accept="text/html").text
    assert all(name in page for name in succession.releases)
    assert "..".join(succession.releases[:2]) in page
    assert 'type="application/atom+xml" href="/changes/atom"' in page


# Patches


def test_who_applies_the_patches_has_the_quads_of_each_release(
    get: Get, succession: Succession
) -> None:
    store: set[str] = set()
    for older, newer in zip(["", *succession.releases], succession.releases, strict=False):
        response = get(f"/releases/{older}..{newer}", Accept="application/rdf-patch")
        applied(store, response.text)
        dump = succession.settings.releases / newer / "dumps" / "dataset.nq"
        wanted = Dataset(parse(path=str(dump), format=RdfFormat.N_QUADS))
        found = Dataset(parse(input="\n".join(store), format=RdfFormat.N_QUADS))
        assert canonical(found) == canonical(wanted)


# Activity Streams


def activities(get: Get) -> list[dict[str, str]]:
    """Read all pages from the last one backwards, as followers do; return the earliest first."""
    collection = json.loads(get("/changes/activities").text)
    assert collection["type"] == "OrderedCollection"
    found: list[dict[str, str]] = []
    address, after = collection["last"]["id"], None
    while address:
        page = json.loads(get(address).text)
        assert page["type"] == "OrderedCollectionPage"
        assert page["partOf"]["id"] == collection["id"]
        assert page.get("next", {}).get("id") == after
        found = page["orderedItems"] + found
        after, address = address, page.get("prev", {}).get("id")
    assert after == collection["first"]["id"]
    return found


@pytest.mark.parametrize("in_page", [250, 2])
def test_who_follows_the_activities_knows_what_there_is(
    get: Get, succession: Succession, monkeypatch: pytest.MonkeyPatch, in_page: int
) -> None:
    from partyline.publishing.feeds import activity_streams

    for module in (change_pages, activity_streams):
        monkeypatch.setattr(module, "IN_PAGE", in_page)
    with client_of(succession.folder) as client:
        items = activities(getter(client))
    assert len({item["id"] for item in items}) == len(items)
    assert [item["endTime"] for item in items] == sorted(item["endTime"] for item in items)
    present: set[str] = set()
    for item in items:
        iri = item["object"]["id"]  # type: ignore[index]
        assert (item["type"] == "Create") == (iri not in present)
        (present.discard if item["type"] == "Delete" else present.add)(iri)
    release = open_release(succession.settings.releases / succession.releases[-1])
    graphs = ("ontology", "accepted", "withheld")
    subjects = {row.subject for row in release.table.match(graphs=graphs)}
    named = {row.value for row in subjects if isinstance(row, NamedNode)}
    assert present == named or present == named | {f"{ROOT}dataset#without-resource"}


def test_a_change_can_be_read_at_its_object(get: Get) -> None:
    for item in activities(get)[-3:]:
        iri = item["object"]["id"]  # type: ignore[index]
        if iri.endswith("#without-resource"):
            continue
        status = get(f"/resource.ttl?iri={iri.replace('#', '%23')}").status_code
        assert status in ((410, 404) if item["type"] == "Delete" else (200, 301))


# Atom


def entries(document: ElementTree.Element) -> list[str]:
    return [str(row.findtext(f"{ATOM}id")) for row in document.findall(f"{ATOM}entry")]


def link(document: ElementTree.Element, relation: str) -> str:
    links = {row.get("rel"): str(row.get("href")) for row in document.findall(f"{ATOM}link")}
    return links.get(relation, "")


def test_the_feed_has_what_an_atom_feed_needs(get: Get, succession: Succession) -> None:
    response = get("/changes/atom")
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.data)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "The tests"
    assert link(feed, "self") == f"{ROOT}changes/atom"
    assert entries(feed) == [f"{ROOT}changes#{number}" for number in (3, 2, 1)]
    second = feed.findall(f"{ATOM}entry")[1]
    assert second.findtext(f"{ATOM}updated") == "2020-01-02T12:00:00.005Z"
    summary = str(second.findtext(f"{ATOM}summary"))
    assert "1 resource created" in summary or "resources created" in summary
    assert "accepted: " in summary
    text = "".join(second.itertext())
    assert "created: New" in text  # it is gone by now, and so is its name
    assert "updated: Blechverein Nummer 2" in text
    assert link(second, "related").endswith("..".join(succession.releases[:2]) + ".rdfp")


def test_the_archive_has_every_entry_and_its_documents_never_change(
    ensembles_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 5005, section 4: who reads from the feed backwards misses nothing."""
    monkeypatch.setattr(atom, "IN_ARCHIVE", 2)
    folder = copytree(ensembles_release, tmp_path / "e", symlinks=True)
    first = PublicationLog.read(folder / "releases").rows[0].release
    rows = [{"release": first, "published": f"2020-01-0{day}T00:00:00Z"} for day in range(1, 6)]
    archived: dict[str, list[str]] = {}
    for number in (4, 5):
        text = "".join(json.dumps(row) + "\n" for row in rows[:number])
        (folder / "releases" / LOG).write_text(text)
        with client_of(folder) as client:
            get = getter(client)
            document = ElementTree.fromstring(get("/changes/atom").data)
            found = entries(document)
            while address := link(document, "prev-archive"):
                content = get(address).data
                document = ElementTree.fromstring(content)
                assert document.find(f"{HISTORY}archive") is not None
                assert link(document, "current") == f"{ROOT}changes/atom"
                found += [row for row in entries(document) if row not in found]
                archived.setdefault(address, entries(document))
                assert archived[address] == entries(document)
            assert found == [f"{ROOT}changes#{row}" for row in range(number, 0, -1)]
            assert get("/changes/atom/3").status_code == 404


def test_text_from_the_data_stays_text_in_the_feed(ensembles_release: Path, tmp_path: Path) -> None:
    folder = copytree(ensembles_release, tmp_path / "e", symlinks=True)
    settings = folder / "partyline.toml"
    text = settings.read_text().replace('"The tests"', '"<b>\\u202e & co"')
    settings.write_text(text)
    with client_of(folder) as client:
        feed = ElementTree.fromstring(getter(client)("changes/atom").data)
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "<b>\\u202E & co"


def test_literals_keep_their_spelling(get: Get) -> None:
    quads = list(parse(input=get("/changes/stream/1/all/1").data, format=RdfFormat.TRIG))
    values = {quad.object.value for quad in quads if isinstance(quad.object, Literal)}
    assert "07" in values
