"""Copy the release that another site publishes, and make it the current one."""

import argparse
from typing import TYPE_CHECKING

from partyline.cli.progress import progress
from partyline.settings import Settings

if TYPE_CHECKING:
    from partyline.mirroring import Pulled

EXAMPLE = "partyline pull https://data.example.org --settings partyline.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "url", metavar="URL", help="address of the site, which must have releases.files = true"
    )
    parser.add_argument("--all", action="store_true", help="copy every release that the site keeps")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Copy, and print what is here now."""
    from partyline.mirroring import Mirror, Origin

    with progress() as step:
        mirror = Mirror(Origin(options.url), settings, options.all, step)
        pulled = mirror.pull()
    if pulled:  # nothing was known before, so there is an answer
        report(pulled)
        print(f"in {pulled.release.path}")
    return 0


def report(pulled: "Pulled") -> None:
    """Print what was copied."""
    name = pulled.release.path.name
    if pulled.copied:
        print(
            f"release {name} copied: {pulled.fetched / 1e6:.1f} MB in {pulled.seconds:.1f} s;"
            f" {pulled.reused} files were here already"
        )
    else:
        print(f"release {name} is unchanged")
    for row in pulled.removed:
        print(f"removed release {row}, because of releases.keep")
