"""The dataset in the metadata of DataCite 4.5, in JSON (https://schema.datacite.org/)."""

from collections.abc import Mapping

from partyline.publishing.descriptions.files import published_files
from partyline.publishing.publication import Publication

_SCHEMA = "http://datacite.org/schema/kernel-4"


def datacite(publication: Publication) -> Mapping[str, object]:
    """Return what an agency that registers DOIs asks for; a DOI is theirs to add.

    Whoever publishes is the creator, too: nobody else is known of the whole.
    """
    knowledge, manifest = publication.knowledge, publication.release.manifest
    # DataCite has these words for what is not known (appendix 3 of the schema).
    publisher = knowledge.publisher or ":unav"
    created, iri = manifest.created[:10], f"{knowledge.base}dataset"
    files = list(published_files(publication))
    found: dict[str, object] = {
        "schemaVersion": _SCHEMA,
        "url": iri,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Knowledge graph"},
        "creators": [{"name": publisher, "nameType": "Organizational"}],
        "titles": [{"title": knowledge.title}],
        "publisher": {"name": publisher},
        "publicationYear": created[:4],
        "dates": [{"date": created, "dateType": "Issued"}],
        "version": manifest.identifier,
        "alternateIdentifiers": [
            {"alternateIdentifier": iri, "alternateIdentifierType": "URL"},
            {"alternateIdentifier": manifest.identifier, "alternateIdentifierType": "release"},
        ],
        "formats": sorted({file.media_type for file in files}),
        "sizes": [f"{sum(manifest.counts.values())} statements", f"{len(files)} files"],
    }
    if knowledge.languages:
        found["language"] = knowledge.languages[0]
    if knowledge.description:
        found["descriptions"] = [
            {"description": knowledge.description, "descriptionType": "Abstract"}
        ]
    if knowledge.licence.startswith(("http://", "https://")):
        found["rightsList"] = [{"rights": knowledge.licence, "rightsUri": knowledge.licence}]
    elif knowledge.licence:
        found["rightsList"] = [{"rights": knowledge.licence}]
    return found
