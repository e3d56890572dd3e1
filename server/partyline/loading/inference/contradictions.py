"""Contradictions in an endpoint: constraints as queries."""

from collections.abc import Iterator

from partyline.loading.inference.updates import Graphs, Names
from partyline.loading.patience import PatientEndpoint
from partyline.reasoning.model.exclusions import CLASSES, DIFFERENT, PROPERTIES, Exclusion
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Constraint, variables

#: Ways in which one constraint fails that are reported.
_EACH = 5
#: What two members of a list must not both be.
_PAIRS = {
    **dict.fromkeys(CLASSES, "?x a ?one . ?x a ?other ."),
    **dict.fromkeys(PROPERTIES, "?x ?one ?y . ?x ?other ?y ."),
}


def contradictions(
    endpoint: PatientEndpoint, rules: RuleSet, graphs: Graphs, names: Names
) -> Iterator[str]:
    """Yield how constraints fail, one line each.

    A constraint on the values of literals is left out: an endpoint need not know datatypes.
    """
    for constraint in rules.constraints:
        if constraint.test is None:
            body = " ".join(map(names.pattern, constraint.body))
            yield from _found(endpoint, constraint, body, graphs)
    for exclusion in rules.exclusions:
        yield from _excluded(endpoint, exclusion, graphs, names)


def _found(
    endpoint: PatientEndpoint, constraint: Constraint, body: str, graphs: Graphs
) -> Iterator[str]:
    asked = list(dict.fromkeys(variables(constraint.body)))
    chosen = " ".join(map(str, asked)) or "(1 AS ?found)"
    query = f"SELECT {chosen} {graphs.all_from} WHERE {{ {body} }} LIMIT {_EACH}"
    for row in endpoint.select(query):
        values = ", ".join(f"{name} = {value}" for name, value in zip(asked, row, strict=False))
        yield f"{constraint}" + (f", where {values}" if values else "")


def _excluded(
    endpoint: PatientEndpoint, exclusion: Exclusion, graphs: Graphs, names: Names
) -> Iterator[str]:
    """Yield what is about two members of a list of which no two go together."""
    if exclusion.name in DIFFERENT:
        # Nothing is the same as anything here, but for what is named twice.
        yield from (f"{exclusion.name}: {member} is named twice" for member in exclusion.repeated)
        return
    listed = " ".join(names.text(member) for member in exclusion.places)
    body = _PAIRS[exclusion.name]
    query = (
        f"SELECT ?x ?one ?other {graphs.all_from} WHERE {{ VALUES ?one {{ {listed} }}"
        f" VALUES ?other {{ {listed} }} {body} FILTER(STR(?one) < STR(?other)) }} LIMIT {_EACH}"
    )
    for subject, one, other in endpoint.select(query):
        yield f"{exclusion.name}: {subject or 'a blank node'} has both {one} and {other}"
