"""Graphs that overlap with the others: what is asserted, what leads away, what a source says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.settings import Knowledge
from partyline.vocabulary import OA, OWL, RDFS, SKOS

Graph = frozenset[Triple]

#: Names of the views that every release has, and what they hold.
VIEWS = {
    "asserted": "All that the files of the knowledge base assert, accepted and withheld",
    "links": "Asserted statements that lead to other datasets and to pages elsewhere",
}
_LINKING = {
    OWL.sameAs,
    RDFS.seeAlso,
    *(SKOS[f"{kind}Match"] for kind in ("exact", "close", "related", "broad", "narrow")),
}


def views(graphs: Mapping[str, Graph], knowledge: Knowledge) -> dict[str, Graph]:
    """Return the views of the graphs of a release, by name, the empty ones too.

    ``source/…`` is named like the IRI of the source: it holds the source, its passages, and what
    names one of them as evidence.
    """
    asserted = graphs["accepted"] | graphs["withheld"]
    links = frozenset(row for row in asserted if _leads_away(row, knowledge))
    return {"asserted": asserted, "links": links, **_sources(asserted, knowledge.things)}


def _leads_away(triple: Triple, knowledge: Knowledge) -> bool:
    target = triple.object
    return (
        triple.predicate in _LINKING
        and isinstance(target, NamedNode)
        and not target.value.startswith((knowledge.base, knowledge.ontology_iri))
    )


def _sources(asserted: Iterable[Triple], resources: str) -> dict[str, Graph]:
    about: dict[object, set[Triple]] = defaultdict(set)
    mentioning: dict[object, set[object]] = defaultdict(set)
    passages: dict[NamedNode, set[object]] = defaultdict(set)
    for triple in asserted:
        about[triple.subject].add(triple)
        mentioning[triple.object].add(triple.subject)
        if triple.predicate == OA.hasSource and isinstance(triple.object, NamedNode):
            passages[triple.object].add(triple.subject)
    found = {}
    for source, quoted in passages.items():
        supported = {node for passage in quoted for node in mentioning[passage]}
        name = source.value.removeprefix(resources)
        if name != source.value:
            found[name] = _with_inner({source, *quoted, *supported}, about)
    return found


def _with_inner(nodes: set[object], about: Mapping[object, set[Triple]]) -> Graph:
    """Return the statements about *nodes*, and about the blank nodes that those mention."""
    triples: set[Triple] = set()
    waiting, seen = list(nodes), set(nodes)
    while waiting:
        for triple in about.get(waiting.pop(), ()):
            triples.add(triple)
            if isinstance(triple.object, BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
    return frozenset(triples)
