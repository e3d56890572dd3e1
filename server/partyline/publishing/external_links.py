"""Links from resources of a release to those of other datasets, and back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from urllib.parse import urlsplit

from pyoxigraph import NamedNode, Triple

from partyline.publishing.addresses import Addresses
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing, Statements
from partyline.vocabulary import HTTP_SDO, OWL, SDO, SKOS

#: Properties that say that two resources are the same.
IDENTITY = (OWL.sameAs, SKOS.exactMatch, SDO.sameAs, HTTP_SDO.sameAs)
#: Properties that map a resource or a term to one of another dataset, the strongest first.
MAPPINGS = (
    *IDENTITY,
    *(OWL.equivalentClass, OWL.equivalentProperty),
    *(SKOS[f"{kind}Match"] for kind in ("close", "broad", "narrow", "related")),
)


@dataclass(frozen=True, slots=True)
class ExternalLink:
    """A statement that maps a resource of the release to one of another dataset."""

    subject: NamedNode
    predicate: NamedNode
    target: NamedNode
    standing: Standing

    @property
    def triple(self) -> Triple:
        """Return the statement."""
        return Triple(self.subject, self.predicate, self.target)


@dataclass(frozen=True, slots=True)
class LinkSet:
    """The links to one other dataset, in a lasting order."""

    #: The host of the targets; their scheme, where they have no host.
    target: str
    links: tuple[ExternalLink, ...]

    @property
    def path(self) -> str:
        """Return the path of the page about the link set."""
        return f"/links/{self.target}"

    @property
    def uri_space(self) -> str:
        """Return what the IRIs of all targets begin with."""
        return common_namespace(link.target.value for link in self.links)

    def by_relation(self) -> Mapping[NamedNode, tuple[ExternalLink, ...]]:
        """Return the links of each relation, the strongest relation first."""
        found: dict[NamedNode, list[ExternalLink]] = {}
        for relation in MAPPINGS:
            rows = [link for link in self.links if link.predicate == relation]
            if rows:
                found[relation] = rows
        return {relation: tuple(rows) for relation, rows in found.items()}


class ExternalLinks:
    """The links of a publication to other datasets. They are found when first asked for."""

    def __init__(self, publication: Publication) -> None:
        self._statements: Statements = publication.statements
        self._addresses: Addresses = publication.addresses

    @cached_property
    def sets(self) -> Mapping[str, LinkSet]:
        """Return the sets of links, each by the name of its target, the largest first.

        What the ontology entails of a pair that is linked by an assertion is left out.
        """
        by_target: dict[str, list[ExternalLink]] = defaultdict(list)
        linked: set[tuple[NamedNode, NamedNode]] = set()
        rows = sorted(self._all(), key=_order)
        for link in rows:
            pair = (link.subject, link.target)
            if link.standing is Standing.ASSERTED or pair not in linked:
                linked.add(pair)
                by_target[_name(link.target.value)].append(link)
        ordered = sorted(by_target.items(), key=lambda row: (-len(row[1]), row[0]))
        return {name: LinkSet(name, tuple(sorted(links, key=_text))) for name, links in ordered}

    def of(self, iri: str) -> tuple[ExternalLink, ...]:
        """Return the links that concern *iri*, which is published here or is the target of links.

        For a target, all links of each resource that is linked with it are returned. `http` and
        `https` are the same for a target.
        """
        node = NamedNode(iri)
        subjects = [node] if self._is_ours(iri) else self._linked_with(iri)
        return tuple(link for subject in subjects for link in self._from(subject))

    def _linked_with(self, iri: str) -> list[NamedNode]:
        found = {
            statement.triple.subject
            for spelling in spellings(iri)
            for predicate in MAPPINGS
            for statement in self._statements.match(None, predicate, NamedNode(spelling))
            if statement.standing is not Standing.DISPUTED
        }
        ours = (node for node in found if isinstance(node, NamedNode) and self._is_ours(node.value))
        return sorted(ours, key=lambda node: node.value)

    def _from(self, subject: NamedNode) -> Iterator[ExternalLink]:
        for predicate in MAPPINGS:
            yield from self._matching(predicate, subject)

    def _all(self) -> Iterator[ExternalLink]:
        for predicate in MAPPINGS:
            yield from self._matching(predicate)

    def _matching(
        self, predicate: NamedNode, subject: NamedNode | None = None
    ) -> Iterator[ExternalLink]:
        for statement in self._statements.match(subject, predicate):
            one, two = statement.triple.subject, statement.triple.object
            if (
                statement.standing is not Standing.DISPUTED
                and isinstance(one, NamedNode)
                and isinstance(two, NamedNode)
                and self._is_ours(one.value)
                and not self._is_ours(two.value)
            ):
                yield ExternalLink(one, predicate, two, statement.standing)

    def _is_ours(self, iri: str) -> bool:
        return self._addresses.is_published(iri) or self._addresses.is_ontology(iri)


def common_namespace(iris: Iterable[str]) -> str:
    """Return the longest beginning of all *iris* that ends where a name begins, or nothing.

    >>> common_namespace(["https://e.org/id/a", "https://e.org/id/b/c"])
    'https://e.org/id/'
    >>> common_namespace(["https://e.org/a"]), common_namespace(["urn:isbn:1", "https://e.org/"])
    ('https://e.org/', '')
    >>> common_namespace([])
    ''
    """
    rows = sorted(iris) or [""]
    # What the first and the last of sorted texts have in common, all of them have.
    pairs = zip(rows[0], rows[-1], strict=False)
    prefix = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    end = max(prefix.rfind(mark) for mark in ("/", "#", ":", "="))
    return prefix[: end + 1]


def _order(link: ExternalLink) -> tuple[bool, int]:
    return link.standing is not Standing.ASSERTED, MAPPINGS.index(link.predicate)


def _text(link: ExternalLink) -> tuple[str, int, str]:
    return link.subject.value, MAPPINGS.index(link.predicate), link.target.value


def _name(iri: str) -> str:
    """Return the name of the dataset of *iri*: its host, or its scheme.

    >>> _name("http://www.wikidata.org/entity/Q1"), _name("urn:isbn:1")
    ('wikidata.org', 'urn')
    """
    parts = urlsplit(iri)
    try:
        host = parts.hostname or ""
    except ValueError:
        host = ""
    return (host.removeprefix("www.") or parts.scheme).replace("/", "") or "other"


def spellings(iri: str) -> tuple[str, ...]:
    """Return *iri* with either scheme of HTTP, as it is first."""
    for one, two in (("http://", "https://"), ("https://", "http://")):
        if iri.startswith(one):
            return iri, two + iri.removeprefix(one)
    return (iri,)
