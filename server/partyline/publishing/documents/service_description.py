"""The dataset and its SPARQL service described in RDF, for programs that look before they ask."""

from collections.abc import Iterator, Sequence
from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.publishing.documents.catalogue import SPDX, dcat_triples
from partyline.publishing.documents.dataset_partitions import partition_triples
from partyline.publishing.documents.description import iri_or_text
from partyline.publishing.documents.versions import version_triples
from partyline.publishing.external_links import ExternalLinks, LinkSet
from partyline.publishing.publication import Publication
from partyline.releases import (
    EXAMPLES_PATH,
    QUESTIONS,
    PublishedRelease,
    graph_summary,
    view_iri,
)
from partyline.settings import Limits
from partyline.sparql import GRAPH_RESULT_FORMATS, RESULT_FORMATS
from partyline.vocabulary import DCAT, DCT, FOAF, RDF, RDFS, SH, VOID, XSD, Namespace

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_ENTAILMENT = Namespace("http://www.w3.org/ns/entailment/")
_PROFILE = Namespace("http://www.w3.org/ns/owl-profile/")

#: The entailment regime of each rule set.
_REGIMES = {"owl-rl": "OWL-RDF-Based", "rdfs": "RDFS", "none": "Simple"}

_SERVICE = BlankNode("service")

#: The prefixes of the terms used here.
SERVICE_PREFIXES = {
    "dcat": DCAT.iri,
    "dct": DCT.iri,
    "foaf": FOAF.iri,
    "rdfs": RDFS.iri,
    "sd": SD.iri,
    "spdx": SPDX.iri,
    "void": VOID.iri,
}
#: Names of our formats in the W3C's list of formats (https://www.w3.org/ns/formats/).
_FORMAT_IRIS = {
    "application/sparql-results+json": _FORMATS.SPARQL_Results_JSON,
    "application/sparql-results+xml": _FORMATS.SPARQL_Results_XML,
    "text/csv": _FORMATS.SPARQL_Results_CSV,
    "text/tab-separated-values": _FORMATS.SPARQL_Results_TSV,
    "text/turtle": _FORMATS.Turtle,
    "application/n-triples": _FORMATS["N-Triples"],
    "application/ld+json": _FORMATS["JSON-LD"],
    "application/rdf+xml": _FORMATS.RDF_XML,
    "application/trig": _FORMATS.TriG,
    "application/n-quads": _FORMATS["N-Quads"],
}


def dataset_iri(publication: Publication) -> NamedNode:
    """Return the IRI of the dataset."""
    return NamedNode(publication.knowledge.base + "dataset")


def service_triples(publication: Publication, endpoint: str, limits: Limits) -> set[Triple]:
    """Return the description of the service at *endpoint* (SPARQL 1.1 Service Description)."""
    triples = {*_service(publication, endpoint), *dataset_triples(publication, endpoint)}
    # No vocabulary has a term for them, and people read descriptions, too.
    limits_in_words = Literal(_limits_in_words(limits), language="en")
    triples.add(Triple(_SERVICE, RDFS.comment, limits_in_words))
    return triples | set(_dataset_of_service(publication))


def dataset_triples(
    publication: Publication, endpoint: str, versions: Sequence[PublishedRelease] = ()
) -> set[Triple]:
    """Return the description of the dataset in VoID and DCAT; *endpoint* is empty for none.

    *versions* are the releases that are kept, the current one last.
    """
    knowledge, manifest = publication.knowledge, publication.release.manifest
    dataset = dataset_iri(publication)
    default = sum(number for name, number in manifest.counts.items() if name != "withheld")
    state = partial(Triple, dataset)
    triples = {
        state(RDF.type, VOID.Dataset),
        state(DCT.title, Literal(knowledge.title)),
        state(DCT.issued, Literal(manifest.created, datatype=XSD.dateTime)),
        state(DCT.identifier, Literal(manifest.identifier)),
        state(FOAF.homepage, NamedNode(knowledge.base)),
        *(state(VOID.uriSpace, Literal(base)) for base in publication.addresses.bases),
        *(state(VOID.vocabulary, NamedNode(row.iri)) for row in publication.ontologies),
        state(VOID.triples, _number(default)),
        *dcat_triples(publication, dataset, endpoint),
        *version_triples(dataset, knowledge.base, versions),
        *partition_triples(publication, dataset),
    }
    if endpoint:
        triples.add(state(VOID.sparqlEndpoint, NamedNode(endpoint)))
        examples = NamedNode(publication.addresses.published(EXAMPLES_PATH))
        triples.add(state(RDFS.seeAlso, examples))
        triples.add(Triple(examples, DCT.title, Literal("Example queries", language="en")))
    if knowledge.licence:
        triples.add(state(DCT.license, iri_or_text(knowledge.licence)))
    if knowledge.description:
        triples.add(state(DCT.description, Literal(knowledge.description)))
    if knowledge.publisher:
        publisher = BlankNode("publisher")
        triples.add(state(DCT.publisher, publisher))
        triples.add(Triple(publisher, RDF.type, FOAF.Agent))
        triples.add(Triple(publisher, FOAF.name, Literal(knowledge.publisher)))
    for row in manifest.files:
        triples.add(state(VOID.dataDump, NamedNode(f"{knowledge.base}dumps/{row.name}")))
    if publication.contradictions.rows:
        triples.add(state(RDFS.comment, Literal(_contradictions(publication), language="en")))
    if manifest.closures_left_out:
        note = (
            f"The dumps leave out {manifest.closures_left_out} inferred triples that follow only"
            " because properties are transitive; the endpoint has them."
        )
        triples.add(state(RDFS.comment, Literal(note, language="en")))
    for number, links in enumerate(ExternalLinks(publication).sets.values()):
        triples.update(_link_set(publication, links, BlankNode(f"target{number}")))
    triples.update(_question_graph(publication))
    for gap in manifest.omitted:
        note = f"The dump {gap.name} is left out. {gap.reason}"
        triples.add(state(RDFS.comment, Literal(note, language="en")))
    return triples


