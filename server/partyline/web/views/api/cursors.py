"""Cursors of pages: opaque, and good for one release."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from partyline.errors import StaleCursor, UnknownResource

_CURSOR = re.compile(r"(?P<release>[0-9a-f]{12}):(?P<place>[0-9]{1,12})")


def write_cursor(release: str, place: int) -> str:
    """Return the cursor of what follows *place* rows of an answer of *release*.

    >>> read_cursor("0123456789ab", write_cursor("0123456789ab", 100))
    100
    """
    return urlsafe_b64encode(f"{release}:{place}".encode()).decode().rstrip("=")


def read_cursor(release: str, text: str) -> int:
    """Return the place that the cursor *text* means.

    Raises UnknownResource for what is not a cursor, and StaleCursor for one of another release.
    """
    try:
        plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError:
        plain = ""
    found = _CURSOR.fullmatch(plain)
    if found is None:
        raise UnknownResource("The cursor is not valid: begin without one, and follow “next”.")
    if found["release"] != release:
        raise StaleCursor(
            f"The cursor is of the release {found['release']}; the current one is {release}. Begin"
            f" again without it, or go on below /releases/{found['release']}/."
        )
    return int(found["place"])
