"""What operators, robots and browsers ask for without being sent."""

from flask import Blueprint, Response, jsonify, redirect
from werkzeug.wrappers import Response as BaseResponse

from partyline.engines import QueryPool
from partyline.publishing import Publication


def blueprint(publication: Publication, pool: QueryPool) -> Blueprint:
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

    @views.get("/robots.txt")
    def robots() -> Response:
        """Ask robots to leave the query endpoint alone."""
        return Response("User-agent: *\nDisallow: /sparql\n", mimetype="text/plain")

    @views.get("/favicon.ico")
    def favicon() -> BaseResponse:
        """Lead to the icon."""
        return redirect("/static/icon.svg", code=301)

    return views
