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
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def dcat_triples(publication: Publication, dataset: NamedNode, endpoint: str) -> Iterator[Triple]:
    """Yield the description of *dataset* in DCAT 3: its files, its service if any, its version.

    https://www.w3.org/TR/vocab-dcat-3/
    """
    manifest, base = publication.release.manifest, publication.knowledge.base
    state = partial(Triple, dataset)
    yield state(RDF.type, DCAT.Dataset)
    yield state(DCAT.version, Literal(manifest.identifier))
    yield state(DCAT.landingPage, NamedNode(base))
    for row in _files(publication.release.manifest):
        distribution = NamedNode(f"{dataset.value}#{quote(row.name)}")
        yield state(DCAT.distribution, distribution)
        yield from _distribution(row, distribution, f"{base}dumps/{row.name}")
        if publication.knowledge.licence:
            yield Triple(distribution, DCT.license, iri_or_text(publication.knowledge.licence))
    if not endpoint:
        return
    service = NamedNode(f"{dataset.value}#sparql")
    yield Triple(service, RDF.type, DCAT.DataService)
    yield Triple(service, DCAT.endpointURL, NamedNode(endpoint))
    yield Triple(service, DCAT.endpointDescription, NamedNode(endpoint))
    yield Triple(service, DCAT.servesDataset, dataset)
    yield Triple(service, DCT.conformsTo, NamedNode("http://www.w3.org/TR/sparql11-protocol/"))
    yield Triple(service, DCT.title, Literal("SPARQL endpoint", language="en"))


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
