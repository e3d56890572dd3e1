"""What a parser yields, as numbers: with the line of each triple, and what cannot be published."""

import hashlib
import io
from collections.abc import Collection, Iterator
from typing import TypeVar

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from partyline.dataset import Numbering, is_rdf12
from partyline.findings import Finding
from partyline.sources.invalid_iris import InvalidTerms
from partyline.sources.relative_iris import RelativeIris, is_relative
from partyline.sources.statements import Collected, Statements
from partyline.sources.syntax_findings import rdf12_findings
from partyline.sources.syntaxes import Syntax
from partyline.sources.undeclared_prefixes import UndeclaredPrefixes


class Reader:
    """Numbers what a parser yields, and finds what cannot be published."""

    def __init__(
        self,
        name: str,
        syntax: Syntax,
        lines: "LineByLine",
        only: Collection[Triple] | None,
        undeclared: UndeclaredPrefixes,
        numbering: Numbering,
    ) -> None:
        self._name, self._syntax, self._lines, self._only = name, syntax, lines, only
        self._undeclared = undeclared
        self._collected, self._rename = Collected(numbering), BlankNodeNames(name)
        self._relative = RelativeIris(name, syntax)
        self._refused: list[Finding] = []
        #: Whether an IRI that begins with `SENTINEL_BASE` is relative in the document.
        self.has_stand_ins = False
        #: Finds invalid IRIs, where the parser does not.
        self.invalid: InvalidTerms | None = None
        #: The graphs that are blank nodes, each with its first line.
        self.unnamed: dict[str, int] = {}
        #: The number of triples that were read and left out.
        self._left_out = 0

    @property
    def count(self) -> int:
        """Return the number of triples that the parser has yielded."""
        return len(self._collected.lines) + self._left_out

    def read(self, quads: Iterator[Quad]) -> None:
        """Read on. Raises SyntaxError where *quads* does, and can go on then."""
        looks_at_triples = self._only is not None or self.has_stand_ins or self._undeclared
        if looks_at_triples or self.invalid is not None or self._syntax.has_graphs:
            for quad in quads:
                self._read_one(quad)
        else:
            self._read_all(quads)

    def _read_all(self, quads: Iterator[Quad]) -> None:
        """Read what needs no look at whole triples: this is where large files are read."""
        collected, lines = self._collected, self._lines
        known, number = collected.numbering.find, collected.numbering.number
        add_subject, add_predicate = collected.subjects.append, collected.predicates.append
        add_object, add_line = collected.objects.append, collected.lines.append
        for quad in quads:
            subject, predicate, object_ = quad.subject, quad.predicate, quad.object
            three = None if type(object_) is BlankNode else known(object_)
            if three is None and is_rdf12(object_):
                self._refuse(quad.triple)
                continue
            one = None if type(subject) is BlankNode else known(subject)
            # The subject first, because blank nodes are named in their order.
            add_subject(number(self._rename(subject)) if one is None else one)
            add_predicate(number(predicate))
            add_object(number(self._rename(object_)) if three is None else three)
            add_line(lines.number)

    def _read_one(self, quad: Quad) -> None:
        triple, line, name = quad.triple, self._lines.number, quad.graph_name
        graph = name if isinstance(name, NamedNode) else None
        if self.invalid and (found := self.invalid.find(triple, graph, line)):
            self._refused.append(found)
            self._left_out += 1
            return
        if isinstance(name, BlankNode):
            self.unnamed.setdefault(name.value, line)
        is_refused = is_rdf12(triple.object)
        if is_refused:
            self._refuse(triple)
        if self._undeclared and self._undeclared.add_uses(triple, line, graph):
            self._left_out += not is_refused
        elif self.has_stand_ins and is_relative(triple, graph):
            self._relative.add(triple, line, graph)
            self._left_out += not is_refused
        elif not is_refused:
            rename = self._rename
            triple = Triple(rename(triple.subject), triple.predicate, rename(triple.object))
            if self._only is None or triple in self._only:
                self._collected.add(triple, line, graph)
            else:
                self._left_out += 1

    def _refuse(self, triple: Triple) -> None:
        self._refused += rdf12_findings(triple, self._name, self._lines.number)
        self._left_out += 1

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with triples that were read."""
        if not self._syntax.resumes:
            yield from self._relative.findings()
        yield from self._refused

    def statements(self) -> Statements:
        """Return what was read."""
        return self._collected.statements(self._name)


class LineByLine(io.BytesIO):
    """Hand bytes to the parser one line at a time.

    The parser asks for more only when it needs more, so the number of lines handed out when it
    yields a triple is the number of the line on which the triple ends.
    """

    def __init__(self, content: bytes, before_first: int = 0) -> None:
        super().__init__(content)
        self._rest = b""
        self.number = before_first

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next line, or the next *size* bytes of it."""
        line = self._rest
        if not line:
            line = self.readline()
            if line:
                self.number += 1
        if size is None or size < 0 or len(line) <= size:
            self._rest = b""
            return line
        self._rest = line[size:]
        return line[:size]


_Term = TypeVar("_Term")


class BlankNodeNames:
    """Name the blank nodes of a document by its name and their order, the same at every build."""

    def __init__(self, document: str) -> None:
        self._stem = "b" + hashlib.sha256(document.encode()).hexdigest()[:8]
        self._names: dict[str, BlankNode] = {}

    def __call__(self, term: _Term) -> _Term | BlankNode:
        """Return the name of *term*; what is not a blank node stays as it is."""
        if not isinstance(term, BlankNode):
            return term
        if term.value not in self._names:
            self._names[term.value] = BlankNode(f"{self._stem}n{len(self._names)}")
        return self._names[term.value]
