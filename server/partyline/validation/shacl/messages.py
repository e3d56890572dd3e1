"""What a validation result says, in a sentence: in the shape's words, else in ours."""

import re
from collections.abc import Iterable, Mapping
from textwrap import shorten

from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.rdf.curies import PrefixMap
from partyline.validation.shacl.engine import Result
from partyline.validation.shacl.indexed_graph import Term, path_text
from partyline.validation.shacl.shapes_graph import ShapesGraph
from partyline.vocabulary import SH, XSD

#: Characters of a literal that a message shows.
_LONGEST = 60
_PLACEHOLDER = re.compile(r"\{[!?$](\w+)\}")

_NODE_KINDS = {
    SH.IRI: "an IRI",
    SH.BlankNode: "a blank node",
    SH.Literal: "a literal",
    SH.BlankNodeOrIRI: "a blank node or an IRI",
    SH.BlankNodeOrLiteral: "a blank node or a literal",
    SH.IRIOrLiteral: "an IRI or a literal",
}
#: The sentence of each component (SHACL, section 4); {0} is its parameter, {p} the path.
_SENTENCES = {
    "Class": ("class", "{p} must be an instance of {0}"),
    "Datatype": ("datatype", "{p} must be a literal of the datatype {0}"),
    "NodeKind": ("nodeKind", "{p} must be {0}"),
    "MinCount": ("minCount", "{p} must have at least {0}"),
    "MaxCount": ("maxCount", "{p} must have at most {0}"),
    "MinExclusive": ("minExclusive", "{p} must be greater than {0}"),
    "MinInclusive": ("minInclusive", "{p} must be at least {0}"),
    "MaxExclusive": ("maxExclusive", "{p} must be less than {0}"),
    "MaxInclusive": ("maxInclusive", "{p} must be at most {0}"),
    "MinLength": ("minLength", "{p} must have at least {0} characters"),
    "MaxLength": ("maxLength", "{p} must have at most {0} characters"),
    "Pattern": ("pattern", "{p} must match the regular expression {0}"),
    "LanguageIn": ("languageIn", "{p} must have a language tag among {0}"),
    "UniqueLang": ("uniqueLang", "{p} must not have two values in one language"),
    "Equals": ("equals", "{p} and {0} must have the same values"),
    "Disjoint": ("disjoint", "{p} and {0} must not share a value"),
    "LessThan": ("lessThan", "{p} must be less than {0}"),
    "LessThanOrEquals": ("lessThanOrEquals", "{p} must be at most {0}"),
    "Not": ("not", "{p} must not conform to {0}"),
    "And": ("and", "{p} must conform to all of {0}"),
    "Or": ("or", "{p} must conform to at least one of {0}"),
    "Xone": ("xone", "{p} must conform to exactly one of {0}"),
    "Node": ("node", "{p} must conform to {0}"),
    "QualifiedMinCount": ("qualifiedMinCount", "{p} must have at least {0} that conform to {1}"),
    "QualifiedMaxCount": ("qualifiedMaxCount", "{p} must have at most {0} that conform to {1}"),
    "Closed": ("closed", "{p} is not among the properties that {1} allows"),
    "HasValue": ("hasValue", "{p} must have the value {0}"),
    "In": ("in", "{p} must be one of {0}"),
}
_COUNTED = {"MinCount", "MaxCount", "QualifiedMinCount", "QualifiedMaxCount"}


class Verbaliser:
    """Puts terms and results into words, with the prefixes of the sources and of the shapes."""

    def __init__(self, shapes: ShapesGraph, prefixes: Mapping[str, str]) -> None:
        self._shapes = shapes
        self._names = PrefixMap({**shapes.prefixes, **prefixes})

    def term(self, term: Term) -> str:
        """Return *term* in words: a prefixed name, a quoted literal, the place of a blank node."""
        if isinstance(term, Literal):
            if term.datatype in (XSD.integer, XSD.decimal, XSD.double, XSD.boolean):
                return term.value
            return f"“{shorten(term.value, _LONGEST, placeholder=' …')}”"
        if isinstance(term, NamedNode):
            return self.name(term)
        return "a blank node" if isinstance(term, BlankNode) else str(term)

    def name(self, node: NamedNode) -> str:
        """Return *node* as a prefixed name, or in angle brackets where no prefix fits."""
        return self._names.prefixed_name(node.value) or str(node)

    def shape(self, shape: Term) -> str:
        """Return the name of *shape*; of a blank node, its place."""
        if isinstance(shape, NamedNode):
            return self.name(shape)
        return f"the shape at {self._shapes.origin(shape)}"

    def texts(self, result: Result) -> list[str]:
        """Return what is wrong: the messages of the shape, else one sentence of ours."""
        if result.messages and self._has_message(result):
            return [self._filled(message, result) for message in result.messages]
        return [self._sentence(result)]

    def _has_message(self, result: Result) -> bool:
        """Tell whether a message of *result* is written in the shapes graph."""
        graph = self._shapes.graph
        if result.component in _CORE:
            return bool(graph.objects(result.shape, SH.message))
        if result.component == SH.SPARQLConstraintComponent and result.constraint is not None:
            nodes = (result.shape, result.constraint)
            return any(graph.objects(node, SH.message) for node in nodes)
        return True  # a component of one's own: its validators have messages (section 6.2)

    def _filled(self, message: str, result: Result) -> str:
        """Fill the placeholders that were kept from the engine, and those that it leaves."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name == "this":
                return self.term(result.focus)
            if name == "value" and result.value is not None:
                return self.term(result.value)
            if name in ("path", "PATH") and result.path is not None:
                return path_text(result.path, self.name)
            parameters = self._shapes.graph.objects(result.shape, SH[name])
            return self._joined(map(self.term, parameters)) if parameters else match[0]

        return _PLACEHOLDER.sub(value, message)

    def _sentence(self, result: Result) -> str:
        path = "it" if result.path is None else path_text(result.path, self.name)
        component = _CORE.get(result.component)
        if component is None:
            return f"{path} does not satisfy a constraint of {self.shape(result.shape)}"
        name, sentence = _SENTENCES[component]
        values = self._shapes.graph.objects(result.shape, SH[name])
        qualified = self._shapes.graph.value(result.shape, SH.qualifiedValueShape)
        second = self.shape(result.shape if qualified is None else qualified)
        return sentence.format(self._parameter(component, values), second, p=path)

    def _parameter(self, component: str, values: Iterable[Term]) -> str:
        if component in _COUNTED:
            numbers = [row.value for row in values if isinstance(row, Literal)]
            return " and ".join(f"{row} value{'' if row == '1' else 's'}" for row in numbers)
        if component == "NodeKind":
            return " and ".join(_NODE_KINDS[row] for row in values if isinstance(row, NamedNode))
        if component in ("And", "Or", "Xone", "Node", "Not"):
            return self._joined(map(self.shape, self._listed(values)))
        return self._joined(map(self.term, self._listed(values)))

    def _listed(self, values: Iterable[Term]) -> list[Term]:
        """Return *values*, with the members of a list in its place."""
        members: list[Term] = []
        for value in values:
            listed = None
            if isinstance(value, BlankNode):
                listed = self._shapes.graph.members(value)
            members += [value] if listed is None else listed
        return members

    @staticmethod
    def _joined(texts: Iterable[str]) -> str:
        return ", ".join(texts)


_CORE: dict[Term, str] = {SH[f"{name}ConstraintComponent"]: name for name in _SENTENCES}
