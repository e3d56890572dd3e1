"""The one canonical form of Turtle: a diff of two files shows what changed, and nothing else.

Prefixes are sorted and none is unused; the ontology header comes first, then classes, properties
and individuals; one block a subject, ``a`` first, one predicate a line, and a lone ``.``.
Lexical forms are kept: ``"01"^^xsd:integer`` does not become ``1``. A blank node stands inside the
statement that names it where there is one, up to `nesting.DEEPEST` levels; others get labels in
the order in which they are written.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.rdf.curies import PrefixMap
from partyline.rdf.nesting import Nesting, Term
from partyline.rdf.serialisable import check_rdf11, n_triples
from partyline.vocabulary import OWL, RDF, RDFS, XSD

#: What a block may be, in the order of the file; everything else is an individual.
KINDS: dict[NamedNode, int] = {
    OWL.Ontology: 0,
    OWL.Class: 1,
    RDFS.Class: 1,
    OWL.ObjectProperty: 2,
    OWL.DatatypeProperty: 3,
    OWL.AnnotationProperty: 4,
    RDF.Property: 4,
}
#: Looked up once: a large graph asks for them a million times.
_TYPE, _NIL = RDF.type, RDF.nil
INDIVIDUAL = 5
_AXIOM = 6

#: Literals without quotes (Turtle 1.1, section 2.5.2), by datatype: those that rdflib does not
#: read as another lexical form of the same number.
_BARE = {
    XSD.integer: re.compile(r"0|-?[1-9][0-9]*"),
    XSD.decimal: re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+"),
    XSD.double: re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+"),
    XSD.boolean: re.compile(r"true|false"),
}
_BARE_DATATYPES = {datatype.value for datatype in _BARE}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: Control characters, and two that are not characters: readers stumble over them.
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f\ufffe\uffff]')


def write_turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Return *triples* as canonical Turtle; *prefixes* maps names to IRIs.

    Raises NotSerialisable where RDF 1.1 cannot represent the triples.

    >>> book = NamedNode("https://example.org/moby-dick")
    >>> title = Triple(book, NamedNode("https://example.org/title"), Literal("Moby-Dick"))
    >>> print(write_turtle([title], {"ex": "https://example.org/"}), end="")
    @prefix ex: <https://example.org/> .
    <BLANKLINE>
    ex:moby-dick
        ex:title "Moby-Dick" ;
    .
    """
    rows = set(triples)
    check_rdf11(rows)
    return turtle_text(TurtleWriter(prefixes), Nesting(rows))


def turtle_text(writer: "TurtleWriter", graph: Nesting) -> str:
    """Return what *writer* writes of *graph*: the prefixes, then the blocks."""
    blocks = writer.blocks(graph)
    return "\n\n".join([*writer.head(), *blocks]) + "\n" if blocks else ""


