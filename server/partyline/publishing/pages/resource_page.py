"""The page of one resource, as a value for its template."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from partyline.publishing.documents.description import Description
from partyline.publishing.labels import Text
from partyline.publishing.pages.evidence import PassageView, evidence, is_passage, own_passage
from partyline.publishing.pages.resource.all_statements import (
    StatementRow,
    common_graphs,
    counted,
    main_file,
    statement_rows,
)
from partyline.publishing.pages.resource.citations import Voice
from partyline.publishing.pages.resource.further import FurtherStatements
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.resource.sections import Explain, Section, SectionMaker
from partyline.publishing.pages.resource.sentences import Sentence
from partyline.publishing.pages.resource.withdrawals import Withdrawals
from partyline.publishing.pages.view_models import (
    BlankReference,
    BlankView,
    Group,
    Link,
    Presenter,
    Value,
)
from partyline.publishing.statements import Standing
from partyline.vocabulary import OTHER_NAMES, RDF, RDFS, SKOS, VIEW

#: Passages about resources that lead to an undeclared one.
_MOST_PASSAGES = 40
#: Groups that stand beside the sentence, and not below a heading of their own.
_IN_SHORT = VIEW.InShort.value.rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """Everything that the page of a resource shows."""

    link: Link
    #: The best name in each further language, and the other names.
    names: tuple[Text, ...]
    kinds: tuple[Link, ...]
    sentence: Sentence | None
    summary: Text | None
    #: What the resource is defined as, where it is a concept or another term.
    definition: Text | None
    #: Facts that stand beside the sentence; None where there are none.
    in_short: Section | None
    sections: tuple[Section, ...]
    #: The heading of the sources, as declared.
    sources_heading: Text
    voices: tuple[Voice, ...]
    #: Why it is not known what would fall without a source; empty where it is.
    without_voices: str
    #: The file with most of these statements; the table writes it once.
    file: str
    #: The graphs in which the sources state all of them; the table writes them once.
    graphs: tuple[Link, ...]
    #: What is shown nowhere else.
    groups: tuple[Group, ...]
    incoming: tuple[Group, ...]
    uses: tuple[tuple[Value, Value], ...]
    #: The resource itself, where it is a passage.
    passage: PassageView | None
    #: What supports the resource and those that refer to it, where no page is declared for it.
    passages: tuple[PassageView, ...]
    #: All statements, by the term at the other end.
    rows: tuple[StatementRow, ...]
    counts: Mapping[Standing, int]
    #: True where the resource itself is a disputed matter.
    disputed: bool
    complete: bool
    #: The blank nodes that are mentioned more than once.
    shared: tuple[BlankView, ...]
    #: The number of triples that the sources state in a graph of this name.
    graph_size: int

    @property
    def has_days(self) -> bool:
        """Tell whether anything on the page is in chronological order."""
        return any(section.timelines for section in self.sections)

    @property
    def description(self) -> str:
        """Return what a list of results says of the page.

        A term is best known by its definition, and what has no words of its own, such as a claim,
        by those of its source.
        """
        texts = (self.definition, self.sentence, self.summary, self._quotation)
        return next((row.text for row in texts if row is not None), "")

    @property
    def _quotation(self) -> Text | None:
        rows = (remark.quotations for section in self.sections for remark in section.remarks)
        return next((row[0].text for row in rows if row), None)

    @property
    def sources(self) -> int:
        """Return the number of sources that the page cites."""
        return sum(len(row.sources) for row in self.voices)

    @property
    def voice_count(self) -> int:
        """Return how many voices these sources are."""
        return sum(row.voices for row in self.voices)


def resource_page(
    reader: PageReader,
    description: Description,
    explain: Explain | None = None,
    *,
    is_term: bool = False,
) -> ResourcePage:
    """Return the page of what *description* describes.

    *explain* writes the proofs of inferred statements; without it, marks lead to them. Of the page
    of a class or a property (*is_term*), this is the table of all statements.
    """
    presenter = _with_blank_nodes(reader.presenter, description)
    subject = description.subject
    number = presenter.statements.table.number(subject)
    maker = SectionMaker(reader, number, explain) if number is not None else None
    sections = maker.sections() if maker else ()
    if maker and number is not None and reader.is_declared(number):
        maker.citations.cite(number)
    further = None
    if number is not None and not is_term:
        further = FurtherStatements(reader, description, number)
    declared = number is not None and reader.is_declared(number)
    # What is said of blank nodes stands above the table, unless declared parts stand there.
    in_table = presenter if declared or is_term else replace(presenter, nested={})
    rows = statement_rows(in_table, reader.restatements, description, maker.shown if maker else ())
    link, withdrawals = presenter.link(subject), Withdrawals(reader)
    return ResourcePage(
        link=link,
        names=_names(presenter, subject, link.name),
        kinds=tuple(
            sorted((presenter.link(kind) for kind in kinds(presenter, subject)), key=_by_name)
        ),
        sentence=maker.sentences.of(maker.subject) if maker else None,
        summary=_summary(presenter, subject),
        definition=presenter.labels.pick(presenter.statements.objects(subject, SKOS.definition)),
        in_short=next((row for row in sections if row.anchor == _IN_SHORT), None),
        sections=tuple(row for row in sections if row.anchor != _IN_SHORT),
        sources_heading=_sources_heading(reader),
        voices=maker.citations.voices(withdrawals.beside(description)) if maker else (),
        without_voices=withdrawals.unknown if declared else "",
        file=main_file(rows),
        graphs=common_graphs(rows),
        groups=presenter.groups(further.about() if further else ()),
        incoming=presenter.incoming(further.incoming() if further else ()),
        uses=_uses(presenter, description),
        passage=own_passage(presenter, subject) if is_passage(presenter, subject) else None,
        passages=() if declared or is_term else _passages(presenter, description),
        rows=rows,
        counts=counted(rows),
        disputed=_disputed(description),
        complete=description.complete,
        shared=presenter.shared_nodes(),
        graph_size=presenter.graph_size(subject),
    )


def _with_blank_nodes(presenter: Presenter, description: Description) -> Presenter:
    shared = {
        node: BlankReference(number, f"blank-{node.value}")
        for number, node in enumerate(description.shared_blank_nodes(), 1)
    }
    return replace(presenter, nested=description.nested, shared=shared)


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
    # The same word in another language is the same name.
    return tuple(name for name in dict.fromkeys(labels) if name.text != heading.text)


def _summary(presenter: Presenter, subject: NamedNode) -> Text | None:
    return presenter.labels.pick(
        text
        for name in presenter.labels.descriptions
        for text in presenter.statements.objects(subject, name)
    )


def _passages(presenter: Presenter, description: Description) -> tuple[PassageView, ...]:
    if is_passage(presenter, description.subject):
        return ()
    leading = [row.triple.subject for row in description.incoming]
    resources = [description.subject, *(node for node in leading if isinstance(node, NamedNode))]
    return evidence(presenter, dict.fromkeys(resources))[:_MOST_PASSAGES]


def _sources_heading(reader: PageReader) -> Text:
    names = [row.names for row in reader.plan.headings if row.iri == VIEW.Sources.value]
    found = reader.presenter.labels.pick(names[0]) if names else None
    return found or Text("Sources", "en")


def _disputed(description: Description) -> bool:
    return bool(description.about) and all(
        row.standing is Standing.DISPUTED for row in description.about
    )


def _uses(presenter: Presenter, description: Description) -> tuple[tuple[Value, Value], ...]:
    return tuple(
        (presenter.value(row.triple.subject, row), presenter.value(row.triple.object, row))
        for row in description.uses
    )
