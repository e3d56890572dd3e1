"""A site whose releases can be copied, and whose answers go wrong as a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from partyline.releases.checksums import digest_of_checksums, read_checksums


@dataclass
class Answer:
    """What the site is about to answer; a fault changes it."""

    status: int
    headers: dict[str, str]
    body: bytes
    #: Bytes after which the connection ends; None: all.
    cut: int | None = None


@dataclass
class FaultySite:
    """Answers for the releases in a folder, from which nothing but their files is read."""

    folder: Path
    release: str
    address: str = ""
    fault: Callable[[str, Answer], object] = lambda path, answer: None
    #: The path and the range of each request.
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, path: str, wanted: str) -> Answer:
        """Return the answer for *path* and the range *wanted*."""
        self.asked.append((path, wanted))
        found = self._answer(path, wanted)
        self.fault(path, found)
        return found

    def _answer(self, path: str, wanted: str) -> Answer:
        if path == "/releases/":
            row = {
                "identifier": self.release,
                "published": "2026-01-01T00:00:00.000Z",
                "is_kept": True,
                "digest": digest_of_checksums(self.folder / self.release),
            }
            return Answer(200, {"ETag": '"1"'}, json.dumps({"releases": [row]}).encode())
        name = path.removeprefix(f"/releases/files/{self.release}/")
        body = (self.folder / self.release / name).read_bytes()
        tags = read_checksums(self.folder / self.release)
        headers = {"ETag": f'"{tags.get(name, "")}"'}
        if not wanted:
            return Answer(200, headers, body)
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            return Answer(416, {"Content-Range": f"bytes */{len(body)}"}, b"")
        headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return Answer(206, headers, body[start:])


@contextmanager
def faulty_site(folder: Path, release: str) -> Iterator[FaultySite]:
    """Serve the release in *folder* until the block is left."""
    site = FaultySite(folder, release)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = site.answer(self.path, self.headers.get("Range", ""))
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body[: found.cut])
            self.close_connection = found.cut is not None

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
