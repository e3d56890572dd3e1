"""Sources in any syntax of RDF, by extension and by content, and what is said of other files."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from partyline import zstandard
from partyline.errors import SourceError
from partyline.findings import Severity
from partyline.settings import read_settings
from partyline.sources import Sources, parse_document, read_sources
from partyline.sources.syntaxes import JSON_LD, N_QUADS, RDF_XML, TRIG, TURTLE, syntax_of
from partyline.vocabulary import OWL, RDF

BASE = "https://data.example.org/"
TYPE = f"<{RDF.type.value}>"
COIN = f"{BASE}vocab#Coin"
SETTINGS = f'[knowledge]\ntitle = "Coins"\nbase = "{BASE}"\nontology_iri = "{BASE}vocab"\n'
XML = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="{RDF.iri}" xmlns:v="{BASE}vocab#">
  <v:Coin rdf:about="{BASE}id/coin/three">
    <v:name>three</v:name>
  </v:Coin>
</rdf:RDF>
"""
JSON = json.dumps(
    {
        "@context": {"v": f"{BASE}vocab#"},
        "@graph": [
            {"@id": f"{BASE}id/coin/four", "@type": "v:Coin"},
            {"@id": f"{BASE}id/coin/five", "@type": "v:Coin"},
        ],
    },
    indent=1,
)


def project(folder: Path, files: Mapping[str, str | bytes], settings: str = SETTINGS) -> Sources:
    """Write *files* beside settings and read them."""
    for name, content in {"partyline.toml": settings, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_sources(read_settings(folder / "partyline.toml"))


def coins(sources: Sources) -> dict[str, str]:
    """Return the last part of each coin's IRI, and the places that say so."""
    found = [row for row in sources.kb_triples if row.object == NamedNode(COIN)]
    return {
        str(row.subject).rstrip(">").rpartition("/")[2]: ", ".join(map(str, sources.origins(row)))
        for row in found
    }


def line(name: str, graph: str = "") -> str:
    return f"<{BASE}id/coin/{name}> {TYPE} <{COIN}> {graph}.\n"


def test_every_syntax_is_read_with_file_and_line(tmp_path: Path) -> None:
    sources = project(
        tmp_path,
        {
            "kb/a.ttl": "\n" + line("one"),
            "kb/b.nt": "\n\n" + line("two"),
            "kb/c.rdf": XML,
            "kb/d.jsonld": JSON,
            "kb/e.nq": line("six", f"<{BASE}g> "),
            "kb/f.trig": f"\n<{BASE}g> {{ {line('seven')} }}",
            "kb/G.TTL": line("eight"),
            "kb/deep/h.nt.gz": gzip.compress(line("nine").encode()),
            "kb/deep/i.ttl.zst": zstandard.compress(line("ten").encode()),
        },
    )

    assert coins(sources) == {
        "one": "kb/a.ttl:2",
        "two": "kb/b.nt:3",
        "three": "kb/c.rdf:3",
        "four": "kb/d.jsonld:7",
        "five": "kb/d.jsonld:11",
        "six": "kb/e.nq:1",
        "seven": "kb/f.trig:2",
        "eight": "kb/G.TTL:1",
        "nine": "kb/deep/h.nt.gz:1",
        "ten": "kb/deep/i.ttl.zst:1",
    }
    assert sources.findings == []
    assert [*sources.named_graphs] == [f"{BASE}g"]
    assert sources.ontology == ()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.ttl", XML, RDF_XML),
        ("a.owl", XML, RDF_XML),
        ("a.xml", XML, RDF_XML),
        ("a", XML, RDF_XML),
        ("a.xml", "<?xml version='1.0'?><page/>", None),
        ("a.rdf", "<?xml version='1.0'?><page/>", RDF_XML),
        ("a.owl", "Prefix(:=<http://a/>)\nOntology(<http://a/>)", None),
        ("a.owl", f"@prefix : <{BASE}> .\n:a :b :c .", TURTLE),
        ("a.rdf", f"# a comment\nPREFIX : <{BASE}>\n:a :b :c .", TURTLE),
        ("a.txt", line("one") + line("two"), N_QUADS),
        ("a.rdf", f"<{BASE}one> a <{COIN}> .\n", TURTLE),
        ("a.json", JSON, JSON_LD),
        ("a.json", '{"name": "no RDF"}', None),
        ("a.jsonld", '{"name": "no RDF"}', JSON_LD),
        ("a.trig", "{ <a:a> <a:b> <a:c> }", TRIG),
        ("a.md", "# Notes\n\n<a> is a letter.", None),
        ("a.html", "<!doctype html><p>", None),
        ("a.csv", "name,year\nx,1\n", None),
    ],
)
def test_the_content_decides_where_it_can(name: str, content: str, expected: object) -> None:
    assert syntax_of(name, content.encode()) is expected


