"""The built-in knowledge: the founding text is there as what it is, and damage is found."""

import csv
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, RdfFormat, Store, Triple, parse

from conftest import Built
from knowledge_slice import copy_slice
from partyline.errors import ChecksFailed
from partyline.findings import Finding
from partyline.rdf import write_turtle
from partyline.releases import Release, build, current_release, graph_iri
from partyline.settings import Settings
from partyline.sources import Sources, parse_turtle, read_turtle
from partyline.sources.computed_bounds import COMPUTED
from partyline.validation import run_checks
from partyline.vocabulary import OA, PL, RDF, SKOS
from sampling import some_of

PREFIXES = """PREFIX claim: <https://w3id.org/partyline/id/claim/>
PREFIX event: <https://w3id.org/partyline/id/event/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX organisation: <https://w3id.org/partyline/id/organisation/>
PREFIX person: <https://w3id.org/partyline/id/person/>
PREFIX pl: <https://w3id.org/partyline/ns#>
PREFIX situation: <https://w3id.org/partyline/id/situation/>
"""


Slice = Callable[..., Settings]


def slice_in(
    folder: Path, settings: Settings, sources: Sources, release: Release, files: Iterable[str]
) -> Settings:
    """Copy *files* of the built-in knowledge with what they refer to, and its release."""
    knowledge = settings.knowledge
    kb = copy_slice(sources, knowledge.kb, files, folder / "kb")
    releases = copytree(
        release.path.parent, folder / "releases", symlinks=True, copy_function=os.link
    )
    return replace(
        settings,
        path=folder / "partyline.toml",
        knowledge=replace(knowledge, kb=kb),
        releases=releases,
    )


@pytest.fixture
def slice_of(settings: Settings, sources: Sources, release: Release, tmp_path: Path) -> Slice:
    """Some files of the built-in knowledge with what they refer to, to damage."""

    def sliced(*files: str) -> Settings:
        return slice_in(tmp_path, settings, sources, release, files)

    return sliced


def holds(store: Store, pattern: str) -> bool:
    answer = store.query(f"{PREFIXES} ASK {{ {pattern} }}")
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


def kb_files(settings: Settings) -> list[Path]:
    return sorted(settings.knowledge.kb.rglob("*.ttl"))


def test_the_built_in_knowledge_has_no_findings(built_in_build: Built) -> None:
    assert built_in_build.findings == []


def test_every_file_is_in_its_canonical_form(settings: Settings) -> None:
    """`make lint` looks at all of them."""
    files = [*kb_files(settings), *settings.knowledge.ontology.rglob("*.ttl")]
    assert len(files) > 20
    for file in some_of(files, 40):
        document = read_turtle(file)
        triples = [statement.triple for statement in document.statements]
        assert write_turtle(triples, document.prefixes) == file.read_text(encoding="utf-8"), file


def test_every_subject_is_described_in_one_file(settings: Settings) -> None:
    files: dict[NamedNode, set[Path]] = defaultdict(set)
    for file in kb_files(settings):
        for statement in read_turtle(file).statements:
            if isinstance(statement.triple.subject, NamedNode):
                files[statement.triple.subject].add(file)
    assert len(files) > 1000
    assert {subject: found for subject, found in files.items() if len(found) > 1} == {}


def test_every_file_is_named_after_a_topic(settings: Settings) -> None:
    """Not ``more-b`` or ``places-e``: nobody looks for a thing under the letter of its author."""
    names = {file.stem for file in kb_files(settings)}
    assert {name for name in names if re.search(r"\bmore\b|-[a-z]$", name)} == set()


# The guide for contributors


