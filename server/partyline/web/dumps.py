"""The files that people download: listed with size and checksum, sent with ranges."""

from flask import Blueprint, Response, jsonify, render_template, request, send_from_directory

from partyline.errors import UnknownResource
from partyline.publishing import Publication
from partyline.releases import DumpFile
from partyline.web.documents import Representation, respond
from partyline.web.negotiation import HTML, Offer, negotiate

_OFFERS = (Offer("application/json", "json", "/dumps/"), Offer(HTML, "html", "/dumps/"))


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of the dumps."""
    views = Blueprint("dumps", __name__)
    manifest = publication.release.manifest
    files = {row.name: row for row in manifest.files}
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
        return respond(chosen, publication.version, location="/dumps/")

    @views.get("/dumps/SHA256SUMS")
    def checksums() -> Response:
        """Send the checksums as ``sha256sum --check`` reads them, beside the files."""
        lines = [f"{row.sha256}  {row.name}\n" for row in manifest.files]
        chosen = Representation("text/plain", "sha256", lambda: "".join(lines))
        return respond(chosen, publication.version)

    @views.get("/dumps/<name>")
    def dump(name: str) -> Response:
        """Send one file."""
        if name in omitted:
            raise UnknownResource(f"The dump {name} is left out. {omitted[name].reason}")
        if name not in files:
            raise UnknownResource(f"There is no dump {name}; /dumps/ lists what there is.")
        return _sent(publication, files[name])

    return views


def _sent(publication: Publication, row: DumpFile) -> Response:
    directory = publication.release.dumps.resolve()
    response = send_from_directory(
        directory, row.name, mimetype=row.media_type, etag=row.sha256, max_age=300
    )
    if row.media_type.startswith("text/"):
        response.headers["Content-Type"] = f"{row.media_type}; charset=utf-8"
    return response


def _as_json(publication: Publication) -> dict[str, object]:
    manifest = publication.release.manifest
    return {
        "release": manifest.identifier,
        "created": manifest.created,
        "licence": publication.knowledge.licence,
        "files": [
            {
                "name": row.name,
                "path": f"/dumps/{row.name}",
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
