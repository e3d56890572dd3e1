"""The one canonical form of Turtle: a diff of two files shows what changed, and nothing else.

Prefixes are sorted and none is unused; the ontology header comes first, then classes, properties
and individuals; one block a subject, ``a`` first, one predicate a line, and a lone ``.``.
Lexical forms are kept: ``01`` stays ``01``.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.rdf.curies import PrefixMap
from partyline.rdf.lists import MalformedList, list_cells
from partyline.vocabulary import OWL, RDF, RDFS, XSD

Term = NamedNode | BlankNode | Literal | Triple

_TYPE = RDF.type
_NIL = RDF.nil

#: What a block may be, in the order of the file; everything else is an individual.
_KINDS: dict[Term, int] = {
    OWL.Ontology: 0,
    OWL.Class: 1,
    RDFS.Class: 1,
    OWL.ObjectProperty: 2,
    OWL.DatatypeProperty: 3,
    OWL.AnnotationProperty: 4,
    RDF.Property: 4,
}
_INDIVIDUAL = 5
_AXIOM = 6

#: Literals that Turtle writes without quotes (section 2.5.2), by datatype.
_BARE = {
    XSD.integer: re.compile(r"[+-]?[0-9]+\Z"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+\Z"),
    XSD.double: re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+\Z"),
    XSD.boolean: re.compile(r"(?:true|false)\Z"),
}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Return *triples* as canonical Turtle; *prefixes* maps names to IRIs.

    >>> book = NamedNode("https://example.org/moby-dick")
    >>> title = Triple(book, NamedNode("https://example.org/title"), Literal("Moby-Dick"))
    >>> print(write_turtle([title], {"ex": "https://example.org/"}), end="")
    @prefix ex: <https://example.org/> .
    <BLANKLINE>
    ex:moby-dick
        ex:title "Moby-Dick" ;
    .
    """
    return _Writer(triples, prefixes).write()


