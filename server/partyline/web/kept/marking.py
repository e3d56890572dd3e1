"""How the application says that an answer may be kept."""

from collections.abc import Collection
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

from flask import request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_Response = TypeVar("_Response")

#: Key of the environment of a request: whether its answer may be kept.
_KEEP = "partyline.keep"
#: Key under which stands that it may not, whatever else is said of it.
_NEVER = "partyline.keep.never"


def may_be_kept(response: _Response, parameters: Collection[str] = ()) -> _Response:
    """Mark the answer to the current request as the same for every client that sends it.

    It depends on nothing but the release, the address and the header fields that its Vary names.
    An address with a parameter that is not one of *parameters* is not marked: a client could
    invent any number of those.

    Returns *response*.
    """
    given = {name for name, _ in parse_qsl(request.query_string.decode("latin-1"), True)}
    request.environ[_KEEP] = given <= set(parameters)
    return response


def mark(environ: "WSGIEnvironment") -> None:
    """Say of the answer to the request of *environ* what `may_be_kept` says of the current one."""
    environ[_KEEP] = True


def is_marked(environ: "WSGIEnvironment") -> bool:
    """Tell whether the application has said that its answer may be kept."""
    return bool(environ.get(_KEEP)) and _NEVER not in environ


def must_not_be_kept(environ: "WSGIEnvironment") -> None:
    """Overrule what `may_be_kept` says of the answer to the request of *environ*."""
    environ[_NEVER] = True
