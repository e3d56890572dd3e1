"""The questions in RDF, as the SIB Swiss Institute of Bioinformatics publishes examples of queries.

https://github.com/sib-swiss/sparql-examples; parameters are those of SHACL Advanced Features.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.releases.questions.named_queries import Parameter, Question, read_questions
from partyline.releases.questions.parameter_types import ParameterKind, Term
from partyline.releases.questions.paths import question_iri
from partyline.sparql import query_form
from partyline.vocabulary import RDF, RDFS, SDO, SH, XSD, Namespace

SPEX = Namespace("https://purl.expasy.org/sparql-examples/ontology#")
EXAMPLE_PREFIXES = {"sh": SH.iri, "schema": SDO.iri, "rdfs": RDFS.iri, "spex": SPEX.iri}
_PREFIXES = BlankNode("sparql_examples_prefixes")
#: The class and the property of a query, by its form.
_FORMS = {
    "SELECT": (SH.SPARQLSelectExecutable, SH.select),
    "ASK": (SH.SPARQLAskExecutable, SH.ask),
    "CONSTRUCT": (SH.SPARQLConstructExecutable, SH.construct),
    "DESCRIBE": (SPEX.SPARQLDescribeExecutable, SPEX.describe),
}


def question_graph(folder: Path | None, base: str, endpoint: str) -> frozenset[Triple]:
    """Return the graph of the named queries in *folder* of what is published under *base*.

    *endpoint* is where they are answered; empty for nowhere. Raises SourceError.
    """
    return frozenset(example_triples(read_questions(folder), partial(question_iri, base), endpoint))


def example_triples(
    questions: Iterable[Question], iri_of: Callable[[str], str], endpoint: str
) -> set[Triple]:
    """Return all *questions* as examples of queries.

    Args:
        questions: what to describe.
        iri_of: the IRI of the question of a name.
        endpoint: where the queries are answered; empty for nowhere.

    """
    rows = tuple(questions)
    triples = {triple for row in rows for triple in _example(row, iri_of(row.name), endpoint)}
    return triples | set(_prefixes(rows))


def _example(question: Question, iri: str, endpoint: str) -> Iterator[Triple]:
    node = NamedNode(iri)
    class_, query = _FORMS[query_form(question.text)]
    state = partial(Triple, node)
    yield state(RDF.type, SH.SPARQLExecutable)
    yield state(RDF.type, class_)
    yield state(RDFS.label, Literal(question.title, language="en"))
    comment = f"{question.title} {question.prose}".strip()
    yield state(RDFS.comment, Literal(comment, language="en"))
    for tag, row in question.translations.items():
        if row.title:
            yield state(RDFS.label, Literal(row.title, language=tag))
            yield state(RDFS.comment, Literal(f"{row.title} {row.prose}".strip(), language=tag))
        for keyword in row.themes:
            yield state(SDO.keywords, Literal(keyword, language=tag))
    yield state(SH.prefixes, _PREFIXES)
    yield state(query, Literal(question.text))
    if endpoint:
        yield state(SDO.target, NamedNode(endpoint))
    for theme in question.themes:
        yield state(SDO.keywords, Literal(theme))
    for order, parameter in enumerate(question.parameters):
        yield from _parameter(node, parameter, order)
        described = NamedNode(f"{iri}#{parameter.name}")
        for tag, row in question.translations.items():
            if text := row.parameters.get(parameter.name):
                yield Triple(described, SH.description, Literal(text, language=tag))


def _parameter(question: NamedNode, parameter: Parameter, order: int) -> Iterator[Triple]:
    node = NamedNode(f"{question.value}#{parameter.name}")
    state = partial(Triple, node)
    yield Triple(question, SH.parameter, node)
    yield state(RDF.type, SH.Parameter)
    yield state(SH.path, node)
    yield state(SH.name, Literal(parameter.name))
    yield state(SH.description, Literal(parameter.description, language="en"))
    yield state(SH.order, Literal(str(order), datatype=XSD.integer))
    yield state(SH.optional, Literal("true", datatype=XSD.boolean))
    for term in parameter.default_terms:
        yield state(SH.defaultValue, term)
    type_ = parameter.type
    if type_.kind is ParameterKind.CHOICE:
        yield from _list(node, SH["in"], type_.choices, f"{question.value} {parameter.name}")
    elif type_.kind is not ParameterKind.RESOURCE:
        yield state(SH.datatype, type_.datatype)
    elif type_.class_:
        yield state(SH["class"], NamedNode(type_.class_))
    else:
        yield state(SH.nodeKind, SH.IRI)
    for bound, predicate in ((type_.minimum, SH.minInclusive), (type_.maximum, SH.maxInclusive)):
        if bound is not None:
            yield state(predicate, Literal(str(bound), datatype=XSD.decimal))


def _list(
    subject: NamedNode, predicate: NamedNode, members: Sequence[Term], name: str
) -> Iterator[Triple]:
    """Yield a list; its blank nodes are those of *name*, the same whenever it is made."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    cells = [BlankNode(f"choices{digest}{number}") for number in range(len(members))]
    rests: list[NamedNode | BlankNode] = [*cells[1:], RDF.nil]
    yield Triple(subject, predicate, cells[0])
    for cell, rest, member in zip(cells, rests, members, strict=True):
        yield Triple(cell, RDF.first, member)
        yield Triple(cell, RDF.rest, rest)


def _prefixes(questions: Iterable[Question]) -> Iterator[Triple]:
    declared = {(name, iri) for row in questions for name, iri in row.prefixes.items()}
    for prefix, namespace in sorted(declared):
        node = BlankNode(f"prefix_{len(prefix)}_{prefix.replace('-', '_').replace('.', '_')}")
        yield Triple(_PREFIXES, SH.declare, node)
        yield Triple(node, SH.prefix, Literal(prefix))
        yield Triple(node, SH.namespace, Literal(namespace, datatype=XSD.anyURI))
