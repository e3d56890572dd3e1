"""What a server of the files has to know, in the terms of no particular server."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from partyline.export.findings import NAME, Findings
from partyline.export.folder import ExportedFile

#: Header fields of every answer; the others depend on the file.
_COMMON = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "access-control-allow-origin",
    "access-control-expose-headers",
)
#: How long a cache need not ask again, and where an address names its content: for ever.
FRESH, IMMUTABLE = "public, max-age=300", "public, max-age=31536000, immutable"
#: Header fields of the answer to a preflight request (CORS).
PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "Accept, If-None-Match, If-Modified-Since, Range"),
    ("Access-Control-Max-Age", "86400"),
)
#: The files whose addresses name their content.
NAMED_BY_CONTENT = r"static/[^/]+\.[0-9a-f]{16}\.\w+"


__all__ = ["FRESH", "IMMUTABLE", "NAME", "NAMED_BY_CONTENT", "PREFLIGHT", "SiteRules", "site_rules"]


@dataclass(frozen=True, slots=True)
class SiteRules:
    """How the files of one site are to be served."""

    #: The folder of the site.
    folder: Path
    #: The public address of the path ``/``, with a slash at its end.
    root: str
    #: The path of that address, without a slash at its end.
    prefix: str
    #: The ending of the data about the home page, without an extension: the path of a document.
    home_data: str
    #: The header fields of every answer, by their names.
    headers: Mapping[str, str]
    #: Sites that may read the answers, where not every site may.
    origins: Sequence[str]
    #: The content security policies that differ from that of most files, by an expression for
    #: the paths of files.
    policies: Mapping[str, str]
    #: The same by file.
    file_policies: Mapping[str, str]
    #: The files that are pages.
    pages: Sequence[str]
    #: The Link header of a document about a resource, by its extension, with `NAME` in it.
    document_links: Mapping[str, str]
    #: The Link headers of other files.
    links: Mapping[str, str]
    #: The media type of files by their extension, and of those that have none by their path.
    types: Mapping[str, str]
    exact_types: Mapping[str, str]
    redirects: Mapping[str, tuple[int, str]]
    gone: Sequence[str]
    #: The files of addresses with a query string.
    queries: Mapping[str, str]


def site_rules(
    folder: Path,
    root: str,
    prefix: str,
    origins: Sequence[str],
    files: Mapping[str, ExportedFile],
    findings: Findings,
) -> SiteRules:
    """Derive the rules from what the application answered."""
    common = {name: findings.headers[name] for name in _COMMON if name in findings.headers}
    types, exact_types = _types(files)
    return SiteRules(
        folder=folder.resolve(),
        root=root,
        prefix=prefix,
        home_data=findings.home_data,
        headers=common,
        origins=() if "*" in origins else tuple(origins),
        policies=_policies(findings.other_policies(), files),
        file_policies=findings.other_policies(),
        pages=[path for path in sorted(files) if path.endswith(".html")],
        document_links=findings.document_links(),
        links=findings.other_links(),
        types=types,
        exact_types=exact_types,
        redirects=dict(sorted(findings.redirects.items())),
        gone=sorted(findings.gone),
        queries=dict(sorted(findings.queries.items())),
    )


def _policies(policies: Mapping[str, str], files: Iterable[str]) -> dict[str, str]:
    """Return the policies by expressions, where it can be one for a folder and an ending."""
    groups: dict[tuple[str, str], set[str]] = {}
    for file in files:
        groups.setdefault(_group(file), set()).add(policies.get(file, ""))
    found = {}
    for file, policy in sorted(policies.items()):
        folder, ending = _group(file)
        is_whole = bool(folder) and len(groups[folder, ending]) == 1
        pattern = rf"{re.escape(folder)}/.+\.{ending}" if is_whole else re.escape(file)
        found[pattern] = policy
    return found


def _group(file: str) -> tuple[str, str]:
    """Return the first folder and the ending of a path."""
    folder, slash, _ = file.partition("/")
    return folder if slash else "", file.rpartition(".")[2]


def _types(files: Mapping[str, ExportedFile]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the media type of each extension, and of each file that has another than that."""
    rows = sorted((path, row.media_type) for path, row in files.items())
    numbers: dict[str, Counter[str]] = {}
    for path, media_type in rows:
        numbers.setdefault(_extension(path), Counter())[media_type] += 1
    usual = {ending: row.most_common(1)[0][0] for ending, row in numbers.items() if ending}
    exact = {path: kind for path, kind in rows if usual.get(_extension(path)) != kind}
    return usual, exact


def _extension(path: str) -> str:
    """Return the ending of *path* behind a full stop, or the empty string."""
    name, dot, ending = path.rpartition("/")[2].rpartition(".")
    return ending if dot and name else ""
