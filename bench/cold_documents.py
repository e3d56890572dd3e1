"""Measure documents and pages that nobody has asked for before: CPU milliseconds of one process.

Takes the folder of a release; without, one of the built-in knowledge is built. Of 400 resources
in a random order, a document is the description, its graph and the Turtle; a page is the
description and the values that its template shows.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import NamedNode

from partyline.publishing.publication import Publication
from partyline.rdf import write_turtle
from partyline.releases import build, open_release
from partyline.settings import read_settings

RESOURCES = 400


def main(folder: Path | None) -> None:
    settings = read_settings(None, {})
    knowledge = settings.knowledge
    release = open_release(folder) if folder else build(settings).release
    publication = Publication.of(release, knowledge)
    found = release.table.terms.starting_with(f"<{knowledge.things}")
    terms = map(release.table.terms.term, found)
    iris = [term.value for term in terms if isinstance(term, NamedNode)]
    random.Random(1).shuffle(iris)

    def turtle(iri: str) -> object:
        triples = publication.triples(publication.describe(iri))
        return write_turtle(triples, publication.prefixes)

    def page(iri: str) -> object:
        return publication.page(publication.describe(iri))

    for name, work in (("Turtle", turtle), ("page", page)):
        report(name, [milliseconds(work, iri) for iri in iris[:RESOURCES]])


def milliseconds(work: Callable[[str], object], iri: str) -> float:
    started = time.process_time()
    work(iri)
    return 1000 * (time.process_time() - started)


def report(name: str, figures: list[float]) -> None:
    deciles = statistics.quantiles(figures, n=10)
    print(f"{name:<8} mean {statistics.mean(figures):6.2f} ms,", end=" ")
    print(f"median {statistics.median(figures):6.2f}, nine of ten within {deciles[-1]:6.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
