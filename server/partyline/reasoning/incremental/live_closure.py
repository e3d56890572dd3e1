"""A closure that follows edits of its asserted triples without starting over.

What is removed takes with it what was derived from it, unless that has another proof
(delete and rederive, Gupta, Mumick and Subrahmanian 1993, with a search for that proof before
anything is deleted, as Motik, Nenov, Piro and Horrocks 2015 do); what is added brings what follows
from it. Where axioms come or go, so do rules.
"""

from collections.abc import Iterable, Iterator, Set

from pyoxigraph import Literal, Triple

from partyline.dataset import TripleSet
from partyline.reasoning.compile.compiler import compile_facts, fact
from partyline.reasoning.compile.lexical_variants import (
    AssertedLiteral,
    JoinedLiterals,
    Spellings,
    with_lexical_variants,
)
from partyline.reasoning.evaluate.axioms import AXIOM_CLASSES, AXIOM_PREDICATES, LISTS, SCHEMA_RULES
from partyline.reasoning.evaluate.closure import Closure
from partyline.reasoning.evaluate.engines import materialise
from partyline.reasoning.evaluate.pairs.schema import SchemaArrays
from partyline.reasoning.incremental.change_log import Change, ChangeLog
from partyline.reasoning.incremental.integer_index import Index, Numbering, Row
from partyline.reasoning.incremental.literal_facts import LiteralFacts
from partyline.reasoning.incremental.live_inconsistencies import LiveInconsistencies
from partyline.reasoning.incremental.live_projection import LiveProjection
from partyline.reasoning.incremental.numbered_rules import NumberedRule, NumberedRules
from partyline.reasoning.incremental.proof_search import ProofSearch
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF


