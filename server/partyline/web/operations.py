"""What operators, robots and browsers ask for without being sent."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify, redirect
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import UnknownResource
from partyline.publishing import Publication
from partyline.sparql import QueryPool
from partyline.web.metrics import CONTENT_TYPE, Metrics


def blueprint(publication: Publication, pool: QueryPool, metrics: Metrics | None) -> Blueprint:
    """Build the views."""
    views = Blueprint("operations", __name__)

    @views.get("/health")
    def health() -> Response:
        """Say that the server works, what it serves and how busy the engine is."""
        manifest = publication.release.manifest
        response = jsonify(
            status="ok",
            release=manifest.identifier,
            created=manifest.created,
            triples=dict(manifest.counts),
            engine=dict(pool.status()),
        )
        response.cache_control.no_store = True
        return response

    @views.get("/health/live")
    def live() -> Response:
        """Say that the process answers; whoever restarts it asks this."""
        return _state("live", HTTPStatus.OK)

    @views.get("/health/ready")
    def ready() -> Response:
        """Say whether queries can be answered; whoever sends requests here asks this."""
        if pool.status()["workers"]:
            return _state("ready", HTTPStatus.OK)
        return _state("no query process lives", HTTPStatus.SERVICE_UNAVAILABLE)

    @views.get("/metrics")
    def numbers() -> Response:
        """Send the numbers that Prometheus collects."""
        if metrics is None:
            raise UnknownResource("This server counts nothing.")
        response = Response(metrics.text(), content_type=CONTENT_TYPE)
        response.cache_control.no_store = True
        return response

    @views.get("/robots.txt")
    def robots() -> Response:
        """Ask robots to leave the query endpoint alone."""
        return Response("User-agent: *\nDisallow: /sparql\n", mimetype="text/plain")

    @views.get("/favicon.ico")
    def favicon() -> BaseResponse:
        """Lead to the icon."""
        return redirect("/static/icon.svg", code=301)

    return views


def _state(status: str, code: HTTPStatus) -> Response:
    response = jsonify(status=status)
    response.status_code = code
    response.cache_control.no_store = True
    return response
