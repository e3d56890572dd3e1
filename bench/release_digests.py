"""Print a digest of each part of a release, to compare what two versions of the program build.

Usage: ``python bench/release_digests.py releases/current``. The time of the build is left out, and
the store and the index of names count by what is in them.
"""

import argparse
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pyoxigraph import Store


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def parts(release: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each part."""
    for file in sorted(release.rglob("*")):
        name = file.relative_to(release)
        if file.is_file() and name.parts[0] not in ("store", "SHA256SUMS"):
            yield str(name), content(file)
    statements = sorted(map(str, Store.read_only(str(release / "store"))))
    yield "store", "\n".join(statements).encode()


def content(file: Path) -> bytes:
    if file.name == "manifest.json":
        manifest = json.loads(file.read_bytes())
        return json.dumps({**manifest, "created": ""}).encode()
    if file.suffix == ".sqlite":
        with closing(sqlite3.connect(file)) as database:
            tables = [
                database.execute(f"SELECT * FROM {table}").fetchall()
                for table in ("name", "frequency")
            ]
        return repr(tables).encode()
    return file.read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", type=Path)
    for name, found in parts(parser.parse_args().release.resolve()):
        print(digest(found), name)


if __name__ == "__main__":
    main()
