"""How an answer is delimited on its connection (RFC 9112, section 6)."""

from dataclasses import dataclass

from partyline.web.front.exchange import Headers
from partyline.web.front.request import Request

#: Fields that the server writes itself.
_OWN = {"date", "connection", "transfer-encoding", "keep-alive"}


@dataclass(slots=True)
class Framing:
    """The frame of one answer: its length, chunks, or the end of the connection."""

    #: Whether the connection stays open after it.
    keep: bool = False
    is_bodiless: bool = False
    is_chunked: bool = False
    #: The bytes of the body that are still to come; None where no length was given.
    promised: int | None = None

    @classmethod
    def of(cls, request: Request, status: str, headers: Headers, *, keep: bool) -> "Framing":
        """Return the frame of the answer to *request*; *keep* tells whether it may be kept open."""
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        is_bodiless = request.method == "HEAD" or status[:3] in ("204", "304")
        promised = int(lengths[0]) if lengths else None
        no_length = promised is None and not is_bodiless
        is_chunked = no_length and request.version == "1.1"
        # The end of the connection is the end of the answer where nothing else says it.
        return cls(keep and (is_chunked or not no_length), is_bodiless, is_chunked, promised)

    @property
    def is_short(self) -> bool:
        """Tell whether a part of the body that was promised is missing."""
        return not self.is_bodiless and bool(self.promised)

    def head(self, request: Request, status: str, headers: Headers) -> bytes:
        """Return the head of the answer, without the date and the empty line at its end."""
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in _OWN]
        lines += ["Transfer-Encoding: chunked"] if self.is_chunked else []
        head = "".join(f"{line}\r\n" for line in lines).encode("latin-1")
        return head + connection_field(request, keep=self.keep)

    def part(self, content: bytes) -> bytes:
        """Return what is sent for *content*, a part of the body."""
        if self.is_bodiless or not content:
            return b""
        if self.promised is not None:
            # More than is promised would be taken for the next answer.
            content = content[: self.promised]
            self.promised -= len(content)
        return b"%x\r\n%b\r\n" % (len(content), content) if self.is_chunked else content

    def end(self) -> bytes:
        """Return what is sent after the last part."""
        return b"0\r\n\r\n" if self.is_chunked else b""


def connection_field(request: Request, *, keep: bool) -> bytes:
    """Return the Connection field where the client does not expect what becomes of it."""
    if not keep:
        return b"Connection: close\r\n"
    return b"Connection: keep-alive\r\n" if request.version == "1.0" else b""
