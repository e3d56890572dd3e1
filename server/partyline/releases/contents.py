"""Write the files of a release: the table, the store, the dumps, the questions, the manifest."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from partyline.dataset import Numbering, Numbers, Table, TripleSet, write_table
from partyline.dataset.arrays import NUMBER
from partyline.dataset.graph_names import (
    DEFAULT_GRAPH,
    GRAPHS,
    LARGE_GRAPHS,
    QUESTIONS,
    SOURCE,
    view_iri,
)
from partyline.dataset.live_store import Graph, LiveStore
from partyline.errors import TooComplex
from partyline.reasoning import RuleSet
from partyline.releases import disk, release
from partyline.releases.contradictions import contradictions_json
from partyline.releases.dump_files import DumpFile, OmittedDump, WrittenDumps
from partyline.releases.dumps import (
    DumpContents,
    canonical_sha256,
    special_rows,
    write_dump,
    write_dumps,
)
from partyline.releases.dumps.annotated import MEDIA_TYPE as ANNOTATED
from partyline.releases.dumps.annotated import AnnotatedTurtle
from partyline.releases.dumps.annotations import annotations_of, read_reifiers
from partyline.releases.dumps.ntriples import NTriplesDumps
from partyline.releases.dumps.tables import write_tables
from partyline.releases.lineage_queries import read_lineage_queries
from partyline.releases.page_plans import PageFiles, read_page_files
from partyline.releases.provenance import ProofSource
from partyline.releases.query_store import write_store
from partyline.releases.questions.examples import question_graph
from partyline.releases.questions.named_queries import question_files
from partyline.releases.release import (
    CLASS_CONSTRAINTS,
    CONTRADICTIONS,
    DUMPS,
    LINEAGE,
    MANIFEST,
    NAMES,
    PAGES,
    RELIANCE,
    RETIRED,
    STORE,
    TABLE,
    Manifest,
)
from partyline.releases.release_table import ReleaseTable
from partyline.releases.reliance import compute_reliance
from partyline.search import names_of, write_index
from partyline.settings import Knowledge, Settings
from partyline.sparql import iris_in
from partyline.validation.check_pipeline import CheckReport
from partyline.validation.shacl.class_constraints import class_constraints
from partyline.validation.shacl.shapes_graph import read_shapes
from partyline.version import __version__
from partyline.vocabulary import LABEL_PROPERTIES

_NO_ROWS: Numbers = np.empty(0, dtype=NUMBER)


@dataclass(frozen=True)
class ReleaseContents:
    """What a release is made of, before any of it is written."""

    statements: ReleaseTable
    settings: Settings
    prefixes: Mapping[str, str]
    #: The file of the contradictions, or the empty string where there are none.
    contradictions: str
    #: The number of statements that dumps leave out.
    closures_left_out: int
    #: The rules that inferred statements.
    rules: RuleSet
    #: What declares the pages.
    pages: PageFiles
    #: The numbers of the terms of the table in the numbering, where a preview asks for them.
    numbers: tuple[Numbering, Numbers] | None = None
    #: The file of the IRIs that earlier releases have published and this one does not describe.
    retired: bytes = b""

    @classmethod
    def of(
        cls, report: CheckReport, settings: Settings, pages: PageFiles | None = None
    ) -> "ReleaseContents":
        """Return what *report* makes a release of; nothing of the report is kept.

        *pages* spares to read the files that declare them.
        """
        statements = ReleaseTable.of(report, settings.knowledge)
        pages = pages or read_page_files(settings.knowledge.pages)
        return cls(statements, settings, *_about(report), pages)

    @classmethod
    def of_preview(cls, report: CheckReport, settings: Settings) -> "ReleaseContents":
        """Return what *report* makes a preview of."""
        statements, numbers = ReleaseTable.numbered(report, settings.knowledge)
        numbered = (report.sources.numbering, numbers)
        pages = read_page_files(settings.knowledge.pages)
        return cls(statements, settings, *_about(report), pages, numbered)

    @property
    def table(self) -> Table:
        """Return every statement, with its graphs, its views and the places that assert it."""
        return self.statements.table

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
    def question_graph(self) -> frozenset[Triple]:
        """Return the graph of the named queries, as examples of queries. Raises SourceError."""
        knowledge = self.settings.knowledge
        return question_graph(knowledge.questions, knowledge.base, self.settings.published_endpoint)

    @cached_property
    def class_constraints(self) -> bytes:
        """Return what shapes say of members of classes, as JSON; nothing where they say nothing."""
        folder = self.settings.knowledge.shapes
        rows = class_constraints(read_shapes(folder)) if folder else ()
        return json.dumps([row.to_json() for row in rows], indent=1).encode() if rows else b""

    @cached_property
    def reifiers(self) -> bytes:
        """Return the query that names reifiers; nothing where there is none."""
        file = self.settings.knowledge.reifiers
        return read_reifiers(file).encode() if file else b""

    @cached_property
    def lineage(self) -> Mapping[str, str]:
        """Return the queries of a lineage, by name."""
        return read_lineage_queries(self.settings.knowledge.lineage)

    def write(self, folder: Path, identifier: str) -> Manifest:
        """Write everything but the checksums into the empty *folder*. Raises OSError."""
        self._write_store(folder / STORE)
        (folder / DUMPS).mkdir()
        write_names(folder / NAMES, self.table, self.settings.knowledge)
        reliance = compute_reliance(self.table, self.pages.plan, self.rules)
        disk.write(folder / RELIANCE, reliance.to_bytes())
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
        if self.question_graph:
            graphs[view_iri(base, QUESTIONS)] = self._new(self.question_graph)
        store.follow(graphs)
        store.copy(folder / STORE)
        (folder / DUMPS).mkdir()
        self._write_rest(folder, identifier, WrittenDumps())

    def _new(self, triples: Iterable[Triple]) -> TripleSet:
        """Return *triples*, which are not in the table, with numbers of the sources."""
        if self.numbers is None:
            raise ValueError("these contents are not those of a preview")
        return TripleSet.of(triples, self.numbers[0])

    def _numbered(self, rows: Numbers) -> TripleSet:
        """Return *rows* of the table with the numbers of the sources."""
        if self.numbers is None:
            raise ValueError("these contents are not those of a preview")
        numbering, numbers = self.numbers
        subjects, predicates, objects = (
            numbers[self.table.columns[name][rows]] for name in ("subject", "predicate", "object")
        )
        return TripleSet(numbering, (subjects, predicates, objects))

    def _write_rest(self, folder: Path, identifier: str, dumps: WrittenDumps) -> Manifest:
        (folder / release.QUESTIONS).mkdir()
        for name, content in self.questions:
            disk.write(folder / release.QUESTIONS / name, content)
        if self.lineage:
            (folder / LINEAGE).mkdir()
        for name, text in self.lineage.items():
            disk.write(folder / LINEAGE / f"{name}.rq", text.encode())
        if self.class_constraints:
            disk.write(folder / CLASS_CONSTRAINTS, self.class_constraints)
        if self.contradictions:
            disk.write(folder / CONTRADICTIONS, self.contradictions.encode())
        if self.retired:
            disk.write(folder / RETIRED, self.retired)
        if self.pages.texts:
            (folder / PAGES).mkdir()
        for name, text in self.pages.texts.items():
            disk.write(folder / PAGES / name, text.encode())
        with disk.new_file(folder / TABLE) as file:
            write_table(self.table, file.write)
        manifest = self._manifest(identifier, dumps)
        disk.write(folder / MANIFEST, manifest.to_json().encode())
        return manifest

    def _manifest(self, identifier: str, dumps: WrittenDumps) -> Manifest:
        return Manifest(
            identifier=identifier,
            created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            title=self.settings.knowledge.title,
            base=self.settings.knowledge.base,
            builder=__version__,
            counts={name: size for name, size in self._sizes.items() if name in GRAPHS},
            views={name: size for name, size in self._sizes.items() if name not in GRAPHS},
            files=dumps.files,
            omitted=dumps.omitted,
            tables=dumps.tables,
            prefixes=self.prefixes,
            rules=self.settings.reasoning.rules,
            predicates=self.settings.reasoning.predicates,
            absent_graphs=self.absent_graphs,
            closures_left_out=self.closures_left_out,
            canonical_sha256=dumps.canonical_sha256,
            questions=len(self.question_graph),
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
        asked = view_iri(base, QUESTIONS)
        quads = (Quad(s, p, o, asked) for s, p, o in self.question_graph)
        write_store(path, self.table, self.table.rows(graphs=DEFAULT_GRAPH), graphs, quads=quads)

    def _write_dumps(self, folder: Path) -> WrittenDumps:
        """Write the dumps from the table: the store would write "01" as "1"."""
        graphs = {**self.statements.dumps, "links": self._rows_of.get("links", _NO_ROWS)}
        sources = {name: rows for name, rows in self._rows_of.items() if name.startswith(SOURCE)}
        datasets = {"dataset": self._by_iri(self.statements.dataset)}
        if sources:
            datasets["sources"] = self._by_iri(sources)
        contents = DumpContents(self.table, self.prefixes, graphs, datasets)
        dumps = write_dumps(folder, contents, self.settings.dumps)
        if self.settings.dumps.annotated:
            dumps.append(self._write_annotated(folder))
        return WrittenDumps(
            files=tuple(row for row in dumps if isinstance(row, DumpFile)),
            omitted=tuple(row for row in dumps if isinstance(row, OmittedDump)),
            tables=tuple(write_tables(folder, self.table, self.prefixes, self.settings)),
            canonical_sha256=self._canonical_sha256(folder, dumps),
        )

    def _canonical_sha256(self, folder: Path, dumps: Sequence[DumpFile | OmittedDump]) -> str:
        """Return the canonical hash of the dataset; empty where it has none."""
        (dump,) = (row for row in dumps if row.name == "dataset.nq")
        if isinstance(dump, OmittedDump):
            return ""
        lines, graphs = None, self._by_iri(self.statements.dataset)
        if all(map(str.isascii, graphs)):
            special = special_rows(self.table)
            if not special.any():
                return dump.sha256
            chosen = {iri: rows[special[rows]] for iri, rows in graphs.items()}
            parts = NTriplesDumps(self.table).dataset(chosen)
            lines = (line for part in parts for line in part.splitlines(keepends=True))
        try:
            return canonical_sha256(folder / dump.name, lines)
        except TooComplex:
            return ""

    def _write_annotated(self, folder: Path) -> DumpFile | OmittedDump:
        """Write what queries find, each statement with its reifiers and its rule."""
        knowledge, reasoning = self.settings.knowledge, self.settings.reasoning
        source = ProofSource.of_table(
            self.table, self.prefixes, reasoning.rules, reasoning.predicates
        )
        store = folder.parent / STORE
        notes = annotations_of(self.table, store, knowledge.reifiers, source, knowledge.base)
        rows = self.table.rows(graphs=DEFAULT_GRAPH)
        turtle = AnnotatedTurtle(self.table, self.prefixes)
        make = partial(turtle.graph, rows, notes)
        path = folder / "annotated.ttl"
        return write_dump(path, ANNOTATED, len(rows), make, self.settings.dumps)

    def _by_iri(self, graphs: Mapping[str, Numbers]) -> dict[str, Numbers]:
        base = self.settings.knowledge.base
        return {view_iri(base, name).value: rows for name, rows in graphs.items()}


def _about(report: CheckReport) -> tuple[Mapping[str, str], str, int, RuleSet]:
    """Return the prefixes, the contradictions, the number of closures left out and the rules."""
    found = report.contradictions
    text = contradictions_json(found, report.is_smallest) if found else ""
    rules = report.closure.rules if report.closure else RuleSet()
    return report.sources.prefixes, text, len(report.closures), rules


def write_names(path: Path, table: Table, knowledge: Knowledge) -> None:
    """Write the index of the names in *table* to the new file *path*. Raises OSError."""
    labels = tuple(map(NamedNode, knowledge.labels)) or LABEL_PROPERTIES
    write_index(path, names_of(table, labels, (knowledge.base, *knowledge.bases)))
