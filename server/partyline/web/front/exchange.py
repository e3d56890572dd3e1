"""One request and its answer: a thread runs the WSGI application, the event loop writes."""

import asyncio
import contextlib
import logging
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Event, Lock
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

Headers = list[tuple[str, str]]

#: Seconds for which the beginning of an answer waits for the rest: short answers have a length.
_PROMPT = 0.05
_CHUNK = 65_536
#: Bytes of an answer that wait in memory for a slow client; more wait in a temporary file.
_IN_MEMORY = 512 * 1024
_FAILED = b"The server failed to answer; the error was logged.\n"


class FileWrapper:
    """``wsgi.file_wrapper`` (PEP 3333): an open file, which is sent without a thread."""

    def __init__(self, file: IO[bytes], size: int = _CHUNK) -> None:
        self.file, self._size = file, size

    def __iter__(self) -> "FileWrapper":
        return self

    def __next__(self) -> bytes:
        if content := self.file.read(self._size):
            return content
        raise StopIteration

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class SpoolBudget:
    """Counts the bytes in all temporary files of one server."""

    def __init__(self, most: int) -> None:
        self._most, self._used = most, 0
        self._lock = Lock()

    def take(self, size: int) -> None:
        """Count *size* more bytes. Raises ConnectionAbortedError where they are too many."""
        with self._lock:
            if self._used + size > self._most:
                raise ConnectionAbortedError("responses that clients do not read fill the disk")
            self._used += size

    def give_back(self, size: int) -> None:
        """Count *size* bytes less."""
        with self._lock:
            self._used -= size


class Recipient(Protocol):
    """The connection as an exchange sees it; all of it is called in the event loop."""

    @property
    def is_paused(self) -> bool:
        """Tell whether the client takes nothing at the moment."""
        ...

    def begin(self, status: str, headers: Headers) -> None:
        """Send the head of the answer."""
        ...

    def write(self, content: bytes) -> None:
        """Send a part of the body."""
        ...

    def end(self, *, whole: bool) -> None:
        """End the answer; one that is not *whole* must not look as if it were."""
        ...


