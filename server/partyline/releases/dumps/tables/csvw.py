"""The tables described as CSV on the Web (https://www.w3.org/TR/tabular-metadata/)."""

from collections.abc import Mapping, Sequence

from partyline.releases.dumps.tables.columns import ClassTable, Column, Kind
from partyline.releases.dumps.tables.json_lines import lines_of_json
from partyline.releases.dumps.tables.types import type_of
from partyline.settings import Knowledge
from partyline.vocabulary import RDF

NAME = "csv-metadata.json"


def csvw_metadata(tables: Sequence[ClassTable], knowledge: Knowledge) -> bytes:
    """Return the description of *tables*, whose files are beside it."""
    group: dict[str, object] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": knowledge.title,
    }
    if knowledge.licence.startswith(("http://", "https://")):
        group["dc:license"] = {"@id": knowledge.licence}
    group["tables"] = list(map(_table, tables))
    return lines_of_json(group)


def _table(table: ClassTable) -> Mapping[str, object]:
    membership = {
        "name": "class",
        "virtual": True,
        "propertyUrl": RDF.type.value,
        "valueUrl": table.iri,
    }
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.title or table.name,
        "tableSchema": {
            "aboutUrl": "{+id}",
            "primaryKey": "id",
            "columns": [*map(_column, table.columns), membership],
        },
    }


def _column(column: Column) -> Mapping[str, object]:
    found: dict[str, object] = {"name": column.name, "titles": column.name}
    if column.title:
        found["dc:title"] = column.title
    if column.kind in (Kind.ID, Kind.LABEL) or len(column.path) != 1:
        # What it says is said by other columns, or of a node that has no cell.
        found["suppressOutput"] = True
    else:
        found["propertyUrl"] = column.path[0]
    if column.kind is Kind.RESOURCE:
        # A template makes one IRI of a cell, not several (Generating RDF from Tabular Data).
        found |= {"datatype": "anyURI"} if column.separator else {"valueUrl": f"{{+{column.name}}}"}
    elif column.kind is Kind.LITERAL:
        found["datatype"] = type_of(column).csvw
        if column.language:
            found["lang"] = column.language
    if column.separator:
        found["separator"] = column.separator
    return found
