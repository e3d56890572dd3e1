"""The search for another proof of a fact, before it is deleted."""

from partyline.reasoning.incremental.integer_index import Index, Row
from partyline.reasoning.incremental.literal_facts import LiteralFacts
from partyline.reasoning.incremental.numbered_rules import NumberedRules

#: How many rules deep another proof is looked for.
_DEPTH = 4
#: How many applications of rules are tried in the search for one.
_TRIES = 100


class ProofSearch:
    """What one deletion knows: facts that must go, facts that have another proof."""

    def __init__(self, asserted: Index, rules: NumberedRules, literals: LiteralFacts) -> None:
        self._asserted, self._rules, self._literals = asserted, rules, literals
        #: Facts that must go, in the order in which that was found.
        self.doomed: dict[Row, None] = {}
        self._proved: set[Row] = set()
        self._tries = 0

    def finds_proof(self, row: Row) -> bool:
        """Tell whether a proof of *row* from asserted facts is found within the limits."""
        self._tries = _TRIES
        return self._is_proved(row, ())

    def _is_proved(self, row: Row, above: tuple[Row, ...]) -> bool:
        if row in self._asserted or row in self._proved or self._literals.holds(row):
            return True
        if len(above) == _DEPTH or row in self.doomed or row in above:
            return False
        for premises in self._rules.derivations(row):
            self._tries -= 1
            if self._tries < 0:
                return False
            if all(self._is_proved(premise, (*above, row)) for premise in premises):
                self._proved.add(row)
                return True
        return False
