"""What each resource of a table rests on: its passages, their sources, the families of these."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from partyline.dataset import Table
from partyline.dataset.graph_names import DEFAULT_GRAPH
from partyline.releases.page_plans import PagePlan, Role, Route
from partyline.vocabulary import VIEW


@dataclass(frozen=True, slots=True)
class Groups:
    """The sources and families of a release, each with the resources that fall with it."""

    #: Numbers of the sources, then of the families of two or more.
    sources: tuple[int, ...]
    #: Pairs of a resource and the index of a source or family that all it rests on belongs to.
    resources: tuple[int, ...]
    indexes: tuple[int, ...]


def groups_of(table: Table, plan: PagePlan) -> Groups:
    """Return the groups of *table* under the roles that *plan* gives to evidence and sources."""
    evidence = _links(table, plan.role(VIEW.evidence.value))
    sources = _links(table, plan.role(VIEW.source.value))
    families = _links(table, plan.role(VIEW.family.value))
    grounds = {
        resource: {source for passage in passages for source in sources.get(passage, ())}
        for resource, passages in evidence.items()
    }
    cited = sorted({source for found in grounds.values() for source in found})
    members = _members(cited, families)
    order = (*cited, *sorted(members.keys() - set(cited)))
    index = {number: place for place, number in enumerate(order)}
    pairs = [
        (resource, index[group])
        for resource, found in sorted(grounds.items())
        if found
        for group in _only(found, families, members)
    ]
    return Groups(order, tuple(row[0] for row in pairs), tuple(row[1] for row in pairs))


def _members(cited: Iterable[int], families: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """Return the families of two or more of the *cited* sources, with these."""
    found: dict[int, set[int]] = {}
    for source in cited:
        for family in families.get(source, ()):
            found.setdefault(family, set()).add(source)
    return {family: sources for family, sources in found.items() if len(sources) > 1}


def _only(
    found: set[int], families: Mapping[int, set[int]], members: Mapping[int, set[int]]
) -> set[int]:
    """Return the source and the families that all sources in *found* belong to."""
    shared = set.intersection(*(families.get(source, set()) & members.keys() for source in found))
    return shared | (found if len(found) == 1 else set())


def _links(table: Table, role: Role) -> dict[int, set[int]]:
    """Return what *role* reads of each resource of *table*."""
    found: dict[int, set[int]] = {}
    for route in role.routes:
        for start, end in _ends(table, route):
            found.setdefault(start, set()).add(end)
    return found


def _ends(table: Table, route: Route) -> list[tuple[int, int]]:
    """Return the first and the last resource of every way along *route*."""
    pairs: list[tuple[int, int]] | None = None
    for step in route:
        number = table.number(step.predicate)
        if number is None:
            return []
        rows = table.rows(None, number, None, DEFAULT_GRAPH)
        ends = ("object", "subject") if step.inverse else ("subject", "object")
        one, two = (table.columns[name][rows].tolist() for name in ends)
        if pairs is None:
            pairs = list(zip(one, two, strict=True))
            continue
        following: dict[int, list[int]] = {}
        for node, value in zip(one, two, strict=True):
            following.setdefault(node, []).append(value)
        pairs = [(start, end) for start, node in pairs for end in following.get(node, ())]
    return sorted(set(pairs or ()))