def test_a_file_whose_extension_is_of_another_syntax_is_read_with_a_warning(tmp_path: Path) -> None:
    sources = project(tmp_path, {"kb/more.ttl": XML})

    assert coins(sources) == {"three": "kb/more.ttl:3"}
    (finding,) = sources.findings
    assert finding.severity is Severity.WARNING
    assert finding.message == "this is RDF/XML, and .ttl stands for Turtle; it was read as RDF/XML"
    assert finding.remedy == "rename the file, so that it ends in .rdf"


def test_every_file_that_is_not_read_is_a_warning(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "kb/a.ttl": line("one"),
        "kb/notes.txt": "to do",
        "kb/table.csv": "a,b",
        "kb/image.png": b"\x89PNG\r\n\x1a\n",
        "kb/.hidden/b.ttl": line("two"),
        "kb/README.md": "# Coins",
        "ontology/shapes/s.ttl": "this is not read, because the settings name its folder",
    }
    more = 'shapes = "ontology/shapes"\nignored = ["README*", "image.*"]\n'
    sources = project(tmp_path, files, SETTINGS + more)

    assert [(row.path, row.code) for row in sources.findings] == [
        ("kb/notes.txt", "not-read"),
        ("kb/table.csv", "not-read"),
    ]
    assert all(row.severity is Severity.WARNING and row.remedy for row in sources.findings)
    assert coins(sources) == {"one": "kb/a.ttl:1"}


def test_a_page_that_was_downloaded_for_data_is_an_error(tmp_path: Path) -> None:
    sources = project(tmp_path, {"kb/a.ttl": line("one"), "kb/b.rdf": "<!DOCTYPE html>\n<p>404"})
    (finding,) = sources.findings
    assert (finding.path, finding.message) == ("kb/b.rdf", "this is HTML, not RDF/XML")
    assert finding.severity is Severity.VIOLATION


def test_modules_of_the_ontology_in_subfolders_are_read(tmp_path: Path) -> None:
    classes = f"<{COIN}> a <{OWL.Class.value}> ."
    sources = project(tmp_path, {"ontology/modules/coins.ttl": classes, "kb/a.ttl": line("one")})
    assert [document.path for document in sources.ontology] == ["ontology/modules/coins.ttl"]


def test_an_ontology_alone_is_enough(tmp_path: Path) -> None:
    sources = project(tmp_path, {"ontology/v.ttl": f"<{COIN}> a <{OWL.Class.value}> ."})
    assert sources.kb == ()
    assert not sources.findings


def test_a_folder_that_settings_name_and_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="data: no such file or folder"):
        project(tmp_path, {"ontology/v.ttl": line("one")}, SETTINGS + 'kb = "data"\n')


def test_one_folder_for_both_is_divided_by_its_statements_about_terms(tmp_path: Path) -> None:
    owl = f"@prefix owl: <{OWL.iri}> . @prefix : <{BASE}vocab#> .\n"
    text = f"""{owl}<{BASE}vocab> a owl:Ontology .
:Coin a owl:Class ; owl:equivalentClass [ owl:unionOf ( :Penny :Pound ) ] .
:weight a owl:DatatypeProperty .
<{BASE}id/coin/one> a :Coin , owl:NamedIndividual ; :weight [ :grams 3 ] .
"""
    built = "@prefix : <a:> . :old :release :dump ."
    sources = project(
        tmp_path,
        {"all.ttl": text, "releases/1/dumps/asserted.ttl": built},
        SETTINGS + 'ontology = "."\nkb = "."\n',
    )

    assert not sources.findings
    assert len(sources.ontology_triples) == 9
    assert len(sources.kb_triples) == 4
    assert not sources.ontology_triples & sources.kb_triples


