"""Publish data that no one here wrote: each set of a folder, without settings, in every format.

``make published SUITES=FOLDER``: each file or folder below FOLDER/vocabularies is guessed about,
checked, built and served in a process of its own; every subject below its base, and every term of
its ontologies, is dereferenced in every format. Prints a table, and what was not answered.
"""

import argparse
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from partyline.cli.options.given_sources import guess_settings
from partyline.errors import ChecksFailed
from partyline.publishing import Publication
from partyline.rdf import GRAPH_FORMATS
from partyline.releases import Release, build
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

#: Load is that of the store alone; answers are those of all subjects and terms in every format.
_COLUMNS = (
    *("data set", "triples", "inferred", "subjects", "answered", "terms", "shown"),
    *("load s", "load MB", "build s", "build MB", "answers s", "MB"),
)
_HEADER = f"| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}"
#: Loads a dump into an empty store, in a process of its own, and prints seconds and mebibytes. The
#: peak that getrusage(2) gives may be that of the process before it.
_LOAD = """\
import re, sys, time
from pathlib import Path
from pyoxigraph import RdfFormat, Store
start = time.process_time()
store = Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=RdfFormat.N_QUADS)
store.flush()
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(f"{time.process_time() - start:.1f} | {peak}")
"""


def main() -> int:
    """Print a row for each data set; return 1 if something was not answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", type=Path, help="a folder that has a folder vocabularies")
    parser.add_argument("--only", default="", help="data sets whose name begins so")
    parser.add_argument("--skip", type=int, default=0, help="subjects and terms to pass over")
    parser.add_argument("--most", type=int, default=0, help="of either to try; 0: all")
    options = parser.parse_args()
    places = sorted(options.suites.glob("vocabularies/*"))
    if not places:
        print(f"{options.suites}: has no folder vocabularies with data", file=sys.stderr)
        return 2
    print(_HEADER, flush=True)
    complete = True
    context = multiprocessing.get_context("spawn")
    for place in places:
        if place.name.startswith(options.only):
            with context.Pool(1) as pool:
                row, missing = pool.apply(published, (place, options.skip, options.most))
            print(row, flush=True)
            for line in missing[:20]:
                print(f"  {line}", file=sys.stderr, flush=True)
            complete = complete and not missing
    return 0 if complete else 1


def published(place: Path, skip: int, most: int) -> tuple[str, list[str]]:
    """Publish *place*; return its row, and what was not answered of what is tried."""
    name = place.name.partition(".")[0]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "partyline.toml"
        file.write_text(guess_settings([place.resolve()]).to_toml(), encoding="utf-8")
        settings = read_settings(file)
        start = time.process_time()
        try:
            release = build(settings).release
        except ChecksFailed as error:
            return f"| {name} | refused |{' |' * (len(_COLUMNS) - 2)}", [
                str(row) for row in error.findings[:3]
            ]
        seconds, build_peak = time.process_time() - start, _peak()
        load = _load(release, Path(folder) / "store")
        publication = Publication.of(release, settings.knowledge)
        with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
            reader = Reader(create_app(publication, pool, settings).test_client())
            start = time.process_time()
            part = slice(skip, skip + most if most else None)
            tried = list(_subjects(publication, settings))[part]
            failed = [line for iri in tried for line in _not_answered(reader, publication, iri)]
            terms = [iri for row in publication.ontologies for iri in row.terms][part]
            without = [line for iri in terms for line in _not_on_a_page(reader, publication, iri)]
            answers = time.process_time() - start
        counts = release.manifest.counts
        asserted = counts["ontology"] + counts["accepted"]
        answered = len(tried) - len({line.partition(" ")[0] for line in failed})
        on_pages = len(terms) - len(without)
        row = (
            f"| {name} | {asserted} | {counts['inferred']} | {len(tried)} | {answered}"
            f" | {len(terms)} | {on_pages} | {load} | {seconds:.1f} | {build_peak}"
            f" | {answers:.1f} | {_peak()} |"
        )
        return row, failed + without


def _load(release: Release, place: Path) -> str:
    """Return the CPU seconds and the mebibytes in which an empty store loads the same."""
    command = [sys.executable, "-c", _LOAD, str(release.dumps / "dataset.nq"), str(place)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def _peak() -> int:
    """Return the most mebibytes that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _subjects(publication: Publication, settings: Settings) -> Iterator[str]:
    table = publication.statements.table
    for number in table.terms.starting_with(f"<{settings.knowledge.base}"):
        term = table.terms.term(number)
        if isinstance(term, NamedNode) and table.count(number):
            yield term.value


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers in one format; of N-Triples, with the subjects that it describes."""

    status: int
    media_type: str
    subjects: frozenset[str]
    text: str


@dataclass(slots=True)
class Reader:
    """Follows redirects, and asks once for a document that many IRIs share."""

    client: FlaskClient
    last: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def read(self, path: str, media_type: str) -> Answer:
        """Return what is at *path* in the format *media_type*."""
        if len(self.last) > 100:
            self.last.clear()
        key = (path.partition("#")[0], media_type)
        if key not in self.last:
            response = self.client.get(
                key[0], headers={"Accept": media_type}, follow_redirects=True
            )
            subjects: set[str] = set()
            if response.mimetype == "application/n-triples":
                nodes = (quad.subject for quad in parse(response.data, RdfFormat.N_TRIPLES))
                subjects = {node.value for node in nodes if isinstance(node, NamedNode)}
            text = response.text if media_type == "text/html" else ""
            found = Answer(response.status_code, response.mimetype or "", frozenset(subjects), text)
            self.last[key] = found
        return self.last[key]


def _not_answered(reader: Reader, publication: Publication, iri: str) -> Iterator[str]:
    """Yield each format in which *iri* is not described, or cannot be read back."""
    path = _path(publication, iri)
    for row in GRAPH_FORMATS:
        found = reader.read(path, row.media_type)
        if found.status == 406 and row.extension == "rdf":
            continue  # RDF/XML cannot represent every predicate, and the answer says why
        if found.status != 200 or found.media_type != row.media_type:
            yield f"{iri} {row.name}: {found.status}"
        elif row.extension == "nt" and iri not in found.subjects:
            yield f"{iri} {row.name}: is not described"
    page = reader.read(path, "text/html")
    if page.status != 200:
        yield f"{iri} HTML: {page.status}"


def _path(publication: Publication, iri: str) -> str:
    """Return the path that a client sends for *iri*, or that links here have."""
    page = publication.addresses.page(iri)
    if page.startswith("/resource?"):
        return page
    parts = urlsplit(iri)
    local = publication.addresses.local(iri.partition("#")[0])
    if not parts.query:
        return local
    return f"{local.partition('?')[0]}?{quote(parts.query, '=&%+/:;,')}"


def _not_on_a_page(reader: Reader, publication: Publication, iri: str) -> Iterator[str]:
    page = reader.read(publication.addresses.page(iri), "text/html")
    title = publication.presenter.labels.best(NamedNode(iri)).text
    if page.status != 200 or title.split()[0].replace("'", "&#39;") not in page.text:
        yield f"{iri} page: {page.status}"


if __name__ == "__main__":
    sys.exit(main())
