"""What a search for links has found so far, in a file beside the result: it can be continued."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from partyline.errors import SourceError
from partyline.linking.proposals import Proposal


@dataclass
class Progress:
    """A file with one line for each batch that is done."""

    path: Path
    #: What the search depends on: another one cannot be continued with this file.
    search: str
    done: dict[str, list[Proposal]]

    @classmethod
    def open(cls, path: Path, search: str) -> "Progress":
        """Read the file *path*, or begin it. Raises SourceError."""
        if not path.exists():
            found = cls(path, search, {})
            found._write(json.dumps({"search": search}))
            return found
        try:
            text = path.read_text("utf-8")
            # The last line is incomplete where the program was ended while it wrote.
            whole = text[: text.rindex("\n") + 1]
            first, *lines = whole.splitlines()
            is_same = json.loads(first)["search"] == search
            done = dict(map(_batch, lines))
            if is_same and whole != text:
                path.write_text(whole, "utf-8")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"{path}: cannot be read: {error}; delete it to begin anew"
            ) from error
        if not is_same:
            raise SourceError(
                f"{path}: belongs to a search with other options or another release; delete it, or"
                " choose another file with --output"
            )
        return cls(path, search, done)

    def add(self, key: str, proposals: Sequence[Proposal]) -> None:
        """Note the *proposals* of the batch *key*. Raises SourceError."""
        self.done[key] = list(proposals)
        self._write(json.dumps([key, [asdict(row) for row in proposals]], ensure_ascii=False))

    def _write(self, line: str) -> None:
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise SourceError(f"{self.path}: cannot be written: {error.strerror}") from error


def _batch(line: str) -> tuple[str, list[Proposal]]:
    key, rows = json.loads(line)
    return key, [Proposal(**row) for row in rows]
