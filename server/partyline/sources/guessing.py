"""Settings guessed from the data, so that it can be published without a settings file."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from partyline.sources.model import Sources
from partyline.vocabulary import (
    CC,
    DC,
    DCAT,
    DCT,
    HTTP_SDO,
    OWL,
    RDF,
    RDFS,
    SDO,
    SKOS,
    VOID,
    WELL_KNOWN,
)

#: What has the title of the whole, best first.
_WHOLES = (VOID.Dataset, DCAT.Dataset, DCAT.Catalog, SKOS.ConceptScheme, OWL.Ontology)
_TITLES = (DCT.title, DC.title, SKOS.prefLabel, RDFS.label)
_LICENCES = (DCT.license, CC.license, SDO.license, HTTP_SDO.license, DCT.rights, DC.rights)
#: Where data have no http IRIs at all.
_NO_BASE = "https://example.org/"
_MOST_LANGUAGES = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """Guessed settings, and what they were guessed from."""

    sources: tuple[str, ...]
    files: int
    triples: int
    title: str
    base: str
    ontologies: tuple[str, ...] = ()
    licence: str = ""
    languages: tuple[str, ...] = ("en",)
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the guess for a person at a terminal."""
        yield f"guessed from {self.files} file{'s' * (self.files != 1)}, {self.triples} triples:"
        yield f"  title      {self.title}"
        yield f"  base       {self.base}"
        yield f"  ontology   {', '.join(self.ontologies) or 'none'}"
        yield f"  licence    {self.licence or 'none; nothing is said of it'}"
        yield f"  languages  {', '.join(self.languages)}"
        yield f"  prefixes   {', '.join(self.prefixes) or 'none'}"

    def to_toml(self) -> str:
        """Return a settings file, with a comment on each guess."""
        ontology = self.ontologies[0].rstrip("#") if self.ontologies else ""
        others = "".join(f"\n#   {iri}" for iri in self.ontologies[1:])
        return _TEMPLATE.format(
            title=_string(self.title),
            base=_string(self.base),
            sources=_list(self.sources),
            ontology=_string(ontology),
            others=f"\n# The sources define these ontologies too:{others}" if others else "",
            licence=_string(self.licence),
            languages=_list(self.languages),
            prefixes="".join(
                f"{_string(name)} = {_string(iri)}\n" for name, iri in self.prefixes.items()
            ),
        )


_TEMPLATE = """\
# Written by 'partyline init'. Every setting: docs/reference/settings.md of Partyline.

[knowledge]
# What the site is called.
title = {title}
# One sentence for the home page.
description = ""
# Who publishes.
publisher = ""
# IRI of the licence. Where it is empty, the site says that no licence is stated.
licence = {licence}
# The IRIs below it are answered by this site, each at its own path.
base = {base}
# IRI of the ontology document; its terms begin with it.{others}
ontology_iri = {ontology}
# Files and folders of ontologies and data.
sources = {sources}
# Languages of names on the pages, best first.
languages = {languages}

[checks]
# A statement with an IRI that is not valid is left out, with a warning; "refuse" it for an error.
invalid_iris = "withhold"

# Prefixes for Turtle and for the query editor, besides those of the sources.
[prefixes]
{prefixes}"""


def guess(sources: Sources, places: Sequence[Path]) -> Guess:
    """Return the settings that suit *sources*, which were read from *places*."""
    triples = sources.ontology_triples | sources.kb_triples
    by_subject = _about_wholes(triples)
    wholes = [node for kind in _WHOLES for node, kinds in by_subject.items() if kind in kinds]
    names = {node: _values(triples, node) for node in wholes}
    title = _first(names, wholes, _TITLES) or _title_of(places)
    licence = _first(names, wholes, _LICENCES)
    base = guess_base(row.subject.value for row in triples if isinstance(row.subject, NamedNode))
    ontologies = [node.value for node in wholes if OWL.Ontology in by_subject[node]]
    return Guess(
        sources=tuple(map(str, places)),
        files=len({document.path for document in sources.documents}),
        triples=len(triples),
        title=title,
        base=base,
        ontologies=tuple(sorted(ontologies, key=lambda iri: (not iri.startswith(base), iri))),
        licence=licence,
        languages=_languages(triples),
        prefixes=_prefixes(triples, sources.declared_prefixes),
    )


