"""The dataset described for catalogues and search engines: DCAT 3, and the words of schema.org."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.publishing.documents.description import iri_or_text
from partyline.publishing.publication import Publication
from partyline.releases import COMPRESSED_TYPES, Manifest
from partyline.vocabulary import DCAT, DCT, RDF, XSD, Namespace

SPDX = Namespace("http://spdx.org/rdf/terms#")
_CSV = "text/csv"
#: There is no login (Authority table of access rights, Publications Office of the EU).
_PUBLIC = NamedNode("http://publications.europa.eu/resource/authority/access-right/PUBLIC")
#: What services conform to.
_SPARQL = "http://www.w3.org/TR/sparql11-protocol/"
_RECONCILIATION = "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/"
_EVENT_STREAM = "https://w3id.org/ldes/specification"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def dcat_triples(publication: Publication, dataset: NamedNode, endpoint: str) -> Iterator[Triple]:
    """Yield the description of *dataset* in DCAT 3: its files, its services, its version.

    https://www.w3.org/TR/vocab-dcat-3/
    """
    manifest, base = publication.release.manifest, publication.knowledge.base
    state = partial(Triple, dataset)
    yield state(RDF.type, DCAT.Dataset)
    yield state(DCAT.version, Literal(manifest.identifier))
    yield state(DCT.accessRights, _PUBLIC)
    yield state(DCAT.landingPage, NamedNode(base))
    for row in _files(publication.release.manifest):
        distribution = NamedNode(f"{dataset.value}#{quote(row.name)}")
        yield state(DCAT.distribution, distribution)
        yield from _distribution(row, distribution, f"{base}dumps/{row.name}")
        if publication.knowledge.licence:
            yield Triple(distribution, DCT.license, iri_or_text(publication.knowledge.licence))
    for name, service in _services(base, endpoint).items():
        yield from _service(NamedNode(f"{dataset.value}#{name}"), service, dataset)


@dataclass(frozen=True, slots=True)
class _Service:
    """An interface of the dataset for programs, and what it conforms to."""

    title: str
    address: str
    description: str
    specification: str


def _services(base: str, endpoint: str) -> Mapping[str, _Service]:
    """Return the services by name: none where *endpoint* is empty, as over a site of files.

    Where queries are answered elsewhere, nothing says that the others are there.
    """
    if not endpoint:
        return {}
    sparql = _Service("SPARQL endpoint", endpoint, endpoint, _SPARQL)
    if endpoint != f"{base}sparql":
        return {"sparql": sparql}
    reconcile, stream = f"{base}reconcile", f"{base}changes/stream"
    return {
        "sparql": sparql,
        "reconciliation": _Service("Reconciliation", reconcile, reconcile, _RECONCILIATION),
        "changes": _Service("Stream of changes", stream, stream, _EVENT_STREAM),
    }


def _service(node: NamedNode, service: _Service, dataset: NamedNode) -> Iterator[Triple]:
    """Describe one service (DCAT 3, section 6.9)."""
    state = partial(Triple, node)
    yield state(RDF.type, DCAT.DataService)
    yield state(DCAT.endpointURL, NamedNode(service.address))
    yield state(DCAT.endpointDescription, NamedNode(service.description))
    yield state(DCAT.servesDataset, dataset)
    yield state(DCT.conformsTo, NamedNode(service.specification))
    yield state(DCT.title, Literal(service.title, language="en"))


@dataclass(frozen=True, slots=True)
class _File:
    """A file to download; *media_type* is that of its content before it was compressed."""

    name: str
    media_type: str
    size: int
    sha256: str
    compression: str = ""


def _files(manifest: Manifest) -> Iterator[_File]:
    """Yield every dump, its compressed copies, and the tables."""
    for row in manifest.files:
        yield _File(row.name, row.media_type, row.size, row.sha256)
        for copy in row.compressed:
            compression = COMPRESSED_TYPES[copy.coding]
            yield _File(copy.name, row.media_type, copy.size, copy.sha256, compression)
    for table in manifest.tables:
        yield _File(table.name, table.media_type, table.size, table.sha256)


def _distribution(row: _File, node: NamedNode, address: str) -> Iterator[Triple]:
    """Describe one file (DCAT 3, section 6.8), with its checksum."""
    state = partial(Triple, node)
    checksum = BlankNode(f"checksum-{row.sha256}")
    yield state(RDF.type, DCAT.Distribution)
    yield state(DCT.title, Literal(row.name))
    yield state(DCAT.downloadURL, NamedNode(address))
    yield state(DCAT.accessURL, NamedNode(address))
    yield state(DCAT.mediaType, NamedNode(_MEDIA_TYPES + row.media_type.partition(";")[0]))
    if row.compression:
        yield state(DCAT.compressFormat, NamedNode(_MEDIA_TYPES + row.compression))
    yield state(DCAT.byteSize, Literal(str(row.size), datatype=XSD.nonNegativeInteger))
    yield state(SPDX.checksum, checksum)
    yield Triple(checksum, RDF.type, SPDX.Checksum)
    yield Triple(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    yield Triple(checksum, SPDX.checksumValue, Literal(row.sha256, datatype=XSD.hexBinary))


def schema_org_dataset(
    publication: Publication, dataset: NamedNode, *, has_hashes: bool = True
) -> Mapping[str, object]:
    """Return the dataset in JSON-LD of schema.org, as search engines read it on a page.

    *has_hashes* tells whether it has those of the files, which no compression makes smaller.

    https://schema.org/Dataset
    """
    knowledge, manifest = publication.knowledge, publication.release.manifest
    base = knowledge.base
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": dataset.value,
        "url": base,
        "name": knowledge.title,
        "description": knowledge.description,
        "license": knowledge.licence,
        "creator": {"@type": "Organization", "name": knowledge.publisher}
        if knowledge.publisher
        else "",
        "version": manifest.identifier,
        "dateModified": manifest.created,
        "isAccessibleForFree": True,
        "identifier": dataset.value,
        "inLanguage": list(knowledge.languages),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": row.name,
                "contentUrl": f"{base}dumps/{row.name}",
                "encodingFormat": row.media_type,
                "contentSize": f"{row.size} B",
            }
            | ({"sha256": row.sha256} if has_hashes else {})
            for row in _files(manifest)
            if not row.compression and row.media_type != _CSV
        ],
    }
    return {name: value for name, value in described.items() if value not in ("", [])}
