"""The vocabulary of shapes graphs: which values a parameter takes, and how many.

This is appendix A of SHACL (the syntax rules of shapes graphs), with its sections 2 to 6.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.validation.shacl.indexed_graph import IndexedGraph, Term
from partyline.vocabulary import RDF, SH, XSD

Check = Callable[[IndexedGraph, Term], bool]


@dataclass(frozen=True, slots=True)
class Values:
    """What every value of a parameter must be, in a test and in words."""

    fits: Check
    words: str
    once: bool = False


_NODE_KINDS = frozenset(
    SH[name]
    for name in (
        *("IRI", "BlankNode", "Literal"),
        *("BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"),
    )
)


def _is_iri(graph: IndexedGraph, term: Term) -> bool:
    return isinstance(term, NamedNode)


def _is_node(graph: IndexedGraph, term: Term) -> bool:
    return isinstance(term, NamedNode | BlankNode)


def _is_named(graph: IndexedGraph, term: Term) -> bool:
    return isinstance(term, NamedNode | Literal)


def _is_literal(graph: IndexedGraph, term: Term) -> bool:
    return isinstance(term, Literal)


def _is_string(graph: IndexedGraph, term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype == XSD.string


def _is_text(graph: IndexedGraph, term: Term) -> bool:
    return isinstance(term, Literal) and (bool(term.language) or term.datatype == XSD.string)


def _is_boolean(graph: IndexedGraph, term: Term) -> bool:
    known = ("true", "false", "1", "0")
    return isinstance(term, Literal) and term.datatype == XSD.boolean and term.value in known


def _is_count(graph: IndexedGraph, term: Term) -> bool:
    if not isinstance(term, Literal) or term.datatype != XSD.integer:
        return False
    digits = term.value.removeprefix("+")
    return digits.isascii() and digits.isdecimal()


def _is_node_kind(graph: IndexedGraph, term: Term) -> bool:
    return term in _NODE_KINDS


def _is_path(graph: IndexedGraph, term: Term) -> bool:
    return graph.path(term) is not None


def _list_of(fits: Check) -> Check:
    def listed(graph: IndexedGraph, term: Term) -> bool:
        members = graph.members(term) if term == RDF.nil or isinstance(term, BlankNode) else None
        if members is None and isinstance(term, NamedNode):
            members = graph.members(term)
        return members is not None and all(fits(graph, member) for member in members)

    return listed


def _anything(graph: IndexedGraph, term: Term) -> bool:
    return True


_IRI, _IRI_ONCE = Values(_is_iri, "an IRI"), Values(_is_iri, "an IRI", once=True)
_NODE = Values(_is_node, "an IRI or a blank node")
_COUNT = Values(_is_count, "a whole number (xsd:integer)", once=True)
_BOOLEAN = Values(_is_boolean, "true or false", once=True)
_LITERAL_ONCE = Values(_is_literal, "a literal", once=True)
_STRING_ONCE = Values(_is_string, "a string", once=True)
_SHAPES = Values(_list_of(_is_node), "a list of shapes")

#: Every parameter whose values have a rule.
PARAMETERS: dict[NamedNode, Values] = {
    SH[name]: values
    for names, values in (
        ("targetClass targetSubjectsOf targetObjectsOf class", _IRI),
        ("equals disjoint lessThan lessThanOrEquals", _IRI),
        ("targetNode", Values(_is_named, "an IRI or a literal")),
        ("datatype severity", _IRI_ONCE),
        ("nodeKind", Values(_is_node_kind, "one of the six node kinds, such as sh:IRI", once=True)),
        ("path", Values(_is_path, "a property or a SHACL property path", once=True)),
        ("minCount maxCount minLength maxLength", _COUNT),
        ("qualifiedMinCount qualifiedMaxCount", _COUNT),
        ("minExclusive minInclusive maxExclusive maxInclusive", _LITERAL_ONCE),
        ("pattern flags", _STRING_ONCE),
        ("select ask", _STRING_ONCE),
        ("deactivated closed uniqueLang qualifiedValueShapesDisjoint optional", _BOOLEAN),
        ("in", Values(_list_of(_anything), "a list", once=True)),
        ("languageIn", Values(_list_of(_is_string), "a list of language tags", once=True)),
        ("ignoredProperties", Values(_list_of(_is_iri), "a list of properties", once=True)),
        ("and or xone", _SHAPES),
        ("node property not sparql", _NODE),
        ("qualifiedValueShape", Values(_is_node, "an IRI or a blank node", once=True)),
        ("message", Values(_is_text, "a string, with or without a language tag")),
    )
    for name in names.split()
}

#: Booleans that SHACL takes for neither true nor false: it compares terms.
NUMERIC_BOOLEANS = tuple(Literal(text, datatype=XSD.boolean) for text in ("1", "0"))
#: Parameters that count or compare the values of a path.
NEED_PATH = tuple(
    SH[name]
    for name in (
        *("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"),
        "qualifiedValueShape",
    )
)
#: A parameter without effect unless one of the others is there.
DEPENDENT = {
    SH.flags: (SH.pattern,),
    SH.ignoredProperties: (SH.closed,),
    SH.qualifiedMinCount: (SH.qualifiedValueShape,),
    SH.qualifiedMaxCount: (SH.qualifiedValueShape,),
    SH.qualifiedValueShape: (SH.qualifiedMinCount, SH.qualifiedMaxCount),
}
#: What SHACL 1.0 does not have: SHACL Advanced Features and SHACL JavaScript Extensions.
UNSUPPORTED = {SH.target, SH.rule, SH.expression, SH.js, SH.entailment}
#: Every property of the vocabulary.
KNOWN = (
    PARAMETERS.keys()
    | UNSUPPORTED
    | {
        SH[name]
        for name in [
            "hasValue",
            "alternativePath",
            "inversePath",
            "oneOrMorePath",
            "zeroOrMorePath",
            "zeroOrOnePath",
            "name",
            "description",
            "order",
            "group",
            "defaultValue",
            "shapesGraph",
            "suggestedShapesGraph",
            "prefixes",
            "declare",
            "prefix",
            "namespace",
            "parameter",
            "labelTemplate",
            "validator",
            "nodeValidator",
            "propertyValidator",
            "construct",
            "update",
            "annotationProperty",
            "annotationValue",
            "annotationVarName",
            "resultAnnotation",
            "conforms",
            "result",
            "detail",
            "focusNode",
            "resultMessage",
            "resultPath",
            "resultSeverity",
            "sourceConstraint",
            "sourceConstraintComponent",
            "sourceShape",
            "value",
            "shapesGraphWellFormed",
            "condition",
            "returnType",
            "jsFunctionName",
            "jsLibrary",
            "jsLibraryURL",
        ]
    }
)
