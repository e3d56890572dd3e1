"""All that is compiled of one ontology."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Variable

from partyline.reasoning.model.exclusions import Exclusion
from partyline.reasoning.model.rules import Constraint, Fact, Pattern, Rule


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules and constraints of one ontology."""

    rules: tuple[Rule, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    #: Axioms that say nothing because the RDF list they name is not well-formed.
    malformed: tuple[Fact, ...] = field(default=())
    #: Datatypes that a body asks for: literals in their value spaces are their members (dt-type2).
    datatypes: tuple[NamedNode, ...] = ()
    #: Lists of which no two members go together.
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def bodies(self) -> Iterator[tuple[Pattern, ...]]:
        """Yield the bodies of all rules, constraints and exclusions."""
        rows: tuple[Rule | Constraint | Exclusion, ...]
        rows = (*self.rules, *self.constraints, *self.exclusions)
        return (row.body for row in rows)

    @property
    def equality(self) -> bool:
        """Tell whether the rules of ``owl:sameAs`` are here: they conclude any predicate."""
        return any(isinstance(rule.head[1], Variable) for rule in self.rules)
