"""From published IRIs to the paths at which the serving host answers for them, and back."""

from dataclasses import dataclass
from urllib.parse import quote

from partyline.settings import Knowledge

#: What a path segment may hold unescaped (RFC 3986, section 3.3), and the slash between two.
_PATH = "/:@!$&'()*+,;=~-._"
#: What a value in a query string may hold unescaped.
_QUERY = "/:@!$'()*,;~-._"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The paths below the root of whatever host serves: data keep their published IRIs.

    >>> from pathlib import Path
    >>> here = Path()
    >>> base = "https://music.example.org/"
    >>> knowledge = Knowledge("Music", base, base + "terms", ontology=here, kb=here)
    >>> addresses = Addresses.of(knowledge)
    >>> addresses.page(base + "id/ensemble/brass-union")
    '/id/ensemble/brass-union'
    >>> addresses.page(base + "terms#Ensemble")
    '/terms#Ensemble'
    >>> addresses.page("urn:isbn:1")
    '/resource?iri=urn:isbn:1'
    """

    base: str
    resources: str
    ontology_iri: str
    #: Path of the ontology document, such as ``/ns``.
    ontology: str

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Addresses":
        """Derive the paths from the IRIs of *knowledge*."""
        within = knowledge.ontology_iri.startswith(knowledge.base)
        rest = knowledge.ontology_iri.removeprefix(knowledge.base) if within else ""
        # An ontology that is published elsewhere, or at the base itself, needs a path all the same.
        path = "/" + quote(rest.strip("/") or "ontology", _PATH)
        return cls(knowledge.base, knowledge.things, knowledge.ontology_iri, path)

    def page(self, iri: str) -> str:
        """Return the path that leads to what this host knows about *iri*."""
        if iri.startswith(self.resources) and iri != self.resources:
            return "/id/" + quote(iri.removeprefix(self.resources), _PATH)
        if iri == self.ontology_iri:
            return self.ontology
        if self.is_term(iri):
            return f"{self.ontology}#{quote(iri.removeprefix(self.ontology_iri + '#'), _PATH)}"
        return f"/resource?iri={self.query(iri)}"

    def document(self, iri: str, extension: str = "") -> str:
        """Return the path of the document about *iri*, in one format if *extension* names it."""
        ending = f".{extension}" if extension else ""
        if iri.startswith(self.resources) and iri != self.resources:
            return f"/doc/{quote(iri.removeprefix(self.resources), _PATH)}{ending}"
        return f"/resource{ending}?iri={self.query(iri)}"

    def local(self, iri: str) -> str:
        """Return the path of *iri*, which begins with the base, on this host."""
        return "/" + quote(iri.removeprefix(self.base), _PATH)

    def published(self, path: str) -> str:
        """Return the IRI under which the document at *path* of this host is published.

        >>> Addresses("https://e.org/", "https://e.org/id/", "", "").published("/doc/x.ttl")
        'https://e.org/doc/x.ttl'
        """
        return self.base + path.removeprefix("/")

    def candidates(self, name: str) -> tuple[str, ...]:
        """Return the IRIs of resources that the decoded path *name* may mean.

        A server hands over paths with their escapes resolved, and the data may hold either form.
        """
        return tuple(dict.fromkeys((self.resources + name, self.resources + quote(name, _PATH))))

    @staticmethod
    def query(value: str) -> str:
        """Return *value* as it stands behind a ``=`` in a query string."""
        return quote(value, _QUERY)

    def is_resource(self, iri: str) -> bool:
        """Tell whether *iri* is dereferenced below ``/id/``."""
        return iri.startswith(self.resources) and iri != self.resources

    def is_ontology(self, iri: str) -> bool:
        """Tell whether *iri* is the ontology or one of its terms."""
        return iri == self.ontology_iri or self.is_term(iri)

    def is_term(self, iri: str) -> bool:
        """Tell whether *iri* is a term of the published ontology."""
        return iri.startswith(self.ontology_iri + "#")
