"""Measure answers that nobody has asked for before: CPU milliseconds of the application.

Of resources in a random order, the application is asked for the document in each format, for the
page, and for the redirection to it, as a server asks it, with nothing kept. Needs no network; the
server itself adds what `bench/documents.py` shows.

The built-in knowledge is built first, unless PARTYLINE_RELEASES names a folder of releases.

Usage: ``python bench/cold_documents.py [--resources 400]``
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from typing import TYPE_CHECKING, Any

from flask import Flask
from pyoxigraph import NamedNode
from werkzeug.test import EnvironBuilder

from partyline.publishing import Publication
from partyline.releases import build, current_release
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ENDINGS = ("ttl", "nt", "jsonld", "rdf", "html", "303")
#: Answers before those that are measured: templates are compiled, shared names are found.
WARM_UP = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if "PARTYLINE_RELEASES" not in os.environ:
            os.environ["PARTYLINE_RELEASES"] = f"{folder}/releases"
            build(read_settings(environ=os.environ))
        measure(options.resources)


def measure(number: int) -> None:
    settings = read_settings(environ=os.environ)
    publication = Publication.of(current_release(settings.releases), settings.knowledge)
    release = publication.release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        app = create_app(publication, pool, settings)
        for ending in ENDINGS:
            iris = chosen(publication, number)
            asked = [environment(publication, iri, ending) for iri in iris]
            report(ending, [milliseconds(app, row) for row in asked][WARM_UP:])


def chosen(publication: Publication, number: int) -> list[str]:
    """Return some of the published resources that statements are about."""
    table = publication.statements.table
    numbers = [row for row in table.terms.iris if table.count(row)]
    random.Random(1).shuffle(numbers)
    terms = map(table.terms.term, numbers)
    is_published = publication.addresses.is_published
    iris = (row.value for row in terms if isinstance(row, NamedNode))
    # The page of a term with a fragment is that of the whole ontology.
    return [iri for iri in iris if is_published(iri) and "#" not in iri][: number + WARM_UP]


def environment(publication: Publication, iri: str, ending: str) -> "WSGIEnvironment":
    path = publication.addresses.page(iri) if ending == "303" else publication.document(iri, ending)
    return EnvironBuilder(path.partition("#")[0], headers=[("Accept", "text/turtle")]).get_environ()


def milliseconds(app: Flask, environ: "WSGIEnvironment") -> float:
    started = time.process_time()
    body = app.wsgi_app(environ, _ignore)
    for _ in body:
        pass
    getattr(body, "close", lambda: None)()
    return 1000 * (time.process_time() - started)


def _ignore(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401  WSGI
    if status[0] not in "23":
        raise SystemExit(status)


def report(name: str, figures: list[float]) -> None:
    deciles = statistics.quantiles(figures, n=10)
    print(f"{name:<8} mean {statistics.mean(figures):6.2f} ms,", end=" ")
    print(f"median {statistics.median(figures):6.2f}, nine of ten within {deciles[-1]:6.2f}")


if __name__ == "__main__":
    main()