def _contradictions(publication: Publication) -> str:
    found = publication.contradictions
    return (
        f"The sources contradict themselves: {len(found.rows)} contradictions are listed at"
        f" {publication.knowledge.base}contradictions/. {found.withheld} of the statements"
        f" concerned are in the graph {view_iri(publication.knowledge.base, 'withheld').value} and"
        " excluded from reasoning."
    )


def _question_graph(publication: Publication) -> Iterator[Triple]:
    """Describe the graph of the named questions, where there are some."""
    size, base = publication.release.manifest.questions, publication.knowledge.base
    if size:
        graph = view_iri(base, QUESTIONS)
        state = partial(Triple, graph)
        yield Triple(dataset_iri(publication), VOID.subset, graph)
        yield state(RDF.type, VOID.Dataset)
        yield state(DCT.title, Literal(graph_summary(QUESTIONS), language="en"))
        yield state(VOID.vocabulary, NamedNode(SH.iri))
        yield state(VOID.triples, _number(size))
        dump = publication.addresses.published(f"/dumps/graph/{QUESTIONS}.nt")
        yield state(VOID.dataDump, NamedNode(dump))


def _link_set(publication: Publication, links: LinkSet, target: BlankNode) -> Iterator[Triple]:
    """Describe the *links* to one other dataset (VoID, section 5)."""
    published = publication.addresses.published
    dataset, link_set = dataset_iri(publication), NamedNode(published(links.path))
    state = partial(Triple, link_set)
    yield Triple(dataset, VOID.subset, link_set)
    yield state(RDF.type, VOID.Linkset)
    yield state(VOID.subjectsTarget, dataset)
    yield state(VOID.objectsTarget, target)
    yield Triple(target, RDF.type, VOID.Dataset)
    yield Triple(target, DCT.title, Literal(links.target))
    if links.uri_space:
        yield Triple(target, VOID.uriSpace, Literal(links.uri_space))
    for relation in links.by_relation():
        yield state(VOID.linkPredicate, relation)
    yield state(VOID.triples, _number(len(links.links)))
    yield state(VOID.dataDump, NamedNode(published(f"{links.path}.nt")))


def _service(publication: Publication, endpoint: str) -> Iterator[Triple]:
    state = partial(Triple, _SERVICE)
    yield state(RDF.type, SD.Service)
    yield state(SD.endpoint, NamedNode(endpoint))
    yield state(SD.supportedLanguage, SD.SPARQL11Query)
    yield state(SD.defaultDataset, dataset_iri(publication))
    # The closure under the rules is materialised: the default graph has it.
    rules = publication.release.manifest.rules
    yield state(SD.defaultEntailmentRegime, _ENTAILMENT[_REGIMES[rules]])
    if rules == "owl-rl":
        yield state(SD.defaultSupportedEntailmentProfile, _PROFILE.RL)
    for media_type in [row.media_type for row in (*RESULT_FORMATS, *GRAPH_RESULT_FORMATS)]:
        name = _FORMAT_IRIS.get(media_type.partition(";")[0])
        if name:
            yield state(SD.resultFormat, name)


def _limits_in_words(limits: Limits) -> str:
    return (
        f"Read-only. A query ends after {limits.query_seconds:g} s or {limits.query_memory} MiB of"
        f" memory; an answer has at most {limits.answer_size} MiB; a query at most"
        f" {limits.query_length} bytes. SERVICE is disabled. One client may have"
        f" {limits.client_seconds:g} s of work in a minute."
    )


def _dataset_of_service(publication: Publication) -> Iterator[Triple]:
    """Yield the graphs of the dataset, each with its size."""
    dataset, default = dataset_iri(publication), BlankNode("default")
    counts = publication.release.manifest.counts
    yield Triple(dataset, RDF.type, SD.Dataset)
    yield Triple(dataset, SD.defaultGraph, default)
    yield Triple(default, RDF.type, SD.Graph)
    total = sum(number for name, number in counts.items() if name != "withheld")
    yield Triple(default, VOID.triples, _number(total))
    manifest, base = publication.release.manifest, publication.knowledge.base
    absent = manifest.absent_graphs
    present = {name: size for name, size in manifest.sizes.items() if name not in absent}
    for number, (name, size) in enumerate(present.items()):
        named, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(dataset, SD.namedGraph, named)
        yield Triple(named, RDF.type, SD.NamedGraph)
        yield Triple(named, SD.name, view_iri(base, name))
        yield Triple(named, SD.graph, graph)
        yield Triple(named, SD.entailmentRegime, _ENTAILMENT.Simple)
        yield Triple(graph, RDF.type, SD.Graph)
        yield Triple(graph, DCT.description, Literal(graph_summary(name), language="en"))
        yield Triple(graph, VOID.triples, _number(size))


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)
