"""The lists of releases, and of what changed between two, as view models."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from partyline.errors import ReleaseError
from partyline.history import Changes, by_subject, totals
from partyline.history.change_report import SubjectChanges
from partyline.publishing.pages.view_models import Link, Presenter
from partyline.rdf.curies import PrefixMap
from partyline.releases import DumpFile, Manifest, PublicationLog, PublishedRelease
from partyline.releases.checksums import digest_of_checksums
from partyline.releases.release import read_manifest

#: Statements of a comparison that its page shows of each graph.
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """One publication of a release, in the order of time."""

    #: From 1.
    number: int
    identifier: str
    published: str
    is_current: bool
    #: Whether it is still there.
    is_kept: bool
    #: Identifier of the release that it replaced; empty for the first.
    previous: str
    #: Whether what changed since that can be told.
    is_comparable: bool
    #: Number of statements in each graph; none where the release is no longer kept.
    counts: Mapping[str, int]
    #: SHA-256 of the list of checksums, which stands for every file of the release.
    digest: str
    files: Sequence[DumpFile] = ()

    def to_json(self) -> dict[str, object]:
        """Return the table for JSON."""
        return {name: value for name, value in asdict(self).items() if name != "files"}


def release_views(log: PublicationLog) -> list[ReleaseView]:
    """Return all publications, the latest first."""
    found = list(_views(log))
    return found[::-1]


def release_view(log: PublicationLog, identifier: str) -> ReleaseView | None:
    """Return the last publication of the release *identifier*; None where there was none."""
    return next((row for row in release_views(log) if row.identifier == identifier), None)


def _views(log: PublicationLog) -> Iterator[ReleaseView]:
    previous: PublishedRelease | None = None
    for number, row in enumerate(log.rows, 1):
        manifest = _manifest(log.folder / row.release)
        comparable = previous is not None and log.is_kept(previous.release)
        yield ReleaseView(
            number=number,
            identifier=row.release,
            published=row.published,
            is_current=number == len(log.rows),
            is_kept=manifest is not None,
            previous=previous.release if previous else "",
            is_comparable=comparable and manifest is not None,
            counts=manifest.counts if manifest else {},
            digest=_digest(log.folder / row.release),
            files=manifest.files if manifest else (),
        )
        previous = row


def _manifest(path: Path) -> Manifest | None:
    try:
        return read_manifest(path)
    except ReleaseError:
        return None


def _digest(path: Path) -> str:
    try:
        return digest_of_checksums(path)
    except ReleaseError:
        return ""


@dataclass(frozen=True, slots=True)
class ChangedStatement:
    """A statement about a subject that was added or removed."""

    graph: str
    predicate: str
    value: str


@dataclass(frozen=True, slots=True)
class ChangedSubject:
    """A subject with the statements that were added and removed."""

    link: Link | None
    name: str
    removed: Sequence[ChangedStatement]
    added: Sequence[ChangedStatement]


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """What changed between two releases."""

    older: str
    newer: str
    totals: Mapping[str, Mapping[str, int]]
    subjects: Sequence[ChangedSubject]
    #: Whether there is more than the page shows.
    is_cut: bool


def comparison_page(
    changes: Changes, older: str, newer: str, presenter: Presenter, names: PrefixMap
) -> ComparisonPage:
    """Return the page of *changes*, which shows some statements of each graph."""
    counts = totals(changes)
    return ComparisonPage(
        older=older,
        newer=newer,
        totals=counts,
        subjects=[_subject(row, presenter, names) for row in by_subject(changes, _SHOWN)],
        is_cut=any(max(row.values()) > _SHOWN for row in counts.values()),
    )


def _subject(row: SubjectChanges, presenter: Presenter, names: PrefixMap) -> ChangedSubject:
    is_iri = row.subject.startswith("<")
    return ChangedSubject(
        presenter.link(NamedNode(row.subject[1:-1])) if is_iri else None,
        short(row.subject, names),
        [_statement(statement, names) for statement in row.removed],
        [_statement(statement, names) for statement in row.added],
    )


def _statement(row: tuple[str, str, str], names: PrefixMap) -> ChangedStatement:
    graph, predicate, object_ = row
    return ChangedStatement(graph.strip("<>"), short(predicate, names), short(object_, names))


def short(term: str, names: PrefixMap) -> str:
    """Return *term*, in N-Triples, as a prefixed name where it has one."""
    return (names.prefixed_name(term[1:-1]) if term.startswith("<") else None) or term
