"""The fixpoint: strata in order, each semi-naive, then equality, until nothing is new."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np
from pyoxigraph import Literal, Variable

from partyline.reasoning.compile.lexical_variants import with_lexical_variants
from partyline.reasoning.compile.list_rules import LIST_PREDICATES
from partyline.reasoning.evaluate.axioms import (
    AXIOM_CLASSES,
    AXIOM_PREDICATES,
    LISTS,
    CompiledAxioms,
    close_axioms,
    compile_axioms,
)
from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.columns.equality import EqualityClasses, expanded
from partyline.reasoning.evaluate.columns.literals import members, non_canonical_literals
from partyline.reasoning.evaluate.columns.relations import (
    Layout,
    Relation,
    matches_any_class,
)
from partyline.reasoning.evaluate.columns.store import Step, Store, is_transitive
from partyline.reasoning.evaluate.pairs.joins import Numbered
from partyline.reasoning.evaluate.pairs.numbered_facts import NumberedFacts, SortedFacts
from partyline.reasoning.evaluate.pairs.packed_pairs import NOTHING, Column, unpack
from partyline.reasoning.evaluate.pairs.transitive_closure import TooManyPairs
from partyline.reasoning.evaluate.size_limits import (
    LARGEST_EXPANSION,
    check_values,
    too_many_pairs,
)
from partyline.reasoning.literals.inequality import inequalities
from partyline.reasoning.literals.value_space import comparable
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Fact, Pattern, Rule
from partyline.reasoning.model.stratification import Stratum, Topic, applicable, strata
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF

_X, _Y = Variable("x"), Variable("y")
_SAME: Pattern = (_X, OWL.sameAs, _Y)
_DIFFERENT: Pattern = (_X, OWL.differentFrom, _Y)

#: What makes the store of a layout.
Stores = Callable[[Database, EqualityClasses, Layout], Store]


class Evaluation:
    """One evaluation: relations, cliques, and how far each rule has read."""

    def __init__(
        self,
        database: Database,
        stores: Stores,
        compiled: CompiledAxioms | None = None,
        largest: int = LARGEST_EXPANSION,
    ) -> None:
        self.database = database
        #: Pairs that a transitive relation may have.
        self.largest = largest
        self._given = compiled
        self.cliques = EqualityClasses(database)
        self.rules = RuleSet()
        #: Those of the rules that may apply.
        self._applied: Sequence[Rule] = ()
        #: How often each rule has concluded ``owl:sameAs``, to say what made a clique.
        self.mergers: Counter[Rule] = Counter()
        self._stores = stores
        self._round = 0
        self._derived: list[Column] = [NOTHING] * 3
        # Axioms that follow from axioms; asserted ones and facts of relations are elsewhere.
        database.run("CREATE TABLE axiom (s INTEGER, p INTEGER, o INTEGER)")
        self._begin(database.number(RDF.type), split_types=True)

    def _begin(self, type_: int, *, split_types: bool) -> None:
        """Forget all that was derived but axioms and cliques; it will be derived again."""
        self.layout = Layout(type_, split_types=split_types)
        self.store = self._stores(self.database, self.cliques, self.layout)
        self._merged = -1
        #: The literals that are known to differ where their values do.
        self._compared: list[int] = []
        self._seen: dict[Rule, int] = {}

    def run(self) -> RuleSet:
        """Derive everything; return the rules, those of derived axioms included."""
        compiled = self._given or compile_axioms(self._axioms(), equality=self._states_equality())
        asserted = stated = compiled.asserted
        while True:
            self.rules = with_lexical_variants(
                compiled.rules, partial(non_canonical_literals, self.database)
            )
            self._keep(compiled.derived)
            self._applied = self._applicable()
            self._lay_out()
            self._derive()
            # Data may state axioms, or make one of two properties: then there are more rules.
            further = self._further_axioms()
            equality = self.rules.equality or self._states_equality()
            if not further and equality == self.rules.equality:
                return self.rules
            stated = Facts((*stated, *further, *self._lists()))
            compiled = close_axioms(stated, asserted, equality=equality)

    def hand_over(self, table: str) -> None:
        """Insert all facts of relations into *table*, as `Store.export_rows` does, and drop them.

        Nothing can be derived after it.
        """
        self.store.export_rows(table, self.layout)
        del self.store

    def number(self, pattern: Pattern) -> Numbered:
        """Return *pattern* with numbers of representatives for its nodes."""
        subject, predicate, object_ = (
            slot
            if isinstance(slot, Variable)
            else self.cliques.representative(self.database.number(slot))
            for slot in pattern
        )
        return subject, predicate, object_

    @property
    def same(self) -> Relation:
        """Return the relation of ``owl:sameAs``, which there is where the rules ask for it."""
        return self.layout[self.number(_SAME)]

    def _states_equality(self) -> bool:
        """Tell whether the facts that `_axioms` has read have ``owl:sameAs`` among them."""
        same = self.database.number(OWL.sameAs)
        found = f"SELECT count(*) FROM ({_READ}) WHERE p = {same}"
        return bool(self.cliques) or self.database.one(found) > 0

    def _axioms(self) -> Facts:
        """Return the axioms among all facts, under every name that a term has."""
        return Facts((*self._facts(self._stated_axioms()), *self._lists()))

    def _further_axioms(self) -> list[Fact]:
        """Return the axioms that are neither asserted nor known to follow from axioms."""
        known = "ANTI JOIN asserted USING (s, p, o) ANTI JOIN axiom USING (s, p, o)"
        return self._facts(f"SELECT s, p, o FROM ({self._stated_axioms()}) {known}")

    def _stated_axioms(self) -> str:
        """Return the query of the axioms; make the table ``read`` of the facts to look among."""
        database = self.database
        database.identify((*AXIOM_PREDICATES, *AXIOM_CLASSES, RDF.type, OWL.sameAs, *LISTS))
        predicates, types, classes = map(self._named, (AXIOM_PREDICATES, [RDF.type], AXIOM_CLASSES))
        same = self._named([OWL.sameAs])
        database.run("CREATE OR REPLACE TABLE read (s INTEGER, p INTEGER, o INTEGER, r INTEGER)")
        read = predicates | same
        self.store.export_rows(
            "read",
            [
                row
                for row in self.layout
                if row.predicate in read
                or (row.predicate in types and (row.class_ is None or row.class_ in classes))
            ],
        )
        chosen = (
            f"SELECT DISTINCT s, p, o FROM ({_READ}) WHERE p IN ({_listed(predicates)})"
            f" OR (p IN ({_listed(types)}) AND o IN ({_listed(classes)}))"
        )
        return expanded(chosen) if self.cliques else chosen

    def _facts(self, query: str) -> list[Fact]:
        return self._named_rows(self.database.run(query))

    def _named_rows(self, rows: list[tuple[int, ...]]) -> list[Fact]:
        nodes = self.database.nodes(number for row in rows for number in row)
        return [(nodes[s], nodes[p], nodes[o]) for s, p, o in rows]

    def _lists(self) -> list[Fact]:
        """Return the cells of lists that axioms name, as they are asserted.

        Under other names of their members they would branch.
        """
        first, rest = map(self.database.number, LISTS)
        named = _listed(self._named(LIST_PREDICATES))
        pending = [
            cell for (cell,) in self.database.run(f"SELECT o FROM ({_READ}) WHERE p IN ({named})")
        ]
        if not pending:
            return []
        rows = self.database.run(f"SELECT s, p, o FROM asserted WHERE p IN ({first}, {rest})")
        cells: dict[int, list[tuple[int, int, int]]] = {}
        for row in rows:
            cells.setdefault(row[0], []).append(row)
        found: list[tuple[int, ...]] = []
        while pending:
            # Each cell is taken once, for a list may be circular.
            cell = cells.pop(pending.pop(), [])
            found += cell
            pending += (o for _, p, o in cell if p == rest)
        return self._named_rows(found)

    def _named(self, nodes: Iterable[object]) -> set[int]:
        """Return the numbers of *nodes* and of all that is the same."""
        aliases = self.cliques.members()
        numbers: set[int] = set()
        for node in nodes:
            number = self.database.number(node)  # type: ignore[arg-type]  # nodes of a vocabulary
            numbers.update(aliases.get(self.cliques.representative(number), (number,)))
        return numbers

    def _keep(self, derived: NumberedFacts) -> None:
        """Keep axioms that follow from axioms."""
        self._round += 1
        database = self.database
        database.identify(derived.nodes.values())
        numbers = np.zeros(max(derived.nodes, default=-1) + 1, np.int64)
        for number, node in derived.nodes.items():
            numbers[number] = database.number(node)
        database.run("CREATE TABLE derived (s INTEGER, p INTEGER, o INTEGER)")
        database.insert("derived", *(numbers[column] for column in derived.columns))
        database.run(
            "INSERT INTO axiom FROM derived ANTI JOIN asserted USING (s, p, o)"
            " ANTI JOIN axiom USING (s, p, o)"
        )
        database.run("DROP TABLE derived")
        self._derived = database.columns("SELECT s, p, o FROM axiom")
        self._add_axioms(self.layout)

    def _add_axioms(self, relations: Iterable[Relation]) -> None:
        """Add the derived axioms that belong to *relations*."""
        facts = SortedFacts(self.layout.type, *map(self.cliques.renamed, self._derived))
        for relation in relations:
            if relation.class_ is None:
                one, two = unpack(facts.pairs(relation.predicate))
            else:
                one = facts.members(relation.class_)
                two = np.full(one.size, relation.class_)
            if one.size:
                self.store.add(relation, one, two, self._round)

    def _add_literals(self, relations: Iterable[Relation]) -> None:
        """Add the literals in the value space of each datatype that rules ask for (dt-type2)."""
        made = {row.name for row in relations}
        for datatype in self.rules.datatypes:
            relation = self.layout[self.number((_X, RDF.type, datatype))]
            if relation.name not in made:
                continue
            class_ = relation.class_ or self.number((_X, _X, datatype))[2]
            found = np.array(list(members(self.database, datatype)), np.int64)
            literals = self.cliques.renamed(found)
            if literals.size:
                self.store.add(relation, literals, np.full(found.size, class_), self._round)

    def _applicable(self) -> Sequence[Rule]:
        """Return the rules whose premises may have facts: an empty relation takes time, too."""
        if self.rules.equality:  # they conclude any predicate
            return self.rules.rules
        database = self.database
        type_ = database.number(RDF.type)
        rows = database.run(
            f"SELECT DISTINCT p, CASE WHEN p = {type_} THEN o END FROM"
            " (SELECT p, o FROM asserted UNION ALL SELECT p, o FROM axiom)"
        )
        nodes = database.nodes(number for row in rows for number in row if number is not None)
        there: set[Topic] = {(nodes[predicate], nodes.get(class_)) for predicate, class_ in rows}
        there.update((RDF.type, datatype) for datatype in self.rules.datatypes)
        return applicable(self.rules.rules, there)[0]

    def _lay_out(self) -> None:
        """Make a relation for each topic of the rules and constraints that has none."""
        rules = [rule for rule in self._applied if not isinstance(rule.head[1], Variable)]
        patterns: list[Pattern] = [row.head for row in rules]
        patterns += [pattern for row in rules for pattern in row.body]
        patterns += [(_X, RDF.type, datatype) for datatype in self.rules.datatypes]
        if self.rules.equality:
            patterns.append(_SAME)
        self.database.identify(
            slot for row in patterns for slot in row if not isinstance(slot, Variable)
        )
        type_ = self.cliques.representative(self.database.number(RDF.type))
        other_names = type_ in self.cliques.members()
        split_types = not matches_any_class(patterns) and not other_names
        if split_types != self.layout.split_types:
            self._begin(type_, split_types=split_types)
        made = [row for row in map(self.layout.make, map(self.number, patterns)) if row]
        for relation in made:
            self.store.create(relation)
        self._add_axioms(made)
        self._add_literals(made)
        if self.cliques:
            representatives = np.unique(self.cliques.columns()[1])
            self.store.add(self.same, representatives, representatives, self._round)

    def _derive(self) -> None:
        # Union-find does the work of the rules of equality, at the size of the cliques.
        rules = [
            rule
            for rule in self._applied
            if not isinstance(rule.head[1], Variable) and rule.name not in ("eq-sym", "eq-trans")
        ]
        order = strata(rules)
        while True:
            for stratum in order:
                self._repeat(stratum)
            if not self.rules.equality or not (self._merge() or self._tell_values_apart()):
                return

    def _repeat(self, stratum: Stratum) -> None:
        heads: dict[str, tuple[Relation, list[Rule]]] = {}
        for rule in stratum.rules:
            relation = self.layout[self.number(rule.head)]
            heads.setdefault(relation.name, (relation, []))[1].append(rule)
        while True:
            self._round += 1
            added = sum(self._apply(relation, rules) for relation, rules in heads.values())
            for rule in stratum.rules:
                # What this very round has added is still to be read.
                self._seen[rule] = self._round - 1
            if not added or not stratum.recursive:
                return

    def _apply(self, relation: Relation, rules: Sequence[Rule]) -> int:
        """Add what *rules* conclude about one relation; return the number of facts added."""
        if rules[0].head[1] != OWL.sameAs:
            steps = [step for rule in rules for step in self._steps(rule)]
            joined = [step for step in steps if not is_transitive(step)]
            added = self.store.conclude(relation, joined, self._round) if joined else 0
            if len(joined) < len(steps):
                added += self._close(relation, rules)
            return added
        total = 0
        for rule in rules:
            if self._steps(rule):
                # Groups are made of all facts, for a new one may stand for the least.
                whole = Step(self.number(rule.head), tuple(map(self.number, rule.body)))
                added = self.store.equate(relation, whole, self._round)
                self.mergers[rule] += added
                total += added
        return total

    def _close(self, relation: Relation, rules: Sequence[Rule]) -> int:
        """Add what follows from the transitivity of a relation."""
        try:
            return self.store.close(relation, self.largest, self._round)
        except TooManyPairs:
            axioms = [axiom for rule in rules for axiom in rule.axioms]
            raise too_many_pairs(rules[0].head[1], axioms, self.largest) from None

    def _steps(self, rule: Rule) -> list[Step]:
        """Return the uses of *rule* that find what follows from facts that it has not seen."""
        head = self.number(rule.head)
        body = tuple(map(self.number, rule.body))
        since = self._seen.get(rule, -1)
        if since < 0:
            return [Step(head, body)]
        grown = [index for index, row in enumerate(body) if self.layout[row].newest > since]
        return [Step(head, body, new, since) for new in grown]

    def _merge(self) -> bool:
        """Merge what is the same; tell whether that may entail more."""
        pairs = filter(self._may_be_one, self.store.pairs(self.same, self._merged))
        self._merged = self._round
        changed = self.cliques.merge(pairs)
        topics = {row.predicate for row in self.layout} | {row.class_ for row in self.layout}
        if topics & (changed | {self.cliques.representative(number) for number in changed}):
            type_ = self.cliques.representative(self.database.number(RDF.type))
            self._begin(type_, split_types=self.layout.split_types)
            self._lay_out()
            return True
        self._round += 1
        if changed:
            for relation in self.layout:
                self.store.rewrite(relation, self._round)
        return bool(changed)

    def _tell_values_apart(self) -> int:
        """Add that values which resources are the same as differ (dt-diff); return what is new."""
        literals = self.cliques.literals()
        if literals == self._compared:
            return 0
        self._compared = literals
        check_values(len(literals), self.largest)
        nodes = self.database.nodes(literals)
        found = inequalities([row for row in map(nodes.get, literals) if isinstance(row, Literal)])
        number = self.database.number
        pairs = np.array([(number(row[0]), number(row[2])) for row in found], np.int64)
        if not pairs.size:
            return 0
        different = self.number(_DIFFERENT)
        relation = self.layout.make(different)
        if relation is not None:
            self.store.create(relation)
        one, two = map(self.cliques.renamed, pairs.T)
        self._round += 1
        return self.store.add(self.layout[different], one, two, self._round)

    def _may_be_one(self, pair: tuple[int, int]) -> bool:
        """Tell whether a pair is not of two literals of known values.

        These are the same by dt-eq, for which there are rules, or a contradiction.
        """
        if max(pair) > 0:
            return True
        nodes = self.database.nodes(pair)
        literals = (nodes[number] for number in pair)
        return not all(isinstance(row, Literal) and comparable(row) for row in literals)


#: The query of the facts that axioms are looked for in.
_READ = "SELECT s, p, o FROM read UNION ALL SELECT s, p, o FROM axiom" + (
    " UNION ALL SELECT s, p, o FROM asserted"
)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
