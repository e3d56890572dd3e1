"""Write Turtle files in their one canonical form."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import Triple

from partyline.errors import ChecksFailed, NotSerialisable, SourceError
from partyline.rdf import count_comments, write_turtle, write_verified_turtle
from partyline.settings import Settings
from partyline.sources import is_below, read_turtle

EXAMPLE = "partyline format kb/people.ttl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "paths", nargs="*", type=Path, help="files or folders; default: all of the knowledge base"
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 if a file would change"
    )
    parser.add_argument(
        "--drop-comments",
        action="store_true",
        help="rewrite files with # comments too; the canonical form has none",
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Rewrite what is not canonical; return 1 if something was left as it is.

    Raises ChecksFailed where a file is not valid Turtle.
    """
    knowledge = settings.knowledge
    paths = options.paths or [knowledge.ontology, knowledge.kb]
    left = 0
    for path in _turtle_files(paths, settings.releases):
        content = path.read_bytes()
        document = read_turtle(path)
        if document.findings:
            raise ChecksFailed(document.findings)
        triples = [statement.triple for statement in document.statements]
        canonical = write_turtle(triples, document.prefixes).encode()
        if canonical == content:
            continue
        comments = count_comments(content)
        if options.check:
            print(f"{path}: not canonical; run 'partyline format {path}'")
            left += 1
        elif comments and not options.drop_comments:
            print(
                f"{path}: left as it is: its comments ({comments}) would be lost; write them as"
                " skos:editorialNote, or give --drop-comments",
                file=sys.stderr,
            )
            left += 1
        else:
            _replace(path, _verified(path, triples, document.prefixes))
            print(f"{path}: written")
    return 1 if left else 0


def _turtle_files(paths: list[Path], releases: Path) -> Iterator[Path]:
    """Yield the Turtle files that *paths* name or hold; dumps of releases are never rewritten."""
    for path in paths:
        if path.is_dir():
            yield from sorted(row for row in path.rglob("*.ttl") if not is_below(row, releases))
        elif path.is_file():
            yield path
        else:
            raise SourceError(f"{path}: no such file or folder")


def _verified(path: Path, triples: list[Triple], prefixes: Mapping[str, str]) -> bytes:
    try:
        return write_verified_turtle(triples, prefixes).encode()
    except NotSerialisable as error:
        raise SourceError(
            f"{path}: left as it is: {error}; this is an error of partyline: please report it with"
            " the file"
        ) from error


def _replace(path: Path, content: bytes) -> None:
    """Write *content* beside *path* and rename: an interrupted run leaves the old file whole."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
