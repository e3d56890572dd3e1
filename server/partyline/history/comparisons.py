"""Releases compared with each other when it is asked for: one comparison at a time, a few kept."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import RLock
from typing import TypeVar

from partyline.errors import ReleaseBusy
from partyline.history.changes import Changes, changes_between
from partyline.history.labelled_table import LabelledTable
from partyline.history.resource_changes import (
    AssertedResources,
    ResourceChange,
    resource_changes,
)
from partyline.releases.release import open_unsealed

#: Tables, and comparisons of two, that are kept: each takes some bytes for each statement.
_KEPT = 3
#: Seconds for which a request waits while another one compares: it has a thread that others need.
_PATIENCE = 5.0
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Comparisons:
    """Compares the releases in *folder*, which an empty identifier has none of; for any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, RLock()
        self._resources: OrderedDict[str, AssertedResources] = OrderedDict()
        self._changes: OrderedDict[tuple[str, str], Changes] = OrderedDict()
        self._of_resources: OrderedDict[tuple[str, str], Sequence[ResourceChange]] = OrderedDict()

    def changes(self, older: str, newer: str) -> Changes:
        """Return the statements that changed.

        Raises ReleaseError where one cannot be read, and ReleaseBusy.
        """

        def make() -> Changes:
            table = self.resources(older).labelled if older else None
            return changes_between(table, self.resources(newer).labelled)

        return self._kept(self._changes, (older, newer), make)

    def of_resources(self, older: str, newer: str) -> Sequence[ResourceChange]:
        """Return the resources that changed. Raises as `changes` does."""

        def make() -> Sequence[ResourceChange]:
            before = self.resources(older) if older else None
            return resource_changes(self.changes(older, newer), self.resources(newer), before)

        return self._kept(self._of_resources, (older, newer), make)

    def resources(self, release: str) -> AssertedResources:
        """Return what *release* asserts of each resource. Raises as `changes` does."""

        def make() -> AssertedResources:
            return AssertedResources(LabelledTable(open_unsealed(self._folder / release).table))

        return self._kept(self._resources, release, make)

    def _kept(
        self, kept: OrderedDict[_Key, _Value], key: _Key, make: Callable[[], _Value]
    ) -> _Value:
        if not self._lock.acquire(timeout=_PATIENCE):
            raise ReleaseBusy("Other releases are being compared; try again in a moment.")
        try:
            if key not in kept:
                kept[key] = make()
                while len(kept) > _KEPT:
                    kept.popitem(last=False)
            kept.move_to_end(key)
            return kept[key]
        finally:
            self._lock.release()
