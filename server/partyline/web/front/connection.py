"""One connection: what arrives on it, what is sent, and how long the client may take."""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from partyline.web.client_address import customer
from partyline.web.front.exchange import Exchange, Headers, SpoolBudget
from partyline.web.front.framing import Framing, connection_field
from partyline.web.front.limits import FrontLimits
from partyline.web.front.request import REFUSALS, KnownRequests, Refusal, Request, RequestReader
from partyline.web.kept.answer import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

#: Requests that a client may send ahead of their answers.
_AHEAD = 8
#: Bytes in the kernel and in the process that are on their way to a client.
_KERNEL_BUFFER, _BUFFER = 262_144, 131_072
#: Seconds, and bytes, that are read and thrown away after the last answer: a connection that is
#: closed while bytes arrive is reset, and the client may lose the answer (RFC 9112, section 9.6).
_LINGER, _DISCARDED = 2.0, 64 << 20


class Owner(Protocol):
    """The server as a connection sees it."""

    limits: FrontLimits
    application: "WSGIApplication"
    loop: asyncio.AbstractEventLoop
    budget: SpoolBudget
    known_requests: KnownRequests
    now: float
    date: bytes
    is_draining: bool

    def admit(self, connection: "Connection") -> None:
        """Count the connection in."""
        ...

    def forget(self, connection: "Connection") -> None:
        """Count the connection out."""
        ...

    def kept_reply(self, connection: "Connection", request: Request) -> Reply | None:
        """Return the reply to *request* if its answer is kept, and count it as sent."""
        ...

    def queue(self, connection: "Connection") -> None:
        """Have the connection begin its next request when its address may have one more."""
        ...

    def begin(
        self,
        request: Request,
        environ: "WSGIEnvironment",
        exchange: Exchange,
        submit: Callable[[], None],
    ) -> bool:
        """Begin to answer *request* without a thread, or return False: only threads can.

        What turns out to take longer goes on with *submit*.
        """
        ...

    def worked(self, connection: "Connection", request: Request) -> None:
        """Note that the application has made the answer to *request*."""
        ...

    def submit(self, request: Request, work: Callable[[], None]) -> None:
        """Run *work*, the answer to *request*, in a thread."""
        ...

    def refused(self, address: str, status: int, reason: str, /) -> None:
        """Note a request that was refused."""
        ...


