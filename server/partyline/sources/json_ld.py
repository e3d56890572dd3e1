"""JSON-LD from files: contexts from this machine only, and the lines of subjects."""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.errors import SourceError
from partyline.sources.compression import read_decompressed

#: Contexts inside contexts; more is a circle.
_DEEPEST = 20
#: ``"@id": "…"``, and ``"id": "…"``, which many contexts make the same.
_IDENTIFIER = re.compile(rb'"@?id"\s*:\s*"((?:[^"\\]|\\.)*)"')


def with_local_contexts(
    content: bytes, contexts: Mapping[str, Path], folder: Path | None
) -> tuple[bytes, list[str]]:
    """Return *content* with the contexts that it names put into it, and those that are not here.

    A context that is named by an IRI is looked up in *contexts*; by a relative path, in *folder*.
    Raises SourceError where the file of a context cannot be read. *content* is returned as it is
    where it names none, or is not JSON.
    """
    if b'"@context"' not in content:
        return content, []
    try:
        tree = json.loads(content)
        missing: list[str] = []
        loaded = _Contexts(contexts, folder, missing)
        changed = loaded.resolve(tree)
    except (ValueError, RecursionError):
        return content, []  # the parser says what is wrong
    return (json.dumps(changed).encode() if loaded.used else content), missing


class _Contexts:
    """Puts contexts in the place of their names."""

    def __init__(
        self, contexts: Mapping[str, Path], folder: Path | None, missing: list[str]
    ) -> None:
        self._contexts, self._folder, self._missing = contexts, folder, missing
        self.used = False

    def resolve(self, node: Any) -> Any:  # noqa: ANN401  # JSON
        """Return *node* with all contexts in it put in place."""
        if isinstance(node, list):
            return [self.resolve(row) for row in node]
        if not isinstance(node, dict):
            return node
        return {
            key: self._context(value, self._folder, 0) if key == "@context" else self.resolve(value)
            for key, value in node.items()
        }

    def _context(self, value: Any, folder: Path | None, depth: int) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            found = (self._context(row, folder, depth) for row in value)
            return [row for item in found for row in (item if isinstance(item, list) else [item])]
        if isinstance(value, dict):
            return self.resolve_scoped(value, folder, depth)
        if not isinstance(value, str):
            return value
        path = self._contexts.get(value)
        if path is None and folder is not None and (folder / value).is_file():
            path = folder / value
        if path is None or depth >= _DEEPEST:
            self._missing.append(value)
            return {}
        self.used = True
        return self._context(_context_in(path), path.parent, depth + 1)

    def resolve_scoped(self, value: dict[str, Any], folder: Path | None, depth: int) -> Any:  # noqa: ANN401
        """Return the context *value* with the contexts of its terms put in place."""
        return {
            key: {**row, "@context": self._context(row["@context"], folder, depth)}
            if isinstance(row, dict) and "@context" in row
            else row
            for key, row in value.items()
        }


def _context_in(path: Path) -> Any:  # noqa: ANN401  # JSON
    try:
        tree = json.loads(read_decompressed(path))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{path}: is not JSON, so it is not a JSON-LD context: {error}"
        ) from error
    if not isinstance(tree, dict) or "@context" not in tree:
        raise SourceError(f'{path}: has no "@context", so it is not a JSON-LD context')
    return tree["@context"]


class JsonLines:
    """The lines on which ``@id`` names each subject first; the parser reports none."""

    def __init__(self, content: bytes, prefixes: Mapping[str, str]) -> None:
        starts = [match.end() for match in re.finditer(rb"\n", content)]
        self._lines: dict[str, int] = {}
        for match in _IDENTIFIER.finditer(content):
            try:
                text = str(json.loads(b'"' + match[1] + b'"'))
            except ValueError:
                continue
            prefix, colon, rest = text.partition(":")
            line = bisect_right(starts, match.start()) + 1
            self._lines.setdefault(text, line)
            if colon and prefix in prefixes:
                self._lines.setdefault(prefixes[prefix] + rest, line)

    def line_of(self, subject: NamedNode | BlankNode | Triple) -> int:
        """Return the line of *subject*; 1 where the document does not name it so."""
        return self._lines.get(subject.value, 1) if isinstance(subject, NamedNode) else 1
