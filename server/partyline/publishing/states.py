"""Which releases had something at an address of this program: what a TimeMap lists."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pyoxigraph import NamedNode

from partyline.dataset import Table
from partyline.errors import ReleaseError, UnknownResource
from partyline.publishing.addresses import RESERVED, document_of
from partyline.publishing.documents.description import named_node
from partyline.publishing.publication import Publication
from partyline.releases.release import open_unsealed

#: Tables that stay mapped into memory.
_KEPT = 64


class States:
    """Looks into releases, the present one's settings given, without opening them to serve them."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._table = lru_cache(_KEPT)(_table)

    def has(self, target: str, release: Path) -> bool:
        """Tell whether the release in the folder *release* says something at *target*.

        *target* is path and query. A page about the whole is there in each release.
        """
        parts = urlsplit(target)
        segment = parts.path.lstrip("/").partition("/")[0].partition(".")[0]
        iris = self._iris(parts.path, parts.query, segment)
        table = self._table(release)
        if iris is None or table is None:
            return table is not None
        return any(_has(table, iri) for iri in iris)

    def _iris(self, path: str, query: str, segment: str) -> list[str] | None:
        """Return the IRIs that an address may be about; None where it is about the whole."""
        publication = self._publication
        if segment == "resource":
            return parse_qs(query).get("iri", [])
        if segment == "doc":
            name = path.removeprefix("/doc/")
            stem, dot, ending = name.rpartition(".")
            names = [name, *([stem] if dot and ending in publication.extensions else [])]
            return [iri for row in names for iri in publication.names_of_document(row)]
        if not segment or segment in RESERVED or path in publication.addresses.ontologies.values():
            return None
        return list(publication.addresses.candidates(path, query))


def _table(release: Path) -> Table | None:
    try:
        return open_unsealed(release).table
    except ReleaseError:
        return None


def _has(table: Table, iri: str) -> bool:
    try:
        node: NamedNode = named_node(iri)
    except UnknownResource:
        return False
    number = table.number(node)
    is_subject = number is not None and table.count(number) > 0
    is_object = number is not None and table.count(None, None, number) > 0
    return is_subject or is_object or table.terms.has_beginning(f"<{document_of(iri)}#")
