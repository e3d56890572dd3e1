"""The tables described as a Data Package (https://specs.frictionlessdata.io/)."""

from collections.abc import Mapping, Sequence

from partyline.releases.dump_files import TableFile
from partyline.releases.dumps.tables.columns import ClassTable, Column, Kind
from partyline.releases.dumps.tables.json_lines import lines_of_json
from partyline.releases.dumps.tables.types import type_of
from partyline.settings import Knowledge

NAME = "datapackage.json"


def data_package(tables: Sequence[tuple[ClassTable, TableFile]], knowledge: Knowledge) -> bytes:
    """Return the description of *tables*, each with its file."""
    package: dict[str, object] = {
        "profile": "tabular-data-package",
        "name": "tables",
        "title": knowledge.title,
        "homepage": knowledge.base,
    }
    if knowledge.description:
        package["description"] = knowledge.description
    if knowledge.licence.startswith(("http://", "https://")):
        package["licenses"] = [{"path": knowledge.licence}]
    elif knowledge.licence:
        package["licenses"] = [{"name": knowledge.licence}]
    package["resources"] = [_resource(table, file) for table, file in tables]
    return lines_of_json(package)


def _resource(table: ClassTable, file: TableFile) -> Mapping[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name.lower().replace("_", "-"),
        "path": file.name.rpartition("/")[2],
        "title": table.title or table.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": ["id"],
            "missingValues": [""],
        },
    }


def _field(column: Column) -> Mapping[str, object]:
    found: dict[str, object] = {"name": column.name}
    found["type"] = "string" if column.separator else type_of(column).frictionless
    if column.kind in (Kind.ID, Kind.RESOURCE) and not column.separator:
        found["format"] = "uri"
    if column.title:
        found["title"] = f"{column.title} (label)" if column.kind is Kind.LABEL else column.title
    if column.separator:
        found["description"] = f"Several values, with {column.separator} between them."
    if len(column.path) == 1 and column.kind is not Kind.LABEL:
        found["rdfType"] = column.path[0]
    if column.kind is Kind.ID:
        found["constraints"] = {"required": True, "unique": True}
    return found
