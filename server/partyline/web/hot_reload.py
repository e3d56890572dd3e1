"""Serve one release after another without a pause: each request is answered by one of them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from partyline.errors import PublisherError
from partyline.releases import PublicationLog
from partyline.sparql import QueryEngine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from partyline.web.sparql_endpoint import SparqlEndpoint

logger = logging.getLogger(__name__)

#: Keys of the environment under which a request finds the identifier of its release, and the
#: number of its opening: the same release may be opened again with other settings.
RELEASE, GENERATION = "partyline.release", "partyline.generation"
_openings = count()


class Problems:
    """What an operator has to know of the running server, by its kind, for the health page."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def set(self, kind: str, message: str) -> None:
        """Note the problem of *kind*, or with an empty *message* that there is none any more."""
        # One assignment: readers in other threads see the earlier table or this one.
        others = {name: text for name, text in self._found.items() if name != kind}
        self._found = {**others, kind: message} if message else others

    def __iter__(self) -> Iterator[str]:
        return iter(self._found.values())


@dataclass(frozen=True, slots=True)
class ServedRelease:
    """A release that is open, with the application and the processes that answer from it."""

    release: str
    application: "WSGIApplication"
    pool: QueryEngine
    #: State of ``current`` when the release was opened.
    mark: str | None = None
    #: Why another release is served than ``current`` names; empty if it is the one.
    problem: str = ""
    #: What answers queries without a thread; None: nothing does.
    endpoint: "SparqlEndpoint | None" = None
    #: The publications up to this release; None where nobody publishes releases.
    log: PublicationLog | None = None
    #: The tags of the languages of its pages.
    languages: tuple[str, ...] = ()


class Lease:
    """A release and the requests that read it; the last one closes it when it is retired."""

    def __init__(self, served: ServedRelease) -> None:
        self.served = served
        self.generation = next(_openings)
        self._lock = Lock()
        self._readers = 0
        self._retired = False

    def enter(self) -> bool:
        """Count one more reader; return whether the release may still be read."""
        with self._lock:
            if not self._retired:
                self._readers += 1
            return not self._retired

    @property
    def is_read(self) -> bool:
        """Tell whether the release still has readers."""
        return self._readers > 0

    def leave(self) -> None:
        """Count one reader less."""
        with self._lock:
            self._readers -= 1
            is_last = self._retired and not self._readers
        if is_last:
            self.served.pool.close()

    def retire(self) -> None:
        """Have the release closed after its last reader."""
        with self._lock:
            self._retired = True
            is_idle = not self._readers
        if is_idle:
            self.served.pool.close()


def answer_with(
    lease: Lease, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """Answer the request from the release of *lease*, which has been entered; leave it then."""
    try:
        body = lease.served.application(environ, start_response)
    except BaseException:
        lease.leave()
        raise
    if isinstance(body, environ.get("wsgi.file_wrapper", ())):
        lease.leave()  # an open file needs no release, and the server knows how to send it
        file: Iterable[bytes] = body
        return file
    return Closing(body, lease.leave)


class ServedReleases:
    """A WSGI application that answers from the release that *open_served_release* gave last."""

    def __init__(
        self, open_served_release: Callable[[], ServedRelease], problems: Problems | None = None
    ) -> None:
        """Open the first release. Raises PublisherError."""
        self._open = open_served_release
        self._problems = problems or Problems()
        self._lease = Lease(open_served_release())
        self._problems.set("release", self._lease.served.problem)

    @property
    def current(self) -> ServedRelease:
        """Return the release that answers the next request."""
        return self._lease.served

    @property
    def generation(self) -> int:
        """Return the number of the opening that answers the next request."""
        return self._lease.generation

    @property
    def problem(self) -> str:
        """Return why another release is served than the current one; empty if none is."""
        return self.current.problem

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request from the release that is current now."""
        return answer_with(self.enter(environ), environ, start_response)

    def enter(self, environ: "WSGIEnvironment") -> Lease:
        """Have a request read the release that is current now, until its lease is left."""
        lease = self._lease
        while not lease.enter():
            lease = self._lease  # another one has replaced it
        environ[RELEASE], environ[GENERATION] = lease.served.release, lease.generation
        return lease

    def renew(self) -> bool:
        """Open the current release and switch to it; return whether that worked.

        Where it does not open, the log and the health page say why, and the one that is served
        stays.
        """
        try:
            served = self._open()
        except PublisherError as error:
            logger.error("the release that was served before is still served: %s", error)
            self._problems.set("reload", f"not reloaded: {error}")
            return False
        except Exception as error:
            logger.exception("the release that was served before is still served")
            self._problems.set("reload", f"not reloaded: {type(error).__name__}; see the log")
            return False
        replaced, self._lease = self._lease, Lease(served)
        replaced.retire()
        self._problems.set("reload", "")
        self._problems.set("release", served.problem)
        if served.problem:
            logger.error("%s", served.problem)
        logger.info("release %s replaces %s", served.release, replaced.served.release)
        return True

    def close(self) -> None:
        """Close the release when its last request is answered."""
        self._lease.retire()


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
    """A thread that renews *releases* when *current* changes, or when it is woken."""

    def __init__(
        self, releases: ServedReleases, current: Callable[[], str | None], seconds: float
    ) -> None:
        self._releases = releases
        self._current = current
        self._seconds = seconds
        self._woken = Event()
        self._ended = False
        #: What could not be opened is not tried again until something else is there.
        self._refused: str | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Renew now, even if the release is the same: the settings may have changed."""
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
            self._look(woken)

    def _look(self, woken: bool) -> None:
        mark = self._current()
        is_new = mark not in (None, self._refused, self._releases.current.mark)
        if woken or is_new:
            self._refused = None if self._releases.renew() else mark
