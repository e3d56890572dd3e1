"""The static files of the pages, at addresses that name their content."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response, request

from partyline.errors import UnknownResource
from partyline.web.kept.marking import may_be_kept

#: Seconds for which a browser need not ask again: a year where the address names the content, which
#: can then not change; otherwise as for pages.
_YEAR, _FRESH = 31_536_000, 300
_DIGITS = 16
#: A file beside a style sheet, as that names it.
_NAMED = re.compile(rb'url\("([\w.-]+)"\)')


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    digest: str
    media_type: str


class StaticFiles:
    """The files of one folder, read once, and further ones."""

    def __init__(self, folder: Path, more: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """Read the files; *more* have their content by name. Raises OSError."""
        self._files = {path.name: _file(path, path.read_bytes()) for path in folder.iterdir()}
        self._files |= {name: _file(Path(name), content) for name, content in more.items()}
        for name in [row for row in self._files if row.endswith(".css")]:
            self._files[name] = _file(Path(name), self._with_addresses(self._files[name].content))

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def _with_addresses(self, style: bytes) -> bytes:
        """Return *style* with the addresses of the files of the folder that it names."""

        def address(match: re.Match[bytes]) -> bytes:
            name = match[1].decode()
            found = self.address(name).rpartition("/")[2] if name in self._files else name
            return b'url("%b")' % found.encode()

        return _NAMED.sub(address, style)

    def address(self, name: str) -> str:
        """Return the path of the file *name*, which changes with its content."""
        stem, dot, ending = name.rpartition(".")
        return f"/static/{stem}.{self._files[name].digest}{dot}{ending}"

    def register(self, app: Flask) -> None:
        """Have *app* serve the files."""
        app.add_url_rule("/static/<name>", "static", self._respond)

    def _respond(self, name: str) -> Response:
        """Send a file by the address that names its content, or by its name.

        A page that was made by another version of the program names another content: it receives
        the present one, for as short a time as by the name.
        """
        parts = name.split(".")
        plain = ".".join((*parts[:-2], parts[-1])) if len(parts) > 2 else name
        file = self._files.get(name) or self._files.get(plain)
        if file is None:
            raise UnknownResource(f"There is no static file {name}.")
        response = Response(file.content, content_type=file.media_type)
        response.set_etag(file.digest)
        response.cache_control.public = True
        is_exact = plain in self._files and name == self.address(plain).rpartition("/")[2]
        response.cache_control.max_age = _YEAR if is_exact else _FRESH
        if is_exact:
            response.cache_control.immutable = True
        response.make_conditional(request)
        return may_be_kept(response)


def _file(path: Path, content: bytes) -> _File:
    media_type = guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return _File(content, hashlib.sha256(content).hexdigest()[:_DIGITS], media_type)
