"""The steps between that a published closure leaves out, derived again when a proof asks.

A release does not say that something is in an unnamed class, that it is a thing, or the same in
another spelling; a proof goes through all of them. They follow from what is published, one rule at
a time.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeGuard

from pyoxigraph import BlankNode, Literal, Variable

from partyline.reasoning.compile.lexical_variants import SPELLING
from partyline.reasoning.evaluate.axioms import AXIOM_CLASSES, AXIOM_PREDICATES, LISTS
from partyline.reasoning.evaluate.projection import EVERYTHING
from partyline.reasoning.literals.datatypes import is_typed_literal
from partyline.reasoning.literals.inequality import is_inequality
from partyline.reasoning.model.rules import Fact, Pattern, Rule, ground, substitute
from partyline.reasoning.model.triple_index import Conclusions, Facts, Graph, solutions, unify
from partyline.vocabulary import OWL, RDF


class CompletedGraph:
    """A published graph with the facts that its publisher left out.

    *axioms* are all axioms, given and derived; *rules* those that derived the graph; *publishes*
    tells which inferred facts the settings publish.
    """

    def __init__(
        self,
        graph: Graph,
        axioms: Facts,
        rules: Sequence[Rule],
        publishes: Callable[[Pattern], bool] = lambda pattern: True,
    ) -> None:
        self._publishes = publishes
        self._graph = graph
        self._axioms = axioms
        self._rules = Conclusions(rules)
        #: Predicates with facts that are published in another spelling only.
        self._spelled = {rule.head[1] for rule in rules if rule.name == SPELLING}
        self._known: dict[Pattern, Sequence[Fact]] = {}
        self._open: set[Pattern] = set()
        #: Patterns that were asked for while they were being answered.
        self._circular: set[Pattern] = set()

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts that agree with the positions of *pattern* that are not variables."""
        plain = _anonymous(pattern)
        if plain not in self._known:
            if plain in self._open:
                # A proof that goes through here again is circular: what it needs has another.
                self._circular.add(plain)
                return ()
            found = self._match(plain)
            if self._circular - {plain}:
                return found  # it may lack what is being looked for further up
            self._circular.clear()
            self._known[plain] = found
        return self._known[plain]

    def _match(self, pattern: Pattern) -> Sequence[Fact]:
        subject, predicate, object_ = pattern
        if isinstance(subject, Literal):
            return tuple(dict.fromkeys(self._about_literal(subject, pattern)))
        if predicate in AXIOM_PREDICATES:
            return self._axioms.match(pattern)
        if predicate in LISTS:
            # Of all lists, the axioms have only those that one of them names.
            found = (*self._axioms.match(pattern), *self._graph.match(pattern))
            return tuple(dict.fromkeys(found))
        if predicate == RDF.type and object_ in AXIOM_CLASSES:
            return self._axioms.match(pattern)
        if not _left_out(pattern) and self._publishes(pattern):
            if predicate == OWL.sameAs:
                return tuple(dict.fromkeys(self._same(pattern)))
            if predicate not in self._spelled:
                return self._graph.match(pattern)
        return tuple(dict.fromkeys((*self._graph.match(pattern), *self._derive(pattern))))

    def _about_literal(self, literal: Literal, pattern: Pattern) -> Iterator[Fact]:
        """Yield what the value of *literal* says, and what is said of a resource that it is."""
        _, predicate, object_ = pattern
        if _of_values(pattern):
            yield pattern
        for name, same, _ in self._graph.match((Variable("v0"), OWL.sameAs, literal)):
            itself = (literal, same, name)
            if unify(pattern, itself) is not None:
                yield itself
            for row in self.match((name, predicate, object_)):
                yield literal, row[1], row[2]

    def _same(self, pattern: Pattern) -> Iterator[Fact]:
        """Yield facts of equality: published in full, but for the names that are literals."""
        subject, predicate, object_ = pattern
        yield from self._graph.match(pattern)
        if predicate in self._spelled:
            yield from self._conclusions(pattern, self._graph, SPELLING)
        if not isinstance(object_, Literal):  # a literal cannot be a subject in RDF
            for row in self._graph.match((object_, predicate, subject)):
                if isinstance(row[2], Literal):
                    yield row[2], OWL.sameAs, row[0]

    def _derive(self, pattern: Pattern) -> list[Fact]:
        self._open.add(pattern)
        found = [pattern] if _of_values(pattern) else []
        found += self._conclusions(pattern, self)
        self._open.discard(pattern)
        return found

    def _conclusions(self, pattern: Pattern, premises: Graph, name: str = "") -> Iterator[Fact]:
        """Yield what the rules, or those of one *name*, conclude from *premises*."""
        for rule, head in self._rules.that_conclude(pattern):
            if name and rule.name != name:
                continue
            body = [substitute(premise, head) for premise in rule.body]
            for binding in solutions(premises, body):
                fact = ground(rule.head, {**head, **binding})
                if unify(pattern, fact) is not None:
                    yield fact


def _of_values(pattern: Pattern) -> TypeGuard[Fact]:
    return is_typed_literal(pattern) or is_inequality(pattern)


def _left_out(pattern: Pattern) -> bool:
    subject, predicate, object_ = pattern
    unnamed = isinstance(object_, BlankNode) or object_ in EVERYTHING
    unwritten = isinstance(subject, Literal) or isinstance(predicate, BlankNode)
    return unwritten or (predicate == RDF.type and unnamed)


def _anonymous(pattern: Pattern) -> Pattern:
    """Name the variables of *pattern* by their order, so that the same question is asked once."""
    names: dict[Variable, Variable] = {}
    subject, predicate, object_ = (
        names.setdefault(slot, Variable(f"v{len(names)}")) if isinstance(slot, Variable) else slot
        for slot in pattern
    )
    return subject, predicate, object_
