"""Inconsistencies: each constraint as a query over the closure.

Literals are tested in Python, each once; those that are as they should be by their form alone
do not leave the database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from pyoxigraph import Literal, Variable

from partyline.rdf.terms import Term, node
from partyline.reasoning.evaluate.columns.literals import TEXT, forms_inside, plain_forms
from partyline.reasoning.evaluate.columns.results import Results
from partyline.reasoning.evaluate.columns.sql import Join, join
from partyline.reasoning.evaluate.pairs.joins import Rows, solve
from partyline.reasoning.evaluate.pairs.numbered_facts import SortedFacts
from partyline.reasoning.evaluate.pairs.packed_pairs import distinct, isin, pack
from partyline.reasoning.evaluate.sparql import Inconsistency, holds
from partyline.reasoning.literals import datatypes
from partyline.reasoning.model.exclusions import DIFFERENT, PROPERTIES, Exclusion
from partyline.reasoning.model.rules import Constraint, Differ, NotIn, ground, variables
from partyline.reasoning.model.stratification import Topic, topic
from partyline.vocabulary import OWL, RDF, XSD

#: Constraints from which on it pays to have the members of classes in memory.
_MANY = 20
#: Patterns from which on DuckDB takes longer to plan a join than to evaluate it.
_LONG = 16


def violations(results: Results, limit: int | None = None) -> Iterator[Inconsistency]:
    """Yield every way in which a constraint is violated, or *limit* ways of each constraint."""
    bound = "" if limit is None else f" LIMIT {limit}"
    yield from _ill_typed(results, bound)
    topics = _topics(results)
    # To plan a query takes longer than to see that one of its tables is empty.
    found = _constraints(results, topics)
    found = [row for row in found if topics.issuperset(map(topic, row.body))]
    for constraint in _with_common_members(results, found):
        yield from _violations(results, constraint, bound)


def _with_common_members(results: Results, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Leave out the constraints of two classes that have no member in common."""
    disjoint = {row: classes for row in constraints if (classes := _disjoint_classes(row))}
    if len(disjoint) < _MANY:
        return list(constraints)
    database = results.database
    named = {class_ for classes in disjoint.values() for class_ in classes}
    database.identify((*named, RDF.type))
    type_, listed = database.number(RDF.type), ", ".join(str(database.number(row)) for row in named)
    query = f"SELECT s, p, o FROM closed WHERE p = {type_} AND o IN ({listed})"
    facts = SortedFacts(type_, *database.columns(query))

    def common(one: Term, other: Term) -> bool:
        members = (distinct(facts.members(database.number(row))) for row in (one, other))
        few, many = sorted(members, key=len)
        return bool(isin(few, many).any())

    return [row for row in constraints if row not in disjoint or common(*disjoint[row])]


def _disjoint_classes(constraint: Constraint) -> tuple[Term, Term] | None:
    """Return the classes of a constraint ``?x a ?c, ?x a ?d``, and None of any other."""
    if len(constraint.body) != 2 or constraint.test is not None:
        return None
    (one, two, first), (three, four, second) = constraint.body
    same = one == three and isinstance(one, Variable) and two == four == RDF.type
    if not same or isinstance(first, Variable) or isinstance(second, Variable):
        return None
    return first, second


def _constraints(results: Results, topics: Set[Topic]) -> list[Constraint]:
    """Return the constraints, with those of exclusions that are violated."""
    found = [
        constraint
        for exclusion in results.rules.exclusions
        if exclusion.may_fail(topics - {(None, None), (RDF.type, None)})
        for constraint in exclusion.constraints(_groups(results, exclusion))
    ]
    return (
        sorted((*results.rules.constraints, *found), key=str)
        if found
        else [*results.rules.constraints]
    )


def _groups(results: Results, exclusion: Exclusion) -> Iterator[list[Term]]:
    """Yield the members of *exclusion* that go together, as `Exclusion.groups` does."""
    database = results.database
    database.identify((*exclusion.places, RDF.type, OWL.sameAs))
    members = ", ".join(str(database.number(row)) for row in exclusion.places)
    if exclusion.name in DIFFERENT:
        condition = f"p = {database.number(OWL.sameAs)} AND s IN ({members}) AND o IN ({members})"
        query = f"SELECT DISTINCT [s, o] FROM closed WHERE s <> o AND {condition}"
    else:
        column, key = ("p", "s, o") if exclusion.name in PROPERTIES else ("o", "s")
        types = "" if exclusion.name in PROPERTIES else f"p = {database.number(RDF.type)} AND "
        several = 1 if exclusion.repeated else 2
        query = (
            f"SELECT DISTINCT list_sort(list(DISTINCT {column})) FROM closed"
            f" WHERE {types}{column} IN ({members}) GROUP BY {key}"
            f" HAVING count(DISTINCT {column}) >= {several}"
        )
    rows = database.run(query)
    nodes = database.nodes(number for (row,) in rows for number in row)
    for (row,) in rows:
        yield [nodes[number] for number in row]


