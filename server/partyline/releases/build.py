"""Build a release beside the served one, seal it, and switch to it in one step."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from partyline.errors import ChecksFailed, ReleaseError
from partyline.findings import Finding
from partyline.rdf import GRAPH_FORMATS
from partyline.releases.graph_views import views
from partyline.releases.named_graphs import graph_iri, view_iri
from partyline.releases.release import (
    CURRENT,
    MANIFEST,
    ORIGINS,
    DumpFile,
    Manifest,
    Release,
    open_release,
    seal,
    sha256,
)
from partyline.settings import Settings
from partyline.validation.check_pipeline import CheckReport, Progress, run_checks
from partyline.version import __version__

#: Changes whenever the same triples are stored in another way.
_LAYOUT = "views, base"
_UNFINISHED = ".building-"
#: The whole dataset with its graph names, for those who want one file.
_DATASET_FORMATS = (RdfFormat.TRIG, RdfFormat.N_QUADS)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The release that is current now, and what the build warned of."""

    release: Release
    warnings: tuple[Finding, ...]
    #: False where the same release was there already.
    new: bool


def build(
    settings: Settings, engine: str = "auto", progress: Progress = lambda step: None
) -> BuildResult:
    """Build, seal and switch to a release of the sources.

    The served release stays as it was until the last step, one rename. Raises ChecksFailed with
    all findings, SourceError, or ReleaseError where the releases directory cannot be written.
    """
    report = run_checks(settings, engine, progress)
    if report.violations:
        raise ChecksFailed(report.findings)
    progress("write")
    graphs = _graphs(report)
    with _lock(settings.releases):
        identifier = _identifier(graphs, settings)
        path = settings.releases / identifier
        new = not path.exists()
        if new:
            _write_beside(path, graphs, report, settings)
        release = open_release(path)
        _switch(settings.releases, identifier)
    return BuildResult(release, report.findings, new)


def _graphs(report: CheckReport) -> dict[str, frozenset[Triple]]:
    return {
        "ontology": report.sources.ontology_triples,
        "accepted": report.accepted,
        "inferred": report.inferred,
        "withheld": report.withheld | report.withheld_bounds,
    }


def _identifier(graphs: Mapping[str, frozenset[Triple]], settings: Settings) -> str:
    """Name the release by what it says: the same sources give the same release."""
    digest = hashlib.sha256(f"{__version__} {_LAYOUT}".encode())
    for part in (settings.knowledge.base, settings.knowledge.title, json.dumps(settings.prefixes)):
        digest.update(part.encode())
    for name, triples in graphs.items():
        digest.update(name.encode())
        for line in sorted(map(str, triples)):
            digest.update(line.encode())
    return digest.hexdigest()[:12]


@contextmanager
def _lock(releases: Path) -> Iterator[None]:
    """Let one build at a time write into the directory *releases*, and clear away what died."""
    try:
        releases.mkdir(parents=True, exist_ok=True)
        handle = (releases / ".lock").open("w")
    except OSError as error:
        raise ReleaseError(f"{releases}: cannot be written: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(f"{releases}: another build is under way; wait for it") from error
        for left_over in releases.glob(_UNFINISHED + "*"):
            shutil.rmtree(left_over)
        yield


def _write_beside(
    path: Path,
    graphs: Mapping[str, frozenset[Triple]],
    report: CheckReport,
    settings: Settings,
) -> None:
    beside = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=path.parent))
    try:
        beside.chmod(0o755)  # mkdtemp is private; a web server of another user reads the dumps
        _write_store(beside / "store", graphs, settings)
        files = _write_dumps(beside / "dumps", graphs, report, settings)
        manifest = Manifest(
            identifier=path.name,
            created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            title=settings.knowledge.title,
            base=settings.knowledge.base,
            builder=__version__,
            counts={name: len(triples) for name, triples in graphs.items()},
            views={
                name: len(triples) for name, triples in views(graphs, settings.knowledge).items()
            },
            files=tuple(files),
            prefixes=report.sources.prefixes,
        )
        (beside / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        (beside / ORIGINS).write_text(_origins(report), encoding="utf-8")
        seal(beside)
        beside.rename(path)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _quads(graphs: Mapping[str, frozenset[Triple]], base: str) -> Iterator[Quad]:
    for name, triples in graphs.items():
        graph = graph_iri(base, name)
        for triple in sorted(triples, key=str):
            yield _quad(triple, graph)


def _quad(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _write_store(path: Path, graphs: Mapping[str, frozenset[Triple]], settings: Settings) -> None:
    store = Store(str(path))
    base = settings.knowledge.base
    default = set().union(*(triples for name, triples in graphs.items() if name != "withheld"))
    overlapping = (
        _quad(triple, view_iri(base, name))
        for name, triples in views(graphs, settings.knowledge).items()
        for triple in triples
    )
    in_default = (_quad(triple, DefaultGraph()) for triple in default)
    # At once: each call writes files of its own.
    store.bulk_extend(chain(_quads(graphs, base), in_default, overlapping))
    store.optimize()
    store.flush()


def _write_dumps(
    path: Path,
    graphs: Mapping[str, frozenset[Triple]],
    report: CheckReport,
    settings: Settings,
) -> Iterator[DumpFile]:
    """Write the dumps from the sources: the store would write "01" as "1"."""
    path.mkdir()
    contents = {
        "ontology": graphs["ontology"],
        "asserted": report.sources.kb_triples,
        "inferred": graphs["inferred"],
    }
    prefixes = report.sources.prefixes
    for name, triples in contents.items():
        for row in GRAPH_FORMATS:
            file = path / f"{name}.{row.extension}"
            file.write_bytes(row.write(triples, prefixes))
            yield _dump_file(file, row.media_type, len(triples))
    base = settings.knowledge.base
    for syntax in _DATASET_FORMATS:
        file = path / f"dataset.{syntax.file_extension}"
        serialize(_quads(graphs, base), str(file), format=syntax, prefixes=prefixes)
        yield _dump_file(file, syntax.media_type, sum(map(len, graphs.values())))


def _dump_file(file: Path, media_type: str, triples: int) -> DumpFile:
    return DumpFile(file.name, media_type, file.stat().st_size, sha256(file), triples)


def _origins(report: CheckReport) -> str:
    places: dict[str, list[str]] = {}
    for document in report.sources.documents:
        for statement in document.statements:
            places.setdefault(str(statement.triple), []).append(str(statement.origin))
    return json.dumps(places, ensure_ascii=False, sort_keys=True)


def _switch(releases: Path, identifier: str) -> None:
    """Point ``current`` to *identifier*; a reader sees the old release or the new, never none."""
    beside = releases / f".{CURRENT}-{os.getpid()}"
    beside.unlink(missing_ok=True)
    beside.symlink_to(identifier)
    beside.replace(releases / CURRENT)