def test_several_files_in_place_of_folders(tmp_path: Path) -> None:
    files = {"v.ttl": f"<{COIN}> a <{OWL.Class.value}> .", "data/a.ttl": line("one")}
    sources = project(tmp_path, files, SETTINGS + 'sources = ["v.ttl", "data", "data/a.ttl"]\n')
    assert len(sources.ontology_triples) == len(sources.kb_triples) == 1
    assert coins(sources) == {"one": "data/a.ttl:1"}


IMPORTING = f"<{BASE}vocab> a <{OWL.Ontology.value}> ; <{OWL.imports.value}> <https://other/o> ."
IMPORTED = f"<https://other/o> a <{OWL.Ontology.value}> .\n<{COIN}> a <{OWL.Class.value}> ."


def test_an_import_that_is_not_here_is_a_warning_and_is_not_fetched(tmp_path: Path) -> None:
    sources = project(tmp_path, {"ontology/v.ttl": "\n" + IMPORTING})
    (finding,) = sources.findings
    assert (finding.code, finding.line) == ("import", 2)
    assert finding.severity is Severity.WARNING
    assert "<https://other/o> is imported" in finding.message
    assert "[catalogue]" in finding.remedy


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        ({"ontology/o.ttl": IMPORTED}, ""),
        ({"copies/o.ttl": IMPORTED}, '[catalogue]\n"https://other/o" = "copies/o.ttl"\n'),
    ],
)
def test_an_import_is_found_beside_it_or_in_the_catalogue(
    tmp_path: Path, files: dict[str, str], settings: str
) -> None:
    sources = project(tmp_path, {"ontology/v.ttl": IMPORTING, **files}, SETTINGS + settings)
    assert not sources.findings
    assert Triple(NamedNode(COIN), RDF.type, OWL.Class) in sources.ontology_triples


def test_imports_of_imports_are_followed_and_a_circle_ends(tmp_path: Path) -> None:
    circle = (
        f"<https://other/o> a <{OWL.Ontology.value}> ; <{OWL.imports.value}> <{BASE}vocab> ,"
        " <https://third/o> ."
    )
    files = {"ontology/v.ttl": IMPORTING, "copies/o.ttl": circle}
    settings = SETTINGS + '[catalogue]\n"https://other/o" = "copies/o.ttl"\n'
    (finding,) = project(tmp_path, files, settings).findings
    assert "<https://third/o> is imported" in finding.message
    assert finding.path == "copies/o.ttl"


def test_a_context_of_json_ld_comes_from_this_machine_only(tmp_path: Path) -> None:
    document = {
        "@context": ["https://contexts.example/v1", {"name": "v:name"}],
        "id": f"{BASE}id/coin/one",
        "type": "Coin",
    }
    context = {"@context": {"v": f"{BASE}vocab#", "Coin": "v:Coin", "id": "@id", "type": "@type"}}
    files = {"kb/a.jsonld": json.dumps(document, indent=1), "c.json": json.dumps(context)}

    (finding,) = project(tmp_path / "without", files).findings
    assert "https://contexts.example/v1 is not on this machine" in finding.message
    assert finding.line == 3
    assert '[catalogue] "https://contexts.example/v1"' in finding.remedy

    settings = SETTINGS + '[catalogue]\n"https://contexts.example/v1" = "c.json"\n'
    sources = project(tmp_path / "with", files, settings)
    assert not sources.findings
    assert coins(sources) == {"one": "kb/a.jsonld:8"}


def test_a_context_that_is_a_file_beside_the_document_is_read(tmp_path: Path) -> None:
    context = {"@context": {"Coin": COIN}}
    document = {"@context": "context.json", "@id": f"{BASE}id/coin/one", "@type": "Coin"}
    files = {"kb/a.jsonld": json.dumps(document), "kb/context.json": json.dumps(context)}
    sources = project(tmp_path, files)
    assert coins(sources) == {"one": "kb/a.jsonld:1"}


@pytest.mark.parametrize(
    ("text", "syntax", "what"),
    [
        (XML.replace(f"{BASE}id/coin/three", "three"), RDF_XML, "xml:base"),
        (json.dumps({"@id": "three", COIN: 1}), JSON_LD, '"@base"'),
    ],
)
def test_relative_iris_without_a_base_are_one_finding_in_every_syntax(
    text: str, syntax: object, what: str
) -> None:
    document = parse_document(text.encode(), "a", RDF_XML if syntax is RDF_XML else JSON_LD)
    (finding,) = document.findings
    assert f"<three> is a relative IRI, and there is no {what} for it" in finding.message
    assert what in finding.remedy
    assert document.statements == ()


