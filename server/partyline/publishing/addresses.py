"""From published IRIs to the paths at which the serving host answers for them, and back."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from partyline.settings import Knowledge, is_published

#: What a path segment may hold unescaped (RFC 3986, section 3.3), and the slash between two.
_PATH = "/:@!$&'()*+,;=~-._"
#: A path that has no escapes and needs none.
_PLAIN = re.compile(f"[{re.escape(_PATH)}A-Za-z0-9]*")
#: What a value in a query string may hold unescaped.
_QUERY = "/:@!$'()*,;~-._"
#: First segments of the paths of this program: a resource whose IRI has one is at ``/resource``.
RESERVED = frozenset(
    [
        ".well-known",
        "answer",
        "api",
        "browse",
        "changes",
        "contradictions",
        "dataset",
        "doc",
        "dumps",
        "graph",
        "health",
        "lineage",
        "links",
        "llms.txt",
        "mcp",
        "metrics",
        "ontologies",
        "openapi.json",
        "questions",
        "reconcile",
        "releases",
        "resource",
        "rules",
        "sameas",
        "schemes",
        "search",
        "sparql",
        "static",
        "suggest",
        "timeline",
        "why",
    ]
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The paths below the root of whatever host serves: data keep their published IRIs.

    >>> base = "https://music.example.org/"
    >>> addresses = Addresses.of(Knowledge("Music", base), {base + "terms": "/terms"})
    >>> addresses.page(base + "id/ensemble/brass-union")
    '/id/ensemble/brass-union'
    >>> addresses.page(base + "terms#Ensemble"), addresses.page(base + "show?id=7")
    ('/terms#Ensemble', '/show?id=7')
    >>> addresses.page("urn:isbn:1"), addresses.page(base + "sparql")
    ('/resource?iri=urn:isbn:1', '/resource?iri=https://music.example.org/sparql')
    """

    base: str
    #: Every IRI below which resources are published, the first one's paths are those of this host.
    bases: tuple[str, ...]
    #: Prefixes of IRIs, or patterns with ``*``, of what is published here; empty: all of the bases.
    patterns: tuple[str, ...] = ()
    #: The path of each ontology document, by its IRI without the ``#`` of its terms.
    ontologies: Mapping[str, str] = field(default_factory=dict)
    #: The IRI of the ontology that defines a term, by the IRI of the term.
    terms: Mapping[str, str] = field(default_factory=dict)
    #: The terms with a fragment that have a page of their own, below that of their ontology.
    term_pages: Collection[str] = frozenset()

    @classmethod
    def of(
        cls,
        knowledge: Knowledge,
        ontologies: Mapping[str, str] | None = None,
        terms: Mapping[str, str] | None = None,
        term_pages: Collection[str] = frozenset(),
    ) -> "Addresses":
        """Derive the paths from the IRIs of *knowledge* and of its ontologies."""
        bases = (knowledge.base, *knowledge.bases)
        paths, terms = ontologies or {}, terms or {}
        return cls(knowledge.base, bases, knowledge.published, paths, terms, term_pages)

    @property
    def ontology(self) -> str:
        """Return the path of the first ontology, or of their list if there are several, or none."""
        paths = list(self.ontologies.values())
        return paths[0] if len(paths) == 1 else "/ontologies/" if paths else ""

    def is_published(self, iri: str) -> bool:
        """Tell whether *iri* is dereferenced here: it fits a pattern, or lies below a base."""
        return is_published(iri, self.bases, self.patterns)

    def is_ontology(self, iri: str) -> bool:
        """Tell whether *iri* is an ontology or one of its terms."""
        return document_of(iri) in self.ontologies or iri in self.terms

    def is_term(self, iri: str) -> bool:
        """Tell whether *iri* is a term of an ontology: defined in it, or below its ``#``.

        A file of the data may define one, too.
        """
        document, hash_, _ = iri.partition("#")
        return iri in self.terms or bool(hash_ and document in self.ontologies and iri[-1] != "#")

    def page(self, iri: str) -> str:
        """Return the path that leads to what this host knows about *iri*."""
        document, hash_, fragment = iri.partition("#")
        if iri in self.term_pages:
            return f"{self.ontologies[document]}/{quote(fragment, _PATH)}"
        if document in self.ontologies:
            suffix = "#" + quote(fragment, _PATH) if fragment else ""
            return self.ontologies[document] + suffix
        if self.is_published(iri) and self.has_path(document):
            suffix = "#" + quote(fragment, _PATH) if hash_ else ""
            return self.local(document) + suffix
        return f"/resource?iri={self.query(iri)}"

    def term_at(self, path: str) -> str | None:
        """Return the IRI of the term whose page is at *path*, with its escapes; None elsewhere."""
        for document, beginning in self.ontologies.items():
            fragment = path.removeprefix(f"{beginning}/")
            if fragment != path:
                for iri in (f"{document}#{fragment}", f"{document}#{unquote(fragment)}"):
                    if iri in self.term_pages:
                        return iri
        return None

    def has_path(self, iri: str) -> bool:
        """Tell whether a path of this host may stand for *iri*, which has no fragment."""
        root = _root(self.base)
        if not iri.startswith(root) or iri == root:
            return False
        rest = iri.removeprefix(root)
        return rest == "doc" or rest.partition("/")[0].partition("?")[0] not in RESERVED

    def document(self, iri: str, extension: str = "") -> str:
        """Return the path of the document about *iri*, in one format if *extension* names it.

        `Publication.document` knows whether another resource has that path, too.
        """
        ending = f".{extension}" if extension else ""
        root = _root(self.base)
        rest = iri.removeprefix(root)
        if self.is_published(iri) and iri.startswith(root) and not set("?#") & set(rest):
            return f"/doc/{quote(rest.removeprefix('id/'), _PATH)}{ending}"
        return self.query_document(iri, extension)

    def query_document(self, iri: str, extension: str = "") -> str:
        """Return the path of the document about *iri* that any IRI has."""
        ending = f".{extension}" if extension else ""
        return f"/resource{ending}?iri={self.query(iri)}"

    def local(self, iri: str) -> str:
        """Return the path of *iri*, which begins with the base, on this host."""
        path, mark, query = iri.removeprefix(_root(self.base)).partition("?")
        # An escape in the IRI is a part of it, and is escaped itself nowhere.
        return "/" + quote(path, _PATH + "%") + mark + quote(query, _QUERY + "=&+?%")

    def published(self, path: str) -> str:
        """Return the IRI under which the document at *path* of this host is published.

        >>> Addresses("https://e.org/", ("https://e.org/",)).published("/doc/x.ttl")
        'https://e.org/doc/x.ttl'
        """
        return _root(self.base) + path.removeprefix("/")

    def candidates(self, path: str, query: str = "") -> tuple[str, ...]:
        """Return the IRIs that *path*, with its escapes as the client sent them, may mean.

        The data may hold an IRI with escapes or without, and below any of the bases.
        """
        path = path.removeprefix("/")
        names = (path,) if _PLAIN.fullmatch(path) else _spellings(path)
        suffixes = dict.fromkeys(("?" + query, "?" + unquote(query))) if query else {"": None}
        return tuple(
            _root(base) + name + suffix
            for base in self.bases
            for suffix in suffixes
            for name in names
        )

    @staticmethod
    def query(value: str) -> str:
        """Return *value* as it stands behind a ``=`` in a query string."""
        return quote(value, _QUERY)


