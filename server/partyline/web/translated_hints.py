"""Hints on queries in the language of the pages."""

from dataclasses import dataclass

from partyline.publishing import Publication
from partyline.settings import Limits
from partyline.sparql import Hint, query_hints
from partyline.web.templating.words import Words


@dataclass(frozen=True, slots=True)
class TranslatedHint:
    """A hint as pages and the editor show it."""

    code: str
    #: What is wrong, where, and both together.
    message: str
    where: str
    sentence: str
    #: Characters of the query, from 0 on.
    start: int
    end: int
    #: The tag of the language of these words: a publisher may have translated only some.
    language: str


class HintTranslator:
    """Translates hints on queries into one language."""

    def __init__(self, publication: Publication, limits: Limits, words: Words) -> None:
        self._prefixes = publication.prefixes
        self._limits = limits
        self._words = words

    def on(self, query: str) -> tuple[TranslatedHint, ...]:
        """Return the hints on *query*."""
        return tuple(map(self._translated, query_hints(query, self._prefixes, self._limits)))

    def _translated(self, hint: Hint) -> TranslatedHint:
        # A sentence is in one language.
        is_translated = hint.sentence.is_translated(self._words)
        words = self._words.plain if is_translated else str
        return TranslatedHint(
            code=hint.code,
            message=hint.phrase.in_words(words),
            where=hint.place.in_words(words),
            sentence=hint.sentence.in_words(words),
            start=hint.start,
            end=hint.end,
            language=self._words.language if is_translated else "en",
        )
