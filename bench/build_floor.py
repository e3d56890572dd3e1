"""Measure what a build cannot do without: its libraries, on what a release holds, and nothing else.

Prints one object of JSON: CPU seconds of each step in this process. `bench/build.py` compares them
with whole builds in the same minute.

Usage: ``python bench/build_floor.py RELEASE FOLDER_OF_SOURCES …``
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse

from partyline.releases.dumps.output import COMPRESSIONS

_IMPORTS = (
    "import partyline.cli.build, partyline.releases, partyline.reasoning.evaluate.columns, rdflib,"
    " pyshacl_turbo, time; print(time.process_time())"
)


def imports(release: Path, sources: list[Path]) -> float:
    """Return what the modules take that a build imports, and Python before them."""
    done = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, check=True)
    return float(done.stdout)


def parsing(release: Path, sources: list[Path]) -> None:
    """Parse the sources into triples of Python."""
    for folder in sources:
        for file in sorted(folder.rglob("*.ttl")):
            for _ in parse(file.read_bytes(), format=RdfFormat.TURTLE, base_iri="urn:x:"):
                pass


def store(release: Path, sources: list[Path]) -> Callable[[], None]:
    """Load the statements of the store into another one, all at once."""
    content = Store.read_only(str(release / "store")).dump(format=RdfFormat.N_QUADS)

    def load() -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Store(folder)
            copy.bulk_load(content, RdfFormat.N_QUADS, lenient=True)
            copy.optimize()
            copy.flush()

    return load


def compressing(release: Path, sources: list[Path]) -> Callable[[], None]:
    """Compress the dumps that have copies, with the same levels."""
    contents = [
        (coding, file.with_suffix("").read_bytes())
        for coding, row in COMPRESSIONS.items()
        for file in sorted((release / "dumps").rglob(f"*.{row.extension}"))
    ]

    def compress() -> None:
        for coding, content in contents:
            compressor = COMPRESSIONS[coding].make()
            compressor.compress(content)
            compressor.flush()

    return compress


def hashing(release: Path, sources: list[Path]) -> None:
    """Hash every file but those of the store, which the engine writes."""
    for file in release.rglob("*"):
        if file.is_file() and file.parent.name != "store":
            hashlib.sha256(file.read_bytes()).hexdigest()


STEPS = {
    "imports": imports,
    "parsing the sources": parsing,
    "loading the store": store,
    "compressing the dumps": compressing,
    "hashing": hashing,
}


def steps(release: Path, sources: list[Path]) -> Iterator[tuple[str, float]]:
    for name, step in STEPS.items():
        started = time.process_time()
        found = step(release, sources)
        if callable(found):  # what was prepared does not count
            started = time.process_time()
            found = found()
        yield name, time.process_time() - started if found is None else found


def main() -> None:
    release, *sources = map(Path, sys.argv[1:])
    print(json.dumps(dict(steps(release.resolve(), sources))))


if __name__ == "__main__":
    main()
