"""The files that people download: listed with size and checksum, sent with ranges."""

from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, request, send_from_directory

from partyline.errors import DamagedDump, UnknownResource
from partyline.publishing import Publication
from partyline.releases import DumpFile, sha256
from partyline.web.documents import Representation, respond
from partyline.web.hot_reload import Problems
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.public_address import here

_OFFERS = (Offer("application/json", "json", "/dumps/"), Offer(HTML, "html", "/dumps/"))


def blueprint(publication: Publication, problems: Problems) -> Blueprint:
    """Build the views of the dumps; a damaged one becomes one of *problems*."""
    views = Blueprint("dumps", __name__)
    manifest = publication.release.manifest
    folder = publication.release.dumps.resolve()
    files = {row.name: row for row in manifest.files}
    guard = _IntegrityGuard(folder, manifest.files, problems)
    omitted = {row.name: row for row in manifest.omitted}

    @views.get("/dumps/")
    def listing() -> Response:
        """List the files, as a page or as JSON."""
        offer = negotiate(request.headers.get("Accept"), _OFFERS)

        def write() -> bytes | str:
            if offer.format == "html":
                return render_template("dumps.html", files=manifest.files, omitted=manifest.omitted)
            return jsonify(_as_json(publication)).get_data()

        chosen = Representation(offer.media_type, offer.format, write)
        return respond(chosen, location="/dumps/")

    @views.get("/dumps/SHA256SUMS")
    def checksums() -> Response:
        """Send the checksums as ``sha256sum --check`` reads them, beside the files."""
        lines = [f"{row.sha256}  {row.name}\n" for row in manifest.files]
        chosen = Representation("text/plain", "sha256", lambda: "".join(lines))
        return respond(chosen)

    @views.get("/dumps/<name>")
    def dump(name: str) -> Response:
        """Send one file."""
        if name in omitted:
            raise UnknownResource(f"The dump {name} is left out. {omitted[name].reason}")
        if name not in files:
            raise UnknownResource(f"The dump {name} does not exist; /dumps/ lists the dumps.")
        guard.check(files[name])
        return _sent(folder, files[name])

    return views


class _IntegrityGuard:
    """Detects when a dump is no longer the file that the release was sealed with.

    The digest is compared before the file is sent for the first time, and again whenever size,
    times or inode of the file differ from what they were.
    """

    def __init__(self, folder: Path, files: Iterable[DumpFile], problems: Problems) -> None:
        self._folder, self._problems = folder, problems
        #: The states of files that were compared and are whole.
        self._states: dict[str, tuple[int, ...] | None] = {}
        for row in files:
            problems.set(f"dump {row.name}", "")

    def check(self, row: DumpFile) -> None:
        """Raise DamagedDump where the file is not as the manifest describes it."""
        state = self._state(row)
        if state is not None and state == self._states.get(row.name):
            return
        path = self._folder / row.name
        try:
            is_whole = sha256(path) == row.sha256
        except OSError:
            is_whole = False
        if is_whole:
            self._states[row.name] = state
            self._problems.set(f"dump {row.name}", "")
            return
        self._problems.set(
            f"dump {row.name}",
            f"{path}: changed since the release was sealed; run 'partyline build'",
        )
        raise DamagedDump(
            f"The file {row.name} is damaged on the server and is not sent. The operator can see"
            " this at /health; try again later, or use another format."
        )

    def _state(self, row: DumpFile) -> tuple[int, ...] | None:
        try:
            found = (self._folder / row.name).stat()
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _sent(folder: Path, row: DumpFile) -> Response:
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        # Another unit must be ignored (RFC 9110, section 14.2), and several parts may be.
        request.environ.pop("HTTP_RANGE", None)
    response = send_from_directory(
        folder, row.name, mimetype=row.media_type, etag=row.sha256, max_age=300
    )
    if row.media_type.startswith("text/"):
        response.headers["Content-Type"] = f"{row.media_type}; charset=utf-8"
    return response


def _as_json(publication: Publication) -> dict[str, object]:
    manifest = publication.release.manifest
    return {
        "release": manifest.identifier,
        "created": manifest.created,
        "licence": publication.knowledge.licence or None,
        "files": [
            {
                "name": row.name,
                "path": here(f"/dumps/{row.name}"),
                "media_type": row.media_type,
                "size": row.size,
                "triples": row.triples,
                "sha256": row.sha256,
            }
            for row in manifest.files
        ],
        "omitted": [
            {"name": row.name, "media_type": row.media_type, "reason": row.reason}
            for row in manifest.omitted
        ],
    }
