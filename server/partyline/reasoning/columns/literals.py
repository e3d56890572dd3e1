"""The literals of a database that may have another spelling."""

from collections.abc import Iterator

from pyoxigraph import Literal

from partyline.reasoning.columns.database import Database
from partyline.reasoning.columns.terms import node, text
from partyline.reasoning.values import COMMON, common

_TEXT = r'"(?:[^"\\]|\\.)*"'


def uncommon(database: Database) -> Iterator[Literal]:
    """Yield the literals that are not in the common spelling of their value, and the common ones.

    Of a value that has one spelling, that is mostly nothing, found without a look at each literal.
    """
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
