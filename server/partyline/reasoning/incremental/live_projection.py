"""The published part of a closure that changes."""

from collections import Counter
from collections.abc import Collection, Iterable, Set

from pyoxigraph import Triple

from partyline.rdf.terms import Term
from partyline.reasoning.compile.compiler import as_triple
from partyline.reasoning.compile.lexical_variants import variant_predicates
from partyline.reasoning.evaluate.projection import Projection, describes_expression
from partyline.reasoning.incremental.integer_index import Index, IndexedFacts, Numbering, Row
from partyline.reasoning.model.rule_set import RuleSet


class LiveProjection:
    """Which facts of an index that changes are published; the same as `published` gives."""

    def __init__(
        self,
        numbering: Numbering,
        everything: Index,
        asserted: Index,
        rules: RuleSet,
    ) -> None:
        """Begin with what is published of *everything* as it is."""
        self._numbering, self._index, self._given = numbering, everything, asserted
        self._views = IndexedFacts(numbering, everything), IndexedFacts(numbering, asserted)
        self._expressions: Counter[Term] = Counter()
        self._count(asserted, 1)
        self._variants = variant_predicates(rules)

    def follow(
        self, changed: Set[Row], given: Collection[Row], withdrawn: Collection[Row], rules: RuleSet
    ) -> tuple[set[Triple], set[Triple]]:
        """Decide again on all facts that a change may concern.

        Returns those of them that are published, and those that are not.

        Args:
            changed: facts that have come or gone.
            given: facts that are asserted now and were not.
            withdrawn: facts that were asserted and are not.
            rules: those that hold now.

        """
        affected = {*changed, *given, *withdrawn}
        for node in self._count(given, 1) | self._count(withdrawn, -1):
            number = self._numbering.number(node)
            affected.update(self._index.match((number, -1, -2)))
            affected.update(self._index.match((-1, -2, number)))
        affected |= self._of_variants(rules, affected)
        projection = Projection(*self._views, self._expressions.keys(), self._variants)
        published: set[Triple] = set()
        others: set[Triple] = set()
        for row in affected:
            if (triple := as_triple(self._numbering.fact(row))) is not None:
                is_published = row in self._index and row not in self._given
                if is_published and projection.triple(self._numbering.fact(row)) is not None:
                    published.add(triple)
                else:
                    others.add(triple)
        return published, others

    def _count(self, rows: Iterable[Row], step: int) -> set[Term]:
        """Count what describes expressions; return the nodes that came to be one, or ceased."""
        turned = set()
        for row in map(self._numbering.fact, rows):
            if describes_expression(row):
                node = row[0]
                self._expressions[node] += step
                if self._expressions[node] == (1 if step > 0 else 0):
                    turned.add(node)
                if not self._expressions[node]:
                    del self._expressions[node]
        return turned

    def _of_variants(self, rules: RuleSet, affected: Set[Row]) -> set[Row]:
        """Return the facts with literals of which another form may be the one to publish."""
        before, self._variants = self._variants, variant_predicates(rules)
        forms = {form for table in (before, self._variants) for form in table}
        forms |= {
            row for table in (before, self._variants) for read in table.values() for row in read
        }
        numbers = set(map(self._numbering.number, forms))
        if before != self._variants:
            return {row for number in numbers for row in self._index.match((-1, -2, number))}
        if not numbers:
            return set()
        subjects = {row[0] for row in affected}
        about = (row for number in subjects for row in self._index.match((number, -1, -2)))
        return {row for row in about if row[2] in numbers}