def test_the_dispute_of_the_guide_has_no_findings_and_is_a_contested_matter(
    settings: Settings, slice_of: Slice
) -> None:
    """The second example replaces what the first one says of the same subject, as it is printed."""
    guide = (settings.knowledge.kb / "README.md").read_text(encoding="utf-8")
    example, dispute = re.findall(r"```turtle\n(.*?)```", guide, re.DOTALL)
    document = parse_turtle(dispute.encode(), "dispute.ttl")
    assert write_turtle([row.triple for row in document.statements], document.prefixes) == dispute
    replaced = {block.partition("\n")[0] for block in dispute.split("\n\n")[1:]}
    kept = [block for block in example.split("\n\n") if block.partition("\n")[0] not in replaced]
    assert len(kept) == len(example.split("\n\n")) - 1

    part = slice_of("organisations/khmer-rouge.ttl", "concepts/offices.ttl")
    party = part.knowledge.kb / "organisations" / "party-of-the-example.ttl"
    party.write_text("\n\n".join([*kept, dispute]), encoding="utf-8")
    report = run_checks(part)

    things = settings.knowledge.things
    founding = NamedNode(f"{things}event/party-of-the-example-founding")
    founded = NamedNode(f"{things}organisation/party-of-the-example")
    # Others are about files of which there is a part only.
    assert [str(row) for row in report.findings if "example" in str(row)] == []
    assert Triple(founding, RDF.type, PL.ContestedMatter) in report.inferred
    assert Triple(founded, PL.splinterOf, NamedNode(f"{things}organisation/khmer-rouge")) in (
        report.inferred
    )


def test_the_asserted_dump_is_the_knowledge_base_exactly(
    release: Release, settings: Settings
) -> None:
    """Compared as text, in which a lexical form cannot hide, with blank nodes left aside."""
    dumped = parse(path=str(release.dumps / "asserted.nt"), format=RdfFormat.N_TRIPLES)
    read = (
        quad
        for file in kb_files(settings)
        for quad in parse(path=str(file), format=RdfFormat.TURTLE)
    )
    assert sorted(unlabelled(quad.triple) for quad in dumped) == sorted(
        {str(quad.triple): unlabelled(quad.triple) for quad in read}.values()
    )


def test_the_graph_of_what_is_asserted_holds_nothing_that_is_computed(release: Release) -> None:
    withheld = set(release.table.match(graphs=("withheld",)))
    asserted = set(release.table.match(graphs=("asserted",)))
    dumped = parse(path=str(release.dumps / "asserted.nt"), format=RdfFormat.N_TRIPLES)
    assert asserted == {quad.triple for quad in dumped}
    computed = {triple.predicate for triple in withheld - asserted}
    assert computed
    assert computed <= set(COMPUTED)


def unlabelled(triple: Triple) -> str:
    return re.sub(r"_:\w+", "_:b", str(triple))


# What follows


def test_the_party_is_a_splinter_though_no_file_says_so(
    release: Release, published: Store, settings: Settings
) -> None:
    party, parent = (
        NamedNode(f"{settings.knowledge.things}organisation/{slug}")
        for slug in ("democratic-national-union-movement", "khmer-rouge")
    )
    splinter = Triple(party, PL.splinterOf, parent)
    assert holds(published, f"{party} pl:splinterOf {parent}")
    assert release.origins(splinter) == ()


def test_the_table_of_the_release_has_every_statement_with_its_places_and_graphs(
    release: Release, sources: Sources, settings: Settings
) -> None:
    """As the sources and the N-Quads dump have them, in the same spelling."""
    places = defaultdict(list)
    for document in sources.documents:
        for row in document.statements:
            places[row.triple].append(str(row.origin))
    graphs = defaultdict(set)
    for quad in parse(path=release.dumps / "dataset.nq", format=RdfFormat.N_QUADS):
        graphs[quad.graph_name].add(quad.triple)

    table = release.table
    rows = {table.triple(row): row for row in range(len(table))}
    placed = {triple: [str(place) for place in table.origins(row)] for triple, row in rows.items()}
    assert {triple: found for triple, found in placed.items() if found} == places
    for name in release.manifest.counts:
        expected = graphs[graph_iri(settings.knowledge.base, name)]
        assert set(table.match(graphs=[name])) == expected
    for name, size in release.manifest.views.items():
        assert table.count(graphs=[name]) == size


