"""The server: its connections, its clock, its threads, and what signals do."""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from ipaddress import ip_network
from typing import TYPE_CHECKING

from partyline.web.client_address import lies_in
from partyline.web.front.connection import Connection
from partyline.web.front.exchange import Exchange, SpoolBudget
from partyline.web.front.limits import FrontLimits
from partyline.web.front.listening import NoDescriptors, accept_all, listen, stop_new_clients
from partyline.web.front.quick_queries import QuickQueries
from partyline.web.front.ready import KeptReplies
from partyline.web.front.request import KnownRequests, Request
from partyline.web.kept.answer import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

#: Seconds between two looks at the deadlines.
_TICK = 0.25
#: Seconds after which a busy thread gives way to another. With the 5 ms of CPython, the event loop
#: and the health pages wait for dozens of threads: 1.5 s beside 500 clients that come at once.
_SWITCH_INTERVAL = 0.0005
#: Clients that are accepted at once.
_BURST = 64
#: Seconds that handshakes which have begun may take to end.
_HANDSHAKE = 0.2
#: Threads for requests that are answered whatever else the threads do.
_RESERVED = 2
_RESERVED_PATHS = ("/health", "/metrics")
#: Threads for requests that compute and do not wait, and how many of them one address may have.
#: More would wait for the interpreter, and make the event loop wait: with 64 of them, the health
#: page took 1.4 s beside 500 clients that came at once.
_COMPUTING, _COMPUTING_PER_ADDRESS = 8, 4
#: Requests that wait for the query workers.
_QUERY_PATH = "/sparql"


def _nothing(address: str, status: int, reason: str) -> None:
    """Take no notice."""


