"""Data without a settings file: what is guessed, and that it is published so."""

import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from command_line import partyline, started
from network import wait_until
from partyline.cli.options.given_sources import guess_settings
from partyline.settings import read_settings
from partyline.sources.guessing import guess_base
from partyline.vocabulary import CC, DCT, OWL, RDF, RDFS, SKOS

COINS = "https://coins.example.org/"
VOCABULARY = f"""@prefix owl: <{OWL.iri}> .
@prefix rdfs: <{RDFS.iri}> .
@prefix dct: <{DCT.iri}> .
@prefix v: <{COINS}vocab#> .

<{COINS}vocab> a owl:Ontology ; dct:title "Münzen"@de , "Words for \\"coins\\""@en ;
    dct:license <https://creativecommons.org/publicdomain/zero/1.0/> .
v:Coin a owl:Class ; rdfs:label "Münze"@de , "coin"@en .
"""
XML = f"""<rdf:RDF xmlns:rdf="{RDF.iri}" xmlns:v="{COINS}vocab#" xmlns:skos="{SKOS.iri}">
<v:Coin rdf:about="{COINS}id/coin/zloty"><skos:prefLabel>Zloty</skos:prefLabel></v:Coin>
</rdf:RDF>"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an ontology and a file of RDF/XML, no settings, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()
    (tmp_path / "vocab.ttl").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "data" / "coins.rdf").write_text(XML, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("subjects", "base"),
    [
        ([f"{COINS}id/a", f"{COINS}vocab#B", f"{COINS}vocab"], COINS),
        ([f"{COINS}id/coin/{n}" for n in range(9)], f"{COINS}id/coin/"),
        (["http://www.w3.org/ns/org#Site", "http://www.w3.org/ns/org#"], "http://www.w3.org/ns/"),
        (
            ["https://w3id.org/a/x", "https://w3id.org/a/y", "https://w3id.org/b"],
            "https://w3id.org/a/",
        ),
        (["http://localhost:8080/data/x", "urn:isbn:1"], "http://localhost:8080/data/"),
        (["http://a.example"], "http://a.example/"),
        (["urn:isbn:1"], "https://example.org/"),
        ([], "https://example.org/"),
        (["http://e.org/show?id=1/2", "http://e.org/show?id=3/4"], "http://e.org/"),
    ],
)
def test_the_base_is_what_most_subjects_share(subjects: list[str], base: str) -> None:
    assert guess_base(subjects) == base


def test_what_the_data_say_of_themselves_is_guessed(folder: Path) -> None:
    found = guess_settings([folder / "vocab.ttl", folder / "data"])
    assert found.title == 'Words for "coins"'
    assert found.base == COINS
    assert found.ontologies == (f"{COINS}vocab",)
    assert found.licence == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert set(found.languages) == {"de", "en"}
    assert (found.files, found.triples) == (2, 9)
    assert dict(found.prefixes) == {}  # the files declare what they use


def test_a_line_by_line_file_receives_the_prefixes_that_people_expect(tmp_path: Path) -> None:
    file = tmp_path / "old-coins.nt"
    file.write_text(f'<{COINS}a> <{SKOS.prefLabel.value}> "A" .\n', encoding="utf-8")
    found = guess_settings([file])
    assert found.title == "Old coins"
    assert dict(found.prefixes) == {"skos": SKOS.iri}
    assert found.ontologies == ()


@pytest.mark.parametrize(("tags", "first"), [("de de en", "en"), ("de de de en", "de")])
def test_english_is_first_where_half_as_many_names_are_english(
    tags: str, first: str, tmp_path: Path
) -> None:
    names = [f'"name {number}"@{tag}' for number, tag in enumerate(tags.split())]
    file = tmp_path / "names.ttl"
    file.write_text(f"<{COINS}a> <{SKOS.prefLabel.value}> {', '.join(names)} .", "utf-8")
    assert guess_settings([file]).languages[0] == first


def test_a_licence_of_creative_commons_is_found_before_a_note_on_rights(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    licence = "http://creativecommons.org/licenses/by/4.0/"
    file.write_text(
        f"@prefix skos: <{SKOS.iri}> . @prefix cc: <{CC.iri}> . @prefix dct: <{DCT.iri}> .\n"
        f'<{COINS}s> a skos:ConceptScheme ; dct:rights "see cc:license" ; cc:license <{licence}> .',
        encoding="utf-8",
    )
    assert guess_settings([file]).licence == licence


def test_init_writes_what_it_guesses_and_never_over_a_file(folder: Path) -> None:
    done = partyline("init", "vocab.ttl", "data", cwd=folder)
    assert done.returncode == 0, done.stderr
    written = (folder / "partyline.toml").read_text(encoding="utf-8")
    table = tomllib.loads(written)["knowledge"]
    assert table["title"] == 'Words for "coins"'
    assert table["sources"] == ["vocab.ttl", "data"]
    assert written.count("# ") >= 8
    assert read_settings(folder / "partyline.toml").knowledge.base == COINS

    check = partyline("check", cwd=folder)
    assert check.stderr.splitlines()[0] == f"partyline: settings: {folder / 'partyline.toml'}"
    assert check.stdout == "no findings\n"
    again = partyline("init", cwd=folder)
    assert again.returncode == 2
    assert "already exists" in again.stderr
    assert (folder / "partyline.toml").read_text(encoding="utf-8") == written


def test_a_wrong_path_is_refused_by_name(folder: Path) -> None:
    done = partyline("check", "absent.ttl", cwd=folder)
    assert done.returncode == 1
    assert "absent.ttl: no such file or folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """Files served without settings: the address, and what was printed before it."""
    command = ("serve", "vocab.ttl", "data", "--port", "0")
    with started(*command, cwd=folder, environ={"PARTYLINE_SERVER_ACCESS_LOG": ""}) as server:
        wait_until(lambda: "serving at " in server.stdout() or server.poll() is not None, 60)
        assert server.poll() is None, server.stderr()
        yield server.stdout().partition("serving at ")[2].split()[0], server.stderr()


def test_files_are_served_without_settings(served: tuple[str, str], folder: Path) -> None:
    address, printed = served
    assert f"  base       {COINS}" in printed
    request = urllib.request.Request(f"{address}id/coin/zloty", headers={"Accept": "text/turtle"})
    with urllib.request.urlopen(request, timeout=30) as response:
        subjects = {quad.subject for quad in parse(response.read(), RdfFormat.TURTLE)}
    assert NamedNode(f"{COINS}id/coin/zloty") in subjects
    with urllib.request.urlopen(f"{address}doc/coin/zloty.html", timeout=30) as response:
        page = response.read().decode()
    assert "data/coins.rdf:2" in page
    assert "Words for &#34;coins&#34;" in page
    assert sorted(path.name for path in folder.iterdir()) == [
        "cache",
        "data",
        "vocab.ttl",
    ]
