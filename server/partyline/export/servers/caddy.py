"""The configuration of Caddy (https://caddyserver.com/docs/caddyfile), from version 2.6."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from partyline.export.addresses import ERROR, HOME, NEGOTIATED, Negotiated
from partyline.export.servers.accept import (
    ANYTHING,
    REFUSED,
    choices,
    keys,
    offered,
    range_of,
)
from partyline.export.servers.rules import (
    FRESH,
    IMMUTABLE,
    NAME,
    NAMED_BY_CONTENT,
    PREFLIGHT,
    SiteRules,
)

#: Digits of a weight that are compared: expressions are slower here than in nginx.
_COMPARED = 1
_ACCEPT = "{http.request.header.Accept}"
_ASKED = "{http.request.orig_uri}"
_PATH = "{http.request.uri.path}"
_ENDING = "{partyline_ending}"


def caddy_configuration(rules: SiteRules) -> str:
    """Return a Caddyfile with one site; the address of the first line is to be changed."""
    return "\n".join([*_site(rules), ""])


def _site(rules: SiteRules) -> Iterator[str]:
    yield "# Written by 'partyline export'. Change the address of the site in a copy."
    yield ":8080 {"
    yield f"root * {_quoted(str(rules.folder))}"
    yield from _weights([*NEGOTIATED, HOME, ERROR])
    for row in (*NEGOTIATED, HOME, ERROR):
        yield from _choice(row)
    yield from _tables(rules)
    yield "route {"
    yield from _headers(rules)
    yield from _refused(rules)
    if rules.prefix:
        yield f"uri strip_prefix {rules.prefix}"
    yield from _exact(rules)
    yield from _pages(rules)
    yield from _answers(rules)
    yield from _header_of_files(rules)
    yield from _files()
    yield "}"
    yield "handle_errors {"
    yield "route {"
    yield "rewrite * /{http.error.status_code}.{partyline_error}"
    yield from _types(rules)
    yield from _files()
    yield "}"
    yield "}"
    yield "}"


def _files() -> Iterator[str]:
    yield "file_server {"
    yield "hide .partyline .htaccess"
    yield "precompressed zstd br gzip"
    yield "disable_canonical_uris"
    yield "}"


def _weights(rows: Iterable[Negotiated]) -> Iterator[str]:
    types = {row.name: row for negotiated in rows for row in offered(negotiated)}
    anything = {"": ANYTHING, f"~(?i){range_of('*/*')}": "${1}:1"}
    yield from _map(_ACCEPT, "any", anything, REFUSED)
    for kind in sorted({row.kind for row in types.values()}):
        found = {f"~(?i){range_of(f'{kind}/*')}": "${1}:2"}
        yield from _map(_ACCEPT, f"any_{kind}", found, "{partyline_any}")
    for row in types.values():
        found = {f"~(?i){range_of(row.media_type)}": "${1}:3"}
        yield from _map(_ACCEPT, f"q_{row.name}", found, f"{{partyline_any_{row.kind}}}")


def _choice(row: Negotiated) -> Iterator[str]:
    found = {f"~{expression}": "${1}" for expression in choices(_COMPARED)}
    compared = keys(row, "{{partyline_q_{}}}")
    yield from _map(compared, row.name, found, row.default or "none")


def _tables(rules: SiteRules) -> Iterator[str]:
    patterns = {
        f"~^{re.escape(rules.prefix)}{path}": f"{{partyline_{row.name}}}"
        for row in NEGOTIATED
        for path in row.paths
    }
    # What an expression gives is not replaced again, so that each row has a map of its own.
    last = "{partyline_document}"
    for number, (pattern, placeholder) in enumerate(patterns.items()):
        name = "ending" if number == len(patterns) - 1 else f"ending_{number}"
        yield from _map(_ASKED, f"is_{name}", {pattern: "1"}, "0")
        yield from _map(f"{{partyline_is_{name}}}", name, {"1": placeholder}, last)
        last = f"{{partyline_{name}}}"
    prefix = re.escape(rules.prefix)
    document = rf"~^{prefix}/doc/([^?]+?)(?:\.(?:ttl|nt|jsonld|rdf|html))?(?:\?|$)"
    yield from _map(_ASKED, "raw", {document: "${1}"}, "")
    yield from _map(_ASKED, "resource", {rf"~^{prefix}/(?:id/)?([^?]+)": "${1}"}, "")
    yield from _map(_ASKED, "address", {r"~^([^?]*)": "${1}"}, "")
    yield from _map(_PATH, "file", {"~^/(?:id/)?(.+)$": "${1}"}, "")
    yield from _map(_PATH, "bare", {"~^(/.+)/$": "${1}"}, "/none")
    queries = {rules.prefix + address: f"/{file}" for address, file in rules.queries.items()}
    yield from _map(_ASKED, "query", {row: queries[row] for row in queries if "?" in row}, "")
    yield from _map(_ASKED, "renamed", {row: queries[row] for row in queries if "?" not in row}, "")


def _map(source: str, name: str, table: Mapping[str, str], default: str) -> Iterator[str]:
    yield f"map {_quoted(source)} {{partyline_{name}}} {{"
    for key, value in table.items():
        yield f"{_quoted(key)} {_quoted(value)}"
    yield f"default {_quoted(default)}"
    yield "}"


def _quoted(text: str) -> str:
    """Return *text* as one token."""
    if "`" not in text:
        return f"`{text}`"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _headers(rules: SiteRules) -> Iterator[str]:
    for name, value in rules.headers.items():
        yield f"header {name} {_quoted(value)}"
    yield "@preflight method OPTIONS"
    for name, value in PREFLIGHT:
        yield f"header @preflight {name} {_quoted(value)}"
    yield "respond @preflight 204"


def _refused(rules: SiteRules) -> Iterator[str]:
    hidden = ("/.partyline/*", "/.htaccess", "/_headers", "/_redirects")
    yield f"@hidden path {' '.join(rules.prefix + path for path in hidden)}"
    yield "error @hidden 404"
    yield "@posted method POST PUT PATCH DELETE"
    yield "error @posted 501"


def _exact(rules: SiteRules) -> Iterator[str]:
    number = count()
    for address, (status, target) in rules.redirects.items():
        there = (rules.prefix if target.startswith("/") else "") + target
        name = f"@moved{next(number)}"
        yield f"{name} path {_quoted(address)}"
        yield f"redir {name} {_quoted(there)} {status}"
    for address in rules.gone:
        name = f"@gone{next(number)}"
        yield f"{name} path {_quoted(address)}"
        yield f"error {name} 410"


def _pages(rules: SiteRules) -> Iterator[str]:
    data = f"{rules.prefix}{rules.home_data}.{{partyline_home}}"
    yield "@root path /"
    yield "header @root Vary Accept"
    yield '@data {\npath /\nexpression `{partyline_home} != "html"`\n}'
    yield f"redir @data {data} 303"
    yield "rewrite @root /index.html"
    yield "@search path /search"
    yield "rewrite @search /search.html"
    yield '@asked {\npath /sparql\nquery query=*\nexpression `{partyline_error} != "html"`\n}'
    yield "error @asked 501"
    yield "@form path /sparql"
    yield "rewrite @form /sparql.html"
    # A table is searched from its beginning: only for what may be in it.
    asked = '{http.request.uri.query} != "" && {partyline_query} != ""'
    yield f"@queried expression `{asked}`"
    yield "rewrite @queried {partyline_query}"
    yield '@renamed expression `{partyline_renamed} != ""`'
    yield "rewrite @renamed {partyline_renamed}"


def _answers(rules: SiteRules) -> Iterator[str]:
    """Yield what answers for an address without a file, the first match first."""
    address, prefix = "{partyline_address}", rules.prefix
    yield f"@negotiated file {_PATH}.{_ENDING}"
    yield f"header @negotiated Content-Location {address}.{_ENDING}"
    yield "header @negotiated +Vary Accept"
    yield f"rewrite @negotiated {_PATH}.{_ENDING}"
    yield f"@listed file {_PATH}index.{_ENDING}"
    yield f"header @listed Content-Location {address}"
    yield "header @listed +Vary Accept"
    yield f"rewrite @listed {_PATH}index.{_ENDING}"
    document = "/doc/{partyline_file}"
    yield f"@resource file {document}.{_ENDING}"
    yield "header @resource +Vary Accept"
    yield f"redir @resource {prefix}/doc/{{partyline_resource}}.{_ENDING} 303"
    for name, path in (("a", _PATH), ("b", document)):
        yield f'@refused_{name} {{\nexpression `{_ENDING} == "none"`\nfile {path}.ttl\n}}'
        yield f"header @refused_{name} +Vary Accept"
        yield f"error @refused_{name} 406"
    for name, page in (("page", ".html"), ("index", "index.html")):
        yield f"@{name} file {_PATH}{page}"
        yield f"rewrite @{name} {_PATH}{page}"
    yield "@slash file {partyline_bare}.html"
    yield f"redir @slash {prefix}{{partyline_bare}} 308"


def _header_of_files(rules: SiteRules) -> Iterator[str]:
    yield "@file file"
    yield f"header @file Cache-Control {_quoted(FRESH)}"
    yield f"@named path_regexp {_quoted(f'^/{NAMED_BY_CONTENT}$')}"
    yield f"header @named Cache-Control {_quoted(IMMUTABLE)}"
    yield from _types(rules)
    number = count()
    for pattern, policy in rules.policies.items():
        name = f"@policy{next(number)}"
        yield f"{name} path_regexp {_quoted(f'^/{pattern}$')}"
        yield f"header {name} content-security-policy {_quoted(policy)}"
    links = {
        rf"^/doc/.+\.{ending}$": text.replace(NAME, "{partyline_raw}")
        for ending, text in rules.document_links.items()
    }
    others = {f"^/{re.escape(file)}$": text for file, text in rules.links.items()}
    for pattern, text in {**links, **others}.items():
        name = f"@link{next(number)}"
        yield f"{name} path_regexp {_quoted(pattern)}"
        yield f"header {name} Link {_quoted(text)}"


def _types(rules: SiteRules) -> Iterator[str]:
    number = count()
    exact = {f"/{file}": media_type for file, media_type in rules.exact_types.items()}
    for pattern, media_type in {f"*.{row}": kind for row, kind in rules.types.items()}.items():
        name = f"@type{next(number)}"
        yield f"{name} path {pattern}"
        yield f"header {name} Content-Type {_quoted(media_type)}"
    for path, media_type in exact.items():
        name = f"@type{next(number)}"
        yield f"{name} path {_quoted(path)}"
        yield f"header {name} Content-Type {_quoted(media_type)}"
