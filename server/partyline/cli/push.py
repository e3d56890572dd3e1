"""Load the current release into a SPARQL endpoint."""

import argparse
import sys

from partyline.cli.options.remote import (
    add_remote_options,
    add_update_options,
    chosen_remote,
    endpoint_of,
)
from partyline.cli.progress import progress
from partyline.display import visible
from partyline.loading import Load, PatientEndpoint
from partyline.releases import current_release
from partyline.settings import Settings

EXAMPLE = "partyline push --endpoint http://localhost:7878/query"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_remote_options(parser, "to load the release into")
    add_update_options(parser)
    parser.add_argument(
        "--graph-store",
        metavar="URL",
        help="its address for the Graph Store Protocol, through which large graphs are loaded",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="replace the statements of graphs that this command has not loaded",
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_positive, default=600, help="time for one answer"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Load the release, or the rest of it."""
    release = current_release(settings.releases)
    endpoint, server = endpoint_of(chosen_remote(options, settings.remote), options.timeout)
    _say(f"{endpoint.addresses.query}: {endpoint.dialect.name}" + (server and f" ({server})"))
    with progress() as step:
        patient = PatientEndpoint(endpoint, options.timeout, report=_say)
        loaded = Load(release, patient, step, options.replace).run()
    for warning in loaded.warnings:
        _say(f"warning: {warning}")
    where = f"{loaded.statements} statements in {loaded.graphs} graphs"
    had = "" if loaded.sent == loaded.statements else f"; {loaded.sent} were sent now"
    print(f"release {release.manifest.identifier} is loaded: {where}{had}")
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _say(line: str) -> None:
    print(visible(f"partyline: {line}"), file=sys.stderr)
