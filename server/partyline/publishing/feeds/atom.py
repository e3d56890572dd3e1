"""The publications as an Atom feed (RFC 4287), with an archive of the earlier ones (RFC 5005)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from partyline.display import visible
from partyline.history import ChangeKind, Succession
from partyline.history.succession import ChangeCounts, SuccessionEntry
from partyline.settings import Knowledge

ATOM_MEDIA_TYPE = "application/atom+xml"
PATH = "changes/atom"
_ATOM, _HISTORY = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/history/1.0"
_XHTML = "http://www.w3.org/1999/xhtml"
#: Publications in one document of the archive, and in the feed itself.
IN_ARCHIVE = 20
#: Resources that an entry lists.
_LISTED = 100
_VERBS = {
    ChangeKind.CREATE: "created",
    ChangeKind.UPDATE: "updated",
    ChangeKind.DELETE: "deleted",
}


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """The feed at the public address *root*, which ends in a slash."""

    root: str
    knowledge: Knowledge
    succession: Succession
    #: Returns the name of a resource.
    name: Callable[[str], str]

    @property
    def archives(self) -> int:
        """Return the number of documents of the archive: those that are full."""
        return len(self.succession.log.rows) // IN_ARCHIVE

    def feed(self) -> bytes:
        """Return the feed: the latest publications, the last one first."""
        rows = list(enumerate(self.succession.log.rows, 1))[-IN_ARCHIVE:]
        document = self._document(self.root + PATH, [number for number, _ in rows[::-1]])
        if self.archives:
            self._link(document, "prev-archive", f"{PATH}/{self.archives}")
            self._link(document, "next", f"{PATH}/{self.archives}")
        return _written(document)

    def archive(self, number: int) -> bytes:
        """Return a document of the archive, from 1 to `archives`, which never changes."""
        end = number * IN_ARCHIVE
        rows = list(range(end, end - IN_ARCHIVE, -1))
        document = self._document(f"{self.root}{PATH}/{number}", rows)
        SubElement(document, f"{{{_HISTORY}}}archive")
        self._link(document, "current", PATH)
        for relation, page, there in (
            ("prev-archive", number - 1, number > 1),
            ("next", number - 1, number > 1),
            ("next-archive", number + 1, number < self.archives),
        ):
            if there:
                self._link(document, relation, f"{PATH}/{page}")
        return _written(document)

    def _document(self, address: str, numbers: Sequence[int]) -> Element:
        document = Element(f"{{{_ATOM}}}feed")
        title = f"{self.knowledge.title}: changes"
        _text(document, "title", title)
        _text(document, "id", self.root + "changes")
        log = self.succession.log
        if numbers:
            _text(document, "updated", log.rows[numbers[0] - 1].published)
        author = SubElement(document, f"{{{_ATOM}}}author")
        _text(author, "name", self.knowledge.publisher or self.knowledge.title)
        if self.knowledge.licence:
            _text(document, "rights", self.knowledge.licence)
        self._link(document, "self", address.removeprefix(self.root), ATOM_MEDIA_TYPE)
        self._link(document, "alternate", "changes", "text/html")
        known = {row.number: row for row in self.succession.publications}
        for number in numbers:
            self._entry(document, number, known.get(number))
        return document

    def _entry(self, document: Element, number: int, known: SuccessionEntry | None) -> None:
        row = self.succession.log.rows[number - 1]
        entry = SubElement(document, f"{{{_ATOM}}}entry")
        _text(entry, "title", f"Release {row.release}")
        _text(entry, "id", f"{self.root}changes#{number}")
        _text(entry, "updated", row.published)
        _text(entry, "published", row.published)
        self._link(entry, "alternate", f"releases/{row.release}", "text/html")
        if known is None:
            _text(entry, "summary", "What changed is no longer known.")
            return
        if known.previous:
            path = f"releases/{known.previous}..{row.release}"
            self._link(entry, "related", path, "text/html")
            self._link(entry, "related", f"{path}.rdfp", "application/rdf-patch")
        counts = self.succession.counts(known)
        _text(entry, "summary", "; ".join(_summary(counts)) or "No statement differs")
        content = SubElement(entry, f"{{{_ATOM}}}content", {"type": "xhtml"})
        division = SubElement(content, f"{{{_XHTML}}}div")
        items = SubElement(division, f"{{{_XHTML}}}ul")
        for change in islice(self.succession.changes(known), _LISTED):
            if change.iri:
                item = SubElement(items, f"{{{_XHTML}}}li")
                item.text = f"{_VERBS[change.kind]}: "
                link = SubElement(item, f"{{{_XHTML}}}a", {"href": change.iri})
                link.text = visible(self.name(change.iri))
        if counts.number > _LISTED:
            more = SubElement(division, f"{{{_XHTML}}}p")
            more.text = f"and {counts.number - _LISTED} more"

    def _link(self, parent: Element, relation: str, path: str, media_type: str = "") -> None:
        fields = {"rel": relation, "href": self.root + path}
        SubElement(
            parent, f"{{{_ATOM}}}link", fields | ({"type": media_type} if media_type else {})
        )


def _summary(counts: ChangeCounts) -> Iterator[str]:
    """Yield how many resources and how many statements of each graph have changed."""
    for kind, number in counts.resources.items():
        yield f"{number} {'resource' if number == 1 else 'resources'} {_VERBS[kind]}"
    for name, row in counts.statements.items():
        yield f"{name}: {row['added']} statements added, {row['removed']} removed"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}{name}").text = visible(text)


def _written(document: Element) -> bytes:
    for prefix, namespace in (("", _ATOM), ("fh", _HISTORY), ("xhtml", _XHTML)):
        ElementTree.register_namespace(prefix, namespace)
    ElementTree.indent(document)
    found: bytes = ElementTree.tostring(document, "utf-8", xml_declaration=True)
    return found + b"\n"
