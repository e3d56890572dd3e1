"""What hints say, as phrases with places for names, which pages have in their language."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Union

_PLACE = re.compile(r"\{(\w+)\}")


class Message(StrEnum):
    """A text with names in braces."""

    HINT = "Hint, {place}: {message}."
    PLACE = "line {line}, column {column}"
    UNDECLARED = "the prefix {prefix}: is not declared; declare it at the top"
    DECLARE = "the prefix {prefix}: is not declared; write PREFIX {prefix}: <{iri}> at the top"
    PRODUCT = (
        "{one} and {other} are not connected: every solution of one is combined with every"
        " solution of the other; use a variable that both have, or ask two queries"
    )
    A_PATTERN = "a pattern"
    OPTIONAL_FIRST = (
        "OPTIONAL is before the pattern that it should extend: what follows restricts it again;"
        " move it behind"
    )
    BIND_EARLY = (
        "BIND is before the pattern that binds {name}, which is therefore unbound here; move BIND"
        " behind it"
    )
    UNBOUND = "no pattern binds {name}: {consequence}; {remedy}"
    NOTHING_SHOWN = "it is empty in the answer"
    NO_VALUE = "the expression has no value"
    NOTHING_SORTED = "it does not sort anything"
    NOTHING_GROUPED = "it groups nothing"
    DID_YOU_MEAN = "perhaps you mean {name}"
    ADD_PATTERN = "add a pattern that has it"
    FREE_PATH = (
        "neither {start} nor {end} is bound by another pattern: the path is followed from"
        " everything; bind one of them, as with VALUES"
    )
    OFFSET = (
        "OFFSET without ORDER BY: pages may overlap and leave rows out; sort by something that is"
        " unique"
    )
    DISTINCT = (
        "DISTINCT is applied to the one row of totals; to count different values, write"
        " COUNT(DISTINCT ?x)"
    )


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message, and what stands in its places: names of the query, or other phrases."""

    message: Message
    values: Mapping[str, Union[str, "Phrase"]]

    def in_words(self, words: Callable[[str], str]) -> str:
        """Return the phrase as *words* translates its messages.

        >>> phrase(Message.DID_YOU_MEAN, name="?party").in_words(str)
        'perhaps you mean ?party'
        """
        values = {
            name: value.in_words(words) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        # Not str.format: a translation with another name in braces is shown as it is.
        return _PLACE.sub(lambda found: values.get(found[1], found[0]), words(self.message))

    def is_translated(self, words: Container[str]) -> bool:
        """Tell whether *words* has all messages of the phrase."""
        inner = (value for value in self.values.values() if isinstance(value, Phrase))
        return self.message in words and all(row.is_translated(words) for row in inner)


def phrase(message: Message, /, **values: str | Phrase) -> Phrase:
    """Return *message* with *values* in its places."""
    return Phrase(message, values)
