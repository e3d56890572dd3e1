"""The shapes graph as read: its files and lines, its prefixes, its messages in one language."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from pyoxigraph import Literal, NamedNode, Triple

from partyline.errors import SourceError
from partyline.findings import Finding
from partyline.sources import Document, Origin, SourceStatement, Statements, read_turtle
from partyline.validation.shacl.indexed_graph import IndexedGraph, Path, Term
from partyline.vocabulary import OWL, RDF, SH

#: The predicates that declare focus nodes (SHACL, section 2.1.3).
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
#: Parameters whose value is a shape, and those whose value is a list of shapes.
SHAPE_PARAMETERS = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
SHAPE_LISTS = (SH["and"], SH["or"], SH.xone)

#: What a message may name that every result has.
_OURS = re.compile(r"\{[?$](this|value|path|PATH)\}")


@dataclass(frozen=True)
class ShapesGraph:
    """The Turtle files of a folder of shapes."""

    documents: tuple[Document, ...]

    @property
    def findings(self) -> list[Finding]:
        """Return the syntax errors of the files."""
        return [finding for document in self.documents for finding in document.findings]

    @cached_property
    def graph(self) -> IndexedGraph:
        """Return the triples of all files."""
        return IndexedGraph(
            statement.triple for document in self.documents for statement in document.statements
        )

    @cached_property
    def _origins(self) -> dict[Term, Origin]:
        origins: dict[Term, Origin] = {}
        for document in self.documents:
            for statement in document.statements:
                origins.setdefault(statement.triple.subject, statement.origin)
        return origins

    @cached_property
    def _predicate_origins(self) -> dict[tuple[Term, NamedNode], Origin]:
        origins: dict[tuple[Term, NamedNode], Origin] = {}
        for document in self.documents:
            for statement in document.statements:
                key = statement.triple.subject, statement.triple.predicate
                origins.setdefault(key, statement.origin)
        return origins

    def origin(self, node: Term, predicate: NamedNode | None = None) -> Origin:
        """Return where *node*, or its first statement with *predicate*, stands."""
        if predicate is not None and (node, predicate) in self._predicate_origins:
            return self._predicate_origins[node, predicate]
        return self._origins.get(node, Origin(self.documents[0].path, 1))

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes of the files, for messages."""
        merged: dict[str, str] = {}
        for document in self.documents:
            for prefix, iri in document.prefixes.items():
                merged.setdefault(prefix, iri)
        return merged

    @cached_property
    def shapes(self) -> tuple[Term, ...]:
        """Return every shape (SHACL, section 2.1), in the order of the files."""
        declared = (node for node in self.graph.subjects if self._is_shape(node))
        return tuple(dict.fromkeys([*declared, *self.referrers]))

    def _is_shape(self, node: Term) -> bool:
        declared = {SH.NodeShape, SH.PropertyShape} & set(self.graph.objects(node, RDF.type))
        return bool(declared) or any(self.graph.objects(node, target) for target in TARGETS)

    def references(self, node: Term) -> tuple[Term, ...]:
        """Return the shapes to which *node* refers by a parameter."""
        return tuple(self._references.get(node, ()))

    @cached_property
    def referrers(self) -> dict[Term, dict[Term, NamedNode]]:
        """Return, for each shape that others refer to, these and the parameter that they use."""
        referrers: dict[Term, dict[Term, NamedNode]] = {}
        for node, references in self._references.items():
            for shape, parameter in references.items():
                referrers.setdefault(shape, {})[node] = parameter
        return referrers

    @cached_property
    def _references(self) -> dict[Term, dict[Term, NamedNode]]:
        references: dict[Term, dict[Term, NamedNode]] = {}
        for triple in self.graph.triples:
            node, parameter, value = triple
            if parameter in SHAPE_PARAMETERS:
                references.setdefault(node, {})[value] = parameter
            elif parameter in SHAPE_LISTS:
                for member in self.graph.members(value) or ():
                    references.setdefault(node, {})[member] = parameter
        return references

    def path(self, shape: Term) -> Path | None:
        """Return the property path of *shape*; None for a node shape."""
        node = self.graph.value(shape, SH.path)
        return None if node is None else self.graph.path(node)

    def declared_prefixes(self, constraint: Term) -> list[tuple[str, str]]:
        """Return prefix and namespace of each declaration for *constraint* (section 5.2.1)."""
        graph = self.graph
        pending = list(graph.objects(constraint, SH.prefixes))
        seen: set[Term] = set()
        declared: dict[tuple[str, str], None] = {}
        while pending:
            ontology = pending.pop()
            if ontology in seen:
                continue
            seen.add(ontology)
            pending += graph.objects(ontology, OWL.imports)
            for node in graph.objects(ontology, SH.declare):
                prefix, namespace = graph.value(node, SH.prefix), graph.value(node, SH.namespace)
                if isinstance(prefix, Literal) and isinstance(namespace, Literal):
                    declared[prefix.value, namespace.value] = None
        return list(declared)

    def prologue(self, constraint: Term) -> str:
        """Return the declarations for *constraint* in one line of SPARQL, which shifts no other."""
        declared = self.declared_prefixes(constraint)
        return " ".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in declared)

    def in_language(self, languages: Sequence[str]) -> "ShapesGraph":
        """Return these shapes with the messages of each node in one language only.

        That is the first of *languages* in which there is one; else those without a language
        stay; else those of the first tag. The focus node, the value and the path in a message
        (SHACL, section 5.3.2) are marked for the verbaliser, because the engine writes whole IRIs
        and labels of blank nodes.
        """
        documents = [
            replace(
                document,
                statements=Statements.of(
                    translated
                    for statement in document.statements
                    for translated in self._translated(statement, languages)
                ),
            )
            for document in self.documents
        ]
        return ShapesGraph(tuple(documents))

    def _translated(
        self, statement: SourceStatement, languages: Sequence[str]
    ) -> Iterable[SourceStatement]:
        subject, predicate, object_ = statement.triple
        if predicate != SH.message or not isinstance(object_, Literal):
            return [statement]
        if object_ not in choose_language(self.graph.objects(subject, SH.message), languages):
            return []
        if self.graph.objects(subject, SH.ask):
            # The engine fills in the value, and gives none in the result.
            return [
                SourceStatement(
                    Triple(subject, SH.message, Literal(object_.value)), statement.origin
                )
            ]
        marked = Literal(_OURS.sub(r"{!\1}", object_.value))
        return [SourceStatement(Triple(subject, SH.message, marked), statement.origin)]


