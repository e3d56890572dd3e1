"""Write the files of a release: the table, the store, the dumps, the questions, the manifest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from pyoxigraph import DefaultGraph, NamedNode, Triple

from partyline.dataset import Numbers, Table, TableBuilder, TripleSet, with_graphs, write_table
from partyline.dataset.arrays import NUMBER
from partyline.dataset.graph_names import (
    DEFAULT_GRAPH,
    GRAPHS,
    LARGE_GRAPHS,
    is_taken,
    name_in_sources,
    view_iri,
)
from partyline.dataset.live_store import Graph, LiveStore
from partyline.releases import disk
from partyline.releases.contradictions import contradictions_json
from partyline.releases.dumps import DumpContents, write_dumps
from partyline.releases.graph_views import views
from partyline.releases.lineage_queries import read_lineage_queries
from partyline.releases.named_queries import question_files
from partyline.releases.page_plans import read_page_files
from partyline.releases.query_store import write_store
from partyline.releases.release import (
    CONTRADICTIONS,
    DUMPS,
    LINEAGE,
    MANIFEST,
    NAMES,
    PAGES,
    QUESTIONS,
    STORE,
    TABLE,
    DumpFile,
    Manifest,
    OmittedDump,
)
from partyline.search import names_of, write_index
from partyline.settings import Knowledge, Settings
from partyline.sparql import iris_in
from partyline.validation.check_pipeline import CheckReport
from partyline.version import __version__
from partyline.vocabulary import LABEL_PROPERTIES


@dataclass(frozen=True)
class ReleaseContents:
    """What a release is made of, before any of it is written."""

    report: CheckReport
    settings: Settings

    @cached_property
    def graphs(self) -> Mapping[str, TripleSet]:
        """Return the named graphs, by name; each triple is in one of them."""
        numbering = self.report.sources.numbering
        graphs = {
            "ontology": self.report.sources.ontology_triples - self.report.withheld_axioms,
            "accepted": self.report.accepted,
            "inferred": self.report.inferred,
            "withheld": self.report.withheld
            | self.report.withheld_axioms
            | self.report.withheld_bounds,
        }
        return {name: TripleSet.of(triples, numbering) for name, triples in graphs.items()}

    @property
    def table(self) -> Table:
        """Return every statement, with its graphs, its views and the places that assert it."""
        return self._numbered_table[0]

    @cached_property
    def _numbered_table(self) -> tuple[Table, Numbers]:
        """Return the table, and the numbers of its terms in the numbering of the sources."""
        named = self._named_graphs
        report = self.report
        numbering = report.sources.numbering
        builder = TableBuilder([*self.graphs, *named], numbering)
        for graph, documents, withheld in (
            ("ontology", report.sources.ontology, report.withheld_axioms),
            ("accepted", report.sources.kb, report.withheld),
        ):
            for document in documents:
                statements = document.statements.numbered_in(numbering)
                held = statements.are_in(withheld)
                for name, rows in (
                    (graph, statements.where(~held)),
                    ("withheld", statements.where(held)),
                ):
                    builder.add_columns(rows.columns, name, rows.path, rows.lines)
        for name in ("inferred", "withheld"):
            builder.add_columns(self.graphs[name].columns, name)
        for name, triples in named.items():
            builder.add_columns(triples.columns, name)
        table, numbers = builder.numbered_table()
        return with_graphs(table, views(table, self.settings.knowledge)), numbers

    @cached_property
    def _named_graphs(self) -> Mapping[str, TripleSet]:
        """Return the triples of each graph that the sources name, by its name in the table."""
        return {
            name_in_sources(iri): TripleSet.of_rows(
                self.report.sources.numbering, (row.columns for row in statements)
            )
            for iri, statements in self.report.sources.named_graphs.items()
            if not is_taken(iri, self.settings.knowledge.base)
        }

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        """Return the number of statements in each graph and view."""
        return {name: len(self._rows_of.get(name, ())) for name in self.table.graphs}

    @cached_property
    def _rows_of(self) -> Mapping[str, Numbers]:
        """Return the rows of each graph and view that has one."""
        return self.table.rows_by_graph()

    @cached_property
    def questions(self) -> Sequence[tuple[str, bytes]]:
        """Return the name and the content of each file of named queries."""
        return question_files(self.settings.knowledge.questions)

    @cached_property
    def lineage(self) -> Mapping[str, str]:
        """Return the queries of a lineage, by name."""
        return read_lineage_queries(self.settings.knowledge.lineage)

    @cached_property
    def contradictions(self) -> str:
        """Return the file of the contradictions, or the empty string where there are none."""
        found = self.report.contradictions
        return contradictions_json(found, self.report.is_smallest) if found else ""

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """Return the files that declare pages, by name."""
        return read_page_files(self.settings.knowledge.pages)

    def write(self, folder: Path, identifier: str) -> Manifest:
        """Write everything but the checksums into the empty *folder*. Raises OSError."""
        self._write_store(folder / STORE)
        (folder / DUMPS).mkdir()
        write_names(folder / NAMES, self.table, self.settings.knowledge)
        return self._write_rest(folder, identifier, self._write_dumps(folder / DUMPS))

    def write_preview(self, folder: Path, identifier: str, store: LiveStore) -> None:
        """Write everything but checksums, dumps and the index of names into the empty *folder*.

        The store is a copy of *store*, which follows. Raises OSError.
        """
        base = self.settings.knowledge.base
        graphs: dict[Graph, TripleSet] = {
            view_iri(base, name): self._numbered(rows)
            for name, rows in self._rows_of.items()
            if name not in self.absent_graphs
        }
        graphs[DefaultGraph()] = self._numbered(self.table.rows(graphs=DEFAULT_GRAPH))
        store.follow(graphs)
        store.copy(folder / STORE)
        (folder / DUMPS).mkdir()
        self._write_rest(folder, identifier, ())

    def _numbered(self, rows: Numbers) -> TripleSet:
        """Return *rows* of the table with the numbers of the sources."""
        table, numbers = self._numbered_table
        subjects, predicates, objects = (
            numbers[table.columns[name][rows]] for name in ("subject", "predicate", "object")
        )
        return TripleSet(self.report.sources.numbering, (subjects, predicates, objects))

    def _write_rest(
        self, folder: Path, identifier: str, dumps: Sequence[DumpFile | OmittedDump]
    ) -> Manifest:
        (folder / QUESTIONS).mkdir()
        for name, content in self.questions:
            disk.write(folder / QUESTIONS / name, content)
        if self.lineage:
            (folder / LINEAGE).mkdir()
        for name, text in self.lineage.items():
            disk.write(folder / LINEAGE / f"{name}.rq", text.encode())
        if self.contradictions:
            disk.write(folder / CONTRADICTIONS, self.contradictions.encode())
        if self.pages:
            (folder / PAGES).mkdir()
        for name, text in self.pages.items():
            disk.write(folder / PAGES / name, text.encode())
        with disk.new_file(folder / TABLE) as file:
            write_table(self.table, file.write)
        manifest = self._manifest(identifier, dumps)
        disk.write(folder / MANIFEST, manifest.to_json().encode())
        return manifest

    def _manifest(self, identifier: str, dumps: Sequence[DumpFile | OmittedDump]) -> Manifest:
        return Manifest(
            identifier=identifier,
            created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            title=self.settings.knowledge.title,
            base=self.settings.knowledge.base,
            builder=__version__,
            counts={name: size for name, size in self._sizes.items() if name in GRAPHS},
            views={name: size for name, size in self._sizes.items() if name not in GRAPHS},
            files=tuple(row for row in dumps if isinstance(row, DumpFile)),
            omitted=tuple(row for row in dumps if isinstance(row, OmittedDump)),
            prefixes=self.report.sources.prefixes,
            rules=self.settings.reasoning.rules,
            predicates=self.settings.reasoning.predicates,
            absent_graphs=self.absent_graphs,
            closures_left_out=len(self.report.closures),
        )

    @cached_property
    def absent_graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs that are not in the store, because they are too large.

        A graph that a named query or a query of the lineage names is there at any size.
        """
        if len(self.table) <= self.settings.build.graphs_up_to:
            return ()
        base = self.settings.knowledge.base
        texts = [text.decode("utf-8", "replace") for _, text in self.questions]
        named = set().union(*(iris_in(text, base) for text in (*texts, *self.lineage.values())))
        return tuple(name for name in LARGE_GRAPHS if view_iri(base, name).value not in named)

    def _write_store(self, path: Path) -> None:
        base = self.settings.knowledge.base
        graphs = {
            view_iri(base, name).value: rows
            for name, rows in self._rows_of.items()
            if name not in self.absent_graphs
        }
        write_store(path, self.table, self.table.rows(graphs=DEFAULT_GRAPH), graphs)

    def _write_dumps(self, folder: Path) -> Sequence[DumpFile | OmittedDump]:
        """Write the dumps from the table: the store would write "01" as "1"."""
        base, report = self.settings.knowledge.base, self.report
        rows = {name: self.table.rows(graphs=(name,)) for name in self.graphs}
        if report.closures:
            left_out = self._rows(report.closures)
            rows = {name: found[~np.isin(found, left_out)] for name, found in rows.items()}
        graphs = {
            "ontology": np.union1d(rows["ontology"], self._rows(report.withheld_axioms)),
            "asserted": np.union1d(rows["accepted"], self._rows(report.withheld)),
            "inferred": rows["inferred"],
        }
        rows |= {name: self._rows_of[name] for name in self._named_graphs}
        dataset = {view_iri(base, name).value: found for name, found in rows.items()}
        prefixes = report.sources.prefixes
        return write_dumps(folder, DumpContents(self.table, prefixes, graphs, dataset))

    def _rows(self, triples: Iterable[Triple]) -> Numbers:
        """Return the rows of *triples*, which are in the table."""
        return np.array([row for row in map(self.table.row, triples) if row is not None], NUMBER)


def write_names(path: Path, table: Table, knowledge: Knowledge) -> None:
    """Write the index of the names in *table* to the new file *path*. Raises OSError."""
    labels = tuple(map(NamedNode, knowledge.labels)) or LABEL_PROPERTIES
    write_index(path, names_of(table, labels, (knowledge.base, *knowledge.bases)))
