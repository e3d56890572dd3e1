"""Write the files of a release: the store, the dumps, the origins, the questions, the manifest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from partyline.rdf import GRAPH_FORMATS
from partyline.releases import disk
from partyline.releases.graph_views import views
from partyline.releases.named_graphs import graph_iri, view_iri
from partyline.releases.named_queries import question_files
from partyline.releases.release import (
    DUMPS,
    MANIFEST,
    ORIGINS,
    QUESTIONS,
    STORE,
    DumpFile,
    Manifest,
    sha256,
)
from partyline.settings import Settings
from partyline.validation.check_pipeline import CheckReport
from partyline.version import __version__

#: The whole dataset with its graph names, for those who want one file.
_DATASET_FORMATS = (RdfFormat.TRIG, RdfFormat.N_QUADS)


@dataclass(frozen=True)
class ReleaseContents:
    """What a release is made of, before any of it is written."""

    report: CheckReport
    settings: Settings

    @cached_property
    def graphs(self) -> Mapping[str, frozenset[Triple]]:
        """Return the named graphs, by name; each triple is in one of them."""
        return {
            "ontology": self.report.sources.ontology_triples,
            "accepted": self.report.accepted,
            "inferred": self.report.inferred,
            "withheld": self.report.withheld | self.report.withheld_bounds,
        }

    @cached_property
    def views(self) -> Mapping[str, frozenset[Triple]]:
        """Return the graphs that overlap with those, by name."""
        return views(self.graphs, self.settings.knowledge)

    @cached_property
    def origins(self) -> str:
        """Return the ``file:line`` of every place that asserts each triple, as JSON."""
        places: dict[str, list[str]] = {}
        for document in self.report.sources.documents:
            for statement in document.statements:
                places.setdefault(str(statement.triple), []).append(str(statement.origin))
        return json.dumps(places, ensure_ascii=False, sort_keys=True)

    @cached_property
    def questions(self) -> Sequence[tuple[str, bytes]]:
        """Return the name and the content of each file of named queries."""
        return question_files(self.settings.knowledge.questions)

    def write(self, folder: Path, identifier: str) -> None:
        """Write everything but the checksums into the empty *folder*. Raises OSError."""
        self._write_store(folder / STORE)
        (folder / DUMPS).mkdir()
        files = tuple(self._write_dumps(folder / DUMPS))
        (folder / QUESTIONS).mkdir()
        for name, content in self.questions:
            disk.write(folder / QUESTIONS / name, content)
        disk.write(folder / ORIGINS, self.origins.encode())
        disk.write(folder / MANIFEST, self._manifest(identifier, files).to_json().encode())

    def _manifest(self, identifier: str, files: tuple[DumpFile, ...]) -> Manifest:
        return Manifest(
            identifier=identifier,
            created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            title=self.settings.knowledge.title,
            base=self.settings.knowledge.base,
            builder=__version__,
            counts={name: len(triples) for name, triples in self.graphs.items()},
            views={name: len(triples) for name, triples in self.views.items()},
            files=files,
            prefixes=self.report.sources.prefixes,
        )

    def _write_store(self, path: Path) -> None:
        store = Store(str(path))
        base = self.settings.knowledge.base
        default = set().union(*(row for name, row in self.graphs.items() if name != "withheld"))
        overlapping = (
            _quad(triple, view_iri(base, name))
            for name, triples in self.views.items()
            for triple in triples
        )
        in_default = (_quad(triple, DefaultGraph()) for triple in default)
        # At once: each call writes files of its own.
        store.bulk_extend(chain(self._quads(), in_default, overlapping))
        store.optimize()
        store.flush()

    def _quads(self) -> Iterator[Quad]:
        for name, triples in self.graphs.items():
            graph = graph_iri(self.settings.knowledge.base, name)
            for triple in sorted(triples, key=str):
                yield _quad(triple, graph)

    def _write_dumps(self, folder: Path) -> Iterator[DumpFile]:
        """Write the dumps from the sources: the store would write "01" as "1"."""
        contents = {
            "ontology": self.graphs["ontology"],
            "asserted": self.report.sources.kb_triples,
            "inferred": self.graphs["inferred"],
        }
        prefixes = self.report.sources.prefixes
        for name, triples in contents.items():
            for row in GRAPH_FORMATS:
                file = folder / f"{name}.{row.extension}"
                disk.write(file, row.write(triples, prefixes))
                yield _dump_file(file, row.media_type, len(triples))
        total = sum(map(len, self.graphs.values()))
        for syntax in _DATASET_FORMATS:
            file = folder / f"dataset.{syntax.file_extension}"
            with disk.new_file(file) as output:
                serialize(self._quads(), output, format=syntax, prefixes=prefixes)
            yield _dump_file(file, syntax.media_type, total)


def _quad(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _dump_file(file: Path, media_type: str, triples: int) -> DumpFile:
    return DumpFile(file.name, media_type, file.stat().st_size, sha256(file), triples)