def document_of(iri: str) -> str:
    """Return *iri* without its fragment (RFC 3986, section 4.4): what a client sends.

    >>> document_of("http://www.w3.org/ns/org#")
    'http://www.w3.org/ns/org'
    """
    return iri.partition("#")[0]


def ontology_paths(
    iris: Iterable[str], base: str, is_described: Callable[[str], bool] = lambda iri: False
) -> dict[str, str]:
    """Return the path of each ontology document, by its IRI without a fragment.

    One that is published elsewhere, or at the base itself, or at a path of this program, has a
    path below ``/ontology``; so has one whose IRI without the slash at its end *is_described*, as
    that of another resource.

    >>> ontology_paths(["https://e.org/ns#", "http://xmlns.com/foaf/0.1/"], "https://e.org/")
    {'https://e.org/ns': '/ns', 'http://xmlns.com/foaf/0.1/': '/ontology'}
    """
    paths: dict[str, str] = {}
    root = _root(base)
    for iri in map(document_of, iris):
        rest = iri.removeprefix(root).strip("/")
        is_shared = iri.endswith("/") and is_described(iri.rstrip("/"))
        is_free = rest and rest.partition("/")[0] not in RESERVED and not is_shared
        is_here = iri.startswith(root) and is_free
        number, first = 1, "/" + quote(rest, _PATH + "%") if is_here else "/ontology"
        path = first
        while path in paths.values():
            number += 1
            path = f"{first}-{number}"
        paths.setdefault(iri, path)
    return paths


def _root(base: str) -> str:
    """Return what the paths of this host follow: a base that ends in ``#`` is one document."""
    return base if base.endswith("/") else base[: base.rindex("/") + 1]


def _spellings(path: str) -> Iterable[str]:
    """Return *path*, and what it is with other escapes, each once."""
    decoded = unquote(path)
    return dict.fromkeys((path, decoded, quote(decoded, _PATH)))
