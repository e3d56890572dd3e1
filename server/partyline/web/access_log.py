"""Follow each request to its end: one line in the access log, and the numbers of the metrics."""

import json
import logging
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from partyline.errors import RequestError
from partyline.web.client_address import client_of, customer
from partyline.web.hot_reload import RELEASE, Closing
from partyline.web.log_lines import LogLines, quoted, timestamp
from partyline.web.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What the application leaves in the environment of a request: its route, the hash of its query,
#: what tells the rows of the answer so far, and the error that ended it.
ROUTE, QUERY, ROWS, ERROR = (
    "partyline.route",
    "partyline.sparql",
    "partyline.rows",
    "partyline.error",
)

#: When the request arrived, by the monotonic clock, where the server says so.
ARRIVED = "partyline.arrived"

access_log = logging.getLogger("partyline.access")


class AccessLogMiddleware:
    """A WSGI application whose requests are counted and logged."""

    def __init__(
        self,
        application: "WSGIApplication",
        metrics: Metrics,
        lines: LogLines,
        trusted_proxies: "Sequence[str]",
    ) -> None:
        self._application = application
        self._metrics, self._lines = metrics, lines
        self._trusted_proxies = trusted_proxies

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request, and follow it to its end."""
        seen = self.follow(environ)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401  WSGI
            seen.begin(status, headers)
            return start_response(status, headers, *rest)

        try:
            body = self._application(environ, start)
        except BaseException:
            seen.end("failed")
            raise
        if isinstance(body, environ.get("wsgi.file_wrapper", ())):
            file: Iterable[bytes] = body
            seen.end("complete", sent=seen.length)
            return file
        return Closing(seen.watch(body), _Closer(body, seen))

    def follow(self, environ: "WSGIEnvironment") -> "FollowedRequest":
        """Begin to follow a request."""
        client = client_of(environ, self._trusted_proxies)
        return FollowedRequest(environ, client, self._metrics, self._lines)

    def refused(self, address: str, status: int, reason: str) -> None:
        """Log and count a request that the server has refused before the application saw it."""
        self._metrics.count("none", "none", status, "refused")
        if self._lines.is_enabled:
            line = {
                "time": timestamp(),
                "client": customer(address),
                "status": status,
                "outcome": "refused",
                "error": reason,
            }
            self._lines.add(json.dumps(line))


class _Closer:
    """Closes the body that was watched, and logs a request that did not come to its end."""

    def __init__(self, body: Iterable[bytes], seen: "FollowedRequest") -> None:
        self._body = body
        self._seen = seen

    def __call__(self) -> None:
        try:
            if close := getattr(self._body, "close", None):
                close()
        finally:
            self._seen.end("complete" if self._seen.is_whole else "disconnected")


class FollowedRequest:
    """One request, and how far its answer is."""

    def __init__(
        self, environ: "WSGIEnvironment", client: str, metrics: Metrics, lines: LogLines
    ) -> None:
        self._environ = environ
        self._client = client
        self._metrics, self._lines = metrics, lines
        self._started = environ.get(ARRIVED) or time.monotonic()
        self._status = 500
        self._sent = 0
        self._ended = False
        #: Bytes that the header promises.
        self.length = 0
        #: Whether nothing is missing of the body.
        self.is_whole = environ["REQUEST_METHOD"] == "HEAD"

    def begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Note what is sent before the body."""
        self._status = int(status.split(" ", 1)[0])
        for name, value in headers:
            if name.lower() == "content-length":
                self.length = int(value)

    def watch(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """Count what is sent; an error on the way means that the answer was cut.

        Raises ConnectionAbortedError for an error of the request, and any other error as it is.
        """
        try:
            for piece in body:
                self._sent += len(piece)
                yield piece
            self.is_whole = True
        except RequestError as error:
            self._environ[ERROR] = type(error).__name__
            self.end("cut")
            # Servers break off the connection then, and the client knows that something is missing.
            raise ConnectionAbortedError(str(error)) from error
        except Exception as error:
            self._environ[ERROR] = type(error).__name__
            self.end("cut")
            raise

    def end(self, outcome: str, sent: int | None = None) -> None:
        """Log and count, once."""
        if self._ended:
            return
        self._ended = True
        environ = self._environ
        taken = time.monotonic() - self._started
        # What matches no route could be anything: a label for each would fill the memory.
        route = environ.get(ROUTE, "none")
        total = self._sent if sent is None else sent
        ended = environ.get(ERROR, outcome)
        self._metrics.count(route, environ["REQUEST_METHOD"], self._status, ended)
        self._metrics.add(route, taken, total)
        if self._lines.is_enabled:
            self._lines.add(self._line(outcome, taken, total))

    def _line(self, outcome: str, taken: float, sent: int) -> str:
        environ = self._environ
        # Without parameters, which may be private; equal queries have equal hashes.
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")[:300]
        release, query = environ.get(RELEASE), environ.get(QUERY)
        rows = environ[ROWS]() if ROWS in environ else None
        error = environ.get(ERROR)
        said = f', "release": {quoted(release)}' if release is not None else ""
        said += f', "query": "{query}"' if query is not None else ""  # hexadecimal digits
        said += f', "rows": {rows}' if rows is not None else ""
        said += f', "error": {quoted(error)}' if error is not None else ""
        # ASCII: no control character of a client reaches a terminal.
        return (
            f'{{"time": "{timestamp()}", "client": {quoted(self._client)},'
            f' "method": {quoted(environ["REQUEST_METHOD"])}, "path": {quoted(path)},'
            f' "status": {self._status}, "bytes": {sent}, "seconds": {round(taken, 4)},'
            f' "outcome": "{outcome}"{said}}}'
        )
