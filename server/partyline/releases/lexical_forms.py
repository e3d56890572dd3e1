"""Literals as the sources write them: the store keeps the value, and writes ``07`` as ``7``."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from partyline.releases.release import Release
from partyline.vocabulary import XSD

#: What every literal whose spelling the store may change has in its N-Triples line.
_MARK = f'"^^<{XSD.iri}'
_PROBE = NamedNode("urn:probe")


def spellings(release: Release) -> Mapping[Triple, tuple[Triple, ...]]:
    """Return the triples of the sources that the store spells otherwise, by the stored triple."""
    known: dict[Literal, Literal] = {}
    found: dict[Triple, tuple[Triple, ...]] = {}
    for triple in _typed(release.dumps):
        written = triple.object
        if not isinstance(written, Literal):
            continue
        if written not in known:
            known[written] = _as_stored(written)
        stored = Triple(triple.subject, triple.predicate, known[written])
        found[stored] = tuple(dict.fromkeys((*found.get(stored, ()), triple)))
    return {stored: triples for stored, triples in found.items() if triples != (stored,)}


def _typed(dumps: Path) -> Iterator[Triple]:
    for name in ("ontology.nt", "asserted.nt"):
        if (dumps / name).is_file():
            with (dumps / name).open(encoding="utf-8") as lines:
                for line in lines:
                    if _MARK in line:
                        quads = parse(line, RdfFormat.N_TRIPLES)
                        yield from (quad.triple for quad in quads)


def _as_stored(literal: Literal) -> Literal:
    store = Store()
    store.add(Quad(_PROBE, _PROBE, literal, DefaultGraph()))
    (quad,) = store
    return quad.object if isinstance(quad.object, Literal) else literal
