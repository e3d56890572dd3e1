"""Descriptions, names and words, without HTTP."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from partyline.errors import UnknownResource
from partyline.publishing import (
    Description,
    Publication,
    ResourcePage,
    dataset_triples,
    example_queries,
    home_page,
    listing,
    ontology_page,
    ontology_triples,
    resource_page,
    service_triples,
    table,
)
from partyline.publishing.addresses import Addresses, ontology_paths
from partyline.publishing.labels import Text
from partyline.publishing.pages.query_results import beginning
from partyline.publishing.statements import Standing
from partyline.releases import build
from partyline.settings import Knowledge, Limits, read_settings
from partyline.vocabulary import DCT, FOAF, RDF, RDFS, XSD

TERMS = "https://music.example.org/terms#"
THINGS = "https://music.example.org/id/"
BRASS, RED = f"{THINGS}ensemble/brass-union", f"{THINGS}ensemble/red-brass"
GREW = NamedNode(TERMS + "grewOutOf")
EXPRESSIONS = """
t:Soloist a owl:Class ;
    rdfs:subClassOf [
        a owl:Restriction ;
        owl:onProperty t:playsIn ;
        owl:someValuesFrom [ owl:unionOf ( t:Ensemble [ owl:complementOf t:Musician ] ) ]
    ] .
t:colleague a owl:ObjectProperty ;
    owl:propertyChainAxiom ( t:playsIn t:hasPlayer ) .
