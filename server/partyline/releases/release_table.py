"""The table of a release, and which of its rows each dump has: made of what was checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from pyoxigraph import Triple

from partyline.dataset import Numbering, Numbers, Table, TableBuilder, TripleSet, with_graphs
from partyline.dataset.arrays import NUMBER, distinct
from partyline.dataset.graph_names import is_taken, name_in_sources
from partyline.releases.graph_views import views
from partyline.settings import Knowledge
from partyline.validation.check_pipeline import CheckReport


@dataclass(frozen=True)
class ReleaseTable:
    """Every statement of a release; nothing else of the sources is needed to write it."""

    #: With graphs, views and the places that assert each statement.
    table: Table
    #: The rows of each dump of a graph, by its name.
    dumps: Mapping[str, Numbers]
    #: The rows of each graph in the dumps of the dataset, by its name in the table.
    dataset: Mapping[str, Numbers]

    @classmethod
    def of(cls, report: CheckReport, knowledge: Knowledge) -> "ReleaseTable":
        """Return the table of *report*."""
        return cls.numbered(report, knowledge)[0]

    @classmethod
    def numbered(cls, report: CheckReport, knowledge: Knowledge) -> tuple["ReleaseTable", Numbers]:
        """Return the table of *report*, and the numbers of its terms in that of the sources."""
        graphs = _graphs(report)
        named = _named_graphs(report, knowledge)
        builder = TableBuilder([*graphs, *named], report.sources.numbering)
        _add_sources(builder, report)
        for name, triples in (*graphs.items(), *named.items()):
            builder.add_columns(triples.columns, name)
        table, numbers = builder.numbered_table()
        dumps, dataset = _dumps(table, report, [*graphs], [*named])
        viewed = with_graphs(table, views(table, dumps["asserted"], knowledge))
        return cls(viewed, dumps, dataset), numbers


def _graphs(report: CheckReport) -> dict[str, TripleSet]:
    """Return the graphs of a release, by name; each triple is in one of them."""
    graphs = {
        "ontology": report.sources.ontology_triples - report.withheld_axioms,
        "accepted": report.accepted,
        "inferred": report.inferred,
        "withheld": report.withheld | report.withheld_axioms | report.withheld_bounds,
    }
    numbering = report.sources.numbering
    return {name: TripleSet.of(triples, numbering) for name, triples in graphs.items()}


def _named_graphs(report: CheckReport, knowledge: Knowledge) -> dict[str, TripleSet]:
    """Return the triples of each graph that the sources name, by its name in the table."""
    numbering = report.sources.numbering
    return {
        name_in_sources(iri): TripleSet.of_rows(numbering, (row.columns for row in statements))
        for iri, statements in report.sources.named_graphs.items()
        if not is_taken(iri, knowledge.base)
    }


def _add_sources(builder: TableBuilder, report: CheckReport) -> None:
    """Add what files assert, with the lines."""
    numbering: Numbering = report.sources.numbering
    for graph, documents, withheld in (
        ("ontology", report.sources.ontology, report.withheld_axioms),
        ("accepted", report.sources.kb, report.withheld),
    ):
        for document in documents:
            statements = document.statements.numbered_in(numbering)
            held = statements.are_in(withheld)
            parts = ((graph, statements.where(~held)), ("withheld", statements.where(held)))
            for name, rows in parts:
                builder.add_columns(rows.columns, name, rows.path, rows.lines)


def _dumps(
    table: Table, report: CheckReport, graphs: Iterable[str], named: Iterable[str]
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Return the rows of each dump of a graph, and of each graph of the dataset."""
    rows = {name: table.rows(graphs=(name,)) for name in graphs}
    if report.closures:
        left_out = _rows(table, report.closures)
        rows = {name: found[~np.isin(found, left_out)] for name, found in rows.items()}
    dumps = {
        "ontology": _with(rows["ontology"], _rows(table, report.withheld_axioms)),
        "asserted": _with(rows["accepted"], _rows(table, report.withheld)),
        "inferred": rows["inferred"],
    }
    found = table.rows_by_graph()
    return dumps, rows | {name: found[name] for name in named}


def _with(rows: Numbers, others: Numbers) -> Numbers:
    """Return *rows* and *others*, each once, in order."""
    return distinct(np.concatenate([rows, others])) if len(others) else rows


def _rows(table: Table, triples: Iterable[Triple]) -> Numbers:
    """Return the rows of *triples*, which are in the table."""
    return np.array([row for row in map(table.row, triples) if row is not None], NUMBER)
