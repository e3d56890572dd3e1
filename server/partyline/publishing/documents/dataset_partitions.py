"""How large the dataset is, by class and by property (VoID, sections 4.1 and 4.2)."""

from collections.abc import Iterator

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.publishing.publication import Publication
from partyline.vocabulary import RDF, VOID, XSD


def partition_triples(publication: Publication, dataset: NamedNode) -> Iterator[Triple]:
    """Yield the numbers of the endpoint's default graph: of classes, properties, resources."""
    table = publication.release.table
    rows = table.rows(graphs=[name for name in _DEFAULT if name in table.present_graphs])
    subjects, predicates = table.columns["subject"][rows], table.columns["predicate"][rows]
    objects = table.columns["object"][rows]
    yield Triple(dataset, VOID.distinctSubjects, _number(len(np.unique(subjects))))
    yield Triple(dataset, VOID.distinctObjects, _number(len(np.unique(objects))))
    by_property = np.unique(predicates, return_counts=True)
    yield Triple(dataset, VOID.properties, _number(len(by_property[0])))
    yield from _partitions(publication, dataset, ("property", "triples"), by_property)
    classes = objects[predicates == table.number(RDF.type)]
    by_class = np.unique(classes[classes >= table.terms.literals.stop], return_counts=True)
    yield Triple(dataset, VOID.classes, _number(len(by_class[0])))
    yield from _partitions(publication, dataset, ("class", "entities"), by_class)


#: The graphs that the default graph merges.
_DEFAULT = ("ontology", "accepted", "inferred")


def _partitions(
    publication: Publication,
    dataset: NamedNode,
    names: tuple[str, str],
    sizes: tuple[np.ndarray, np.ndarray],
) -> Iterator[Triple]:
    """Yield a partition for each term and the number of what it has."""
    kind, counted = names
    for number, size in zip(*(column.tolist() for column in sizes), strict=True):
        term = publication.release.table.terms.term(number)
        if isinstance(term, NamedNode):
            partition = BlankNode(f"{kind}{number}")
            yield Triple(dataset, VOID[f"{kind}Partition"], partition)
            yield Triple(partition, VOID[kind], term)
            yield Triple(partition, VOID[counted], _number(size))


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)
