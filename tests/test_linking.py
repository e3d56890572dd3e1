"""Links to another dataset: proposed through its endpoint, reviewed in a file, then Turtle."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote_plus

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode

import partyline
from command_line import partyline as command
from partyline.errors import BadQuery, EngineError, SourceError
from partyline.linking import Endpoint, LinkOptions, Proposal, propose, read_review, review_file
from partyline.linking.names import Wanted
from partyline.linking.run import batched
from partyline.publishing import Publication
from partyline.settings import Settings, read_settings

BASE = "https://archive.example/"
THEIRS = "https://w3id.org/partyline/"
PERSON = THEIRS + "ns#Person"
#: People of an archive; the built-in knowledge, behind an endpoint, is the other dataset.
ARCHIVE = """
@prefix a: <https://archive.example/id/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix x: <https://archive.example/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

a:hun-sen a foaf:Person ; foaf:name "Hun Sen" .
a:sihanouk a foaf:Person ; foaf:name "Norodom Sihanouk (king)" .
a:pol-pot a foaf:Person ; foaf:name "Somebody Else" ; skos:altLabel "Pol Pot" ;
    owl:sameAs <https://w3id.org/partyline/id/person/pol-pot> .
a:nuon-chea a foaf:Person ; foaf:name "Nuon Chea" ;
    owl:differentFrom <https://w3id.org/partyline/id/person/nuon-chea> .
a:nobody a foaf:Person ; foaf:name "Zacharias Q. Nobody" .
a:namesake a foaf:Person ; foaf:name "Kem Sokha" .
a:sokha a foaf:Person ; foaf:name "Kem Sokha" .
a:party a foaf:Organization ; foaf:name "FUNCINPEC" ;
    x:leader "Norodom Ranariddh" ; x:started "1981" ; x:ended "1970" .
