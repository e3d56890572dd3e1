"""The HTTP server: waitress in this process, and what signals mean to it."""

import logging
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waitress import create_server, wasyncore

from partyline.settings import Settings
from partyline.web import address_length

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

#: Connections at the same time; those that wait for something cost a few kilobytes each.
_CONNECTIONS = 1000
#: Seconds after which a connection is closed on which nothing happens.
_IDLE = 60
#: Seconds after the limit of a query in which its answer should have left.
_GRACE = 5.0
_HEADERS, _TICK = 65_536, 0.25
_MEBIBYTE = 1 << 20


class Listener:
    """Owns the socket; it listens from its construction, and answers while `run` runs."""

    def __init__(
        self, application: "WSGIApplication", settings: Settings, renew: Callable[[], None]
    ) -> None:
        limits, server = settings.limits, settings.server
        self._renew = renew
        self._patience = limits.query_seconds + _GRACE
        self._stopping = False
        self._map: dict[int, Any] = {}
        longest = address_length(limits.query_length)
        self._server = create_server(
            application,
            map=self._map,
            host=server.host,
            port=server.port,
            threads=server.threads,
            ident="",
            connection_limit=_CONNECTIONS,
            channel_timeout=_IDLE,
            asyncore_use_poll=True,
            # A connection is read while its request is answered: so that is noticed who hangs up.
            channel_request_lookahead=1,
            # An answer waits in a file for a slow reader, who holds no thread then.
            outbuf_high_watermark=2 * limits.answer_size * _MEBIBYTE,
            max_request_header_size=longest + _HEADERS,
            # The application tells what is too long; this is for what is far too long.
            max_request_body_size=2 * longest,
            clear_untrusted_proxy_headers=False,
            # Clients come and go, and an answer that is cut is in the access log.
            log_socket_errors=False,
        )

    def run(self) -> None:
        """Answer until SIGTERM or SIGINT; SIGHUP opens the current release and the settings."""
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, lambda number, frame: self._renew())
        while not self._stopping:
            wasyncore.loop(timeout=_TICK, use_poll=True, map=self._map, count=1)
        self._drain()

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _drain(self) -> None:
        """Take no new connection, and answer what was asked already."""
        for dispatcher in self._servers():
            # Only the socket: the threads still need what else a server closes.
            wasyncore.dispatcher.close(dispatcher)
        ends = time.monotonic() + self._patience
        while any(map(_is_at_work, self._channels())) and time.monotonic() < ends:
            wasyncore.loop(timeout=_TICK, use_poll=True, map=self._map, count=1)
        for channel in self._channels():
            channel.handle_close()
        self._server.task_dispatcher.shutdown(timeout=1)

    def _servers(self) -> list[Any]:
        return [row for row in list(self._map.values()) if hasattr(row, "active_channels")]

    def _channels(self) -> list[Any]:
        return [row for row in list(self._map.values()) if hasattr(row, "requests")]


def _is_at_work(channel: Any) -> bool:  # noqa: ANN401  waitress ships no types
    return bool(channel.requests or channel.total_outbufs_len)
