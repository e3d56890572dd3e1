"""What a site of files needs to search and to answer queries in the browser of its readers."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import NamedNode, RdfFormat

from partyline.publishing import Publication
from partyline.publishing.pages.resource_page import kinds
from partyline.search import NameKind

#: The files that were built where there was Node.
ASSETS = Path(__file__).with_name("assets")
#: The engine, its thread, and what the query page asks them with.
_ENGINE, _WORKER, _QUERY = "oxigraph.wasm", "query-worker.js", "local-query.js"
SEARCH = "search.js"
_TYPES = {".js": "text/javascript; charset=utf-8", ".wasm": "application/wasm"}
_NAMES = "static/names.json"
#: Statements in all graphs together that a browser can hold.
MOST = 500_000
#: How much less a name counts than a label, as in the search of the server.
_DISCOUNT = {NameKind.OTHER: 0.005, NameKind.HIDDEN: 0.01, NameKind.TITLE: 0.05}
_OTHERWISE = 0.06
#: Bytes that are read at once.
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is written besides the answers of the application."""

    path: str
    media_type: str
    parts: Iterable[bytes]


class LocalEngine:
    """Scripts and data of the two pages that work without a server."""

    def __init__(self, publication: Publication, root: str, prefix: str) -> None:
        """*root* is the public address of the path ``/``; *prefix* is its path."""
        self._publication = publication
        self._root, self._prefix = root, prefix
        self._files = {path.name: path.read_bytes() for path in sorted(ASSETS.glob("*.*"))}
        release = publication.release
        identifier = hashlib.sha256(release.manifest.identifier.encode()).hexdigest()
        self._dataset = f"static/dataset.{identifier[:16]}.nq"

    @property
    def can_search(self) -> bool:
        """Tell whether the search page works: its script was built where there was Node."""
        return SEARCH in self._files

    @property
    def can_query(self) -> bool:
        """Tell whether the query page works: its scripts were built, and the release is small."""
        has_engine = {_ENGINE, _WORKER, _QUERY} <= self._files.keys()
        return has_engine and self._size <= MOST

    @property
    def _size(self) -> int:
        manifest = self._publication.release.manifest
        return sum(manifest.counts.values()) + sum(manifest.views.values())

    def address(self, name: str) -> str:
        """Return the path of the script *name*, which changes with its content."""
        digest = hashlib.sha256(self._files[name]).hexdigest()[:16]
        stem, _, ending = name.rpartition(".")
        return f"/static/{stem}.{digest}.{ending}"

    def query_attributes(self) -> Mapping[str, str]:
        """Return what the form of the query page has to know, by the names of its attributes."""
        if not self.can_query:
            return {}
        return {
            "local": self._prefix + self.address(_QUERY),
            "worker": self._prefix + self.address(_WORKER),
            "engine": self._prefix + self.address(_ENGINE),
            "dataset": f"{self._prefix}/{self._dataset}",
            "base": f"{self._publication.knowledge.base}sparql",
            "root": self._publication.addresses.published("/"),
            "prefix": self._prefix,
            "prefixes": json.dumps(dict(self._publication.prefixes)),
        }

    def search_attributes(self) -> Mapping[str, str]:
        """Return what the page of the search has to know."""
        if not self.can_search:
            return {}
        return {"script": self.address(SEARCH), "names": f"{self._prefix}/{_NAMES}"}

    def policies(self, usual: str) -> Mapping[str, str]:
        """Return the content security policies of pages and scripts; *usual* is that of pages."""
        asking = f"{usual}; script-src 'self'; connect-src 'self'"
        scripts = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'"
        computing = f"{usual}; {scripts}"
        found = {}
        if self.can_search:
            found["search.html"] = asking
        if self.can_query:
            # A worker has the policy of its own script.
            found |= {"sparql.html": computing, self.address(_WORKER)[1:]: computing}
        return found

    def assets(self) -> Iterator[Asset]:
        """Yield the files, made as they are read."""
        wanted = [SEARCH] if self.can_search else []
        wanted += [_QUERY, _WORKER, _ENGINE] if self.can_query else []
        for name in wanted:
            media_type = _TYPES[Path(name).suffix]
            yield Asset(self.address(name)[1:], media_type, [self._files[name]])
        if self.can_search:
            yield Asset(_NAMES, "application/json", self._names())
        if self.can_query:
            yield Asset(self._dataset, "application/n-quads", self._quads())

    def _quads(self) -> Iterator[bytes]:
        """Yield what the endpoint queries: every graph of the store."""
        with TemporaryDirectory(prefix="partyline-") as folder:
            file = Path(folder, "dataset.nq")
            self._publication.release.open_store().dump(str(file), RdfFormat.N_QUADS)
            with file.open("rb") as opened:
                while part := opened.read(_PIECE):
                    yield part

    def _names(self) -> Iterator[bytes]:
        """Yield every resource with its names, as JSON."""
        separator = b"[\n"
        for number, rows in groupby(self._publication.release.names.all(), lambda row: row[0]):
            node = self._publication.release.table.terms.term(number)
            if not isinstance(node, NamedNode):
                continue
            names = [[text, form, _discount(kind)] for _, text, _, kind, form in rows]
            row = json.dumps(self._described(node, names), ensure_ascii=False)
            yield separator + row.encode()
            separator = b",\n"
        yield b"\n]\n" if separator != b"[\n" else b"[]\n"

    def _described(self, node: NamedNode, names: list[list[object]]) -> dict[str, object]:
        presenter = self._publication.presenter
        link = presenter.link(node)
        is_document = self._publication.addresses.is_published(node.value)
        is_term = self._publication.addresses.is_ontology(node.value)
        path = link.path
        if is_document and not is_term and not self._publication.has_fragments(node.value):
            path = self._publication.document(node.value, "html")
        return {
            "path": self._prefix + path,
            "label": link.name.text,
            "language": link.name.language,
            "kinds": [presenter.link(kind).name.text for kind in kinds(presenter, node)],
            "note": link.note,
            "names": names,
        }


def _discount(kind: int) -> float:
    return 0.0 if kind == NameKind.LABEL else _DISCOUNT.get(NameKind(kind), _OTHERWISE)
