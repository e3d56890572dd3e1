"""An index of facts that is asked with patterns, for the compiler and for proofs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from pyoxigraph import Literal, Variable

from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Binding, Fact, Pattern, Rule, Slot, substitute
from partyline.reasoning.model.stratification import Topic, topic
from partyline.vocabulary import OWL, RDF


class Graph(Protocol):
    """Facts that can be asked for by pattern: in memory, in a store or at an endpoint."""

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts that agree with the positions of *pattern* that are not variables."""
        ...


_Key = tuple[Term | None, Term | None, Term | None]


class Facts:
    """A set of facts, found by any of their three positions.

    One table for each combination of bound positions, built when it is first asked for.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = frozenset(facts)
        self._tables: dict[tuple[bool, ...], dict[_Key, list[Fact]]] = {}

    def __contains__(self, fact: object) -> bool:
        return fact in self._facts

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)

    def __sub__(self, other: "Facts") -> frozenset[Fact]:
        return self._facts - other._facts

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts that agree with the positions of *pattern* that are not variables."""
        key = one, two, three = _key(pattern)
        if not (one is None or two is None or three is None):
            fact: Fact = (one, two, three)
            return [fact] if fact in self._facts else ()
        mask = tuple(node is not None for node in key)
        if mask not in self._tables:
            self._tables[mask] = self._table(mask)
        return self._tables[mask].get(key, ())

    def literals(self) -> set[Literal]:
        """Return the literals that facts have as objects."""
        return {object_ for _, _, object_ in self._facts if isinstance(object_, Literal)}

    def asserted_literals(self) -> set[tuple[Term, Literal]]:
        """Return the literals that facts have as objects, with their predicates."""
        return {(row[1], row[2]) for row in self._facts if isinstance(row[2], Literal)}

    def _table(self, mask: tuple[bool, ...]) -> dict[_Key, list[Fact]]:
        table: dict[_Key, list[Fact]] = {}
        for fact in self._facts:
            one, two, three = (
                node if bound else None for node, bound in zip(fact, mask, strict=True)
            )
            table.setdefault((one, two, three), []).append(fact)
        return table

    def solutions(
        self, body: Sequence[Pattern], binding: Binding | None = None
    ) -> Iterator[Binding]:
        """Yield each binding under which every pattern of *body* is a fact."""
        known = dict(binding or {})
        if not body:
            yield known
            return
        # The pattern with the fewest answers first: it leaves the least to try.
        instances = [substitute(pattern, known) for pattern in body]
        answers = [self.match(instance) for instance in instances]
        chosen = min(range(len(body)), key=lambda index: len(answers[index]))
        rest = [pattern for index, pattern in enumerate(body) if index != chosen]
        for fact in answers[chosen]:
            extended = unify(instances[chosen], fact)
            if extended is not None:
                yield from self.solutions(rest, {**known, **extended})


def solutions(
    graph: Graph, body: Sequence[Pattern], binding: Binding | None = None
) -> Iterator[Binding]:
    """Yield each binding under which every pattern of *body* is a fact of *graph*."""
    if isinstance(graph, Facts):
        yield from graph.solutions(body, binding)
        return
    known = dict(binding or {})
    if not body:
        yield known
        return
    # To ask for the answers of all patterns only to see which has fewest may cost all of them.
    instances = [substitute(pattern, known) for pattern in body]
    chosen = min(range(len(body)), key=lambda index: _openness(instances[index]))
    rest = [pattern for index, pattern in enumerate(body) if index != chosen]
    for fact in graph.match(instances[chosen]):
        extended = unify(instances[chosen], fact)
        if extended is not None:
            yield from solutions(graph, rest, {**known, **extended})


def _openness(pattern: Pattern) -> tuple[int, bool, bool]:
    """Order patterns by how much may match: few things are the same, many have one type."""
    subject, predicate, _ = pattern
    unbound = sum(isinstance(slot, Variable) for slot in pattern)
    members = predicate == RDF.type and isinstance(subject, Variable)
    return unbound + members, predicate != OWL.sameAs, members


class Conclusions:
    """Rules, found by what they conclude."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[Topic, list[Rule]] = {}
        for rule in dict.fromkeys(rules):
            self._rules.setdefault(topic(rule.head), []).append(rule)

    def that_conclude(self, pattern: Pattern) -> Iterator[tuple[Rule, Binding]]:
        """Yield each rule whose head agrees with *pattern*, and the bindings of its variables."""
        predicate, class_ = topic(pattern)
        topics = [(predicate, class_), (predicate, None), (None, None)]
        for about in dict.fromkeys(topics):
            for rule in self._rules.get(about, ()):
                binding = agree(rule.head, pattern)
                if binding is not None:
                    yield rule, binding


def agree(head: Pattern, pattern: Pattern) -> Binding | None:
    """Return the binding of the variables of *head* to the nodes of *pattern*, or None.

    A variable of *pattern* agrees with anything.
    """
    binding: dict[Variable, Term] = {}
    for slot, wanted in zip(head, pattern, strict=True):
        if isinstance(wanted, Variable):
            continue
        if isinstance(slot, Variable):
            if binding.setdefault(slot, wanted) != wanted:
                return None
        elif slot != wanted:
            return None
    return binding


def unify(pattern: Pattern, fact: Fact) -> Binding | None:
    """Return the binding that turns *pattern* into *fact*, or None."""
    binding: dict[Variable, Term] = {}
    for slot, node in zip(pattern, fact, strict=True):
        if isinstance(slot, Variable):
            if binding.setdefault(slot, node) != node:
                return None
        elif slot != node:
            return None
    return binding


def _key(pattern: Pattern) -> _Key:
    one, two, three = (_bound(slot) for slot in pattern)
    return one, two, three


def _bound(slot: Slot) -> Term | None:
    return None if isinstance(slot, Variable) else slot
