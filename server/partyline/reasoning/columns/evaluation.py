"""The fixpoint: strata in order, each semi-naive, then equality, until nothing is new."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pyoxigraph import Variable

from partyline.reasoning.axioms import AXIOM_CLASSES, AXIOM_PREDICATES, LISTS, close_axioms
from partyline.reasoning.columns.database import Database
from partyline.reasoning.columns.equality import Cliques, expanded, rewritten
from partyline.reasoning.columns.layout import Layout, Numbered, Relation, speaks_of_any_type
from partyline.reasoning.columns.statements import conclusions, merged, merger
from partyline.reasoning.facts import Facts
from partyline.reasoning.lists import LIST_PREDICATES
from partyline.reasoning.rules import Fact, Pattern, Rule, RuleSet
from partyline.reasoning.strata import Stratum, strata
from partyline.vocabulary import OWL, RDF

_X, _Y = Variable("x"), Variable("y")
_SAME: Pattern = (_X, OWL.sameAs, _Y)


class Evaluation:
    """One evaluation: relations, cliques, and how far each rule has read."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.cliques = Cliques(database)
        self.rules = RuleSet()
        self.layout = Layout(database, database.number(RDF.type), split_types=True)
        #: How often each rule has concluded ``owl:sameAs``, to say what made a clique.
        self.mergers: Counter[Rule] = Counter()
        self._round = 0
        self._seen: dict[Rule, int] = {}
        self._merged = -1
        # Axioms that follow from axioms; asserted ones and facts of relations are elsewhere.
        database.run("CREATE TABLE axiom (s INTEGER, p INTEGER, o INTEGER)")

    def run(self) -> RuleSet:
        """Derive everything; return the rules, those of derived axioms included."""
        asserted = self._axioms("SELECT s, p, o FROM asserted")
        stated, equality = asserted, self._states_equality()
        while True:
            ontology, self.rules = close_axioms(stated, asserted, equality=equality)
            self._keep(set(ontology) - set(asserted))
            self._lay_out()
            self._derive()
            # Data may state axioms, or make one of two properties: then there are more rules.
            stated = self._axioms(self.facts())
            equality = self.rules.equality or self._states_equality()
            if set(stated) <= set(ontology) and equality == self.rules.equality:
                return self.rules

    def facts(self) -> str:
        """Return the query of all facts ``(s, p, o)``, as far as they are rewritten."""
        parts = [
            f"SELECT s, {row.predicate} AS p, {row.object} AS o FROM {row.table}"
            for row in self.layout
        ]
        parts += ["SELECT s, p, o FROM axiom", "SELECT s, p, o FROM asserted"]
        return " UNION ALL ".join(parts)

    def number(self, pattern: Pattern) -> Numbered:
        """Return *pattern* with numbers of representatives for its nodes."""
        subject, predicate, object_ = (
            slot
            if isinstance(slot, Variable)
            else self.cliques.representative(self.database.number(slot))
            for slot in pattern
        )
        return subject, predicate, object_

    def _states_equality(self) -> bool:
        same = self.database.number(OWL.sameAs)
        found = f"SELECT count(*) FROM ({self.facts()}) WHERE p = {same}"
        return bool(self.cliques) or self.database.one(found) > 0

    def _axioms(self, facts: str) -> Facts:
        """Return the axioms among *facts*, under every name that a term has."""
        database = self.database
        database.identify((*AXIOM_PREDICATES, *AXIOM_CLASSES, RDF.type, *LISTS))
        chosen = (
            f"SELECT DISTINCT s, p, o FROM ({facts}) WHERE p IN ({self._listed(AXIOM_PREDICATES)})"
            f" OR (p IN ({self._listed([RDF.type])}) AND o IN ({self._listed(AXIOM_CLASSES)}))"
        )
        rows = database.run(expanded(chosen) if self.cliques else chosen) + self._lists(facts)
        nodes = database.nodes(number for row in rows for number in row)
        return Facts((nodes[s], nodes[p], nodes[o]) for s, p, o in rows)

    def _lists(self, facts: str) -> list[tuple[int, int, int]]:
        """Return the cells of lists that axioms name, as they are asserted.

        Under other names of their members they would branch.
        """
        first, rest = map(self.database.number, LISTS)
        heads = self._listed(LIST_PREDICATES)
        return self.database.run(
            f"WITH RECURSIVE cell(s) AS (SELECT o FROM ({facts}) WHERE p IN ({heads})"
            f" UNION SELECT o FROM asserted JOIN cell USING (s) WHERE p = {rest})"
            f" SELECT s, p, o FROM asserted WHERE p IN ({first}, {rest})"
            " AND s IN (SELECT s FROM cell)"
        )

    def _listed(self, nodes: Iterable[object]) -> str:
        """Return the numbers of *nodes* and of all that is the same, for an SQL list."""
        aliases = self.cliques.members()
        numbers: set[int] = set()
        for node in nodes:
            number = self.database.number(node)  # type: ignore[arg-type]  # nodes of a vocabulary
            numbers.update(aliases.get(self.cliques.representative(number), (number,)))
        return ", ".join(map(str, sorted(numbers)))

    def _keep(self, derived: Iterable[Fact]) -> None:
        """Keep axioms that follow from axioms."""
        self._round += 1
        rows = list(derived)
        self.database.identify(node for row in rows for node in row)
        columns = [[self.database.number(row[place]) for row in rows] for place in range(3)]
        self.database.run(
            "INSERT INTO axiom SELECT * FROM (SELECT unnest($1::INTEGER[]) AS s,"
            " unnest($2::INTEGER[]) AS p, unnest($3::INTEGER[]) AS o)"
            " ANTI JOIN axiom USING (s, p, o) ANTI JOIN asserted USING (s, p, o)",
            *columns,
        )
        for relation in self.layout:
            self._absorb(relation, self._stored(relation))

    def _stored(self, relation: Relation) -> str:
        chosen = f"p = {relation.predicate}"
        if relation.class_ is not None:
            chosen += f" AND o = {relation.class_}"
        query = "SELECT s, p, o FROM axiom"
        query = rewritten(query) if self.cliques else query
        return f"SELECT {relation.columns} FROM ({query}) WHERE {chosen}"

    def _lay_out(self) -> None:
        """Make a relation for each topic of the rules and constraints that has none."""
        rules = [rule for rule in self.rules.rules if not isinstance(rule.head[1], Variable)]
        patterns: list[Pattern] = [row.head for row in rules]
        patterns += [pattern for row in rules for pattern in row.body]
        patterns += [pattern for row in self.rules.constraints for pattern in row.body]
        if self.rules.equality:
            patterns.append(_SAME)
        self.database.identify(
            slot for row in patterns for slot in row if not isinstance(slot, Variable)
        )
        type_ = self.cliques.representative(self.database.number(RDF.type))
        other_names = type_ in self.cliques.members()
        split_types = not speaks_of_any_type(patterns) and not other_names
        if split_types != self.layout.split_types:
            self._start_again(split_types=split_types)
        facts = (
            "SELECT s, p, o, 0 AS r FROM asserted"
            f" UNION ALL SELECT s, p, o, {self._round} AS r FROM axiom"
        )
        facts = rewritten(facts) if self.cliques else facts
        for pattern in map(self.number, patterns):
            self.layout.make(pattern, facts)
        if self.cliques:
            same = self.layout[self.number(_SAME)]
            self._absorb(same, "SELECT representative AS s, representative AS o FROM clique")

    def _start_again(self, *, split_types: bool) -> None:
        """Forget all that was derived but axioms and cliques; it will be derived again."""
        type_ = self.cliques.representative(self.database.number(RDF.type))
        self.layout = Layout(self.database, type_, split_types=split_types)
        self._merged = -1
        self._seen.clear()

    def _derive(self) -> None:
        rules = [rule for rule in self.rules.rules if not isinstance(rule.head[1], Variable)]
        order = strata(rules)
        while True:
            for stratum in order:
                self._repeat(stratum)
            if not self.rules.equality or not self._merge():
                return

    def _repeat(self, stratum: Stratum) -> None:
        heads: dict[str, tuple[Relation, list[Rule]]] = {}
        for rule in stratum.rules:
            relation = self.layout[self.number(rule.head)]
            heads.setdefault(relation.table, (relation, []))[1].append(rule)
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
            queries = [query for rule in rules for query in self._queries(rule)]
            return self._absorb(relation, " UNION ALL ".join(queries)) if queries else 0
        total = 0
        for rule in rules:
            for query in self._queries(rule):
                added = self._absorb(relation, query)
                self.mergers[rule] += added
                total += added
        return total

    def _queries(self, rule: Rule) -> list[str]:
        """Return the queries of what *rule* concludes from facts that it has not seen."""
        head = self.number(rule.head)
        body = [self.number(pattern) for pattern in rule.body]
        since = self._seen.get(rule, -1)
        grown = [index for index, row in enumerate(body) if self.layout[row].newest > since]
        if since >= 0 and not grown:
            return []
        if rule.head[1] == OWL.sameAs:
            return self._mergers(head, body)
        if since < 0:
            return [conclusions(self.layout, head, body)]
        return [conclusions(self.layout, head, body, new=new, since=since) for new in grown]

    def _mergers(self, head: Numbered, body: Sequence[Numbered]) -> list[str]:
        """Return the queries of a rule that concludes ``owl:sameAs``, from all facts."""
        pairs = conclusions(self.layout, head, body)
        symmetrical = merger(head, body)
        if symmetrical is None:
            return [f"SELECT s, o FROM ({pairs}) WHERE s <> o"]
        # A thing that is "the same" as a literal is no name of it; only objects follow it.
        literals = f"SELECT s, o FROM ({pairs}) WHERE o < 0"
        return [merged(self.layout, symmetrical), literals]

    def _absorb(self, relation: Relation, query: str) -> int:
        """Add what *query* finds and *relation* lacks; return the number of facts added."""
        columns = relation.columns
        added = self.database.one(
            f"INSERT INTO {relation.table} SELECT DISTINCT {columns}, {self._round}::INTEGER"
            f" FROM ({query}) ANTI JOIN {relation.table} USING ({columns})"
        )
        if added:
            relation.newest = self._round
        return added

    def _merge(self) -> bool:
        """Make one of what is the same; tell whether that may lead to more."""
        same = self.layout[self.number(_SAME)]
        pairs = self.database.run(
            f"SELECT DISTINCT s, o FROM {same.table} WHERE r > {self._merged} AND o > 0 AND s <> o"
        )
        self._merged = self._round
        changed = self.cliques.merge(pairs)
        topics = {row.predicate for row in self.layout} | {row.class_ for row in self.layout}
        if topics & (changed | {self.cliques.representative(number) for number in changed}):
            self._start_again(split_types=self.layout.split_types)
            self._lay_out()
            return True
        self._round += 1
        if changed:
            for relation in self.layout:
                self._rewrite(relation)
        return self._follow_literals() or bool(changed)

    def _rewrite(self, relation: Relation) -> None:
        """Replace the rows of *relation* that name a thing by another than its representative."""
        table, columns = relation.table, relation.columns
        wrong = "(SELECT member FROM clique WHERE member <> representative)"
        condition = f"s IN {wrong}" + ("" if relation.class_ is not None else f" OR o IN {wrong}")
        chosen = f"SELECT {columns} FROM {table} WHERE {condition}"
        new = rewritten(chosen, columns.replace(", ", ""))
        self._absorb(relation, new)
        self.database.run(f"DELETE FROM {table} WHERE {condition}")

    def literals(self) -> str | None:
        """Return the query of things and the literals they are said to be the same as, if any."""
        if not self.rules.equality:
            return None
        same = self.layout[self.number(_SAME)].table
        query = f"SELECT s AS o, o AS literal FROM {same} WHERE o < 0"
        return query if self.database.one(f"SELECT count(*) FROM ({query})") else None

    def _follow_literals(self) -> bool:
        """Give a subject the literal that its object is said to be the same as (eq-rep-o)."""
        literals = self.literals()
        if literals is None:
            return False
        added = [
            self._absorb(
                row, f"SELECT s, literal AS o FROM {row.table} JOIN ({literals}) USING (o)"
            )
            for row in self.layout
            if row.class_ is None
        ]
        return any(added)
