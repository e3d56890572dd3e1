"""Typed links in the header of an answer, for programs that read no body (RFC 8288).

The relations are those of FAIR Signposting, level 1 (https://signposting.org/FAIR/).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from flask import Response, has_request_context, request

from partyline.publishing import Publication
from partyline.web.public_address import LANGUAGE_PREFIX

#: What a URI may hold unescaped (RFC 3986, section 2.2), and the escapes that it has.
_URI = "/:?#[]@!$&'()*+,;=-._~%"
_ESCAPED = re.compile(f"[^{re.escape(_URI)}A-Za-z0-9]")
_ABOUT_PAGE = "https://schema.org/AboutPage"


class WebLink(NamedTuple):
    """A link to *target*, an IRI or a path, with one or more relation types."""

    target: str
    relation: str
    media_type: str = ""

    def __str__(self) -> str:
        """Write the link as RFC 8288, section 3.

        >>> str(WebLink("https://e.org/Ä b", "cite-as"))
        '<https://e.org/%C3%84%20b>; rel="cite-as"'
        """
        written = f'<{_escaped(self.target)}>; rel="{self.relation}"'
        return f'{written}; type="{self.media_type}"' if self.media_type else written


@dataclass(frozen=True, slots=True)
class Signposts:
    """What the header of every document about a resource says: what it is about, and its terms."""

    #: The IRI of the resource, which lasts; the document is at an address of this program.
    iri: str
    dataset: str
    #: The IRI of the licence, or the empty string.
    licence: str
    #: Returns the address under which a path is published.
    published: Callable[[str], str]

    @classmethod
    def of(cls, publication: Publication, iri: str) -> "Signposts":
        """Return the links of the documents about *iri*."""
        knowledge = publication.knowledge
        is_iri = knowledge.licence.startswith(("http://", "https://"))
        licence = knowledge.licence if is_iri else ""
        dataset = knowledge.base + "dataset"
        return cls(iri, dataset, licence, publication.addresses.published)

    def links(self, path: str, *, is_page: bool) -> Iterator[WebLink]:
        """Yield the links of the document at *path*."""
        if is_page:
            yield WebLink(self.iri, "cite-as")
            yield WebLink(_ABOUT_PAGE, "type")
        else:
            yield WebLink(self.iri, "describes")
        yield WebLink(self.published(_in_language(path) if is_page else path), "canonical")
        if self.iri != self.dataset:
            yield WebLink(self.dataset, "collection")
        if self.licence:
            yield WebLink(self.licence, "license")


def _in_language(path: str) -> str:
    """Return *path* below the language that the request names in its address, if it names one."""
    prefix = request.environ.get(LANGUAGE_PREFIX, "") if has_request_context() else ""
    return f"{prefix}{path}"


def _escaped(target: str) -> str:
    """Return *target* as a URI; most are one as they are."""
    return quote(target, _URI) if _ESCAPED.search(target) else target


def add_links(response: Response, links: Iterable[WebLink]) -> Response:
    """Add *links* to the header of *response*."""
    if written := ", ".join(map(str, links)):
        response.headers["Link"] = written
    return response
