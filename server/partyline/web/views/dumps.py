"""The files that people download: listed with size and checksum, sent with ranges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, request
from pyoxigraph import NamedNode

from partyline.errors import UnknownResource
from partyline.publishing import Publication
from partyline.releases import COMPRESSED_TYPES, SOURCE, DumpFile, Manifest, TableFile
from partyline.web.documents import Representation, respond
from partyline.web.files import send_file
from partyline.web.hot_reload import Problems
from partyline.web.kept.codings import preferred
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.public_address import here
from partyline.web.views.dump_integrity import IntegrityGuard

_CSV = "text/csv"
_OFFERS = (Offer("application/json", "json", "/dumps/"), Offer(HTML, "html", "/dumps/"))


def blueprint(publication: Publication, problems: Problems) -> Blueprint:
    """Build the views of the dumps; a damaged one becomes one of *problems*."""
    views = Blueprint("dumps", __name__)
    manifest = publication.release.manifest
    folder = publication.release.dumps.resolve()
    files = {row.name: row for row in _sendable(manifest)}
    guard = IntegrityGuard(folder, manifest.checksums, problems)
    omitted = {row.name: row for row in manifest.omitted}

    @views.get("/dumps/")
    def listing() -> Response:
        """List the files, as a page or as JSON."""
        offer = negotiate(request.headers.get("Accept"), _OFFERS)
        write = partial(_page if offer.format == "html" else _json, publication)
        chosen = Representation(offer.media_type, offer.format, write)
        return respond(chosen, location="/dumps/")

    @views.get("/dumps/SHA256SUMS")
    def checksums() -> Response:
        """Send the checksums as ``sha256sum --check`` reads them, beside the files."""
        lines = [f"{digest}  {name}\n" for name, digest in manifest.checksums.items()]
        chosen = Representation("text/plain", "sha256", lambda: "".join(lines))
        return respond(chosen)

    @views.get("/dumps/<path:name>")
    def dump(name: str) -> Response:
        """Send one file, in a content coding that the client accepts."""
        if name in omitted:
            raise UnknownResource(f"The dump {name} is left out. {omitted[name].reason}")
        if name not in files:
            raise UnknownResource(f"The dump {name} does not exist; /dumps/ lists the dumps.")
        found = files[name]
        accepted = request.headers.get("Accept-Encoding", "")
        coding = preferred(accepted, tuple(found.codings))
        chosen = found.codings.get(coding, name)
        guard.check(chosen)
        return _sent(folder, found, chosen, manifest.checksums[chosen], coding)

    return views


@dataclass(frozen=True, slots=True)
class _Sendable:
    """A file that has an address."""

    media_type: str
    #: The names of its compressed copies, by content coding, the best first.
    codings: Mapping[str, str]
    name: str


def _sendable(manifest: Manifest) -> Iterator[_Sendable]:
    for row in manifest.files:
        yield _Sendable(
            row.media_type, {copy.coding: copy.name for copy in row.compressed}, row.name
        )
        for copy in row.compressed:
            yield _Sendable(COMPRESSED_TYPES[copy.coding], {}, copy.name)
    for table in manifest.tables:
        yield _Sendable(table.media_type, {}, table.name)


def _sent(folder: Path, row: _Sendable, name: str, digest: str, coding: str) -> Response:
    """Send the file *name*, which has the content of *row* in the content coding *coding*."""
    response = send_file(folder, name, row.media_type, digest)
    if row.media_type.startswith("text/"):
        response.headers["Content-Type"] = f"{row.media_type}; charset=utf-8"
    if coding:
        response.headers["Content-Encoding"] = coding
    if row.codings:
        response.vary.add("Accept-Encoding")
    return response


def _page(publication: Publication) -> str:
    manifest = publication.release.manifest
    return render_template(
        "dumps.html",
        files=manifest.files,
        omitted=manifest.omitted,
        tables=[
            (row, publication.presenter.link(NamedNode(row.class_iri)))
            for row in manifest.tables
            if row.media_type == _CSV
        ],
        other_tables={row.name: row for row in manifest.tables},
        has_sources=any(name.startswith(SOURCE) for name in manifest.views),
    )


def _json(publication: Publication) -> bytes:
    manifest = publication.release.manifest
    return jsonify(
        {
            "release": manifest.identifier,
            "created": manifest.created,
            "licence": publication.knowledge.licence or None,
            "canonical_sha256": manifest.canonical_sha256 or None,
            "files": [_described(row) for row in manifest.files],
            "tables": [_table(row) for row in manifest.tables],
            "omitted": [
                {"name": row.name, "media_type": row.media_type, "reason": row.reason}
                for row in manifest.omitted
            ],
        }
    ).get_data()


def _described(row: DumpFile) -> dict[str, object]:
    return {
        "name": row.name,
        "path": here(f"/dumps/{row.name}"),
        "media_type": row.media_type,
        "size": row.size,
        "triples": row.triples,
        "sha256": row.sha256,
        "compressed": [
            {
                "name": copy.name,
                "path": here(f"/dumps/{copy.name}"),
                "coding": copy.coding,
                "size": copy.size,
                "sha256": copy.sha256,
            }
            for copy in row.compressed
        ],
    }


def _table(row: TableFile) -> dict[str, object]:
    return {
        "name": row.name,
        "path": here(f"/dumps/{row.name}"),
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        **({"class": row.class_iri, "rows": row.rows} if row.class_iri else {}),
    }
