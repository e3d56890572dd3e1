"""Visit addresses and what their pages link to, until nothing is left."""

from collections import deque
from collections.abc import Callable, Iterable

from partyline.errors import ExportError
from partyline.export.findings import Findings
from partyline.export.folder import SiteFolder
from partyline.export.processes import Visits
from partyline.export.visitor import Visit, Visitor
from partyline.rdf import GRAPH_FORMATS

#: Files between two lines of progress.
_STEP = 1000


class Crawl:
    """Writes all that can be reached. Addresses in it have no prefix."""

    def __init__(
        self, visitor: Visitor, visits: Visits, folder: SiteFolder, step: Callable[[str], None]
    ) -> None:
        """*visitor* looks at what *visits* need not be asked for."""
        self._visitor, self._visits, self._folder = visitor, visits, folder
        self._step = step
        self._waiting: deque[str] = deque()
        self._seen: set[str] = set()
        self._told = 0
        data = visitor.location("/", GRAPH_FORMATS[0].media_type)
        self.findings = Findings(home_data=data.rpartition(".")[0])

    def run(self, entries: Iterable[str]) -> None:
        """Write *entries* and all that they lead to. Raises ExportError."""
        first = frozenset(entries)
        self._add(sorted(first))
        while self._waiting or self._visits.asked:
            while self._waiting and self._visits.has_room:
                address = self._waiting.popleft()
                self._visits.ask(address, is_entry=address in first)
            self._merge(self._visits.next())

    def leave_out(self, address: str) -> None:
        """Do not ask the application for *address*."""
        self._seen.add(address)

    def lead(self, link: str) -> str:
        """Return what a page links to in place of *link*, which waits to be visited."""
        return self._visitor.lead(link)

    def _add(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            if address not in self._seen:
                self._seen.add(address)
                self._waiting.append(address)

    def _merge(self, visit: Visit) -> None:
        self._seen.update(visit.visited)
        self._add(visit.found)
        self.findings.add(visit.findings)
        for file in visit.files:
            try:
                self._folder.take(file)
            except ExportError as error:
                self.findings.missing[visit.visited[0]] = str(error)
        number = len(self._folder.files)
        if number >= self._told + _STEP:
            self._told = number
            self._step(f"{number} files, {len(self._waiting)} addresses wait")
