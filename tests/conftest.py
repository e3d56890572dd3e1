"""Fixtures: the real knowledge, a small second one, and a real server on a port of its own."""

import fcntl
import gc
import json
import os
import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from urllib.parse import urlsplit

import hypothesis
import pytest
import rdflib
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from pyoxigraph import DefaultGraph, Store

from command_line import started
from ensembles_server import running as running
from ensembles_server import standing as standing
from ensembles_server import visited as visited
from foreign_tools import tool
from graph_readers import matched
from network import free_port, wait_for
from partyline.publishing import Publication
from partyline.reasoning import Closure, materialise
from partyline.releases import Release, build, current_release
from partyline.settings import Settings, read_settings
from partyline.sources import Sources, read_sources
from partyline.web import create_app
from remote_engines import chosen_engine
from sampling import examples

# An example may take long because of other work of the machine.
hypothesis.settings.register_profile(
    "here", hypothesis.settings.default, max_examples=examples(30, 300), deadline=None
)
hypothesis.settings.load_profile("here")

DATA = Path(__file__).parent / "data"


#: The files that take longest begin first, so that the end does not wait for one of them.
FIRST = (
    *("serving", "pages_in_browser", "reasoning_columns", "preview", "large_proofs", "documents"),
    *("pool", "pool_turns", "commands", "value_space", "build_faults", "rl_reference", "growth"),
    *("worker_processes", "identifiers", "writers", "sparql_protocol", "knowledge", "reasoning"),
    *("public_address", "kept", "pages"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those files first; with ``--no-loadscope-reorder``, xdist keeps the order."""
    ranks = {f"test_{name}.py": rank for rank, name in enumerate(FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))


class Examples:
    """Has files without examples left out where pytest looks for doctests: most have none.

    It would import each, and inspect all that each defines, in every process.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        found = yield
        # A file with tests is a module of pytest; one with doctests belongs to a class of its own.
        return [row for row in found if type(row) is pytest.Module or has_examples(file_path)]


def has_examples(file: Path) -> bool:
    return ">>>" in file.read_text(encoding="utf-8")


class Collection:
    """Spares the processes of a run what they would all do while they collect."""

    def __init__(self, locks: Path | None) -> None:
        self._locks = locks
        # Nothing that is made while tests are collected is garbage: to look for it takes a second.
        gc.disable()

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Compile a file of tests in one process; the others wait, and read what it kept."""
        if self._locks is None or type(collector) is not pytest.Module:
            return (yield)
        with locked(self._locks / f"{collector.path.stem}.lock"):
            return (yield)

    def pytest_collection_finish(self) -> None:
        gc.freeze()
        gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Register them here, because they are for files of the program, too."""
    locks = None
    if "PYTEST_XDIST_WORKER" in os.environ:
        locks = Path(config.getoption("basetemp")).parent / "collection"
        locks.mkdir(exist_ok=True)
    config.pluginmanager.register(Examples())
    config.pluginmanager.register(Collection(locks))


@pytest.fixture
def ensembles(tmp_path: Path) -> Path:
    """A copy of the small second knowledge base, to damage as a test likes."""
    return copytree(DATA / "ensembles", tmp_path / "ensembles")


@pytest.fixture(scope="session")
def ensembles_release(shared: Path) -> Path:
    """The small second knowledge base with its release, built once. Nothing may write to it."""
    folder = shared / "ensembles"
    with locked(shared / "ensembles.lock"):
        if not folder.exists():
            unfinished = copytree(DATA / "ensembles", shared / "ensembles.unfinished")
            build(read_settings(unfinished / "partyline.toml", {}))
            unfinished.rename(folder)
    return folder


@pytest.fixture
def built_ensembles(ensembles_release: Path, tmp_path: Path) -> Path:
    """A copy of it, to damage as a test likes."""
    return copytree(ensembles_release, tmp_path / "ensembles", symlinks=True)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests that all of its processes share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold *path* against the other processes of this run."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def settings(shared: Path) -> Settings:
    """The settings of the built-in knowledge, with releases in a place of their own."""
    return replace(read_settings(environ={}), releases=shared / "releases")


@pytest.fixture(scope="session")
def sources(settings: Settings) -> Sources:
    """The built-in ontology and knowledge, as read."""
    return read_sources(settings)


@pytest.fixture(scope="session")
def built_in(sources: Sources) -> Closure:
    """The closure of all of them."""
    return materialise(sources.ontology_triples | sources.kb_triples)


@dataclass(frozen=True)
class Built:
    """The release of the built-in knowledge, and what its checks found."""

    release: Release
    findings: list[str]


@pytest.fixture(scope="session")
def built_in_build(settings: Settings, shared: Path) -> Built:
    """The built-in knowledge, built once by the process that needs it first."""
    findings = shared / "findings.json"
    with locked(shared / "build.lock"):
        if not findings.exists():
            found = build(settings).warnings
            findings.write_text(json.dumps([str(row) for row in found]), encoding="utf-8")
    return Built(current_release(settings.releases), json.loads(findings.read_text("utf-8")))


@pytest.fixture(scope="session")
def release(built_in_build: Built) -> Release:
    """The release that was built. Nothing may write to it."""
    return built_in_build.release


@pytest.fixture(scope="session")
def published(release: Release) -> Store:
    """A store in memory whose default graph is that of the release."""
    store = Store()
    store.extend(release.open_store().quads_for_pattern(None, None, None, DefaultGraph()))
    return store


@pytest.fixture(scope="session")
def closure(published: Store) -> rdflib.Graph:
    """The same triples for rdflib; `matched` gives few of them in less time."""
    return matched(published)


@pytest.fixture(scope="session")
def client(
    release: Release, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """The application on the built-in knowledge, without a socket."""
    with chosen_engine(release, settings, tmp_path_factory.mktemp("engine")) as pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client()


@pytest.fixture(scope="session")
def server(release: Release, settings: Settings) -> Iterator[str]:
    """The address of a server of its own process, for foreign clients."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {"PARTYLINE_RELEASES": str(settings.releases)}
    with started("serve", "--no-build", "--port", port, environ=environ) as command:
        wait_for(url + "/health", command)
        yield url
        command.send_signal(signal.SIGTERM)
        command.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process."""
    flags = [
        *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=tool("chromium"), args=flags)
        yield opened
        opened.close()


@dataclass(frozen=True)
class Tab:
    """One page of the browser for all tests of a process: a new one costs half a second."""

    page: Page
    #: Addresses that were asked for, and what went wrong, since a test began.
    asked: list[str]
    wrong: list[str]


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Tab]:
    """The page in a context that may use the clipboard."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    found = Tab(context.new_page(), [], [])
    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.on("pageerror", lambda error: found.wrong.append(str(error)))
    found.page.on(
        "console",
        lambda said: found.wrong.append(said.text) if said.type == "error" else None,
    )
    yield found
    context.close()


@contextmanager
def used(tab: Tab, server: str, expected: str = "") -> Iterator[Page]:
    """Give the page, 1280 pixels wide; in the end, nobody else was asked and nothing went wrong.

    An error on the console that has *expected* in it is what the test wants.
    """
    tab.page.goto("about:blank")
    tab.page.set_viewport_size({"width": 1280, "height": 900})
    tab.page.emulate_media(color_scheme="light")
    tab.asked.clear()
    tab.wrong.clear()
    yield tab.page
    tab.page.unroute_all()
    assert {urlsplit(url).netloc for url in tab.asked} == {urlsplit(server).netloc}
    assert [text for text in tab.wrong if not expected or expected not in text] == []


@pytest.fixture
def page(tab: Tab, server: str) -> Iterator[Page]:
    """The page for one test."""
    with used(tab, server) as found:
        yield found
