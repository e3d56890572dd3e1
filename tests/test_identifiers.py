"""IRIs as they are: every shape is dereferenced, and every term of every ontology has its page."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from partyline.publishing import Publication
from partyline.publishing.addresses import RESERVED, Addresses
from partyline.releases import build
from partyline.settings import Knowledge, read_settings
from partyline.sparql import QueryPool
from partyline.validation import run_checks
from partyline.vocabulary import OWL, RDF, RDFS
from partyline.web import create_app

BASE = "https://data.example.org/"
PREFIXES = (
    f"@prefix : <{BASE}vocab#> .\n@prefix owl: <{OWL.iri}> .\n@prefix rdf: <{RDF.iri}> .\n"
    f"@prefix rdfs: <{RDFS.iri}> .\n"
)
VOCABULARY = f'<{BASE}vocab> a owl:Ontology .\n:Coin a owl:Class ; rdfs:label "Coin"@en .\n'
SYNTAXES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
Site = Callable[..., tuple[FlaskClient, Publication]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A function that publishes Turtle and returns a client."""
    with ExitStack() as stack:

        def publish(
            kb: str,
            ontology: str = VOCABULARY,
            more: str = f'ontology_iri = "{BASE}vocab"\n',
            files: Mapping[str, str] = MappingProxyType({}),
        ) -> tuple[FlaskClient, Publication]:
            (tmp_path / "kb").mkdir()
            (tmp_path / "ontology").mkdir()
            for name, text in {"kb/all.ttl": kb, "ontology/all.ttl": ontology, **files}.items():
                (tmp_path / name).write_text(PREFIXES + text, encoding="utf-8")
            file = tmp_path / "partyline.toml"
            base = "" if "base =" in more else f'base = "{BASE}"\n'
            file.write_text(f'[knowledge]\ntitle = "Coins"\n{base}{more}', encoding="utf-8")
            settings = read_settings(file)
            release = build(settings).release
            publication = Publication.of(release, settings.knowledge)
            pool = stack.enter_context(
                QueryPool(release.store, settings.limits, release.manifest.prefixes)
            )
            return create_app(publication, pool, settings).test_client(), publication

        yield publish


def address(iri: str) -> str:
    """Return the path and query that a client sends for *iri*, as RFC 3987, section 3.1, says."""
    parts = urlsplit(iri)
    query = f"?{quote(parts.query, '=&%+')}" if parts.query else ""
    return quote(parts.path, "/:@!$&'()*+,;=~-._%") + query


def described(client: FlaskClient, path: str, media_type: str) -> set[Triple]:
    """Follow at most one 303 from *path* and return the graph that is there."""
    response = client.get(path, headers={"Accept": media_type})
    if response.status_code == 303:
        response = client.get(response.location, headers={"Accept": media_type})
    assert response.status_code == 200, (path, response.status_code)
    assert response.mimetype == media_type
    return {quad.triple for quad in parse(response.data, SYNTAXES[media_type])}


SHAPES = [
    "thesaurus/c1",
    "people/ada.html",
    "people/ada",
    "show?id=7&lang=en",
    "show?id=8",
    "doc#it",
    "doc#that",
    "Zürich",
    "Z%C3%BCrich/%28a%29",
    "id/coin",
    "id/Q42",
    "id/10-Coin",
    "id/old_coin",
    "id/coin/naïve",
    "id/coin/page.html",
    "id/a/b/c",
    "a/b/c",
    "x:1,2;(3)",
    "folder/",
    "sparql",
    "browse/x",
    "doc/x",
    "១២៣",
    "id/card.ttl#me",
]


