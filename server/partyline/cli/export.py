"""Write the current release as a site of files, for servers and hosts that run no program."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from partyline.cli.progress import progress
from partyline.display import visible
from partyline.settings import Settings

if TYPE_CHECKING:
    from partyline.export import ExportedSite

EXAMPLE = "partyline export --static public"
_CODINGS = ("gzip", "br", "zstd")
#: Whoever reads zstd reads br, too, which is as small.
_USUAL = ("gzip", "br")
#: Addresses without an answer that are printed; the number of all is.
_SHOWN = 10
_MOST_PROCESSES = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "--static", type=Path, metavar="DIR", required=True, help="folder of the site"
    )
    parser.add_argument(
        "--no-proofs",
        action="store_true",
        help="leave out why statements are inferred, which is most of the work",
    )
    parser.add_argument(
        "--codings",
        type=_codings,
        default=_USUAL,
        metavar="LIST",
        help="codings of compressed copies: gzip, br, zstd with commas between, or none; default:"
        " gzip,br",
    )
    parser.add_argument(
        "--processes",
        type=_number,
        metavar="N",
        help="processes that write pages; default: one for each processor, fewer for small sites",
    )


def _number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= _MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"write a number from 1 to {_MOST_PROCESSES}")
    return int(text)


def _codings(text: str) -> tuple[str, ...]:
    names = tuple(row.strip() for row in text.split(",") if row.strip() not in ("", "none"))
    if unknown := set(names) - set(_CODINGS):
        raise argparse.ArgumentTypeError(
            f"{sorted(unknown)[0]} is not a coding; there are {', '.join(_CODINGS)}, none"
        )
    return names


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Write the site, and print what has changed; return 1 where a page links to nothing."""
    from partyline.export import export_release

    started = time.monotonic()
    with progress() as step:
        site = export_release(
            settings,
            options.static,
            options.codings,
            step,
            has_proofs=not options.no_proofs,
            number=options.processes,
        )
    changes = site.changes
    print(
        f"{changes.written} files written, {changes.removed} removed, {changes.unchanged} unchanged"
        f" in {time.monotonic() - started:.1f} s"
    )
    print(f"in {options.static}")
    return _report(site)


def _report(site: "ExportedSite") -> int:
    missing = site.findings.missing
    for address, reason in list(missing.items())[:_SHOWN]:
        print(visible(f"partyline: {address}: {reason}"), file=sys.stderr)
    if missing:
        print(f"partyline: {len(missing)} addresses were not written", file=sys.stderr)
    return 1 if missing else 0
