"""The closure of a database as proofs and findings ask for it."""

from dataclasses import dataclass
from functools import cached_property

from partyline.reasoning.evaluate.columns.results import Results
from partyline.reasoning.evaluate.columns.violations import violations
from partyline.reasoning.evaluate.sparql import Inconsistency
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Fact, Pattern
from partyline.reasoning.model.triple_index import Graph


@dataclass(frozen=True)
class ColumnClosure:
    """A closure whose facts stay in the database, and a few violations of each constraint."""

    results: Results
    most_violations: int = 100

    @property
    def facts(self) -> Graph:
        """Return all facts, given and derived."""
        return self.results

    @property
    def asserted_facts(self) -> Graph:
        """Return the given ones."""
        return _Asserted(self.results)

    @property
    def rules(self) -> RuleSet:
        """Return the rules that derived the others."""
        return self.results.rules

    @property
    def inconsistencies(self) -> tuple[Inconsistency, ...]:
        """Return the inconsistencies."""
        return self._inconsistencies

    @cached_property
    def _inconsistencies(self) -> tuple[Inconsistency, ...]:
        return tuple(violations(self.results, self.most_violations))


@dataclass(frozen=True, slots=True)
class _Asserted:
    results: Results

    def match(self, pattern: Pattern, /) -> list[Fact]:
        """Return the asserted facts that agree with *pattern*."""
        numbered = self.results.number(pattern)
        return self.results.select("SELECT s, p, o FROM asserted", numbered)
