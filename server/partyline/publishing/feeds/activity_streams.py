"""The changes as Activity Streams 2.0: a collection of what was created, updated and deleted.

The collection and its pages are arranged as the IIIF Change Discovery API does, the earliest
activities first, so that followers read it from its end backwards until they meet what they know.
"""

from dataclasses import dataclass

from partyline.publishing.feeds.change_pages import IN_PAGE, ChangePage, ChangePages
from partyline.publishing.feeds.event_stream import WITHOUT_RESOURCE

ACTIVITY_MEDIA_TYPE = "application/activity+json"
PATH = "changes/activities"
_CONTEXT = "https://www.w3.org/ns/activitystreams"


@dataclass(frozen=True, slots=True)
class Activities:
    """The collection at the public address *root*, which ends in a slash."""

    root: str
    base: str
    pages: ChangePages

    def collection(self) -> dict[str, object]:
        """Return the collection itself, without its activities.

        Their number is left out: all releases would have to be compared for it.
        """
        firsts = list(self.pages.first_pages())
        found: dict[str, object] = {
            "@context": _CONTEXT,
            "id": self.root + PATH,
            "type": "OrderedCollection",
        }
        if firsts:
            found["first"] = self._link(firsts[0])
            found["last"] = self._link(self._last_of(firsts[-1]))
        return found

    def page(self, page: ChangePage) -> dict[str, object]:
        """Return one page of activities."""
        published, number = page.publication.row.published, page.publication.number
        begin = (page.page - 1) * IN_PAGE
        found: dict[str, object] = {
            "@context": _CONTEXT,
            **self._link(page),
            "partOf": {"id": self.root + PATH, "type": "OrderedCollection"},
            "orderedItems": [
                {
                    "id": f"{self.root}{PATH}/{page.path}#{begin + place}",
                    "type": str(change.kind),
                    "object": {
                        "id": change.iri or self.base + WITHOUT_RESOURCE,
                        "type": "Object",
                    },
                    "published": published,
                    "endTime": published,
                    "instrument": f"{self.root}releases/{page.publication.row.release}",
                }
                for place, change in enumerate(self.pages.members(page), 1)
            ],
        }
        if following := self.pages.following(page) or self._first_after(number):
            found["next"] = self._link(following)
        if before := self._before(page):
            found["prev"] = self._link(before)
        return found

    def _link(self, page: ChangePage) -> dict[str, object]:
        return {"id": f"{self.root}{PATH}/{page.path}", "type": "OrderedCollectionPage"}

    def _last_of(self, first: ChangePage) -> ChangePage:
        number = self.pages.number_of(first)
        return ChangePage(first.publication, number, first.is_beginning)

    def _first_after(self, number: int) -> ChangePage | None:
        rows = self.pages.first_pages()
        return next((row for row in rows if row.publication.number > number), None)

    def _before(self, page: ChangePage) -> ChangePage | None:
        if page.page > 1:
            return ChangePage(page.publication, page.page - 1, page.is_beginning)
        if page.is_beginning:
            return None
        rows = [
            row
            for row in self.pages.first_pages()
            if row.publication.number < page.publication.number
        ]
        return self._last_of(rows[-1]) if rows else None
