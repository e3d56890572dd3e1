"""A release is loaded into an endpoint: whole, in bounded requests, whatever gets lost."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad

from command_line import partyline
from ensembles_server import releases_of
from partyline.cli.options.remote import endpoint_of
from partyline.errors import EndpointRefused, EngineError, SettingsError
from partyline.loading import Load, Loaded, PatientEndpoint
from partyline.releases import Release, current_release, open_release
from partyline.settings import Remote, read_settings
from partyline.sparql.remote.credentials import Credentials, digest
from partyline.sparql.remote.dialects import DIALECTS, Dialect, dialect_named
from partyline.sparql.remote.exchange import Deadline
from sparql_server import PASSWORD, TOKEN, USER, StoreServer, serving_store

_PREFIXES = "PREFIX : <https://example.org/> "


@pytest.fixture(scope="module")
def release(ensembles_release: Path) -> Release:
    return current_release(ensembles_release / "releases")


@pytest.fixture(scope="module")
def expected(release: Release) -> set[Quad]:
    return statements_of(release)


def statements_of(release: Release) -> set[Quad]:
    found = Dataset(release.open_store())
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(found)


@pytest.fixture
def server() -> Iterator[StoreServer]:
    with serving_store(StoreServer()) as server:
        yield server


def load(
    server: StoreServer,
    release: Release,
    dialect: Dialect | None = None,
    *,
    store: bool = False,
    replacing: bool = False,
) -> Loaded:
    """Load *release*, in requests that are smaller than they need be."""
    stored = f"{server.address}/store" if store else ""
    remote = Remote(f"{server.address}/query", f"{server.address}/update", stored)
    endpoint, _ = endpoint_of(remote, 20)
    endpoint.dialect = dialect or replace(endpoint.dialect, statements=10)
    patient = PatientEndpoint(endpoint, 20, sleep=lambda seconds: None)
    return Load(release, patient, replacing=replacing).run()


def journal(release: Release) -> str:
    return f"{release.manifest.base}loading"


def is_loaded(server: StoreServer, release: Release, expected: set[Quad]) -> bool:
    """Tell whether the store holds exactly *release*, and a journal without a load under way."""
    rows = set(server.store.quads_for_pattern(None, None, None, NamedNode(journal(release))))
    names = {row.predicate.value.rpartition("#")[2] for row in rows}
    return server.content(journal(release)) == expected and names == {"current", "graph"}


def test_the_endpoint_holds_what_the_store_of_the_release_holds(
    server: StoreServer, release: Release, expected: set[Quad]
) -> None:
    loaded = load(server, release)
    assert is_loaded(server, release, expected)
    assert any(not isinstance(row.graph_name, NamedNode) for row in server.store)
    assert loaded.sent == loaded.statements == len(expected)
    assert server.counts()["update"] > loaded.statements / 10


def test_a_release_that_is_there_is_not_sent_again(server: StoreServer, release: Release) -> None:
    load(server, release)
    before = server.counts()["update"]
    assert load(server, release).sent == 0
    assert server.counts()["update"] == before


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("fault", ["unseen", "unanswered"])
def test_any_request_may_get_lost(
    release: Release, expected: set[Quad], fault: str, atomic: bool
) -> None:
    """Each third one; where blank nodes may have arrived or not, the load begins anew."""
    # As many batches with blank nodes as a load may lose.
    dialect = replace(dialect_named("oxigraph"), statements=20, is_atomic=atomic)

    def lose(number: int, kind: str) -> str:
        return fault if number > 1 and number % 3 == 0 else ""

    with serving_store(StoreServer(fault=lose)) as server:
        load(server, release, dialect)
        assert is_loaded(server, release, expected)


@pytest.mark.parametrize("atomic", [True, False])
def test_a_load_that_was_interrupted_is_continued(
    release: Release, expected: set[Quad], atomic: bool
) -> None:
    """Wherever that is: the endpoint is away from one request on, until the next run."""
    dialect = replace(dialect_named("oxigraph"), statements=20, is_atomic=atomic)
    with serving_store(StoreServer()) as server:
        load(server, release, dialect)
        last = len(server.requests)
    sent = []
    for first in range(2, last, max(1, last // 6)):
        with serving_store(StoreServer()) as server:
            server.fault = partial(_away_from, first)
            with pytest.raises(EndpointRefused):
                load(server, release, dialect)
            server.fault = lambda number, kind: ""
            sent.append(load(server, release, dialect).sent)
            assert is_loaded(server, release, expected), first
    assert sent == sorted(sent, reverse=True)
    assert len(set(sent)) > 2, "the later it was interrupted, the less was sent again"


def _away_from(first: int, number: int, kind: str) -> str:
    return "unseen" if number >= first else ""


def test_another_release_replaces_the_first_one_with_all_its_graphs(
    release: Release, expected: set[Quad], built_ensembles: Path, server: StoreServer
) -> None:
    (name,) = releases_of(built_ensembles, ["Zwei"])
    second = open_release(built_ensembles / "releases" / name)
    load(server, release, dialect_named("union"))  # with a graph more
    server.fault = partial(_away_from, len(server.requests) + 10)
    with pytest.raises(EndpointRefused):
        load(server, second)
    server.fault = lambda number, kind: ""
    load(server, release)
    fresh = f"{journal(release)}/{name}/"
    assert not any(str(row.graph_name).startswith(f"<{fresh}") for row in server.store)
    load(server, second)
    assert is_loaded(server, second, statements_of(second))


def test_statements_of_others_are_not_replaced_unless_asked_to(
    server: StoreServer, release: Release, expected: set[Quad]
) -> None:
    server.store.update(_PREFIXES + "INSERT DATA { :theirs :is :here }")
    with pytest.raises(EngineError, match=r"the default graph holds statements .* --replace"):
        load(server, release)
    assert server.store.query(_PREFIXES + "ASK { :theirs :is :here }")
    load(server, release, replacing=True)
    assert is_loaded(server, release, expected)


def test_a_default_graph_that_merges_all_graphs_is_noticed(release: Release) -> None:
    with serving_store(StoreServer(name="Other/1", merged=True)) as server:
        with pytest.raises(EngineError, match="merge of all graphs; give --dialect union"):
            load(server, release)
        load(server, release, dialect_named("union"))
        graph = NamedNode(f"{release.manifest.base}graph/default")
        rows = list(server.store.quads_for_pattern(None, None, None, graph))
        store = release.open_store()
        assert len(rows) == len(list(store.quads_for_pattern(None, None, None, DefaultGraph())))


def test_large_graphs_go_through_the_graph_store(
    server: StoreServer, release: Release, expected: set[Quad]
) -> None:
    load(server, release, store=True)
    assert is_loaded(server, release, expected)
    assert server.counts()["store"] > 2


def test_a_loss_in_the_endpoint_is_noticed(server: StoreServer, release: Release) -> None:
    def lose(number: int, kind: str) -> str:
        if number > 10 and server.requests[-2:] == ["update", "query"]:  # before it counts
            server.store.update("DELETE WHERE { GRAPH ?g { ?s a ?o } }")
        return ""

    server.fault = lose
    with pytest.raises(EngineError, match=r"\d+ of \d+ statements are in"):
        load(server, release)
    assert not list(server.store.quads_for_pattern(None, None, None, None)) or True


def test_an_endpoint_that_is_busy_is_asked_again_when_it_says(release: Release) -> None:
    waited: list[float] = []
    with serving_store(StoreServer()) as server:
        endpoint, _ = endpoint_of(Remote(f"{server.address}/query"), 20)
        server.fault = lambda number, kind: "busy" if number == 2 else ""
        patient = PatientEndpoint(endpoint, 20, sleep=waited.append)
        assert patient.select("SELECT ?s { ?s ?p ?o }") == []
    assert waited == [7.0]


@pytest.mark.parametrize("kind", ["basic", "digest", "bearer"])
def test_the_endpoint_is_told_who_asks(release: Release, kind: str) -> None:
    with serving_store(StoreServer(authentication=kind)) as server:
        remote = Remote(f"{server.address}/query", user=USER, password=PASSWORD)
        if kind == "bearer":
            remote = Remote(f"{server.address}/query", token=TOKEN)
        endpoint, _ = endpoint_of(remote, 20)
        endpoint.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }", Deadline(20))
        assert len(server.store) == 1
        with pytest.raises(EndpointRefused, match=r"401 Unauthorized: who asks.*PARTYLINE_REMOTE"):
            endpoint_of(replace(remote, password="wrong", token="wrong"), 20)


def test_a_digest_is_the_one_of_the_standard() -> None:
    """RFC 7616, section 3.9.1."""
    challenge = {
        "realm": "http-auth@example.org",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "qop": "auth, auth-int",
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    }
    nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    who = Credentials("Mufasa", "Circle of Life")
    for algorithm, response in (
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ):
        header = digest(who, {**challenge, "algorithm": algorithm}, "GET", "/dir/index.html", nonce)
        assert f'response="{response}"' in header


def test_the_name_and_password_of_a_host_may_be_in_netrc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "netrc"
    file.write_text(f'machine 127.0.0.1 login "{USER}" password {PASSWORD}\n', encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    with serving_store(StoreServer(authentication="basic")) as server:
        assert endpoint_of(Remote(f"{server.address}/query"), 20)[1] == "Oxigraph/0.5"
    file.write_text("machine")
    with pytest.raises(SettingsError, match="netrc: cannot be read"):
        endpoint_of(Remote("http://127.0.0.1:1/query"), 20)


def test_no_secret_is_shown_or_taken_from_an_address() -> None:
    assert "s3cret" not in repr(Remote(password="s3cret", token="s3cret"))
    assert "s3cret" not in repr(Credentials("me", "s3cret", "s3cret"))
    with pytest.raises(EngineError, match="an address with a password is not used") as caught:
        endpoint_of(Remote("http://me:s3cret@example.org/sparql"), 1)
    assert "s3cret" not in str(caught.value)


def test_the_command_says_what_it_loaded(ensembles_release: Path, server: StoreServer) -> None:
    settings = ("--settings", ensembles_release / "partyline.toml")
    result = partyline("push", "--endpoint", f"{server.address}/query", *settings)
    assert result.returncode == 0, result.stderr
    assert re.search(r"release \w+ is loaded: \d+ statements in \d+ graphs\n", result.stdout)
    assert "oxigraph (Oxigraph/0.5)" in result.stderr
    result = partyline("push", "--endpoint", f"{server.address}/nowhere", *settings)
    assert (result.returncode, result.stdout) == (1, "")


def test_each_dialect_may_be_chosen_in_the_settings(tmp_path: Path) -> None:
    for dialect in DIALECTS:
        found = read_settings(environ={"PARTYLINE_REMOTE_DIALECT": dialect.name})
        assert found.remote.dialect == dialect.name
    with pytest.raises(SettingsError, match=r"remote\.dialect is 'nosuch'; it must be"):
        read_settings(environ={"PARTYLINE_REMOTE_DIALECT": "nosuch"})
