"""The sources of a page: numbered as they are cited, grouped by voice, with what rests on each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from partyline.publishing.labels import Text
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.resource.withdrawals import Reliant
from partyline.publishing.pages.view_models import Link
from partyline.vocabulary import VIEW


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a passage, and the number of its source on the page; 0 on the page of the source."""

    text: Text
    passage: Link
    source: int


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source of the page: what rests on it, and on nothing else."""

    number: int
    link: Link
    supports: int
    alone: int
    #: Inferred statements of the page that would not hold without it.
    fallen: Reliant | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """Sources that count as one, such as the copies of one text; or those that count singly."""

    #: The family; None for sources each of which is a voice of its own.
    link: Link | None
    sources: tuple[CitedSource, ...]
    #: Resources of the page that rest on these sources and on no others.
    alone: int
    #: Inferred statements of the page that would not hold without the family.
    fallen: Reliant | None = None

    @property
    def voices(self) -> int:
        """Return how many voices the sources are."""
        return 1 if self.link else len(self.sources)


@dataclass
class _Use:
    number: int
    supported: dict[int, None] = field(default_factory=dict)


@dataclass
class Citations:
    """Collects what one page cites, while its parts are made."""

    reader: PageReader
    #: The resource that the page is about: a source does not cite itself.
    subject: int | None = None
    _uses: dict[int, _Use] = field(default_factory=dict)
    _sources: dict[int, tuple[int, ...]] = field(default_factory=dict)
    #: What each resource rests on.
    _grounds: dict[int, set[int]] = field(default_factory=dict)

    def cite(self, resource: int) -> tuple[int, ...]:
        """Return the numbers of the sources that *resource* rests on; number the new ones."""
        if resource not in self._sources:
            found: dict[int, None] = {}
            for passage in self.reader.role(resource, VIEW.evidence):
                for number in self._numbered(passage, resource):
                    found[number] = None
            self._sources[resource] = tuple(sorted(found))
        return self._sources[resource]

    def _numbered(self, passage: int, resource: int) -> Iterator[int]:
        for source in self._sources_of(passage):
            use = self._uses.setdefault(source, _Use(len(self._uses) + 1))
            use.supported[resource] = None
            self._grounds.setdefault(resource, set()).add(source)
            yield use.number

    def quotations(self, resource: int) -> Iterator[Quotation]:
        """Yield the words of the passages of *resource*, and cite their sources."""
        self.cite(resource)
        for passage in self.reader.role(resource, VIEW.evidence):
            yield from self.quoted(passage)

    def quoted(self, passage: int) -> Iterator[Quotation]:
        """Yield the words of *passage*."""
        link = self.reader.link(passage)
        for source in self.reader.role(passage, VIEW.source):
            number = 0
            if source != self.subject:
                number = self._uses.setdefault(source, _Use(len(self._uses) + 1)).number
            for text in self.reader.quotations(passage):
                if link is not None:
                    yield Quotation(text, link, number)

    def _sources_of(self, passage: int) -> list[int]:
        return [row for row in self.reader.role(passage, VIEW.source) if row != self.subject]

    def voices(self, fallen: Mapping[int, Reliant] = MappingProxyType({})) -> tuple[Voice, ...]:
        """Return the sources by family, those on which most rests first.

        Those without a family come last; each of them is a voice of its own. *fallen* are the
        statements of the page that would not hold without a source or a family.
        """
        families: dict[int | None, list[int]] = {}
        for source in self._uses:
            family = next(iter(self.reader.role(source, VIEW.family)), None)
            families.setdefault(family, []).append(source)
        voices = [self._voice(family, sources, fallen) for family, sources in families.items()]
        voices.sort(key=lambda row: (row.link is None, -sum(one.supports for one in row.sources)))
        return tuple(voices)

    def _voice(
        self, family: int | None, sources: Iterable[int], fallen: Mapping[int, Reliant]
    ) -> Voice:
        own = set(sources)
        cited = [self._cited(row, fallen.get(row)) for row in own]
        cited.sort(key=lambda row: (-row.supports, row.number))
        link = None if family is None else self.reader.link(family)
        together = None if family is None or len(own) == 1 else fallen.get(family)
        return Voice(link, tuple(cited), self._alone(own), together)

    def _alone(self, sources: set[int]) -> int:
        """Return the number of resources that rest on nothing but *sources*."""
        return sum(1 for grounds in self._grounds.values() if grounds <= sources)

    def _cited(self, source: int, fallen: Reliant | None) -> CitedSource:
        use, reader = self._uses[source], self.reader
        link = reader.link(source)
        if link is None:
            raise TypeError(f"{reader.walks.term(source)} is not a source with an IRI")
        return CitedSource(
            number=use.number,
            link=link,
            supports=len(use.supported),
            alone=self._alone({source}),
            fallen=fallen,
        )