class Exchange:
    """The answer to one request: filled by a thread, sent by the event loop."""

    def __init__(
        self,
        recipient: Recipient,
        environ: "WSGIEnvironment",
        loop: asyncio.AbstractEventLoop,
        budget: SpoolBudget,
        worked: Callable[[], None],
    ) -> None:
        """*worked* is called in the loop when the thread is free again."""
        self._recipient, self._environ, self._worked = recipient, environ, worked
        self._loop, self._budget = loop, budget
        self._lock = Lock()
        self._queue: deque[bytes] = deque()
        self._held = self._read = self._spooled = 0
        self._spool: IO[bytes] | None = None
        self._file: IO[bytes] | None = None
        self._status, self._headers = "", Headers()
        self._begun = self._ended = self._whole = self._closed = False
        self._is_continued = False
        self._disconnected = Event()
        environ["wsgi.file_wrapper"] = FileWrapper
        # The name under which waitress offers it, too.
        environ["waitress.client_disconnected"] = self.is_disconnected = self._disconnected.is_set

    # In a thread

    def run(self, application: "WSGIApplication") -> None:
        """Run *application* for the request."""
        environ = self._environ
        try:
            body = application(environ, self._start)
            try:
                self._take(body)
            finally:
                if self._file is None:
                    _close(body)
            self._whole = True
        except ConnectionAbortedError:
            pass  # the application, or the budget, has ended the answer; the client sees it
        except Exception:
            logger.exception("%s %r failed", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            self._fail()
        self._ended = True
        with contextlib.suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(self._finish)

    def _start(self, status: str, headers: Headers, *_: Any) -> Callable[[bytes], Any]:  # noqa: ANN401  WSGI
        self._status, self._headers = status, headers
        return self._put

    def _fail(self) -> None:
        """Answer 500 where no answer has begun; one that has begun is broken off."""
        if not self._queue and not self._spooled and not self._begun:
            self._status = "500 Internal Server Error"
            length = str(len(_FAILED))
            self._headers = [("Content-Type", "text/plain"), ("Content-Length", length)]
            self._queue.append(_FAILED)
            self._whole = True

    def _take(self, body: Iterable[bytes]) -> None:
        if isinstance(body, FileWrapper):
            self._file = body.file
            return
        beginning, until = bytearray(), time.monotonic() + _PROMPT
        rest = iter(body)
        for content in rest:
            beginning += content
            if len(beginning) > _CHUNK or time.monotonic() > until:
                break
        else:
            self._queue.append(bytes(beginning))  # which the end of the answer sends with it
            return
        self._put(bytes(beginning))
        for content in rest:
            if self._disconnected.is_set():
                return
            self._put(content)

    def _put(self, content: bytes) -> None:
        """Send *content*; what a slow client does not read yet goes to a file."""
        if not content:
            return
        with self._lock:
            if self._spool is None and self._held < _IN_MEMORY:
                self._queue.append(content)
                self._held += len(content)
            else:
                self._budget.take(len(content))
                self._spooled += len(content)
                if self._spool is None:
                    self._spool = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed below
                self._spool.seek(self._spooled - len(content))
                self._spool.write(content)
        with contextlib.suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(self.pump)

    # In the event loop

    def deliver(self, status: str, headers: Headers, content: bytes) -> None:
        """Send a whole answer that no thread has made."""
        self._status, self._headers = status, headers
        self._queue.append(content)
        self._whole = self._ended = True
        self._finish()

    def _finish(self) -> None:
        self._worked()
        if self._closed:
            self._release()
        self.pump()

    def disconnect(self) -> None:
        """Note that the client has disconnected."""
        self._disconnected.set()
        self.pump()

    def pump(self) -> None:
        """Send what is ready, as long as the client reads it."""
        if self._closed:
            return
        if self._disconnected.is_set():
            self._close()
            return
        try:
            self._send()
        except Exception:
            logger.exception("%r could not be sent", self._environ["PATH_INFO"])
            self._close()
            self._recipient.end(whole=False)

    def _send(self) -> None:
        recipient = self._recipient
        if not self._begun:
            if not (self._queue or self._ended):
                return
            self._begun = True
            recipient.begin(self._status or "500 Internal Server Error", self._headers)
        if recipient.is_paused:
            return
        if content := self._next():
            recipient.write(content)
            if not self._is_sent():
                self._continue()
                return
        if self._ended and not self._closed:
            self._close()
            recipient.end(whole=self._whole)

    def _is_sent(self) -> bool:
        """Tell whether the whole answer has been written, as far as that is known here."""
        with self._lock:
            is_empty = not self._queue and self._read == self._spooled
        return is_empty and self._ended and self._file is None

    def _continue(self) -> None:
        """Continue after other connections had their turn: a large file must not delay them."""
        if not self._is_continued:
            self._is_continued = True
            self._loop.call_soon(self._pump_again)

    def _pump_again(self) -> None:
        self._is_continued = False
        self.pump()

    def _next(self) -> bytes:
        if self._file is not None and self._ended:
            return self._file.read(_CHUNK)
        with self._lock:
            if self._queue:
                content = self._queue.popleft()
                self._held -= len(content)
                return content
            if self._spool is None or self._read == self._spooled:
                return b""
            self._spool.seek(self._read)
            content = self._spool.read(_CHUNK)
            self._read += len(content)
            return content

    def _close(self) -> None:
        self._closed = True
        if self._ended:  # else the thread may still write
            self._release()

    def _release(self) -> None:
        for file in (self._file, self._spool):
            if file is not None:
                file.close()
        self._file = self._spool = None
        self._budget.give_back(self._spooled)
        self._spooled = self._read = 0
        self._queue.clear()


def _close(body: object) -> None:
    if close := getattr(body, "close", None):
        close()