def test_every_shape_of_an_iri_is_dereferenced_in_every_format(site: Site) -> None:
    kb = "".join(
        f'<{BASE}{shape}> a :Coin ; rdfs:label "{n}" .\n' for n, shape in enumerate(SHAPES)
    )
    client, publication = site(kb)

    for number, shape in enumerate(SHAPES):
        iri = NamedNode(BASE + shape)
        own_path = address(iri.value)
        if urlsplit(iri.value).path.split("/")[1] in RESERVED - {"doc"} or "doc/" in shape:
            own_path = publication.addresses.page(iri.value)
        for path in {own_path, publication.addresses.page(iri.value).partition("#")[0]}:
            for media_type in SYNTAXES:
                graph = described(client, path, media_type)
                assert Triple(iri, RDF.type, NamedNode(f"{BASE}vocab#Coin")) in graph, path
            page = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
            assert page.status_code == 200
            assert f">{number}</span>" in page.text
        link = client.get("/browse/", query_string={"class": f"{BASE}vocab#Coin"}).text
        assert publication.addresses.page(iri.value).replace("&", "&amp;") in link


def test_a_slash_iri_is_303_and_the_document_of_fragments_is_200(site: Site) -> None:
    client, _ = site(f"<{BASE}a/b> a :Coin . <{BASE}doc#it> a :Coin . <{BASE}doc> a :Page .")
    assert client.get("/a/b").status_code == 303
    whole = client.get("/doc", headers={"Accept": "text/turtle"})
    assert whole.status_code == 200
    assert whole.headers["Content-Location"] == "/doc.ttl"
    subjects = {quad.subject for quad in parse(whole.data, RdfFormat.TURTLE)}
    assert {NamedNode(f"{BASE}doc"), NamedNode(f"{BASE}doc#it")} <= subjects
    assert client.get("/doc.ttl").data == whole.data
    assert 'id="it"' in client.get("/doc", headers={"Accept": "text/html"}).text


def test_two_resources_whose_documents_would_share_a_path_have_two_documents(site: Site) -> None:
    names = ["id/x", "x", "x.ttl", "id/x.ttl"]
    client, _ = site("".join(f'<{BASE}{name}> a :Coin ; rdfs:label "{name}" .\n' for name in names))
    for name in names:
        for media_type in SYNTAXES:
            graph = described(client, f"/{name}", media_type)
            types = {row.subject for row in graph if row.predicate == RDF.type}
            assert NamedNode(BASE + name) in types
            assert len(types & {NamedNode(BASE + other) for other in names}) == 1


def test_several_bases_and_patterns_say_what_is_published_here(site: Site) -> None:
    kb = (
        "<https://second.example.net/x/1> a :Coin .\n"
        f"<{BASE}data/a> a :Coin .\n<{BASE}private/a> a :Coin .\n"
    )
    client, _ = site(
        kb, more=f'bases = ["https://second.example.net/"]\npublished = ["{BASE}data/*", "*/x/*"]\n'
    )
    assert client.get("/x/1").status_code == 303
    assert client.get("/data/a").status_code == 303
    assert client.get("/private/a").status_code == 404
    page = client.get("/resource", query_string={"iri": f"{BASE}private/a"})
    assert page.status_code == 200


def test_a_port_and_a_path_in_the_base_are_part_of_it(site: Site) -> None:
    base = "http://localhost:8080/data/"
    client, publication = site(f"<{base}a> a :Coin .", more=f'base = "{base}"\n')
    assert publication.addresses.page(f"{base}a") == "/a"
    assert client.get("/a").status_code == 303


def test_a_base_that_ends_in_a_hash_is_one_document(site: Site) -> None:
    base = "http://example.org/things#"
    client, publication = site(f"<{base}a> a :Coin .", more=f'base = "{base}"\n')
    assert publication.addresses.page(f"{base}a") == "/things#a"
    subjects = {row.subject for row in described(client, "/things", "text/turtle")}
    assert NamedNode(f"{base}a") in subjects


SLASH = f"""<{BASE}terms/> a owl:Ontology ; rdfs:label "Words with a slash"@en .
<{BASE}terms/Coin> a owl:Class ; rdfs:label "Coin"@en ; rdfs:comment "A piece of metal."@en .
<{BASE}terms/mintedIn> a owl:ObjectProperty ; rdfs:domain <{BASE}terms/Coin> .
"""


