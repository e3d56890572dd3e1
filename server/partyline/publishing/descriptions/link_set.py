"""All typed links of the dataset in one document (RFC 9264): FAIR Signposting, level 2."""

from collections.abc import Iterator, Mapping, Sequence

from partyline.publishing.descriptions.files import published_files
from partyline.publishing.publication import Publication
from partyline.rdf import GRAPH_FORMATS

MEDIA_TYPE = "application/linkset+json"
Link = Mapping[str, str]
#: The descriptions for other programs: the end of the address, the media type, the profile.
DESCRIPTIONS = (
    ("croissant.json", "application/ld+json", "http://mlcommons.org/croissant/1.1"),
    ("ro-crate-metadata.json", "application/ld+json", "https://w3id.org/ro/crate"),
    ("datacite.json", "application/vnd.datacite.datacite+json", ""),
)
_KINDS = ("https://schema.org/AboutPage", "https://schema.org/Dataset")


def dataset_link_set(publication: Publication) -> Mapping[str, object]:
    """Return the links of the page of the dataset, of its descriptions and of its files."""
    base = publication.knowledge.base
    page = f"{base}dataset"
    metadata = list(_metadata(page))
    files = [
        {"href": file.address, "type": file.media_type} for file in published_files(publication)
    ]
    landing: dict[str, object] = {
        "anchor": page,
        "cite-as": [{"href": page}],
        "type": [{"href": kind} for kind in _KINDS],
        "describedby": metadata,
        "item": files,
    }
    terms = dict(_terms(publication))
    return {
        "linkset": [
            landing | terms,
            *({"anchor": row["href"], "describes": [{"href": page}]} for row in metadata),
            *({"anchor": row["href"], "collection": [{"href": page}], **terms} for row in files),
        ]
    }


def _metadata(page: str) -> Iterator[Link]:
    for row in GRAPH_FORMATS:
        yield {"href": f"{page}.{row.extension}", "type": row.media_type}
    for ending, media_type, profile in DESCRIPTIONS:
        link = {"href": f"{page}/{ending}", "type": media_type}
        yield {**link, "profile": profile} if profile else link


def _terms(publication: Publication) -> Iterator[tuple[str, Sequence[Link]]]:
    licence = publication.knowledge.licence
    if licence.startswith(("http://", "https://")):
        yield "license", [{"href": licence}]