class HttpServer:
    """Owns the listening socket from its construction; `run` answers until a signal ends it."""

    def __init__(
        self,
        application: "WSGIApplication",
        host: str,
        port: int,
        limits: FrontLimits,
        *,
        renew: Callable[[], None] = lambda: None,
        trusted_proxies: Sequence[str] = (),
        prefix: str = "",
        refused: Callable[[str, int, str], None] = _nothing,
        kept: KeptReplies | None = None,
        queries: QuickQueries | None = None,
    ) -> None:
        """Listen. Raises OSError.

        SIGHUP calls *renew*; *refused* is called with the address, the status and the reason of
        each request that does not reach the application. A proxy may send paths with or without
        *prefix*. What is *kept* is sent without the application, and *queries* are answered
        without a thread as long as they are quick.
        """
        self.application, self.limits = application, limits
        self.refused = refused
        self._kept, self._queries = kept, queries
        self.budget = SpoolBudget(limits.spool)
        self.known_requests = KnownRequests()
        self.is_draining = False
        self.now = time.monotonic()
        self.date = b""
        self._renew = renew
        self._trusted = [ip_network(proxy) for proxy in trusted_proxies]
        starts = {"", prefix}
        self._reserved_paths = tuple(start + path for start in starts for path in _RESERVED_PATHS)
        self._query_paths = tuple(start + _QUERY_PATH for start in starts)
        self._executors = {
            "health": ThreadPoolExecutor(_RESERVED, "health"),
            "query": ThreadPoolExecutor(limits.threads, "query"),
            "page": ThreadPoolExecutor(_COMPUTING, "page"),
        }
        #: Requests of one address that may be answered at the same time.
        self._per_address = {"query": limits.at_work, "page": _COMPUTING_PER_ADDRESS}
        self._connections: dict[str, dict[Connection, None]] = {}
        self._number = 0
        #: By address and kind of request.
        self._at_work: Counter[tuple[str, str]] = Counter()
        self._queues: dict[tuple[str, str], deque[Connection]] = {}
        self._joining: set[asyncio.Task[None]] = set()
        self._listening = listen(host, port)
        #: Host and port on which the server listens.
        self.address: tuple[str, int] = self._listening.getsockname()[:2]

    def run(self) -> None:
        """Answer until SIGTERM or SIGINT, and then what has been asked."""
        sys.setswitchinterval(_SWITCH_INTERVAL)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._serve())

    # What connections call

    def admit(self, connection: Connection) -> None:
        """Count *connection* in, and make room for it where there are too many."""
        address = connection.address
        connection.is_limited = not any(lies_in(address, row) for row in self._trusted)
        mine = self._connections.setdefault(address, {})
        mine[connection] = None
        self._number += 1
        if len(mine) > self.limits.per_address and connection.is_limited:
            _make_room(mine)
        elif self._number > self.limits.connections:
            _make_room(max(self._connections.values(), key=len))

    def forget(self, connection: Connection) -> None:
        """Count *connection* out."""
        mine = self._connections.get(connection.address, {})
        if connection in mine:
            del mine[connection]
            self._number -= 1
        if not mine:
            self._connections.pop(connection.address, None)

    def kept_reply(self, connection: Connection, request: Request) -> Reply | None:
        """Return the reply to *request* if its answer is kept, and count it as sent."""
        if self._kept is None:
            return None
        return self._kept.reply(connection.address, request, is_trusted=not connection.is_limited)

    def queue(self, connection: Connection) -> None:
        """Have *connection* begin its next request when its address may have one more."""
        key = connection.address, self._kind(connection.waiting[0])
        most = self._per_address.get(key[1])
        if most is None or self._at_work[key] < most or not connection.is_limited:
            self._at_work[key] += 1
            connection.follow()
        else:
            self._queues.setdefault(key, deque()).append(connection)

    def begin(
        self,
        request: Request,
        environ: "WSGIEnvironment",
        exchange: Exchange,
        submit: Callable[[], None],
    ) -> bool:
        """Begin to answer *request* without a thread, or return False: only threads can."""
        if self._queries is None or self._kind(request) != "query":
            return False
        return self._queries.begin(environ, request.body, exchange, submit)

    def worked(self, connection: Connection, request: Request) -> None:
        """Note that the answer to *request* is made, and go on to one that waits."""
        key = connection.address, self._kind(request)
        self._at_work[key] -= 1
        if not self._at_work[key]:
            del self._at_work[key]
        waiting = self._queues.pop(key, deque())
        while waiting:
            following = waiting.popleft()
            if following.waiting:  # or its client has disconnected
                if waiting:
                    self._queues[key] = waiting
                self.queue(following)
                return

    def submit(self, request: Request, work: Callable[[], None]) -> None:
        """Run *work* in a thread."""
        self._executors[self._kind(request)].submit(work)

    def _kind(self, request: Request) -> str:
        """Return which threads answer *request*."""
        if request.target.startswith(self._reserved_paths):
            return "health"
        return "query" if request.target.startswith(self._query_paths) else "page"

    # Connections

    def _accept(self, most: int = _BURST) -> int:
        """Take clients that wait; return how many did."""
        number = 0
        try:
            for connected in accept_all(self._listening, most):
                number += 1
                task = self.loop.create_task(self._join(connected))
                self._joining.add(task)
                task.add_done_callback(self._joining.discard)
        except NoDescriptors:
            logger.warning("the process may not open another file: raise the limit (ulimit -n)")
            _make_room(dict.fromkeys(self._all()))
        return number

    async def _join(self, connected: socket.socket) -> None:
        with contextlib.suppress(OSError):
            await self.loop.connect_accepted_socket(lambda: Connection(self), connected)

    def _all(self) -> Iterable[Connection]:
        return [row for mine in self._connections.values() for row in mine]

    # The life of the server

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        if self._queries:
            self._queries.loop = self.loop
        self._tick()
        ending = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, ending.set)
        self.loop.add_signal_handler(signal.SIGHUP, self._renew)
        self.loop.add_reader(self._listening, self._accept)
        try:
            await ending.wait()
            await self._drain()
        finally:
            self._listening.close()
            if self._kept:
                self._kept.flush()
            for executor in self._executors.values():
                executor.shutdown(wait=False, cancel_futures=True)

    async def _drain(self) -> None:
        """Take no new client, answer what is asked, and close."""
        self.is_draining = True
        self.loop.remove_reader(self._listening)
        stop_new_clients(self._listening)
        ends = time.monotonic() + _HANDSHAKE
        while self._accept() or time.monotonic() < ends:
            await asyncio.sleep(0.01)
        self._listening.close()
        ends = time.monotonic() + self.limits.drain
        while (self._number or self._joining) and time.monotonic() < ends:
            await asyncio.sleep(0.02)
        for connection in self._all():
            connection.drop()

    def _tick(self) -> None:
        """Set the clock, and end the connections whose clients have had their time."""
        self.now = time.monotonic()
        self.date = f"Date: {formatdate(usegmt=True)}\r\n".encode()
        if self._kept:
            self._kept.flush()
        for connection in self._all():
            if connection.overdue():
                connection.expire()
        self._timer = self.loop.call_later(_TICK, self._tick)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the factory of an event loop in C where it is installed; else None, for asyncio's."""
    try:
        import uvloop
    except ImportError:  # an optional requirement
        return None
    return uvloop.new_event_loop


def _make_room(among: Mapping[Connection, None]) -> None:
    """End the connection of *among* that has waited longest for its client."""
    for found in (
        [row for row in among if row.is_idle],
        [row for row in among if row.is_paused],
        # Where every client is being answered, the newest one receives 503 and must retry.
        [*among][-1:],
    ):
        if found:
            min(found, key=lambda row: row.since).drop()
            return
