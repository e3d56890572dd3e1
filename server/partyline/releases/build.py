"""Build a release beside the served one, seal it, and switch to it in one step."""

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from partyline.dataset import write_table
from partyline.errors import ChecksFailed
from partyline.findings import Finding, Severity
from partyline.releases import disk
from partyline.releases.checksums import note_verified, seal
from partyline.releases.contents import ReleaseContents
from partyline.releases.history.lost_iris import earlier_releases, retired_iris
from partyline.releases.history.publication_log import note_publication
from partyline.releases.history.retention import KEEP_ALL, remove_old_releases
from partyline.releases.history.retired_iris import encoded
from partyline.releases.inputs import input_checksum, note_inputs, unchanged_release
from partyline.releases.lineage_queries import read_lineage_queries
from partyline.releases.page_plans import read_page_files
from partyline.releases.questions.named_queries import read_questions
from partyline.releases.release import (
    CURRENT,
    DUMPS,
    Release,
    current_name,
    open_unsealed,
)
from partyline.releases.switching import UNFINISHED, locked, set_aside_if_damaged
from partyline.settings import Settings
from partyline.validation.check_pipeline import Progress, run_checks
from partyline.version import __version__

#: Changes whenever the same sources are stored in another way.
_LAYOUT = "base, questions, dumps, table, contradictions, rules, absent graphs, reliance"


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The release that is current now, and what the build warned of."""

    release: Release
    warnings: tuple[Finding, ...]
    #: False where the same release was there already.
    new: bool
    #: What was wrong with a release of the same name, which was set aside; empty if nothing.
    damage: str = ""
    #: The identifiers of the releases that were removed, because no more are to be kept.
    removed: tuple[str, ...] = ()


def build(
    settings: Settings, engine: str = "auto", progress: Progress = lambda step: None
) -> BuildResult:
    """Build, seal and switch to a release of the sources.

    The served release stays as it was until the last step, one rename. A release of the same
    sources that is damaged is set aside and built again.

    Raises ChecksFailed with all findings, SourceError, or ReleaseError where the directory of
    releases cannot be written. Where the files, the settings and the program are those that the
    current release was built of, and nothing was wrong with them, nothing is done.
    """
    inputs = input_checksum(settings)
    if engine == "auto" and (release := unchanged_release(settings, inputs)):
        return BuildResult(release, (), new=False, removed=tidy(settings))
    return build_of(inputs, settings, engine, progress)


def build_of(inputs: str, settings: Settings, engine: str, progress: Progress) -> BuildResult:
    """Do what `build` does where something has changed: *inputs* is the checksum of all files.

    Raises the same.
    """
    read_questions(settings.knowledge.questions)  # the release could not be served without
    read_lineage_queries(settings.knowledge.lineage)
    pages = read_page_files(settings.knowledge.pages)
    report = run_checks(settings, engine, progress)
    if report.violations:
        raise ChecksFailed(report.findings)
    progress("write")
    contents, findings = ReleaseContents.of(report, settings, pages), report.findings
    del report  # with the terms of the sources, which are in the table now
    contents, of_iris = _with_history(contents)
    findings = (*findings, *of_iris)
    release, new, damage = write_release(contents)
    note_verified(release.path)
    if not findings:  # what was warned of once is warned of at every build
        note_inputs(settings.releases, release, inputs)
    return BuildResult(release, findings, new, damage, tidy(settings))


def _with_history(contents: ReleaseContents) -> tuple[ReleaseContents, tuple[Finding, ...]]:
    """Return *contents* with the IRIs that earlier releases have published, and what to warn of.

    Raises ChecksFailed where one of them would be lost.
    """
    settings = contents.settings
    withdraw = settings.history.lost_iris == "withdraw"
    earlier, problems = earlier_releases(settings.releases)
    rows, found = retired_iris(earlier, contents.table, settings.knowledge, withdraw=withdraw)
    if any(row.severity is Severity.VIOLATION for row in found):
        raise ChecksFailed(found)
    return replace(contents, retired=encoded(rows)), (*problems, *found)


def tidy(settings: Settings) -> tuple[str, ...]:
    """Remove the releases that are not to be kept, and return their identifiers."""
    folder = settings.releases
    if settings.history.keep == KEEP_ALL:
        return ()
    with disk.failures_named(folder, folder / CURRENT), locked(folder):
        return remove_old_releases(folder, settings.history.keep)


def write_release(contents: ReleaseContents) -> tuple[Release, bool, str]:
    """Write a release unless it is there, and switch to it.

    Returns the release, whether it is new, and what was wrong with the one that was there.
    Raises ReleaseError; the current release is unchanged then.
    """
    releases = contents.settings.releases
    identifier = _identifier(contents)
    path = releases / identifier
    with disk.failures_named(releases, releases / CURRENT), locked(releases):
        if current_name(releases):
            note_publication(releases)  # somebody may have made another release current
        damage = set_aside_if_damaged(path)
        new = not path.exists()
        if new:
            _write_beside(path, contents)
        release = open_unsealed(path)  # its checksums were compared, or written, just now
        if new or current_name(releases) != identifier:
            disk.point(releases / CURRENT, identifier)
        note_publication(releases)
    return release, new, damage


def _identifier(contents: ReleaseContents) -> str:
    """Name the release by what it holds: the same sources give the same release.

    The same triples on other lines are another release, because pages show the lines.
    """
    knowledge, prefixes = contents.settings.knowledge, contents.settings.prefixes
    reasoning = contents.settings.reasoning
    digest = hashlib.sha256(f"{__version__} {_LAYOUT}".encode())
    for part in (knowledge.base, knowledge.title, json.dumps(dict(prefixes))):
        digest.update(part.encode())
    digest.update(contents.contradictions.encode())
    # The same statements have other proofs under other rules, and other dumps.
    digest.update(f"{reasoning.rules} {reasoning.predicates}".encode())
    digest.update(f" {reasoning.closures_in_dumps} {contents.settings.dumps}".encode())
    digest.update(contents.reifiers)
    for name, content in contents.questions:
        digest.update(f"{name} {len(content)} ".encode() + content)
    digest.update("\n".join(sorted(map(str, contents.question_graph))).encode())
    digest.update(contents.class_constraints)
    digest.update(contents.retired)
    for name, text in (*contents.lineage.items(), *contents.pages.texts.items()):
        digest.update(f"{name} {len(text)} {text}".encode())
    digest.update(f" without {contents.absent_graphs} ".encode())
    write_table(contents.table, digest.update)
    return digest.hexdigest()[:12]


def _write_beside(path: Path, contents: ReleaseContents) -> None:
    beside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=path.parent))
    try:
        beside.chmod(0o755)  # mkdtemp is private; a web server of another user reads the dumps
        manifest = contents.write(beside, path.name)
        seal(beside, {f"{DUMPS}/{name}": sha256 for name, sha256 in manifest.checksums.items()})
        disk.sync_tree(beside)
        disk.move(beside, path)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
