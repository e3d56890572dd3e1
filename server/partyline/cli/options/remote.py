"""Options of commands that work with an endpoint elsewhere, and the endpoint that they mean."""

import argparse
import sys
from dataclasses import replace

from partyline.display import visible
from partyline.settings import Remote
from partyline.sparql.remote.dialects import AUTOMATIC, DIALECTS
from partyline.sparql.remote.endpoint import Endpoint
from partyline.sparql.remote.opening import exposure, open_endpoint


def add_remote_options(parser: argparse.ArgumentParser, purpose: str) -> None:
    """Add the options that name an endpoint, which is there for *purpose*."""
    parser.add_argument("--endpoint", metavar="URL", help=f"SPARQL endpoint {purpose}")
    parser.add_argument(
        "--dialect",
        choices=(AUTOMATIC, *(row.name for row in DIALECTS)),
        help="the engine behind it; default: what its answers say",
    )


def add_update_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name where an endpoint is changed."""
    parser.add_argument(
        "--update", metavar="URL", help="its address for updates; default: as the engine has it"
    )


def chosen_remote(options: argparse.Namespace, remote: Remote) -> Remote:
    """Return what settings say of the endpoint, with what *options* say instead."""
    given = {name: getattr(options, name, None) for name in ("update", "graph_store", "dialect")}
    if options.endpoint:
        # What the settings say belongs to another endpoint.
        remote = replace(remote, endpoint=options.endpoint, update="", graph_store="")
    return replace(remote, **{name: value for name, value in given.items() if value})


def endpoint_of(remote: Remote, seconds: float) -> tuple[Endpoint, str]:
    """Return the endpoint, and what it says that it is. Raises EngineError or SettingsError."""
    endpoint, server = open_endpoint(remote, seconds)
    if warning := exposure(endpoint):
        print(visible(f"partyline: warning: {warning}"), file=sys.stderr)
    return endpoint, server
