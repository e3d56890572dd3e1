"""The versions of a disputed matter: what is followed first, then each claim with its words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal

from partyline.publishing.labels import Text
from partyline.publishing.pages.resource.citations import Citations, Quotation
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.resource.strokes import Stroke, TimeScale, earliest
from partyline.publishing.pages.view_models import Link
from partyline.publishing.statements import Standing
from partyline.vocabulary import VIEW

#: Passages that one version quotes; the others are at its source.
_MOST_QUOTED = 2
#: Resources that one part of a page shows.
_MOST_MATTERS = 40


@dataclass(frozen=True, slots=True)
class Version:
    """One value that is followed or claimed, in the words of its sources."""

    #: The value in words; of a claim without one, what it says.
    text: Text
    #: The value as a link, where it is a resource.
    link: Link | None
    stroke: Stroke | None
    is_followed: bool
    quotations: tuple[Quotation, ...]
    #: How the sources say it, such as with reserve; and the standing that editors give it.
    manners: tuple[Link, ...]
    #: The reasons of the editors.
    notes: tuple[Text, ...]
    #: The claims; none for what is followed without one.
    claims: tuple[Link, ...]
    #: Numbers of sources that are not quoted.
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is followed and claimed of one property of one resource."""

    anchor: str
    matter: Link
    #: The name of the property; None where the claims name none.
    about: Text | None
    versions: tuple[Version, ...]
    scale: TimeScale | None
    #: Different values.
    values: int

    @property
    def is_contested(self) -> bool:
        """Tell whether there is more than one value."""
        return self.values > 1


@dataclass
class _Claim:
    node: int
    property: int | None
    value: int | None
    rank: int


