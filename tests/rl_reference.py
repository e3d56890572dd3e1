"""An oracle of OWL 2 RL that shares nothing with our compiler: the tables in Datalog, by clingo.

`rl_reference.lp` has the rules; this module gives it the facts of a graph and of the values of its
literals, and says which conclusions are published.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import clingo
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.rdf.terms import Term, node

Fact = tuple[Term, Term, Term]

_RULES = Path(__file__).with_suffix(".lp").read_text(encoding="utf-8")
_VOCABULARIES = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9]*")


@dataclass(frozen=True)
class Reference:
    """All that the tables derive from a graph, and the rules that conclude false."""

    facts: frozenset[Fact]
    false: frozenset[str]


def derive(triples: Iterable[Triple]) -> Reference:
    """Return what the tables derive from *triples*."""
    control = clingo.Control(["--warn=none"])
    control.add("base", [], _RULES)
    control.add("base", [], "\n".join(_program([*triples])))
    control.ground([("base", [])])
    atoms = control.symbolic_atoms
    facts = (atom.symbol.arguments for atom in atoms.by_signature("t", 3))
    return Reference(
        frozenset((_term(row[0]), _term(row[1]), _term(row[2])) for row in facts),
        frozenset(atom.symbol.arguments[0].string for atom in atoms.by_signature("false", 1)),
    )


def _program(triples: list[Triple]) -> Iterator[str]:
    for row in triples:
        yield f"t({_name(row.subject)},{_name(row.predicate)},{_name(row.object)})."
    literals = sorted({row.object for row in triples if isinstance(row.object, Literal)}, key=str)
    for one in literals:
        yield from _about(one)
        for other in literals:
            left, right = value(one), value(other)
            if one != other and left is not None and right is not None:
                relation = "equal" if left == right else "unequal"
                yield f"{relation}({_name(one)},{_name(other)})."


def _about(literal: Literal) -> Iterator[str]:
    name = _name(literal)
    if literal.datatype.value.removeprefix(_VOCABULARIES["xsd"]) in _SPACES and (
        value(literal) is None
    ):
        yield f"outside({name},own)."
    for datatype in _ALL_DATATYPES:
        inside = _contains(datatype, literal)
        if inside is not None:
            yield f"{'value' if inside else 'outside'}({name},{datatype})."
    found = value(literal)
    if found in (("decimal", Decimal(0)), ("decimal", Decimal(1))):
        yield f"{'one' if found[1] else 'zero'}({name})."


#: The primitive datatype that contains each datatype, among those that random graphs have.
_SPACES = {
    "decimal": "decimal",
    "integer": "decimal",
    "nonNegativeInteger": "decimal",
    "byte": "decimal",
    "string": "string",
    "token": "string",
    "boolean": "boolean",
    "double": "double",
    "date": "date",
}
_ALL_DATATYPES = (*(f"xsd_{name}" for name in _SPACES), "rdfs_Literal", "rdf_PlainLiteral")
_READERS: dict[str, Callable[[str], object]] = {
    "decimal": Decimal,
    "double": float,
    "boolean": lambda text: text in ("1", "true"),
}
_LEXICAL = {
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "integer": r"[+-]?\d+",
    "nonNegativeInteger": r"\+?\d+|-0+",
    "byte": r"[+-]?\d+",
    "boolean": "true|false|0|1",
    "double": r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?",
    "date": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])",
    "string": "(?s:.*)",
    "token": "(?s:.*)",
}


def value(literal: Literal) -> tuple[str, object] | None:
    """Return the value space and the value of *literal*, or None where none is known."""
    if literal.language:
        return "text", (literal.value, literal.language.lower())
    name = literal.datatype.value.removeprefix(_VOCABULARIES["xsd"])
    if name not in _SPACES or not re.fullmatch(_LEXICAL[name], literal.value):
        return None
    if name == "byte" and not -128 <= int(literal.value) <= 127:
        return None
    return _SPACES[name], _READERS.get(_SPACES[name], str)(literal.value)


def _contains(datatype: str, literal: Literal) -> bool | None:
    """Tell whether the value of *literal* is in *datatype*; None where the value is not known."""
    found = value(literal)
    known = literal.language or literal.datatype.value.removeprefix(_VOCABULARIES["xsd"]) in _SPACES
    if not known:
        return None
    if found is None:
        return False
    space, inner = found
    if datatype == "rdfs_Literal":
        return True
    if datatype == "rdf_PlainLiteral":
        return space in ("string", "text")
    name = datatype.removeprefix("xsd_")
    if _SPACES[name] != space:
        return False
    if not isinstance(inner, Decimal):
        return name != "token" or literal.datatype.value.endswith("#token")
    whole = inner == int(inner)
    return {
        "decimal": True,
        "integer": whole,
        "nonNegativeInteger": whole and inner >= 0,
        "byte": whole and -128 <= inner <= 127,
    }[name]


def _name(term: object) -> str:
    """Return *term* as a constant: one of the vocabularies by its name, any other by its text."""
    if isinstance(term, NamedNode):
        for prefix, iri in _VOCABULARIES.items():
            local = term.value.removeprefix(iri)
            if term.value.startswith(iri) and _LOCAL.fullmatch(local):
                return f"{prefix}_{local}"
    text = str(term).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'


def _term(symbol: clingo.Symbol) -> Term:
    if symbol.type is clingo.SymbolType.String:
        return node(symbol.string)
    prefix, _, local = symbol.name.partition("_")
    return NamedNode(_VOCABULARIES[prefix] + local)


def _owl(*names: str) -> frozenset[Term]:
    return frozenset(NamedNode(_VOCABULARIES["owl"] + name) for name in names)


def _rdfs(*names: str) -> frozenset[Term]:
    return frozenset(NamedNode(_VOCABULARIES["rdfs"] + name) for name in names)


_TYPE = NamedNode(_VOCABULARIES["rdf"] + "type")
_DIFFERENT = NamedNode(_VOCABULARIES["owl"] + "differentFrom")
_SAME = NamedNode(_VOCABULARIES["owl"] + "sameAs")
#: Predicates by which a blank node is a class expression, an axiom or the cell of a list.
_PARTS = _owl(
    *("onProperty", "intersectionOf", "unionOf", "oneOf", "complementOf", "inverseOf"),
    *("onDatatype", "datatypeComplementOf", "members", "distinctMembers"),
    *("sourceIndividual", "annotatedSource"),
) | {NamedNode(_VOCABULARIES["rdf"] + "first")}
_ABOUT_CLASSES = (
    _rdfs("subClassOf", "domain", "range") | _owl("equivalentClass", "disjointWith") | {_TYPE}
)
_REFLEXIVE = _rdfs("subClassOf", "subPropertyOf") | _owl(
    "sameAs", "equivalentClass", "equivalentProperty"
)
_OF_ALL = _rdfs("subClassOf", "domain", "range") | {_TYPE}
_ALL = _owl("Thing") | _rdfs("Resource")


def published(reference: Reference, asserted: Iterable[Triple]) -> frozenset[Fact]:
    """Return what is derived, RDF 1.1, about names, and not true of everything."""
    given = {(row.subject, row.predicate, row.object) for row in asserted}
    parts = {row[0] for row in given if row[1] in _PARTS}
    hidden = {term for term in parts if isinstance(term, BlankNode)}
    equal = [row for row in reference.facts if row[1] == _SAME and isinstance(row[2], Literal)]
    typed = {row[0] for row in equal}
    equated = {row[2] for row in equal if not isinstance(row[0], Literal)}
    return frozenset(
        row
        for row in reference.facts - given
        if _is_published(row, hidden)
        # Of the literals that a resource differs from, those are published that a resource is;
        # what is the same as a literal is not said to be in the datatypes of that.
        and not (row[1] == _DIFFERENT and isinstance(row[2], Literal) and row[2] not in equated)
        and not (row[0] in typed and row[1] == _TYPE and _name(row[2]) in _ALL_DATATYPES)
    )


def _is_published(row: Fact, hidden: Set[BlankNode]) -> bool:
    subject, predicate, object_ = row
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        return False
    if isinstance(subject, NamedNode) and subject.value.startswith(tuple(_VOCABULARIES.values())):
        return False
    if subject in hidden or (object_ in hidden and predicate in _ABOUT_CLASSES):
        return False
    if subject == object_ and predicate in _REFLEXIVE:
        return False
    return not (object_ in _ALL and predicate in _OF_ALL)


def by_value(rows: Iterable[Fact]) -> set[tuple[Term, Term, object]]:
    """Return *rows* with the values of literals in the place of their lexical forms."""
    return {
        (row[0], row[1], (value(row[2]) or row[2]) if isinstance(row[2], Literal) else row[2])
        for row in rows
    }
