"""Earlier releases under addresses that last; a few are open, those that were asked for last."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

from partyline.errors import PublisherError, ReleaseBusy, ReleaseUnreadable, RequestError
from partyline.releases import PublicationLog, PublishedRelease
from partyline.web.earlier.memento import as_memento, original_links
from partyline.web.hot_reload import RELEASE, Lease, ServedRelease, ServedReleases, answer_with

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Key of the environment under which a view finds why an earlier release cannot be read.
PROBLEM = "partyline.archive_problem"
_PATH = re.compile(r"/releases/(?P<release>[0-9a-f]{12})(?P<rest>/.+|/)")
#: Seconds for which a request waits while another one opens a release.
_PATIENCE = 10.0


class OpenedReleases:
    """The earlier releases that are open: at most a number of them, those that were used last."""

    def __init__(
        self, open_release: Callable[[PublishedRelease], ServedRelease], most: int
    ) -> None:
        """*open_release* opens one; at most *most* are open, and as many are being closed."""
        self._open, self._most = open_release, most
        self._leases: OrderedDict[str, Lease] = OrderedDict()
        self._closing: list[Lease] = []
        self._lock, self._opening = Lock(), Lock()

    def enter(self, row: PublishedRelease) -> Lease:
        """Have a request read the release *row*, until its lease is left.

        Raises ReleaseBusy where too many are open, and PublisherError where it cannot be read.
        """
        if lease := self._find(row.release):
            return lease
        if not self._opening.acquire(timeout=_PATIENCE):
            raise ReleaseBusy("Other releases are being opened; try again in a moment.")
        try:
            return self._find(row.release) or self._opened(row)
        finally:
            self._opening.release()

    def close(self) -> None:
        """Close all of them, each after its last reader."""
        with self._lock:
            leases = list(self._leases.values())
            self._leases.clear()
        for lease in leases:
            lease.retire()

    def _find(self, release: str) -> Lease | None:
        with self._lock:
            lease = self._leases.get(release)
            if lease is None or not lease.enter():
                return None
            self._leases.move_to_end(release)
            return lease

    def _opened(self, row: PublishedRelease) -> Lease:
        self._make_room()
        lease = Lease(self._open(row))
        lease.enter()
        with self._lock:
            self._leases[row.release] = lease
        return lease

    def _make_room(self) -> None:
        """Close the release that was used longest ago where there is no room for another one."""
        self._closing = [lease for lease in self._closing if lease.is_read]
        if len(self._closing) >= self._most:
            raise ReleaseBusy("Many releases are being read; try again in a moment.")
        with self._lock:
            full = len(self._leases) >= self._most
            lease = self._leases.popitem(last=False)[1] if full else None
        if lease:
            lease.retire()
            self._closing.append(lease)


class Archive:
    """A WSGI application that answers for earlier releases, and leaves the rest to *releases*."""

    def __init__(
        self,
        releases: ServedReleases,
        opened: OpenedReleases,
    ) -> None:
        self._releases, self._opened = releases, opened

    @property
    def log(self) -> PublicationLog | None:
        """Return the publications up to the release that is current now."""
        return self._releases.current.log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request."""
        found, log = _PATH.fullmatch(environ["PATH_INFO"]), self.log
        row = log.first(found["release"]) if found and log else None
        if found is None or row is None or log is None or not log.is_kept(row.release):
            return self._releases(environ, start_response)
        try:
            lease = self._opened.enter(row)
        except RequestError as error:
            environ[PROBLEM] = error
        except PublisherError as error:
            environ[PROBLEM] = ReleaseUnreadable(
                f"The release {row.release} cannot be read by this version of the program: {error}"
            )
        else:
            return _answer(lease, row, environ, start_response, found["rest"])
        return self._releases(environ, start_response)


def _answer(
    lease: Lease,
    row: PublishedRelease,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    rest: str,
) -> Iterable[bytes]:
    """Have the application of an earlier release answer for the *rest* of the path."""
    prefix, own = str(environ.get("SCRIPT_NAME", "")), f"/releases/{row.release}"
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    target = raw.partition(own)[2] or rest
    links = original_links(prefix, target)
    environ["SCRIPT_NAME"], environ["PATH_INFO"] = prefix + own, rest
    environ["RAW_URI"] = environ["REQUEST_URI"] = prefix + own + target
    environ[RELEASE] = row.release

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401  WSGI
        return start_response(status, as_memento(headers, int(status[:3]), row, links), *more)

    return answer_with(lease, environ, start)
