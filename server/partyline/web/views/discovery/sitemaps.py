"""Sitemaps (https://www.sitemaps.org/protocol.html): which pages they list, and their XML."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from xml.sax.saxutils import escape

from pyoxigraph import NamedNode

from partyline.publishing import Publication, Questions, question_path, withdrawal

#: Addresses in one sitemap; the protocol allows 50,000.
_IN_ONE = 10_000
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'


class SitemapPages:
    """The pages of a publication, in the order of the IRIs of the resources."""

    def __init__(self, publication: Publication, questions: Questions | None = None) -> None:
        """*questions* are those that have pages; None where nothing answers them."""
        self._publication = publication
        self._questions = questions

    @cached_property
    def _resources(self) -> list[int]:
        """Return the numbers of the resources that have a page at an address of their own."""
        table, addresses = self._publication.release.table, self._publication.addresses
        return [
            number
            for base in addresses.bases
            for number in table.terms.starting_with("<" + base)
            if table.count(number) and addresses.is_published(table.terms.text(number)[1:-1])
        ]

    @property
    def sitemaps(self) -> int:
        """Return the number of sitemaps; the first begins with the pages about the whole."""
        return 1 + len(self._resources) // _IN_ONE

    def of(self, number: int) -> Iterator[tuple[str, str]]:
        """Yield the paths of the pages of sitemap *number*, without a slash at the beginning.

        Those about the whole have the time of the release.
        """
        publication = self._publication
        if number == 1:
            created = publication.release.manifest.created
            whole = ("", "dataset", "dumps/", "links/", "sparql", "releases/", "changes")
            yield from ((path, created) for path in whole)
            ontologies = publication.addresses.ontologies.values()
            yield from ((path.lstrip("/"), "") for path in ontologies)
            yield from ((path, created) for path in self._pages_of_questions())
        first = (number - 1) * _IN_ONE
        for resource in islice(self._resources, first, first + _IN_ONE):
            node = publication.release.table.terms.term(resource)
            if isinstance(node, NamedNode) and self._is_described(node.value):
                yield publication.document(node.value, "html").lstrip("/"), ""

    def _pages_of_questions(self) -> Iterator[str]:
        if self._questions is not None:
            yield "questions/"
            for row in self._questions.rows:
                yield question_path(row.name).lstrip("/")
            yield "api/"

    def _is_described(self, iri: str) -> bool:
        """Tell whether *iri* has a page of its own, and was not withdrawn."""
        is_ours = not self._publication.addresses.is_ontology(iri)
        return is_ours and withdrawal(self._publication, iri) is None


def sitemap_xml(
    root: str,
    item: str,
    rows: Iterable[tuple[str, str]],
    languages: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> str:
    """Write a sitemap or an index of sitemaps: addresses, each with ``lastmod`` if it is known.

    *languages* say for the tag of each what begins an address, and what begins it in that language.

    What is about the whole changes with each release. Of a resource, a release does not say when
    it changed, and a wrong date is worse than none.
    """
    written = "".join(
        f"<{item}><loc>{escape(address)}</loc>{_lastmod(changed)}"
        f"{_alternates(address, languages)}</{item}>\n"
        for address, changed in rows
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SITEMAPS}"'
        f"{_XHTML if languages else ''}>\n"
        f"{written}</{root}>\n"
    )


def _alternates(address: str, languages: Mapping[str, tuple[str, str]]) -> str:
    """Write the links of a page to itself in other languages, as search engines read them."""
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}"'
        f' href="{escape(begins + address.removeprefix(begin))}"/>'
        for tag, (begin, begins) in languages.items()
    ) + (
        f'<xhtml:link rel="alternate" hreflang="x-default" href="{escape(address)}"/>'
        if languages
        else ""
    )


def _lastmod(changed: str) -> str:
    return f"<lastmod>{changed}</lastmod>" if changed else ""