def choose_language(messages: Iterable[Term], languages: Sequence[str]) -> list[Literal]:
    """Return those *messages* whose language comes first in *languages*, sorted by their text.

    A tag matches a range as in RFC 4647, section 3.3.1: ``en`` takes ``en-GB`` too.

    >>> texts = [Literal("rouge", language="fr"), Literal("red", language="en-GB")]
    >>> [row.value for row in choose_language(texts, ["de", "en"])]
    ['red']
    """
    literals = [row for row in messages if isinstance(row, Literal)]
    tags = sorted({(row.language or "").lower() for row in literals})
    for wanted in languages:
        low = wanted.lower()
        exact = [tag for tag in tags if tag == low]
        for tag in exact or [tag for tag in tags if tag.startswith(low + "-")]:
            return _of_tag(literals, tag)
    return _of_tag(literals, tags[0]) if tags else []


def _of_tag(literals: Iterable[Literal], tag: str) -> list[Literal]:
    return sorted((row for row in literals if (row.language or "").lower() == tag), key=str)


def read_shapes(folder: FilePath, relative_to: FilePath | None = None) -> ShapesGraph:
    """Read the Turtle files of *folder*. Raises SourceError where there are none."""
    paths = sorted(folder.glob("*.ttl"))
    if not paths:
        raise SourceError(
            f"{folder}: no Turtle files; add shapes, or remove the setting knowledge.shapes"
        )
    return ShapesGraph(tuple(read_turtle(path, relative_to) for path in paths))
