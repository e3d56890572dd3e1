"""The literals of a database that may have another spelling."""

from collections.abc import Iterator

from pyoxigraph import Literal

from partyline.rdf.terms import node, text
from partyline.reasoning.compile.lexical_variants import Said
from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.literals.value_space import COMMON, common

_TEXT = r'"(?:[^"\\]|\\.)*"'


def non_canonical_literals(database: Database) -> Iterator[Said]:
    """Yield the literals of values that are not only said in their common spelling.

    Each comes with the predicates that have it as an object. Mostly that is nothing, and found
    without a look at each literal.
    """
    literals = list(_uncommon(database))
    database.identify(literals)
    rows = database.run(
        "SELECT DISTINCT p, o FROM asserted WHERE o IN (SELECT unnest($1::INTEGER[]))",
        [database.number(literal) for literal in literals],
    )
    nodes = database.nodes(number for row in rows for number in row)
    for predicate, object_ in rows:
        literal = nodes[object_]
        if isinstance(literal, Literal):
            yield nodes[predicate], literal


def _uncommon(database: Database) -> Iterator[Literal]:
    forms = [rf'"(?:{form})"\^\^<{datatype.value}>' for datatype, form in COMMON.items()]
    pattern = "|".join([_TEXT, _TEXT + "@[a-z]+(?:-[a-z0-9]+)*", *forms]).replace("'", "''")
    rows = database.run(
        f"SELECT text FROM term WHERE id < 0 AND text[-1] <> '\"'"
        f" AND NOT regexp_full_match(text, '{pattern}')"
    )
    others: dict[str, Literal] = {}
    for (written,) in rows:
        literal = node(written)
        if isinstance(literal, Literal) and (usual := common(literal)):
            yield literal
            others[text(usual)] = usual
    found = database.run("SELECT text FROM term WHERE text IN (SELECT unnest($1))", list(others))
    yield from (others[written] for (written,) in found)
