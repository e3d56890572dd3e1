"""A release: an immutable directory with a manifest, a store, the dumps and their checksums."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pyoxigraph import Store, Triple

from partyline.dataset import Table, read_table
from partyline.dataset.graph_names import QUESTIONS as QUESTION_GRAPH
from partyline.dataset.graph_names import is_of_sources, view_iri
from partyline.errors import DatasetError, ReleaseError, SourceError
from partyline.releases.checksums import refuse_special_file, verify
from partyline.releases.contradictions import Contradictions, read_contradictions
from partyline.releases.dump_files import DumpFile, OmittedDump, TableFile
from partyline.releases.history.retired_iris import RetiredIris
from partyline.releases.page_plans import PagePlan, read_page_plan
from partyline.releases.reliance import Reliance, read_reliance
from partyline.search import NameIndex
from partyline.validation.shacl.class_constraints import ClassConstraint

MANIFEST, TABLE = "manifest.json", "statements.table"
#: The index of names.
NAMES = "names.sqlite"
STORE, DUMPS, QUESTIONS, LINEAGE = "store", "dumps", "questions", "lineage"
PAGES, CONTRADICTIONS = "pages", "contradictions.json"
#: What shapes say of the members of classes.
CLASS_CONSTRAINTS = "shapes.json"
#: The IRIs that earlier releases have published and this one describes no more.
RETIRED = "retired.tsv"
#: What does not hold without a source.
RELIANCE = "reliance.npy"
CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release is and holds."""

    identifier: str
    #: RFC 3339, UTC.
    created: str
    title: str
    #: IRI under which the release is published; its named graphs begin with it.
    base: str
    #: Version of the program that built it.
    builder: str
    #: Number of triples in each named graph.
    counts: Mapping[str, int]
    #: Number of triples in each view and in each graph of the sources: they overlap with those.
    views: Mapping[str, int]
    files: tuple[DumpFile, ...]
    prefixes: Mapping[str, str]
    #: Dumps that could not be written.
    omitted: tuple[OmittedDump, ...] = ()
    #: The rule set that was applied, and the predicates of the inferred triples; empty: all.
    rules: str = "owl-rl"
    predicates: tuple[str, ...] = ()
    #: Number of triples that dumps leave out: they follow only because properties are transitive.
    closures_left_out: int = 0

    #: Graphs and views whose statements the store holds in its default graph alone.
    absent_graphs: tuple[str, ...] = ()
    #: SHA-256 of the dump of the dataset in canonical form (RDFC-1.0); empty where it has none.
    canonical_sha256: str = ""
    #: Tables of the classes, and what describes them.
    tables: tuple[TableFile, ...] = ()
    #: Number of triples about the named queries; their graph is in the store alone.
    questions: int = 0

    def to_json(self) -> str:
        """Return the manifest as JSON, the same bytes for the same manifest."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @property
    def checksums(self) -> dict[str, str]:
        """Return the SHA-256 of every file of the dumps, by name."""
        dumps = {name: digest for row in self.files for name, digest in row.checksums.items()}
        return dumps | {row.name: row.sha256 for row in self.tables}

    @property
    def sizes(self) -> dict[str, int]:
        """Return the number of triples in every graph and view, by name."""
        of_questions = {QUESTION_GRAPH: self.questions} if self.questions else {}
        return {**self.counts, **self.views, **of_questions}

    @property
    def named_graphs(self) -> dict[str, int]:
        """Return the number of triples in each graph that the sources name, by its IRI."""
        return {
            view_iri(self.base, name).value: size
            for name, size in self.views.items()
            if is_of_sources(name)
        }

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read what `to_json` wrote. Raises ValueError or TypeError for anything else."""
        table = json.loads(text)
        table["files"] = tuple(map(DumpFile.from_json, table["files"]))
        table["tables"] = tuple(TableFile(**row) for row in table.get("tables", ()))
        table["omitted"] = tuple(OmittedDump(**row) for row in table.get("omitted", ()))
        table["predicates"] = tuple(table.get("predicates", ()))
        table["absent_graphs"] = tuple(table.get("absent_graphs", ()))
        return cls(**table)