def _topics(results: Results) -> set[Topic]:
    """Return the topics that there are facts about."""
    types = results.database.number(RDF.type)
    rows = results.database.run(f"SELECT DISTINCT p, CASE WHEN p = {types} THEN o END FROM closed")
    nodes = results.database.nodes(number for row in rows for number in row if number is not None)
    found: set[Topic] = {(None, None), (RDF.type, None)}
    for predicate, class_ in rows:
        found.add((nodes[predicate], nodes.get(class_)))
    return found


def _ill_typed(results: Results, bound: str) -> Iterator[Inconsistency]:
    """Yield the asserted literals that stand for no value (dt-not-type)."""
    fine = [f"{TEXT}(?:@[A-Za-z0-9-]+)?", *plain_forms(datatypes.PLAIN)]
    ids = (
        "SELECT DISTINCT o FROM asserted JOIN term ON o = id WHERE o < 0"
        f" AND (contains(text, '^^<{XSD.iri}') OR contains(text, '^^<{RDF.iri}'))"
    )
    wrong = _failing(results, ids, fine, datatypes.ill_typed)
    if wrong:
        query = f"SELECT s, p, o FROM asserted WHERE o IN ({wrong}) ORDER BY s, p, o{bound}"
        for row in results.rows(query):
            yield Inconsistency(Constraint("dt-not-type", (row,)), (), (row,))


def _violations(results: Results, constraint: Constraint, bound: str) -> Iterator[Inconsistency]:
    named = list(dict.fromkeys(variables(constraint.body)))
    if len(constraint.body) > _LONG:
        rows = _solutions(results, constraint, named)
    else:
        body = [results.number(pattern) for pattern in constraint.body]
        joined = join(results, body)
        conditions = _conditions(results, constraint, joined)
        columns = ", ".join(joined.columns[name] for name in named) or "1"
        query = joined.select(f"DISTINCT {columns}", *conditions)
        rows = results.database.run(f"{query} ORDER BY ALL{bound}")
    nodes = results.database.nodes(number for row in rows for number in row) if named else {}
    for row in rows:
        binding = {name: nodes[number] for name, number in zip(named, row, strict=False)}
        if holds(constraint, binding):
            premises = tuple(ground(pattern, binding) for pattern in constraint.body)
            yield Inconsistency(constraint, tuple(binding.items()), premises)


def _solutions(
    results: Results, constraint: Constraint, named: Sequence[Variable]
) -> list[tuple[int, ...]]:
    """Return the solutions of a long body, whose join in SQL takes seconds to plan."""
    tested: set[Variable] = set()
    if isinstance(constraint.test, Differ):
        tested = {constraint.test.one, constraint.test.other}
    body = []
    for pattern in map(results.number, constraint.body):
        one, two = results.database.columns(f"SELECT s, o FROM {results.table(pattern)}")
        if pattern[0] in tested:  # a literal
            one, two = one[one < 0], two[one < 0]
        pairs = results.class_of(pattern) is None
        body.append((pattern, Rows(distinct(pack(one, two) if pairs else one), pairs=pairs)))
    found = solve(body, named)
    columns = [found.columns[name].tolist() for name in named]
    return sorted(set(zip(*columns, strict=True)))


def _conditions(results: Results, constraint: Constraint, joined: Join) -> list[str]:
    """Return the SQL of what the test of a constraint asks of literals, or a part of it."""
    test = constraint.test
    if isinstance(test, Differ):
        one, other = joined.columns[test.one], joined.columns[test.other]
        return [f"{one} < 0", f"{other} < 0", f"{one} <> {other}"]
    if isinstance(test, NotIn):
        column, datatype = joined.columns[test.variable], test.datatype
        ids = joined.select(f"DISTINCT {column} AS o", f"{column} < 0")
        wrong = _failing(
            results,
            ids,
            forms_inside(datatype),
            lambda literal: datatypes.outside(literal, datatype),
        )
        return [f"{column} IN ({wrong or 'NULL'})"]
    return []


def _failing(
    results: Results, ids: str, fine: Iterable[str], fails: Callable[[Literal], bool]
) -> str:
    """Return the numbers, for an SQL list, of the literals *ids* that fail a test.

    Those that match an expression of *fine* are not asked.
    """
    pattern = "|".join(f"(?:{form})" for form in fine).replace("'", "''")
    rows = results.database.run(
        f"SELECT id, text FROM term WHERE id IN ({ids})"
        f" AND NOT regexp_full_match(text, '{pattern}')"
    )
    literals = ((number, node(text)) for number, text in rows)
    return ", ".join(
        str(number)
        for number, literal in literals
        if isinstance(literal, Literal) and fails(literal)
    )
