"""Serve one release after another without a pause: each request is answered by one of them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from partyline.errors import PublisherError
from partyline.sparql import QueryPool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

#: Key of the environment under which a request finds the identifier of its release.
RELEASE = "partyline.release"


@dataclass(frozen=True, slots=True)
class ServedRelease:
    """A release that is open, with the application and the processes that answer from it."""

    release: str
    application: "WSGIApplication"
    pool: QueryPool


class _Lease:
    """An edition and the requests that read it; the last one closes it when it is retired."""

    def __init__(self, edition: ServedRelease) -> None:
        self.edition = edition
        self._lock = Lock()
        self._readers = 0
        self._retired = False

    def enter(self) -> bool:
        with self._lock:
            if not self._retired:
                self._readers += 1
            return not self._retired

    def leave(self) -> None:
        with self._lock:
            self._readers -= 1
            is_last = self._retired and not self._readers
        if is_last:
            self.edition.pool.close()

    def retire(self) -> None:
        with self._lock:
            self._retired = True
            is_idle = not self._readers
        if is_idle:
            self.edition.pool.close()


class ServedReleases:
    """A WSGI application that answers from the edition that *open_edition* gave last."""

    def __init__(self, open_served_release: Callable[[], ServedRelease]) -> None:
        self._open = open_served_release
        self._shelf = _Lease(open_served_release())

    @property
    def current(self) -> ServedRelease:
        """Return the edition that answers the next request."""
        return self._shelf.edition

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request from the edition that is current now."""
        shelf = self._shelf
        while not shelf.enter():
            shelf = self._shelf  # there is another one since
        environ[RELEASE] = shelf.edition.release
        try:
            body = shelf.edition.application(environ, start_response)
        except BaseException:
            shelf.leave()
            raise
        if isinstance(body, environ.get("wsgi.file_wrapper", ())):
            shelf.leave()  # an open file needs no release, and the server knows what to do with it
            file: Iterable[bytes] = body
            return file
        return Closing(body, shelf.leave)

    def renew(self) -> bool:
        """Open the current release and go over to it; tell whether that worked.

        Where it does not open, the log says why, and the one that is served goes on.
        """
        try:
            edition = self._open()
        except PublisherError as error:
            logger.error("the new release is not served: %s", error)
            return False
        shelf, self._shelf = self._shelf, _Lease(edition)
        shelf.retire()
        logger.info("release %s follows %s", edition.release, shelf.edition.release)
        return True

    def close(self) -> None:
        """Close the edition when its last request is answered."""
        self._shelf.retire()


class Closing:
    """A body that calls *done* once when it is closed."""

    def __init__(self, body: Iterable[bytes], done: Callable[[], None]) -> None:
        self._body = body
        self._pieces = iter(body)
        self._done: Callable[[], None] | None = done

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Close the body inside, too."""
        done, self._done = self._done, None
        try:
            close: Callable[[], Any] | None = getattr(self._body, "close", None)
            if close:
                close()
        finally:
            if done:
                done()


class ReleaseWatcher:
    """A thread that renews *editions* where *current* names another release, or when woken."""

    def __init__(
        self, editions: ServedReleases, current: Callable[[], str | None], seconds: float
    ) -> None:
        self._editions = editions
        self._current = current
        self._seconds = seconds
        self._woken = Event()
        self._ended = False
        #: What could not be opened is not tried again until something else is there.
        self._refused: str | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Renew now, also where the release is the same: the settings may have changed."""
        self._woken.set()

    def close(self) -> None:
        """End the thread."""
        self._ended = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            woken = self._woken.wait(self._seconds)
            self._woken.clear()
            if self._ended:
                return
            with suppress(OSError):
                self._look(woken)

    def _look(self, woken: bool) -> None:
        named = self._current()
        is_new = named not in (None, self._refused, self._editions.current.release)
        if woken or is_new:
            self._refused = None if self._editions.renew() else named
