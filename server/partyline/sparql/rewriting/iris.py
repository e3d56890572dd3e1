"""The IRIs that a query names, wherever they stand in it."""

from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode, QuerySolutions, Store

from partyline.sparql.rewriting.dataset_clause import all_terms


def iris_in(text: str, base: str = "", prefixes: Mapping[str, str] | None = None) -> set[str]:
    """Return the IRIs in the query *text*, without those of its prologue.

    >>> sorted(iris_in("PREFIX e: <urn:> ASK { VALUES ?g { e:a <b> } GRAPH ?g {} }", "urn:x/y"))
    ['urn:a', 'urn:x/b']
    """
    prologue, terms = all_terms(text)
    known = prefixes or {}
    # One by one: what looks like an IRI may be two comparisons.
    return {row.value for term in terms for row in resolved(prologue, [term], base, known)}


def resolved(
    prologue: str, terms: Sequence[str], base: str, prefixes: Mapping[str, str]
) -> list[NamedNode]:
    """Return the IRIs of *terms* behind *prologue*, as the engine resolves them.

    There are none where one of them is not valid: the query itself has the same error.
    """
    chosen = " ".join(f"({term} AS ?g{number})" for number, term in enumerate(terms))
    try:
        results = Store().query(
            f"{prologue}SELECT {chosen} {{}}", base_iri=base or None, prefixes=dict(prefixes)
        )
    except SyntaxError:
        return []
    if not isinstance(results, QuerySolutions):
        return []
    return [term for term in next(results) if isinstance(term, NamedNode)]
