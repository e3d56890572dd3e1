"""One kept answer in each content coding, and the reply to any request for it.

RFC 9110: conditional requests (section 13), ranges (section 14), HEAD (section 9.3.2).
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus

from partyline.web.kept.codings import Coding, is_compressible

Header = tuple[str, str]
#: Returns the value of a header field of a request by its name in lower case.
Fields = Callable[[str], str | None]

#: What describes a body, and has no place where there is none.
_OF_BODY = {"content-type", "content-length", "content-encoding", "accept-ranges"}
#: What is written anew for each reply, or for each coding.
_WRITTEN = {"content-length", "date", "connection", "accept-ranges"}
_TAG = re.compile(r'(?P<weak>W/)?(?P<tag>"[^"]*")')
_RANGE = re.compile(
    r"\s*bytes\s*=\s*(?P<first>\d{0,18})\s*-\s*(?P<last>\d{0,18})\s*", re.IGNORECASE
)


class Reply:
    """What is sent for one request: status, header fields, bytes."""

    __slots__ = ("body", "head", "headers", "log", "number", "status")

    def __init__(self, status: int, headers: Iterable[Header], body: bytes = b"") -> None:
        self.status, self.headers, self.body = status, tuple(headers), body
        lines = [f"HTTP/1.1 {self.line}", *(f"{name}: {value}" for name, value in self.headers)]
        #: Status line and header fields as they are on the wire, without Date and Connection.
        self.head = "".join(f"{line}\r\n" for line in lines).encode("latin-1")
        #: How often it was sent since that was last added up, and what a line of the log says of
        #: it: both of the recorder.
        self.number, self.log = 0, ""

    @property
    def line(self) -> str:
        """Return the status as WSGI has it."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


