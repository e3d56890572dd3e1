"""Which rules feed which: strata, so that a rule runs once its premises are complete."""

from collections.abc import Iterable, Iterator, Sequence, Set
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
    """Finds the places of the rules that read what a rule concludes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._readers: dict[Topic, list[int]] = {}
        for place, rule in enumerate(rules):
            for key in dict.fromkeys(map(topic, rule.body)):
                self._readers.setdefault(key, []).append(place)
        self._types = [key for key in self._readers if key[0] == RDF.type and key[1] is not None]

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._readers)

    def __getitem__(self, read: Topic) -> Sequence[int]:
        return self._readers[read]

    def topics(self, conclusion: Topic) -> Iterator[Topic]:
        """Yield the topics of premises that a fact about *conclusion* may agree with."""
        predicate, class_ = conclusion
        if predicate is None:
            yield from self._readers
            return
        found = {(None, None): None, conclusion: None, (predicate, None): None}
        yield from (key for key in found if key in self._readers)
        if predicate == RDF.type and class_ is None:
            yield from self._types

    def of(self, conclusion: Topic) -> Iterator[int]:
        """Yield the places of the rules with a premise about *conclusion*, some of them twice."""
        for read in self.topics(conclusion):
            yield from self._readers[read]


def strata(rules: Sequence[Rule]) -> list[Stratum]:
    """Return *rules* in an order in which each comes after those whose conclusions it reads.

    Rules that read each other's conclusions make one recursive stratum.
    """
    readers = Readers(rules)
    # A rule leads to its conclusion, this to the premises that it agrees with, and these to the
    # rules: as many edges as there are premises, where there may be rules² from rule to rule.
    conclusions = list(dict.fromkeys(topic(rule.head) for rule in rules))
    concluded = {about: len(rules) + place for place, about in enumerate(conclusions)}
    read = {about: len(rules) + len(concluded) + place for place, about in enumerate(readers)}
    after: dict[int, Sequence[int]] = {
        place: (concluded[topic(rule.head)],) for place, rule in enumerate(rules)
    }
    for about, node in concluded.items():
        after[node] = [read[key] for key in readers.topics(about)]
    for about, node in read.items():
        after[node] = readers[about]
    found = []
    for component in strongly_connected(after):
        places = sorted(node for node in component if node < len(rules))
        if places:
            members = tuple(rules[place] for place in places)
            found.append(Stratum(members, recursive=len(component) > 1))
    return found[::-1]


def applicable(rules: Sequence[Rule], there: Iterable[Topic]) -> tuple[list[Rule], set[Topic]]:
    """Return the rules that may apply, and the topics of premises that may then have facts.

    *there* are the topics that have facts before any rule is applied.
    """
    readers = Readers(rules)
    missing = [len(set(map(topic, rule.body))) for rule in rules]
    chosen = [place for place, number in enumerate(missing) if not number]
    held: set[Topic] = set()
    pending = [*there, *(topic(rules[place].head) for place in chosen)]
    seen = set(pending)
    while pending:
        for read in readers.topics(pending.pop()):
            if read in held:
                continue
            held.add(read)
            for place in readers[read]:
                missing[place] -= 1
                head = topic(rules[place].head)
                if not missing[place]:
                    chosen.append(place)
                    if head not in seen:
                        seen.add(head)
                        pending.append(head)
    return [rules[place] for place in sorted(chosen)], seen


def may_hold(body: Iterable[Pattern], there: Set[Topic]) -> bool:
    """Tell whether *body* may hold where there are facts about the topics *there* alone."""
    anything = (None, None)
    for about in map(topic, body):
        if about in there or anything in there or (about == anything and there):
            continue
        is_type = about[0] == RDF.type
        if is_type and about[1] is not None and (about[0], None) in there:
            continue
        if is_type and about[1] is None and any(row[0] == RDF.type for row in there):
            continue
        return False
    return True
