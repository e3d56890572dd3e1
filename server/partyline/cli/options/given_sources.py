"""Files and folders given to a command, with the settings of a file or with guessed ones."""

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from partyline.display import visible
from partyline.errors import SettingsError
from partyline.settings import Checks, Knowledge, Settings, read_settings, shipped_settings
from partyline.sources import read_sources
from partyline.sources.guessing import Guess, guess


def add_sources_argument(parser: argparse.ArgumentParser) -> None:
    """Add the files and folders that a command may be given."""
    parser.add_argument(
        "sources",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="files and folders of RDF, in place of those of the settings; without a settings file,"
        " title, base and prefixes are guessed from them",
    )


def with_given_sources(places: Sequence[Path], settings: Settings) -> tuple[Settings, Path]:
    """Return the settings for the sources at *places*, and the file that holds them for a server.

    A settings file applies where there is one, with these sources. Else the guess is printed, and
    kept in the user's cache beside its releases. Raises SettingsError, SourceError.
    """
    if not places:
        return settings, settings.path
    absolute = tuple(path.resolve() for path in places)
    if settings.path != shipped_settings():
        given = replace(settings, knowledge=replace(settings.knowledge, sources=absolute))
        return given, settings.path
    found = guess_settings(absolute)
    file = _cache(absolute) / "partyline.toml"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found.to_toml(), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written: {error.strerror}") from error
    _print_guess(found)
    # Files are named from the current folder, as if the settings were there.
    read = read_settings(file, os.environ)
    # Without a settings file, nobody has promised that IRIs last.
    history = replace(read.history, lost_iris="withdraw")
    return replace(read, path=Path.cwd() / "partyline.toml", history=history), file


def guess_settings(places: Sequence[Path]) -> Guess:
    """Return the settings that suit the sources at *places*. Raises SourceError."""
    here = Path.cwd()
    knowledge = Knowledge("", "https://example.org/", sources=tuple(places))
    checks = Checks(invalid_iris="withhold")
    settings = Settings(here / "partyline.toml", knowledge, here / "releases", checks)
    return guess(read_sources(settings), places)


def _print_guess(found: Guess) -> None:
    for line in found.lines():
        print(visible(f"partyline: {line}"), file=sys.stderr)
    print("partyline: 'partyline init' writes these settings to a file", file=sys.stderr)


def _cache(places: Sequence[Path]) -> Path:
    """Return the folder for these sources below the cache of the user (XDG Base Directory)."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    name = hashlib.sha256("\n".join(map(str, places)).encode()).hexdigest()[:12]
    return Path(root) / "partyline" / name
