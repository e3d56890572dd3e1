"""The resources that a DESCRIBE query asks for: the query itself, rewritten as SELECT."""

from itertools import takewhile

from partyline.sparql.rewriting.rewriter import unescape
from partyline.sparql.tokens import Token, tokens

_PROLOGUE = ("PREFIX", "BASE", "VERSION")
_TERMS = ("variable", "iri", "name")


def resources_query(text: str) -> str | None:
    """Return a SELECT query whose solutions bind the resources that DESCRIBE *text* asks for.

    Returns None where the query has a dataset clause, or is written in a way that is not
    understood here: then the engine describes.

    >>> resources_query("DESCRIBE ?x <a:b> WHERE { ?x a <a:c> } LIMIT 3")
    'SELECT ?x (<a:b> AS ?described1) WHERE { ?x a <a:c> } LIMIT 3'
    """
    text = unescape(text)
    read = [token for token in tokens(text) if token.lastgroup != "comment"]
    if any(token.lastgroup == "word" and token.group().upper() == "FROM" for token in read):
        return None
    start = next((i for i, token in enumerate(read) if _begins_query(token)), None)
    if start is None or read[start].group().upper() != "DESCRIBE":
        return None
    after = read[start + 1 :]
    terms = list(takewhile(lambda token: token.lastgroup in _TERMS, after)) or after[:1]
    if not terms or (terms[0].lastgroup not in _TERMS and terms[0].group() != "*"):
        return None
    rest = text[terms[-1].end() :]
    if len(terms) == len(after) or after[len(terms)].group().upper() not in ("WHERE", "{"):
        rest = " {}" + rest  # resources by name, and no pattern
    chosen = " ".join(_chosen(term, i) for i, term in enumerate(terms))
    return f"{text[: read[start].start()]}SELECT {chosen}{rest}"


def _begins_query(token: Token) -> bool:
    return token.lastgroup == "word" and token.group().upper() not in _PROLOGUE


def _chosen(term: Token, number: int) -> str:
    if term.lastgroup in ("iri", "name"):
        return f"({term.group()} AS ?described{number})"
    return term.group()
