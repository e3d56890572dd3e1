"""JSON Schemas of the resources of a kind, from the SHACL shapes that the release conforms to."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce

from pyoxigraph import NamedNode

from partyline.publishing.api.kinds import Kind, Kinds
from partyline.publishing.api.schemas import ref
from partyline.publishing.api.values import Json
from partyline.publishing.pages.view_models import Presenter
from partyline.releases import ClassConstraint
from partyline.vocabulary import RDFS, XSD


def object_schema(kinds: Kinds, kind: Kind) -> Json:
    """Return the schema of a resource of *kind*: that of all, and what shapes promise of it.

    Where shapes promise more of a class below, that holds of those whose kinds have the class.
    """
    of_all = _constraints(kinds, kind.node)
    return {
        "title": kind.name.text,
        **_promised(kinds, of_all),
        "allOf": [ref("Object"), *_of_classes_below(kinds, kind, set(of_all))],
    }


def _of_classes_below(
    kinds: Kinds, kind: Kind, known: AbstractSet[ClassConstraint]
) -> Iterator[Json]:
    below = kinds.publication.statements.subjects(RDFS.subClassOf, kind.node)
    for class_ in sorted({row for row in below if isinstance(row, NamedNode)}, key=str):
        more = [row for row in _constraints(kinds, class_) if row not in known]
        if promised := _promised(kinds, more):
            has_class = {"contains": {"properties": {"iri": {"const": class_.value}}}}
            yield {"if": {"properties": {"kinds": has_class}}, "then": promised}


def _promised(kinds: Kinds, rows: Sequence[ClassConstraint]) -> Json:
    """Return the schema of what *rows* say.

    Numbers of values are promised where the answer is complete. They are not where only some
    predicates of what is inferred are published: the others may have met the shape.
    """
    presenter, manifest = kinds.publication.presenter, kinds.publication.release.manifest
    found: Json = {}
    if items := dict(_items(presenter, rows)):
        found["properties"] = {"statements": {"properties": items}}
    counts = {} if manifest.predicates else _counts(presenter, rows)
    if counts:
        found["if"] = {"properties": {"complete": {"const": True}}}
        found["then"] = {"properties": {"statements": counts}}
    return found


def _constraints(kinds: Kinds, class_: NamedNode) -> Sequence[ClassConstraint]:
    """Return the constraints on members of *class_*, also those of the classes above it."""
    publication = kinds.publication
    above = {class_, *publication.statements.objects(class_, RDFS.subClassOf)}
    iris = {row.value for row in above if isinstance(row, NamedNode)}
    return [row for row in publication.release.class_constraints if row.class_ in iris]


def _items(presenter: Presenter, rows: Iterable[ClassConstraint]) -> Iterator[tuple[str, Json]]:
    """Yield the schema of the values of each property of which shapes say what they are."""
    found: dict[str, list[Json]] = {}
    for row in rows:
        for name in row.properties if len(row.properties) == 1 else ():
            found.setdefault(_key(presenter, name), []).extend(_of_value(presenter, row))
    for name, schemas in found.items():
        if schemas:
            yield name, {"items": reduce(_both, schemas)}


def _of_value(presenter: Presenter, row: ClassConstraint) -> Iterator[Json]:
    if row.datatype:
        text = "" if row.datatype == XSD.string.value else _key(presenter, row.datatype)
        yield {"required": ["value"], "properties": {"datatype": {"const": text or None}}}
    if row.is_iri:
        yield {"required": ["iri"]}
    if row.value_class:
        yield {"description": f"A member of {_key(presenter, row.value_class)}."}


def _both(one: Json, other: Json) -> Json:
    return one if one == other else {"allOf": [one, other]}


def _counts(presenter: Presenter, rows: Iterable[ClassConstraint]) -> Json:
    """Return how many values there are: a property that must be there is required."""
    properties: dict[str, dict[str, int]] = {}
    required: list[str] = []
    alternatives: list[Json] = []
    for row in rows:
        names = [_key(presenter, name) for name in row.properties]
        if len(names) > 1:
            if row.at_least:
                alternatives.append({"anyOf": [{"required": [name]} for name in names]})
            continue
        counts = properties.setdefault(names[0], {})
        if row.at_least:
            required.append(names[0])
            counts["minItems"] = max(row.at_least, counts.get("minItems", 0))
        if row.at_most is not None:
            counts["maxItems"] = min(row.at_most, counts.get("maxItems", row.at_most))
    found: Json = {"properties": {name: row for name, row in properties.items() if row}}
    if required:
        found["required"] = sorted(set(required))
    if alternatives:
        found["allOf"] = alternatives
    return found if len(found) > 1 or found["properties"] else {}


def _key(presenter: Presenter, iri: str) -> str:
    return presenter.labels.compact(iri) or iri
