"""What an evaluation gives: the closure as tables, its published part, inconsistencies."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from pyoxigraph import NamedNode, Variable

from partyline.dataset import TripleSequence
from partyline.dataset.arrays import distinct
from partyline.rdf.terms import Term
from partyline.reasoning.compile.lexical_variants import variant_predicates
from partyline.reasoning.evaluate.axioms import CompiledAxioms
from partyline.reasoning.evaluate.columns.arrays import Arrays
from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.columns.evaluation import Evaluation, Stores
from partyline.reasoning.evaluate.columns.expansion import close
from partyline.reasoning.evaluate.engine_selection import PARQUET
from partyline.reasoning.evaluate.pairs.joins import Numbered
from partyline.reasoning.evaluate.projection import (
    ABOUT_CLASSES,
    EVERYTHING,
    EXPRESSION,
    REFLEXIVE,
    TRUE_OF_ALL,
    VOCABULARIES,
    is_chosen_form,
)
from partyline.reasoning.evaluate.size_limits import LARGEST_EXPANSION
from partyline.reasoning.model.rules import Fact, Pattern
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import RDF


class Results:
    """The closure of the facts of one database, evaluated in one kind of store."""

    def __init__(
        self,
        database: Database,
        stores: Stores = Arrays,
        largest: int = LARGEST_EXPANSION,
        compiled: CompiledAxioms | None = None,
    ) -> None:
        evaluation = Evaluation(database, stores, compiled, largest)
        self.database = database
        self.rules = evaluation.run()
        close(evaluation, largest)
        self._types = database.number(RDF.type)

    #: The query ``(s, p, o)`` of the closure.
    everything = "SELECT s, p, o FROM closed"

    @property
    def asserted(self) -> int:
        """Return the number of asserted facts."""
        return self.database.one("SELECT count(*) FROM asserted")

    @property
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
        return self.select(self.everything, self.number(pattern))

    def select(self, facts: str, pattern: Numbered) -> list[Fact]:
        """Return those of *facts*, a query ``(s, p, o)``, that agree with *pattern*."""
        return self.rows(f"SELECT s, p, o FROM ({facts}){_where(pattern)}")

    def table(self, pattern: Numbered) -> str:
        """Return the SQL of a table ``(s, o)`` that has the facts of *pattern*."""
        class_ = self.class_of(pattern)
        chosen = (Variable("s"), pattern[1], Variable("o") if class_ is None else class_)
        return f"(SELECT s, o FROM closed{_where(chosen)})"

    def class_of(self, pattern: Numbered) -> int | None:
        """Return the class whose members `table` gives, or None for a property."""
        _, predicate, object_ = pattern
        return object_ if predicate == self._types and isinstance(object_, int) else None

    def rows(self, query: str) -> list[Fact]:
        """Return the facts of a query ``(s, p, o)``."""
        return list(zip(*self._slots(query), strict=True))

    def triples(self) -> TripleSequence:
        """Return the inferred triples."""
        return self._triples(self.published)

    def asserted_triples(self) -> TripleSequence:
        """Return the asserted triples."""
        return self._triples("asserted")

    def _triples(self, table: str) -> TripleSequence:
        # Neither table has a literal as a subject, and both have IRIs alone as predicates.
        columns = self.database.columns(f"SELECT s, p, o FROM {table} ORDER BY s, p, o")
        nodes = self.database.nodes(distinct(np.concatenate(columns)).tolist())
        return TripleSequence.of(columns, nodes.__getitem__)

    def _slots(self, query: str) -> Iterator[Iterator[Term]]:
        """Yield the nodes of each column of a query ``(s, p, o)``."""
        columns = self.database.columns(query)
        nodes = self.database.nodes(distinct(np.concatenate(columns)).tolist())
        return (map(nodes.__getitem__, column.tolist()) for column in columns)

    @cached_property
    def published(self) -> str:
        """Return the table ``(s, p, o)`` of what is inferred and worth publishing."""
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
        predicates = [number for (number,) in database.run("SELECT DISTINCT p FROM closed")]
        nodes = database.nodes(predicates)
        unnamed = [number for number in predicates if not isinstance(nodes[number], NamedNode)]
        database.run(
            "CREATE TABLE published AS SELECT s, p, o FROM closed WHERE r > 0 AND s > 0"
            f" AND p NOT IN ({', '.join(map(str, [0, *unnamed]))})"
            " AND s NOT IN (SELECT id FROM silent)"
            f" AND NOT (s = o AND p IN ({self._numbers(REFLEXIVE)}))"
            f" AND NOT (p IN ({self._numbers(ABOUT_CLASSES)})"
            " AND o IN (SELECT id FROM expression))"
            f" AND NOT (p IN ({self._numbers(TRUE_OF_ALL)})"
            f" AND o IN ({self._numbers(EVERYTHING)})){self._spelled()}"
        )
        return "published"

    def _spelled(self) -> str:
        """Return the condition that excludes statements in the lexical form they are read from."""
        variants = variant_predicates(self.rules)
        if not variants:
            return ""
        literals = set(variants) | {row for rows in variants.values() for row in rows}
        self.database.identify(literals)
        listed = ", ".join(str(self.database.number(literal)) for literal in literals)
        everything = Facts(self.rows(f"SELECT s, p, o FROM closed WHERE o IN ({listed})"))
        asserted = Facts(self.rows(f"SELECT s, p, o FROM asserted WHERE o IN ({listed})"))
        hidden = [
            tuple(map(self.database.number, row))
            for row in everything - asserted
            if not is_chosen_form(row, everything, asserted, variants)
        ]
        columns = np.array(hidden, np.int64).reshape(-1, 3)
        self.database.run("CREATE TABLE respelled (s INTEGER, p INTEGER, o INTEGER)")
        self.database.insert("respelled", *(columns[:, place] for place in range(3)))
        return " AND (s, p, o) NOT IN (SELECT (s, p, o) FROM respelled)"

    def _numbers(self, nodes: Iterable[NamedNode]) -> str:
        terms: list[Term] = list(nodes)
        self.database.identify(terms)
        return ", ".join(str(self.database.number(term)) for term in terms)

    def write(self, path: Path) -> None:
        """Write the inferred triples in the order of their terms: as N-Triples, or as Parquet."""
        published = self.published
        # One thread keeps the order, so that two runs can be compared, unless a join spills.
        self.database.run("SET preserve_insertion_order = true")
        self.database.run("SET threads = 1")
        self.database.run(
            f"CREATE TABLE ordered AS SELECT s, p, o FROM {published} ORDER BY s, p, o"
        )
        name = str(path).replace("'", "''")
        columns = "concat(one.text, ' ', two.text, ' ', three.text, ' .')"
        form = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
        if path.suffix == PARQUET:
            columns = "one.text AS subject, two.text AS predicate, three.text AS object"
            form = "FORMAT parquet, COMPRESSION zstd"
        self.database.run(
            f"COPY (SELECT {columns} FROM ordered"
            " JOIN term AS one ON s = one.id JOIN term AS two ON p = two.id"
            f" JOIN term AS three ON o = three.id) TO '{name}' ({form})"
        )


#: Predicates that only class expressions and the cells of lists have.
_MARKS = frozenset({*EXPRESSION, RDF.first})


def _where(pattern: Numbered) -> str:
    conditions = [
        f"{column} = {slot}"
        for column, slot in zip("spo", pattern, strict=True)
        if not isinstance(slot, Variable)
    ]
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
