"""A closure that follows edits of its asserted triples without starting over.

What is removed takes with it what was derived from it, unless that has another proof
(delete and rederive, Gupta, Mumick and Subrahmanian 1993, with a search for that proof before
anything is deleted, as Motik, Nenov, Piro and Horrocks 2015 do); what is added brings what follows
from it. Where axioms come or go, so do rules.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

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
from partyline.reasoning.evaluate.projection import REFLEXIVE
from partyline.reasoning.evaluate.size_limits import check_values
from partyline.reasoning.incremental.integer_index import (
    Index,
    Numbering,
    Row,
    Topics,
    bind,
    instance,
)
from partyline.reasoning.incremental.live_inconsistencies import LiveInconsistencies
from partyline.reasoning.incremental.live_projection import LiveProjection
from partyline.reasoning.literals.datatypes import is_typed_literal, typed_literals
from partyline.reasoning.literals.inequality import inequalities, is_inequality
from partyline.reasoning.literals.value_space import comparable
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Fact, Rule
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF

#: How many rules deep another proof is looked for before a fact is deleted.
_DEPTH = 4
#: How many applications of rules are tried in that search.
_TRIES = 100


class ChangeTooLarge(Exception):
    """A change concerns so much that starting over is cheaper."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit did to the closure: facts that were not there before, and that are gone."""

    appeared: frozenset[Fact]
    vanished: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule in numbers."""

    head: Row
    body: tuple[Row, ...]
    #: Without one of these, it concludes nothing.
    axioms: tuple[Row, ...]
    #: True where ``x p x`` would say nothing.
    irreflexive: bool


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
        self._topics = Topics(self._numbering)
        self._rules = RuleSet()
        self._spellings = Spellings(self._asserted_literals(self._asserted))
        self._compiled: dict[Rule, _Compiled] = {}
        self._readers: dict[tuple[int, int], list[tuple[_Compiled, int]]] = {}
        self._deriving: dict[tuple[int, int], list[_Compiled]] = {}
        self._from_axiom: dict[Row, list[_Compiled]] = {}
        self._literals = Counter(row[2] for row in self._asserted)
        #: The literals that resources are the same as: where their values differ, they do.
        self._equated = set(self._equated_among({row[2] for row in self._same_as(-2)}))
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

        Raises ChangeTooLarge where more than *most* facts come or go. The closure is of no use
        then.
        """
        added = set(added)
        removed = set(removed) - added
        incoming = {self._numbering.row(fact(triple)) for triple in added}
        withdrawn = {self._numbering.row(fact(triple)) for triple in removed}
        withdrawn = {row for row in withdrawn if row in self._asserted}
        given = {row for row in incoming if row not in self._asserted}
        log = _Log(most)
        # Lists are read as they are asserted: a cell that follows anyway may be written now.
        log.touched |= given | withdrawn
        log.variant_predicates = self._spellings.change(
            added=self._asserted_literals(given), removed=self._asserted_literals(withdrawn)
        )
        self._assert(given, withdrawn)
        self._given = (self._given | added) - removed
        self._delete((*withdrawn, *self._types(row[2] for row in withdrawn)), log)
        self._insert((*incoming, *self._types(row[2] for row in given)), log)
        while True:
            while self._values_changed(log):
                pass
            if not self._axioms_changed(log):
                break
            outgoing, rules = self._recompile()
            self._delete(outgoing, log)
            self._insert(self._types(+self._literals), log)  # those that are there
            for rule in rules:
                self._insert(list(self._conclusions(rule)), log)
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
            self._literals[row[2]] -= 1
        for row in given:
            self._asserted.add(row)
            self._literals[row[2]] += 1

    def _types(self, numbers: Iterable[int]) -> list[Row]:
        """Return the datatypes that rules ask for of the literals among *numbers* (dt-type2)."""
        if not self._rules.datatypes:
            return []
        nodes = {self._numbering.node(number) for number in numbers}
        literals = [node for node in nodes if isinstance(node, Literal)]
        return [*map(self._numbering.row, typed_literals(self._rules.datatypes, literals))]

    def _is_of_values(self, row: Row) -> bool:
        """Tell whether *row* needs no premises: the values of its literals say it."""
        return self._is_typed(row) or self._is_inequality(row)

    def _is_inequality(self, row: Row) -> bool:
        """Tell whether *row* says that two literals differ that resources are the same as."""
        subject, _, object_ = row
        if subject not in self._equated or object_ not in self._equated:
            return False
        return is_inequality(self._numbering.fact(row))

    def _is_typed(self, row: Row) -> bool:
        """Tell whether *row* is the datatype of a literal that is there, and that rules ask for."""
        if not self._rules.datatypes or not self._literals[row[0]]:
            return False
        stated = self._numbering.fact(row)
        return stated[2] in self._rules.datatypes and is_typed_literal(stated)

    def _same_as(self, object_: int) -> Collection[Row]:
        """Return the facts that something is the same as *object_*; -2 stands for anything."""
        return self._index.match((-1, self._numbering.number(OWL.sameAs), object_))

    def _equated_among(self, numbers: Iterable[int]) -> Iterator[int]:
        """Yield those of *numbers* that are literals and that a resource is the same as."""
        node = self._numbering.node
        for number in numbers:
            if isinstance(node(number), Literal) and any(
                not isinstance(node(row[0]), Literal) for row in self._same_as(number)
            ):
                yield number

    def _adopt(self, rules: RuleSet) -> None:
        """Make *rules* the ones that derive and are read."""
        self._rules = rules
        self._compares = bool(JoinedLiterals.by(rules))
        before, self._compiled = self._compiled, {}
        self._readers.clear()
        self._deriving.clear()
        self._from_axiom.clear()
        for rule in (*rules.rules, *SCHEMA_RULES):
            compiled = before.get(rule) or self._compile(rule)
            self._compiled[rule] = compiled
            self._deriving.setdefault(self._topics.of(compiled.head), []).append(compiled)
            for axiom in compiled.axioms:
                self._from_axiom.setdefault(axiom, []).append(compiled)
            for place, pattern in enumerate(compiled.body):
                self._readers.setdefault(self._topics.of(pattern), []).append((compiled, place))

    def _compile(self, rule: Rule) -> _Compiled:
        head, *body = self._numbering.patterns((rule.head, *rule.body))
        axioms = tuple(map(self._numbering.row, rule.axioms))
        return _Compiled(head, tuple(body), axioms, rule.head[1] in REFLEXIVE)

    def _conclusions(self, rule: _Compiled) -> Iterator[Row]:
        """Yield all that *rule* concludes."""
        return (row for row in self._heads(rule, rule.body, {}) if self._is_informative(rule, row))

    def _heads(self, rule: _Compiled, body: Sequence[Row], known: dict[int, int]) -> Iterator[Row]:
        """Yield the head of *rule* for each way in which *body*, what is left of it, holds."""
        if all(axiom in self._index for axiom in rule.axioms):
            for binding in self._index.solutions(body, known):
                yield instance(rule.head, binding)

    def _is_informative(self, rule: _Compiled, head: Row) -> bool:
        """Tell whether *head* is a triple, and not a trivial one."""
        subject, predicate, object_ = head
        same = self._numbering.number(OWL.sameAs)
        if subject == object_ and (rule.irreflexive or predicate == same):
            return False
        if predicate != same:
            return True
        # Between two literals of known values it is trivial or false.
        nodes = self._numbering.node(subject), self._numbering.node(object_)
        return not all(isinstance(node, Literal) and comparable(node) for node in nodes)

    def _consequences(self, row: Row) -> Iterator[tuple[_Compiled, Row]]:
        """Yield the heads that *row*, a premise or an axiom, has a part in, with their rules."""
        for rule, place in self._topics.find(self._readers, row):
            binding = bind(rule.body[place], row, {})
            if binding is not None:
                rest = (*rule.body[:place], *rule.body[place + 1 :])
                for head in self._heads(rule, rest, binding):
                    yield rule, head
        for rule in self._from_axiom.get(row, ()):
            for head in self._heads(rule, rule.body, {}):
                yield rule, head

    def _insert(self, rows: Iterable[Row], log: "_Log") -> None:
        pending = list(rows)
        while pending:
            row = pending.pop()
            if row not in self._index:
                self._index.add(row)
                log.add(row)
                follows = self._consequences(row)
                pending.extend(head for rule, head in follows if self._is_informative(rule, head))

    def _delete(self, rows: Iterable[Row], log: "_Log") -> None:
        search = _Search()
        pending = list(rows)
        while pending:
            row = pending.pop()
            if row in search.doomed or row in self._asserted or row not in self._index:
                continue
            if self._is_of_values(row):
                continue
            search.tries = _TRIES
            if self._is_proved(row, search, ()):
                continue
            search.doomed[row] = None
            # Also what this rule would not say: another one, gone by now, may have said it.
            pending.extend(head for _, head in self._consequences(row))
        for row in search.doomed:
            self._index.discard(row)
            log.discard(row)
        for row in search.doomed:
            if row not in self._index and self._follows(row):
                self._insert([row], log)

    def _is_proved(self, row: Row, search: "_Search", above: tuple[Row, ...]) -> bool:
        """Tell whether a proof of *row* from asserted facts is found within the limits."""
        if row in self._asserted or row in search.proved or self._is_of_values(row):
            return True
        if len(above) == _DEPTH or row in search.doomed or row in above:
            return False
        for premises in self._derivations(row):
            search.tries -= 1
            if search.tries < 0:
                return False
            if all(self._is_proved(premise, search, (*above, row)) for premise in premises):
                search.proved.add(row)
                return True
        return False

    def _derivations(self, row: Row) -> Iterator[list[Row]]:
        """Yield the premises, axioms included, of every way in which a rule concludes *row*."""
        for rule in self._topics.find(self._deriving, row):
            known = bind(rule.head, row, {}) if self._is_informative(rule, row) else None
            if known is not None and all(axiom in self._index for axiom in rule.axioms):
                for binding in self._index.solutions(rule.body, known):
                    yield [*(instance(pattern, binding) for pattern in rule.body), *rule.axioms]

    def _follows(self, row: Row) -> bool:
        """Tell whether *row* follows by one rule from what is left."""
        return self._is_of_values(row) or any(True for _ in self._derivations(row))

    def _values_changed(self, log: "_Log") -> bool:
        """Tell apart the literals that resources are now the same as (dt-diff).

        Returns whether they are others than before.
        """
        same = self._numbering.number(OWL.sameAs)
        touched = {row[2] for row in log.touched if row[1] == same}
        equated = (self._equated - touched) | set(self._equated_among(touched))
        if equated == self._equated:
            return False
        check_values(len(equated))
        gone = self._equated - equated
        outgoing = [row for row in self._inequalities(self._equated) if gone & {row[0], row[2]}]
        new = equated - self._equated
        incoming = [row for row in self._inequalities(equated) if new & {row[0], row[2]}]
        self._equated = equated
        self._delete(outgoing, log)
        self._insert(incoming, log)
        return True

    def _inequalities(self, numbers: Iterable[int]) -> Iterator[Row]:
        nodes = map(self._numbering.node, numbers)
        literals = [node for node in nodes if isinstance(node, Literal)]
        return map(self._numbering.row, inequalities(literals))

    def _axioms_changed(self, log: "_Log") -> bool:
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

    def _recompile(self) -> tuple[set[Row], list[_Compiled]]:
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
        outgoing = {head for rule in gone for head in self._conclusions(self._compiled[rule])}
        if set(self._rules.datatypes) - set(rules.datatypes):
            outgoing.update(self._types(self._literals))
        self._adopt(rules)
        return outgoing, [self._compiled[rule] for rule in new]

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


class _Search:
    """What one deletion knows: facts that must go, facts that have another proof."""

    def __init__(self) -> None:
        self.doomed: dict[Row, None] = {}
        self.proved: set[Row] = set()
        self.tries = 0


class _Log:
    """What a change has done so far."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self.appeared: set[Row] = set()
        self.vanished: set[Row] = set()
        #: Rows that came or went since the rules were compiled.
        self.touched: set[Row] = set()
        #: True where a value came to be spelled in more ways, or in fewer.
        self.variant_predicates = False

    def add(self, row: Row) -> None:
        """Note that *row* came, or came back. Raises ChangeTooLarge."""
        self.touched.add(row)
        if self._most is not None and len(self.appeared) + len(self.vanished) > self._most:
            raise ChangeTooLarge
        if row in self.vanished:
            self.vanished.discard(row)
        else:
            self.appeared.add(row)

    def discard(self, row: Row) -> None:
        """Note that *row* went, or went again."""
        self.touched.add(row)
        if row in self.appeared:
            self.appeared.discard(row)
        else:
            self.vanished.add(row)
