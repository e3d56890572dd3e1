"""The files of the releases that are kept, for those who serve a copy of the site."""

from functools import lru_cache

from flask import Blueprint, Response

from partyline.errors import UnknownResource
from partyline.releases import PublicationLog
from partyline.releases.checksums import CHECKSUMS, digest_of_checksums, read_checksums
from partyline.web.files import send_file
from partyline.web.views.releases import check_kept

_ANYTHING = "application/octet-stream"
#: Releases whose lists of checksums stay in memory.
_LISTS = 4


def blueprint(log: PublicationLog, *, is_public: bool) -> Blueprint:
    """Build the view; the files have addresses where they are *public*."""
    views = Blueprint("release_files", __name__)
    folder = log.folder.resolve()

    @lru_cache(_LISTS)
    def checksums(release: str, digest: str) -> dict[str, str]:
        """Return the files of *release*, whose list has this *digest*; it may be built again."""
        return {CHECKSUMS: digest, **read_checksums(folder / release)}

    @views.get("/releases/files/<release>/<path:name>")
    def file(release: str, name: str) -> Response:
        """Send one file of a release, or a range of it.

        Nothing is compared first: whoever copies a release compares every file.
        """
        if not is_public:
            raise UnknownResource(
                "This site does not offer the files of its releases: they have addresses where the"
                " setting releases.files is true. /dumps/ lists what can be downloaded."
            )
        check_kept(log, release)
        listed = checksums(release, digest_of_checksums(folder / release))
        if name not in listed:
            raise UnknownResource(
                f"The release {release} has no file {name}; {CHECKSUMS} beside it lists its files."
            )
        response = send_file(folder / release, name, _ANYTHING, listed[name])
        if name == CHECKSUMS:
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
            response.headers["Cache-Control"] = "no-cache"
        return response

    return views
