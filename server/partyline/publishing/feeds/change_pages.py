"""The changes of resources in pages, each of which never changes once it is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partyline.history import Succession
from partyline.history.resource_changes import ResourceChange
from partyline.history.succession import SuccessionEntry

#: Resources in one page.
IN_PAGE = 250


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some of the resources that one publication has changed."""

    publication: SuccessionEntry
    #: From 1.
    page: int
    #: Whether this is everything in a release, as the beginning for followers.
    is_beginning: bool

    @property
    def path(self) -> str:
        """Return the end of its address."""
        middle = "/all" if self.is_beginning else ""
        return f"{self.publication.number}{middle}/{self.page}"


class ChangePages:
    """All pages, in the order of time; the first ones are everything in the first release."""

    def __init__(self, succession: Succession) -> None:
        self.succession = succession

    def first_pages(self) -> Iterator[ChangePage]:
        """Yield the first page of each publication, without looking at what it has changed."""
        for row in self.succession.publications:
            yield ChangePage(row, 1, is_beginning=not row.previous)

    def find(self, number: int, page: int, *, is_beginning: bool) -> ChangePage | None:
        """Return the page with this address, or None where there is none any more, or yet."""
        row = self.succession.find(number)
        if row is None or (not is_beginning and not row.previous):
            return None
        found = ChangePage(row, page, is_beginning)
        return found if 0 < page <= self.number_of(found) else None

    def number_of(self, page: ChangePage) -> int:
        """Return how many pages the publication of *page* has; one may be empty."""
        return max(1, -(-len(self._changes(page)) // IN_PAGE))

    def members(self, page: ChangePage) -> Sequence[ResourceChange]:
        """Return the changes in *page*."""
        begin = (page.page - 1) * IN_PAGE
        return self._changes(page)[begin : begin + IN_PAGE]

    def following(self, page: ChangePage) -> ChangePage | None:
        """Return the next page of the same publication, or None."""
        if page.page >= self.number_of(page):
            return None
        return ChangePage(page.publication, page.page + 1, page.is_beginning)

    def _changes(self, page: ChangePage) -> Sequence[ResourceChange]:
        if page.is_beginning:
            return self.succession.everything(page.publication)
        return self.succession.changes(page.publication)
