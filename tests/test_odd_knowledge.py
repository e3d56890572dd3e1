"""Sources that few people write: published in every format that can, or refused with the reason."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from command_line import partyline
from partyline.errors import ChecksFailed
from partyline.library.querying import query
from partyline.publishing import Publication
from partyline.releases import Release, build, read_questions
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool, Solutions
from partyline.validation import run_checks
from partyline.web import create_app
from sampling import some_of

BASE = "https://odd.example/"
PREFIXES = """\
@prefix o: <https://odd.example/ns#> .
@prefix t: <https://odd.example/id/thing/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
#: Formats of documents and the extensions of their dumps.
DOCUMENTS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}


def project(folder: Path, files: Mapping[str, str | bytes]) -> Settings:
    """Write a knowledge base of *files* and an ontology of one class; return its settings."""
    for name in ("kb", "ontology"):
        (folder / name).mkdir(parents=True)
    (folder / "partyline.toml").write_text(
        f'[knowledge]\ntitle = "Odd"\nbase = "{BASE}"\nontology_iri = "{BASE}ns"\n'
        'ontology = "ontology"\nkb = "kb"\n'
    )
    (folder / "ontology" / "terms.ttl").write_text(
        f"{PREFIXES}@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<https://odd.example/ns> a owl:Ontology . o:Thing a owl:Class .\n"
    )
    for name, content in files.items():
        text = content if isinstance(content, bytes) else (PREFIXES + content).encode()
        (folder / "kb" / name).write_bytes(text)
    return read_settings(folder / "partyline.toml")


#: Statements about t:a that RDF/XML cannot represent, and the reason.
NOT_XML = {
    "a predicate that ends in digits": ("<https://odd.example/123> 1", "does not end in a name"),
    "a predicate that ends in a slash": ("<https://odd.example/> 1", "does not end in a name"),
    "a percent sign": ("<https://odd.example/a%20> 1", "does not end in a name"),
    "rdf:li": ("rdf:li 1", "reserved"),
    "rdf:bagID": ("rdf:bagID 1", "reserved"),
    "an astral name": ("<https://odd.example/\U00010400> 1", "does not end in a name"),
    "a control character": (r'o:val "\u0001"', "U+0001"),
    "a noncharacter": (r'o:val "\uFFFE"', "U+FFFE"),
}


Served = tuple[FlaskClient, Release]