def test_an_iri_without_a_scheme_is_relative_though_it_has_a_host() -> None:
    text = XML.replace('about="https://data', 'about="//data')
    document = parse_document(text.encode(), "a", RDF_XML)
    (finding,) = document.findings
    assert finding.message.startswith("<//data.example.org/id/coin/three> is a relative IRI")
    assert not len(document.statements)


def test_a_relative_namespace_of_rdf_xml_is_a_relative_iri() -> None:
    document = parse_document(XML.replace('v="https://data', 'v="//data').encode(), "a", RDF_XML)
    (finding,) = document.findings
    assert finding.message.startswith("this is a relative IRI, and there is no xml:base")


def test_a_relative_datatype_is_a_relative_iri() -> None:
    text = XML.replace("<v:name>", '<v:name rdf:datatype="text">')
    document = parse_document(text.encode(), "a", RDF_XML)
    (finding,) = document.findings
    assert finding.message.startswith("<text> is a relative IRI")
    assert len(document.statements) == 1


BROKEN = "http://e.org/Ayd\ufffdn"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "a.rdf",
            XML.replace("<v:name>", f'<v:near rdf:resource="{BROKEN}"/>\n<v:name>'),
            4,
        ),
        ("a.ttl", f"{line('three')}<{BASE}id/coin/three> <{BASE}near> <{BROKEN}> .\n", 2),
        ("a.nt", f"<{BROKEN}> {TYPE} <{COIN}> .\n{line('three')}", 1),
        ("a.nq", f"{line('three', f'<{BROKEN}> ')}{line('three')}", 1),
        (
            "a.jsonld",
            f'[{{"@id": "{BROKEN}", "@type": "{COIN}"}},\n'
            f'{{"@id": "{BASE}id/coin/three", "@type": "{COIN}"}}]',
            1,
        ),
    ],
)
def test_a_statement_with_an_invalid_iri_is_an_error_or_left_out_and_reported(
    name: str, text: str, line: int, tmp_path: Path
) -> None:
    files = {f"kb/{name}": text}
    (refused,) = project(tmp_path, files).findings
    assert refused.severity is Severity.VIOLATION
    assert refused.line == line

    withheld = project(tmp_path, files, SETTINGS + '[checks]\ninvalid_iris = "withhold"\n')
    assert [*coins(withheld)] == ["three"]
    (finding,) = withheld.findings
    assert (finding.severity, finding.line) == (Severity.WARNING, line)
    assert BROKEN in finding.message


def test_an_error_in_rdf_xml_has_its_line(tmp_path: Path) -> None:
    (finding,) = project(tmp_path, {"kb/a.rdf": XML.replace("</v:name>", "</v:nam>")}).findings
    assert (finding.path, finding.line, finding.code) == ("kb/a.rdf", 4, "syntax")
    assert finding.message.startswith("not RDF/XML: ")


def test_an_error_in_json_ld_has_its_line(tmp_path: Path) -> None:
    (finding,) = project(tmp_path, {"kb/a.jsonld": '{"@id": "a:a",\n"a:b": x}'}).findings
    assert (finding.path, finding.line, finding.code) == ("kb/a.jsonld", 2, "syntax")


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
def test_xml_in_another_encoding_is_read(encoding: str) -> None:
    text = XML.replace('"1.0"', f'"1.0" encoding="{encoding}"').replace(">three<", ">drei ö<")
    document = parse_document(text.encode(encoding), "a.rdf", RDF_XML)
    assert not document.findings
    assert any("drei ö" in str(row.triple.object) for row in document.statements)


def test_a_damaged_archive_is_one_error_that_names_it(tmp_path: Path) -> None:
    damaged = gzip.compress(line("one").encode() * 50)[:-12]
    with pytest.raises(SourceError, match=r"a\.nt\.gz: cannot be decompressed"):
        project(tmp_path / "gzip", {"kb/a.nt.gz": damaged})
    frame = bytearray(zstandard.compress(line("one").encode() * 50))
    frame[6:12] = b"\xff" * 6
    with pytest.raises(SourceError, match=r"a\.nt\.zst: cannot be decompressed"):
        project(tmp_path / "zstandard", {"kb/a.nt.zst": bytes(frame)})