class TurtleWriter:
    """One writing of a graph, or of the graphs of a dataset, which share prefixes and labels."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._graph = Nesting(())
        self._prefixes = PrefixMap.of(prefixes)
        #: The prefixes of all names so far, and what they stand for.
        self.used: dict[str, str] = {}
        #: Prefix, namespace and local name of each node so far; None where it has no short name.
        self._short: dict[NamedNode, tuple[str, str, str] | None] = {}
        #: The labels that blank nodes have received, without ``_:``.
        self.labels: dict[BlankNode, str] = {}

    def blocks(self, graph: Nesting) -> list[str]:
        """Return the blocks of *graph*, one for each subject that is not nested."""
        self.begin(graph)
        tops = [node for node in graph.by_subject if node not in graph.nested]
        return [self.block(subject) for subject in sorted(tops, key=self.block_order)]

    def begin(self, graph: Nesting) -> None:
        """Take the blocks that follow from *graph*."""
        self._graph = graph

    def head(self) -> list[str]:
        """Return the declarations of the prefixes of all blocks so far, one text or none."""
        return declarations(self.used)

    def name(self, node: NamedNode | BlankNode) -> str:
        """Return *node* as it is written outside the blocks: the name of a graph."""
        return self._label(node) if isinstance(node, BlankNode) else self._name(node)

    def block_order(self, subject: Term) -> tuple[int, str, str]:
        """Return what sorts the blocks of *subject* and others."""
        if isinstance(subject, BlankNode):
            # The label is an accident of the parse; the content is not.
            return _AXIOM, self._graph.content_key(subject), n_triples(subject)
        kinds = self._graph.by_subject[subject].get(_TYPE, ())
        rank = min((rank for kind, rank in KINDS.items() if kind in kinds), default=INDIVIDUAL)
        return rank, str(subject), ""

    def block(self, subject: Term) -> str:
        """Return the block of *subject*, which is not nested."""
        if isinstance(subject, BlankNode) and not self._graph.references[subject]:
            return f"[\n{self._properties(subject, 1)}] ."
        return f"{self._term(subject, 0)}\n{self._properties(subject, 1)}."

    def _properties(self, subject: Term, depth: int) -> str:
        properties = self._graph.by_subject[subject]
        indent = "    " * depth
        lines = []
        for predicate in sorted(properties, key=self._predicate_order):
            name = "a" if predicate == _TYPE else self._name(predicate)
            ordered = properties[predicate]
            if len(ordered) > 1:  # the key of a deep node is long
                ordered = sorted(ordered, key=self._object_order)
            objects = [self._term(object_, depth + (len(ordered) > 1)) for object_ in ordered]
            if len(objects) == 1:
                lines.append(f"{indent}{name} {objects[0]} ;\n")
            else:
                listed = f" ,\n{indent}    ".join(objects)
                lines.append(f"{indent}{name}\n{indent}    {listed} ;\n")
        return "".join(lines)

    def _predicate_order(self, predicate: NamedNode) -> tuple[bool, str]:
        return predicate != _TYPE, self._name(predicate, note=False)

    def _object_order(self, term: Term) -> tuple[int, str, str]:
        if isinstance(term, NamedNode):
            return 0, self._name(term, note=False), ""
        if isinstance(term, Literal):
            return 1, literal_order(term), ""
        return 2, self._graph.content_key(term), n_triples(term)

    def _term(self, term: Term, depth: int) -> str:
        if isinstance(term, NamedNode):
            return "()" if term == _NIL else self._name(term)
        if isinstance(term, Literal):
            return self._literal(term)
        if isinstance(term, Triple):
            raise TypeError("check_rdf11 lets no triple term pass")
        if term not in self._graph.nested:
            return self._label(term)
        members = self._graph.members(term)
        if members is not None:
            return self._list(members, depth)
        return f"[\n{self._properties(term, depth + 1)}{'    ' * depth}]"

    def _label(self, node: BlankNode) -> str:
        return "_:" + self.labels.setdefault(node, f"b{len(self.labels)}")

    def _list(self, members: list[Term], depth: int) -> str:
        items = [self._term(member, depth + 1) for member in members]
        if sum(map(len, items)) <= 80 and not any("\n" in item for item in items):
            return f"( {' '.join(items)} )"
        indent = "    " * (depth + 1)
        return "(\n" + "".join(f"{indent}{item}\n" for item in items) + "    " * depth + ")"

    def _name(self, node: NamedNode, *, note: bool = True) -> str:
        if node not in self._short:
            self._short[node] = self._prefixes.split(node.value)
        short = self._short[node]
        if short is None:
            return str(node)
        prefix, namespace, local = short
        if note:
            self.used[prefix] = namespace
        return f"{prefix}:{local}"

    def _literal(self, literal: Literal) -> str:
        return literal_text(literal, self._name)


def declarations(prefixes: Mapping[str, str]) -> list[str]:
    """Return the declarations of *prefixes*, one text or none."""
    rows = [f"@prefix {prefix}: <{prefixes[prefix]}> ." for prefix in sorted(prefixes)]
    return ["\n".join(rows)] if rows else []


def literal_order(literal: Literal) -> str:
    """Return what sorts *literal* among other objects."""
    return order_of_parts(literal.value, literal.language or "", literal.datatype.value)


def order_of_parts(value: str, language: str, datatype: str) -> str:
    """Return what `literal_order` does, of the parts of a literal."""
    return f"{language} {value} <{datatype}>"


def literal_text(literal: Literal, name: Callable[[NamedNode], str]) -> str:
    """Return *literal* in Turtle; *name* writes its datatype."""
    if _is_bare(literal):
        return literal.value
    quoted = _quoted(literal.value)
    if literal.language:
        return f"{quoted}@{literal.language}"
    if literal.datatype == XSD.string:
        return quoted
    return f"{quoted}^^{name(literal.datatype)}"


def is_always_quoted(datatype: str | None) -> bool:
    """Tell whether a literal of *datatype* is never written without quotes.

    >>> is_always_quoted(None), is_always_quoted("http://www.w3.org/2001/XMLSchema#integer")
    (True, False)
    """
    return datatype not in _BARE_DATATYPES


def _is_bare(literal: Literal) -> bool:
    """Tell whether *literal* is written without quotes, and read back with this lexical form."""
    bare = _BARE.get(literal.datatype)
    if bare is None or not bare.fullmatch(literal.value):
        return False
    return literal.datatype != XSD.decimal or str(Decimal(literal.value)) == literal.value


def _quoted(text: str) -> str:
    """Return *text* in quotes; text of several lines, such as a query, keeps its lines."""
    if "\n" not in text:
        return f'"{_escaped(text)}"'
    return '"""' + "\n".join(map(_escaped, text.split("\n"))) + '"""'


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"