@dataclass(frozen=True)
class Release:
    """A sealed release on disk. Nothing writes to it."""

    path: Path
    manifest: Manifest
    #: Writes the index of names where the release has none until somebody searches.
    write_names: Callable[[Path, Table], None] | None = field(default=None, compare=False)

    @property
    def dumps(self) -> Path:
        """Return the directory of the dumps."""
        return self.path / DUMPS

    @cached_property
    def class_constraints(self) -> tuple[ClassConstraint, ...]:
        """Return what shapes say of the members of classes; nothing where there are none.

        Raises ReleaseError where the file is damaged.
        """
        path = self.path / CLASS_CONSTRAINTS
        if not path.is_file():
            return ()
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            return tuple(map(ClassConstraint.from_json, rows))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ReleaseError(
                f"{path}: cannot be read: {error}; build the release again"
            ) from error

    @property
    def store(self) -> Path:
        """Return the directory of the store."""
        return self.path / STORE

    @property
    def questions(self) -> Path:
        """Return the directory of the named queries."""
        return self.path / QUESTIONS

    @cached_property
    def lineage(self) -> Path | None:
        """Return the directory of the queries of a lineage, or None where there are none."""
        path = self.path / LINEAGE
        return path if path.is_dir() else None

    @property
    def contradictions(self) -> Contradictions:
        """Return the contradictions that the release is published with.

        Raises ReleaseError where the file is not what this version reads.
        """
        path = self.path / CONTRADICTIONS
        if not path.exists():
            return Contradictions()
        try:
            return read_contradictions(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseError(f"{path}: cannot be read: {error}") from error

    @cached_property
    def retired(self) -> RetiredIris:
        """Return the IRIs that earlier releases have published and this one describes no more."""
        return RetiredIris(self.path / RETIRED)

    @property
    def absent_graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the graphs that no query can name, because the store lacks them."""
        return tuple(
            view_iri(self.manifest.base, name).value for name in self.manifest.absent_graphs
        )

    @cached_property
    def page_plan(self) -> PagePlan:
        """Return what pages show, as it was declared when the release was built.

        Raises ReleaseError where this version does not read it.
        """
        files = sorted((self.path / PAGES).glob("*.ttl"))
        try:
            return read_page_plan((file.name, file.read_text(encoding="utf-8")) for file in files)
        except (OSError, SourceError) as error:
            raise ReleaseError(f"{self.path / PAGES}: {error}; run 'partyline build'") from error

    @cached_property
    def reliance(self) -> Reliance:
        """Return what does not hold without each source, as it was computed at the build.

        A preview computes nothing. Raises ReleaseError where the file is not what this version
        reads.
        """
        path = self.path / RELIANCE
        if not path.exists():
            return Reliance.without_answer("A preview does not compute it.")
        try:
            return read_reliance(path.read_bytes())
        except (OSError, ValueError, EOFError) as error:
            raise ReleaseError(f"{path}: cannot be read: {error}; run 'partyline build'") from error

    @property
    def names(self) -> NameIndex:
        """Return the index of the names of the resources."""
        write = self.write_names
        if write is None:
            return NameIndex(self.path / NAMES)
        return NameIndex(self.path / NAMES, lambda path: write(path, self.table))

    def open_store(self) -> Store:
        """Open the store for reading. Never run an untrusted query on it."""
        return Store.read_only(str(self.store))

    @cached_property
    def table(self) -> Table:
        """Return all statements, in the graphs and views that they belong to.

        Raises ReleaseError where the file is not what this version reads.
        """
        try:
            # It was verified when the release was opened.
            return read_table(self.path / TABLE, verify=False)
        except DatasetError as error:
            raise ReleaseError(str(error)) from error

    def __getstate__(self) -> dict[str, object]:
        """Leave the table out, which each process maps for itself."""
        return {"path": self.path, "manifest": self.manifest}

    def origins(self, triple: Triple) -> tuple[str, ...]:
        """Return the ``file:line`` of every place that asserts *triple*; empty if inferred."""
        row = self.table.row(triple)
        return () if row is None else tuple(map(str, self.table.origins(row)))


def current_release(releases: Path) -> Release:
    """Open and verify the release that ``current`` names. Raises ReleaseError."""
    link = releases / CURRENT
    if not link.exists():
        raise ReleaseError(f"{releases}: there is no current release; run 'partyline build'")
    return open_release(link.resolve())


def current_name(releases: Path) -> str | None:
    """Return the identifier of the release that ``current`` names, or None where there is none."""
    try:
        return (releases / CURRENT).readlink().name
    except OSError:
        return None


def current_since(releases: Path) -> str:
    """Return when ``current`` was set (RFC 3339, UTC). Raises ReleaseError where there is none."""
    link = releases / CURRENT
    try:
        time = link.lstat().st_mtime
    except OSError as error:
        raise ReleaseError(f"{link}: cannot be read: {error.strerror}") from error
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")


def creation_times(releases: Path) -> Iterator[tuple[str, str]]:
    """Yield the time of creation and the identifier of every release in *releases*."""
    for path in releases.glob(f"[!.]*/{MANIFEST}"):
        if path.parent.name != CURRENT:
            with suppress(ReleaseError):
                yield read_manifest(path.parent).created, path.parent.name


def current_mark(releases: Path) -> str | None:
    """Return a text that changes whenever ``current`` is set, or None where there is none.

    A release that was damaged and built again has the name that it had before. The text also
    changes with the state of the files that a server reads in place: what is damaged while it is
    served has to be noticed before it is read.
    """
    link = releases / CURRENT
    try:
        name, state = link.readlink().name, link.lstat()
    except OSError:
        return None
    read_in_place = (_state(releases / name / file) for file in (TABLE, NAMES))
    return " ".join((name, str(state.st_ino), str(state.st_mtime_ns), *read_in_place))


def _state(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return "missing"
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"


def last_good_release(releases: Path) -> tuple[Release, str]:
    """Open the current release, or, where it is damaged, the newest one that is not.

    Returns the release, and what is wrong with the current one; an empty text if nothing is.
    Raises ReleaseError where no release can be served.
    """
    try:
        return current_release(releases), ""
    except ReleaseError as error:
        problem = error
    for _, name in sorted(creation_times(releases), reverse=True):
        if name != current_name(releases):
            with suppress(ReleaseError):
                return open_release(releases / name), str(problem)
    raise problem


def open_release(path: Path) -> Release:
    """Open the release in the directory *path* and verify it (`verify`). Raises ReleaseError."""
    release = Release(path, read_manifest(path))
    verify(path)
    return release


def open_unsealed(path: Path) -> Release:
    """Open the release in the directory *path* without comparing checksums.

    It has none, or they were written a moment ago. Raises ReleaseError.
    """
    return Release(path, read_manifest(path))


def read_manifest(path: Path) -> Manifest:
    """Read the manifest of the release in *path*. Raises ReleaseError."""
    refuse_special_file(path / MANIFEST)
    try:
        return Manifest.from_json((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReleaseError(
            f"{path / MANIFEST}: is not a manifest that this version reads ({error});"
            " run 'partyline build'"
        ) from error
