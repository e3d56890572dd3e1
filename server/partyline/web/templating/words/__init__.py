"""The words of the pages in other languages: a TOML file for each, and those of the publisher."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from partyline.errors import SettingsError

#: The language whose file has every word.
_COMPLETE = "fr"


def words_of(language: str, folder: Path | None = None) -> Mapping[str, str]:
    """Return the translations of the words of pages into *language*, empty where there are none.

    Those in *folder*, in a file such as ``km.toml``, go before those of the program. Raises
    SettingsError.
    """
    tags = (language.lower(), language.lower().partition("-")[0])
    own = next((row for tag in tags if (row := _read(folder, tag)) is not None), {})
    return {**next((row for tag in tags if (row := _shipped(tag))), {}), **own}


@cache
def _shipped(tag: str) -> Mapping[str, str]:
    file = files(__name__).joinpath(f"{tag}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _read(folder: Path | None, tag: str) -> Mapping[str, str] | None:
    """Return the words in the file of *folder* for *tag*; None where there is none."""
    path = folder / f"{tag}.toml" if folder else None
    if path is None or not path.is_file():
        return None
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"site.words: {path}: not TOML: {error}") from error
    for word, translation in found.items():
        if not isinstance(translation, str):
            raise SettingsError(f"site.words: {path}: the translation of {word!r} is not a string")
        if word not in _shipped(_COMPLETE):
            raise SettingsError(
                f"site.words: {path}: {word!r} is not a word of the pages; docs/reference/words.md"
                " lists them"
            )
    return found
