"""An address of this program with a trailing slash redirects to the one without it."""

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from partyline.web.public_address import redirect_here

#: The views that answer for IRIs, which may end in a slash.
_RESOURCES = "resources."


def without_trailing_slash() -> Response | None:
    """Redirect ``/dataset/`` to ``/dataset``, and leave what is right, or an IRI, as it is.

    Flask itself adds a slash where one is missing.
    """
    path, rule = request.path, request.url_rule
    shorter = path.rstrip("/")
    # A Location with two slashes at its beginning would lead to another server.
    if shorter in ("", path) or shorter.startswith("//") or (rule and rule.rule.endswith("/")):
        return None
    endpoint = rule.endpoint if rule else ""
    if not endpoint or endpoint.startswith(_RESOURCES):
        endpoint = _endpoint(shorter)
    if not endpoint or endpoint.startswith(_RESOURCES):
        return None
    query = request.query_string.decode("latin-1")
    return redirect_here(f"{shorter}?{query}" if query else shorter, code=308)


def _endpoint(path: str) -> str:
    """Return the name of the view of *path*, or the empty string."""
    try:
        found = current_app.url_map.bind("").match(path)
    except HTTPException:
        return ""
    return str(found[0])