class LiveClosure:
    """The closure of asserted triples that may be added and removed.

    >>> from pyoxigraph import NamedNode as N
    >>> triples = [Triple(N("urn:p"), RDF.type, OWL.SymmetricProperty)]
    >>> closure = LiveClosure(triples)
    >>> change = closure.change(added=[Triple(N("urn:a"), N("urn:p"), N("urn:b"))])
    >>> [str(row[0]) for row in sorted(change.appeared, key=str)]
    ['<urn:a>', '<urn:b>']
    """

    def __init__(self, asserted: Iterable[Triple] | Closure) -> None:
        """Begin with the closure of *asserted*, or with a closure that is made already."""
        closure = asserted if isinstance(asserted, Closure) else materialise(asserted)
        self._numbering = Numbering()
        self._given = TripleSet.of(closure.asserted)
        self._inferred = TripleSet.of(closure.inferred, self._given.numbering)
        self._asserted = Index(self._numbering.row(fact(triple)) for triple in self._given)
        self._index = Index(map(self._numbering.row, closure.facts))
        self._spellings = Spellings(self._asserted_literals(self._asserted))
        self._literals = LiteralFacts(self._numbering, self._index, self._asserted)
        self._numbered = NumberedRules(self._numbering, self._index)
        self._adopt(closure.rules)
        self._inconsistencies = LiveInconsistencies(
            self._numbering, self._index, self._asserted, closure.rules
        )
        self._projection = LiveProjection(
            self._numbering, self._index, self._asserted, closure.rules
        )

    def __len__(self) -> int:
        return len(self._index)

    @property
    def rules(self) -> RuleSet:
        """Return the rules of the present axioms."""
        return self._rules

    @property
    def asserted(self) -> Set[Triple]:
        """Return the triples that are asserted now."""
        return self._given

    def closure(self) -> Closure:
        """Return the present closure as a value, which no later change alters."""
        rows = frozenset(self._index)
        return Closure(
            self._given,
            self._inferred,
            self._rules,
            tuple(self._inconsistencies),
            lambda: Facts(map(self._numbering.fact, rows)),
        )

    def change(
        self, added: Iterable[Triple] = (), removed: Iterable[Triple] = (), most: int | None = None
    ) -> Change:
        """Add and remove asserted triples; return what that does to the closure.

        Raises ChangeTooLarge where more than *most* facts come or go, or it takes as long as if
        they did. The closure is of no use then.
        """
        added = set(added)
        removed = set(removed) - added
        incoming = {self._numbering.row(fact(triple)) for triple in added}
        withdrawn = {self._numbering.row(fact(triple)) for triple in removed}
        withdrawn = {row for row in withdrawn if row in self._asserted}
        given = {row for row in incoming if row not in self._asserted}
        log = ChangeLog(most)
        # Lists are read as they are asserted: a cell that follows anyway may be written now.
        log.touched |= given | withdrawn
        log.variant_predicates = self._spellings.change(
            added=self._asserted_literals(given), removed=self._asserted_literals(withdrawn)
        )
        self._assert(given, withdrawn)
        self._given = (self._given | added) - removed
        self._delete((*withdrawn, *self._literals.types(row[2] for row in withdrawn)), log)
        self._insert((*incoming, *self._literals.types(row[2] for row in given)), log)
        while True:
            while self._values_changed(log):
                pass
            if not self._axioms_changed(log):
                break
            outgoing, rules = self._recompile()
            self._delete(outgoing, log)
            self._insert(self._literals.types_of_all(), log)
            for rule in rules:
                self._insert(list(self._numbered.conclusions(rule)), log)
        came, gone = self._projection.follow(
            log.appeared | log.vanished, given, withdrawn, self._rules
        )
        self._inferred = (self._inferred - gone) | came
        self._inconsistencies.follow(log.appeared, log.vanished, given, withdrawn, self._rules)
        return Change(
            frozenset(map(self._numbering.fact, log.appeared)),
            frozenset(map(self._numbering.fact, log.vanished)),
        )

    def _assert(self, given: Iterable[Row], withdrawn: Iterable[Row]) -> None:
        for row in withdrawn:
            self._asserted.discard(row)
        for row in given:
            self._asserted.add(row)
        self._literals.follow(given, withdrawn)

    def _adopt(self, rules: RuleSet) -> None:
        """Make *rules* the ones that derive and are read."""
        self._rules = rules
        self._compares = bool(JoinedLiterals.by(rules))
        self._literals.datatypes = rules.datatypes
        self._numbered.replace((*rules.rules, *SCHEMA_RULES))

    def _insert(self, rows: Iterable[Row], log: ChangeLog) -> None:
        pending = list(rows)
        while pending:
            row = pending.pop()
            if row not in self._index:
                self._index.add(row)
                log.add(row)
                follows = self._numbered.consequences(row)
                informative = self._numbered.is_informative
                heads = (head for rule, head in follows if informative(rule, head))
                pending.extend(log.counted(heads))

    def _delete(self, rows: Iterable[Row], log: ChangeLog) -> None:
        search = ProofSearch(self._asserted, self._numbered, self._literals)
        pending = list(rows)
        while pending:
            row = pending.pop()
            if row in search.doomed or row not in self._index or search.finds_proof(row):
                continue
            search.doomed[row] = None
            # Also what this rule would not say: another one, gone by now, may have said it.
            heads = (head for _, head in self._numbered.consequences(row))
            pending.extend(log.counted(heads))
        for row in search.doomed:
            self._index.discard(row)
            log.discard(row)
        for row in search.doomed:
            if row not in self._index and self._follows(row):
                self._insert([row], log)

    def _follows(self, row: Row) -> bool:
        """Tell whether *row* follows by one rule from what is left."""
        return self._literals.holds(row) or any(True for _ in self._numbered.derivations(row))

    def _values_changed(self, log: ChangeLog) -> bool:
        """Tell apart the literals that resources are now the same as (dt-diff).

        Returns whether they are others than before.
        """
        outgoing, incoming = self._literals.equate(log.touched)
        self._delete(outgoing, log)
        self._insert(incoming, log)
        return bool(outgoing or incoming)

    def _axioms_changed(self, log: ChangeLog) -> bool:
        changed = any(map(self._is_axiom, log.touched)) or (
            log.variant_predicates and self._compares
        )
        log.touched.clear()
        log.variant_predicates = False
        same = self._numbering.number(OWL.sameAs)
        return changed or (not self._rules.equality and bool(self._index.match((-1, same, -2))))

    def _is_axiom(self, row: Row) -> bool:
        _, predicate, object_ = (self._numbering.node(number) for number in row)
        if predicate == RDF.type:
            return object_ in AXIOM_CLASSES
        return predicate in AXIOM_PREDICATES or predicate in LISTS

    def _recompile(self) -> tuple[set[Row], list[NumberedRule]]:
        """Take the rules of the present axioms; return what the old ones gave, and the new ones."""
        ontology = Facts(map(self._numbering.fact, filter(self._is_axiom, self._axiom_rows())))
        asserted = Facts(row for row in ontology if self._numbering.row(row) in self._asserted)
        same = self._numbering.number(OWL.sameAs)
        equality = bool(self._index.match((-1, same, -2)))
        chosen = SchemaArrays(SCHEMA_RULES, ontology, asserted).effective()
        rules = compile_facts(chosen, asserted, equality=equality)
        rules = with_lexical_variants(rules, self._spellings.several)
        gone = set(self._rules.rules) - set(rules.rules)
        new = set(rules.rules) - set(self._rules.rules)
        outgoing = {
            head for rule in gone for head in self._numbered.conclusions(self._numbered[rule])
        }
        if set(self._rules.datatypes) - set(rules.datatypes):
            outgoing.update(self._literals.types_of_any())
        self._adopt(rules)
        return outgoing, [self._numbered[rule] for rule in new]

    def _asserted_literals(self, rows: Iterable[Row]) -> Iterator[AssertedLiteral]:
        """Yield the literals of *rows* with their predicates, as often as they stand there."""
        for _, predicate, object_ in rows:
            node = self._numbering.node(object_)
            if isinstance(node, Literal):
                yield self._numbering.node(predicate), node

    def _axiom_rows(self) -> Iterator[Row]:
        for predicate in (*AXIOM_PREDICATES, *LISTS):
            yield from self._index.match((-1, self._numbering.number(predicate), -2))
        type_ = self._numbering.number(RDF.type)
        for class_ in AXIOM_CLASSES:
            yield from self._index.match((-1, type_, self._numbering.number(class_)))
