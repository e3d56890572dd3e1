"""Steps along paths: how a proof goes through a large class of equal names or a long relation.

A relation that is composed with itself (``owl:sameAs`` by eq-trans, a property by prp-trp,
``rdfs:subClassOf`` by scm-sco) has a step for each node between the ends of a pair, and each of
those has as many. One proof needs a path alone: here, a shortest one over links that other rules
give, put together by halves so that it is not deep. What is stated about one name and proved of
another is renamed where it is asserted.

The steps are few, not all: where they do not give a proof, others may.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count, islice, product

from pyoxigraph import NamedNode, Variable

from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Binding, Fact, Pattern, Rule, composes, substitute
from partyline.reasoning.model.triple_index import Conclusions, Graph, solutions, unify
from partyline.reasoning.proof.steps import Step, of_values
from partyline.vocabulary import OWL

_NEXT = Variable("next")
#: Applications of one rule to other premises that are taken, and those looked at for them.
_TAKEN, _LOOKED_AT = 8, 64
#: The rules that replace a name, with the position that each replaces.
_REPLACING = {"eq-rep-s": 0, "eq-rep-o": 2, "eq-rep-p": 1}


@dataclass(frozen=True, slots=True)
class _Link:
    """A fact between two neighbours on a path, with the steps that give it."""

    fact: Fact
    steps: tuple[Step, ...]
    cost: int


class PathSteps:
    """Chooses a few steps to a fact, so that a proof is found in time near its own size."""

    def __init__(
        self,
        rules: Iterable[Rule],
        conclusions: Conclusions,
        facts: Graph,
        asserted: Graph,
        is_asserted: Callable[[Fact], bool],
    ) -> None:
        rules = tuple(rules)
        self._rules = conclusions
        self._facts = facts
        self._asserted = asserted
        self._is_asserted = is_asserted
        self._composing = {row.head[1]: row for row in rules if composes(row)}
        self._replacing = {row.name: row for row in rules if row.name in _REPLACING}
        self._constants = {
            slot for row in rules for slot in row.head if not isinstance(slot, Variable)
        }
        self._names: dict[Term, tuple[Term, ...]] = {}

    def steps(self, goal: Fact) -> Iterator[Step]:
        """Yield steps that end at *goal* or at a fact that another of them needs."""
        rule = self._composing.get(goal[1])
        if rule is not None:
            path = self._path(goal, self._asserted) or self._path(goal, self._facts)
            if path:
                yield from _composed([link.fact for link in path], rule)
                yield from (step for link in path for step in link.steps)
                return
        yield from self._applications(goal)
        if self._replacing:
            yield from self._renamings(goal)

    # Paths

    def _path(self, goal: Fact, graph: Graph) -> list[_Link]:
        """Return the cheapest path from the subject of *goal* to its object; none, an empty list.

        Rules of several premises find them in *graph* (see `_links`).
        """
        start, predicate, end = goal
        reached: dict[Term, tuple[Term, _Link]] = {}
        costs: dict[Term, int] = {}
        ordinal = count()
        # Among paths of one cost, that to the end comes first.
        queue: list[tuple[int, bool, int, Term, Term, _Link | None]] = [
            (0, True, next(ordinal), start, start, None)
        ]
        while queue:
            cost, _, _, node, before, link = heappop(queue)
            if node in reached:
                continue
            if link is not None:
                reached[node] = before, link
                if node == end:
                    return _backwards(reached, start, end)
            for found in self._links(node, predicate, graph):
                after, total = found.fact[2], cost + 1 + found.cost
                if total >= costs.get(after, total + 1):
                    continue
                if after in costs or self._leads_to(after, predicate, end):
                    costs[after] = total
                    heappush(queue, (total, after != end, next(ordinal), after, node, found))
        return []

    def _leads_to(self, node: Term, predicate: Term, end: Term) -> bool:
        return node == end or bool(self._facts.match((node, predicate, end)))

    def _links(self, node: Term, predicate: Term, graph: Graph) -> Iterator[_Link]:
        """Yield the facts from *node* by *predicate* that rules give, the cheapest first.

        Rules of one premise that says the same of two nodes in other words (inverse, symmetric,
        equivalent and sub-properties) are followed down to asserted facts, so that no link rests
        on the path that it is part of; the premises of all others are looked for in *graph*.
        """
        start: Pattern = (node, predicate, _NEXT)
        pending: deque[tuple[Pattern, tuple[tuple[Rule, Binding], ...]]] = deque([(start, ())])
        seen = {_shape(start)}
        while pending:
            pattern, trail = pending.popleft()
            for row in self._asserted.match(pattern):
                if link := self._restated(row, trail, start):
                    yield link
            for rule, head in self._rules.that_conclude(pattern):
                if rule.name in _REPLACING or composes(rule):
                    continue
                body = [substitute(row, head) for row in rule.body]
                if len(body) == 1 and _is_link(body[0]):
                    if _shape(body[0]) not in seen:
                        seen.add(_shape(body[0]))
                        pending.append((body[0], ((rule, head), *trail)))
                    continue
                for binding in solutions(graph, body):
                    step = Step.of(rule, {**head, **binding})
                    if unify(pattern, step.conclusion) is None:
                        continue
                    if link := self._restated(step.conclusion, trail, start, step):
                        yield link

    def _restated(
        self, fact: Fact, trail: Sequence[tuple[Rule, Binding]], wanted: Pattern, *given: Step
    ) -> _Link | None:
        """Follow *trail* up from *fact*, to a link of the pattern *wanted*."""
        steps = list(given)
        for rule, head in trail:
            binding = unify(substitute(rule.body[0], head), fact)
            if binding is None:
                return None
            step = Step.of(rule, {**head, **binding})
            steps.append(step)
            fact = step.conclusion
        if unify(wanted, fact) is None or any(step.conclusion in step.needs for step in steps):
            return None
        missing = sum(not self._is_asserted(need) for step in given for need in step.needs)
        return _Link(fact, tuple(steps), len(steps) + missing)

    # What no path gives

    def _applications(self, goal: Fact) -> Iterator[Step]:
        """Yield some applications of each rule to facts, those with most asserted premises."""
        yield from of_values(goal)
        for rule, head in self._rules.that_conclude(goal):
            if rule.name in _REPLACING or composes(rule):
                continue
            body = [substitute(pattern, head) for pattern in rule.body]
            found = islice(solutions(self._facts, body), _LOOKED_AT)
            steps = [Step.of(rule, {**head, **binding}) for binding in found]
            steps = [step for step in steps if goal not in step.needs]
            yield from sorted(steps, key=self._missing)[:_TAKEN]

    def _missing(self, step: Step) -> int:
        return sum(not self._is_asserted(need) for need in step.needs)

    def _renamings(self, goal: Fact) -> Iterator[Step]:
        """Yield the steps from what is asserted of equal names, the fewest replaced first."""
        found = sorted(self._renamed(goal), key=lambda row: _replaced(row, goal))
        for row in found[:_TAKEN]:
            current = row
            for name, place in _REPLACING.items():
                if current[place] == goal[place]:
                    continue
                equality = (current[place], OWL.sameAs, goal[place])
                after = (*current[:place], goal[place], *current[place + 1 :])
                subject, predicate, object_ = after
                conclusion = subject, predicate, object_
                yield Step(conclusion, self._replacing[name], (equality, current))
                current = conclusion

    def _renamed(self, goal: Fact) -> Iterator[Fact]:
        """Yield statements about equal names: asserted facts, and facts of constants of a rule."""
        if goal[1] == OWL.sameAs:
            return
        subjects, predicates, objects = map(self._equal, goal)
        for predicate in predicates:
            if len(subjects) <= len(objects):
                asked: Iterable[Pattern] = ((node, predicate, _NEXT) for node in subjects)
            else:
                asked = ((_NEXT, predicate, node) for node in objects)
            for row in (row for pattern in asked for row in self._asserted.match(pattern)):
                if row != goal and row[0] in subjects and row[2] in objects:
                    yield row
        stated = [[node, *self._constant_names(node)] for node in goal]
        for subject, predicate, object_ in product(*stated):
            row = (subject, predicate, object_)
            if row != goal and self._facts.match(row):
                yield row

    def _constant_names(self, node: Term) -> list[Term]:
        return [row for row in self._equal(node) if row != node and row in self._constants]

    def _equal(self, node: Term) -> tuple[Term, ...]:
        """Return *node* and what is the same as it."""
        if node not in self._names:
            rows = self._facts.match((node, OWL.sameAs, _NEXT))
            self._names[node] = tuple(dict.fromkeys((node, *(row[2] for row in rows))))
        return self._names[node]


def _is_link(pattern: Pattern) -> bool:
    """Tell whether *pattern* asks for the other node of a pair by a known predicate."""
    subject, predicate, object_ = pattern
    one_end = isinstance(subject, Variable) != isinstance(object_, Variable)
    return one_end and isinstance(predicate, NamedNode)


def _shape(pattern: Pattern) -> tuple[object, ...]:
    return tuple(None if isinstance(slot, Variable) else slot for slot in pattern)


def _backwards(reached: dict[Term, tuple[Term, _Link]], start: Term, end: Term) -> list[_Link]:
    """Return the links from *start* to *end*."""
    links: list[_Link] = []
    node = end
    while not links or node != start:
        node, link = reached[node]
        links.append(link)
    return links[::-1]


def _composed(links: Sequence[Fact], rule: Rule) -> Iterator[Step]:
    """Yield the steps that compose *links*, by halves: their depth is the logarithm of them."""
    pending = [(0, len(links))]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        middle = (first + last) // 2
        parts = [(first, middle), (middle, last)]
        needs = [(links[one][0], links[one][1], links[two - 1][2]) for one, two in parts]
        conclusion = (links[first][0], links[first][1], links[last - 1][2])
        yield Step(conclusion, rule, tuple(dict.fromkeys((*needs, *rule.axioms))))
        pending += parts


def _replaced(row: Fact, goal: Fact) -> int:
    return sum(one != other for one, other in zip(row, goal, strict=True))
