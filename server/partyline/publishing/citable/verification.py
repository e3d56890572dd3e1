"""Compare an answer in a file with the answer that its release gives now."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from partyline.errors import EngineError, PublisherError, SourceError
from partyline.publishing.citable.document import DIGEST, Document, content_of, digest
from partyline.sparql.canonical_results import VERSION, CanonicalResult, canonical_result

#: Rows that a difference names.
_NAMED = 3
_LONGEST = 200
#: Members that do not depend on when, and under which settings, the answer was written.
_COMPARED = (
    ("release", "identifier"),
    ("release", "sha256"),
    ("release", "created"),
    ("result", "form"),
    ("result", "ordered"),
    ("result", "rows"),
    ("result", "sha256"),
)


def read_answer(path: Path) -> dict[str, Any]:
    """Read an answer that was saved. Raises SourceError where the file is not one."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SourceError(f"{path}: is not JSON: {error}") from error
    return checked(document, str(path))


def checked(document: object, place: str) -> dict[str, Any]:
    """Return *document* if it has the members of an answer. Raises SourceError."""
    if not isinstance(document, dict) or document.get("type") != "Answer":
        raise SourceError(f"{place}: is not an answer; save /answer.json")
    try:
        texts = [document["query"], document["release"]["identifier"], document[DIGEST]]
        texts += [document["result"]["sha256"], document["release"]["sha256"]]
        content_of(document)
        version = document["result"]["canonical_form"]
    except (KeyError, TypeError) as error:
        raise SourceError(f"{place}: is an answer without the member {error}") from error
    if not all(isinstance(text, str) for text in texts):
        raise SourceError(f"{place}: a hash, the query or the release is not a text")
    if version != VERSION:
        raise SourceError(
            f"{place}: has the canonical form {version}, and this program writes {VERSION}"
        )
    return document


def differences(document: Document, again: Document) -> tuple[str, ...]:
    """Return what differs between an answer and the same answer, computed again."""
    return (*changes(document), *_disagreements(document, again))


def changes(document: Document) -> Iterator[str]:
    """Yield what was changed in *document* since it was written, as its own hashes tell."""
    if digest(document) != document[DIGEST]:
        yield "The file was changed: its content does not have the SHA-256 at its end."
    try:
        found = _result(document)
    except PublisherError as error:
        yield f"The file was changed: its answer cannot be read: {error}"
        return
    if found.sha256 != document["result"]["sha256"]:
        yield "The file was changed: its rows do not have the SHA-256 of the result."


def _result(document: Document) -> CanonicalResult:
    try:
        return canonical_result(document["query"], content_of(document))
    except (SyntaxError, ValueError) as error:
        raise EngineError(str(error)) from error


def _disagreements(document: Document, again: Document) -> Iterator[str]:
    for group, name in _COMPARED:
        here, there = document[group].get(name), again[group].get(name)
        if here != there:
            yield f"{group}.{name} is {_short(here)} in the file; the release says {_short(there)}."
    try:
        rows, others = _result(document).lines, _result(again).lines
    except PublisherError:
        return  # `changes` has said so
    yield from _rows("The release does not answer", _without(rows, others))
    yield from _rows("The file lacks", _without(others, rows))
    if rows != others and Counter(rows) == Counter(others):
        yield "The rows are the same in another order."


def _without(rows: Sequence[str], others: Sequence[str]) -> list[str]:
    return sorted((Counter(rows) - Counter(others)).elements())


def _rows(verb: str, rows: Sequence[str]) -> Iterator[str]:
    for row in rows[:_NAMED]:
        yield f"{verb}: {_short(row)}"
    if len(rows) > _NAMED:
        yield f"{verb} {len(rows) - _NAMED:,} more."


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
