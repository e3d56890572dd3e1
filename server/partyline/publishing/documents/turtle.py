"""Documents in Turtle, written from rows of the table: the bytes of `partyline.rdf.turtle`.

Blocks in which a blank node occurs, and that of the document itself, are left to its writer.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.dataset import Numbers
from partyline.dataset.arrays import NUMBER
from partyline.publishing.documents.description import DocumentGraph
from partyline.publishing.labels import Labels
from partyline.rdf.nesting import Nesting, Term
from partyline.rdf.serialisable import check_rdf11
from partyline.rdf.turtle import INDIVIDUAL, KINDS, TurtleWriter, declarations, write_turtle
from partyline.releases.dumps.literals import check
from partyline.releases.dumps.turtle_terms import NO_SPACE, TurtleSpelling
from partyline.vocabulary import RDF

#: Terms whose texts are kept; documents share their predicates, classes and labels.
_KEPT = 1 << 12
_NOTHING = Nesting(())
#: By predicate, the objects of one subject.
_Properties = dict[int, list[int]]


class _Block(NamedTuple):
    """The block of one subject, what sorts it, and the numbers of the namespaces that it needs."""

    order: tuple[int, str, str]
    text: str
    spaces: frozenset[int]


class TurtleDocuments:
    """Writes graphs of one table; the texts of the terms that were used last are kept."""

    def __init__(self, labels: Labels, prefixes: Mapping[str, str]) -> None:
        self._labels, self._prefixes = labels, prefixes
        self._table = table = labels.statements.table
        self._blank = table.terms.blank_nodes.start
        self._spelling = TurtleSpelling(table, prefixes)
        self._type = table.number(RDF.type)
        numbers = ((table.number(kind), rank) for kind, rank in KINDS.items())
        #: By number, the classes that decide on the place of a block.
        self._kinds = {number: rank for number, rank in numbers if number is not None}
        self._object = lru_cache(_KEPT)(self._write_object)
        self._predicate = lru_cache(_KEPT)(self._write_predicate)
        self._object_order = lru_cache(_KEPT)(self._spelling.object_order)
        self._labels_block = lru_cache(_KEPT)(self._write_labels)

    def write(self, graph: DocumentGraph) -> bytes:
        """Return *graph* in UTF-8. Raises NotSerialisable where RDF 1.1 cannot represent it."""
        if any(self._may_be_known(triple.subject) for triple in graph.others):
            return write_turtle(graph.triples(), self._prefixes).encode()
        plain, rest = self._parted(graph.rows)
        blocks = [self._block(subject, properties) for subject, properties in plain.items()]
        for subject in graph.labelled.tolist():
            block, with_blank_nodes = self._labels_block(subject)
            blocks += block
            rest += with_blank_nodes
        others = [*map(self._table.triple, rest), *graph.others]
        check_rdf11(others)
        if not rest and (own := self._own_block(graph.others)):
            return self._document([*blocks, own], _NOTHING).encode()
        return self._document(blocks, Nesting(others)).encode()

    def _may_be_known(self, subject: NamedNode | BlankNode | Triple) -> bool:
        """Tell whether statements of the table may belong to the block of *subject*."""
        return not isinstance(subject, NamedNode) or self._table.number(subject) is not None

    def _parted(self, rows: Numbers) -> tuple[dict[int, _Properties], list[int]]:
        """Return the statements of the subjects whose blocks have no blank node, and other rows."""
        columns, blank = self._table.columns, self._blank
        subjects, objects = columns["subject"][rows], columns["object"][rows]
        numbers = (rows, subjects, columns["predicate"][rows], objects)
        nesting = set(subjects[objects >= blank].tolist())
        plain: dict[int, _Properties] = {}
        rest = []
        for row, subject, predicate, object_ in zip(
            *(row.tolist() for row in numbers), strict=True
        ):
            if subject >= blank or subject in nesting:
                rest.append(row)
            else:
                plain.setdefault(subject, {}).setdefault(predicate, []).append(object_)
        return plain, rest

    def _document(self, blocks: list[_Block], others: Nesting) -> str:
        """Return the document of *blocks* and of the subjects of *others*."""
        writer = TurtleWriter(self._prefixes)
        writer.begin(others)
        tops: list[tuple[tuple[int, str, str], _Block | Term]] = [
            (row.order, row) for row in blocks
        ]
        tops += [
            (writer.block_order(node), node)
            for node in others.by_subject
            if node not in others.nested
        ]
        tops.sort(key=lambda top: top[0])
        # Blank nodes are labelled in the order in which they are written.
        texts = [top.text if isinstance(top, _Block) else writer.block(top) for _, top in tops]
        spaces = frozenset[int]().union(*(row.spaces for row in blocks)) - {NO_SPACE}
        used = writer.used | dict(map(self._spelling.spaces.__getitem__, spaces))
        return "\n\n".join([*declarations(used), *texts]) + "\n" if texts else ""

    def _block(self, subject: int, properties: _Properties) -> _Block:
        """Return the block of *subject*, in which no blank node occurs."""
        text = self._table.terms.text(subject)
        name, space = self._spelling.written(subject, text)
        spaces = {space}
        lines = [f"{name}\n"]
        for (_, verb, space), objects in sorted(
            (self._predicate(predicate), objects) for predicate, objects in properties.items()
        ):
            spaces.add(space)
            lines.append(f"    {verb}{self._objects(objects, spaces)} ;\n")
        lines.append(".")
        kinds, types = self._kinds, properties.get(-1 if self._type is None else self._type, ())
        rank = min((kinds[kind] for kind in types if kind in kinds), default=INDIVIDUAL)
        return _Block((rank, text, ""), "".join(lines), frozenset(spaces))

    def _objects(self, objects: list[int], spaces: set[int]) -> str:
        """Return what follows a predicate, and add the namespaces that it needs to *spaces*."""
        if len(objects) == 1:
            text, space = self._object(objects[0])
            spaces.add(space)
            return " " + text
        texts = []
        for number in sorted(objects, key=self._object_order):
            text, space = self._object(number)
            texts.append(text)
            spaces.add(space)
        return "\n        " + " ,\n        ".join(texts)

    def _own_block(self, triples: Collection[Triple]) -> _Block | None:
        """Return the block of *triples* that are in no table, or None: it needs the writer.

        They are what documents say of themselves: of one IRI, and each property once.
        """
        subjects = {subject for subject, _, _ in triples}
        objects = {predicate: object_ for _, predicate, object_ in triples}
        if len(subjects) != 1 or len(objects) != len(triples):
            return None
        subject, spaces, lines = subjects.pop(), set[int](), []
        if not isinstance(subject, NamedNode):
            return None
        for predicate, object_ in objects.items():
            if not isinstance(object_, NamedNode) or object_ == RDF.nil:
                return None
            is_type = predicate == RDF.type
            verb, space = ("a", NO_SPACE) if is_type else self._spelling.name(predicate.value)
            text, space_of_object = self._spelling.name(object_.value)
            spaces |= {space, space_of_object}
            lines.append((not is_type, verb, text))
        name, space = self._spelling.name(subject.value)
        written = (f"    {verb} {text} ;\n" for _, verb, text in sorted(lines))
        rank = KINDS.get(objects.get(RDF.type, subject), INDIVIDUAL)
        block = "".join([f"{name}\n", *written, "."])
        return _Block((rank, str(subject), ""), block, frozenset({space, *spaces}))

    # What is kept

    def _write_object(self, number: int) -> tuple[str, int]:
        text = self._table.terms.text(number)
        check(self._table, number, text)
        return self._spelling.written(number, text)

    def _write_predicate(self, number: int) -> tuple[tuple[bool, str], str, int]:
        """Return what sorts a predicate, its text, and its namespace."""
        name, space = self._spelling.name(self._table.terms.text(number)[1:-1])
        if number == self._type:
            return (False, name), "a", NO_SPACE
        return (True, name), name, space

    def _write_labels(self, subject: int) -> tuple[list[_Block], list[int]]:
        """Return the block of an IRI whose labels alone are written, or the rows for a writer."""
        plain, rest = self._parted(self._labels.rows_of(np.array([subject], NUMBER)))
        return [self._block(*row) for row in plain.items()], rest
