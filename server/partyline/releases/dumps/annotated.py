"""The statements of a release in Turtle 1.2, each with what stands for it and what entails it.

https://www.w3.org/TR/rdf12-turtle/, section 2.11: ``~`` names the resource that reifies a
statement, such as the event that brought it about; a block behind it says which rule entails the
statement (``sh:sourceRule``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import BlankNode, Triple

from partyline.dataset import Numbers, Table
from partyline.rdf.serialisable import label
from partyline.releases.dumps.literals import LiteralCheck
from partyline.releases.dumps.rows import Rows, first_places, in_use
from partyline.releases.dumps.turtle_terms import NO_SPACE, TurtleSpelling
from partyline.vocabulary import RDF, SH

MEDIA_TYPE = "text/turtle;version=1.2"


@dataclass(frozen=True)
class Annotations:
    """What is said of the statements of a table."""

    #: The resources that reify a statement, by its row.
    reifiers: Mapping[int, Sequence[int]]
    #: The IRI of the rule that entails a statement, by its row.
    rules: Mapping[int, str]
    #: What reifies a statement that the rows do not have: its reifier, and the statement.
    others: Sequence[tuple[int, Triple]] = ()


class AnnotatedTurtle:
    """The rows of a table as Turtle 1.2."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table = table
        self._spelling = TurtleSpelling(table, {**prefixes, "sh": SH.iri, "rdf": RDF.iri})
        self._type = table.number(RDF.type)
        self._texts: dict[int, str] = {}
        self._spaces: set[int] = set()

    def graph(self, rows: Numbers, annotations: Annotations) -> Iterator[bytes]:
        """Yield *rows* with *annotations*. Raises NotSerialisable before the first part."""
        columns = Rows.of(self._table, rows)
        LiteralCheck(self._table).check(columns)
        self._spell(columns, annotations)
        return self._parts(columns, annotations)

    def _spell(self, rows: Rows, annotations: Annotations) -> None:
        """Spell every term, so that the prefixes are known before the first statement."""
        size = len(self._table.terms)
        used = in_use(size, rows.subjects, rows.predicates, rows.objects).tolist()
        for found in annotations.reifiers.values():
            used += found
        for number in set(used).difference(self._texts):
            text = self._table.terms.text(number)
            if text[0] == "_":
                node = self._table.terms.term(number)
                self._texts[number] = f"_:{label(node)}" if isinstance(node, BlankNode) else text
            else:
                self._texts[number], space = self._spelling.written(number, text)
                self._spaces.add(space)
        self._rules = {iri: self._name(iri) for iri in set(annotations.rules.values())}

    def _name(self, iri: str) -> str:
        text, space = self._spelling.name(iri)
        self._spaces.add(space)
        return text

    def _parts(self, rows: Rows, annotations: Annotations) -> Iterator[bytes]:
        source_rule, reifies = self._name(SH.sourceRule.value), self._name(RDF.reifies.value)
        yield self._head().encode()
        for part in rows.chunks():
            yield "".join(self._blocks(part, annotations, source_rule)).encode()
        for number, triple in annotations.others:
            term = self._table.terms.text(number)
            stated = f"{triple.subject} {triple.predicate} {triple.object}"
            yield f"\n{term} {reifies} <<( {stated} )>> .\n".encode()

    def _head(self) -> str:
        spaces = sorted(self._spelling.spaces[row] for row in self._spaces if row != NO_SPACE)
        declared = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in spaces)
        return f'VERSION "1.2"\n{declared}'

    def _blocks(self, rows: Rows, annotations: Annotations, source_rule: str) -> Iterator[str]:
        starts = first_places(rows.subjects).tolist()
        for begin, end in pairwise(starts):
            lines = sorted(self._lines(rows[begin:end], annotations, source_rule))
            yield f"\n{self._subject(int(rows.subjects[begin]))}\n"
            yield "".join(text for _, text in lines)
            yield ".\n"

    def _lines(
        self, rows: Rows, annotations: Annotations, source_rule: str
    ) -> Iterator[tuple[tuple[bool, str, str], str]]:
        """Yield the line of each statement, and what sorts it: the classes first."""
        for row, predicate, object_ in zip(
            rows.rows.tolist(), rows.predicates.tolist(), rows.objects.tolist(), strict=True
        ):
            is_type = predicate == self._type
            name = "a" if is_type else self._subject(predicate)
            value = self._texts[object_]
            notes = self._notes(row, annotations, source_rule)
            yield (not is_type, name, value), f"    {name} {value}{notes} ;\n"

    def _subject(self, number: int) -> str:
        """Return the term *number* where it is not an object: rdf:nil is a list only there."""
        if self._spelling.has_nil([number]):
            return self._spelling.name(RDF.nil.value)[0]
        return self._texts[number]

    def _notes(self, row: int, annotations: Annotations, source_rule: str) -> str:
        names: Iterable[str] = (self._texts[node] for node in annotations.reifiers.get(row, ()))
        notes = "".join(f" ~ {name}" for name in names)
        rule = annotations.rules.get(row)
        return f"{notes} ~ {{| {source_rule} {self._rules[rule]} |}}" if rule else notes
