"""Texts on a page with their language, and their direction where it may not be that of the page."""

import re

from markupsafe import Markup

from partyline.publishing.labels import Text
from partyline.web.templating.template_output import written

#: What is written from right to left, or changes the direction: the blocks that Unicode reserves
#: for such scripts, and its marks (Unicode Standard Annex 9).
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
#: Before the first letter, there is no digit, which would follow the direction of what precedes it.
_LETTER_FIRST = re.compile(r"\W*[^\W\d_]")


class TaggedText:
    """Writes texts for the pages in one language.

    >>> texts = TaggedText("fr", "ltr")
    >>> print(texts.tagged(Text("parti", "fr")), texts.tagged(Text("1 < 2")))
    <span lang="fr">parti</span> <span dir="auto">1 &lt; 2</span>
    >>> print(texts.plain(Text("parti", "fr")), texts.plain(Text("party", "en")))
    parti <span lang="en">party</span>
    """

    def __init__(self, language: str, direction: str) -> None:
        """*direction* is that of *language*: ``ltr`` or ``rtl``."""
        self._own = ("", language)
        self._is_left_to_right = direction == "ltr"

    def tagged(self, text: Text) -> Markup:
        """Return the element of *text*, which says its language."""
        return Markup(f"<span{self._attributes(text)}>{written(text.text)}</span>")  # noqa: S704

    def plain(self, text: Text) -> str:
        """Return *text* for a template, in an element where it is not in the language of pages."""
        return text.text if text.language in self._own else self.tagged(text)

    def foreign(self, text: Text) -> Markup:
        """Return the attributes of an element that holds nothing but *text*, as `plain` has it."""
        return Markup("") if text.language in self._own else Markup(self._attributes(text))  # noqa: S704

    def quoted(self, text: Text) -> Markup:
        """Return the attributes of an element that holds *text*, which a source has written."""
        unsaid = text._replace(language="") if text.language in self._own else text
        return Markup(self._attributes(unsaid))  # noqa: S704  the language is escaped

    def _attributes(self, text: Text) -> str:
        language = f' lang="{written(text.language)}"' if text.language else ""
        return language if self._flows(text.text) else f'{language} dir="auto"'

    def _flows(self, text: str) -> bool:
        """Tell whether *text* reads on a page as it does by itself."""
        is_plain = self._is_left_to_right and not _RIGHT_TO_LEFT.search(text)
        return is_plain and _LETTER_FIRST.match(text) is not None
