"""Resources, values and passages as tables for JSON."""

from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing, Term
from partyline.vocabulary import DCT, VIEW


def resource_record(publication: Publication, node: int) -> dict[str, Any]:
    """Return the resource with the number *node*: its IRI, and its name."""
    return term_record(publication, publication.reader.walks.term(node))


def value_record(publication: Publication, node: int) -> dict[str, Any]:
    """Return the term with the number *node*."""
    return term_record(publication, publication.reader.walks.term(node))


def term_record(publication: Publication, term: Term) -> dict[str, Any]:
    """Return *term*: IRI and name of a resource, or text, datatype or language of a literal."""
    if isinstance(term, NamedNode):
        return {"iri": term.value, "name": publication.presenter.labels.best(term).text}
    if isinstance(term, Literal):
        kind = {"language": term.language} if term.language else {"datatype": term.datatype.value}
        words = publication.presenter.words(term).words
        return {"text": term.value, **kind, **({"words": words} if words != term.value else {})}
    return {"blank_node" if isinstance(term, BlankNode) else "triple": str(term)}


def passage_record(publication: Publication, passage: int) -> dict[str, Any]:
    """Return a passage: its words, and its sources with their addresses."""
    reader = publication.reader
    return {
        **resource_record(publication, passage),
        "quotations": [row.text for row in reader.quotations(passage)],
        "sources": [
            {
                **resource_record(publication, source),
                "addresses": [
                    term.value
                    for number in reader.objects(source, DCT.source)
                    if isinstance(term := reader.walks.term(number), NamedNode)
                ],
            }
            for source in reader.role(passage, VIEW.source)
        ],
    }


def standing_of(publication: Publication, node: NamedNode) -> str | None:
    """Return whether statements about *node* are asserted, inferred, or all disputed.

    Returns None where nothing is stated about it.
    """
    statements = publication.statements
    number = statements.table.number(node)
    if number is None:
        return None
    found = set(statements.standings(statements.table.rows(number)))
    if not found:
        return None
    for standing in (Standing.ASSERTED, Standing.INFERRED, Standing.DISPUTED):
        if standing in found:
            return standing.value
    return None
