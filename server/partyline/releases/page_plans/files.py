"""The files that declare pages: beside the ontology, checked at a build, kept in the release."""

from collections.abc import Mapping
from pathlib import Path

from partyline.errors import SourceError
from partyline.releases.page_plans.reading import read_page_plan


def read_page_files(folder: Path | None) -> Mapping[str, str]:
    """Return the texts of the Turtle files in *folder*, by name; none where *folder* is None.

    Raises SourceError where the folder or a file cannot be read, or a declaration is not valid.
    """
    if folder is None:
        return {}
    paths = sorted(folder.glob("*.ttl"))
    if not paths:
        raise SourceError(
            f"{folder}: no Turtle files; declare pages there, or remove the setting knowledge.pages"
        )
    texts = {path.name: _read(path) for path in paths}
    read_page_plan((str(folder / name), text) for name, text in texts.items())
    return texts


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not UTF-8: {error.reason} at byte {error.start}") from error
