"""The dataset in Croissant 1.1, which loads its tables (https://docs.mlcommons.org/croissant/)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from partyline.publishing.descriptions.files import CSV, published_files
from partyline.publishing.documents.catalogue import schema_org_dataset
from partyline.publishing.documents.service_description import dataset_iri
from partyline.publishing.publication import Publication

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
_CR = "http://mlcommons.org/croissant/"
#: The terms of Croissant that are written as their own names.
_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field"),
    *("fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset"),
    *("jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
#: The context of the specification, without which its readers complain.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{term: f"cr:{term}" for term in _TERMS},
    "conformsTo": "dct:conformsTo",
    "cr": _CR,
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": f"{_CR}RAI/",
    "sc": "https://schema.org/",
}
_PACKAGE = "tables/datapackage.json"
#: The types of Table Schema in the words of schema.org.
_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date"}


def croissant(publication: Publication) -> Mapping[str, object]:
    """Return the description: each file, and each table as a set of records with its fields."""
    described = dict(schema_org_dataset(publication, dataset_iri(publication)))
    described |= {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "datePublished": described["dateModified"],
        "citeAs": _citation(publication),
        "distribution": list(_file_objects(publication)),
        "recordSet": list(_record_sets(publication)),
    }
    return described


def _citation(publication: Publication) -> str:
    knowledge, manifest = publication.knowledge, publication.release.manifest
    publisher = f"{knowledge.publisher}: " if knowledge.publisher else ""
    return f"{publisher}{knowledge.title}, release {manifest.identifier}. {knowledge.base}dataset"


def _file_objects(publication: Publication) -> Iterator[Mapping[str, object]]:
    for file in published_files(publication):
        yield {
            "@type": "cr:FileObject",
            "@id": file.name,
            "name": file.name,
            "description": file.about,
            "contentUrl": file.address,
            "contentSize": f"{file.size} B",
            "encodingFormat": file.media_type,
            "sha256": file.sha256,
        }


def _record_sets(publication: Publication) -> Iterator[Mapping[str, object]]:
    """Yield the tables, whose columns are as the data package says."""
    csv = {row.name for row in publication.release.manifest.tables if row.media_type == CSV}
    for resource in data_package(publication):
        name = f"tables/{resource['path']}"
        if name in csv:
            own = name.removesuffix(".csv")
            yield {
                "@type": "cr:RecordSet",
                "@id": own,
                "name": own.partition("/")[2],
                "description": resource["title"],
                "key": {"@id": f"{own}/id"},
                "field": [_field(own, name, row) for row in resource["schema"]["fields"]],
            }


def data_package(publication: Publication) -> Sequence[Mapping[str, Any]]:
    """Return what the data package of the release says of its tables; nothing without them."""
    file = publication.release.dumps / "tables" / "datapackage.json"
    if not any(
        row.name == "tables/datapackage.json" for row in publication.release.manifest.tables
    ):
        return ()
    resources: Sequence[Mapping[str, Any]] = json.loads(file.read_text("utf-8"))["resources"]
    return resources


def _field(record_set: str, file: str, row: Mapping[str, Any]) -> Mapping[str, object]:
    name = row["name"]
    found: dict[str, object] = {
        "@type": "cr:Field",
        "@id": f"{record_set}/{name}",
        "name": name,
        "dataType": "sc:URL" if row.get("format") == "uri" else _TYPES.get(row["type"], "sc:Text"),
        "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
    }
    title, more = row.get("title", ""), row.get("description", "")
    if title or more:
        found["description"] = f"{title}. {more}" if title and more else title or more
    if "rdfType" in row:
        found["equivalentProperty"] = row["rdfType"]
    return found
