"""Build a release if needed and serve it over HTTP."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from partyline.cli.build import build_and_warn
from partyline.errors import ChecksFailed
from partyline.releases import current_release
from partyline.settings import Settings

EXAMPLE = "partyline serve --port 8123"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument(
        "--no-build", action="store_true", help="serve the current release as it is"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until a signal ends it."""
    server = replace(
        settings.server,
        host=options.host or settings.server.host,
        port=options.port or settings.server.port,
    )
    settings = replace(settings, server=server)
    if not options.no_build:
        try:
            build_and_warn(settings)
        except ChecksFailed as error:
            print(error, file=sys.stderr)
            print(_offer_earlier(settings), file=sys.stderr)
            return 1
    release = current_release(settings.releases)
    print(f"release {release.manifest.identifier} of “{settings.knowledge.title}”")
    print(f"serving at http://{server.host}:{server.port}/", flush=True)
    return _listen(options.settings, settings)


def _offer_earlier(settings: Settings) -> str:
    if not (settings.releases / "current").exists():
        return (
            "partyline: nothing is served: the sources have findings, and no release is there yet"
        )
    return "partyline: nothing is served: the sources have findings;\n" + (
        "    'partyline serve --no-build' serves the earlier release"
    )


def _listen(settings_file: Path | None, settings: Settings) -> int:
    """Hand over to granian; its worker process reads the settings again, from the environment."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ["PARTYLINE_RELEASES"] = str(settings.releases)
    if settings_file is not None:
        os.environ["PARTYLINE_SETTINGS"] = str(settings_file.resolve())
    Granian(
        "partyline.wsgi:create",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.server.host,
        port=settings.server.port,
        # One process: it holds the pool of query processes, and a second would double them.
        workers=1,
        blocking_threads=settings.server.threads,
        log_access=False,
    ).serve()
    return 0
