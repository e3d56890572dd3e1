"""Propose links to another dataset for review, or write those that were accepted."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from partyline.cli.progress import progress
from partyline.display import visible
from partyline.errors import SettingsError, SourceError
from partyline.linking import (
    Endpoint,
    LinkOptions,
    propose,
    read_review,
    review_file,
)
from partyline.publishing import Publication
from partyline.rdf import write_turtle
from partyline.releases import current_release
from partyline.settings import Settings
from partyline.vocabulary import WELL_KNOWN

EXAMPLE = (
    "partyline link --target https://query.example.org/sparql --class ex:Person"
    " --target-class foaf:Person"
)
#: Behind the name of the result, the file that a search is continued from.
_PROGRESS = ".progress"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    work = parser.add_mutually_exclusive_group(required=True)
    work.add_argument(
        "--target", metavar="URL", help="SPARQL endpoint of the dataset to look for links in"
    )
    work.add_argument(
        "--accept",
        metavar="FILE",
        type=Path,
        help="print the links as Turtle that a reviewer of this file has accepted",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="file to write; it must not exist"
    )
    _add_choice(parser)
    _add_comparison(parser)
    _add_pace(parser)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    """Add which resources of both datasets are compared."""
    parser.add_argument(
        "--class", dest="kind", metavar="IRI", default="", help="link the members of this class"
    )
    parser.add_argument(
        "--target-class",
        metavar="IRI",
        default="",
        help="accept only members of this class of the target",
    )
    parser.add_argument(
        "--target-class-path",
        metavar="PATH",
        default="",
        help="property path from a resource of the target to its class; default: rdf:type",
    )
    parser.add_argument(
        "--reviewed",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="leave out the pairs that were decided on in this file; may be repeated",
    )


def _add_comparison(parser: argparse.ArgumentParser) -> None:
    """Add what of them is compared, and what is proposed."""
    parser.add_argument(
        "--label",
        metavar="IRI",
        action="append",
        default=[],
        help="property of the target for names, in place of the usual ones; may be repeated",
    )
    parser.add_argument(
        "--language",
        metavar="TAG",
        action="append",
        default=[],
        help="language of names of the target; may be repeated; default: those of the settings, en",
    )
    parser.add_argument(
        "--property",
        metavar="OURS=THEIRS",
        action="append",
        default=[],
        help="compare the values of a property of ours with those of a path of theirs; may be"
        " repeated",
    )
    parser.add_argument(
        "--relation",
        metavar="IRI",
        default="",
        help="relation to propose; default: skos:exactMatch",
    )
    parser.add_argument(
        "--least", metavar="NUMBER", type=_confidence, default=0.5, help="least confidence, 0 to 1"
    )


def _add_pace(parser: argparse.ArgumentParser) -> None:
    """Add how often the endpoint is asked."""
    parser.add_argument(
        "--batch", metavar="NUMBER", type=_positive, default=25, help="resources in one request"
    )
    parser.add_argument(
        "--pause", metavar="SECONDS", type=_seconds, default=1.0, help="time between two requests"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_positive, default=60, help="time for one answer"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Look for links, or write those that were accepted.

    Raises SettingsError where the file to write exists.
    """
    if options.output is not None and options.output.exists():
        raise SettingsError(
            f"{options.output}: exists; move it away or name another file with --output"
        )
    if options.accept is not None:
        return _accept(options.accept, options.output, settings)
    return _propose(options, settings)


def _propose(options: argparse.Namespace, settings: Settings) -> int:
    publication = Publication.of(current_release(settings.releases), settings.knowledge)
    wanted = _link_options(options, {**WELL_KNOWN, **publication.prefixes})
    host = wanted.endpoint.partition("://")[2].partition("/")[0].replace(":", "-")
    output = options.output or Path(f"links-to-{host or 'target'}.sssom.tsv")
    if output.exists():
        raise SettingsError(f"{output}: exists; move it away or name another file with --output")
    decided = {pair for path in options.reviewed for pair in read_review(path).decided}
    state = output.with_name(output.name + _PROGRESS)
    if state.exists():
        _say(f"continuing with {state}")
    with progress() as step:
        endpoint = Endpoint(wanted.endpoint, wanted.pause, wanted.seconds, report=_say)
        found = propose(publication, wanted, endpoint, state, decided, step)
    _write(output, review_file(publication, wanted, found.proposals))
    state.unlink(missing_ok=True)
    _say(
        f"{len(found.proposals)} proposals for {found.resources} resources, with"
        f" {endpoint.requests} requests; {found.linked} are linked already"
    )
    _say(
        f"in {output}: write your name into reviewer_label of the rows that are right, and Not into"
        f" predicate_modifier of those that are wrong; then partyline link --accept {output}"
    )
    return 0


def _accept(path: Path, output: Path | None, settings: Settings) -> int:
    review = read_review(path)
    prefixes = {**review.prefixes, **settings.prefixes}
    turtle = write_turtle(review.accepted, prefixes)
    if output is None:
        sys.stdout.write(turtle)
    else:
        _write(output, turtle)
    _say(
        f"{len(review.accepted)} links accepted, {len(review.rejected)} rejected,"
        f" {review.open} not decided"
    )
    return 0


def _link_options(options: argparse.Namespace, prefixes: Mapping[str, str]) -> LinkOptions:
    def iri(text: str) -> str:
        prefix, colon, rest = text.strip("<>").partition(":")
        is_prefixed = colon and prefix in prefixes and not rest.startswith("//")
        return prefixes[prefix] + rest if is_prefixed else text.strip("<>")

    pairs = [_pair(row) for row in options.property]
    default = LinkOptions("")
    return LinkOptions(
        endpoint=options.target,
        kind=iri(options.kind),
        target_kind=iri(options.target_class),
        kind_path=_path(options.target_class_path) or default.kind_path,
        labels=tuple(map(iri, options.label)),
        languages=tuple(options.language),
        properties=tuple((ours, _path(theirs)) for ours, theirs in pairs),
        relation=iri(options.relation) or default.relation,
        least=options.least,
        batch=options.batch,
        pause=options.pause,
        seconds=options.timeout,
    )


def _pair(text: str) -> tuple[str, str]:
    ours, _, theirs = (part.strip() for part in text.partition("="))
    if not ours or not theirs:
        raise SettingsError(f"--property {text}: write a property of ours, =, and a path of theirs")
    return ours, theirs


def _path(text: str) -> str:
    """Return *text* as a path of SPARQL, in which a bare IRI gets its angle brackets."""
    return f"<{text}>" if text.startswith(("http://", "https://", "urn:")) else text


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise SourceError(f"{path}: cannot be written: {error.strerror}") from error


def _say(line: str) -> None:
    print(visible(f"partyline: {line}"), file=sys.stderr)


def _confidence(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError(text)
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < 3600:
        raise ValueError(text)
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
