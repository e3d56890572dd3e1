"""The succession of publications as far as it can be told: what changed at each of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from partyline.history.change_report import totals
from partyline.history.comparisons import Comparisons
from partyline.history.labelled_table import LabelledTable
from partyline.history.resource_changes import ChangeKind, Created, ResourceChange
from partyline.releases import PublicationLog, PublishedRelease


@dataclass(frozen=True, slots=True)
class SuccessionEntry:
    """One publication: its number in the log, from 1, and the release that it replaced."""

    number: int
    row: PublishedRelease
    #: Empty: there was none, or it is no longer kept.
    previous: str


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many statements of each graph, and how many resources, a publication has changed."""

    statements: Mapping[str, Mapping[str, int]]
    resources: Mapping[ChangeKind, int]

    @property
    def number(self) -> int:
        """Return the number of resources that have changed."""
        return sum(self.resources.values())


class Succession:
    """The publications from the first one on after which every release is kept.

    Before that one, nothing can be told: it counts as made from nothing.
    """

    def __init__(self, log: PublicationLog) -> None:
        self.log = log
        self.comparisons = Comparisons(log.folder)
        self._counts: dict[int, ChangeCounts] = {}

    @property
    def publications(self) -> Sequence[SuccessionEntry]:
        """Return them, the earliest first."""
        found: list[SuccessionEntry] = []
        rows = self.log.rows
        for number in range(len(rows), 0, -1):
            if not self.log.is_kept(rows[number - 1].release):
                break
            is_told = number > 1 and self.log.is_kept(rows[number - 2].release)
            previous = rows[number - 2].release if is_told else ""
            found.append(SuccessionEntry(number, rows[number - 1], previous))
        return found[::-1]

    def find(self, number: int) -> SuccessionEntry | None:
        """Return the publication with that number, or None."""
        return next((row for row in self.publications if row.number == number), None)

    def counts(self, publication: SuccessionEntry) -> ChangeCounts:
        """Return how much changed since the publication before, of which nothing is asked twice."""
        if publication.number not in self._counts:
            release, previous = publication.row.release, publication.previous
            changed = self.changes(publication)
            kinds = (
                {ChangeKind.CREATE: len(changed)}
                if isinstance(changed, Created)
                else Counter(row.kind for row in changed)
            )
            statements = totals(self.comparisons.changes(previous, release))
            self._counts[publication.number] = ChangeCounts(statements, kinds)
        return self._counts[publication.number]

    def changes(self, publication: SuccessionEntry) -> Sequence[ResourceChange]:
        """Return the resources that changed since the publication before.

        Raises ReleaseError where a release cannot be read.
        """
        return self.comparisons.of_resources(publication.previous, publication.row.release)

    def everything(self, publication: SuccessionEntry) -> Sequence[ResourceChange]:
        """Return all resources of the release as created. Raises as `changes` does."""
        return Created(self.comparisons.resources(publication.row.release))

    def table(self, publication: SuccessionEntry) -> LabelledTable:
        """Return the statements of the release, to which the rows of changes lead."""
        return self.comparisons.resources(publication.row.release).labelled
