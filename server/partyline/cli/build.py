"""Build a release of the sources and make it the current one."""

import argparse
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from partyline.cli.options.engines import add_engine_option
from partyline.cli.options.given_sources import add_sources_argument, with_given_sources
from partyline.cli.progress import progress
from partyline.display import visible
from partyline.settings import Settings

if TYPE_CHECKING:
    from partyline.releases import BuildResult

EXAMPLE = "partyline build --settings other.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_sources_argument(parser)
    add_engine_option(parser)
    parser.add_argument(
        "--withdraw-lost-iris",
        action="store_true",
        help="accept that IRIs which were published are described no more: they answer 410 Gone",
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Build, and print what is in the release."""
    settings, _ = with_given_sources(options.sources, settings)
    if options.withdraw_lost_iris:
        history = replace(settings.history, lost_iris="withdraw")
        settings = replace(settings, history=history)
    started = time.monotonic()
    result = build_and_warn(settings, options.engine)
    manifest = result.release.manifest
    state = "built" if result.new else "unchanged, still"
    print(f"release {manifest.identifier} {state} in {time.monotonic() - started:.1f} s")
    for name, number in manifest.counts.items():
        print(f"{number:>8} triples {name}")
    print(f"in {result.release.path}")
    for name in result.removed:
        print(f"removed release {name}, because of releases.keep = {settings.history.keep!r}")
    return 0


def build_and_warn(settings: Settings, engine: str = "auto") -> "BuildResult":
    """Build in a process of its own, with progress and warnings on standard error."""
    from partyline.releases import build_in_process

    with progress() as step:
        result = build_in_process(settings, engine, step)
    if result.damage:
        print(visible(f"partyline: the release was damaged: {result.damage}"), file=sys.stderr)
    for warning in result.warnings:
        print(warning, file=sys.stderr)
    if left_out := result.release.manifest.closures_left_out:
        print(
            f"partyline: the dumps leave out {left_out} inferred triples that follow only because"
            " properties are transitive",
            file=sys.stderr,
        )
    contradictions = result.release.contradictions
    if contradictions.rows:
        print(
            f"partyline: warning: {len(contradictions.rows)} contradictions are published, and"
            f" {contradictions.withheld} statements are excluded from reasoning;"
            " /contradictions/ and contradictions.json of the release list them",
            file=sys.stderr,
        )
    if not settings.knowledge.licence:
        print(
            "partyline: warning: no licence is stated, so readers do not know how they may use the"
            " data; set knowledge.licence",
            file=sys.stderr,
        )
    for row in result.release.manifest.omitted:
        message = f"partyline: the dump {row.name} is left out: {row.reason}"
        print(visible(message), file=sys.stderr)
    return result
