"""Answers to queries that are asked again: a release does not change, and neither does an answer.

An answer is kept from its second request on. Most queries of programs differ from each other: to
keep the answer to each would cost more than it saves, and drive out what is asked for often.
"""

from typing import TYPE_CHECKING

from partyline.web.front.exchange import Headers
from partyline.web.kept import Keeper, is_marked
from partyline.web.kept.answer import Reply
from partyline.web.kept.keeper import fields_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Queries that are remembered, the last ones; of each, a number.
_REMEMBERED = 10_000
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_RANGE")


class RepeatedQueries:
    """Finds and keeps the answers to queries; called in the event loop alone."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._asked: dict[int, None] = {}

    def is_kept(self, asked: "WSGIEnvironment") -> bool:
        """Tell whether the answer to *asked* is kept, if not in the coding that is wanted."""
        return self._keeper.find(asked) is not None

    def reply(
        self,
        asked: "WSGIEnvironment",
        environ: "WSGIEnvironment",
        status: int,
        headers: Headers,
        content: bytes,
    ) -> Reply | None:
        """Return the reply to a query that is asked for again, and keep the answer; else None.

        Arguments are those of `Keeper.keep`.
        """
        if not is_marked(environ) or not self._is_asked_again(asked):
            return None
        answer = self._keeper.keep(asked, environ, status, headers, content)
        # As it is: a thread makes the coding that the client prefers when it asks again.
        found = answer.by_coding[""]
        return found.reply(asked["REQUEST_METHOD"], fields_of(asked))

    def _is_asked_again(self, asked: "WSGIEnvironment") -> bool:
        """Tell whether the same was asked for before; who sends a condition has had the answer."""
        key = hash((asked.get("REQUEST_URI"), asked.get("HTTP_ACCEPT")))
        if key in self._asked or any(name in asked for name in _CONDITIONS):
            self._asked.pop(key, None)
            return True
        self._asked[key] = None
        if len(self._asked) > _REMEMBERED:
            del self._asked[next(iter(self._asked))]
        return False