@pytest.mark.parametrize(
    "statement",
    [
        "organisation:cambodian-national-unity-party pl:succeeds"
        " organisation:party-of-democratic-kampuchea",
        "organisation:democratic-national-union-movement pl:descendsFrom"
        " organisation:communist-party-of-kampuchea",
        "organisation:khmer-national-solidarity-party pl:foundedBy person:khieu-samphan",
        "organisation:cambodian-national-unity-party pl:wingOf organisation:khmer-rouge",
        "organisation:cambodian-national-unity-party pl:partOf organisation:khmer-rouge",
        "organisation:dangrek-faction pl:partOf organisation:social-republican-party",
        "person:khieu-samphan pl:leads organisation:party-of-democratic-kampuchea",
        "person:ieng-sary pl:defectedFrom organisation:cambodian-national-unity-party",
        "person:khieu-samphan a pl:SentencedPerson",
        "organisation:kampuchean-peoples-revolutionary-party pl:claimsLegacyOf"
        " organisation:khmer-peoples-revolutionary-party",
        "organisation:candlelight-party pl:descendsFrom organisation:khmer-nation-party",
        "organisation:cambodian-peoples-party pl:succeeds"
        " organisation:kampuchean-peoples-revolutionary-party",
        "organisation:communist-party-of-kampuchea pl:descendsFrom"
        " organisation:indochinese-communist-party",
        # founded jointly by parties that go on
        "organisation:cambodia-national-rescue-party pl:formedFrom organisation:sam-rainsy-party",
        "organisation:cambodia-national-rescue-party pl:descendsFrom"
        " organisation:human-rights-party",
        # organisations have successors; of states it says nothing about descent
        "organisation:democratic-kampuchea pl:hasSuccessor"
        " organisation:peoples-republic-of-kampuchea",
        "organisation:royal-government-of-cambodia-2018 pl:hasSuccessor"
        " organisation:royal-government-of-cambodia-2023",
        "organisation:party-of-democratic-kampuchea pl:hasSuccessor"
        " organisation:cambodian-national-unity-party",
        "organisation:communist-party-of-kampuchea a pl:DefunctOrganisation",
    ],
)
def test_what_the_sources_tell_entails(published: Store, statement: str) -> None:
    assert holds(published, statement)


@pytest.mark.parametrize(
    "statement",
    [
        # by the letter of the founding text; disputed, and so nothing is concluded from it
        "organisation:kampuchean-peoples-revolutionary-party pl:succeeds ?x",
        "organisation:party-of-democratic-kampuchea pl:succeeds organisation:khmer-rouge",
        "organisation:khmer-rouge a pl:DefunctOrganisation",
        # an opinion, a plan, a self-description: claims, and no facts
        "person:khieu-samphan ?p ?liberal FILTER(CONTAINS(STR(?liberal), 'liberal'))",
        "organisation:khmer-national-solidarity-party pl:memberOf ?front",
        # the founding text has the history of the one reclaimed; scholars, that of another
        "organisation:kampuchean-peoples-revolutionary-party pl:claimsLegacyOf"
        " organisation:communist-party-of-kampuchea",
        # expelled, and founder of another party months later: no source calls it a splinter
        "organisation:khmer-nation-party pl:splinterOf ?x",
        "organisation:kampuchean-peoples-revolutionary-party pl:descendsFrom ?x",
        # newspapers of the day know of no defection of 1997
        "organisation:khmer-national-solidarity-party pl:descendsFrom ?x",
        "person:khieu-samphan pl:defectedFrom organisation:cambodian-national-unity-party",
        # its founders go on, and nobody broke away
        "organisation:cambodia-national-rescue-party pl:splinterOf ?x",
        "organisation:sam-rainsy-party a pl:DefunctOrganisation",
        # the succession of states is not a lineage, and a new name is not an end
        "organisation:peoples-republic-of-kampuchea pl:descendsFrom ?x",
        "organisation:khmer-republic pl:descendsFrom ?x",
        "organisation:royal-government-of-cambodia-2023 pl:descendsFrom ?x",
        "organisation:workers-party-of-kampuchea a pl:DefunctOrganisation",
        # the core of the movement, and no arm of it
        "organisation:communist-party-of-kampuchea pl:wingOf ?x",
        # a faction or a government belongs to the whole, which does not act through it
        "organisation:dangrek-faction pl:wingOf ?x",
        "organisation:kampuchean-peoples-revolutionary-council pl:wingOf ?x",
        "?membership a <http://www.w3.org/ns/org#Membership>"
        " FILTER NOT EXISTS { ?membership <http://www.w3.org/ns/org#member> ?member }",
        "?claiming pl:claimsLegacyOf ?claimed . ?claiming pl:descendsFrom ?claimed",
        "?x pl:descendsFrom ?x",
    ],
)
def test_what_the_sources_do_not_tell_does_not_follow(published: Store, statement: str) -> None:
    assert not holds(published, statement)


