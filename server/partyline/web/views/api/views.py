"""The JSON interface: kinds, objects, answers to questions, and their description in OpenAPI."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property

from flask import Blueprint, Response, render_template, request

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import (
    DEFAULT_LIMIT,
    LONGEST_NAME,
    MOST_ROWS,
    Kinds,
    Lifetimes,
    Period,
    Question,
    Questions,
    cell_json,
    item_json,
    object_json,
    openapi,
    read_values,
    reference_json,
    table,
)
from partyline.sparql import RESULT_FORMATS, is_repeatable, query_form
from partyline.web.documents import Representation, respond
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.public_address import here
from partyline.web.query_execution import QueryExecutor
from partyline.web.views.api.cursors import read_cursor, write_cursor
from partyline.web.views.questions.answers import closing_chunks, execute

_JSON = "application/json"
_PAGING = ("limit", "cursor")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def blueprint(questions: Questions, executor: QueryExecutor, lifetimes: Lifetimes) -> Blueprint:
    """Build the views; *lifetimes* tells between which days a resource with a line existed."""
    views = Blueprint("api", __name__)
    interface = _Interface(questions, executor, lifetimes)

    @views.get("/openapi.json")
    def description() -> Response:
        """Describe the interface in OpenAPI 3.1; as for every extension, whatever is accepted."""
        return _written(interface.description, ())

    @views.get("/api/")
    def page() -> Response:
        """Show the kinds and the questions; a client of data receives the description."""
        offers = (Offer(_JSON, "json", "/openapi.json"), Offer(HTML, "html", "/api/"))
        if negotiate(request.headers.get("Accept"), offers).format == "json":
            return _send(interface.description, (), "/openapi.json")

        def write() -> str:
            return render_template("api.html", kinds=interface.kinds, questions=interface.answered)

        response = respond(Representation(HTML, "html", write))
        response.vary.add("Accept")
        return response

    @views.get("/api/questions/<name>")
    def answer(name: str) -> Response:
        """Answer a question, a page of rows at a time."""
        return interface.answer(name)

    @views.get("/api/<kind>")
    def members(kind: str) -> Response:
        """List the resources of a kind."""
        return interface.members(kind)

    @views.get("/api/<kind>/<path:slug>")
    def resource(kind: str, slug: str) -> Response:
        """Return what the release says of a resource."""
        return interface.resource(kind, slug)

    return views


class _Interface:
    """What the views answer with."""

    def __init__(self, questions: Questions, executor: QueryExecutor, lifetimes: Lifetimes) -> None:
        self._questions, self._executor = questions, executor
        self._publication = questions.publication
        self._release = self._publication.release.manifest.identifier
        self.kinds = Kinds(self._publication, lifetimes)

    @cached_property
    def answered(self) -> tuple[Question, ...]:
        """Return the questions whose answers are rows."""
        return tuple(row for row in self._questions.rows if query_form(row.text) == "SELECT")

    @property
    def description(self) -> Mapping[str, object]:
        """Return the description in OpenAPI."""
        return openapi(self.kinds, self._questions, here("/").rstrip("/") or "/")

    def members(self, key: str) -> Response:
        """List the resources of the kind *key*. Raises RequestError."""
        kind = self.kinds.find(key)
        names = ("name", "from", "to", *_PAGING)
        given = _arguments(names)
        if len(given.get("name", "")) > LONGEST_NAME:
            raise BadQuery(f"The parameter name is longer than {LONGEST_NAME} characters.")
        place, limit = self._place(given), _limit(given)
        found = self.kinds.members(kind, given.get("name", "").strip(), _period(given))
        link = self._publication.presenter.link(kind.node)
        shown = found[place : place + limit]
        content = {
            "release": self._release,
            "kind": reference_json(self._publication.presenter, link),
            "total": len(found),
            "items": [item_json(self.kinds, kind, row) for row in shown],
            "next": self._next(place + limit) if place + limit < len(found) else None,
        }
        return _send(content, names)

    def resource(self, key: str, slug: str) -> Response:
        """Return what is said of the member *slug* of the kind *key*. Raises RequestError."""
        kind = self.kinds.find(key)
        _arguments(())
        return _send(object_json(self.kinds, kind, self.kinds.member(kind, slug)), ())

    def answer(self, name: str) -> Response:
        """Answer the question *name*. Raises RequestError."""
        question = next((row for row in self.answered if row.name == name), None)
        if question is None:
            raise UnknownResource(f"Unknown question with rows: {name}; /questions/ lists all.")
        names = (*(row.name for row in question.parameters), *_PAGING)
        given = _arguments(names)
        place, limit = self._place(given), _limit(given)
        query = self._bound(question, given)
        presenter = self._publication.presenter
        with closing_chunks(execute(self._executor, query, RESULT_FORMATS[0])) as chunks:
            rows = table(presenter, chunks, limit, place)
        content = {
            "release": self._release,
            "question": question.title,
            "columns": list(rows.variables),
            "rows": [
                {
                    column: cell_json(presenter, cell)
                    for column, cell in zip(rows.variables, row, strict=True)
                }
                for row in rows.rows
            ],
            "next": None if rows.complete else self._next(place + limit),
        }
        response = _send(content, names if is_repeatable(query) else ())
        if not is_repeatable(query):
            response.cache_control.no_store = True
        return response

    def _bound(self, question: Question, given: Mapping[str, str]) -> str:
        """Return the query of *question* for *given* values.

        Raises BadQuery for a value of another type, and UnknownResource for a resource that is not
        there.
        """
        values = {name: text for name, text in given.items() if name not in _PAGING}
        for name, text in values.items():
            if text != text.strip() or not text:
                raise BadQuery(
                    f"The parameter {name} is empty, or has spaces around it: leave it out, or"
                    " write a value."
                )
        try:
            return question.bind(read_values(self._publication, question, values))
        except BadQuery as error:
            if not self._is_typed(question, values):
                raise
            raise UnknownResource(str(error)) from error

    def _is_typed(self, question: Question, values: Mapping[str, str]) -> bool:
        """Tell whether *values* have the types of their parameters, whatever they name."""
        try:
            question.read(values, self._publication.prefixes)
        except BadQuery:
            return False
        return True

    def _place(self, given: Mapping[str, str]) -> int:
        return read_cursor(self._release, given["cursor"]) if "cursor" in given else 0

    def _next(self, place: int) -> str:
        return write_cursor(self._release, place)


def _arguments(known: Collection[str]) -> Mapping[str, str]:
    """Return the parameters of the request. Raises BadQuery for others than *known*."""
    given = {}
    for name, texts in request.args.lists():
        if name not in known:
            names = ", ".join(known) or "none"
            raise BadQuery(f"Unknown parameter: {name}; the parameters are {names}.")
        if len(texts) > 1:
            raise BadQuery(f"The parameter {name} has {len(texts)} values; write one.")
        given[name] = texts[0]
    return given


def _limit(given: Mapping[str, str]) -> int:
    text = given.get("limit", str(DEFAULT_LIMIT))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ROWS))
    if not is_number or not 1 <= int(text) <= MOST_ROWS:
        raise BadQuery(
            f"The parameter limit is “{text[:20]}”: write a number from 1 to {MOST_ROWS}."
        )
    return int(text)


def _period(given: Mapping[str, str]) -> Period | None:
    for name in ("from", "to"):
        if name in given and not _is_day(given[name]):
            raise BadQuery(
                f"The parameter {name} is “{given[name][:20]}”: write a day, such as 1993-05-23."
            )
    begin, end = given.get("from", ""), given.get("to", "")
    return Period(begin, end) if begin or end else None


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _send(
    content: Mapping[str, object], parameters: Collection[str], location: str = ""
) -> Response:
    """Send *content* as JSON to a client that accepts it. Raises NotAcceptable."""
    negotiate(request.headers.get("Accept"), (Offer(_JSON, _JSON),))
    response = _written(content, parameters, location)
    response.vary.add("Accept")
    return response


def _written(
    content: Mapping[str, object], parameters: Collection[str], location: str = ""
) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    return respond(
        Representation(_JSON, "json", lambda: text), location=location, parameters=parameters
    )