class Connection(asyncio.Protocol):
    """One connection, from its acceptance to its end."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._reader = RequestReader(
            owner.limits, self._arrived, self._continue, owner.known_requests
        )
        self._exchange: Exchange | None = None
        self._request = Request()
        self._transport: asyncio.Transport
        #: Whether the last answer is out, and what still arrives is thrown away.
        self._is_closing = False
        self._is_new = True
        self._framing = Framing()
        self._discarded = 0
        #: What is to be answered after the requests before it.
        self._refusal: Refusal | None = None
        self.waiting: deque[Request] = deque()
        #: Whether the client takes nothing at the moment.
        self.is_paused = False
        #: When that for which the connection waits began.
        self.since = owner.now
        #: The address that limits count by, and whether they hold for it.
        self.address, self.is_limited = "", True

    # What the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # uvloop's is one by its methods, and not by its class.
        self._transport = cast("asyncio.Transport", transport)
        self._peer = _host_and_port(transport.get_extra_info("peername"))
        self._here = _host_and_port(transport.get_extra_info("sockname"))
        self.address = customer(self._peer[0])
        self._transport.set_write_buffer_limits(high=_BUFFER)
        with contextlib.suppress(OSError):
            connected = transport.get_extra_info("socket")
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER)
        self._owner.admit(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the query of a client that has disconnected."""
        self._owner.forget(self)
        self._is_closing = True
        self.waiting.clear()
        if self._exchange:
            self._exchange.disconnect()

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        if self._is_closing or self._refusal:
            self._discarded += len(data)
            if self._discarded > _DISCARDED:
                self._transport.abort()
            return
        awaits = self.is_idle and not self._is_new and not self._reader.in_request
        try:
            self._reader.feed(data)
        except Refusal as refusal:
            self.refuse(refusal)
        if awaits and self._reader.in_request:
            self.since = self._owner.now  # another deadline from now on

    def eof_received(self) -> bool:
        """Treat a client that has closed its half as disconnected."""
        return False

    def pause_writing(self) -> None:
        """Note that the client takes nothing."""
        self.is_paused, self.since = True, self._owner.now

    def resume_writing(self) -> None:
        """Resume: the client has read some bytes."""
        self.is_paused, self.since = False, self._owner.now
        if self._exchange:
            self._exchange.pump()

    # What the reader calls

    def _continue(self) -> None:
        if not self._exchange:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _arrived(self, request: Request) -> None:
        self._is_new = False
        if not (self._exchange or self.waiting or self.is_paused) and self._is_kept(request):
            return
        self.waiting.append(request)
        if len(self.waiting) >= _AHEAD:
            self._transport.pause_reading()
        if not self._exchange and len(self.waiting) == 1:
            self._owner.queue(self)

    def _is_kept(self, request: Request) -> bool:
        """Send the answer to *request* if it is kept; tell whether it was."""
        owner = self._owner
        reply = owner.kept_reply(self, request) if request.method in ("GET", "HEAD") else None
        if reply is None:
            return False
        keep = request.keep and not owner.is_draining
        self.since = owner.now
        connection = connection_field(request, keep=keep)
        self._transport.write(b"".join((reply.head, connection, owner.date, b"\r\n", reply.body)))
        if not keep:
            self._leave()
        return True

    # What the server calls

    def follow(self) -> None:
        """Run the application for the next request."""
        owner = self._owner
        request = self._request = self.waiting.popleft()
        self._framing = Framing(keep=request.keep)
        environ = request.environ(self._peer, self._here)
        exchange = self._exchange = Exchange(
            self, environ, owner.loop, owner.budget, lambda: owner.worked(self, request)
        )

        def submit() -> None:
            owner.submit(request, lambda: exchange.run(owner.application))

        if not owner.begin(request, environ, exchange, submit):
            submit()

    @property
    def is_idle(self) -> bool:
        """Tell whether no reply is pending here."""
        return not (self._exchange or self.waiting)

    def overdue(self) -> bool:
        """Tell whether the client has had its time."""
        owner, limits = self._owner, self._owner.limits
        waited = owner.now - self.since
        if self._is_closing:
            return waited > _LINGER
        if self.is_paused:
            return waited > limits.stalled
        if not self.is_idle:
            return False  # the application has limits of its own
        if self._reader.in_request:
            return waited > limits.request
        if owner.is_draining:
            return waited > limits.linger
        return waited > (limits.request if self._is_new else limits.idle)

    def expire(self) -> None:
        """End a connection that is overdue."""
        if self._reader.in_request and self.is_idle and not self._is_closing:
            self.refuse(Refusal(408, "The request was not complete in time"))
        elif self.is_paused or self._is_closing:
            self._transport.abort()
        else:
            self._leave()

    def drop(self) -> None:
        """Close the connection at once, to make room for others."""
        self._transport.abort()

    # Answers

    def refuse(self, refusal: Refusal) -> None:
        """Answer that a request is not valid or too large, and close."""
        if self._is_closing:
            return
        if not self.is_idle:  # an answer is on its way, and this one would be taken for it
            self._refusal = refusal
            return
        self._owner.refused(self._peer[0], refusal.status, str(refusal))
        content = f"{refusal}\n".encode("ascii", "backslashreplace")
        self._transport.write(
            f"HTTP/1.1 {refusal.status} {REFUSALS[refusal.status]}\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(content)}\r\n"
            "Connection: close\r\n".encode()
            + self._owner.date
            + b"\r\n"
            + content
        )
        self._leave()

    def begin(self, status: str, headers: Headers) -> None:
        """Send the head of an answer."""
        request = self._request
        keep = request.keep and not self._owner.is_draining
        self._framing = Framing.of(request, status, headers, keep=keep)
        head = self._framing.head(request, status, headers)
        self._transport.write(head + self._owner.date + b"\r\n")

    def write(self, content: bytes) -> None:
        """Send a part of a body."""
        self.since = self._owner.now
        if sent := self._framing.part(content):
            self._transport.write(sent)

    def end(self, *, whole: bool) -> None:
        """End an answer, and go on to the next request."""
        self._exchange, self.since = None, self._owner.now
        framing = self._framing
        if framing.is_short or not (whole or framing.is_bodiless):
            self._break_off()
            return
        if last := framing.end():
            self._transport.write(last)
        if not framing.keep:
            self._leave()
        elif self.waiting:
            self._transport.resume_reading()
            self._owner.queue(self)
        elif self._refusal:
            self.refuse(self._refusal)

    def _break_off(self) -> None:
        """Close so that the client sees that something is missing."""
        if self._framing.is_chunked or self._framing.promised:
            self._transport.close()
            return
        # Without a length, a reset is the only sign; abort() alone would end the stream.
        with contextlib.suppress(OSError):
            connected = self._transport.get_extra_info("socket")
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _leave(self) -> None:
        """Close the sending half; the rest when the client closes it, or after two seconds."""
        self._is_closing, self.since = True, self._owner.now
        self.waiting.clear()
        with contextlib.suppress(OSError, RuntimeError):
            self._transport.write_eof()


def _host_and_port(name: tuple[str, int] | None) -> tuple[str, int]:
    """Return host and port of *name*, which is longer for IPv6 and None for a lost connection."""
    return (name[0], name[1]) if name else ("", 0)
