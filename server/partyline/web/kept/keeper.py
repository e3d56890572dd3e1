"""Find and keep answers by the environment of a request (PEP 3333)."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import TYPE_CHECKING

from partyline.web.access_log import QUERY, ROUTE, ROWS
from partyline.web.client_address import lies_in
from partyline.web.hot_reload import GENERATION, RELEASE
from partyline.web.kept.answer import Fields, Header, KeptAnswer, Origin, Representation
from partyline.web.kept.codings import preferred
from partyline.web.kept.store import AnswerStore, MadeAnswer, Place

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Keeper:
    """The store of kept answers, for whoever has the environment of a request."""

    def __init__(self, store: AnswerStore, trusted_proxies: Sequence[str]) -> None:
        self._store = store
        self._trusted = [ip_network(proxy) for proxy in trusted_proxies]

    def find(self, asked: "WSGIEnvironment") -> KeptAnswer | None:
        """Return what is kept for the request *asked*."""
        return self._store.find(self._place(asked), fields_of(asked))

    def keep(
        self,
        asked: "WSGIEnvironment",
        environ: "WSGIEnvironment",
        status: int,
        headers: list[Header],
        body: bytes,
    ) -> KeptAnswer:
        """Keep the answer to a GET if there is room; return it as it is kept.

        Args:
            asked: the request as it arrived.
            environ: the same after the application has answered it.
            status: status of the answer.
            headers: header fields of the answer.
            body: the answer.

        """
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        rows = environ[ROWS]() if ROWS in environ else None
        origin = Origin(
            environ.get(ROUTE, "none"), environ.get(RELEASE), path, environ.get(QUERY), rows
        )
        made = MadeAnswer(environ.get(GENERATION, -1), status, headers, body, origin)
        return self._store.keep(self._place(asked), fields_of(asked), made)

    def representation(self, answer: KeptAnswer, asked: "WSGIEnvironment") -> Representation:
        """Return *answer* in the content coding that the client prefers, made where it is new."""
        coding = preferred(asked.get("HTTP_ACCEPT_ENCODING", ""))
        return answer.find(coding) or self._store.encode(answer, coding)

    def _place(self, environ: "WSGIEnvironment") -> Place:
        target = environ.get("REQUEST_URI") or environ.get("RAW_URI")
        if not target:
            query = environ.get("QUERY_STRING", "")
            target = environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
        prefix = environ.get("HTTP_X_FORWARDED_PREFIX", "")
        client = environ.get("REMOTE_ADDR", "")
        if prefix and not any(lies_in(client, row) for row in self._trusted):
            prefix = ""
        return target, prefix


def fields_of(environ: "WSGIEnvironment") -> Fields:
    """Return the header fields of a request, by their names in lower case."""

    def field(name: str) -> str | None:
        return environ.get(f"HTTP_{name.upper().replace('-', '_')}")

    return field
