"""The literals of a database that may have another spelling."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from partyline.rdf.terms import node, text
from partyline.reasoning.compile.lexical_variants import AssertedLiteral
from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.literals.datatypes import PLAIN, inside, within
from partyline.reasoning.literals.value_space import COMMON, common
from partyline.vocabulary import RDF, RDFS, XSD

#: A string in canonical N-Triples.
TEXT = r'"(?:[^"\\]|\\.)*"'


def non_canonical_literals(database: Database) -> Iterator[AssertedLiteral]:
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
    pattern = "|".join([TEXT, TEXT + "@[a-z]+(?:-[a-z0-9]+)*", *forms]).replace("'", "''")
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


def members(database: Database, datatype: NamedNode) -> Iterator[int]:
    """Yield the numbers of the literals that are certainly in the value space of *datatype*."""
    certain = "|".join(f"(?:{form})" for form in forms_inside(datatype)).replace("'", "''")
    matching = f"regexp_full_match(text, '{certain}')"
    yield from (
        number for (number,) in database.run(f"SELECT id FROM term WHERE id < 0 AND {matching}")
    )
    for number, text_ in database.run(f"SELECT id, text FROM term WHERE id < 0 AND NOT {matching}"):
        literal = node(text_)
        if isinstance(literal, Literal) and inside(literal, datatype):
            yield number


def forms_inside(datatype: NamedNode) -> list[str]:
    """Return expressions of literals that are certainly in the value space of *datatype*."""
    everything = datatype == RDFS.Literal
    forms = plain_forms(row for row in PLAIN if everything or within(row, datatype))
    if everything or datatype in (XSD.string, RDF.PlainLiteral):
        forms.append(TEXT)
    return forms or ["never"]


def plain_forms(names: Iterable[NamedNode]) -> list[str]:
    """Return the expressions of literals of the datatypes *names* that certainly have a value."""
    return [rf'"(?:{PLAIN[name]})"\^\^<{name.value}>' for name in names]
