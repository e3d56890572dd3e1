"""What an evaluation gives: the closure as tables, what of it is published, what cannot be."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple, Variable

from partyline.reasoning.columns.database import Database
from partyline.reasoning.columns.evaluation import Evaluation
from partyline.reasoning.columns.expansion import expand
from partyline.reasoning.columns.layout import Numbered, Relation
from partyline.reasoning.published import (
    ABOUT_CLASSES,
    EVERYTHING,
    EXPRESSION,
    REFLEXIVE,
    TRUE_OF_ALL,
    VOCABULARIES,
)
from partyline.reasoning.rules import Fact, Pattern
from partyline.vocabulary import RDF

#: Facts that the names of things may take in the closure: of 200 names of one thing, 40,000
#: triples ``owl:sameAs`` and 200 copies of all that is said of it.
LARGEST_EXPANSION = 20_000_000


class Results:
    """The closure of the facts of one database."""

    def __init__(self, database: Database, largest_expansion: int = LARGEST_EXPANSION) -> None:
        evaluation = Evaluation(database)
        self.database = database
        self.rules = evaluation.run()
        self.relations = expand(evaluation, largest_expansion)
        self._several_names = bool(evaluation.cliques)
        self._elsewhere = evaluation.layout.elsewhere(evaluation.cliques.members())

    def everything(self, relations: Iterable[Relation] | None = None) -> str:
        """Return the query ``(s, p, o)`` of the closure, or of some relations and the rest."""
        parts = [_select(row) for row in (self.relations if relations is None else relations)]
        parts.append(f"SELECT s, p, o FROM asserted WHERE {self._elsewhere}")
        parts.append("SELECT s, p, o FROM more")
        return " UNION ALL ".join(parts)

    @cached_property
    def asserted(self) -> int:
        """Return the number of asserted facts."""
        return self.database.one("SELECT count(*) FROM asserted")

    @cached_property
    def inferred(self) -> int:
        """Return the number of published triples that are inferred."""
        return self.database.one(f"SELECT count(*) FROM {self.published}")

    def number(self, pattern: Pattern) -> Numbered:
        """Return *pattern* with numbers for its nodes."""
        self.database.identify(slot for slot in pattern if not isinstance(slot, Variable))
        subject, predicate, object_ = (
            slot if isinstance(slot, Variable) else self.database.number(slot) for slot in pattern
        )
        return subject, predicate, object_

    def match(self, pattern: Pattern, /) -> list[Fact]:
        """Return the facts of the closure that agree with *pattern*."""
        numbered = self.number(pattern)
        exact = self.relations.get(numbered)
        if exact is not None:
            return self.select(_select(exact), numbered)
        if isinstance(numbered[1], Variable):
            return self.select(self.everything(), numbered)
        # A type that the pattern leaves open may be in the relation of any class.
        similar = [row for row in self.relations if row.predicate == numbered[1]]
        return self.select(self.everything(similar), numbered)

    def select(self, facts: str, pattern: Numbered) -> list[Fact]:
        """Return those of *facts*, a query ``(s, p, o)``, that agree with *pattern*."""
        conditions = [
            f"{column} = {slot}"
            for column, slot in zip("spo", pattern, strict=True)
            if not isinstance(slot, Variable)
        ]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return self.rows(f"SELECT s, p, o FROM ({facts}){where}")

    def rows(self, query: str) -> list[Fact]:
        """Return the facts of a query ``(s, p, o)``."""
        found = self.database.run(query)
        nodes = self.database.nodes(number for row in found for number in row)
        return [(nodes[s], nodes[p], nodes[o]) for s, p, o in found]

    def triples(self) -> Iterator[Triple]:
        """Yield the inferred triples."""
        for subject, predicate, object_ in self.rows(f"SELECT s, p, o FROM {self.published}"):
            if isinstance(predicate, NamedNode) and not isinstance(subject, Literal):
                yield Triple(subject, predicate, object_)

    @cached_property
    def published(self) -> str:
        """Return the name of the table ``(s, p, o)`` of what is inferred and worth publishing."""
        database = self.database
        database.run(
            "CREATE TABLE expression AS SELECT DISTINCT s AS id FROM asserted"
            f" JOIN term ON s = id WHERE text[1] = '_' AND p IN ({self._numbers(_MARKS)})"
        )
        vocabularies = " OR ".join(f"prefix(text, '<{iri}')" for iri in VOCABULARIES)
        database.run(
            "CREATE TABLE silent AS SELECT id FROM expression"
            f" UNION SELECT id FROM term WHERE {vocabularies}"
        )
        database.run("CREATE TABLE published (s INTEGER, p INTEGER, o INTEGER)")
        for relation in self.relations:
            query = self._published(relation)
            if query is not None:
                database.run(f"INSERT INTO published {query}")
        database.run(f"INSERT INTO published {self._published_more()}")
        if not self._several_names:
            return "published"
        # A fact derived under one name may be asserted under another.
        database.run(
            "CREATE TABLE inferred AS SELECT s, p, o FROM published"
            " ANTI JOIN asserted USING (s, p, o)"
        )
        database.run("DROP TABLE published")
        return "inferred"

    def _published(self, relation: Relation) -> str | None:
        nodes = self.database.nodes(
            number for number in (relation.predicate, relation.class_) if number is not None
        )
        predicate = nodes[relation.predicate]
        class_ = None if relation.class_ is None else nodes[relation.class_]
        if not isinstance(predicate, NamedNode) or class_ in EVERYTHING:
            return None
        conditions = ["r > 0", "s > 0", "s NOT IN (SELECT id FROM silent)"]
        if predicate in REFLEXIVE:
            conditions.append("s <> o")
        if predicate in ABOUT_CLASSES:
            conditions.append(f"{relation.object} NOT IN (SELECT id FROM expression)")
        if predicate in TRUE_OF_ALL:
            conditions.append(f"{relation.object} NOT IN ({self._numbers(EVERYTHING)})")
        return f"{_select(relation)} WHERE {' AND '.join(conditions)}"

    def _published_more(self) -> str:
        predicates = [number for (number,) in self.database.run("SELECT DISTINCT p FROM more")]
        nodes = self.database.nodes(predicates)
        named = [number for number in predicates if isinstance(nodes[number], NamedNode)]
        about = f"p IN ({self._numbers(ABOUT_CLASSES)})"
        return (
            f"SELECT s, p, o FROM more WHERE p IN ({', '.join(map(str, [0, *named]))}) AND s > 0"
            " AND s NOT IN (SELECT id FROM silent)"
            f" AND NOT (s = o AND p IN ({self._numbers(REFLEXIVE)}))"
            f" AND NOT ({about} AND o IN (SELECT id FROM expression))"
            f" AND NOT (p IN ({self._numbers(TRUE_OF_ALL)})"
            f" AND o IN ({self._numbers(EVERYTHING)}))"
        )

    def _numbers(self, nodes: Iterable[NamedNode]) -> str:
        self.database.identify(nodes := list(nodes))
        return ", ".join(str(self.database.number(node)) for node in nodes)

    def write(self, path: Path) -> None:
        """Write the inferred triples as N-Triples, in the order of their terms."""
        self.database.run(
            f"CREATE TABLE ordered AS SELECT s, p, o FROM {self.published} ORDER BY s, p, o"
        )
        # One thread keeps the order, so that two runs can be compared, unless a join spills.
        self.database.run("SET preserve_insertion_order = true")
        self.database.run("SET threads = 1")
        name = str(path).replace("'", "''")
        self.database.run(
            "COPY (SELECT concat(one.text, ' ', two.text, ' ', three.text, ' .') FROM ordered"
            " JOIN term AS one ON s = one.id JOIN term AS two ON p = two.id"
            f" JOIN term AS three ON o = three.id) TO '{name}'"
            " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        )


#: Predicates that only class expressions and the cells of lists have.
_MARKS = frozenset({*EXPRESSION, RDF.first})


def _select(relation: Relation) -> str:
    return f"SELECT s, {relation.predicate} AS p, {relation.object} AS o FROM {relation.table}"
