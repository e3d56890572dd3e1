"""What is found on the way and is not a file; the settings of servers need it."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

#: What stands for the name of a document in a header of all documents.
NAME = "{name}"
_DOCUMENT = re.compile(r"/doc/(?P<name>.+)\.(?P<ending>\w+)")


@dataclass(frozen=True, slots=True)
class DocumentLinks:
    """The Link header of a document about a resource, with `NAME` in the place of its name."""

    ending: str
    name: str
    general: str

    @classmethod
    def of(cls, location: str, header: str) -> "DocumentLinks | None":
        """Return those of the document at *location*; None for other addresses.

        >>> DocumentLinks.of("/doc/a.ttl", "</doc/a.nt>; rel=alternate").general
        '</doc/{name}.nt>; rel=alternate'
        """
        found = _DOCUMENT.fullmatch(location)
        if not found:
            return None
        name = re.compile(rf"(?<=[/#=]){re.escape(found['name'])}(?![\w-])")
        return cls(found["ending"], found["name"], name.sub(NAME, header))


@dataclass(slots=True)
class Findings:
    """What visits have found; each can be added to that of others, in any order."""

    #: Where addresses lead to that redirect, each with the status; but for those of resources.
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: Addresses of resources that were withdrawn.
    gone: set[str] = field(default_factory=set)
    #: The files of addresses with a query string, and of others that are named otherwise.
    queries: dict[str, str] = field(default_factory=dict)
    #: The content security policy of each file.
    policies: dict[str, str] = field(default_factory=dict)
    #: The Link headers of files about resources.
    of_documents: dict[str, DocumentLinks] = field(default_factory=dict)
    #: The Link headers of other files.
    links: dict[str, str] = field(default_factory=dict)
    #: Addresses that have no answer and that a page links to, each with the reason.
    missing: dict[str, str] = field(default_factory=dict)
    #: The path of the data about the whole, to which programs are led from the root.
    home_data: str = ""
    #: The header fields of the home page.
    headers: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Findings") -> None:
        """Add what another visit has found."""
        self.redirects |= other.redirects
        self.gone |= other.gone
        self.queries |= other.queries
        self.policies |= other.policies
        self.of_documents |= other.of_documents
        self.links |= other.links
        self.missing |= other.missing
        self.headers = self.headers or other.headers

    def other_policies(self) -> Mapping[str, str]:
        """Return the policies of files that have another than the home page."""
        usual = self.headers.get("content-security-policy")
        return {file: text for file, text in sorted(self.policies.items()) if text != usual}

    def document_links(self) -> Mapping[str, str]:
        """Return the Link header that most documents of an ending have, by the ending."""
        counts: dict[str, Counter[str]] = {}
        for row in self.of_documents.values():
            counts.setdefault(row.ending, Counter())[row.general] += 1
        return {ending: _most(rows) for ending, rows in sorted(counts.items())}

    def other_links(self) -> Mapping[str, str]:
        """Return the Link headers of files that have another, by their paths."""
        usual = self.document_links()
        others = {
            file: row.general.replace(NAME, row.name)
            for file, row in self.of_documents.items()
            if usual[row.ending] != row.general
        }
        return dict(sorted({**self.links, **others}.items()))


def _most(rows: Counter[str]) -> str:
    return max(rows, key=lambda text: (rows[text], text))