@contextmanager
def served(folder: Path, statements: Mapping[str, str]) -> Iterator[Served]:
    """Build a release of a thing for each of *statements*, by its name, and serve it."""
    text = "".join(f"t:{name} a o:Thing ; {said} .\n" for name, said in statements.items())
    settings = project(folder, {"a.ttl": text})
    release = build(settings).release
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        yield create_app(publication, pool, settings).test_client(), release


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A server of a thing for each statement that RDF/XML cannot represent."""
    rows = enumerate(statement for statement, _ in NOT_XML.values())
    with served(tmp_path_factory.mktemp("odd"), {f"n{row}": said for row, said in rows}) as found:
        yield found[0]


@pytest.mark.parametrize("number", range(len(NOT_XML)), ids=list(NOT_XML))
def test_a_document_is_406_with_the_reason_where_rdf_xml_cannot_represent_it(
    odd: FlaskClient, number: int
) -> None:
    _, reason = [*NOT_XML.values()][number]
    sizes = set()
    for extension, syntax in DOCUMENTS.items():
        answer = odd.get(f"/doc/thing/n{number}.{extension}")
        assert answer.status_code == (406 if extension == "rdf" else 200)
        if extension == "rdf":
            assert reason in unescape(answer.text)
        else:
            sizes.add(sum(1 for _ in parse(answer.data, format=syntax)))
    assert len(sizes) == 1
    page = odd.get(f"/doc/thing/n{number}", headers={"Accept": "text/html"})
    assert page.status_code == 200


@pytest.mark.parametrize("number", range(len(NOT_XML)), ids=list(NOT_XML))
def test_a_graph_that_a_query_constructs_is_406_too(odd: FlaskClient, number: int) -> None:
    _, reason = [*NOT_XML.values()][number]
    query = {"query": f"CONSTRUCT WHERE {{ <https://odd.example/id/thing/n{number}> ?p ?o }}"}
    sizes = set()
    for row in (*DOCUMENTS.values(), RdfFormat.TRIG, RdfFormat.N_QUADS):
        answer = odd.get("/sparql", query_string=query, headers={"Accept": row.media_type})
        assert answer.status_code == (406 if row == RdfFormat.RDF_XML else 200), row
        if row == RdfFormat.RDF_XML:
            assert reason in unescape(answer.text)
        else:
            sizes.add(sum(1 for _ in parse(answer.data, format=row)))
    assert sizes == {2}


@pytest.mark.parametrize("name", some_of(list(NOT_XML), 3))
def test_a_dump_that_cannot_be_written_is_left_out_and_reported_everywhere(
    tmp_path: Path, name: str
) -> None:
    statement, reason = NOT_XML[name]
    with served(tmp_path / "odd", {"a": statement}) as (client, release):
        assert_that_the_dump_is_left_out(client, release, reason)


def assert_that_the_dump_is_left_out(client: FlaskClient, release: Release, reason: str) -> None:
    (gap,) = release.manifest.omitted
    assert gap.name == "asserted.rdf"
    assert reason in gap.reason
    assert not (release.dumps / "asserted.rdf").exists()
    assert {row.name for row in release.manifest.files} >= {
        *("asserted.ttl", "asserted.nt", "asserted.jsonld"),
        *("inferred.rdf", "ontology.rdf", "dataset.trig", "dataset.nq"),
    }
    page = unescape(client.get("/dumps/", headers={"Accept": "text/html"}).text)
    assert "Left out" in page
    assert reason in page
    listed = json.loads(client.get("/dumps/", headers={"Accept": "application/json"}).data)
    assert [row["name"] for row in listed["omitted"]] == ["asserted.rdf"]
    assert "The dump asserted.rdf is left out." in client.get("/dataset.ttl").text
    answer = client.get("/dumps/asserted.rdf")
    assert answer.status_code == 404
    assert reason in unescape(answer.text)


@pytest.mark.parametrize("before", [0, 1, 300])
def test_xml_results_are_406_wherever_the_character_stands(odd: FlaskClient, before: int) -> None:
    """In the last of many rows too, when the beginning could have been sent already."""
    numbers = " ".join(map(str, range(before)))
    rows = f"{{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} }}"
    answer = odd.post(
        "/sparql",
        data={"query": f'SELECT * {{ {rows} UNION {{ BIND("\\u0008" AS ?x) }} }}'},
        headers={"Accept": "application/sparql-results+xml"},
    )
    assert answer.status_code == 406
    assert "U+0008" in answer.text


def test_the_build_says_which_dump_is_left_out(tmp_path: Path) -> None:
    settings = project(tmp_path / "odd", {"a.ttl": "t:a a o:Thing ; rdf:li 1 .\n"})
    done = partyline("build", "--settings", settings.path)
    assert done.returncode == 0
    assert "the dump asserted.rdf is left out" in done.stderr
    assert "reserved in RDF/XML" in done.stderr


def test_a_list_of_hundreds_of_members_and_blank_nodes_hundreds_deep_are_published(
    tmp_path: Path,
) -> None:
    members = " ".join(map(str, range(1200)))
    deep = "[ o:rel " * 1200 + "1" + " ]" * 1200
    circle = "".join(f"_:c{n} o:rel _:c{(n + 1) % 1200} .\n" for n in range(1200))
    text = f"t:a a o:Thing ; o:list ({members}) ; o:deep {deep} ; o:circle _:c0 .\n{circle}"
    text += "t:b a o:Thing ; o:nested " + "( " * 1200 + "1" + " )" * 1200 + " .\n"
    settings = project(tmp_path / "odd", {"a.ttl": text})
    release = build(settings).release
    assert release.manifest.omitted == ()
    for extension in ("ttl", "jsonld", "rdf", "nt"):
        read = parse(path=release.dumps / f"asserted.{extension}", format=DOCUMENTS[extension])
        assert sum(1 for _ in read) == release.manifest.counts["accepted"]
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        client = create_app(publication, pool, settings).test_client()
        for thing in "ab":
            for extension in (*DOCUMENTS, "html"):
                assert client.get(f"/doc/thing/{thing}.{extension}").status_code == 200, extension


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"<!doctype html>\n<p>not found", 1, "this is HTML, not Turtle"),
        (PREFIXES + "<> a o:Thing .\n<#me> a o:Thing .", 4, "<> is a relative IRI"),
        (PREFIXES + "t:a o:rel <<( t:a o:rel t:b )>> .", 4, "a triple term or an annotation"),
        (PREFIXES + 't:a o:rel t:b {| o:val "sure" |} .', 4, "a triple term or an annotation"),
        (PREFIXES + 't:a o:val "x"@ar--rtl .', 4, '"x"@ar--rtl has a base direction'),
    ],
)
def test_what_cannot_be_published_stops_the_build_with_one_finding(
    tmp_path: Path, content: str | bytes, line: int, message: str
) -> None:
    content = content if isinstance(content, bytes) else content.encode()
    settings = project(tmp_path / "odd", {"a.ttl": content})
    with pytest.raises(ChecksFailed) as failed:
        build(settings)
    (finding,) = failed.value.findings
    assert (finding.path, finding.line) == ("kb/a.ttl", line)
    assert finding.message.startswith(message)
    assert finding.remedy
    done = partyline("format", "--settings", settings.path, settings.knowledge.kb / "a.ttl")
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert (settings.knowledge.kb / "a.ttl").read_bytes() == content


def test_a_file_with_a_byte_order_mark_is_published_and_formatted(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + PREFIXES.encode() + b"t:a a o:Thing ; o:val 1 .\n"
    settings = project(tmp_path / "odd", {"a.ttl": content})
    assert build(settings).release.manifest.counts["accepted"] == 2
    file = settings.knowledge.kb / "a.ttl"
    assert partyline("format", "--settings", settings.path, file).returncode == 0
    assert file.read_bytes().startswith(b"@prefix")


def test_every_file_of_a_project_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    statements = "t:a a o:Thing ; o:val 1 .\nt:b a o:Thing ; o:val 2 ; o:disputed true .\n"
    folder = tmp_path / "odd"
    project(folder, {"a.ttl": statements})
    others = {
        "shapes/s.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> . " + PREFIXES + "o:S a "
        "sh:NodeShape ; sh:targetClass o:Thing ; sh:property [ sh:path o:val ; sh:maxInclusive 1 ; "
        'sh:severity sh:Warning ; sh:message "too high" ] .',
        "questions/all.rq": "# All things\nSELECT ?x { ?x a <https://odd.example/ns#Thing> }",
        "withheld.rq": "SELECT ?node { ?node <https://odd.example/ns#disputed> true }",
    }
    for name, text in others.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    file = folder / "partyline.toml"
    keys = '\nshapes = "shapes"\nquestions = "questions"\nwithheld = "withheld.rq"\n'
    file.write_text(file.read_text() + keys)
    for path in folder.rglob("*.*"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    built = build(read_settings(file))
    assert [finding.message for finding in built.warnings] == ["t:b (2): too high"]
    assert built.release.manifest.counts["accepted"] == 2
    (question,) = read_questions(built.release.questions)
    assert question.title == "All things"
    done = partyline("query", "--settings", file, folder / "questions" / "all.rq")
    assert done.returncode == 0
    assert done.stdout.splitlines()[2:] == ["t:a", "(1 row)"]


def test_a_query_file_that_is_not_utf_8_is_reported_by_name(tmp_path: Path) -> None:
    settings = project(tmp_path / "odd", {"a.ttl": "t:a a o:Thing .\n"})
    withheld = settings.path.parent / "withheld.rq"
    withheld.write_bytes(b"# \xe9\nSELECT ?node {}")
    settings.path.write_text(settings.path.read_text() + 'withheld = "withheld.rq"\n')
    for command in (["check"], ["query", withheld]):
        done = partyline(*command, "--settings", settings.path)
        assert done.returncode == 1
        assert done.stderr.endswith(
            "withheld.rq: is not UTF-8: invalid continuation byte at byte 2\n"
        )


def test_releases_in_the_folder_of_the_sources_are_not_sources(tmp_path: Path) -> None:
    (tmp_path / "partyline.toml").write_text(
        f'[knowledge]\ntitle = "Odd"\nbase = "{BASE}"\nontology_iri = "{BASE}ns"\n'
        'ontology = "."\nkb = "."\n'
    )
    (tmp_path / "all.ttl").write_text(f"{PREFIXES}t:a a o:Thing ; o:val 1 .\n")
    settings = read_settings(tmp_path / "partyline.toml")
    first, second = build(settings), build(settings)
    assert second.release.manifest.identifier == first.release.manifest.identifier
    assert not second.new

    def dumps() -> dict[Path, bytes]:
        files = (path for path in first.release.dumps.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files}

    before = dumps()
    assert partyline("format", "--settings", settings.path).returncode == 0
    assert before == dumps()


@pytest.mark.parametrize("name", ["x\u00aa", "x\u00ba", "x\u00b2", "\u00b5", "x\u2460", "\u00b9"])
def test_format_keeps_iris_that_turtle_cannot_shorten(tmp_path: Path, name: str) -> None:
    content = f"t:a a   o:Thing ; o:rel <https://odd.example/id/thing/{name}> .\n"
    settings = project(tmp_path / "odd", {"a.ttl": content})
    file = settings.knowledge.kb / "a.ttl"
    before = {quad.triple for quad in parse(path=file, format=RdfFormat.TURTLE)}
    done = partyline("format", "--settings", settings.path, file)
    assert done.returncode == 0, done.stderr
    assert {quad.triple for quad in parse(path=file, format=RdfFormat.TURTLE)} == before
    assert f"<https://odd.example/id/thing/{name}>" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("engine", "extension"), [("sparql", "ttl"), ("arrays", "ttl"), ("duckdb", "nt")]
)
def test_every_engine_reads_a_byte_order_mark_and_names_what_is_of_rdf_1_2(
    tmp_path: Path, engine: str, extension: str
) -> None:
    output, file = tmp_path / "out.nt", tmp_path / f"in.{extension}"
    command = ("materialise", "--ontology", file, "--output", output, "--engine", engine)
    plain = "<a:a> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <a:b> .\n"
    file.write_text(plain, encoding="utf-8-sig")
    done = partyline(*command, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for line in ('<a:a> <a:b> "x"@ar--rtl .', "<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> ."):
        file.write_text(plain + line + "\n")
        done = partyline(*command, cwd=tmp_path)
        assert done.returncode == 1
        assert f"in.{extension}:2: error:" in done.stderr
        assert "RDF 1.2" in done.stderr
        assert "remedy:" in done.stderr
    done = partyline(*command[:2], tmp_path / "absent.ttl", *command[3:])
    assert done.returncode == 1
    assert "absent.ttl: cannot be read" in done.stderr


def test_a_file_with_a_byte_order_mark_can_be_queried(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("<a:a> <a:b> 1 .\n", encoding="utf-8-sig")
    solutions = query(file, "SELECT ?o { ?s ?p ?o }")
    assert isinstance(solutions, Solutions)
    assert len(solutions) == 1


@pytest.mark.parametrize(
    ("setting", "header", "warned"),
    [("ns#", "ns", True), ("ns#", "ns#", False), ("ns", "ns#", False), ("ns", "ns", False)],
)
def test_the_hash_of_terms_is_distinguished_from_that_of_an_ontology(
    tmp_path: Path, setting: str, header: str, warned: bool
) -> None:
    settings = project(tmp_path, {"a.ttl": "t:a a o:Thing ."})
    for path, name in ((settings.path, setting), (tmp_path / "ontology/terms.ttl", header)):
        text = path.read_text().replace(f'"{BASE}ns"', f'"{BASE}{name}"')
        path.write_text(text.replace(f"<{BASE}ns>", f"<{BASE}{name}>"))
    found = run_checks(read_settings(settings.path)).findings
    assert [(row.path, row.code) for row in found] == [("partyline.toml", "ontology-iri")] * warned
    assert all(f"knowledge.ontology_iri is {BASE}ns#" in row.message for row in found)
