"""Build a release of the sources and make it the current one."""

import argparse
import sys
import time

from partyline.cli.progress import progress
from partyline.releases import BuildResult
from partyline.releases import build as build_release
from partyline.settings import Settings

EXAMPLE = "partyline build --settings other.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--engine", default="auto", help="auto, sparql or owlrl")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Build, and say what is in the release."""
    started = time.monotonic()
    result = build_and_warn(settings, options.engine)
    manifest = result.release.manifest
    state = "built" if result.new else "unchanged, still"
    print(f"release {manifest.identifier} {state} in {time.monotonic() - started:.1f} s")
    for name, number in manifest.counts.items():
        print(f"{number:>8} triples {name}")
    print(f"in {result.release.path}")
    return 0


def build_and_warn(settings: Settings, engine: str = "auto") -> BuildResult:
    """Build with progress on standard error, and print the warnings there."""
    with progress() as step:
        result = build_release(settings, engine, step)
    for warning in result.warnings:
        print(warning, file=sys.stderr)
    return result