# The founding text


def founding_text(release: Release) -> Iterator[tuple[int, int, str]]:
    """Yield begin, end and words of each passage of the founding text."""
    store = release.open_store()
    source = NamedNode("https://w3id.org/partyline/id/source/founding-text")
    for quad in store.quads_for_pattern(None, OA.hasSource, source, None):
        found: dict[NamedNode, Literal] = {}
        for selector in store.quads_for_pattern(quad.subject, OA.hasSelector, None, None):
            assert isinstance(selector.object, BlankNode)
            for row in store.quads_for_pattern(selector.object, None, None, None):
                if isinstance(row.object, Literal):
                    found[row.predicate] = row.object
        yield int(found[OA.start].value), int(found[OA.end].value), found[OA.exact].value


def test_all_42_claims_of_the_founding_text_have_passage_modality_and_standing(
    published: Store,
) -> None:
    for number in range(1, 43):
        assert holds(
            published,
            f"claim:founding-text-{number:02} a pl:Claim ; pl:claimAbout ?matter ; pl:status ?s ;"
            " pl:modality ?m ; pl:evidencedBy ?passage . ?passage oa:hasSelector/oa:exact ?words .",
        ), number


def test_passages_that_overlap_have_the_same_letters_there(release: Release) -> None:
    letters: dict[int, str] = {}
    passages = set(founding_text(release))
    assert len(passages) == 42
    for begin, end, words in passages:
        assert end - begin == len(words)
        for position, letter in enumerate(words, begin):
            assert letters.setdefault(position, letter) == letter, (position, words)


def test_hedges_aims_quotations_and_opinions_are_kept_as_what_they_are(published: Store) -> None:
    manners = {
        "Hedged": (9, 10, 13, 26, 39, 41),
        "Quotation": (35, 36, 37),
        "Aim": (22, 34),
        "Estimate": (26,),
        "Opinion": (13, 20, 36, 37, 39),
        "Implied": (18, 32),
        "Ambiguous": (7, 8, 17, 18),
    }
    for manner, numbers in manners.items():
        for number in range(1, 43):
            claimed = holds(published, f"claim:founding-text-{number:02} pl:modality pl:{manner}")
            assert claimed == (number in numbers), (manner, number)


def test_the_text_contradicts_itself_and_the_graph_says_where(published: Store) -> None:
    for number in (3, 4, 24, 28):
        assert holds(
            published, f"claim:founding-text-{number:02} pl:contradicts claim:founding-text-08"
        )
    assert holds(published, "claim:founding-text-08 a pl:ContradictedClaim")