a:cpp a foaf:Organization ; foaf:name "CPP" .
"""
#: Properties of ours beside paths of theirs.
AGREEING = (
    (BASE + "ns#started", "pl:foundedIn/pl:date"),
    (BASE + "ns#leader", "pl:ledBy/<http://www.w3.org/2004/02/skos/core#prefLabel>"),
)
#: An IRI says nothing about a text.
UNKNOWN = (BASE + "ns#leader", "pl:ledBy")
CONTRADICTING = (BASE + "ns#ended", "pl:foundedIn/pl:date")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the archive, of which there is a release."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "archive.ttl").write_text(ARCHIVE, "utf-8")
    (folder / "partyline.toml").write_text(
        f'[knowledge]\ntitle = "Archive"\nbase = "{BASE}"\nsources = ["archive.ttl"]\n'
        'licence = "https://creativecommons.org/publicdomain/zero/1.0/"\n'
        f'[prefixes]\npl = "{THEIRS}ns#"\n',
        "utf-8",
    )
    settings = read_settings(folder / "partyline.toml", {})
    partyline.build(settings)
    return settings


@pytest.fixture(scope="module")
def publication(archive: Settings) -> Publication:
    return Publication.of(partyline.open_release(archive), archive.knowledge)


def linked(
    publication: Publication, endpoint: Endpoint, path: Path, **options: object
) -> dict[tuple[str, str], Proposal]:
    """Return the proposals by the ends of the IRIs of both sides."""
    chosen = replace(LinkOptions(endpoint.address), **options)  # type: ignore[arg-type]
    found = propose(publication, chosen, endpoint, path)
    return {
        (row.subject.removeprefix(BASE + "id/"), row.target.removeprefix(THEIRS + "id/")): row
        for row in found.proposals
    }


def test_resources_with_the_same_name_are_proposed(
    publication: Publication, server: str, tmp_path: Path
) -> None:
    endpoint = Endpoint(server + "/sparql", pause=0)
    found = linked(publication, endpoint, tmp_path / "p", target_kind=PERSON)
    assert set(found) == {
        ("hun-sen", "person/hun-sen"),
        ("sihanouk", "person/norodom-sihanouk"),
        ("namesake", "person/kem-sokha"),
        ("sokha", "person/kem-sokha"),
    }
    sure, namesake = found["hun-sen", "person/hun-sen"], found["sokha", "person/kem-sokha"]
    assert sure.target_label == "Hun Sen"
    assert 1 > sure.confidence > namesake.confidence > 0.5
    assert "2 have this name here" in namesake.reasons
    # Names are batched: one request for names, one for labels.
    assert endpoint.requests == 2


def test_what_properties_say_changes_the_confidence(
    publication: Publication, server: str, tmp_path: Path
) -> None:
    endpoint = Endpoint(server + "/sparql", pause=0)
    kind = {"kind": "http://xmlns.com/foaf/0.1/Organization"}
    pair = ("party", "organisation/funcinpec")
    alone = linked(publication, endpoint, tmp_path / "1", **kind)
    assert ("cpp", "organisation/cambodian-peoples-party") not in alone  # an acronym
    leader = (BASE + "ns#leader", "pl:ledBy|pl:foundedBy")
    started = (BASE + "ns#started", "pl:foundedIn/pl:date")
    agreed = linked(publication, endpoint, tmp_path / "2", **kind, properties=(started,))
    both = linked(publication, endpoint, tmp_path / "3", **kind, properties=(started, leader))
    assert agreed[pair].confidence > alone[pair].confidence
    assert agreed[pair].confidence > both[pair].confidence  # a name is not an IRI
    assert "1.00" in agreed[pair].reasons
    with_acronym = linked(
        publication, endpoint, tmp_path / "4", **kind, target_kind=THEIRS + "ns#Organisation"
    )
    assert with_acronym["cpp", "organisation/cambodian-peoples-party"].confidence < 0.6


def test_a_search_goes_on_where_it_was_interrupted(
    publication: Publication, server: str, tmp_path: Path
) -> None:
    options = LinkOptions(server + "/sparql", target_kind=PERSON, batch=2)
    whole = Endpoint(options.endpoint, pause=0)
    expected = propose(publication, options, whole, tmp_path / "whole")

    def interrupt(line: str) -> None:
        if line.startswith("3 "):
            raise KeyboardInterrupt

    first, second = Endpoint(options.endpoint, pause=0), Endpoint(options.endpoint, pause=0)
    with pytest.raises(KeyboardInterrupt):
        propose(publication, options, first, tmp_path / "part", report=interrupt)
    # The last line is incomplete where the machine went down.
    text = (tmp_path / "part").read_text("utf-8")
    (tmp_path / "part").write_text(text[:-5], "utf-8")
    assert propose(publication, options, second, tmp_path / "part") == expected
    assert second.requests < whole.requests <= first.requests + second.requests
    with pytest.raises(SourceError, match="other options"):
        propose(publication, replace(options, batch=3), second, tmp_path / "part")
    (tmp_path / "part").write_text("nonsense", "utf-8")
    with pytest.raises(SourceError, match="delete it"):
        propose(publication, options, second, tmp_path / "part")


def test_pairs_that_were_decided_on_are_left_out(
    publication: Publication, server: str, tmp_path: Path
) -> None:
    options = LinkOptions(server + "/sparql", target_kind=PERSON)
    endpoint = Endpoint(options.endpoint, pause=0)
    everything = propose(publication, options, endpoint, tmp_path / "1")
    text = review_file(publication, options, everything.proposals)
    head, *rows = [line for line in text.splitlines() if not line.startswith("#")]
    names = head.split("\t")
    accepted, rejected = ([*row.split("\t")] for row in rows[:2])
    accepted[names.index("reviewer_label")] = "Anna"
    rejected[names.index("predicate_modifier")] = "Not"
    comments = [line for line in text.splitlines() if line.startswith("#")]
    lines = [*comments, head, "\t".join(accepted), "\t".join(rejected), *rows[2:]]
    file = tmp_path / "review.tsv"
    file.write_text("\n".join(lines), "utf-8")
    review = read_review(file)
    assert (len(review.accepted), len(review.rejected), review.open) == (1, 1, len(rows) - 2)
    rest = propose(publication, options, endpoint, tmp_path / "2", review.decided)
    assert len(rest.proposals) == len(everything.proposals) - 2


class Moody(BaseHTTPRequestHandler):
    """An endpoint that answers as *answers* say: a status each, and after them no solutions."""

    answers: Sequence[tuple[int, dict[str, str]]] = ()
    queries: list[str]
    agents: list[str]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        kind = type(self)
        kind.queries.append(unquote_plus(self.path + body))
        kind.agents.append(self.headers["User-Agent"])
        place = len(kind.queries) - 1
        status, fields = kind.answers[place] if place < len(kind.answers) else (200, {})
        content = b'{"head": {"vars": []}, "results": {"bindings": []}}' if status == 200 else b"no"
        self.send_response(status)
        for name, value in {"Content-Type": "application/sparql-results+json", **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def moody() -> Iterator[tuple[type[Moody], str]]:
    class Own(Moody):
        queries: list[str] = []  # noqa: RUF012  one for each test
        agents: list[str] = []  # noqa: RUF012

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Own, f"http://127.0.0.1:{listening.server_address[1]}/sparql"
        listening.shutdown()
        thread.join()


def test_a_busy_endpoint_is_asked_again_as_late_as_it_wants(
    moody: tuple[type[Moody], str],
) -> None:
    handler, address = moody
    handler.answers = [(429, {"Retry-After": "7"}), (503, {}), (502, {})]
    slept: list[float] = []
    said: list[str] = []
    endpoint = Endpoint(address, pause=3, report=said.append, sleep=slept.append)
    assert len(endpoint.select("SELECT * { ?s ?p ?o }")) == 0
    assert slept == [7, 3, 8, 3, 30, 3]
    assert len(said) == 3
    assert "429" in said[0]
    assert set(handler.agents) == {f"partyline/{partyline.__version__} (SPARQLWrapper)"}
    handler.answers = [(200, {})] * 4 + [(400, {})]
    slept.clear()
    with pytest.raises(EngineError, match="400"):
        endpoint.select("SELECT * { ?s ?p ?o }")
    assert slept == [3]
    handler.answers = [(200, {})] * 5 + [(503, {})] * 9
    with pytest.raises(EngineError, match="503"):
        endpoint.select("SELECT * { ?s ?p ?o }")


def test_a_query_that_is_too_much_is_divided(
    publication: Publication, moody: tuple[type[Moody], str], tmp_path: Path
) -> None:
    handler, address = moody
    handler.answers = [(504, {}), (500, {})]
    endpoint = Endpoint(address, pause=0, sleep=lambda seconds: None)
    found = propose(publication, LinkOptions(address), endpoint, tmp_path / "p")
    assert (found.proposals, found.resources) == ((), 8)
    # The whole, its first half, the quarters of that, and the second half.
    sizes = [query.count('"@en') for query in handler.queries]
    assert len(sizes) == 5
    assert sizes[0] > sizes[1] > sizes[2] > 0
    # One name is in both halves.
    assert sizes[0] + 1 == sizes[1] + sizes[4] == sizes[2] + sizes[3] + sizes[4]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"properties": (("a:none", "a:b"),)}, "No property here"),
        ({"kind_path": "no path", "target_kind": PERSON}, "line"),
        ({"properties": ((BASE + "ns#leader", "unknown:x"),)}, "unknown"),
        ({"labels": ("no iri",)}, "IRI"),
    ],
)
def test_options_that_are_not_valid_are_told_before_anything_is_asked(
    publication: Publication, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    endpoint = Endpoint("http://127.0.0.1:9/sparql")
    with pytest.raises(BadQuery, match=message):
        linked(publication, endpoint, tmp_path / "p", **options)
    assert endpoint.requests == 0


def test_batches_hold_few_names() -> None:
    def row(number: int, literals: int) -> Wanted:
        texts = tuple(Literal(f"{number} {place}") for place in range(literals))
        return Wanted(NamedNode(f"urn:{number}"), number, ("x",), texts)

    sizes = [len(rows) for rows in batched([row(number, 150) for number in range(7)], 5)]
    assert sizes == [2, 2, 2, 1]
    assert [len(rows) for rows in batched([row(number, 1) for number in range(7)], 5)] == [5, 2]
    assert [len(rows) for rows in batched([row(1, 999)], 5)] == [1]
    assert batched([], 5) == []


HEAD = '#curie_map:\n#  a: "https://archive.example/id/"\n#  p: https://p.example/\n'
TABLE = "subject_id\tpredicate_id\tobject_id\treviewer_label\tpredicate_modifier\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *(("", "no table"), ("a\tb\n1\t2\n", "subject_id"), (HEAD + TABLE + "a:x\n", ":5: pred")),
        *((HEAD + TABLE + "b:x\tskos:exactMatch\tp:1\tI\n", "b: is not in curie_map"),),
        *((HEAD + TABLE + "a:x\tskos:exactMatch\tnothing\tI\n", "not a CURIE"),),
        *((HEAD + TABLE + "a:x\trdf:type\tp:1\tI\n", "not a relation of links"),),
        *((HEAD + TABLE + "a:x\tskos:exactMatch\tp:<\tI\n", "valid IRI"),),
    ],
)
def test_a_review_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "review.tsv"
    file.write_text(text, "utf-8")
    with pytest.raises(SourceError, match=message) as found:
        read_review(file)
    assert str(file) in str(found.value)
    with pytest.raises(SourceError, match="cannot be read"):
        read_review(tmp_path / "none.tsv")


def test_a_review_is_read_as_spreadsheets_and_other_tools_write_it(tmp_path: Path) -> None:
    file = tmp_path / "review.tsv"
    rows = 'a:x\tskos:exactMatch\tp:1\t"Ana ""A"" B"\t\r\na:y\tskos:closeMatch\thttps://p.example/2\t\t\r\n'
    heads = (
        HEAD,
        '"#curie_map:"\t\t\r\n"#  a: ""https://archive.example/id/"""\t\r\n'
        "#  p: https://p.example/\r\n",
        "# license: x\n# curie_map:\n#   a: https://archive.example/id/\n"
        "#   'p': 'https://p.example/'\n# x: y\n",
    )
    for head in heads:
        file.write_text("\ufeff" + head + TABLE + rows, "utf-8", newline="")
        review = read_review(file)
        (triple,) = review.accepted
        assert (triple.subject, triple.object) == (
            NamedNode(BASE + "id/x"),
            NamedNode("https://p.example/1"),
        )
        assert review.open == 1


