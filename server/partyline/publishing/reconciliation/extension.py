"""Data extension: the values of properties of entities, as cells of a table (section 7)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.errors import BadQuery, QueryTooLong
from partyline.publishing.class_index import member_rows
from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.entities import Entities
from partyline.publishing.reconciliation.paths import Path, Properties, Step
from partyline.publishing.reconciliation.queries import read_object
from partyline.publishing.statements import Standing, Term
from partyline.vocabulary import RDFS, XSD

#: What one request may ask for.
MOST_ENTITIES, MOST_PROPERTIES = 500, 20
#: Values of one cell: those that are sent if nothing is said, and that can be asked for.
_VALUES, _MOST_VALUES = 100, 1000
#: Members of a class that are looked at for the properties that it may have.
_MEMBERS = 2_000
_PROPOSED = 100
_FORMS = ("typed", "text", "iri")
_STANDINGS = {
    "accepted": (Standing.ASSERTED, Standing.INFERRED),
    "asserted": (Standing.ASSERTED,),
    "all": tuple(Standing),
}
#: A date and time as the API writes them.
_TIME = re.compile(
    r"\d{4}-(?:1[0-2]|0[1-9])-(?:3[01]|0[1-9]|[12]\d)T(?:2[0-3]|[01]\d):[0-5]\d:[0-5]\d"
    r"(?:\.\d+)?(?:Z|[+-](?:2[0-3]|[01]\d):[0-5]\d)?"
)
_INTEGER = re.compile(r"[+-]?\d{1,15}")
_WHOLE = frozenset(
    XSD[name]
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt"),
        *("unsignedShort", "unsignedByte"),
    )
)
_REAL = frozenset((XSD.decimal, XSD.double, XSD.float))


@dataclass(frozen=True, slots=True)
class PropertySettings:
    """What a client chooses for one property."""

    limit: int = _VALUES
    #: ``typed`` values, ``text`` alone, or the ``iri`` of what is not a literal.
    form: str = "typed"
    #: The language of texts, or empty for all.
    language: str = ""
    #: Which statements count.
    standings: tuple[Standing, ...] = _STANDINGS["accepted"]


@dataclass(frozen=True, slots=True)
class ExtensionQuery:
    """The entities and the properties of a request."""

    identifiers: tuple[str, ...]
    properties: tuple[tuple[str, PropertySettings], ...]


#: The settings of properties, as the manifest has them (section 7.1).
SETTINGS: tuple[Mapping[str, object], ...] = (
    {
        "name": "limit",
        "label": "Limit",
        "type": "number",
        "default": _VALUES,
        "help_text": f"The most values of one cell, up to {_MOST_VALUES}",
    },
    {
        "name": "form",
        "label": "Values",
        "type": "select",
        "default": "typed",
        "help_text": "What cells hold",
        "choices": [
            {"value": "typed", "name": "Reconciled resources, numbers, dates and texts"},
            {"value": "text", "name": "Names and texts"},
            {"value": "iri", "name": "IRIs and texts"},
        ],
    },
    {
        "name": "language",
        "label": "Language",
        "type": "text",
        "default": "",
        "help_text": "Tag of the language of texts, such as en; empty for all",
    },
    {
        "name": "standing",
        "label": "Statements",
        "type": "select",
        "default": "accepted",
        "help_text": "Which statements count",
        "choices": [
            {"value": "accepted", "name": "Asserted and inferred"},
            {"value": "asserted", "name": "Asserted"},
            {"value": "all", "name": "Disputed ones, too"},
        ],
    },
)


def read_extension(text: str) -> ExtensionQuery:
    """Return the data extension query *text*. Raises BadQuery, QueryTooLong."""
    fields = read_object(text, "extend")
    identifiers, rows = fields.get("ids"), fields.get("properties")
    if not isinstance(identifiers, list) or not all(isinstance(row, str) for row in identifiers):
        raise BadQuery("extend: ids is not a list of strings.")
    if not isinstance(rows, list):
        raise BadQuery("extend: properties is not a list.")
    if len(identifiers) > MOST_ENTITIES or len(rows) > MOST_PROPERTIES:
        raise QueryTooLong(
            f"extend: ask for at most {MOST_ENTITIES} ids and {MOST_PROPERTIES} properties at once."
        )
    return ExtensionQuery(tuple(identifiers), tuple(map(_property, rows)))


def _property(fields: object) -> tuple[str, PropertySettings]:
    if not isinstance(fields, Mapping) or not isinstance(fields.get("id"), str):
        raise BadQuery("extend: each of properties is an object with an id, a string.")
    identifier, settings = fields["id"], fields.get("settings") or {}
    if not isinstance(settings, Mapping):
        raise BadQuery(f"extend: the settings of {identifier} are not an object.")
    known = [row["name"] for row in SETTINGS]
    if unknown := sorted(set(settings) - set(known)):
        raise BadQuery(
            f"extend: unknown setting {', '.join(unknown)} of {identifier}; there are"
            f" {', '.join(map(str, known))}."
        )
    return identifier, PropertySettings(
        limit=_limit(identifier, settings.get("limit", _VALUES)),
        form=_choice(identifier, "form", settings.get("form", "typed"), _FORMS),
        language=str(settings.get("language") or "").strip().lower(),
        standings=_STANDINGS[
            _choice(identifier, "standing", settings.get("standing", "accepted"), (*_STANDINGS,))
        ],
    )


def _limit(identifier: str, value: object) -> int:
    try:
        number = int(float(value))  # type: ignore[arg-type]  # forms send texts
    except (TypeError, ValueError, OverflowError):
        number = -1
    # Zero is what clients send for no limit.
    if number < 0 or number > _MOST_VALUES:
        raise BadQuery(f"extend: the limit of {identifier} is not a number up to {_MOST_VALUES}.")
    return number or _MOST_VALUES


def _choice(identifier: str, name: str, value: object, choices: Sequence[str]) -> str:
    if value not in choices:
        raise BadQuery(f"extend: {name} of {identifier} is one of {', '.join(choices)}.")
    return str(value)


class Extension:
    """Values of properties, and proposals of properties, from a publication."""

    def __init__(self, publication: Publication, properties: Properties) -> None:
        self._publication, self._properties = publication, properties
        self._entities: Entities = properties.entities

    def extend(self, query: ExtensionQuery) -> dict[str, object]:
        """Return the values that *query* asks for, as JSON has them. Raises BadQuery."""
        columns = [
            (self._properties.path(identifier), settings)
            for identifier, settings in query.properties
        ]
        return {
            "meta": [self._meta(path) for path, _ in columns],
            "rows": {
                identifier: self._row(identifier, columns) for identifier in query.identifiers
            },
        }

    def propose(self, kind: str, limit: int) -> list[dict[str, str]]:
        """Return properties that members of the class *kind* have, those of most members first."""
        node = self._entities.iri(kind)
        if node is None:
            return []
        found = [Path("", (row,)) for row in self._steps(node)]
        names = [
            (("^" if path.steps[0].inverse else "") + path.steps[0].property.value, path)
            for path in found[: min(limit, _PROPOSED)]
        ]
        return [
            {"id": identifier, "name": self._properties.name(path)} for identifier, path in names
        ]

    def _steps(self, kind: NamedNode) -> list[Step]:
        """Return the properties of and to the members of *kind*; of many, the first are looked at.

        Those of most members go first, those that lead away before those that lead here.
        """
        table = self._publication.statements.table
        rows = member_rows(self._publication.statements, self._publication.presenter.labels, kind)
        counts: Counter[tuple[bool, int]] = Counter()
        for member in table.columns["subject"][rows[:_MEMBERS]].tolist():
            leaving = table.columns["predicate"][table.rows(member)].tolist()
            counts.update({(False, number) for number in leaving})
            arriving = table.columns["predicate"][table.rows(object_=member)[:_MEMBERS]].tolist()
            counts.update({(True, number) for number in arriving})
        ordered = sorted(counts, key=lambda row: (row[0], -counts[row], row[1]))
        used = self._properties.used
        return [
            Step(used[number], number, inverse) for inverse, number in ordered if number in used
        ]

    def _meta(self, path: Path) -> dict[str, object]:
        meta: dict[str, object] = {"id": path.identifier, "name": self._properties.name(path)}
        last = path.steps[-1]
        side = RDFS.domain if last.inverse else RDFS.range
        for kind in self._publication.statements.objects(last.property, side):
            if isinstance(kind, NamedNode) and self._publication.addresses.is_term(kind.value):
                meta["type"] = {"id": kind.value, "name": self._entities.link(kind).name.text}
                break
        return meta

    def _row(
        self, identifier: str, columns: Sequence[tuple[Path, PropertySettings]]
    ) -> dict[str, list[dict[str, object]]]:
        node = self._entities.iri(identifier)
        number = None if node is None else self._publication.statements.table.number(node)
        if number is None:
            return {path.identifier: [] for path, _ in columns}
        return {
            path.identifier: list(self._cell(number, *row)) for row in columns for path in row[:1]
        }

    def _cell(
        self, number: int, path: Path, settings: PropertySettings
    ) -> Iterator[dict[str, object]]:
        term, sent = self._publication.statements.table.terms.term, 0
        nodes: dict[Term, Standing] = {
            term(value): standing for value, standing in self._properties.values(number, path)
        }
        for node, standing in nodes.items():
            if standing not in settings.standings or self._is_repeated(node, nodes):
                continue
            written = self._written(node, settings)
            if written and sent < settings.limit:
                sent += 1
                yield written

    def _is_repeated(self, node: Term, nodes: Mapping[Term, Standing]) -> bool:
        """Tell whether *node* follows only from another of *nodes* that is the same resource."""
        if nodes[node] is not Standing.INFERRED or not isinstance(node, NamedNode):
            return False
        if self._entities.is_entity(node):
            return False
        return any(row in nodes for row in self._entities.linked(node.value))

    def _written(self, term: Term, settings: PropertySettings) -> dict[str, object]:
        """Return *term* as a value; empty for one in another language, or without a name."""
        if isinstance(term, Literal):
            language = (term.language or "").lower()
            wanted = settings.language
            if wanted and language and language != wanted and not language.startswith(wanted + "-"):
                return {}
            return literal_value(term) if settings.form == "typed" else {"str": term.value}
        if isinstance(term, NamedNode):
            return self._resource(term, settings.form)
        if isinstance(term, BlankNode):
            return {}
        return {"str": str(term)}

    def _resource(self, node: NamedNode, form: str) -> dict[str, object]:
        """Return *node*: with its identifier where it is one of ours, else its IRI."""
        name = self._entities.link(node).name.text
        if form == "typed" and self._entities.is_entity(node):
            return {"id": node.value, "name": name}
        described = self._publication.addresses
        is_ours = described.is_published(node.value) or described.is_ontology(node.value)
        return {"str": name if form == "text" and is_ours else node.value}


def literal_value(literal: Literal) -> dict[str, object]:
    """Return *literal* as a value of the API: a number, a date and time, or a text.

    A day is its first moment, as clients expect; a date that is not a day, such as one of EDTF,
    is a text as it is written.

    >>> literal_value(Literal("1993-05-23", datatype=XSD.date))
    {'date': '1993-05-23T00:00:00Z'}
    >>> literal_value(Literal("7", datatype=XSD.integer)), literal_value(Literal("about 1990"))
    ({'int': 7}, {'str': 'about 1990'})
    """
    text, datatype = literal.value, literal.datatype
    if datatype in _WHOLE and _INTEGER.fullmatch(text):
        return {"int": int(text)}
    if datatype in _REAL:
        number = float(text) if re.fullmatch(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?", text) else None
        return {"str": text} if number is None else {"float": number}
    if datatype == XSD.date and _TIME.fullmatch(f"{text}T00:00:00Z"):
        return {"date": f"{text}T00:00:00Z"}
    if datatype == XSD.dateTime and _TIME.fullmatch(text):
        return {"date": text}
    return {"str": text}
