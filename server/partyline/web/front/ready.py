"""Kept answers in the event loop: found, logged and counted without a thread."""

from collections.abc import Sequence

from partyline.web.client_address import client_behind
from partyline.web.front.request import Request
from partyline.web.kept import AnswerStore, KeptRecorder
from partyline.web.kept.answer import Reply
from partyline.web.kept.codings import preferred

#: Bytes of a body that the event loop hands over at once. The kernel takes most of them; a larger
#: body takes a thread, and waits in no memory of its connection.
_AT_ONCE = 262_144


class KeptReplies:
    """Replies to requests whose answers are kept; called in the event loop alone."""

    def __init__(
        self, store: AnswerStore, recorder: KeptRecorder, trusted_proxies: Sequence[str]
    ) -> None:
        self._store, self._recorder = store, recorder
        self._trusted_proxies = trusted_proxies

    def reply(self, address: str, request: Request, *, is_trusted: bool) -> Reply | None:
        """Return the reply to *request*, GET or HEAD, and note it as sent; None if none is kept.

        Args:
            address: the peer of the connection.
            request: what it has sent.
            is_trusted: whether the peer is a proxy whose ``X-Forwarded-`` fields count.

        """
        fields = request.fields
        prefix = fields.get("x-forwarded-prefix", "") if is_trusted else ""
        answer = self._store.find((request.target, prefix), fields.get)
        if answer is None:
            return None
        found = answer.find(preferred(fields.get("accept-encoding", "")))
        if found is None:
            return None  # a thread makes this coding
        reply = found.reply(request.method, fields.get)
        if len(reply.body) > _AT_ONCE:
            return None
        if is_trusted:
            address = client_behind(
                address, fields.get("x-forwarded-for", ""), self._trusted_proxies
            )
        self._recorder.record(address, request.method, answer, reply)
        return reply

    def flush(self) -> None:
        """Add up the numbers."""
        self._recorder.flush()