def test_terms_with_a_slash_are_on_the_page_of_the_ontology_and_have_their_own(site: Site) -> None:
    kb = f"<{BASE}id/coin/one> a <{BASE}terms/Coin> ."
    client, publication = site(kb, SLASH, f'ontology_iri = "{BASE}terms/"\n')

    for path in ("/terms", "/terms/"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "Words with a slash" in page.text
        assert "A piece of metal." in page.text
        assert 'id="mintedIn"' in page.text
    assert publication.addresses.page(f"{BASE}terms/Coin") == "/terms/Coin"
    assert client.get("/terms/Coin").status_code == 303
    graph = described(client, "/terms/Coin", "text/turtle")
    assert Triple(NamedNode(f"{BASE}terms/Coin"), RDF.type, OWL.Class) in graph
    title = client.get("/terms/Coin", headers={"Accept": "text/html"}, follow_redirects=True).text
    assert re.search(r"<title>Coin ", title)


def test_several_ontologies_each_have_a_page_wherever_they_are_published(site: Site) -> None:
    ontology = f"""{VOCABULARY}
<http://xmlns.com/foaf/0.1/> a owl:Ontology ; rdfs:label "Friends" .
<http://xmlns.com/foaf/0.1/Person> a owl:Class ; rdfs:label "Person" .
<http://www.w3.org/ns/org#> a owl:Ontology ; rdfs:label "Organisations" .
<http://www.w3.org/ns/org#Site> a owl:Class ; rdfs:label "Site" .
<https://other.example/header> a owl:Ontology .
<https://other.example/words/Word> a owl:Class ; rdfs:label "Word" ;
    rdfs:isDefinedBy <https://other.example/header> .
"""
    client, publication = site(f"<{BASE}a> a :Coin .", ontology, "")
    paths = publication.addresses.ontologies
    assert publication.addresses.ontology == "/ontologies/"
    listing = client.get("/ontologies/").text
    words = ("Coin", "Person", "Site", "Word")
    for row in publication.ontologies:
        (word,) = (word for word in words if row.terms[0].endswith(word))
        page = client.get(paths[row.document], headers={"Accept": "text/html"}).text
        assert [name for name in words if f">{name}</span></a>" in page] == [word]
        assert paths[row.document] in listing
        graph = described(client, paths[row.document], "text/turtle")
        assert len({triple.object for triple in graph if triple.predicate == RDFS.label}) <= 2


def test_terms_without_a_header_make_an_ontology_of_their_namespace(site: Site) -> None:
    schema = "https://schema.example/"
    ontology = f"<{schema}Thing> a rdfs:Class . <{schema}x> a owl:DatatypeProperty ."
    client, publication = site(
        "<https://a.example/1> a <https://schema.example/Thing> .", ontology, ""
    )
    (found,) = publication.ontologies
    assert found.iri == "https://schema.example/"
    assert client.get("/ontology", headers={"Accept": "text/html"}).text.count('class="term"') == 2


def test_data_without_an_ontology_has_no_page_of_one(site: Site) -> None:
    client, publication = site(f"<{BASE}a> a :Coin .", "", "")
    assert publication.ontologies == ()
    home = client.get("/").text
    assert "Ontolog" not in home
    assert client.get("/dataset").status_code == 200


def test_a_client_of_data_at_the_base_receives_data(site: Site) -> None:
    client, _ = site(f'<{BASE}> a :Site ; rdfs:label "The base" .')
    response = client.get("/", headers={"Accept": "text/turtle"})
    assert response.status_code == 303
    graph = described(client, response.location, "text/turtle")
    assert NamedNode(BASE) in {row.subject for row in graph}
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
    assert client.get("/").mimetype == "text/html"


def test_the_number_of_members_is_that_of_the_list(site: Site) -> None:
    elsewhere = (
        "<https://elsewhere.example.net/a> a :Coin . <https://elsewhere.example.net/b> a :Coin ."
    )
    client, publication = site(f"<{BASE}id/coin/zloty> a :Coin . {elsewhere}")
    assert [(row.kind.value, row.size) for row in publication.classes] == [(f"{BASE}vocab#Coin", 3)]
    listing = client.get("/browse/", query_string={"class": f"{BASE}vocab#Coin"}).text
    assert listing.count("elsewhere.example.net/b") >= 1
    assert '<span class="note">3</span>' in listing


def test_the_house_style_is_checked_only_where_it_is_switched_on(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    for name in "ab":
        text = "".join(f"<{BASE}id/Q{number}> a <{BASE}Coin> .\n" for number in range(1000))
        (tmp_path / "kb" / f"{name}.ttl").write_text(text, encoding="utf-8")
    file = tmp_path / "partyline.toml"
    settings = f'[knowledge]\ntitle = "Coins"\nbase = "{BASE}"\n'
    file.write_text(settings, encoding="utf-8")
    assert not run_checks(read_settings(file)).findings

    file.write_text(settings + "[checks]\nsplit = true\niri = true\n", encoding="utf-8")
    findings = run_checks(read_settings(file)).findings
    assert {row.code for row in findings} == {"iri", "split"}
    assert sum(row.count for row in findings if row.code == "iri") == 2000
    assert sum(row.count for row in findings if row.code == "split") == 1000
    assert len(findings) == 2 * 21
    assert "and 1980 more findings with this code, in 2 files" in {row.message for row in findings}


def test_the_paths_of_this_program_are_reserved(client: FlaskClient) -> None:
    """An IRI with such a path is answered at /resource: name a new route in `RESERVED`."""
    firsts = {str(rule.rule).split("/")[1] for rule in client.application.url_map.iter_rules()}
    ours = {name.partition(".<")[0] for name in firsts if not name.startswith("<")}
    files = {name for name in ours if "." in name and not name.startswith(".")}
    assert ours - files - {"", "id", "ns"} - {f"ns.{ending}" for ending in ("ttl",)} <= RESERVED


def test_an_iri_elsewhere_has_no_path_of_its_own() -> None:
    addresses = Addresses.of(Knowledge("", BASE))
    assert addresses.page("https://elsewhere.org/a") == "/resource?iri=https://elsewhere.org/a"
    assert addresses.page(BASE) == f"/resource?iri={BASE}"


def test_the_version_of_one_of_several_ontologies_is_described(site: Site) -> None:
    version = NamedNode(f"{BASE}vocab/1")
    client, _ = site(
        ":x a :Coin .",
        VOCABULARY
        + f'<{BASE}vocab> owl:versionIRI {version} . {version} rdfs:label "One"@en .\n'
        + f"<{BASE}other> a owl:Ontology . <{BASE}other#Medal> a owl:Class .\n",
    )

    found = described(client, "/vocab/1", "application/n-triples")

    assert {row.predicate for row in found if row.subject == version} == {RDFS.label}


def test_a_blank_node_that_several_mention_is_shown_once_and_a_loop_ends(site: Site) -> None:
    client, _ = site(
        ":x a :Coin ; :p _:a , [ :inner 'once' ] . _:a :q _:b . _:b :q _:a ; rdfs:label 'loop' .\n"
        ":y :list _:l . _:l rdf:first 1 ; rdf:rest _:l .\n".replace("'", '"')
    )
    loop = client.get("/resource.html", query_string={"iri": f"{BASE}vocab#x"}).text
    list_ = client.get("/resource.html", query_string={"iri": f"{BASE}vocab#y"}).text

    assert loop.count(">loop<") == loop.count(">once<") == 1
    (anchor,) = re.findall(r'<div id="(blank-[^"]+)">', loop)
    assert loop.count(f'href="#{anchor}"') == 3  # from :x, from the node itself, from the table
    assert len(re.findall(r'<div id="blank-', list_)) == 1


def test_what_two_concepts_both_say_is_shown_once(site: Site) -> None:
    """Neither an inverse, nor a more general property, nor a mapping to itself is a value."""
    skos = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    one, two = f"<{BASE}one>", f"<{BASE}two>"
    client, publication = site(
        f'{skos}{one} a skos:Concept ; rdfs:label "One" ; skos:broader {two} ; skos:related {two} ;'
        f" skos:broaderTransitive {two} ; skos:closeMatch {one} .\n"
        f'{two} a skos:Concept ; rdfs:label "Two" ; skos:narrower {one} ; skos:related {one} .\n'
    )
    page = client.get("/doc/one.html").text.partition('<details class="all"')[0]

    assert page.count('<a href="/two">') == 2  # broader and related, said by both
    assert "ransitive" not in page
    assert "closely matches" not in page
    assert "skos:broaderTransitive" in client.get("/doc/one.html").text
    assert publication.prefixes["skos"] == skos.partition("<")[2].partition(">")[0]


def test_resources_without_a_class_are_listed(site: Site) -> None:
    client, _ = site(f'<{BASE}one> rdfs:label "One" . <{BASE}two> rdfs:seeAlso <{BASE}one> .\n')
    home = client.get("/", headers={"Accept": "text/html"}).text

    assert 'href="/one"' in home
    assert 'href="/two"' in home
    query = {"class": RDFS.Resource.value}
    assert 'href="/two"' in client.get("/browse/", query_string=query).text
    # Queries that have no answer here are not offered.
    assert "graph/inferred" not in home
    assert "graph/withheld" not in home


def test_terms_that_nobody_describes_have_their_local_names(site: Site) -> None:
    client, publication = site(
        f"<{BASE}one> a <https://shop.example.net/v/Chair> ; <https://shop.example.net/v#legs> 4 ;"
        " rdfs:seeAlso <https://shop.example.net/v/elsewhere> .\n"
    )
    page = client.get("/doc/one.html").text

    assert ">Chair</span></a>" in page
    assert ">legs</span></a>" in page
    assert ">https://shop.example.net/v/elsewhere</span></a>" in page
    # The default prefix of the documents has a name outside them.
    assert publication.prefixes["vocab"] == f"{BASE}vocab#"


def test_what_follows_from_what_follows_is_shown_once(site: Site) -> None:
    """Of an inferred relation, neither its inverse nor a more general one is a value of its own."""
    skos = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    one, two, three = (f"<{BASE}{name}>" for name in ("one", "two", "three"))
    client, _ = site(
        f'{skos}{one} rdfs:label "One" ; skos:broader {two} . {two} skos:broader {three} .\n'
        f'{three} rdfs:label "Three" .\n',
        f"{skos}<http://www.w3.org/2004/02/skos/core> a owl:Ontology .\n"
        "skos:broader rdfs:subPropertyOf skos:broaderTransitive .\n"
        "skos:broaderTransitive a owl:TransitiveProperty , owl:ObjectProperty ;"
        " rdfs:subPropertyOf skos:semanticRelation ; owl:inverseOf skos:narrowerTransitive .\n"
        "skos:semanticRelation a owl:ObjectProperty .\n",
        'ontology_iri = "http://www.w3.org/2004/02/skos/core"\n',
    )
    page = client.get("/doc/one.html").text
    values, _, table = page.partition('<details class="all"')

    assert values.count('<a href="/three">') == 1
    assert "broaderTransitive" in values
    assert "semanticRelation" not in values
    assert "semanticRelation" in table


def test_an_ontology_does_not_take_the_path_of_a_resource_without_the_slash(site: Site) -> None:
    scheme = NamedNode(f"{BASE}thesaurus")
    client, _ = site(
        f'{scheme} rdfs:label "The scheme" .\n',
        f'<{BASE}thesaurus/> a owl:Ontology ; rdfs:label "The header" .\n',
        f'ontology_iri = "{BASE}thesaurus/"\n',
    )

    found = described(client, "/thesaurus", "application/n-triples")
    assert Literal("The scheme") in {row.object for row in found if row.subject == scheme}
    assert "The header" in client.get("/ontology", headers={"Accept": "text/html"}).text
    header = described(client, "/thesaurus/", "application/n-triples")
    assert NamedNode(f"{BASE}thesaurus/") in {row.subject for row in header}
