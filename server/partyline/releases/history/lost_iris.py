"""IRIs that a release has published and that the next one would not describe any more."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from pyoxigraph import Literal, NamedNode

from partyline.dataset import Numbers, Table
from partyline.dataset.alignment import ABSENT, aligned
from partyline.errors import ReleaseError
from partyline.findings import Finding, Severity, condensed
from partyline.releases.history.publication_log import PublicationLog
from partyline.releases.history.retired_iris import RetiredIri
from partyline.releases.release import Release, last_good_release, open_unsealed
from partyline.releases.release_table import ReleaseTable
from partyline.settings import Knowledge, Settings, is_published
from partyline.validation import CheckReport
from partyline.vocabulary import DCT, OWL, REASONS, XSD

_ASSERTED = ("ontology", "accepted", "withheld")
_TRUE = Literal("true", datatype=XSD.boolean)


def retired_iris(
    earlier: Sequence[Release], table: Table, knowledge: Knowledge, *, withdraw: bool
) -> tuple[tuple[RetiredIri, ...], tuple[Finding, ...]]:
    """Return what became of the IRIs of *earlier* releases that *table* describes no more.

    An IRI is published by a release that asserts a statement about it, if it is dereferenced here.
    It may disappear from the sources once a release has declared it deprecated; what replaces it is
    kept from then on. Every other one that disappears is lost: that is a finding, an error unless
    *withdraw* says that lost IRIs are withdrawn.
    """
    described = described_terms(table)
    found: dict[str, RetiredIri] = {}
    lost: dict[str, RetiredIri] = {}
    for release in earlier:
        for row in release.retired:
            if not _is_among(table, described, row.iri):
                found[row.iri] = row
        for iri, declared in disappeared_iris(release.table, table, described, knowledge):
            if declared is None:
                lost[iri] = RetiredIri(iri)
            else:
                found[iri] = declared
    lost = {iri: row for iri, row in lost.items() if iri not in found}
    severity = Severity.WARNING if withdraw else Severity.VIOLATION
    findings = condensed(_finding(iri, severity, knowledge) for iri in sorted(lost))
    return tuple(sorted((found | lost).values())), findings


def lost_iri_findings(report: CheckReport, settings: Settings) -> tuple[Finding, ...]:
    """Return what a build of *report* would say of the IRIs that earlier releases have published.

    Nothing of sources that could not be read whole: what is missing may stand behind the error.
    """
    if any(row.is_broken for row in (*report.sources.ontology, *report.sources.kb)):
        return ()
    earlier, problems = earlier_releases(settings.releases)
    if not earlier:
        return problems
    table = ReleaseTable.of(report, settings.knowledge).table
    withdraw = settings.history.lost_iris == "withdraw"
    _, found = retired_iris(earlier, table, settings.knowledge, withdraw=withdraw)
    return (*problems, *found)


def earlier_releases(folder: Path) -> tuple[list[Release], tuple[Finding, ...]]:
    """Return the current release, and the one that was current before it: it may be the newer one.

    Where the current one is damaged, the newest one that is not stands for it, and a finding warns
    that IRIs which only the damaged one has published are not compared.
    """
    last = {row.release for row in PublicationLog.read(folder).rows[-2:]}
    if not last:
        return [], ()
    try:
        found, problem = last_good_release(folder)
    except ReleaseError as error:
        return [], (_not_compared(folder, str(error)),)
    if problem:
        return [found], (_not_compared(folder, problem),)
    others = sorted(last - {found.path.name})
    return [found, *(open_unsealed(folder / row) for row in others if (folder / row).is_dir())], ()


def _not_compared(folder: Path, problem: str) -> Finding:
    return Finding(
        str(folder),
        0,
        "damaged-release",
        "the IRIs that the current release has published cannot be compared with those of this"
        f" build: {problem}",
        "restore the release from a backup and build again, so that no published IRI is lost",
        Severity.WARNING,
    )


def _finding(iri: str, severity: Severity, knowledge: Knowledge) -> Finding:
    place = str(knowledge.kb if not knowledge.sources else knowledge.sources[0])
    if severity is Severity.WARNING:
        return Finding(
            place,
            0,
            "lost-iri",
            f"<{iri}> was published, and no statement is about it any more; it is withdrawn, and"
            " its address answers 410 Gone from now on",
            severity=severity,
        )
    return Finding(
        place,
        0,
        "lost-iri",
        f"<{iri}> was published, and no statement is about it any more",
        "describe it again; or, if another resource replaces it, state"
        f" <{iri}> owl:deprecated true ; dct:isReplacedBy <the other> ; or, if nothing does, state"
        f" <{iri}> owl:deprecated true with a skos:changeNote that says why; or build once with"
        " --withdraw-lost-iris, and its address answers 410 Gone from then on",
    )


def described_terms(table: Table) -> Numbers:
    """Tell of each term whether *table* asserts something about it.

    What ``owl:sameAs`` names is described by the statements about the other name.
    """
    found = np.zeros(len(table.terms), dtype=bool)
    rows = table.rows(graphs=[name for name in _ASSERTED if name in table.graphs])
    found[table.columns["subject"][rows]] = True
    same = table.number(OWL.sameAs)
    if same is not None:
        found[table.columns["object"][table.rows(None, same)]] = True
    return found


def _is_among(table: Table, described: Numbers, iri: str) -> bool:
    number = table.number(NamedNode(iri))
    return number is not None and bool(described[number])


def disappeared_iris(
    earlier: Table, table: Table, described: Numbers, knowledge: Knowledge
) -> Iterator[tuple[str, RetiredIri | None]]:
    """Yield each IRI that only *earlier* describes, with what it declares of it, if it does."""
    iris = slice(earlier.terms.iris.start, earlier.terms.iris.stop)
    published = np.zeros(len(earlier.terms), dtype=bool)
    rows = earlier.rows(graphs=[name for name in _ASSERTED if name in earlier.graphs])
    published[earlier.columns["subject"][rows]] = True
    numbers = aligned(earlier.terms, table.terms)
    still = (numbers != ABSENT) & described[numbers]
    bases = (knowledge.base, *knowledge.bases)
    for number in (np.flatnonzero((published & ~still)[iris]) + iris.start).tolist():
        iri = earlier.terms.text(number)[1:-1]
        if is_published(iri, bases, knowledge.published):
            yield iri, _declared(earlier, NamedNode(iri))


def _declared(table: Table, node: NamedNode) -> RetiredIri | None:
    """Return what *table* declares of a deprecated resource; None where it is not deprecated."""
    if _TRUE not in _objects(table, node, (OWL.deprecated,)):
        return None
    others = [
        row.value
        for row in _objects(table, node, (DCT.isReplacedBy,))
        if isinstance(row, NamedNode) and row != node
    ]
    reasons = [row.value for row in _objects(table, node, REASONS) if isinstance(row, Literal)]
    replacement = others[0] if len(others) == 1 else ""
    return RetiredIri(node.value, replacement, next(iter(reasons), ""))


def _objects(table: Table, node: NamedNode, predicates: Iterable[NamedNode]) -> list[object]:
    return [row.object for name in predicates for row in table.match(node, name)]
