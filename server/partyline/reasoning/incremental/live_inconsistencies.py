"""The inconsistencies of a closure that changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import Literal, Variable

from partyline.reasoning.evaluate.sparql import Inconsistency, holds
from partyline.reasoning.incremental.integer_index import (
    Index,
    IndexedFacts,
    Numbering,
    Row,
    Topics,
    bind,
    instance,
)
from partyline.reasoning.literals import datatypes
from partyline.reasoning.model.exclusions import DIFFERENT, Exclusion, unfolded
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Constraint, variables
from partyline.vocabulary import OWL

#: A constraint, and the rows of its body.
_Key = tuple[Constraint, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A constraint in numbers; the variable at place n has the number -1 - n."""

    constraint: Constraint
    body: tuple[Row, ...]
    names: tuple[Variable, ...]


class LiveInconsistencies:
    """Every way in which facts of an index that changes violate constraints that change."""

    def __init__(
        self,
        numbering: Numbering,
        index: Index,
        asserted: Iterable[Row],
        rules: RuleSet,
    ) -> None:
        self._numbering, self._index = numbering, index
        self._facts = IndexedFacts(numbering, index)
        self._topics = Topics(numbering)
        self._compiled: dict[Constraint, _Compiled] = {}
        self._readers: dict[tuple[int, int], list[tuple[_Compiled, int]]] = {}
        self._found: dict[_Key, Inconsistency] = {}
        #: What each fact is a premise of.
        self._uses: dict[Row, set[_Key]] = {}
        #: Asserted facts whose literals have no value (dt-not-type).
        self._ill_typed: dict[Row, Inconsistency] = {}
        #: The constraints of each exclusion that facts have violated, now or before.
        self._unfolded: dict[Exclusion, dict[Constraint, None]] = {}
        #: The exclusions that facts about a predicate or a class may violate.
        self._excluding: dict[int, list[Exclusion]] = {}
        self._give(asserted)
        self._exclude(rules.exclusions)
        self._adopt(rules.constraints)

    def follow(
        self,
        appeared: Iterable[Row],
        vanished: Iterable[Row],
        given: Iterable[Row],
        withdrawn: Iterable[Row],
        rules: RuleSet,
    ) -> None:
        """Find what a change violates, and drop what it ends.

        Args:
            appeared: facts that have come.
            vanished: facts that have gone.
            given: facts that are asserted now and were not.
            withdrawn: facts that were asserted and are not.
            rules: those that hold now.

        """
        for row in withdrawn:
            self._ill_typed.pop(row, None)
        self._give(given)
        for row in vanished:
            for key in tuple(self._uses.get(row, ())):
                self._drop(key)
        appeared = list(appeared)
        self._exclude(rules.exclusions)
        self._unfold(appeared)
        self._adopt(rules.constraints)
        for row in appeared:
            for compiled, place in self._topics.find(self._readers, row):
                binding = bind(compiled.body[place], row, {})
                if binding is not None:
                    rest = (*compiled.body[:place], *compiled.body[place + 1 :])
                    for solution in self._index.solutions(rest, binding):
                        self._note(compiled, solution)

    def __iter__(self) -> Iterator[Inconsistency]:
        yield from sorted(self._ill_typed.values(), key=lambda row: str(row.premises))
        yield from sorted(
            self._found.values(), key=lambda row: (str(row.constraint), str(row.binding))
        )

    def _give(self, rows: Iterable[Row]) -> None:
        for row in rows:
            found = self._numbering.fact(row)
            if isinstance(found[2], Literal) and datatypes.ill_typed(found[2]):
                constraint = Constraint("dt-not-type", (found,))
                self._ill_typed[row] = Inconsistency(constraint, (), (found,))

    def _exclude(self, exclusions: Iterable[Exclusion]) -> None:
        wanted = dict.fromkeys(exclusions)
        if wanted.keys() == self._unfolded.keys():
            return
        before = self._unfolded
        self._unfolded = {
            row: before[row] if row in before else dict.fromkeys(unfolded([row], self._facts))
            for row in wanted
        }
        self._excluding = {}
        for row in wanted:
            touched = (OWL.sameAs,) if row.name in DIFFERENT else row.places
            for node in touched:
                self._excluding.setdefault(self._numbering.number(node), []).append(row)

    def _unfold(self, appeared: Iterable[Row]) -> None:
        """Find the constraints of exclusions that facts which have come may violate."""
        for row in appeared:
            found = (self._excluding.get(number, ()) for number in {row[1], row[2]})
            for exclusion in dict.fromkeys(chain.from_iterable(found)):
                group = exclusion.group_of(self._numbering.fact(row), self._facts)
                self._unfolded[exclusion].update(dict.fromkeys(exclusion.constraints([group])))

    def _adopt(self, constraints: Iterable[Constraint]) -> None:
        wanted = dict.fromkeys(constraints)
        for found in self._unfolded.values():
            wanted.update(found)
        if wanted.keys() == self._compiled.keys():
            return
        for key in [key for key in self._found if key[0] not in wanted]:
            self._drop(key)
        before = self._compiled
        self._compiled = {row: before.get(row) or self._compile(row) for row in wanted}
        self._readers = {}
        for compiled in self._compiled.values():
            for place, pattern in enumerate(compiled.body):
                topic = self._topics.of(pattern)
                self._readers.setdefault(topic, []).append((compiled, place))
        for constraint, compiled in self._compiled.items():
            if constraint not in before:
                for solution in self._index.solutions(compiled.body, {}):
                    self._note(compiled, solution)

    def _compile(self, constraint: Constraint) -> _Compiled:
        names = tuple(dict.fromkeys(variables(constraint.body)))
        return _Compiled(constraint, self._numbering.patterns(constraint.body), names)

    def _note(self, compiled: _Compiled, solution: dict[int, int]) -> None:
        """Note an inconsistency where the literals of *solution* are as is forbidden."""
        node = self._numbering.node
        binding = {name: node(solution[-1 - n]) for n, name in enumerate(compiled.names)}
        if not holds(compiled.constraint, binding):
            return
        rows = tuple(instance(pattern, solution) for pattern in compiled.body)
        key = compiled.constraint, rows
        premises = tuple(map(self._numbering.fact, rows))
        self._found[key] = Inconsistency(compiled.constraint, tuple(binding.items()), premises)
        for row in rows:
            self._uses.setdefault(row, set()).add(key)

    def _drop(self, key: _Key) -> None:
        del self._found[key]
        for row in set(key[1]):
            self._uses[row].discard(key)
            if not self._uses[row]:
                del self._uses[row]
