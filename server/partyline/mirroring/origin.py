"""The site that releases are copied from, over HTTP: one connection, nothing from other hosts."""

import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import quote, urlsplit

from partyline.errors import MirrorError
from partyline.releases import PublishedRelease
from partyline.version import __version__

#: Seconds without a byte after which a connection is given up.
_SECONDS = 30.0
#: Bytes of a list: of publications, or of checksums.
_LONGEST_LIST = 64 << 20
_PART = 1 << 20
_IDENTIFIER = re.compile(r"[0-9a-f]{12}")
#: The longest time that an answer may ask to wait, in seconds.
_LONGEST_WAIT = 3600.0
#: Answers that another attempt may change.
_PASSING = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class Publications:
    """What a site has published, the earliest first."""

    rows: tuple[PublishedRelease, ...]
    #: The SHA-256 of the list of checksums of each release that is still there.
    digests: dict[str, str]
    #: The entity tag of the list.
    tag: str


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of an answer: a whole file, or its end from *start* on."""

    start: int
    modified: float | None
    content: Iterator[bytes]


class Origin:
    """A site at an address, which serves the files of its releases (``releases.files``)."""

    def __init__(self, address: str, seconds: float = _SECONDS) -> None:
        """Name the site; nothing is sent. Raises MirrorError where *address* is not one of HTTP."""
        found = urlsplit(address)
        try:
            is_address = found.scheme in ("http", "https") and found.hostname and found.port != 0
        except ValueError:
            is_address = None
        if not is_address or found.query or found.fragment or found.username:
            raise MirrorError(
                f"{address}: is not the address of a site; it begins with http:// or https://, and"
                " has no query, fragment or user"
            )
        self.address = address.rstrip("/")
        self._root, self._host, self._port = found.path.rstrip("/"), found.hostname, found.port
        self._is_secure, self._seconds = found.scheme == "https", seconds
        self._connection: HTTPConnection | None = None

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def publications(self, tag: str = "") -> Publications | None:
        """Return what has been published, or None where that is as it was with *tag*.

        Raises MirrorError.
        """
        headers = {"Accept": "application/json"} | ({"If-None-Match": tag} if tag else {})
        with self._asked("/releases/", headers) as response:
            if response.status == HTTPStatus.NOT_MODIFIED:
                return None
            content = self._short(response, "/releases/")
            found = response.headers.get("ETag", "")
        try:
            return _publications(content, found)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MirrorError(
                f"{self.address}/releases/: is not a list of releases as partyline writes it;"
                " name the address of a site that partyline serves"
            ) from error

    def checksums(self, release: str) -> bytes:
        """Return the list of checksums of *release*. Raises MirrorError."""
        path = _path(release, "SHA256SUMS")
        with self._asked(path, {"Cache-Control": "no-cache"}) as response:
            return self._short(response, path)

    @contextmanager
    def file(self, release: str, name: str, start: int, digest: str) -> Iterator[Part]:
        """Open the file *name* of *release*, from the byte *start* on if the site has ranges.

        Raises MirrorError, also where the content ends too early.
        """
        path = _path(release, name)
        headers = {"Range": f"bytes={start}-", "If-Range": f'"{digest}"'} if start else {}
        with self._asked(path, headers) as response:
            is_part = response.status == HTTPStatus.PARTIAL_CONTENT
            yield Part(start if is_part else 0, _modified(response), self._parts(response, path))

    def _short(self, response: HTTPResponse, path: str) -> bytes:
        parts, size = [], 0
        for part in self._parts(response, path):
            parts.append(part)
            size += len(part)
            if size > _LONGEST_LIST:
                raise MirrorError(f"{self.address}{path}: is longer than {_LONGEST_LIST} bytes")
        return b"".join(parts)

    def _parts(self, response: HTTPResponse, path: str) -> Iterator[bytes]:
        expected = response.length
        while part := self._read(response, path):
            yield part
            expected = expected and expected - len(part)
        if expected:
            self.close()
            raise MirrorError(
                f"{self.address}{path}: the connection ended {expected} bytes too early",
                is_passing=True,
            )

    def _read(self, response: HTTPResponse, path: str) -> bytes:
        try:
            return response.read(_PART)
        except (OSError, HTTPException) as error:
            raise self._failed(path, error) from error

    @contextmanager
    def _asked(self, path: str, headers: dict[str, str]) -> Iterator[HTTPResponse]:
        """Send a request and check its status; what is not read is given up with the connection."""
        response = self._response(path, headers)
        try:
            self._check(response, path)
            yield response
        finally:
            if not response.isclosed():
                self.close()

    def _response(self, path: str, headers: dict[str, str]) -> HTTPResponse:
        headers = {
            "User-Agent": f"partyline/{__version__}",
            # A file is compared as it is.
            "Accept-Encoding": "identity",
            **headers,
        }
        was_open = self._connection is not None
        try:
            return self._send(path, headers)
        except (OSError, HTTPException) as error:
            self.close()
            if not was_open:
                raise self._failed(path, error) from error
        # A server closes a connection that was idle: this is not a failure.
        try:
            return self._send(path, headers)
        except (OSError, HTTPException) as error:
            raise self._failed(path, error) from error

    def _send(self, path: str, headers: dict[str, str]) -> HTTPResponse:
        if self._connection is None:
            self._connection = self._connected()
        self._connection.request("GET", self._root + path, headers=headers)
        return self._connection.getresponse()

    def _connected(self) -> HTTPConnection:
        assert self._host is not None
        if self._is_secure:
            return HTTPSConnection(
                self._host,
                self._port,
                timeout=self._seconds,
                context=ssl.create_default_context(),
            )
        return HTTPConnection(self._host, self._port, timeout=self._seconds)

    def _check(self, response: HTTPResponse, path: str) -> None:
        """Raise MirrorError for an answer that is not what was asked for."""
        status = response.status
        if status in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED):
            return
        where = f"{self.address}{path}"
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            target = response.headers.get("Location", "elsewhere")
            raise MirrorError(f"{where}: leads to {target}; name the address that it leads to")
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            hint = "the site must be one of partyline, with the setting releases.files = true"
            raise MirrorError(f"{where}: {status} {response.reason}; {hint}", status)
        raise MirrorError(
            f"{where}: {status} {response.reason}",
            status,
            is_passing=status in _PASSING,
            retry_after=_wait(response.headers.get("Retry-After", "")),
        )

    def _failed(self, path: str, error: Exception) -> MirrorError:
        self.close()
        reason = "no answer in time" if isinstance(error, TimeoutError) else str(error)
        is_passing = not isinstance(error, ssl.SSLCertVerificationError)
        text = f"{self.address}{path}: {reason or type(error).__name__}"
        return MirrorError(text, is_passing=is_passing)


def _path(release: str, name: str) -> str:
    return f"/releases/files/{release}/{quote(name)}"


def _publications(content: bytes, tag: str) -> Publications:
    rows = json.loads(content)["releases"][::-1]
    found = tuple(PublishedRelease(str(row["identifier"]), str(row["published"])) for row in rows)
    kept = {str(row["identifier"]): str(row["digest"]) for row in rows if row["is_kept"]}
    for row in found:
        if not _IDENTIFIER.fullmatch(row.release) or row.time.tzinfo is None:
            raise ValueError(row)
    return Publications(found, kept, tag)


def _modified(response: HTTPResponse) -> float | None:
    try:
        return parsedate_to_datetime(response.headers.get("Last-Modified", "")).timestamp()
    except (ValueError, IndexError, TypeError):
        return None


def _wait(text: str) -> float | None:
    return min(float(text), _LONGEST_WAIT) if text.isdecimal() else None
