"""The dataset as a detached RO-Crate 1.2 (https://w3id.org/ro/crate/1.2)."""

from collections.abc import Iterator, Mapping

from partyline.publishing.descriptions.files import published_files
from partyline.publishing.publication import Publication

_VERSION = "https://w3id.org/ro/crate/1.2"
NAME = "ro-crate-metadata.json"


def ro_crate(publication: Publication) -> Mapping[str, object]:
    """Return the metadata of the crate, whose files are those that people download."""
    root = f"{publication.knowledge.base}dataset"
    descriptor = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _VERSION},
        "about": {"@id": root},
    }
    graph = [descriptor, _root(publication, root), *_agents(publication), *_files(publication)]
    return {"@context": f"{_VERSION}/context", "@graph": graph}


def _root(publication: Publication, root: str) -> Mapping[str, object]:
    knowledge, manifest = publication.knowledge, publication.release.manifest
    found: dict[str, object] = {
        "@id": root,
        "@type": "Dataset",
        "identifier": root,
        "url": root,
        "name": knowledge.title,
        "description": knowledge.description or knowledge.title,
        "datePublished": manifest.created,
        "version": manifest.identifier,
        "hasPart": [{"@id": file.address} for file in published_files(publication)],
    }
    if knowledge.licence:
        found["license"] = {"@id": _licence_id(knowledge.licence)}
    if knowledge.publisher:
        found["publisher"] = found["creator"] = {"@id": "#publisher"}
    return found


def _agents(publication: Publication) -> Iterator[Mapping[str, object]]:
    """Yield the licence and the publisher, which the root names."""
    knowledge = publication.knowledge
    if knowledge.licence:
        yield {
            "@id": _licence_id(knowledge.licence),
            "@type": "CreativeWork",
            "name": knowledge.licence,
            "description": f"The licence of {knowledge.title}: {knowledge.licence}",
        }
    if knowledge.publisher:
        yield {"@id": "#publisher", "@type": "Organization", "name": knowledge.publisher}


def _licence_id(licence: str) -> str:
    return licence if licence.startswith(("http://", "https://")) else "#licence"


def _files(publication: Publication) -> Iterator[Mapping[str, object]]:
    for file in published_files(publication):
        yield {
            "@id": file.address,
            "@type": "File",
            "name": file.name,
            "description": file.about,
            "contentSize": str(file.size),
            "encodingFormat": file.media_type,
            "sha256": file.sha256,
            "sdDatePublished": publication.release.manifest.created,
        }
