"""What a build reads, as one checksum: a release of the same files need not be built again."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from partyline.errors import ReleaseError, SourceError
from partyline.releases import disk
from partyline.releases.checksums import note_verified
from partyline.releases.release import Release, current_release
from partyline.settings import Settings
from partyline.sources.compression import read_decompressed
from partyline.sources.syntaxes import JSON_LD, by_extension, syntax_of

#: The file that says of what the current release was built.
_NOTE = ".inputs"
#: Settings that no release depends on, but for some: of the path, names of files do.
_UNUSED = {"path", "releases", "build", "limits", "server", "site", "words", "history", "remote"}
_PROGRAM = Path(__file__).parents[1]


def input_checksum(settings: Settings) -> str:
    """Return a checksum of the files and settings that a build reads, and of the program.

    It is empty where that is not known: JSON-LD reads contexts from anywhere, and a file that
    cannot be read is for the build to report.
    """
    used = [getattr(settings, row.name) for row in fields(settings) if row.name not in _UNUSED]
    used.append(settings.build.graphs_up_to)
    digest = hashlib.sha256(repr((settings.path.parent, used)).encode())
    try:
        for path in _files(input_places(settings), settings.releases):
            content = read_decompressed(path)
            if JSON_LD in (by_extension(path.name), syntax_of(path.name, content)):
                return ""
            digest.update(os.fsencode(path) + b" %d " % len(content) + content)
        for path in sorted(_PROGRAM.rglob("*.py")):
            digest.update(path.read_bytes())
    except (OSError, SourceError):
        return ""
    return digest.hexdigest()


def unchanged_release(settings: Settings, inputs: str) -> Release | None:
    """Return the current release if the last build made it of *inputs*, without a warning."""
    try:
        release = current_release(settings.releases)
        noted = (settings.releases / _NOTE).read_text(encoding="utf-8")
    except (OSError, ReleaseError):
        return None
    note_verified(release.path)
    return release if inputs and noted == f"{release.path.name} {inputs}" else None


def note_inputs(releases: Path, release: Release, inputs: str) -> None:
    """Note beside the *releases* what *release* was built of; releases never change.

    Where it cannot be noted, the next build does its work again.
    """
    with suppress(OSError):
        disk.note(releases / _NOTE, f"{release.path.name} {inputs}")


def input_places(settings: Settings) -> Iterator[Path]:
    """Yield every file and folder of the knowledge that *settings* name."""
    for field in fields(settings.knowledge):
        value = getattr(settings.knowledge, field.name)
        named = value if isinstance(value, tuple) else (value,)
        yield from (place for place in named if isinstance(place, Path))
    yield from settings.catalogue.values()


def _files(places: Iterable[Path], releases: Path) -> Iterator[Path]:
    """Yield the files in *places*, but for hidden ones and for those of releases."""
    inside = releases.resolve()
    for place in places:
        if place.is_file():
            yield place
        for path in sorted(place.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
            if path.is_file() and not hidden and not path.resolve().is_relative_to(inside):
                yield path
