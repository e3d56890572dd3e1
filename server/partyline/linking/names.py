"""The names of our resources, as literals that another dataset may have."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.publishing import Publication
from partyline.publishing.reconciliation import Entities, is_acronym
from partyline.vocabulary import RDF

_QUALIFIER = re.compile(r"\s*\([^()]*\)\s*\Z")
#: Names of a resource that are looked for; of more, the first.
_MOST_NAMES = 12
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource of ours and the literals that are looked for."""

    node: NamedNode
    number: int
    #: The names themselves; the first is the label.
    names: tuple[str, ...]
    literals: tuple[Literal, ...]


def members(publication: Publication, entities: Entities, kind: str) -> list[NamedNode]:
    """Return the entities of the class *kind*, or all that have a type, in order."""
    table = publication.statements.table
    class_, type_ = NamedNode(kind) if kind else None, table.number(RDF.type)
    if type_ is None or (class_ is not None and table.number(class_) is None):
        return []
    number = None if class_ is None else table.number(class_)
    rows = table.rows(table.terms.iris, type_, number)
    subjects = sorted(set(table.columns["subject"][rows].tolist()))
    nodes = map(table.terms.term, subjects)
    return [row for row in nodes if isinstance(row, NamedNode) and entities.is_entity(row)]


def wanted(
    publication: Publication,
    entities: Entities,
    nodes: Iterable[NamedNode],
    languages: Sequence[str],
    *,
    acronyms: bool,
) -> Iterator[Wanted]:
    """Yield what is looked for of each of *nodes* that has a name.

    Names are looked for as they are and without a qualifier in brackets, each in its own language,
    in *languages* and in none. Without *acronyms*, words in capitals are left out: too much has
    them for a name.
    """
    table = publication.statements.table
    for node in nodes:
        number = table.number(node)
        if number is None:
            continue
        literals: dict[Literal, None] = {}
        names: dict[str, None] = {}
        for text in entities.names(node):
            if not text.text.strip() or len(text.text) > _LONGEST or len(names) >= _MOST_NAMES:
                continue
            if is_acronym(text.text) and not acronyms:
                continue
            names[text.text] = None
            for form in _forms(text.text):
                for tag in dict.fromkeys((text.language, *languages, "")):
                    literals[Literal(form, language=tag) if tag else Literal(form)] = None
        if literals:
            yield Wanted(node, number, tuple(names), tuple(literals))


def _forms(name: str) -> tuple[str, ...]:
    """Return the spellings of *name* that are looked for.

    >>> _forms("Town Band (1890s)")
    ('Town Band (1890s)', 'Town Band')
    """
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    return tuple(filter(None, dict.fromkeys((text, _QUALIFIER.sub("", text)))))