class _Writer:
    """One writing of one graph."""

    def __init__(self, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
        self._by_subject: dict[Term, dict[NamedNode, list[Term]]] = defaultdict(dict)
        self._references: Counter[Term] = Counter()
        for triple in set(triples):
            objects = self._by_subject[triple.subject].setdefault(triple.predicate, [])
            objects.append(triple.object)
            if isinstance(triple.object, BlankNode):
                self._references[triple.object] += 1
        self._prefixes = PrefixMap(prefixes)
        self._used: dict[str, str] = {}
        #: Prefix, namespace and local name of each node so far; None where it has no short name.
        self._short: dict[NamedNode, tuple[str, str, str] | None] = {}
        self._nested = self._find_nested()

    def write(self) -> str:
        tops = [subject for subject in self._by_subject if subject not in self._nested]
        blocks = [self._block(subject) for subject in sorted(tops, key=self._block_order)]
        head = [f"@prefix {prefix}: <{self._used[prefix]}> ." for prefix in sorted(self._used)]
        parts = ["\n".join(head)] if head else []
        return "\n\n".join(parts + blocks) + "\n" if parts + blocks else ""

    def _find_nested(self) -> set[Term]:
        """Return the blank nodes that can stand inside the one statement that names them."""
        candidates = {
            node
            for node in self._by_subject
            if isinstance(node, BlankNode) and self._references[node] == 1
        }
        parents = {
            object_: subject
            for subject, properties in self._by_subject.items()
            for objects in properties.values()
            for object_ in objects
            if object_ in candidates
        }
        nested: set[Term] = set()
        for node in candidates:
            # A circle of blank nodes has no outside to stand in.
            trail: set[Term] = {node}
            above = parents[node]
            while above in parents and above not in trail:
                trail.add(above)
                above = parents[above]
            if above not in trail:
                nested.add(node)
        return nested

    def _block_order(self, subject: Term) -> tuple[int, str]:
        if isinstance(subject, BlankNode):
            # The label is an accident of the parse; the content is not.
            return _AXIOM, self._content_key(subject, frozenset())
        kinds = self._by_subject[subject].get(_TYPE, ())
        rank = min((_KINDS[kind] for kind in kinds if kind in _KINDS), default=_INDIVIDUAL)
        return rank, str(subject)

    def _content_key(self, node: Term, seen: frozenset[Term]) -> str:
        """Return a text that orders a blank node by what it says, not by its label."""
        if node not in self._by_subject or not isinstance(node, BlankNode):
            return "" if isinstance(node, BlankNode) else str(node)
        if node in seen:
            return ""
        rows = [
            f"{predicate} {self._content_key(object_, seen | {node})}"
            for predicate, objects in self._by_subject[node].items()
            for object_ in objects
        ]
        return "[" + ";".join(sorted(rows)) + "]"

    def _block(self, subject: Term) -> str:
        if isinstance(subject, BlankNode) and not self._references[subject]:
            return f"[\n{self._properties(subject, 1)}] ."
        return f"{self._term(subject, 0)}\n{self._properties(subject, 1)}."

    def _properties(self, subject: Term, depth: int) -> str:
        properties = self._by_subject[subject]
        indent = "    " * depth
        lines = []
        for predicate in sorted(properties, key=self._predicate_order):
            name = "a" if predicate == _TYPE else self._term(predicate, depth)
            ordered = sorted(properties[predicate], key=self._object_order)
            objects = [self._term(object_, depth + (len(ordered) > 1)) for object_ in ordered]
            if len(objects) == 1:
                lines.append(f"{indent}{name} {objects[0]} ;\n")
            else:
                listed = f" ,\n{indent}    ".join(objects)
                lines.append(f"{indent}{name}\n{indent}    {listed} ;\n")
        return "".join(lines)

    def _predicate_order(self, predicate: NamedNode) -> tuple[bool, str]:
        return predicate != _TYPE, self._name(predicate, note=False)

    def _object_order(self, term: Term) -> tuple[int, str]:
        if isinstance(term, NamedNode):
            return 0, self._name(term, note=False)
        if isinstance(term, Literal):
            return 1, f"{term.language or ''} {term.value} {term.datatype}"
        return 2, self._content_key(term, frozenset())

    def _term(self, term: Term, depth: int) -> str:
        if isinstance(term, NamedNode):
            return "()" if term == _NIL else self._name(term)
        if isinstance(term, Literal):
            return self._literal(term)
        if isinstance(term, Triple):
            return str(term)
        if term not in self._nested:
            return str(term)
        members = self._members(term)
        if members is not None:
            return self._list(members, depth)
        return f"[\n{self._properties(term, depth + 1)}{'    ' * depth}]"

    def _list(self, members: list[Term], depth: int) -> str:
        items = [self._term(member, depth + 1) for member in members]
        if sum(map(len, items)) <= 80 and not any("\n" in item for item in items):
            return f"( {' '.join(items)} )"
        indent = "    " * (depth + 1)
        return "(\n" + "".join(f"{indent}{item}\n" for item in items) + "    " * depth + ")"

    def _members(self, node: Term) -> list[Term] | None:
        """Return the members of the list that begins at *node*, or None: it is no plain list."""
        try:
            cells = list_cells(node, lambda cell, name: self._by_subject[cell].get(name, ()))
        except MalformedList:
            return None
        plain = all(cell in self._nested and len(self._by_subject[cell]) == 2 for cell, _ in cells)
        return [member for _, member in cells] if plain else None

    def _name(self, node: NamedNode, *, note: bool = True) -> str:
        if node not in self._short:
            self._short[node] = self._prefixes.split(node.value)
        short = self._short[node]
        if short is None:
            return str(node)
        prefix, namespace, local = short
        if note:
            self._used[prefix] = namespace
        return f"{prefix}:{local}"

    def _literal(self, literal: Literal) -> str:
        bare = _BARE.get(literal.datatype)
        if bare and bare.match(literal.value):
            return literal.value
        quoted = _quoted(literal.value)
        if literal.language:
            return f"{quoted}@{literal.language}"
        if literal.datatype == XSD.string:
            return quoted
        return f"{quoted}^^{self._name(literal.datatype)}"


def _quoted(text: str) -> str:
    """Return *text* in quotes; text of several lines, such as a query, keeps its lines."""
    if "\n" not in text:
        return '"' + "".join(map(_escape, text)) + '"'
    lines = ["".join(map(_escape, line)) for line in text.split("\n")]
    return '"""' + "\n".join(lines) + '"""'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if ord(character) < 0x20 or character == "\x7f":
        return f"\\u{ord(character):04X}"
    return character


#: What a # must not stand in to begin a comment: strings in four quotings, and IRIs.
_NOT_COMMENT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>"
    r"|(?P<comment>\#[^\n]*)",
    re.DOTALL,
)


def count_comments(content: bytes) -> int:
    """Return the number of ``#`` comments in Turtle; a graph does not hold them.

    >>> count_comments(b'<http://example.org/#a> <b> "# no" . # yes')
    1
    """
    text = content.decode("utf-8", "replace")
    return sum(match["comment"] is not None for match in _NOT_COMMENT.finditer(text))
