"""JSON-LD 1.1 as a person would write it: a context of prefixes, compact names, one node each."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from partyline.errors import NotSerialisable
from partyline.rdf.curies import PrefixMap
from partyline.rdf.serialisable import check_rdf11, label, shown
from partyline.vocabulary import RDF, XSD


def write_jsonld(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return *triples* as compacted JSON-LD, the same bytes for the same triples.

    Lexical forms are kept: no literal becomes a number of JSON. Lists stay nodes, as they are in
    the graph. Raises NotSerialisable where RDF 1.1 cannot represent the triples.

    >>> book = NamedNode("https://example.org/moby-dick")
    >>> title = Triple(book, NamedNode("https://example.org/title"), Literal("Moby-Dick"))
    >>> print(write_jsonld([title], {"ex": "https://example.org/"}).decode())
    {
     "@context": {
      "ex": "https://example.org/"
     },
     "@graph": [
      {
       "@id": "ex:moby-dick",
       "ex:title": "Moby-Dick"
      }
     ]
    }
    """
    rows = sorted(set(triples), key=str)
    check_rdf11(rows)
    document = Compaction(prefixes, _schemes(rows)).document(rows)
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def write_jsonld_dataset(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> bytes:
    """Return *quads* as `write_jsonld` does: named graphs stand in the default graph, by name.

    Raises NotSerialisable where RDF 1.1 cannot represent them.

    >>> moby, ahab = NamedNode("https://example.org/moby"), NamedNode("https://example.org/ahab")
    >>> quad = Quad(ahab, NamedNode("https://example.org/hunts"), moby, moby)
    >>> json.loads(write_jsonld_dataset([quad], {}))["@graph"][0]["@id"]
    'https://example.org/moby'
    """
    graphs: dict[NamedNode | BlankNode | DefaultGraph, set[Triple]] = defaultdict(set)
    for quad in quads:
        graphs[quad.graph_name].add(quad.triple)
    for triples in graphs.values():
        check_rdf11(triples)
    names = sorted((name for name in graphs if not isinstance(name, DefaultGraph)), key=str)
    schemes = _schemes(row for triples in graphs.values() for row in triples)
    schemes |= {name.value.partition(":")[0] for name in names if isinstance(name, NamedNode)}
    writing = Compaction(prefixes, schemes)
    nodes = writing.nodes(sorted(graphs[DefaultGraph()], key=str))
    for name in names:
        rows = sorted(graphs[name], key=str)
        nodes.append({"@id": writing.identifier(name), "@graph": writing.nodes(rows)})
    document = {"@context": dict(sorted(writing.used.items())), "@graph": nodes}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


class Compaction:
    """One writing: remembers which prefixes were of use.

    The *schemes* are those of all IRIs: a prefix of that name would expand them to other IRIs.
    """

    def __init__(self, prefixes: Mapping[str, str], schemes: Collection[str]) -> None:
        self._prefixes = PrefixMap.of(prefixes)
        self._schemes = schemes
        self.used: dict[str, str] = {}
        self._names: dict[NamedNode, str] = {}

    def document(self, rows: list[Triple]) -> dict[str, Any]:
        """Return the document of sorted *rows*."""
        graph = self.nodes(rows)
        return {"@context": dict(sorted(self.used.items())), "@graph": graph}

    def nodes(self, rows: list[Triple]) -> list[dict[str, Any]]:
        """Return the node objects of sorted *rows*."""
        nodes: dict[str, dict[str, Any]] = {}
        for triple in rows:
            identifier = self.identifier(triple.subject)
            node = nodes.setdefault(identifier, {"@id": identifier})
            if triple.predicate == RDF.type and not isinstance(triple.object, Literal):
                node.setdefault("@type", []).append(self.identifier(triple.object))
            else:
                key = self.identifier(triple.predicate)
                node.setdefault(key, []).append(self.value(triple.object))
        return [self._unwrapped(node) for node in nodes.values()]

    @staticmethod
    def _unwrapped(node: dict[str, Any]) -> dict[str, Any]:
        return {
            key: value[0] if isinstance(value, list) and len(value) == 1 else value
            for key, value in node.items()
        }

    def identifier(self, term: NamedNode | BlankNode | Triple) -> str:
        """Return the compact IRI or the label of *term*. Raises NotSerialisable."""
        if isinstance(term, BlankNode):
            return f"_:{label(term)}"
        if isinstance(term, Triple):
            raise NotSerialisable(f"{shown(term)}: JSON-LD 1.1 has no triple terms")
        if term not in self._names:
            self._names[term] = self._compact(term.value)
        return self._names[term]

    def _compact(self, iri: str) -> str:
        found = self._prefixes.compact_iri(iri, self._schemes)
        if found is None:
            return iri
        prefix, namespace, suffix = found
        self.used[prefix] = namespace
        return f"{prefix}:{suffix}"

    def value(self, term: NamedNode | BlankNode | Literal | Triple) -> str | dict[str, str]:
        """Return *term* as the value of a property."""
        if not isinstance(term, Literal):
            return {"@id": self.identifier(term)}
        if term.language:
            return {"@language": term.language, "@value": term.value}
        if term.datatype == XSD.string:
            return term.value
        return {"@type": self.identifier(term.datatype), "@value": term.value}


def _schemes(rows: Iterable[Triple]) -> frozenset[str]:
    """Return the schemes of all IRIs in *rows*."""
    terms = {term for row in rows for term in row}
    terms |= {term.datatype for term in terms if isinstance(term, Literal)}
    iris = (term.value for term in terms if isinstance(term, NamedNode))
    return frozenset(iri.partition(":")[0] for iri in iris)
