"""Compute the answer in a file again from its release, and tell what differs."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from partyline.display import visible
from partyline.errors import EngineError, ReleaseError, SettingsError, SourceError
from partyline.releases import MANIFEST, Release, open_release
from partyline.settings import Settings
from partyline.sparql import QueryPool
from partyline.version import __version__

EXAMPLE = "partyline verify answer.json --release releases"
_SECONDS = 60
#: The media types with which queries are answered.
_JSON, _N_TRIPLES = "application/sparql-results+json", "application/n-triples"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("answer", type=Path, help="the file: /answer.json, saved")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--release",
        type=Path,
        metavar="DIR",
        help="the folder of the release, or that of all; default: the one of the settings",
    )
    where.add_argument("--server", metavar="URL", help="ask this server instead")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print whether the answer is the same; return 1 where it is not.

    Raises SettingsError where the file is not a cited answer.
    """
    # Here and not above: every command would wait for all that pages are made of.
    from partyline.publishing.citable import differences, read_answer

    try:
        document = read_answer(options.answer)
    except SourceError as error:
        raise SettingsError(str(error)) from error
    identifier = document["release"]["identifier"]
    if options.server:
        again, where = _asked(options.server, document), options.server
    else:
        release = _release(options.release or settings.releases, identifier)
        again, where = _computed(document, release, settings), str(release.path)
    found = differences(document, again)
    for line in found:
        print(visible(line))
    result = document["result"]
    if not found:
        print(visible(f"Same: {result['rows']} rows of release {identifier}, as {where} answers."))
        print(f"SHA-256 of the result: {result['sha256']}")
    return 1 if found else 0


def _release(folder: Path, identifier: str) -> Release:
    """Open the release *identifier*, in *folder* or below it. Raises ReleaseError."""
    path = folder if (folder / MANIFEST).is_file() else folder / identifier
    if path == folder or Path(identifier).name == identifier != "":
        if not (path / MANIFEST).is_file():
            raise ReleaseError(f"{folder}: has no release {identifier}; name the folder with it")
        return open_release(path)
    raise ReleaseError(f"{identifier}: is not the identifier of a release")


def _computed(document: dict[str, Any], release: Release, settings: Settings) -> dict[str, Any]:
    """Answer again from *release*: the query is somebody else's, so its limits are those of all."""
    from partyline.publishing.citable import Inquiry, answer_document, answer_of

    manifest = release.manifest
    limits = replace(settings.limits, workers=1)
    with QueryPool(
        release.store,
        limits,
        manifest.prefixes,
        f"{manifest.base}sparql",
        absent_graphs=release.absent_graphs,
    ) as pool:

        def ask(query: str, media_type: str) -> Iterable[bytes]:
            is_graph = media_type == _N_TRIPLES
            return pool.query(
                query,
                rows=_JSON if is_graph else media_type,
                graph=media_type if is_graph else _N_TRIPLES,
            ).chunks

        inquiry = Inquiry(document["query"])
        today = datetime.now(UTC).date()
        answer = answer_of(inquiry, release, settings.knowledge, manifest.base, ask, today)
        return answer_document(answer)


def _asked(server: str, document: dict[str, Any]) -> dict[str, Any]:
    """Ask *server* for the same answer. Raises EngineError, and SourceError for what is none."""
    from partyline.publishing.citable.verification import checked

    if urlsplit(server).scheme not in ("http", "https"):
        raise SettingsError(f"--server {server}: is not an address that begins with http")
    asked = [("release", document["release"]["identifier"]), ("query", document["query"])]
    address = f"{server.rstrip('/')}/answer.json?{urlencode(asked)}"
    # The scheme was looked at above.
    request = Request(  # noqa: S310
        address, headers={"Accept": "application/json", "User-Agent": f"partyline/{__version__}"}
    )
    try:
        with urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
            return checked(json.load(response), server)
    except HTTPError as error:
        with error:
            text = error.read().decode("utf-8", "replace").strip()[:300]
        raise EngineError(f"{server}: {error.code} {error.reason}: {text}") from error
    except (URLError, TimeoutError, OSError) as error:
        raise EngineError(f"{server}: {getattr(error, 'reason', error)}") from error
    except ValueError as error:
        raise EngineError(f"{server}: does not answer with JSON: {error}") from error
