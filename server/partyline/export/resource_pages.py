"""Where the address of a resource leads a browser, as far as the release tells.

Pages link to thousands of resources; to ask the application for each takes as long as to write
its document.
"""

from partyline.publishing import Publication, withdrawal


class ResourcePages:
    """Knows what `/id/…`, and the address of a term, redirect a browser to."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        rows = publication.ontologies
        #: The documents of ontologies have addresses of their own.
        self._ontologies = {path for row in rows for path in publication.paths(row)}

    def find(self, path: str) -> str:
        """Return the page that *path* leads to; empty where the application has to be asked."""
        publication = self._publication
        if term := publication.addresses.term_at(path):
            return publication.document(term, "html")
        iri = publication.addresses.candidates(path)[0]
        return publication.document(iri, "html") if self._is_plain(iri, path) else ""

    def _is_plain(self, iri: str, path: str) -> bool:
        """Tell whether *path* can mean nothing but *iri*, which has a document of its own."""
        addresses = self._publication.addresses
        return (
            path not in self._ontologies
            and addresses.is_published(iri)
            and addresses.page(iri) == path
            and self._publication.mentioned([iri]) == iri
            and not self._publication.has_fragments(iri)
            and withdrawal(self._publication, iri) is None
        )
