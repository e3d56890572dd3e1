"""The succession of releases: their list, each of them, and what changed between two."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import partial

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import RemovedRelease, UnknownResource
from partyline.history import PATCH_MEDIA_TYPE, Changes, Comparisons, Succession, as_json, as_patch
from partyline.publishing import (
    Publication,
    States,
    comparison_page,
    release_view,
    release_views,
)
from partyline.publishing.pages.releases_page import ReleaseView
from partyline.rdf.curies import PrefixMap
from partyline.releases import PublicationLog, PublishedRelease
from partyline.web.documents import Representation, respond
from partyline.web.earlier.archive import PROBLEM
from partyline.web.earlier.history import outer_root
from partyline.web.earlier.memento import LINK_FORMAT, http_date, target_of
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.public_address import here

_JSON = "application/json"
_NAME = re.compile(r"(?P<older>[0-9a-f]{12})?\.\.(?P<newer>[0-9a-f]{12})(?P<ending>\.\w+)?")
_ENDINGS = {".html": HTML, ".json": _JSON, ".rdfp": PATCH_MEDIA_TYPE}
_TIMEMAPS = {"link": LINK_FORMAT, "json": _JSON}


def blueprint(publication: Publication, succession: Succession) -> Blueprint:
    """Build the views; *succession* ends with the release that is served."""
    views = Blueprint("releases", __name__)
    log = succession.log
    compared, states = _Compared(publication, log, succession.comparisons), States(publication)

    @views.get("/releases/")
    def listing() -> Response:
        """List all releases that were published, as a page or as JSON."""
        rows = release_views(log)
        return _negotiated(
            "/releases/",
            lambda: render_template("releases.html", releases=rows),
            lambda: _dumped({"releases": [{**row.to_json(), **_paths(row)} for row in rows]}),
        )

    @views.get("/releases/<name>")
    def one(name: str) -> BaseResponse:
        """Describe one release, or what changed between two: ``{older}..{newer}``."""
        if found := _NAME.fullmatch(name):
            return compared.respond(found["older"] or "", found["newer"], found["ending"] or "")
        return _described(log, name)

    @views.get("/releases/<name>/")
    @views.get("/releases/<name>/<path:rest>")
    def of_release(name: str, rest: str = "") -> BaseResponse:
        """Say why what the release *name* answered for *rest* cannot be sent."""
        if problem := request.environ.get(PROBLEM):
            raise problem
        check_kept(log, name)
        raise UnknownResource(f"The release {name} is not served here, so there is no {rest}.")

    @views.get("/releases/timemap/<form>/")
    @views.get("/releases/timemap/<form>/<path:target>")
    def timemap(form: str, target: str = "") -> Response:
        """List the addresses of all states of a resource (RFC 7089, section 5)."""
        if form not in _TIMEMAPS:
            raise UnknownResource("A TimeMap begins with /releases/timemap/link or …/json.")
        wanted = target_of(request.environ).removeprefix(f"/releases/timemap/{form}")
        write = _as_links if form == "link" else _as_table
        rows = [row for row in log.kept if states.has(wanted, log.folder / row.release)]
        if not rows:
            raise UnknownResource(f"No release that is kept has anything at {wanted}.")
        response = Response(write(wanted, rows), content_type=_TIMEMAPS[form])
        response.cache_control.public, response.cache_control.max_age = True, 300
        return response

    return views


@dataclass(frozen=True)
class _Compared:
    """What changed between two releases, as a page, JSON and RDF Patch."""

    publication: Publication
    log: PublicationLog
    comparisons: Comparisons

    def respond(self, older: str, newer: str, ending: str) -> Response:
        """Send it in the format of *ending*, or the one that suits Accept."""
        for row in filter(None, (older, newer)):
            check_kept(self.log, row)
        path = f"/releases/{older}..{newer}"
        types = [Offer(value, value, path + key) for key, value in _ENDINGS.items()]
        chosen = _ENDINGS.get(ending) or negotiate(request.headers.get("Accept"), types).format
        changes = self.comparisons.changes(older, newer)
        if chosen == PATCH_MEDIA_TYPE:
            lines = as_patch(changes, self.publication.knowledge.base, newer, older)
            response = Response(_parts(lines), content_type=f"{PATCH_MEDIA_TYPE}; charset=utf-8")
            response.vary.add("Accept")
            return response
        write = partial(
            self._page if chosen == HTML else _table, changes=changes, older=older, newer=newer
        )
        location = "" if ending else path
        return respond(Representation(chosen, chosen.rpartition("/")[2], write), location=location)

    def _page(self, changes: Changes, older: str, newer: str) -> str:
        names = PrefixMap.of(self.publication.prefixes)
        shown = comparison_page(changes, older, newer, self.publication.presenter, names)
        path = f"/releases/{older}..{newer}"
        return render_template("comparison.html", page=shown, path=path)


def _table(changes: Changes, older: str, newer: str) -> str:
    return _dumped({"older": older or None, "newer": newer, **as_json(changes)})


def _described(log: PublicationLog, name: str) -> Response:
    """Describe the release *name*. Raises UnknownResource."""
    view = release_view(log, name)
    if view is None:
        raise UnknownResource(f"The release {name} does not exist; /releases/ lists releases.")
    return _negotiated(
        f"/releases/{name}",
        lambda: render_template("release.html", release=view),
        lambda: _dumped({**view.to_json(), **_paths(view), **_files(view)}),
    )


def blueprint_of_earlier() -> Blueprint:
    """Build the views of an earlier release: they lead to those of the current one."""
    views = Blueprint("releases", __name__)

    @views.get("/releases/")
    @views.get("/releases/<path:rest>")
    @views.get("/changes")
    @views.get("/changes/<path:rest>")
    def current(rest: str = "") -> BaseResponse:
        """Redirect to the same address without the release."""
        return redirect(outer_root() + target_of(request.environ))

    return views


def check_kept(log: PublicationLog, release: str) -> None:
    """Raise an error where *release* was never published or is no longer kept."""
    row = log.first(release)
    if row is None:
        raise UnknownResource(f"The release {release} does not exist; /releases/ lists releases.")
    if not log.is_kept(release):
        raise RemovedRelease(
            f"The release {release}, first published on {row.published[:10]}, is no longer kept."
            " /releases/ lists those that are."
        )


def _negotiated(path: str, page: Callable[[], str], table: Callable[[], str]) -> Response:
    offers = (Offer(_JSON, "json", path), Offer(HTML, "html", path))
    chosen = negotiate(request.headers.get("Accept"), offers)
    write = page if chosen.format == "html" else table
    return respond(Representation(chosen.media_type, chosen.format, write), location=path)


def _paths(view: ReleaseView) -> dict[str, object]:
    changes = f"/releases/{view.previous}..{view.identifier}" if view.is_comparable else None
    return {
        "path": here(f"/releases/{view.identifier}/") if view.is_kept else None,
        "changes": changes and here(changes),
    }


def _files(view: ReleaseView) -> dict[str, object]:
    begin = f"/releases/{view.identifier}/dumps/"
    rows = [
        {"path": here(begin + row.name), "size": row.size, "sha256": row.sha256}
        for row in view.files
    ]
    return {"files": rows}


def _dumped(table: dict[str, object]) -> str:
    return jsonify(table).get_data(as_text=True)


def _parts(lines: Iterator[str]) -> Iterator[bytes]:
    """Yield *lines* in parts of some size: a large patch is never in memory as a whole."""
    part: list[str] = []
    for line in lines:
        part.append(line)
        if len(part) == 1000:
            yield "".join(part).encode()
            part.clear()
    yield "".join(part).encode()


def _as_links(target: str, rows: Sequence[PublishedRelease]) -> str:
    """Write a TimeMap in link format (RFC 7089, section 5)."""
    own = f'<{here(f"/releases/timemap/link{target}")}>; rel="self"; type="{LINK_FORMAT}"'
    if rows:
        own += f'; from="{http_date(rows[0])}"; until="{http_date(rows[-1])}"'
    links = [f'<{here(target)}>; rel="original timegate"', own]
    for number, row in enumerate(rows):
        ends = ["first"] * (number == 0) + ["last"] * (number == len(rows) - 1)
        relation = " ".join([*ends, "memento"])
        address = here(f"/releases/{row.release}{target}")
        links.append(f'<{address}>; rel="{relation}"; datetime="{http_date(row)}"')
    return ",\n".join(links) + "\n"


def _as_table(target: str, rows: Sequence[PublishedRelease]) -> str:
    """Write a TimeMap in JSON, as Memento aggregators do."""
    mementos = [
        {
            "datetime": row.time.astimezone(UTC).isoformat(timespec="seconds"),
            "uri": here(f"/releases/{row.release}{target}"),
        }
        for row in rows
    ]
    table: dict[str, object] = {
        "original_uri": here(target),
        "timegate_uri": here(target),
        "timemap_uri": {
            "link_format": here(f"/releases/timemap/link{target}"),
            "json_format": here(f"/releases/timemap/json{target}"),
        },
        "mementos": {"list": mementos},
    }
    if mementos:
        table["mementos"] = {"list": mementos, "first": mementos[0], "last": mementos[-1]}
    return json.dumps(table, indent=1) + "\n"
