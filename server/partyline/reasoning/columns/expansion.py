"""From one name of each thing back to all of them, unless that would drown everything."""

from collections.abc import Iterator, Mapping

from partyline.errors import EngineError
from partyline.reasoning.columns.equality import expanded, renamed
from partyline.reasoning.columns.evaluation import Evaluation
from partyline.reasoning.columns.layout import Layout, Relation
from partyline.reasoning.rules import show
from partyline.vocabulary import OWL, RDF

_NAMES = "(SELECT member FROM clique)"


def expand(evaluation: Evaluation, largest: int) -> Layout:
    """Return the relations of the closure, every thing under each of its names.

    What is in no relation is in the table ``more``. Raises EngineError where names would add more
    than *largest* facts.
    """
    aliases = evaluation.cliques.members()
    if aliases:
        for relation in _guard(evaluation, largest):
            _expand(evaluation, relation)
    _gather_more(evaluation, aliases)
    type_ = evaluation.database.number(RDF.type)
    closed = Layout(evaluation.database, type_, split_types=evaluation.layout.split_types)
    for relation in evaluation.layout:
        for named in _named(evaluation, relation, aliases):
            closed.put(named)
    return closed


def _touched(relation: Relation) -> str:
    return f"s IN {_NAMES}" + (f" OR o IN {_NAMES}" if relation.class_ is None else "")


def _guard(evaluation: Evaluation, largest: int) -> list[Relation]:
    """Return the relations that name things with several names.

    Count first what all names would take, before anything is added.
    """
    database = evaluation.database
    database.run(
        "CREATE OR REPLACE TABLE names AS SELECT representative AS m, count(*) AS n"
        " FROM clique GROUP BY m"
    )
    total = database.one("SELECT sum(n * n)::BIGINT FROM names")
    named = []
    for row in evaluation.layout:
        if row.class_ is not None:
            query = f"SELECT sum(n)::BIGINT FROM {row.table} JOIN names ON s = m"
        else:
            query = (
                f"SELECT sum(coalesce(one.n, 1) * coalesce(two.n, 1))::BIGINT FROM {row.table}"
                " LEFT JOIN names AS one ON s = one.m LEFT JOIN names AS two ON o = two.m"
                " WHERE one.m IS NOT NULL OR two.m IS NOT NULL"
            )
        found = database.one(query)
        total += found
        if found:
            named.append(row)
    if total > largest:
        raise EngineError(_explosion(evaluation, total, largest))
    return named


def _explosion(evaluation: Evaluation, total: int, largest: int) -> str:
    members = max(evaluation.cliques.members().values(), key=len)
    nodes = evaluation.database.nodes(members[:3])
    named = ", ".join(show(nodes[number]) for number in members[:3])
    causes = [f"  {rule}" for rule, count in evaluation.mergers.most_common(3) if count]
    return "\n".join(
        [
            f"owl:sameAs makes one thing of {len(members)} terms ({named}, …): to say all of each"
            f" of them takes {total} triples, more than {largest}.",
            "Either they are not the same, and one of these rules should not apply, or say it of"
            " one of them and leave owl:sameAs out:",
            *(causes or ["  (asserted owl:sameAs)"]),
        ]
    )


def _expand(evaluation: Evaluation, relation: Relation) -> None:
    """Write the rows of *relation* that name things with several names under all of them."""
    database, table, columns = evaluation.database, relation.table, relation.columns
    touched = f"SELECT {columns} FROM {table} WHERE {_touched(relation)}"
    named = renamed(touched, columns.replace(", ", ""))
    database.run(
        f"INSERT INTO {table} SELECT {columns}, 1 FROM ({named})"
        f" ANTI JOIN {table} USING ({columns})"
    )
    same = database.number(OWL.sameAs)
    if relation.predicate == same:
        asserted = f"SELECT s FROM asserted WHERE p = {same} AND s = o"
        database.run(f"DELETE FROM {table} WHERE s = o AND s NOT IN ({asserted})")


def _named(
    evaluation: Evaluation, relation: Relation, aliases: Mapping[int, list[int]]
) -> Iterator[Relation]:
    """Yield *relation*, or one for each name of its topic."""
    predicates = aliases.get(relation.predicate, [relation.predicate])
    classes: list[int | None] = [relation.class_]
    if relation.class_ is not None:
        classes = [*aliases.get(relation.class_, [relation.class_])]
    topics = [(predicate, class_) for predicate in predicates for class_ in classes]
    if len(topics) == 1:
        yield relation
        return
    for ordinal, topic in enumerate(topics):
        name = f"{relation.table}_{ordinal}"
        # What is asserted under one name is derived under another.
        copied = f"SELECT {relation.columns}, 1 AS r FROM {relation.table}"
        evaluation.database.run(f"CREATE TABLE {name} AS {copied}")
        yield Relation(name, *topic)


def _gather_more(evaluation: Evaluation, aliases: Mapping[int, list[int]]) -> None:
    """Make the table ``more`` of the facts that follow and are in none of the relations."""
    elsewhere = evaluation.layout.elsewhere(aliases)
    found = f"SELECT s, p, o FROM axiom WHERE {elsewhere}"
    given = f"SELECT s, p, o FROM asserted WHERE {elsewhere}"
    if aliases:
        named = f"s IN {_NAMES} OR p IN {_NAMES} OR o IN {_NAMES}"
        found = expanded(f"{found} UNION ALL {given} AND ({named})")
    literals = evaluation.literals()
    if literals:
        # What is "the same" as a literal is an object too (eq-rep-o).
        followed = f"({found} UNION {given}) JOIN ({literals}) USING (o)"
        found = f"{found} UNION SELECT s, p, literal AS o FROM {followed}"
    evaluation.database.run(
        f"CREATE TABLE more AS SELECT DISTINCT s, p, o FROM ({found})"
        " ANTI JOIN asserted USING (s, p, o)"
    )
