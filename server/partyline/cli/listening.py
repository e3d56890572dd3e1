"""Listen for requests until a signal ends it, with the log of the server and of its requests."""

import logging
import sys
from collections.abc import Callable
from logging.handlers import WatchedFileHandler
from typing import TYPE_CHECKING

from partyline.display import visible
from partyline.settings import Settings

if TYPE_CHECKING:
    from partyline.wsgi import Assembly


def listen(assemble: Callable[[], "Assembly"], settings: Settings) -> int:
    """Serve what *assemble* returns until a signal ends it, and close it. Return the exit code.

    Raises PublisherError as *assemble* does.
    """
    _set_up_log()
    # Before anything that asks whether requests are logged.
    _set_up_access_log(settings.server.access_log)
    return _serve(assemble(), settings)


def _serve(assembly: "Assembly", settings: Settings) -> int:
    # Here and not above: every command would wait for Flask.
    from partyline.web.front import FrontLimits, HttpServer, KeptReplies, QuickQueries
    from partyline.web.public_address import prefix_of

    server = settings.server
    try:
        http_server = HttpServer(
            assembly.application,
            server.host,
            server.port,
            FrontLimits.of(settings),
            renew=assembly.renew,
            trusted_proxies=server.trusted_proxies,
            prefix=prefix_of(server.address),
            refused=assembly.application.refused,
            kept=KeptReplies(assembly.store, assembly.recorder, server.trusted_proxies),
            queries=QuickQueries(
                assembly.releases, assembly.public, assembly.application, assembly.keeper
            )
            if assembly.is_direct
            else None,
        )
        if problem := assembly.releases.problem:
            print(visible(f"partyline: {problem}"), file=sys.stderr)
        title = visible(settings.knowledge.title)
        print(f"release {assembly.releases.current.release} of “{title}”")
        print(f"serving at {_address(*http_server.address)}", flush=True)
        http_server.run()
    except OSError as error:
        print(f"partyline: {server.host}:{server.port}: {error.strerror}", file=sys.stderr)
        return 1
    finally:
        assembly.close()
        assembly.releases.close()
        assembly.lines.flush()
    return 0


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class _VisibleFormatter(logging.Formatter):
    """Formats records so that nothing a client sends can control the terminal or forge a line."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\n", "\\n")
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """Format the record, and its traceback."""
        return visible(super().format(record))


def _set_up_log() -> None:
    to_errors = logging.StreamHandler()
    to_errors.setFormatter(_VisibleFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[to_errors], level=logging.INFO)


def _set_up_access_log(name: str) -> None:
    """Write the access log to the file *name*."""
    # A file that was moved away is opened again, as logrotate expects.
    to_file = name not in ("", "-")
    handler = WatchedFileHandler(name) if to_file else logging.StreamHandler(sys.stdout)
    access = logging.getLogger("partyline.access")
    access.propagate = False
    access.setLevel(logging.INFO if name else logging.CRITICAL)
    access.addHandler(handler)