def test_the_command_proposes_and_writes_what_was_accepted(
    archive: Settings, server: str, tmp_path: Path
) -> None:
    settings = ("--settings", archive.path)
    output = tmp_path / "links.tsv"
    search = ("--target", server + "/sparql", "--target-class", "pl:Person", "--pause", "0")
    ended = command("link", *settings, *search, "--output", output, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "4 proposals for 9 resources" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["links.tsv"]
    # What a reviewer has worked on is never written over.
    again = command("link", *settings, *search, "--output", output, cwd=tmp_path)
    assert (again.returncode, "exists" in again.stderr) == (2, True)

    text = output.read_text("utf-8")
    output.write_text(re.sub(r"(\tHun Sen\tsemapv:LexicalMatching\t)", r"\1Anna", text), "utf-8")
    accepted = command("link", *settings, "--accept", output, cwd=tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    assert "1 links accepted, 0 rejected, 3 not decided" in accepted.stderr
    graph = rdflib.Graph().parse(data=accepted.stdout, format="turtle")
    assert set(graph) == {
        (
            rdflib.URIRef(BASE + "id/hun-sen"),
            rdflib.SKOS.exactMatch,
            rdflib.URIRef(THEIRS + "id/person/hun-sen"),
        )
    }
    turtle = tmp_path / "links.ttl"
    assert command("link", *settings, "--accept", output, "--output", turtle).returncode == 0
    assert turtle.read_text("utf-8") == accepted.stdout


def test_the_command_says_what_is_wrong(archive: Settings, tmp_path: Path) -> None:
    settings = ("--settings", archive.path)
    for arguments, code, message in (
        ((), 2, "--target"),
        (("--target", "http://127.0.0.1:9/", "--property", "a"), 2, "a path of theirs"),
        (("--target", "http://127.0.0.1:9/", "--least", "2"), 2, "--least"),
        (("--target", "ftp://a.example/"), 1, "begins with http"),
        (("--accept", "none.tsv"), 1, "none.tsv"),
    ):
        ended = command("link", *settings, *arguments, cwd=tmp_path)
        assert (ended.returncode, message in ended.stderr) == (code, True), ended.stderr
