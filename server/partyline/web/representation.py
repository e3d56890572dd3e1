"""A document in one of its formats: the bytes, and the headers that let caches keep them."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

#: Seconds for which a cache need not ask again: a release is replaced when it is rebuilt.
_FRESH = 300


@dataclass(frozen=True, slots=True)
class Representation:
    """One format of a document: its media type, its ending, and how to make the bytes."""

    media_type: str
    extension: str
    write: Callable[[], bytes | str]


def respond(chosen: Representation, version: str, *, location: str = "") -> Response:
    """Send *chosen*, or 304 where the client has it.

    *location* is the address of this format where the request was for a document in any format.
    """
    response = Response(mimetype=chosen.media_type)
    if chosen.media_type.startswith("text/"):
        response.headers["Content-Type"] = f"{chosen.media_type}; charset=utf-8"
    tag = f"{version}-{chosen.extension}"
    response.set_etag(tag)
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH
    if location:
        response.headers["Content-Location"] = location
        response.vary.add("Accept")
    if not request.if_none_match.contains_weak(tag):
        response.set_data(chosen.write())
    response.make_conditional(request)
    return response
