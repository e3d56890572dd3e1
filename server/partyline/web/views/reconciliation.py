"""The Reconciliation Service API 0.2, for OpenRefine and others: names in, resources out.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from threading import BoundedSemaphore
from time import monotonic
from typing import TypeVar

from flask import Blueprint, Response, render_template, request

from partyline.errors import BadQuery, EngineBusy, QueryTimeout, UnknownResource
from partyline.publishing import Publication
from partyline.publishing.reconciliation import (
    KINDS,
    Cards,
    Extension,
    Query,
    Reconciler,
    Suggestions,
    manifest,
    read_batch,
    read_extension,
)
from partyline.settings import Limits
from partyline.web.documents import Representation, respond
from partyline.web.headers import PREVIEW
from partyline.web.negotiation import HTML
from partyline.web.public_address import here

_T = TypeVar("_T")

_JSON, _SCRIPT = "application/json", "text/javascript"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII)
_LONGEST_CALLBACK = 100
#: Requests with work to do that are answered at the same time: others wait.
_AT_ONCE = 2
_LONGEST = 200
_PROPOSED = 100


def blueprint(publication: Publication, limits: Limits) -> Blueprint:
    """Build the views of the service."""
    views = Blueprint("reconciliation", __name__)
    reconciler = Reconciler(publication)
    extension = Extension(publication, reconciler.properties)
    suggestions = Suggestions(publication, reconciler)
    cards = Cards(publication, reconciler.entities)
    queue = Queue(limits)

    @views.route("/reconcile", methods=["GET", "POST"])
    def service() -> Response:
        """Send the manifest, or reconcile the batch ``queries``, or add values with ``extend``."""
        given = request.values
        if queries := given.get("queries"):
            return _send(queue.answer(read_batch(queries), reconciler.answer))
        if query := given.get("extend"):
            wanted = read_extension(query)
            return _send(queue.run(partial(extension.extend, wanted)))
        if request.method == "POST":
            raise BadQuery("Post a form with the field queries or extend, in JSON.")
        root = request.host_url.rstrip("/")
        return _send(
            manifest(publication, root + here("/reconcile"), root + here("/dataset")), keep=True
        )

    @views.get("/reconcile/suggest/<kind>")
    def suggest(kind: str) -> Response:
        """Suggest entities, types or properties for what has been typed, ``prefix``."""
        prefix, cursor = _prefix(), _number("cursor", 0)
        found = queue.run(lambda: suggestions.suggest(_known(kind), prefix, cursor))
        return _send({"result": found}, keep=True)

    @views.get("/reconcile/flyout/<kind>")
    def flyout(kind: str) -> Response:
        """Send a short text about one suggestion, ``id``."""
        _known(kind)
        card = cards.of(_identifier())
        html = render_template("_card.html", card=card, root=request.host_url.rstrip("/"))
        return _send({"id": request.args["id"], "html": html}, keep=True)

    @views.get("/reconcile/properties")
    def properties() -> Response:
        """Propose properties that members of the class ``type`` have."""
        kind = request.args.get("type", "").strip()
        if not kind:
            raise BadQuery("Missing: type. Write /reconcile/properties?type= and a class.")
        limit = _number("limit", _PROPOSED)
        found = queue.run(lambda: extension.propose(kind, limit))
        return _send({"properties": found, "type": kind, "limit": limit}, keep=True)

    @views.get(PREVIEW)
    def preview() -> Response:
        """Show one entity, ``id``, in a page that other sites may frame."""
        card = cards.of(_identifier())
        root = request.host_url.rstrip("/")
        write = partial(render_template, "preview_card.html", card=card, root=root)
        return respond(Representation(HTML, "html", write), parameters=("id",))

    return views


class Queue:
    """Lets few requests work at the same time, and none longer than a query may."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._places = BoundedSemaphore(_AT_ONCE)

    def run(self, work: Callable[[], _T]) -> _T:
        """Return what *work* returns, when there is a place for it. Raises EngineBusy."""
        if not self._places.acquire(timeout=self._limits.queue_seconds):
            raise EngineBusy("Too many requests to /reconcile; repeat this one in a second.")
        try:
            return work()
        finally:
            self._places.release()

    def answer(
        self, batch: Mapping[str, Query], answer: Callable[[Query], list[dict[str, object]]]
    ) -> dict[str, object]:
        """Return the result of each query of *batch*. Raises EngineBusy, QueryTimeout, BadQuery."""

        def work() -> dict[str, object]:
            found: dict[str, object] = {}
            end = monotonic() + self._limits.query_seconds
            for name, query in batch.items():
                if monotonic() > end:
                    raise QueryTimeout(
                        f"After {self._limits.query_seconds:g} seconds, {len(found)} of"
                        f" {len(batch)} queries were answered; send fewer in one request."
                    )
                found[name] = {"result": answer(query)}
            return found

        return self.run(work)


def _send(found: object, *, keep: bool = False) -> Response:
    """Send *found* as JSON, or as a script that calls the function ``callback`` (JSONP).

    What depends on nothing but the release may be stored by clients, if it is to be *kept*.
    """
    callback = request.values.get("callback", "")
    text = json.dumps(found, ensure_ascii=False)
    if callback:
        if len(callback) > _LONGEST_CALLBACK or not _CALLBACK.fullmatch(callback):
            raise BadQuery("The parameter callback is not the name of a function of JavaScript.")
        # Line separators of Unicode end a string of older scripts; the comment keeps the name
        # from being the beginning of a file in another format.
        text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        text = f"/**/{callback}({text});"
    media_type = _SCRIPT if callback else _JSON
    if keep:
        return respond(
            Representation(media_type, "js" if callback else "json", lambda: text + "\n")
        )
    return Response(text + "\n", mimetype=media_type)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise UnknownResource(f"What can be suggested is: {', '.join(KINDS)}.")
    return kind


def _prefix() -> str:
    prefix = request.args.get("prefix", "")
    if len(prefix) > _LONGEST:
        raise BadQuery(f"The parameter prefix is longer than {_LONGEST} characters.")
    return prefix


def _identifier() -> str:
    identifier = request.args.get("id", "").strip()
    if not identifier:
        raise BadQuery("Missing: id, the identifier of an entity, which is its IRI.")
    return identifier


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "").strip() or str(default)
    if not text.isdecimal() or len(text) > 6:
        raise BadQuery(f"The parameter {name} is not a number from 0 to 999999.")
    return int(text)
