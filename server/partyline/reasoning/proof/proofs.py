"""What a proof is: a fact, the rule that gives it, and proofs of the premises; and its check."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from partyline.reasoning.literals.datatypes import LITERAL_TYPE, is_typed_literal
from partyline.reasoning.literals.inequality import INEQUALITY, is_inequality
from partyline.reasoning.model.rules import Fact, Rule, substitute
from partyline.reasoning.model.triple_index import Facts, Graph, unify

#: What is shown of a proof: rules applied, and rules on the longest way down. What a reader can
#: follow is far less; the depth keeps nested JSON within what parsers read.
MOST_STEPS, MOST_LEVELS = 200, 60


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A fact, and the rule and premises that give it; an asserted fact has no rule.

    Proofs may share parts and be deep: every method visits each part once, without recursion. Two
    proofs are equal where they are one object.
    """

    conclusion: Fact
    rule: Rule | None = None
    #: Proofs of the premises, then of those axioms of the rule that are derived themselves.
    premises: tuple["Proof", ...] = ()
    #: The number of steps that `shortened` left out below this conclusion.
    omitted: int = 0

    def parts(self) -> Iterator["Proof"]:
        """Yield this proof and every proof in it, each once, conclusions before premises."""
        seen: set[int] = set()
        pending: list[Proof] = [self]
        while pending:
            proof = pending.pop()
            if id(proof) not in seen:
                seen.add(id(proof))
                yield proof
                pending.extend(reversed(proof.premises))

    def bottom_up(self) -> Iterator["Proof"]:
        """Yield every proof in this one once, each after those of its premises."""
        seen: set[int] = set()
        pending: list[tuple[Proof, bool]] = [(self, False)]
        while pending:
            proof, ready = pending.pop()
            if ready:
                yield proof
            elif id(proof) not in seen:
                seen.add(id(proof))
                pending.append((proof, True))
                pending.extend((premise, False) for premise in reversed(proof.premises))

    def leaves(self) -> Iterator[Fact]:
        """Yield the asserted facts that the proof rests on, axioms included, each once."""
        yield from dict.fromkeys(part.conclusion for part in self.parts() if part.rule is None)

    def axioms(self) -> Iterator[Fact]:
        """Yield the axioms of every rule in the proof, each once."""
        rules = (part.rule for part in self.parts() if part.rule is not None)
        yield from dict.fromkeys(axiom for rule in rules for axiom in rule.axioms)

    def rests_on(self, fact: Fact) -> bool:
        """Tell whether *fact* is the conclusion or stands anywhere below it."""
        return any(part.conclusion == fact for part in self.parts())

    def size(self) -> int:
        """Return the number of rules applied, those of a repeated part each time."""
        sizes: dict[int, int] = {}
        for part in self.bottom_up():
            below = sum(sizes[id(premise)] for premise in part.premises)
            sizes[id(part)] = (part.rule is not None) + below
        return sizes[id(self)]

    def depth(self) -> int:
        """Return the number of rules on the longest way down."""
        depths: dict[int, int] = {}
        for part in self.bottom_up():
            below = max((depths[id(premise)] for premise in part.premises), default=0)
            depths[id(part)] = below + (part.rule is not None)
        return depths[id(self)]


def shortened(proof: Proof, steps: int = MOST_STEPS, levels: int = MOST_LEVELS) -> Proof:
    """Return *proof* without what lies deepest, where it is larger than can be shown.

    Args:
        proof: The proof, of any size.
        steps: The number of distinct applications of rules that are kept.
        levels: The number of rules that are kept on the longest way down.

    Returns:
        *proof* itself where it is small enough. Otherwise a proof in which some conclusions have
        no premises, and in ``omitted`` the number of distinct steps that are left out there.

    """
    rules = [part for part in proof.bottom_up() if part.rule is not None][::-1]
    level = {id(proof): 1}
    for part in rules:
        for premise in part.premises:
            level[id(premise)] = max(level.get(id(premise), 0), level[id(part)] + 1)
    # Sorted by level, what rests on a part comes before it: any number of them hangs together.
    kept = sorted(rules, key=lambda part: level[id(part)])[:steps]
    shown = {id(part) for part in kept if level[id(part)] <= levels}
    if len(shown) == len(rules):
        return proof
    found: dict[int, Proof] = {}
    for part in reversed(kept):
        for premise in part.premises:
            if id(premise) not in found:
                found[id(premise)] = premise if premise.rule is None else _cut(premise, shown)
        if id(part) in shown:
            premises = tuple(found[id(premise)] for premise in part.premises)
            found[id(part)] = Proof(part.conclusion, part.rule, premises)
    return found[id(proof)]


def _cut(proof: Proof, shown: Collection[int]) -> Proof:
    """Return *proof* without its premises, with the number of its steps that nothing shows."""
    steps = sum(part.rule is not None and id(part) not in shown for part in proof.parts())
    return Proof(proof.conclusion, proof.rule, omitted=steps)


def check(proof: Proof, asserted: Graph) -> bool:
    """Tell whether *proof* is one: each step an instance of its rule, each leaf asserted."""
    return all(_follows(part, asserted) for part in proof.parts())


def _follows(proof: Proof, asserted: Graph) -> bool:
    """Tell whether the conclusion follows from the premises, or is asserted."""
    if proof.rule is None:
        return bool(asserted.match(proof.conclusion))
    head = unify(proof.rule.head, proof.conclusion)
    if head is None or proof.omitted:
        return False
    if proof.rule.name == LITERAL_TYPE and not is_typed_literal(proof.conclusion):
        return False
    if proof.rule.name == INEQUALITY and not is_inequality(proof.conclusion):
        return False
    given = Facts(premise.conclusion for premise in proof.premises)
    body = [substitute(pattern, head) for pattern in proof.rule.body]
    applies = any(True for _ in given.solutions(body))
    return applies and all(axiom in given for axiom in proof.rule.axioms)
