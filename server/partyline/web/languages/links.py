"""The same page in other languages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import has_request_context, request

from partyline.web.earlier.memento import target_of
from partyline.web.public_address import LANGUAGE_PREFIX

#: What languages are called in themselves (CLDR 48); others are named by their tag.
_NAMES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "español",
    "fa": "فارسی",
    "fr": "français",
    "he": "עברית",
    "hi": "हिन्दी",
    "id": "Indonesia",
    "it": "italiano",
    "ja": "日本語",
    "km": "ខ្មែរ",
    "ko": "한국어",
    "lo": "ລາວ",
    "nl": "Nederlands",
    "pl": "polski",
    "pt": "português",
    "ru": "русский",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The present page in a language."""

    tag: str
    #: The language in itself.
    name: str
    #: Address for the client of the present request.
    address: str


def language_links(tags: Sequence[str]) -> Callable[[], tuple[LanguageLink, ...]]:
    """Return what gives the links of the present page to itself in the languages *tags*."""

    def links() -> tuple[LanguageLink, ...]:
        if len(tags) < 2 or not has_request_context():
            return ()
        root = request.script_root.removesuffix(request.environ.get(LANGUAGE_PREFIX, ""))
        target = target_of(request.environ)
        return tuple(LanguageLink(tag, own_name(tag), f"{root}/{tag}{target}") for tag in tags)

    return links


def negotiated_address() -> str:
    """Return the address of the present page at which `Accept-Language` decides."""
    root = request.script_root.removesuffix(request.environ.get(LANGUAGE_PREFIX, ""))
    return root + target_of(request.environ)


def own_name(tag: str) -> str:
    """Return what the language *tag* is called in itself.

    >>> own_name("fr-CA"), own_name("kmb")
    ('français', 'kmb')
    """
    return _NAMES.get(tag.lower().partition("-")[0], tag)