"""


@pytest.fixture
def music(ensembles: Path) -> Publication:
    """The small second knowledge base, published."""
    return publish(ensembles)


def publish(folder: Path) -> Publication:
    settings = read_settings(folder / "partyline.toml", {})
    return Publication.of(build(settings).release, settings.knowledge)


def add(folder: Path, turtle: str, prefixes: str = "") -> None:
    """Write one more file into the knowledge base."""
    head = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f"@prefix t: <{TERMS}> .\n@prefix ensemble: <{THINGS}ensemble/> .\n"
    )
    (folder / "kb" / "more.ttl").write_text(head + prefixes + turtle, encoding="utf-8")


# Descriptions


def test_a_description_distinguishes_asserted_inferred_and_disputed(music: Publication) -> None:
    standings = {
        (row.triple.subject, row.triple.object): row.standing
        for row in music.describe(RED).statements()
        if row.triple.predicate == GREW
    }
    red = NamedNode(RED)
    assert standings == {
        (red, NamedNode(f"{THINGS}ensemble/new-brass-union")): Standing.ASSERTED,
        (red, NamedNode(BRASS)): Standing.INFERRED,
        (NamedNode(f"{THINGS}ensemble/rumoured-quartet"), red): Standing.DISPUTED,
    }


def test_a_document_says_what_it_is_about_and_under_which_licence(music: Publication) -> None:
    triples = music.triples(music.describe(RED))
    document = NamedNode("https://music.example.org/doc/ensemble/red-brass")
    assert Triple(document, FOAF.primaryTopic, NamedNode(RED)) in triples
    assert Triple(document, DCT.license, NamedNode(music.knowledge.licence)) in triples
    assert Triple(document, DCT.isPartOf, NamedNode("https://music.example.org/dataset")) in triples


def test_a_document_names_the_things_that_it_mentions(music: Publication) -> None:
    triples = music.triples(music.describe(RED))
    assert Triple(NamedNode(BRASS), RDFS.label, Literal("Blechverein", language="de")) in triples
    assert Triple(GREW, RDFS.label, Literal("grew out of", language="en")) in triples


def test_a_document_writes_numbers_as_the_source_does(music: Publication) -> None:
    written = Literal("07", datatype=XSD.integer)
    assert Triple(NamedNode(BRASS), DCT.extent, written) in music.triples(music.describe(BRASS))


def test_blank_nodes_are_described_with_the_things_that_lead_to_them(ensembles: Path) -> None:
    add(ensembles, 'ensemble:red-brass t:hall [ rdfs:label "Hall" ; t:in [ rdfs:label "Town" ] ] .')
    triples = publish(ensembles).triples(publish(ensembles).describe(RED))
    assert {"Hall", "Town"} <= {
        row.object.value for row in triples if isinstance(row.object, Literal)
    }


def test_blank_nodes_that_lead_to_each_other_are_described_once(ensembles: Path) -> None:
    add(ensembles, "ensemble:red-brass t:near _:a . _:a t:near _:b . _:b t:near _:a .")
    music = publish(ensembles)
    description = music.describe(RED)
    assert len(description.nested) == 2
    assert shown(music, description).groups


@pytest.mark.parametrize("iri", ["https://example.org/nobody", "no IRI at all", "<", ""])
def test_what_no_statement_mentions_is_unknown(music: Publication, iri: str) -> None:
    with pytest.raises(UnknownResource):
        music.describe(iri)


# Pages


def shown(publication: Publication, description: Description) -> ResourcePage:
    return resource_page(publication.reader, description)


def test_a_page_is_headed_by_the_name_in_the_preferred_language(music: Publication) -> None:
    page = shown(music, music.describe(TERMS + "Ensemble"))
    assert page.link.name == Text("Ensemble", "de")
    assert page.names == (Text("ensemble", "en"),)


def test_a_region_of_a_preferred_language_is_that_language(ensembles: Path) -> None:
    """BCP 47: en-GB is English, and better than a language that is not preferred, or none."""
    names = '"Bande"@fr , "Band" , "Colour Band"@en-GB , "Enggano"@eno'
    add(ensembles, f"ensemble:band rdfs:label {names} .")
    music = publish(ensembles)
    page = shown(music, music.describe(f"{THINGS}ensemble/band"))
    assert page.link.name == Text("Colour Band", "en-gb")


def test_a_thing_without_a_name_is_called_by_its_iri(ensembles: Path) -> None:
    add(ensembles, "ensemble:the-nameless-five t:playsWith ensemble:red-brass .")
    music = publish(ensembles)
    page = shown(music, music.describe(f"{THINGS}ensemble/the-nameless-five"))
    assert page.link.name.text == "The nameless five"


def test_a_page_names_the_most_specific_classes_only(ensembles: Path) -> None:
    add(
        ensembles,
        't:Band rdfs:subClassOf t:Ensemble . ensemble:five a t:Band ; rdfs:label "Five" .',
    )
    music = publish(ensembles)
    kinds = shown(music, music.describe(f"{THINGS}ensemble/five")).kinds
    assert [kind.iri for kind in kinds] == [TERMS + "Band"]


def test_a_page_says_where_its_statements_are_written(music: Publication) -> None:
    rows = shown(music, music.describe(BRASS)).rows
    asserted = [one for row in rows for one in row.predicates if one.standing is Standing.ASSERTED]
    assert asserted
    assert all(origin.startswith("kb/ensembles.ttl:") for one in asserted for origin in one.origins)
    assert all(one.origins for one in asserted)


def test_a_thing_of_which_everything_is_disputed_is_marked(music: Publication) -> None:
    assert shown(music, music.describe(f"{THINGS}ensemble/rumoured-quartet")).disputed
    assert not shown(music, music.describe(RED)).disputed


def test_a_page_counts_each_statement_of_the_description(music: Publication) -> None:
    description = music.describe(RED)
    page = shown(music, description)
    about = [one for row in page.rows for one in row.predicates if not one.is_incoming]
    incoming = [one for row in page.rows for one in row.predicates if one.is_incoming]
    assert (len(about), len(incoming)) == (len(description.about), len(description.incoming))
    assert sum(page.counts.values()) == len(about) + len(incoming)


def test_an_inverse_is_shown_once_and_without_a_mark(music: Publication) -> None:
    """Anna Horn plays in Red Brass: that it has her as a player says nothing new."""
    page = shown(music, music.describe(RED))
    names = {group.predicate.iri for group in (*page.groups, *page.incoming)}
    assert TERMS + "playsIn" in names
    assert TERMS + "hasPlayer" not in names
    (player,) = [row for row in page.rows if row.name.endswith("anna-horn")]
    assert [(one.name, one.standing.value, one.why) for one in player.predicates] == [
        ("t:playsIn", "asserted", ""),
        ("t:hasPlayer", "inferred", ""),
    ]


def test_what_a_rule_says_anew_is_marked(music: Publication) -> None:
    page = shown(music, music.describe(RED))
    (group,) = [row for row in page.groups if row.predicate.iri == TERMS + "grewOutOf"]
    marks = {value.link.iri: bool(value.why) for value in group.values if value.link}
    assert marks == {f"{THINGS}ensemble/new-brass-union": False, BRASS: True}


def test_a_list_is_shown_as_a_list(ensembles: Path) -> None:
    add(ensembles, "ensemble:red-brass t:line ( ensemble:brass-union ensemble:new-brass-union ) .")
    music = publish(ensembles)
    (group,) = [
        row
        for row in shown(music, music.describe(RED)).groups
        if row.predicate.iri == TERMS + "line"
    ]
    (value,) = group.values
    names = [item.link.name.text for item in value.items if item.link]
    assert names == ["Blechverein", "Neuer Blechverein"]


def test_that_a_thing_is_in_a_list_is_not_shown_on_its_page(ensembles: Path) -> None:
    add(ensembles, "[] t:different ( ensemble:red-brass ensemble:brass-union ) .")
    music = publish(ensembles)
    description = music.describe(RED)
    assert RDF.first in {row.triple.predicate for row in description.incoming}
    names = {group.predicate.iri for group in shown(music, description).incoming}
    assert RDF.first.value not in names
    assert names


def test_passages_are_shown_with_quotation_offsets_and_source(ensembles: Path) -> None:
    add(
        ensembles,
        "ensemble:red-brass pl:evidencedBy <urn:p> . <urn:p> oa:hasSource <urn:s> ; oa:hasSelector "
        '[ oa:exact "they split"@en ] , [ oa:start 7 ; oa:end 17 ] . '
        '<urn:s> dct:title "Town news"@en ; dct:source <https://news.example.org/7> .',
        "@prefix pl: <https://w3id.org/partyline/ns#> . @prefix oa: <http://www.w3.org/ns/oa#> .\n"
        "@prefix dct: <http://purl.org/dc/terms/> .\n",
    )
    music = publish(ensembles)
    (passage,) = shown(music, music.describe(RED)).passages
    assert passage.quotations == (Text("they split", "en"),)
    assert passage.offsets == ("7–17",)
    assert passage.source is not None
    assert passage.source.title == Text("Town news", "en")
    assert passage.source.addresses == ("https://news.example.org/7",)


def test_the_home_page_counts_the_things_of_featured_classes(music: Publication) -> None:
    (shelf,) = home_page(music).shelves
    # The rumoured one grew out of an ensemble too, but nothing is concluded from what is withheld.
    assert shelf.size == 3
    assert [member.link.name.text for member in shelf.members] == [
        "Blechverein",
        "Neuer Blechverein",
        "Rotes Blech",
    ]


def test_without_featured_classes_every_class_that_has_things_is_listed(music: Publication) -> None:
    knowledge = replace(music.knowledge, featured=())
    classes = Publication.of(music.release, knowledge).classes
    assert [row.kind.value for row in classes] == [TERMS + "Ensemble", TERMS + "Musician"]


def test_a_listing_has_no_page_beyond_its_last(music: Publication) -> None:
    kind = NamedNode(TERMS + "Ensemble")
    last = listing(music.presenter, music.class_index, kind, 99)
    assert last == listing(music.presenter, music.class_index, kind, 1)


# The ontology


def test_the_ontology_page_has_each_term_in_readable_form(music: Publication) -> None:
    page = ontology_page(music.presenter, music.ontologies[0])
    terms = {term.anchor: term for section in page.sections for term in section.terms}
    assert set(terms) == {
        "Ensemble",
        "Musician",
        "grewOutOf",
        "playsIn",
        "hasPlayer",
        "doubted",
    }
    assert terms["grewOutOf"].characteristics == ("transitive",)
    facts = {fact.name for fact in terms["grewOutOf"].facts}
    assert facts == {"Domain", "Range"}
    assert page.version is not None


def test_class_expressions_and_chains_are_readable(ensembles: Path) -> None:
    with (ensembles / "ontology" / "terms.ttl").open("a", encoding="utf-8") as file:
        file.write(EXPRESSIONS)
    music = publish(ensembles)
    page = ontology_page(music.presenter, music.ontologies[0])
    terms = {term.anchor: term for section in page.sections for term in section.terms}

    def read(anchor: str, name: str) -> str:
        (fact,) = [fact for fact in terms[anchor].facts if fact.name == name]
        (phrase,) = fact.phrases
        return "".join(part if isinstance(part, str) else part.name.text for part in phrase)

    assert read("Soloist", "Subclass of") == "plays in some (Ensemble or not Musiker)"
    assert read("colleague", "Property chain") == "plays in then has player"


def test_the_ontology_document_is_the_ontology_as_its_files_assert_it(music: Publication) -> None:
    assert len(ontology_triples(music.statements)) == music.release.manifest.counts["ontology"]


# The service


def test_the_dataset_lists_every_dump(music: Publication) -> None:
    triples = dataset_triples(music, "https://music.example.org/sparql")
    dumps = {row.object for row in triples if row.predicate.value.endswith("#dataDump")}
    names = {row.name for row in music.release.manifest.files}
    assert dumps == {NamedNode(f"https://music.example.org/dumps/{name}") for name in names}


def test_the_service_describes_each_named_graph_with_its_size(music: Publication) -> None:
    triples = service_triples(music, "http://127.0.0.1/sparql", Limits())
    sizes = {row.object for row in triples if row.predicate.value.endswith("void#triples")}
    counts = music.release.manifest.counts.values()
    assert {Literal(str(count), datatype=XSD.integer) for count in counts} <= sizes


def test_example_queries_need_no_class_of_things(music: Publication) -> None:
    bare = replace(music, classes=())
    assert len(example_queries(bare)) == len(example_queries(music)) - 1


# Addresses


def addresses(base: str, ontology: str) -> Addresses:
    return Addresses.of(Knowledge("", base), ontology_paths([ontology], base))


@pytest.mark.parametrize(
    ("ontology", "path"),
    [
        ("https://e.org/terms", "/terms"),
        ("https://e.org/a/b", "/a/b"),
        ("https://e.org/", "/ontology"),
        ("https://elsewhere.org/terms", "/ontology"),
    ],
)
def test_the_ontology_has_a_path_wherever_it_is_published(ontology: str, path: str) -> None:
    assert addresses("https://e.org/", ontology).ontology == path


@pytest.mark.parametrize("name", ["a b", "ខៀវ", "50%", "a?b", "a/b", "a#b", "x.ttl", "a&b=c+d"])
def test_the_path_of_a_thing_leads_back_to_its_iri(name: str) -> None:
    here = addresses("https://e.org/", "https://e.org/terms")
    path, _, query = here.page("https://e.org/id/" + name).partition("#")[0].partition("?")
    assert "https://e.org/id/" + name.partition("#")[0] in here.candidates(path, query)


def test_an_escaped_iri_is_found_by_its_decoded_path() -> None:
    here = addresses("https://e.org/", "https://e.org/terms")
    assert "https://e.org/id/a%20b" in here.candidates("/id/a b")


# Answers as tables


def test_a_table_holds_no_more_rows_than_its_limit(music: Publication) -> None:
    row = b'{"x":{"type":"uri","value":"' + RED.encode() + b'"}}'
    chunks = [b'{"head":{"vars":["x","y"]},"results":{"bindings":[', row, b",", row, b"]}}"]
    short, whole = table(music.presenter, chunks, 1), table(music.presenter, chunks, 2)
    assert (len(short.rows), short.complete) == (1, False)
    assert (len(whole.rows), whole.complete) == (2, True)
    cell, unbound = whole.rows[0]
    assert cell.link is not None
    assert cell.link.name.text == "Rotes Blech"
    assert (unbound.link, unbound.words) == (None, None)


def test_the_beginning_of_a_graph_never_ends_within_a_character() -> None:
    assert beginning(["ខៀវ".encode()], 4) == ("ខ", False)
    assert beginning([b"a", b"b"], 2) == ("ab", True)
