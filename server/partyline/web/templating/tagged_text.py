"""Texts on a page with the language that they are in."""

from markupsafe import Markup

from partyline.publishing.labels import Text
from partyline.web.templating.template_output import written


def tagged(text: Text) -> Markup:
    """Return the element of *text*, which says its language and its direction.

    >>> print(tagged(Text("parti", "fr")), tagged(Text("1 < 2")))
    <span lang="fr" dir="auto">parti</span> <span dir="auto">1 &lt; 2</span>
    """
    language = f' lang="{written(text.language)}"' if text.language else ""
    return Markup(f'<span{language} dir="auto">{written(text.text)}</span>')  # noqa: S704  escaped


class Plain:
    """Returns a text, in an element where it is not in the language of the page."""

    def __init__(self, language: str) -> None:
        self._languages = ("", language)

    def __call__(self, text: Text) -> str:
        """Return *text* for a template, which escapes what is not markup."""
        return text.text if text.language in self._languages else tagged(text)
