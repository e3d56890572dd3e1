"""The words of the pages in other languages: a TOML file for each, and those of the publisher."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from partyline.errors import SettingsError

#: The language whose file has every word.
_COMPLETE = "fr"


class Words:
    """The words of the pages in their language; those without a translation are marked as English.

    In an attribute, where no element can be, a template takes the marks away with ``striptags``.
    """

    def __init__(self, translations: Mapping[str, str], language: str) -> None:
        self._translations = translations
        self.language = language
        self._is_english = language.lower().split("-")[0] == "en"
        #: The attributes of an element that is in English, with a space before them.
        self.mark = Markup("") if self._is_english else Markup(' lang="en" dir="ltr"')

    def __contains__(self, text: object) -> bool:
        """Tell whether *text* is shown in the language of the pages."""
        return self._is_english or text in self._translations

    def plain(self, text: str) -> str:
        """Return *text* in the language of the pages, without a mark where it stays English."""
        return self._translations.get(text, text)

    def __call__(self, text: str) -> str:
        """Return *text* in the language of the pages."""
        found = self._translations.get(text)
        if found is not None or not self.mark:
            return text if found is None else found
        return Markup("<span{}>{}</span>").format(self.mark, text)


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
