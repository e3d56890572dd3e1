"""Files of a release as answers: with their checksum as entity tag, whole or a range."""

from base64 import b64encode
from pathlib import Path

from flask import Response, request, send_from_directory

#: Seconds for which a cache need not ask again.
_FRESH = 300


def send_file(folder: Path, name: str, media_type: str, digest: str) -> Response:
    """Send the file *name* below *folder*, whose SHA-256 is *digest*."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        # Another unit must be ignored (RFC 9110, section 14.2), and several parts may be.
        request.environ.pop("HTTP_RANGE", None)
    response = send_from_directory(folder, name, mimetype=media_type, etag=digest, max_age=_FRESH)
    # RFC 9530, section 3: of the whole file, also where a range of it is sent.
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
    return response
