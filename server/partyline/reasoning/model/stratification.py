"""Which rules feed which: strata, so that a rule runs once its premises are complete."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Variable

from partyline.reasoning.model.components import strongly_connected
from partyline.reasoning.model.rules import Pattern, Rule, Slot
from partyline.vocabulary import RDF

#: What a pattern is about: its predicate, and its class for ``rdf:type``; None is anything.
Topic = tuple[Slot | None, Slot | None]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rules that wait for one another, or one rule that waits for none of its stratum."""

    rules: tuple[Rule, ...]
    #: True where a rule of the stratum reads what one of them concludes.
    recursive: bool


def topic(pattern: Pattern) -> Topic:
    """Return what *pattern* is about.

    >>> topic((Variable("x"), RDF.type, Variable("c")))[1] is None
    True
    """
    _, predicate, object_ = pattern
    if isinstance(predicate, Variable):
        return None, None
    if predicate == RDF.type and not isinstance(object_, Variable):
        return predicate, object_
    return predicate, None


class Readers:
    """Finds the rules that read what a rule concludes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._exact: dict[Topic, list[Rule]] = {}
        self._all: list[Rule] = []
        for rule in rules:
            self._all.append(rule)
            for key in dict.fromkeys(map(topic, rule.body)):
                self._exact.setdefault(key, []).append(rule)

    def of(self, conclusion: Topic) -> Iterator[Rule]:
        """Yield the rules with a premise about *conclusion*, some of them twice."""
        predicate, class_ = conclusion
        if predicate is None:
            yield from self._all
            return
        yield from self._exact.get((None, None), ())
        yield from self._exact.get(conclusion, ())
        if predicate == RDF.type and class_ is not None:
            yield from self._exact.get((predicate, None), ())
        elif predicate == RDF.type:
            for key, rules in self._exact.items():
                if key[0] == predicate and key[1] is not None:
                    yield from rules


def strata(rules: Sequence[Rule]) -> list[Stratum]:
    """Return *rules* in an order in which each comes after those whose conclusions it reads.

    Rules that read each other's conclusions make one recursive stratum.
    """
    readers = Readers(rules)
    after = {rule: tuple(dict.fromkeys(readers.of(topic(rule.head)))) for rule in rules}
    return [
        Stratum(component, len(component) > 1 or any(rule in after[rule] for rule in component))
        for component in reversed(list(strongly_connected(after)))
    ]
