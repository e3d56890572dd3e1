"""One application of a rule, as proofs are searched for: backwards, from its conclusion."""

from collections.abc import Iterator
from dataclasses import dataclass

from partyline.reasoning.literals.datatypes import LITERAL_TYPE, is_typed_literal
from partyline.reasoning.literals.inequality import INEQUALITY, is_inequality
from partyline.reasoning.model.rules import Binding, Fact, Rule, ground, substitute
from partyline.reasoning.model.triple_index import Conclusions, Graph, solutions


@dataclass(frozen=True, slots=True)
class Step:
    """An application of a rule, with the facts that it needs, axioms included."""

    conclusion: Fact
    rule: Rule
    needs: tuple[Fact, ...]

    @classmethod
    def of(cls, rule: Rule, binding: Binding) -> "Step":
        """Return the application of *rule* under *binding*, which has all its variables."""
        premises = (ground(pattern, binding) for pattern in rule.body)
        needs = tuple(dict.fromkeys((*premises, *rule.axioms)))
        return cls(ground(rule.head, binding), rule, needs)


def of_values(conclusion: Fact) -> Iterator[Step]:
    """Yield the step that values alone give, from nothing.

    By it, a literal is a member of its datatype (dt-type2) or differs from another (dt-diff).
    """
    if is_typed_literal(conclusion):
        yield Step(conclusion, Rule(LITERAL_TYPE, conclusion, ()), ())
    elif is_inequality(conclusion):
        yield Step(conclusion, Rule(INEQUALITY, conclusion, ()), ())


def applications(rules: Conclusions, facts: Graph, conclusion: Fact) -> Iterator[Step]:
    """Yield every way in which one of *rules* concludes *conclusion* from *facts*."""
    yield from of_values(conclusion)
    for rule, head in rules.that_conclude(conclusion):
        body = [substitute(pattern, head) for pattern in rule.body]
        for binding in solutions(facts, body):
            step = Step.of(rule, {**head, **binding})
            if conclusion not in step.needs:
                yield step
