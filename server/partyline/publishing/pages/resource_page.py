"""The page of one resource, as a value for its template."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from partyline.publishing.documents.description import Description
from partyline.publishing.labels import OTHER_NAMES, Text
from partyline.publishing.pages.evidence import PassageView, evidence, is_passage, own_passage
from partyline.publishing.pages.view_models import Group, Link, Presenter, Value
from partyline.publishing.statements import Standing
from partyline.vocabulary import RDF, RDFS

#: Passages about resources that lead to this one; an organisation has those of all its events.
_MOST_PASSAGES = 40


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that asserts statements of a page, and the lines they stand on."""

    path: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """Everything that the page of a resource shows."""

    link: Link
    #: The best name in each further language, and the other names.
    names: tuple[Text, ...]
    kinds: tuple[Link, ...]
    summary: Text | None
    groups: tuple[Group, ...]
    incoming: tuple[Group, ...]
    uses: tuple[tuple[Value, Value], ...]
    passages: tuple[PassageView, ...]
    files: tuple[SourceFile, ...]
    standings: tuple[Standing, ...]
    #: True where the resource itself is a disputed matter.
    disputed: bool
    complete: bool


def resource_page(presenter: Presenter, description: Description) -> ResourcePage:
    """Return the page of what *description* describes."""
    subject = description.subject
    link, found = presenter.link(subject), kinds(presenter, subject)
    standings = {row.standing for row in description.statements()}
    return ResourcePage(
        link=link,
        names=_names(presenter, subject, link.name),
        kinds=tuple(sorted((presenter.link(kind) for kind in found), key=_by_name)),
        summary=presenter.labels.pick(
            text
            for name in presenter.labels.descriptions
            for text in presenter.statements.objects(subject, name)
        ),
        groups=presenter.groups(description.about),
        incoming=presenter.incoming(
            # That a resource is a member of some list says nothing without the list.
            row
            for row in description.incoming
            if row.triple.predicate != RDF.first
        ),
        uses=_uses(presenter, description),
        passages=_passages(presenter, description),
        files=_files(presenter, description),
        standings=tuple(standing for standing in Standing if standing in standings),
        disputed=_disputed(description),
        complete=description.complete,
    )


def kinds(presenter: Presenter, node: NamedNode) -> list[NamedNode]:
    """Return the most specific classes of *node*, those of the published ontology if it has any."""
    statements = presenter.statements
    found = [row for row in statements.objects(node, RDF.type) if isinstance(row, NamedNode)]
    own = [row for row in found if presenter.addresses.is_term(row.value)] or found
    above = {
        upper
        for lower in own
        for upper in statements.objects(lower, RDFS.subClassOf)
        if upper != lower and lower not in statements.objects(upper, RDFS.subClassOf)
    }
    return [row for row in own if row not in above] or own


def _by_name(link: Link) -> str:
    return link.name.order


def _names(presenter: Presenter, subject: NamedNode, heading: Text) -> tuple[Text, ...]:
    labels = [presenter.labels.best(name) for name in presenter.labels.literals(subject)]
    for predicate in OTHER_NAMES:
        others = presenter.statements.objects(subject, predicate)
        labels += [presenter.labels.best(name) for name in others]
    return tuple(name for name in dict.fromkeys(labels) if name != heading)


def _disputed(description: Description) -> bool:
    return bool(description.about) and all(
        row.standing is Standing.DISPUTED for row in description.about
    )


def _uses(presenter: Presenter, description: Description) -> tuple[tuple[Value, Value], ...]:
    return tuple(
        (presenter.value(row.triple.subject, row), presenter.value(row.triple.object, row))
        for row in description.uses
    )


def _passages(presenter: Presenter, description: Description) -> tuple[PassageView, ...]:
    subject = description.subject
    if is_passage(presenter, subject):
        return (own_passage(presenter, subject),)
    leading = [row.triple.subject for row in description.incoming]
    resources = [subject, *(node for node in leading if isinstance(node, NamedNode))]
    return evidence(presenter, dict.fromkeys(resources))[:_MOST_PASSAGES]


def _files(presenter: Presenter, description: Description) -> tuple[SourceFile, ...]:
    lines: dict[str, set[int]] = {}
    for row in description.about:
        for origin in presenter.statements.table.origins(row.row):
            lines.setdefault(origin.path, set()).add(origin.line)
    return tuple(SourceFile(path, tuple(sorted(lines[path]))) for path in sorted(lines))
