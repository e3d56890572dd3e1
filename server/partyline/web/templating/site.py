"""What a publisher changes of the site: home text, logo, colours, footer, templates, language."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    TemplateSyntaxError,
)
from markupsafe import Markup

from partyline.errors import SettingsError
from partyline.settings import Settings, Site
from partyline.web.languages import language_links, negotiated_address
from partyline.web.templating.tagged_text import TaggedText
from partyline.web.templating.words import Words, words_of

#: Scripts that are written from right to left, and the languages that are usually in one (CLDR).
_RIGHT_TO_LEFT = {"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"}
_RIGHT_TO_LEFT_LANGUAGES = {
    *(
        "ar",
        "arc",
        "arz",
        "ckb",
        "dv",
        "fa",
        "he",
        "ks",
        "nqo",
        "ps",
        "sd",
        "syr",
        "ug",
        "ur",
        "yi",
    ),
}
#: Languages of which nothing is singular (CLDR, plural rules of integers).
_ZERO_IS_SINGULAR = {"am", "as", "bn", "fa", "fr", "gu", "hi", "hy", "kn", "pa", "pt", "zu"}
#: What stands between groups of digits where it is not a comma (CLDR).
_SEPARATORS = (
    dict.fromkeys(("da", "de", "el", "es", "hr", "id", "is", "it", "km", "lo", "nl"), ".")
    | dict.fromkeys(("pt", "ro", "sl", "sr", "tr", "vi"), ".")
    | dict.fromkeys(
        ("bg", "cs", "fi", "hu", "nb", "nn", "no", "pl", "ru", "sk", "sv", "uk"), "\xa0"
    )
    | {"fr": "\u202f"}
)
#: The names under which the files of the publisher are served.
STYLESHEET, LOGO = "site.css", "logo"


def direction(language: str) -> str:
    """Return the direction in which *language*, a BCP 47 tag, is written: ``rtl`` or ``ltr``.

    >>> direction("ar-EG"), direction("az-Arab"), direction("en"), direction("ks-Deva")
    ('rtl', 'rtl', 'ltr', 'ltr')
    """
    primary, *more = language.lower().split("-")
    script = next((part for part in more if len(part) == 4), "")
    is_rtl = script in _RIGHT_TO_LEFT if script else primary in _RIGHT_TO_LEFT_LANGUAGES
    return "rtl" if is_rtl else "ltr"


def correction(template: str, origin: str) -> str:
    """Return the address at which the statement at *origin*, ``file:line``, is corrected.

    >>> correction("https://git.example.org/edit/{file}#L{line}", "kb/a b.ttl:7")
    'https://git.example.org/edit/kb/a%20b.ttl#L7'
    """
    file, _, line = origin.rpartition(":")
    return template.replace("{file}", quote(file)).replace("{line}", quote(line))


def without_file(origins: Iterable[str], file: str) -> str:
    """List *origins*, each ``file:line``, without the *file* where it is this one.

    >>> without_file(["kb/a.ttl:7", "kb/b.ttl:7"], "kb/a.ttl")
    ':7, kb/b.ttl:7'
    """
    rows = (row.removeprefix(file) if row.startswith(f"{file}:") else row for row in origins)
    return ", ".join(rows)


def site_files(site: Site) -> Mapping[str, bytes]:
    """Return the files of the publisher that are served, by the name of each.

    Raises SettingsError where one cannot be read.
    """
    found = {}
    colours = {"--link": site.link_colour, "--accent": site.accent_colour}
    rules = "".join(f"    {name}: {colour};\n" for name, colour in colours.items() if colour)
    style = f":root {{\n{rules}}}\n".encode() if rules else b""
    if site.stylesheet is not None:
        style += _read(site.stylesheet, "stylesheet")
    if style:
        found[STYLESHEET] = style
    if site.logo is not None:
        found[f"{LOGO}{site.logo.suffix.lower()}"] = _read(site.logo, "logo")
    return found


def page_words(settings: Settings) -> Words:
    """Return the words of the pages in their language. Raises SettingsError."""
    language = settings.page_languages[0]
    return Words({**words_of(language, settings.site.words), **settings.words}, language)


def prepare_site(app: Flask, settings: Settings) -> None:
    """Have the templates of *app* show what the publisher has chosen. Raises SettingsError."""
    site = settings.site
    languages = settings.page_languages
    language = languages[0]
    words = page_words(settings)
    home_file = _in_language(site.home, language)
    home = _read(home_file, "home") if home_file else b""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        words,
        lambda one, many, number: words(one if is_singular(number, language) else many),
        newstyle=False,
    )
    texts = TaggedText(language, direction(language))
    app.jinja_env.filters.update(
        tagged=texts.tagged,
        plain=texts.plain,
        foreign=texts.foreign,
        quoted=texts.quoted,
        without_file=without_file,
    )
    app.jinja_env.globals.update(
        # The extension's own makes a context for each word in a loop, to look ``gettext`` up.
        _=words,
        language=language,
        language_links=language_links(sorted(languages)),
        negotiated_address=negotiated_address,
        has_corrections=bool(site.corrections),
        correction=partial(correction, site.corrections),
        direction=direction(language),
        direction_of=direction,
        grouped=partial(grouped, language=language),
        is_one=partial(is_singular, language=language),
        english=words.mark,
        logo=f"{LOGO}{site.logo.suffix.lower()}" if site.logo else "",
        has_stylesheet=bool(site.stylesheet or site.link_colour or site.accent_colour),
        home_text=_markdown(_text(home, home_file)),
        footer_text=_markdown(site.footer),
    )
    if site.templates is not None:
        _override_templates(app, site.templates)


def is_singular(number: int, language: str) -> bool:
    """Tell whether *language* has *number* things in the singular, as CLDR has it.

    >>> is_singular(0, "en"), is_singular(0, "fr")
    (False, True)
    """
    is_one = number == 1
    return is_one or (number == 0 and language.lower().partition("-")[0] in _ZERO_IS_SINGULAR)


def grouped(number: int, language: str) -> str:
    """Return the digits of *number* in groups of three, as *language* writes them (CLDR).

    >>> grouped(12345, "en"), grouped(12345, "de-AT"), grouped(12345, "fr")
    ('12,345', '12.345', '12\u202f345')
    """
    separator = _SEPARATORS.get(language.lower().partition("-")[0], ",")
    return f"{number:,}".replace(",", separator)


def _in_language(path: Path | None, language: str) -> Path | None:
    """Return the file beside *path* for *language*, such as ``home.fr.md``, else *path*."""
    if path is None:
        return None
    own = path.with_suffix(f".{language}{path.suffix}")
    return own if own.is_file() else path


def _markdown(text: str) -> Callable[[], Markup] | None:
    """Return what gives the HTML of *text*, or None where there is no text."""
    if not text:
        return None
    # Here and not above: most sites have no text of their own, and the parser takes a mebibyte.
    from partyline.web.templating.markdown_text import MarkdownText

    return MarkdownText(text)


def _override_templates(app: Flask, folder: Path) -> None:
    if not folder.is_dir():
        raise SettingsError(f"site.templates: {folder}: no such folder")
    built_in = PackageLoader("partyline.web")
    loaders: list[BaseLoader] = [
        FileSystemLoader(folder),
        built_in,
        # By this name, a template extends the one that it replaces.
        PrefixLoader({"partyline": built_in}),
    ]
    app.jinja_env.loader = ChoiceLoader(loaders)
    for path in sorted(folder.rglob("*.html")):
        try:
            app.jinja_env.get_template(path.relative_to(folder).as_posix())
        except TemplateSyntaxError as error:
            raise SettingsError(
                f"site.templates: {path}:{error.lineno}: {error.message}"
            ) from error


def _text(content: bytes, path: Path | None) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"site.home: {path}: not UTF-8: {error}") from error


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"site.{name}: {path}: cannot be read: {error.strerror}") from error
