"""Fixtures: the real knowledge, a small second one, and a real server on a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, RdfFormat, Store, serialize

from partyline.publishing import Publication
from partyline.reasoning import Closure, materialise
from partyline.releases import Release, build
from partyline.settings import Settings, read_settings
from partyline.sources import Sources, read_sources
from partyline.sparql import QueryPool
from partyline.web import create_app

DATA = Path(__file__).parent / "data"


@pytest.fixture
def ensembles(tmp_path: Path) -> Path:
    """A copy of the small second knowledge base, to damage as a test likes."""
    return copytree(DATA / "ensembles", tmp_path / "ensembles")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the built-in knowledge, with releases in a place of their own."""
    return replace(read_settings(environ={}), releases=tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="session")
def sources(settings: Settings) -> Sources:
    """The built-in ontology and knowledge, as read."""
    return read_sources(settings)


@pytest.fixture(scope="session")
def built_in(sources: Sources) -> Closure:
    """The closure of all of them."""
    return materialise(sources.ontology_triples | sources.kb_triples)


@pytest.fixture(scope="session")
def release(settings: Settings) -> Release:
    """The built-in knowledge, built once, because nothing may write to it."""
    return build(settings).release


@pytest.fixture(scope="session")
def published(release: Release) -> Store:
    """A store in memory whose default graph is that of the release."""
    store = Store()
    store.extend(release.open_store().quads_for_pattern(None, None, None, DefaultGraph()))
    return store


@pytest.fixture(scope="session")
def closure(published: Store) -> rdflib.Graph:
    """The same triples for rdflib."""
    triples = serialize((quad.triple for quad in published), format=RdfFormat.N_TRIPLES)
    assert triples is not None
    return rdflib.Graph().parse(data=triples, format="nt")


@pytest.fixture(scope="session")
def client(release: Release, settings: Settings) -> Iterator[FlaskClient]:
    """The application on the built-in knowledge, without a socket."""
    pool = QueryPool(
        release.store,
        settings.limits,
        release.manifest.prefixes,
        settings.knowledge.base + "sparql",
    )
    with pool:
        publication = Publication.of(release, settings.knowledge)
        yield create_app(publication, pool, settings).test_client()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(release: Release, settings: Settings) -> Iterator[str]:
    """The address of the real server, started by the real command, for foreign clients."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "partyline", "serve", "--no-build", "--port", str(port)],
        env={**os.environ, "PARTYLINE_RELEASES": str(settings.releases)},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(url + "/health", process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once *url* answers 200."""
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")