def test_where_other_sources_contradict_the_text_their_claims_say_so(published: Store) -> None:
    rivals = {
        7: "kampuchean-peoples-revolutionary-party-founding-early-1979",
        21: "cambodian-national-unity-party-led-by-khieu-samphan-and-son-sen",
        31: "khieu-samphan-defection-cambodia-daily",
        32: "khieu-samphan-defection-cambodia-daily",
        39: "khmer-national-solidarity-party-end-ban-wikipedia",
    }
    for number, rival in rivals.items():
        assert holds(published, f"claim:founding-text-{number:02} pl:contradicts claim:{rival}"), (
            number
        )


def test_claims_can_be_joined_by_property_and_object(published: Store) -> None:
    assert holds(
        published,
        "?claim pl:claimProperty pl:founder ; pl:claimObject person:pen-sovan ;"
        " pl:contradicts ?rival . ?rival pl:claimProperty pl:founder ; pl:claimObject ?other ."
        " ?other a pl:Person FILTER(?other != person:pen-sovan)",
    )
    assert not holds(
        published,
        "?claim a pl:Claim FILTER NOT EXISTS"
        " { ?claim pl:claimProperty|pl:withoutClaimProperty ?property }",
    )


def test_copies_of_one_text_are_one_voice(published: Store) -> None:
    """Mirrors of an encyclopedia, and the country study of the Library of Congress."""
    assert not holds(
        published,
        "?source <http://purl.org/dc/terms/source> ?address FILTER(REGEX(STR(?address),"
        " 'wikipedia|/enwiki|kiwix')) FILTER NOT EXISTS { ?source pl:inFamily ?family }",
    )
    assert not holds(
        published,
        "?source <http://purl.org/dc/terms/title> ?title FILTER(CONTAINS(STR(?title),"
        " 'Library of Congress')) FILTER NOT EXISTS { ?source pl:inFamily ?family }",
    )


def test_what_is_withheld_is_published_with_its_passage(
    release: Release, settings: Settings
) -> None:
    text = (release.dumps / "dataset.nq").read_text(encoding="utf-8")
    withheld = [line for line in text.splitlines() if line.endswith("graph/withheld> .")]
    assert any("evidencedBy" in line for line in withheld)
    assert any("khmer-rouge-becomes-party-of-democratic-kampuchea" in line for line in withheld)


# Damage

#: What the damages need beside the files that they are in.
BESIDE = ("different.ttl", "people/pol-pot.ttl")
DAMAGES = {
    "syntax": (
        "people/nuon-chea.ttl",
        "    a pl:Person ;",
        "    a pl:Person",
        "syntax",
    ),
    "a party founded by nobody's passage": (
        "organisations/khmer-national-solidarity-party.ttl",
        "    pl:evidencedBy passage:founding-text-34 ;\n",
        "",
        "evidence",
    ),
    "a person as an organisation": (
        "people/khieu-samphan.ttl",
        "pl:inOrganisation organisation:democratic-kampuchea ;",
        "pl:inOrganisation person:pol-pot ;",
        "cax-adc",
    ),
    "two parties taken for one": (
        "people/khieu-samphan.ttl",
        "person:khieu-samphan\n",
        "organisation:khmer-national-solidarity-party"
        " <http://www.w3.org/2002/07/owl#sameAs> organisation:cambodian-national-unity-party .\n"
        "\nperson:khieu-samphan\n",
        "eq-diff3",
    ),
    "a relation that should follow": (
        "people/ieng-sary.ttl",
        "person:ieng-sary\n    a pl:Person ;\n",
        "person:ieng-sary\n    a pl:Person ;\n"
        "    pl:defectedFrom organisation:cambodian-national-unity-party ;\n",
        "shortcut",
    ),
    "an end before the beginning": (
        "organisations/party-of-democratic-kampuchea.ttl",
        '"1985/1992"',
        '"1992/1985"',
        "date",
    ),
}


@dataclass(frozen=True)
class Damaged:
    """What a build says of a slice with all these damages."""

    findings: tuple[Finding, ...]
    #: The release that was there before, and the one after.
    before: Path
    after: Path


