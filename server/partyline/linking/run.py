"""Search for links: our names in batches to the endpoint, its answers to proposals."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Store

from partyline.errors import BadQuery, EndpointRefused
from partyline.linking.endpoint import Endpoint
from partyline.linking.names import Wanted, members, wanted
from partyline.linking.options import LinkOptions
from partyline.linking.progress import Progress
from partyline.linking.proposals import Found, Proposal, Scoring
from partyline.linking.target_queries import MOST_SOLUTIONS, by_names, by_path, labels
from partyline.publishing import Publication
from partyline.publishing.external_links import IDENTITY, MAPPINGS
from partyline.publishing.reconciliation import Comparison, Entities, Properties
from partyline.publishing.statements import Term
from partyline.sparql import diagnose
from partyline.vocabulary import OWL, WELL_KNOWN

#: Resources of the target whose labels and values are asked for in one request.
_ITEMS = 100
#: Literals of one request for names.
_LITERALS = 400
#: Statuses of a query that is too much at once: it is divided. 0: no answer in time.
_TOO_MUCH = frozenset((0, 413, 414, 500, 502, 504))
#: Properties that say of two resources that they are not the same.
_DIFFERENT = (OWL.differentFrom,)


@dataclass(frozen=True, slots=True)
class Linked:
    """What a search has found."""

    proposals: tuple[Proposal, ...]
    #: Resources that were looked for, and those that are linked with the target already.
    resources: int
    linked: int


def propose(
    publication: Publication,
    options: LinkOptions,
    endpoint: Endpoint,
    progress: Path,
    decided: Collection[tuple[str, str]] = (),
    report: Callable[[str], object] = lambda line: None,
) -> Linked:
    """Look for resources of the target with the names of ours.

    The file *progress* holds what is done: where it exists, the search goes on from there. Pairs
    that are *decided*, or linked in the release, are left out; so are resources that are linked
    with the host of what was found. Raises BadQuery, EngineError, SourceError.
    """
    search = _Search(publication, options, endpoint)
    batches = search.batches()
    noted = Progress.open(progress, search.identity)
    for number, batch in enumerate(batches, 1):
        key = batch[0].node.value
        if key not in noted.done:
            noted.add(key, search.answered(batch))
        report(f"{number} of {len(batches)} batches")
    found = [row for batch in batches for row in noted.done[batch[0].node.value]]
    known = search.linked_pairs()
    hosts = search.linked_hosts()
    fresh = [row for row in found if _host(row.target) not in hosts.get(row.subject, ())]
    return Linked(
        proposals=tuple(
            row
            for row in fresh
            if row.confidence >= options.least
            and (row.subject, row.target) not in known
            and (row.subject, row.target) not in decided
        ),
        resources=sum(map(len, batches)),
        linked=len({row.subject for row in found} - {row.subject for row in fresh}),
    )


class _Search:
    """A search with its options checked."""

    def __init__(self, publication: Publication, options: LinkOptions, endpoint: Endpoint) -> None:
        """Raise BadQuery where an option is not valid."""
        self._publication, self._options, self._endpoint = publication, options, endpoint
        self._entities = Entities(publication)
        properties = Properties(publication, self._entities)
        comparison = Comparison(publication, self._entities)
        paths = [properties.path(ours) for ours, _ in options.properties]
        self._scoring = Scoring(comparison, properties, paths)
        written = " ".join((options.kind_path, *(theirs for _, theirs in options.properties)))
        known = {**WELL_KNOWN, **publication.prefixes}
        self._prefixes = {
            name: iri for name, iri in known.items() if name and f"{name}:" in written
        }
        self._check()

    def _check(self) -> None:
        """Parse one query of each kind. Raises BadQuery."""
        nodes = [NamedNode("urn:x")]
        queries = [
            by_names(self._options, [Literal("x")], self._prefixes),
            labels(self._options, nodes, self._languages),
            *(by_path(nodes, path, self._prefixes) for _, path in self._options.properties),
        ]
        for query in queries:
            try:
                Store().query(query)
            except SyntaxError as error:
                reason = diagnose(query, str(error))
                raise BadQuery(f"The options make a query that is not valid: {reason}") from error

    @property
    def _languages(self) -> Sequence[str]:
        """Return the languages in which names are looked for, and shown."""
        return self._options.languages or (*self._publication.knowledge.languages, "en")

    @property
    def identity(self) -> str:
        """Return what the answers depend on."""
        release = self._publication.release.manifest.identifier
        options = {**asdict(self._options), "pause": 0, "seconds": 0, "least": 0}
        text = json.dumps([release, options], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def batches(self) -> list[tuple[Wanted, ...]]:
        """Return what is looked for, in batches of a lasting order."""
        options, publication = self._options, self._publication
        nodes = members(publication, self._entities, options.kind)
        # An acronym says enough beside a kind or a property that is compared.
        acronyms = bool(options.target_kind or options.properties)
        rows = wanted(publication, self._entities, nodes, self._languages, acronyms=acronyms)
        return batched(rows, options.batch)

    def answered(self, batch: Sequence[Wanted]) -> list[Proposal]:
        """Return the proposals for *batch*; what is too much for the endpoint is divided."""
        literals = [literal for row in batch for literal in row.literals]
        query = by_names(self._options, literals, self._prefixes)
        try:
            found = self._endpoint.select(query, patient=len(batch) == 1)
        except EndpointRefused as error:
            if len(batch) == 1 or error.status not in _TOO_MUCH:
                raise
            return self._divided(batch)
        if len(found) >= MOST_SOLUTIONS and len(batch) > 1:
            return self._divided(batch)
        return self._scored(batch, [row for row in map(_found, found) if row is not None])

    def _divided(self, batch: Sequence[Wanted]) -> list[Proposal]:
        middle = len(batch) // 2
        return [*self.answered(batch[:middle]), *self.answered(batch[middle:])]

    def _scored(self, batch: Sequence[Wanted], found: Sequence[Found]) -> list[Proposal]:
        items = sorted({row.item for row in found}, key=lambda node: node.value)
        if not items:
            return []
        values = [
            self._values(items, partial(by_path, path=path, prefixes=self._prefixes))
            for _, path in self._options.properties
        ]
        named = self._values(items, partial(labels, self._options, languages=self._languages))
        names = {node: _best(rows, self._languages) for node, rows in named.items()}
        return list(self._scoring.proposals(batch, found, values, names))

    def _values(
        self, items: Sequence[NamedNode], query: Callable[[Sequence[NamedNode]], str]
    ) -> dict[NamedNode, list[Term]]:
        found: dict[NamedNode, list[Term]] = defaultdict(list)
        for first in range(0, len(items), _ITEMS):
            for row in self._endpoint.select(query(items[first : first + _ITEMS])):
                node = row.get("item")
                if isinstance(node, NamedNode) and "value" in row:
                    found[node].append(row["value"])
        return found

    def linked_pairs(self) -> set[tuple[str, str]]:
        """Return the pairs that some statement links or tells apart, also a disputed one."""
        return {
            (row.triple.subject.value, row.triple.object.value)
            for relation in (*MAPPINGS, *_DIFFERENT)
            for row in self._publication.statements.match(None, relation)
            if isinstance(row.triple.subject, NamedNode)
            and isinstance(row.triple.object, NamedNode)
        }

    def linked_hosts(self) -> Mapping[str, set[str]]:
        """Return the hosts with a resource that is the same as ours, by the IRI of ours."""
        hosts: dict[str, set[str]] = defaultdict(set)
        for relation in IDENTITY:
            for row in self._publication.statements.match(None, relation):
                one, two = row.triple.subject, row.triple.object
                if isinstance(one, NamedNode) and isinstance(two, NamedNode):
                    hosts[one.value].add(_host(two.value))
        return hosts


def batched(rows: Iterable[Wanted], size: int) -> list[tuple[Wanted, ...]]:
    """Return *rows* in batches of at most *size*, and of few literals."""
    batches: list[tuple[Wanted, ...]] = []
    batch: list[Wanted] = []
    for row in rows:
        literals = sum(len(other.literals) for other in batch) + len(row.literals)
        if batch and (len(batch) >= size or literals > _LITERALS):
            batches.append(tuple(batch))
            batch = []
        batch.append(row)
    return [*batches, *([tuple(batch)] if batch else [])]


def _found(row: Mapping[str, Term]) -> Found | None:
    item, property_, name = row.get("item"), row.get("property"), row.get("name")
    if (
        isinstance(item, NamedNode)
        and isinstance(property_, NamedNode)
        and isinstance(name, Literal)
    ):
        return Found(item, property_.value, name.value)
    return None


def _best(labels: Sequence[Term], languages: Sequence[str]) -> str:
    """Return the label in the best language."""
    ranked = [
        (
            languages.index(tag) if (tag := row.language or "") in languages else len(languages),
            row.value,
        )
        for row in labels
        if isinstance(row, Literal)
    ]
    return min(ranked)[1] if ranked else ""


def _host(iri: str) -> str:
    return urlsplit(iri).netloc
