"""The body of an answer of a WSGI application, for middleware that needs the whole of it."""

from collections.abc import Iterable


def read_body(body: Iterable[bytes]) -> bytes:
    """Return the whole *body*, and close it as PEP 3333 requires."""
    try:
        return b"".join(body)
    finally:
        if close := getattr(body, "close", None):
            close()


def no_writer(content: bytes) -> None:
    """Take what an application writes to a request that is not answered with it."""
