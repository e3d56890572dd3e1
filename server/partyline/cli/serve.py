"""Build a release if needed and serve it over HTTP."""

import argparse
import logging
import os
import sys
from dataclasses import replace
from logging.handlers import QueueHandler, QueueListener, WatchedFileHandler
from pathlib import Path
from queue import SimpleQueue

from partyline.cli.build import build_and_warn
from partyline.cli.given_sources import add_sources_argument, with_given_sources
from partyline.display import visible
from partyline.errors import ChecksFailed
from partyline.settings import Settings

EXAMPLE = "partyline serve --port 8123"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_sources_argument(parser)
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument(
        "--port", type=_port, help="port to listen on, from 0 to 65535; 0 is any free one"
    )
    parser.add_argument(
        "--no-build", action="store_true", help="serve the current release as it is"
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a port; it must be from 0 to 65535")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until a signal ends it."""
    settings, file = with_given_sources(options.sources, settings)
    server = replace(
        settings.server,
        host=options.host or settings.server.host,
        port=settings.server.port if options.port is None else options.port,
    )
    settings = replace(settings, server=server)
    if not options.no_build:
        try:
            build_and_warn(settings)
        except ChecksFailed as error:
            print(visible(str(error)), file=sys.stderr)
            print(_offer_earlier(settings), file=sys.stderr)
            return 1
    return _listen(settings, file)


def _offer_earlier(settings: Settings) -> str:
    if not (settings.releases / "current").exists():
        return (
            "partyline: nothing is served: the sources have findings, and there is no release yet"
        )
    return (
        "partyline: nothing is served: the sources have findings;"
        " fix them, or run 'partyline serve --no-build' to serve the earlier release"
    )


def _listen(settings: Settings, file: Path) -> int:
    """Serve what the environment and the options say, and what they say after a SIGHUP."""
    # Here and not above: every command would wait for Flask.
    from partyline.web.front import FrontLimits, HttpServer, KeptReplies
    from partyline.web.public_address import prefix_of
    from partyline.wsgi import assemble

    server = settings.server
    environ = {
        **os.environ,
        "PARTYLINE_SETTINGS": str(file),
        "PARTYLINE_RELEASES": str(settings.releases),
        "PARTYLINE_SERVER_HOST": server.host,
        "PARTYLINE_SERVER_PORT": str(server.port),
    }
    _set_up_log()
    access_log = _access_log(server.access_log)
    assembly = assemble(environ)
    releases = assembly.releases
    try:
        http_server = HttpServer(
            assembly.application,
            server.host,
            server.port,
            FrontLimits.of(settings),
            renew=assembly.watcher.wake,
            trusted_proxies=server.trusted_proxies,
            prefix=prefix_of(server.address),
            refused=assembly.application.refused,
            kept=KeptReplies(assembly.store, assembly.recorder, server.trusted_proxies),
        )
        if releases.problem:
            print(visible(f"partyline: {releases.problem}"), file=sys.stderr)
        title = visible(settings.knowledge.title)
        print(f"release {releases.current.release} of “{title}”")
        print(f"serving at {_address(*http_server.address)}", flush=True)
        http_server.run()
    except OSError as error:
        print(f"partyline: {server.host}:{server.port}: {error.strerror}", file=sys.stderr)
        return 1
    finally:
        assembly.watcher.close()
        releases.close()
        access_log.stop()
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


def _access_log(name: str) -> QueueListener:
    """Have the access log written to the file *name*, by a thread of its own.

    Dozens of threads that wait for one another to write a line made even the health page wait for
    more than a second. The listener that is returned has to be stopped in the end.
    """
    lines: SimpleQueue[logging.LogRecord] = SimpleQueue()
    # A file that was moved away is opened again, as logrotate expects.
    to_file = name not in ("", "-")
    handler = WatchedFileHandler(name) if to_file else logging.StreamHandler(sys.stdout)
    access = logging.getLogger("partyline.access")
    access.propagate = False
    access.setLevel(logging.INFO if name else logging.CRITICAL)
    access.addHandler(QueueHandler(lines))
    listener = QueueListener(lines, handler)
    listener.start()
    return listener