@pytest.fixture(scope="module")
def damaged(
    settings: Settings,
    sources: Sources,
    release: Release,
    tmp_path_factory: pytest.TempPathFactory,
) -> Damaged:
    folder = tmp_path_factory.mktemp("damaged")
    names = {name for name, *_ in DAMAGES.values()}
    part = slice_in(folder, settings, sources, release, {*names, *BESIDE})
    for name, old, new, _ in DAMAGES.values():
        file = part.knowledge.kb / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
    before = current_release(part.releases).path
    with pytest.raises(ChecksFailed) as failed:
        build(part)
    findings = tuple(failed.value.findings)
    return Damaged(findings, before, current_release(part.releases).path)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_each_of_many_damages_is_reported_with_file_line_and_remedy(
    damaged: Damaged, settings: Settings, damage: tuple[str, str, str, str]
) -> None:
    name, old, _, code = damage
    found = [row for row in damaged.findings if (row.code, row.path) == (code, f"kb/{name}")]
    assert found
    text = (settings.knowledge.kb / name).read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    for finding in found:
        assert abs(finding.line - line) <= 3
        assert finding.remedy


def test_damage_leaves_the_served_release(damaged: Damaged) -> None:
    assert damaged.after == damaged.before


def test_a_party_that_descends_from_itself_in_two_steps_is_refused(slice_of: Slice) -> None:
    names = (
        "communist-party-of-kampuchea",
        "party-of-democratic-kampuchea",
        "cambodian-national-unity-party",
    )
    copied = slice_of(*(f"organisations/{name}.ttl" for name in names))
    file = copied.knowledge.kb / "organisations" / "communist-party-of-kampuchea.ttl"
    text = file.read_text(encoding="utf-8")
    old = "pl:predecessor organisation:communist-party-of-kampuchea ;"
    assert old in text
    new = "pl:predecessor organisation:cambodian-national-unity-party ;"
    file.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(ChecksFailed) as failed:
        build(copied)
    found = [row for row in failed.value.findings if row.code == "descent"]
    assert {row.path.rpartition("/")[2] for row in found} == {
        "cambodian-national-unity-party.ttl",
        "party-of-democratic-kampuchea.ttl",
    }
    assert all("descends from itself" in row.message for row in found)


def test_every_thing_has_an_english_name(release: Release, settings: Settings) -> None:
    store = release.open_store()
    things = {
        quad.subject
        for quad in store.quads_for_pattern(None, RDF.type, None, None)
        if isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith(settings.knowledge.things)
    }
    assert len(things) > 100
    for thing in things:
        names = store.quads_for_pattern(thing, SKOS.prefLabel, None, None)
        assert "en" in {row.object.language for row in names if isinstance(row.object, Literal)}


def test_every_link_is_in_the_table_with_where_it_was_seen(settings: Settings) -> None:
    """``kb/links.csv`` and the files say the same; a wrong link is worse than none."""
    things = settings.knowledge.things
    identifier = NamedNode("http://purl.org/dc/terms/identifier")
    relations = {
        NamedNode(f"{SKOS.prefLabel.value.rpartition('#')[0]}#{name}"): name
        for name in ("exactMatch", "closeMatch")
    } | {identifier: "identifier"}
    found = set()
    for file in kb_files(settings):
        for statement in read_turtle(file).statements:
            subject, predicate, record = statement.triple
            if predicate in relations and isinstance(subject, NamedNode):
                assert isinstance(record, NamedNode | Literal)
                slug = subject.value.removeprefix(things)
                found.add((slug, relations[predicate], record.value))
    table = settings.knowledge.kb / "links.csv"
    with table.open(encoding="utf-8", newline="") as rows:
        listed = list(csv.DictReader(rows))
    assert all(row["seen in"] for row in listed)
    assert {(row["subject"], row["relation"], row["record"]) for row in listed} == found
    assert len(listed) == len(found) > 80