def guess_base(subjects: Iterable[str]) -> str:
    """Return the IRI below which most of *subjects* lie; well-known vocabularies do not count.

    >>> guess_base(["https://e.org/id/a", "https://e.org/terms#B", "http://xmlns.com/foaf/0.1/name"])
    'https://e.org/'
    >>> guess_base(["http://xmlns.com/foaf/0.1/name", "http://xmlns.com/foaf/0.1/Person"])
    'http://xmlns.com/foaf/0.1/'
    """
    distinct = {iri for iri in subjects if iri.startswith(("http://", "https://"))}
    own = {iri for iri in distinct if not iri.startswith(tuple(WELL_KNOWN.values()))}
    if len(own) * 2 < len(distinct):
        own = distinct  # such a vocabulary is what is published
    hosts = Counter(iri[: _end_of_host(iri)] for iri in own)
    if not hosts:
        return _NO_BASE
    host = max(hosts, key=lambda name: (hosts[name], name))
    found = [iri for iri in own if iri.startswith(host + "/")] or [host + "/"]
    shared = _directory(_beginning(found))
    if shared == host + "/" and len(found) > 1:
        # One IRI elsewhere on a host that many share does not make the host ours.
        firsts = Counter("/".join(iri.split("/")[:4]) + "/" for iri in found)
        first, number = firsts.most_common(1)[0]
        if urlsplit(host).hostname in _SHARED_HOSTS and number * 2 > len(found):
            return _directory(_beginning([iri for iri in found if iri.startswith(first)]))
    return shared


#: Hosts below which many publish.
_SHARED_HOSTS = {
    *("w3id.org", "purl.org", "www.w3.org", "github.com", "raw.githubusercontent.com"),
    *("purl.obolibrary.org", "data.europa.eu", "vocab.getty.edu", "id.loc.gov"),
}


def _beginning(iris: Sequence[str]) -> str:
    """Return what all of *iris* begin with: what the first and the last in order share."""
    first, last = min(iris), max(iris)
    pairs = enumerate(zip(first, last, strict=False))
    length = next((number for number, (one, other) in pairs if one != other), len(first))
    return first[:length]


def _end_of_host(iri: str) -> int:
    end = iri.find("/", iri.index("//") + 2)
    return len(iri) if end < 0 else end


def _directory(iri: str) -> str:
    """Return *iri* up to the last slash of its path."""
    path = iri.partition("#")[0].partition("?")[0]
    return path[: path.rindex("/") + 1]


def _about_wholes(triples: Iterable[Triple]) -> dict[NamedNode, set[object]]:
    """Return the types of what may have the title of the whole, in a lasting order."""
    found: dict[NamedNode, set[object]] = {}
    for row in triples:
        is_whole = row.predicate == RDF.type and row.object in _WHOLES
        if is_whole and isinstance(row.subject, NamedNode):
            found.setdefault(row.subject, set()).add(row.object)
    return dict(sorted(found.items(), key=lambda item: item[0].value))


def _values(triples: Iterable[Triple], node: NamedNode) -> dict[NamedNode, list[str]]:
    """Return the values of the properties of *node*, those in English first."""
    found: dict[NamedNode, list[tuple[bool, str]]] = {}
    for row in triples:
        value = row.object
        if row.subject == node and isinstance(value, Literal | NamedNode):
            foreign = isinstance(value, Literal) and value.language not in (None, "en")
            found.setdefault(row.predicate, []).append((foreign, value.value))
    return {name: [text for _, text in sorted(values)] for name, values in found.items()}


def _first(
    names: Mapping[NamedNode, Mapping[NamedNode, Sequence[str]]],
    nodes: Iterable[NamedNode],
    predicates: Sequence[NamedNode],
) -> str:
    for node in nodes:
        for predicate in predicates:
            if values := names[node].get(predicate):
                return values[0]
    return ""


def _title_of(places: Sequence[Path]) -> str:
    name = places[0].resolve().stem if places else ""
    return name.replace("-", " ").replace("_", " ").capitalize() or "Data"


def _languages(triples: Iterable[Triple]) -> tuple[str, ...]:
    counts = Counter(
        row.object.language
        for row in triples
        if isinstance(row.object, Literal) and row.object.language
    )
    most = max(counts.values(), default=0)

    def order(tag: str) -> tuple[bool, int, str]:
        # The words of the pages are in English, unless somebody translates them.
        is_english = tag.partition("-")[0] == "en" and counts[tag] * 2 >= most
        return not is_english, -counts[tag], tag

    ordered = sorted(counts, key=order)[:_MOST_LANGUAGES]
    return tuple(ordered) or ("en",)


def _prefixes(triples: Iterable[Triple], declared: Mapping[str, str]) -> dict[str, str]:
    """Return the well-known prefixes that *triples* use and no file declares."""
    namespaces = set(declared.values())
    terms = {row.predicate.value for row in triples}
    terms |= {
        row.object.value
        for row in triples
        if row.predicate == RDF.type and isinstance(row.object, NamedNode)
    }
    return {
        name: iri
        for name, iri in WELL_KNOWN.items()
        if name not in declared
        and iri not in namespaces
        and any(term.startswith(iri) for term in terms)
    }


def _string(text: str) -> str:
    """Return *text* as a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _list(items: Sequence[str]) -> str:
    return "[" + ", ".join(map(_string, items)) + "]"
