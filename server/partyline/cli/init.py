"""Write a settings file for the data of a folder, with a comment on each guess."""

import argparse
from pathlib import Path

from partyline.cli.options.given_sources import guess_settings
from partyline.display import visible
from partyline.errors import SettingsError
from partyline.settings import Settings

EXAMPLE = "partyline init data/ vocabulary.ttl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "sources",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="files and folders of RDF; default: the current folder",
    )


def run(options: argparse.Namespace, _: Settings) -> int:
    """Write partyline.toml into the current folder.

    Raises SettingsError where the file exists or cannot be written.
    """
    file = Path("partyline.toml")
    if file.exists():
        raise SettingsError(f"{file.resolve()}: already exists; remove or edit it")
    found = guess_settings(options.sources or [Path()])
    try:
        file.write_text(found.to_toml(), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file.resolve()}: cannot be written: {error.strerror}") from error
    for line in found.lines():
        print(visible(line))
    print(visible(f"written: {file.resolve()}"))
    return 0
