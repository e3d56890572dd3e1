"""rapper, which others wrote in C, reads our Turtle, N-Triples and RDF/XML."""

import re
import subprocess
from urllib.request import Request, urlopen

import pytest

from foreign_tools import tool
from partyline.releases import Release

KNSP = "organisation/khmer-national-solidarity-party"


def rapper(*arguments: str, text: bytes = b"") -> str:
    done = subprocess.run(
        [tool("rapper"), *arguments], input=text, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"rror" not in done.stderr
    return done.stderr.decode()


def test_rapper_reads_the_turtle_of_a_thing(server: str) -> None:
    request = Request(f"{server}/id/{KNSP}", headers={"Accept": "text/turtle"})
    with urlopen(request, timeout=20) as response:
        said = rapper("--count", "-i", "turtle", "-", server, text=response.read())
    found = re.search(r"returned (\d+) triples", said)
    assert found
    assert int(found[1]) > 50


@pytest.mark.parametrize("syntax", ["ttl", "nt", "rdf"])
@pytest.mark.parametrize("name", ["asserted", "inferred", "ontology"])
def test_rapper_reads_every_triple_of_a_dump(release: Release, name: str, syntax: str) -> None:
    parser = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}[syntax]
    (row,) = [row for row in release.manifest.files if row.name == f"{name}.{syntax}"]
    said = rapper("--count", "-i", parser, str(release.dumps / row.name))
    assert f"returned {row.triples} triples" in said
