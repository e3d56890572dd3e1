"""Addresses that operators and browsers request by convention."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import UnknownResource
from partyline.publishing import Publication
from partyline.sparql import QueryEngine
from partyline.web.hot_reload import Problems
from partyline.web.metrics import CONTENT_TYPE, Metrics
from partyline.web.public_address import redirect_here


def blueprint(
    publication: Publication, pool: QueryEngine, metrics: Metrics | None, problems: Problems
) -> Blueprint:
    """Build the views."""
    views = Blueprint("operations", __name__)

    @views.get("/health")
    def health() -> Response:
        """Say that the server works, what it serves, how busy the engine is and what is wrong.

        ``status`` is ``degraded`` where requests are answered, and an operator has to act.
        """
        manifest = publication.release.manifest
        response = jsonify(
            status="degraded" if list(problems) else "ok",
            problems=list(problems),
            release=manifest.identifier,
            created=manifest.created,
            triples=dict(manifest.counts),
            contradictions=len(publication.contradictions.rows),
            engine=dict(pool.status()),
        )
        response.cache_control.no_store = True
        return response

    @views.get("/health/live")
    def live() -> Response:
        """Say that the process answers: the liveness probe."""
        return _state("live", HTTPStatus.OK)

    @views.get("/health/ready")
    def ready() -> Response:
        """Say whether queries can be answered: the readiness probe."""
        if pool.status()["workers"]:
            return _state("ready", HTTPStatus.OK)
        return _state("no query worker is running", HTTPStatus.SERVICE_UNAVAILABLE)

    @views.get("/metrics")
    def numbers() -> Response:
        """Send the numbers that Prometheus collects."""
        if metrics is None:
            raise UnknownResource("This server has no metrics.")
        response = Response(metrics.text(), content_type=CONTENT_TYPE)
        response.cache_control.no_store = True
        return response

    @views.get("/favicon.ico")
    def favicon() -> BaseResponse:
        """Redirect to the icon."""
        return redirect_here("/static/icon.svg", code=301)

    return views


def _state(status: str, code: HTTPStatus) -> Response:
    response = jsonify(status=status)
    response.status_code = code
    response.cache_control.no_store = True
    return response