class Representation:
    """An answer in one content coding."""

    __slots__ = ("_fields", "get", "head", "size", "tag", "unchanged", "unchanged_head")

    def __init__(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        self._fields = [row for row in headers if row[0].lower() not in _WRITTEN]
        self.tag = _value(self._fields, "etag")
        length = [("Content-Length", str(len(body)))]
        ranges = [("Accept-Ranges", "bytes")] if self.tag else []
        self.get = Reply(status, [*self._fields, *ranges, *length], body)
        self.head = Reply(status, self.get.headers)
        self.unchanged = Reply(304, self._without_body())
        # Another object: the log tells the methods apart.
        self.unchanged_head = Reply(304, self.unchanged.headers)
        #: Bytes that it takes in memory, about.
        self.size = len(body) + 4 * len(self.get.head) + 1000

    def reply(self, method: str, field: Fields) -> Reply:
        """Return the reply to a request of *method*, GET or HEAD, with the fields *field*."""
        if self.tag:
            if (condition := field("if-match")) and not self._is_in(condition, weak=False):
                return Reply(412, [*self._without_body(), ("Content-Length", "0")])
            if (condition := field("if-none-match")) and self._is_in(condition, weak=True):
                return self.unchanged_head if method == "HEAD" else self.unchanged
            if method == "GET" and (wanted := field("range")):
                return self._part(wanted, field("if-range"))
        return self.head if method == "HEAD" else self.get

    def _is_in(self, condition: str, *, weak: bool) -> bool:
        """Tell whether *condition* names the tag, compared weakly or strongly (section 8.8.3.2)."""
        if condition == self.tag:
            return True
        if condition.strip() == "*":
            return True
        found = _TAG.finditer(condition)
        return any(row["tag"] == self.tag and (weak or not row["weak"]) for row in found)

    def _part(self, wanted: str, condition: str | None) -> Reply:
        """Return one range; several, and what is not valid, are answered with the whole."""
        size = len(self.get.body)
        part = _range(wanted, size)
        if part is None or (condition and condition.strip() != self.tag):
            return self.get
        if not part:
            described = [("Content-Range", f"bytes */{size}"), ("Content-Length", "0")]
            return Reply(416, [*self._without_body(), *described])
        described = [
            ("Accept-Ranges", "bytes"),
            ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size}"),
            ("Content-Length", str(len(part))),
        ]
        body = self.get.body[part.start : part.stop]
        return Reply(206, [*self._fields, *described], body)

    def _without_body(self) -> list[Header]:
        return [row for row in self._fields if row[0].lower() not in _OF_BODY]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the log and the metrics report of an answer."""

    #: Rule of the application that made it, and the identifier of its release.
    route: str
    release: str | None
    path: str
    #: Hash of the query that it answers, and the number of its rows.
    query: str | None = None
    rows: int | None = None

    @property
    def details(self) -> str:
        """Return what a line of the access log says at its end, without its braces."""
        details = {"release": self.release, "query": self.query, "rows": self.rows}
        said = {name: value for name, value in details.items() if value is not None}
        return json.dumps({"outcome": "complete", **said})[1:-1]


class KeptAnswer:
    """An answer of the application, as it is and in the content codings that were asked for."""

    __slots__ = (
        "_body",
        "_fields",
        "_status",
        "by_coding",
        "is_compressible",
        "log",
        "origin",
        "used",
    )

    def __init__(self, status: int, headers: list[Header], body: bytes, origin: Origin) -> None:
        media_type = _value(headers, "content-type")
        self.is_compressible = (
            status == HTTPStatus.OK
            and is_compressible(media_type, len(body))
            and not _value(headers, "content-encoding")
        )
        self._status, self._body = status, body
        self._fields = _varying(headers, "Accept-Encoding") if self.is_compressible else headers
        self.origin = origin
        #: Whether it was sent since the store last looked.
        self.used = False
        #: What its lines in the access log say of the path, and after the numbers.
        self.log = json.dumps(origin.path[:300]), origin.details
        self.by_coding = {"": Representation(status, self._fields, body)}

    def find(self, coding: str) -> Representation | None:
        """Return the answer in *coding*, empty for none; None if it has still to be made."""
        return self.by_coding.get(coding if self.is_compressible else "")

    def encoded(self, coding: Coding) -> Representation:
        """Make the answer in *coding*; where that saves nothing, it is the answer as it is."""
        plain = self.by_coding[""]
        content = coding.encode(self._body)
        if len(content) >= len(self._body):
            return plain
        fields = [row for row in self._fields if row[0].lower() != "etag"]
        fields.append(("Content-Encoding", coding.name))
        if plain.tag:
            fields.append(("ETag", f'{plain.tag[:-1]}-{coding.mark}"'))
        return Representation(self._status, fields, content)


def _range(wanted: str, size: int) -> range | None:
    """Return the bytes that *wanted* (Range) names of *size*; empty where it lies behind them.

    None where it is to be ignored: it is not valid, or names several ranges (section 14.2).

    >>> _range("bytes=2-3", 10), _range("bytes=-3", 10), _range("bytes=7-", 10)
    (range(2, 4), range(7, 10), range(7, 10))
    >>> _range("bytes=10-", 10), _range("bytes=3-2", 10), _range("lines=1-2", 10)
    (range(10, 10), None, None)
    """
    found = _RANGE.fullmatch(wanted)
    if not found or found["first"] + found["last"] == "":
        return None
    if not found["first"]:
        return range(size - min(size, int(found["last"])), size)
    first = int(found["first"])
    if found["last"] and int(found["last"]) < first:
        return None
    end = int(found["last"]) + 1 if found["last"] else size
    return range(min(first, size), min(end, size))


def _value(headers: Iterable[Header], name: str) -> str:
    return next((value for found, value in headers if found.lower() == name), "")


def _varying(headers: list[Header], name: str) -> list[Header]:
    """Return *headers* with *name* in their Vary."""
    varies = [value for found, value in headers if found.lower() == "vary"]
    if any(name in value.split(", ") for value in varies):
        return headers
    others = [row for row in headers if row[0].lower() != "vary"]
    return [*others, ("Vary", ", ".join([*varies, name]))]
