"""Queries in the event loop: most take a worker less time than a thread takes to be woken.

A query that finds a free worker is sent to it here, and answered here when the worker is done. One
that has no worker after a moment, or turns out not to be quick, goes on in a thread, as do all
errors: the thread waits its turn, holds the limits, and reports errors to the client.
"""

import asyncio
import io
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from partyline.errors import RequestError
from partyline.sparql import BegunQuery, Progress
from partyline.web.access_log import AccessLogMiddleware
from partyline.web.earlier.memento import ACCEPT_DATETIME
from partyline.web.front.exchange import Exchange, Headers
from partyline.web.front.repeated_queries import RepeatedQueries
from partyline.web.hot_reload import Lease, ServedReleases
from partyline.web.kept import Keeper
from partyline.web.public_address import PublicAddress
from partyline.web.sparql_endpoint import BEGUN, SparqlEndpoint

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Seconds after which a thread waits for a worker, in the fair queue of all clients.
_MOMENT = 0.02


class QuickQueries:
    """The queries that the event loop looks after; all of it is called there."""

    #: Set by the server before the first request.
    loop: asyncio.AbstractEventLoop

    def __init__(
        self,
        releases: ServedReleases,
        public: PublicAddress,
        access: AccessLogMiddleware,
        keeper: Keeper,
    ) -> None:
        self._releases, self._public, self._access = releases, public, access
        self._repeated = RepeatedQueries(keeper)
        #: Those that have no worker yet.
        self._waiting: deque[_QuickQuery] = deque()

    def begin(
        self,
        environ: "WSGIEnvironment",
        body: bytes,
        exchange: Exchange,
        submit: Callable[[], None],
    ) -> bool:
        """Look after a request; return False if that is for a thread.

        Args:
            environ: the request.
            body: what it has sent.
            exchange: what sends the answer.
            submit: has a thread answer the request.

        """
        if self._repeated.is_kept(environ) or ACCEPT_DATETIME in environ:
            return False  # a thread compresses it, or leads to an earlier release
        mine = {**environ, "wsgi.input": io.BytesIO(body)}
        lease = self._releases.enter(mine)
        endpoint = lease.served.endpoint
        self._public.apply(mine)
        if endpoint is None or not endpoint.accepts(mine):
            lease.leave()
            return False

        query = _QuickQuery(environ, mine, lease, endpoint, exchange)

        def hand_over() -> None:
            environ[BEGUN] = query.leave(self.loop)
            if query in self._waiting:
                self._waiting.remove(query)
            submit()

        query.hand_over = hand_over
        if self._waiting or not self._start(query):
            query.timer = self.loop.call_later(_MOMENT, hand_over)
            self._waiting.append(query)
        return True

    def _go_on(self) -> None:
        """Assign free workers to waiting queries."""
        while self._waiting:
            query = self._waiting.popleft()
            if not self._start(query):
                self._waiting.appendleft(query)
                return

    def _start(self, query: "_QuickQuery") -> bool:
        """Send *query* to a free worker; return False if there is none."""
        try:
            if not query.start():
                return False
        except RequestError:
            query.hand_over()
        else:
            self.loop.add_reader(query.fileno(), self._look, query)
            self._time(query)
        return True

    def _look(self, query: "_QuickQuery") -> None:
        """Answer *query* if its answer is there."""
        progress = query.progress()
        if progress is Progress.RUNNING:
            return
        if progress is Progress.ANSWERED:
            query.answer(self.loop, self._access, self._repeated)
        else:
            query.hand_over()
        self._go_on()

    def _time(self, query: "_QuickQuery") -> None:
        """Hand *query* over when it is not quick."""
        query.stop_timer()
        if left := query.quick_seconds_left():
            query.timer = self.loop.call_later(left, self._time, query)
        else:
            query.hand_over()


class _QuickQuery:
    """One query, from its arrival to its answer or to the thread that waits for that."""

    #: Has a thread go on with it.
    hand_over: Callable[[], None]
    timer: asyncio.TimerHandle | None = None

    def __init__(
        self,
        asked: "WSGIEnvironment",
        environ: "WSGIEnvironment",
        lease: Lease,
        endpoint: SparqlEndpoint,
        exchange: Exchange,
    ) -> None:
        """*asked* is the request as it arrived, *environ* a copy that may be changed."""
        self._asked = asked
        self._environ, self._lease, self._endpoint = environ, lease, endpoint
        self._exchange = exchange
        self._begun: BegunQuery | None = None

    def start(self) -> bool:
        """Send the query to a free worker; return whether there is one. Raises RequestError."""
        self._begun = self._endpoint.begin(self._environ)
        return self._begun is not None

    def stop_timer(self) -> None:
        """Have nothing happen when the time is over."""
        if self.timer is not None:
            self.timer.cancel()

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when there is something new."""
        return self._begun.fileno() if self._begun else -1

    def progress(self) -> Progress:
        """Tell how far the answer is."""
        return self._begun.progress() if self._begun else Progress.OTHER

    def quick_seconds_left(self) -> float:
        """Return for how many seconds to wait before asking again; 0 if the query is not quick."""
        return self._begun.quick_seconds_left() if self._begun else 0.0

    def leave(self, loop: asyncio.AbstractEventLoop) -> BegunQuery | None:
        """Look after the query no longer; return it if it has been begun."""
        self.stop_timer()
        self._lease.leave()
        if self._begun is not None:
            loop.remove_reader(self._begun.fileno())
        return self._begun

    def answer(
        self,
        loop: asyncio.AbstractEventLoop,
        access: AccessLogMiddleware,
        repeated: RepeatedQueries,
    ) -> None:
        """Send the answer, which has arrived as a whole, and log it."""
        begun, environ, exchange = self._begun, self._environ, self._exchange
        if begun is None:
            raise RuntimeError("a query that has no worker has no answer")
        loop.remove_reader(begun.fileno())
        self.stop_timer()
        followed = access.follow(environ)
        heads: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *_: Any) -> Callable[[bytes], None]:  # noqa: ANN401
            heads.append((status, headers))
            return _refuse

        try:
            content = b"".join(self._endpoint.finish(environ, begun, start))
        finally:
            self._lease.leave()
        ((status, headers),) = heads
        if reply := repeated.reply(self._asked, environ, int(status[:3]), headers, content):
            status, headers, content = reply.line, list(reply.headers), reply.body
        followed.begin(status, headers)
        followed.end("disconnected" if exchange.is_disconnected() else "complete", len(content))
        exchange.deliver(status, headers, content)


def _refuse(content: bytes) -> None:
    raise RuntimeError("an answer that is sent whole is not written in parts")
