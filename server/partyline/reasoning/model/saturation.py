"""Run rules until nothing new follows, and each only where something new may follow."""

from collections.abc import Callable, Iterable

from partyline.reasoning.model.rules import Rule
from partyline.reasoning.model.stratification import Readers, Stratum, Topic, topic


def saturate(
    strata: Iterable[Stratum], run: Callable[[Rule], object], size: Callable[[Topic], int]
) -> None:
    """Run the rules of *strata* in order, recursive ones as often as their premises grow.

    Args:
        strata: the rules.
        run: adds what a rule concludes from all that there is.
        size: counts the facts about a topic.

    """
    for stratum in strata:
        if stratum.recursive:
            _repeat(stratum, run, size)
        else:
            for rule in stratum.rules:
                run(rule)


def _repeat(stratum: Stratum, run: Callable[[Rule], object], size: Callable[[Topic], int]) -> None:
    """Run rules as often as one that concludes what they read has derived something."""
    heads = [topic(rule.head) for rule in stratum.rules]
    sizes = {head: size(head) for head in heads}
    readers = Readers(stratum.rules)
    runnable = list(range(len(heads)))
    while runnable:
        grown: dict[Topic, None] = {}
        for place in runnable:
            run(stratum.rules[place])
            now = size(heads[place])
            if now > sizes[heads[place]]:
                sizes[heads[place]] = now
                grown[heads[place]] = None
        runnable = list(
            dict.fromkeys(place for conclusion in grown for place in readers.of(conclusion))
        )