@dataclass
class Disputes:
    """Gathers the versions that one page shows."""

    reader: PageReader
    citations: Citations
    #: The resource that the page is about.
    subject: int
    #: Anchors and numbers of versions, by the resource and the property.
    found: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)
    #: The matters and the claims that it shows.
    shown: set[int] = field(default_factory=set)

    def of(self, matters: Iterable[int]) -> Iterator[Dispute]:
        """Yield what is followed and claimed of each of *matters* that is not shown yet."""
        for matter in [row for row in dict.fromkeys(matters) if row not in self.shown][
            :_MOST_MATTERS
        ]:
            self.shown.add(matter)
            yield from self._disputes(matter)

    def _disputes(self, matter: int) -> Iterator[Dispute]:
        link = self.reader.link(matter)
        if link is None:
            return
        claims: dict[int | None, list[_Claim]] = {}
        for claim in self._claims(matter):
            claims.setdefault(claim.property, []).append(claim)
        dates = self.reader.date_properties
        own = [key for key in dates if self._own(matter, key) or key in claims]
        others = sorted((key for key in claims if key not in dates), key=lambda key: key or 0)
        for key in (*own, *others):
            dispute = self._dispute(matter, link, key, claims.get(key, []))
            if dispute.is_contested or not self._is_subject(dispute):
                self.shown.update(claim.node for claim in claims.get(key, ()))
                yield dispute

    def _is_subject(self, dispute: Dispute) -> bool:
        """Tell whether *dispute* says no more than that the matter is one of the subject."""
        link = self.reader.link(self.subject)
        return link is not None and all(row.link == link for row in dispute.versions)

    def _claims(self, matter: int) -> Iterator[_Claim]:
        reader = self.reader
        ranks = [reader.walks.number(node) for node in reader.plan.role(VIEW.rank.value).listed]
        for node in reader.with_role(matter, VIEW.matter):
            (property_,) = reader.role(node, VIEW.claimedProperty)[:1] or (None,)
            values = reader.role(node, VIEW.claimedObject) or reader.role(node, VIEW.claimedValue)
            found = reader.role(node, VIEW.rank)
            rank = ranks.index(found[0]) if found else len(ranks)
            yield _Claim(node, property_, values[0] if values else None, rank)

    def _own(self, matter: int, property_: int | None) -> list[int]:
        if property_ is None:
            return []
        table = self.reader.presenter.statements.table
        statements = self.reader.presenter.statements
        return [
            int(table.columns["object"][row])
            for row in table.rows(matter, property_).tolist()
            if statements.standing(row) is not Standing.INFERRED
        ]

    def _dispute(
        self, matter: int, link: Link, property_: int | None, claims: Sequence[_Claim]
    ) -> Dispute:
        own = self._own(matter, property_)
        by_value: dict[int, list[_Claim]] = {value: [] for value in own}
        for claim in sorted(claims, key=self._order):
            by_value.setdefault(claim.node if claim.value is None else claim.value, []).append(
                claim
            )
        texts = {text for value in by_value if (text := self._date(value))}
        scale = TimeScale.of(texts) if len(texts) > 1 else None
        versions = tuple(
            self._version(matter, property_, value, rows, scale, followed=value in own)
            for value, rows in by_value.items()
        )
        values = 1 if property_ is None else len(by_value)
        anchor = f"versions-{len(self.found) + 1}"
        self.found[matter, property_ or -1] = (anchor, values if values > 1 else 0)
        return Dispute(anchor, link, self._name(property_), versions, scale, values)

    def _name(self, property_: int | None) -> Text | None:
        return None if property_ is None else self.reader.text(property_)

    def _date(self, value: int | None) -> str:
        term = None if value is None else self.reader.walks.term(value)
        return term.value if isinstance(term, Literal) else ""

    def _order(self, claim: _Claim) -> tuple[int, str, int]:
        text = self._date(claim.value)
        return claim.rank, earliest(text).isoformat() if text else "", claim.node

    def _version(
        self,
        matter: int,
        property_: int | None,
        value: int,
        claims: Sequence[_Claim],
        scale: TimeScale | None,
        *,
        followed: bool,
    ) -> Version:
        """Return one version: the claims of the same value, or what is followed without one."""
        reader = self.reader
        nodes = [row.node for row in claims]
        is_date = property_ in reader.date_properties
        quotations = self._words(nodes, matter if followed else None)
        notes = self._notes(nodes, matter if followed and is_date else None)
        cited = dict.fromkeys(
            number for node in (nodes or [matter]) for number in self.citations.cite(node)
        )
        quoted = {row.source for row in quotations}
        return Version(
            text=reader.text(value),
            link=None if value in nodes else reader.link(value),
            stroke=scale.stroke(self._date(value)) if scale and self._date(value) else None,
            is_followed=followed,
            quotations=quotations,
            manners=self._manners(nodes, followed=followed),
            notes=notes,
            claims=tuple(link for row in nodes if (link := reader.link(row)) is not None),
            sources=tuple(row for row in cited if row not in quoted),
        )

    def _words(self, claims: Sequence[int], matter: int | None) -> tuple[Quotation, ...]:
        """Return the words of *claims*, the best ones first; without any, those of *matter*."""
        found = dict.fromkeys(quote for node in claims for quote in self.citations.quotations(node))
        if not found and matter is not None:
            found = dict.fromkeys(self.citations.quotations(matter))
        return tuple([*found][:_MOST_QUOTED])

    def _notes(self, claims: Sequence[int], matter: int | None) -> tuple[Text, ...]:
        """Return the reason of the editors: of the best claim, or else of *matter*."""
        for node in (*claims, *([] if matter is None else [matter])):
            if found := self.reader.texts(node, VIEW.reason):
                return tuple(found)
        return ()

    def _manners(self, claims: Sequence[int], *, followed: bool) -> tuple[Link, ...]:
        """Return how the sources say it, and the standing of what is not followed."""
        reader = self.reader
        best = {reader.walks.number(node) for node in reader.plan.role(VIEW.rank.value).listed[:2]}
        roles = (VIEW.manner,) if followed else (VIEW.manner, VIEW.rank)
        found = dict.fromkeys(
            number for node in claims for role in roles for number in reader.role(node, role)
        )
        links = (reader.link(number) for number in found if number not in best)
        return tuple(link for link in links if link is not None)
