"""JSON-LD 1.1 as a person would write it: a context of prefixes, compact names, one node each."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.rdf.curies import PrefixMap
from partyline.vocabulary import RDF, XSD


def write_jsonld(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return *triples* as compacted JSON-LD, the same bytes for the same triples.

    Lexical forms are kept: no literal becomes a number of JSON. Lists stay nodes, as they are in
    the graph.

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
    document = _Compaction(prefixes).document(triples)
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


class _Compaction:
    """One writing: remembers which prefixes were of use."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = PrefixMap(prefixes)
        self._schemes: frozenset[str] = frozenset()
        self._used: dict[str, str] = {}
        self._names: dict[NamedNode, str] = {}

    def document(self, triples: Iterable[Triple]) -> dict[str, Any]:
        triples = set(triples)
        self._schemes = _schemes(triples)
        nodes: dict[str, dict[str, Any]] = {}
        for triple in sorted(triples, key=str):
            identifier = self._identifier(triple.subject)
            node = nodes.setdefault(identifier, {"@id": identifier})
            if triple.predicate == RDF.type and not isinstance(triple.object, Literal):
                node.setdefault("@type", []).append(self._identifier(triple.object))
            else:
                key = self._identifier(triple.predicate)
                node.setdefault(key, []).append(self._value(triple.object))
        graph = [self._unwrapped(node) for node in nodes.values()]
        return {"@context": dict(sorted(self._used.items())), "@graph": graph}

    @staticmethod
    def _unwrapped(node: dict[str, Any]) -> dict[str, Any]:
        return {
            key: value[0] if isinstance(value, list) and len(value) == 1 else value
            for key, value in node.items()
        }

    def _identifier(self, term: object) -> str:
        if isinstance(term, BlankNode):
            return str(term)
        if not isinstance(term, NamedNode):
            raise ValueError(f"{term}: JSON-LD 1.1 has no quoted triples")
        if term not in self._names:
            self._names[term] = self._compact(term.value)
        return self._names[term]

    def _compact(self, term: str) -> str:
        found = self._prefixes.compact_iri(term, self._schemes)
        if found is None:
            return term
        prefix, namespace, suffix = found
        self._used[prefix] = namespace
        return f"{prefix}:{suffix}"

    def _value(self, term: object) -> str | dict[str, str]:
        if not isinstance(term, Literal):
            return {"@id": self._identifier(term)}
        if term.language:
            return {"@language": term.language, "@value": term.value}
        if term.datatype == XSD.string:
            return term.value
        return {"@type": self._identifier(term.datatype), "@value": term.value}


def _schemes(triples: Iterable[Triple]) -> frozenset[str]:
    """Return the schemes of all IRIs: a prefix of that name would expand them to other IRIs."""
    iris = {
        iri.value.partition(":")[0]
        for triple in triples
        for term in triple
        for iri in (term, getattr(term, "datatype", None))
        if isinstance(iri, NamedNode)
    }
    return frozenset(iris)
