"""A closure: what is asserted, what follows from it, and its inconsistencies."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from pyoxigraph import Triple

from partyline.reasoning.compile.compiler import fact
from partyline.reasoning.evaluate.sparql import Inconsistency
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.triple_index import Facts, Graph


class ClosureProtocol(Protocol):
    """What proofs and findings ask of a closure, wherever its facts are."""

    @property
    def facts(self) -> Graph:
        """Return all facts, given and derived."""
        ...

    @property
    def asserted_facts(self) -> Graph:
        """Return the given ones."""
        ...

    @property
    def rules(self) -> RuleSet:
        """Return the rules that derived the others."""
        ...

    @property
    def inconsistencies(self) -> Sequence[Inconsistency]:
        """Return the inconsistencies."""
        ...


@dataclass(frozen=True)
class Closure:
    """What was asserted, what follows, and where it contradicts itself."""

    asserted: Set[Triple]
    #: What follows and is not asserted: RDF 1.1 without literal subjects, without conclusions
    #: about the blank nodes of class expressions and without what holds of everything.
    inferred: Set[Triple]
    rules: RuleSet
    inconsistencies: tuple[Inconsistency, ...]
    #: Gives `facts`. They take as much memory as all else, and only proofs ask for them.
    load_facts: Callable[[], Facts] = field(repr=False, compare=False)

    @property
    def facts(self) -> Facts:
        """Return all facts, with the intermediate conclusions that are not published."""
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        return self.load_facts()

    @property
    def asserted_facts(self) -> Facts:
        """Return the asserted triples as facts."""
        return self._asserted_facts

    @cached_property
    def _asserted_facts(self) -> Facts:
        return Facts(map(fact, self.asserted))
