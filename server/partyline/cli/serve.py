"""Build a release if needed and serve it over HTTP."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from partyline.cli.build import build_and_warn
from partyline.cli.following import follow
from partyline.cli.listening import listen
from partyline.cli.options.given_sources import add_sources_argument, with_given_sources
from partyline.cli.options.remote import add_remote_options, chosen_remote
from partyline.cli.watching import watch
from partyline.display import visible
from partyline.errors import ChecksFailed, EngineError, ReleaseError, SettingsError
from partyline.settings import Settings, read_settings

EXAMPLE = "partyline serve --port 8123"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_sources_argument(parser)
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument(
        "--port", type=_port, help="port to listen on, from 0 to 65535; 0 is any free one"
    )
    add_remote_options(parser, "that answers queries; pages come from the release that it holds")
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--no-build", action="store_true", help="serve the current release as it is"
    )
    source.add_argument(
        "--watch",
        action="store_true",
        help="serve the sources as they are edited, without a release; pages reload themselves",
    )
    source.add_argument(
        "--follow",
        metavar="URL",
        help="serve a copy of the releases of the site at this address, and those that follow",
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a port; it must be from 0 to 65535")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until a signal ends it. Raises SettingsError for options that exclude each other."""
    settings, file = with_given_sources(options.sources, settings)
    settings = _listening(options, settings)
    if options.endpoint and options.watch:
        raise SettingsError("--endpoint is for a release; --watch serves none")
    if options.watch:
        return watch(settings, lambda: _again(options, settings, file))
    if options.follow:
        return follow(settings, options.follow, lambda: _environment(settings, file))
    if not options.no_build:
        try:
            build_and_warn(settings)
        except ChecksFailed as error:
            print(visible(str(error)), file=sys.stderr)
            print(
                _offer_earlier(settings, "the sources have findings", "fix them"), file=sys.stderr
            )
            return 1
        except (ReleaseError, EngineError) as error:
            print(visible(f"partyline: {error}"), file=sys.stderr)
            offer = _offer_earlier(settings, "no release could be built", "see above")
            print(visible(offer), file=sys.stderr)
            return 1
    return _listen(settings, file)


def _listening(options: argparse.Namespace, settings: Settings) -> Settings:
    """Return *settings* with the address that the options say."""
    server = replace(
        settings.server,
        host=options.host or settings.server.host,
        port=settings.server.port if options.port is None else options.port,
    )
    return replace(settings, server=server, remote=chosen_remote(options, settings.remote))


def _again(options: argparse.Namespace, settings: Settings, file: Path) -> Settings:
    """Read the settings again; what was guessed of given sources stays. Raises SettingsError."""
    found = _listening(options, read_settings(file, os.environ))
    knowledge = replace(found.knowledge, sources=settings.knowledge.sources)
    return replace(
        found, path=settings.path, knowledge=knowledge if options.sources else found.knowledge
    )


def _offer_earlier(settings: Settings, reason: str, remedy: str) -> str:
    """Say that nothing is served, and how the last good release is, if there is one."""
    # Here and not above: it is only needed where nothing is served.
    from partyline.releases import last_good_release

    try:
        release, _ = last_good_release(settings.releases)
    except ReleaseError:
        return f"partyline: nothing is served: {reason}, and no release has been built yet"
    return (
        f"partyline: nothing is served: {reason}; {remedy}, or run 'partyline serve --no-build'"
        f" to serve the earlier release {release.path.name}"
    )


def _listen(settings: Settings, file: Path) -> int:
    """Serve what the environment and the options say, and what they say after a SIGHUP."""
    # Here and not above: every command would wait for Flask.
    from partyline.wsgi import assemble

    environ = _environment(settings, file)
    return listen(lambda: assemble(environ), settings)


def _environment(settings: Settings, file: Path) -> dict[str, str]:
    """Return the environment with what the options say."""
    return {
        **os.environ,
        "PARTYLINE_SETTINGS": str(file),
        "PARTYLINE_RELEASES": str(settings.releases),
        "PARTYLINE_SERVER_HOST": settings.server.host,
        "PARTYLINE_SERVER_PORT": str(settings.server.port),
        "PARTYLINE_REMOTE_ENDPOINT": settings.remote.endpoint,
        "PARTYLINE_REMOTE_DIALECT": settings.remote.dialect,
    }
