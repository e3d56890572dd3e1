"""The configuration of nginx (https://nginx.org/en/docs/), from version 1.18."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from partyline.export.addresses import ERROR, HOME, NEGOTIATED, Negotiated
from partyline.export.servers.accept import (
    ANYTHING,
    REFUSED,
    choices,
    keys,
    looked_up,
    offered,
    pages_first,
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

#: Digits of a weight that are compared.
_DIGITS = 2
#: Characters of the longest address that a table may hold.
_LONGEST = 1000
#: The files of documents about resources: nearly all that is asked for, so that their settings
#: have no expression that can be spared.
_DOCUMENTS = "/doc/"
_PREFLIGHT = "/.partyline/preflight"


def nginx_configuration(rules: SiteRules) -> str:
    """Return a file to include in the ``http`` block: maps, and one ``server``."""
    return "\n".join([*_maps(rules), *_server(rules), ""])


def _maps(rules: SiteRules) -> Iterator[str]:
    yield "# Written by 'partyline export'. Include it in the http block; change listen and"
    yield "# server_name in a copy. The copies in br and zstd need modules that nginx may not have."
    yield "map_hash_max_size 262144;"
    yield "variables_hash_max_size 4096;"
    yield f"map_hash_bucket_size {_bucket(rules)};"
    yield from _weights([*NEGOTIATED, HOME, ERROR])
    for row in (*NEGOTIATED, HOME, ERROR):
        yield from _choice(row)
    patterns = {f"~^{path}": f"$partyline_{row.name}" for row in NEGOTIATED for path in row.paths}
    yield from _map("$uri", "$partyline_ending", {**patterns, "default": "$partyline_document"})
    raw = {rf"~^{rules.prefix}/(?:id/)?(?<partyline_path>[^?]+)": "$partyline_path"}
    yield from _map("$request_uri", "$partyline_resource", raw)
    # As the client has escaped them: what is decoded must not be written into a header.
    asked = {"~^(?<partyline_path_asked>[^?]+)": "$partyline_path_asked"}
    yield from _map("$request_uri", "$partyline_address", asked)
    without = {r"~^(?<partyline_before_slash>[^?]*[^?/])/+(?:\?|$)": "$partyline_before_slash"}
    yield from _map("$request_uri", "$partyline_without_slash", without)
    named = {r"~^/(?:id/)?(?<partyline_decoded>.+)$": "$partyline_decoded"}
    yield from _map("$uri", "$partyline_file", named)
    yield from _tables(rules)


def _tables(rules: SiteRules) -> Iterator[str]:
    queries = {
        rules.prefix + address: f"/{file}"
        for address, file in rules.queries.items()
        if len(address) <= _LONGEST
    }
    yield from _map("$request_uri", "$partyline_query", queries)
    for status in _statuses(rules):
        targets = {
            address: (rules.prefix if target.startswith("/") else "") + target
            for address, (code, target) in rules.redirects.items()
            if code == status
        }
        yield from _map("$uri", f"$partyline_{status}", targets)
    yield from _map("$uri", "$partyline_gone", dict.fromkeys(rules.gone, "1"))
    policies = {_key(pattern): text for pattern, text in rules.policies.items()}
    usual = rules.headers.get("content-security-policy", "")
    yield from _map("$uri", "$partyline_policy", {**policies, "default": usual})
    kept = {f"~^/{NAMED_BY_CONTENT}$": IMMUTABLE, "default": FRESH}
    yield from _map("$uri", "$partyline_freshness", kept)
    yield from _map("$request_uri", "$partyline_format", _formats(rules))
    links = {
        ending: text.replace(NAME, "$partyline_name")
        for ending, text in rules.document_links.items()
    }
    yield from _map("$partyline_format", "$partyline_document_link", links)
    others = {f"/{file}": text for file, text in rules.links.items()}
    others["default"] = "$partyline_document_link"
    yield from _map("$uri", "$partyline_link", others)
    if rules.origins:
        allowed = dict.fromkeys(rules.origins, "$http_origin")
        yield from _map("$http_origin", "$partyline_origin", allowed)


def _formats(rules: SiteRules) -> dict[str, str]:
    """Return the format of a document, by the address as the client has escaped it."""
    document = f"~^{rules.prefix}{_DOCUMENTS}(?<partyline_name>[^?]+)"
    endings = "|".join(rules.document_links)
    return {
        rf"{document}\.(?<partyline_format_asked>{endings})(?:\?|$)": "$partyline_format_asked",
        f"{document}(?:\\?|$)": "$partyline_document",
    }


def _key(pattern: str) -> str:
    """Return the key of a map for an expression, which may stand for one path alone."""
    path = re.sub(r"\\([^\w])", r"\1", pattern)
    return f"/{path}" if re.escape(path) == pattern else f"~^/{pattern}$"


def _statuses(rules: SiteRules) -> list[int]:
    return sorted({status for status, _ in rules.redirects.values()})


def _bucket(rules: SiteRules) -> int:
    """Return the size of a bucket that holds the longest key of the tables."""
    keys = (*rules.queries, *rules.redirects, *rules.gone, *rules.links)
    longest = max((len(row.encode()) for row in keys if len(row) <= _LONGEST), default=0)
    size = 64
    while size < longest + len(rules.prefix) + 64:
        size *= 2
    return size


def _weights(rows: Iterable[Negotiated]) -> Iterator[str]:
    """Yield the maps that give each media type its key."""
    types = {row.name: row for negotiated in rows for row in offered(negotiated)}
    everything = {'""': ANYTHING, f"~*{range_of('*/*')}": "$1:1", "default": REFUSED}
    yield from _map("$http_accept", "$partyline_any", everything)
    for kind in sorted({row.kind for row in types.values()}):
        found = {f"~*{range_of(f'{kind}/*')}": "$1:2", "default": "$partyline_any"}
        yield from _map("$http_accept", f"$partyline_any_{kind}", found)
    for row in types.values():
        found = {
            f"~*{range_of(row.media_type)}": "$1:3",
            "default": f"$partyline_any_{row.kind}",
        }
        yield from _map("$http_accept", f"$partyline_q_{row.name}", found)


def _choice(row: Negotiated) -> Iterator[str]:
    """Yield the map from the header to the ending of the files, which is empty for none."""
    compared = keys(row, "$partyline_q_{}")
    found = {f"~{expression}": "$1" for expression in choices(_DIGITS)}
    default = {"default": row.default} if row.default else {}
    plain = {f'"{header}"': ending for header, ending in looked_up(row).items()}
    plain.update({f"~*{expression}": "html" for expression in pages_first(row)})
    name = f"$partyline_{row.name}"
    yield from _map(f'"{compared}"', f"{name}_compared", {**found, **default})
    yield from _map("$http_accept", name, {**plain, "default": f"{name}_compared"})


def _map(source: str, variable: str, table: Mapping[str, str]) -> Iterator[str]:
    yield f"map {source} {variable} {{"
    # Strings are compared without regard to case, expressions are not.
    alike = Counter(key.lower() for key in table)
    for key, value in table.items():
        is_ambiguous = alike[key.lower()] > 1 and not key.startswith("~")
        yield f"    {_quoted(f'~^{re.escape(key)}$' if is_ambiguous else key)} {_quoted(value)};"
    yield "}"


def _quoted(text: str) -> str:
    r"""Return *text* as a parameter; what is quoted already stays.

    >>> print(_quoted('~a"b'), _quoted('""'))
    "~a\"b" ""
    """
    if text.startswith('"') or text == "default":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _server(rules: SiteRules) -> Iterator[str]:
    prefix = rules.prefix
    yield "server {"
    yield "    listen 8080;"
    yield f"    root {_quoted(str(rules.folder))};"
    yield "    server_tokens off;"
    yield "    log_not_found off;"
    yield "    absolute_redirect off;"
    yield "    gzip_static on;"
    yield "    gzip_vary on;"
    yield "    open_file_cache max=10000 inactive=60s;"
    yield "    open_file_cache_valid 5s;"
    yield "    open_file_cache_errors on;"
    yield '    set $partyline_location "";'
    yield '    set $partyline_vary "";'
    if prefix:
        yield f"    rewrite ^{prefix}(/.*)$ $1;"
    yield from _types(rules)
    usual = "    ", "$partyline_policy", "$partyline_freshness"
    yield from _headers(rules, *usual)
    for status in (404, 406, 410, 501):
        yield f"    error_page {status} /{status}.$partyline_error;"
    yield "    error_page 405 =501 /501.$partyline_error;"
    yield f"    if ($request_method = OPTIONS) {{ rewrite ^ {_PREFLIGHT} last; }}"
    yield f"    location = {_PREFLIGHT} {{"
    yield "        internal;"
    yield from _headers(rules, "        ", *usual[1:])
    for name, value in PREFLIGHT:
        yield f"        add_header {name} {_quoted(value)};"
    yield "        return 204;\n    }"
    yield "    location ^~ /.partyline/ { return 404; }"
    yield "    location = /_headers { return 404; }"
    yield "    location = /_redirects { return 404; }"
    yield "    location ~ /\\.(?!well-known/) { return 404; }"
    for path, media_type in rules.exact_types.items():
        yield f"    location = {_quoted('/' + path)} {{"
        yield f"        types {{ }} default_type {_quoted(media_type)};\n    }}"
    yield from _pages(rules)
    yield "}"


def _types(rules: SiteRules) -> Iterator[str]:
    charset = "; charset=utf-8"
    yield "    types {"
    for ending, media_type in rules.types.items():
        yield f"        {_quoted(media_type.removesuffix(charset))} {ending};"
    yield "    }"
    yield "    default_type application/octet-stream;"
    with_charset = [row.removesuffix(charset) for row in rules.types.values() if charset in row]
    # text/html always has it.
    others = sorted(set(with_charset) - {"text/html"})
    if others:
        yield "    charset utf-8;"
        yield f"    charset_types {' '.join(others)};"


def _headers(rules: SiteRules, indent: str, policy: str, freshness: str) -> Iterator[str]:
    """Yield the header fields of answers: a location that has one of its own needs all of them."""
    special = {"content-security-policy": policy}
    if rules.origins:
        special["access-control-allow-origin"] = "$partyline_origin"
    for name, value in rules.headers.items():
        yield f"{indent}add_header {name} {_quoted(special.get(name, value))} always;"
    if rules.origins:
        yield f'{indent}add_header Access-Control-Allow-Origin "$partyline_origin" always;'
        yield f"{indent}add_header Vary Origin always;"
    yield f"{indent}add_header Cache-Control {_quoted(freshness)};"
    yield f"{indent}add_header Link $partyline_link;"
    yield f"{indent}add_header Content-Location $partyline_location;"
    yield f"{indent}add_header Vary $partyline_vary always;"


def _pages(rules: SiteRules) -> Iterator[str]:
    prefix = rules.prefix
    data = f"{prefix}{rules.home_data}.$partyline_home"
    yield from _documents(rules)
    yield from (
        "    location = / {",
        "        set $partyline_vary Accept;",
        f"        if ($partyline_home != html) {{ return 303 {data}; }}",
        "        try_files /index.html =404;",
        "    }",
        "    location = /search { try_files /search.html =404; }",
        "    location = /sparql {",
        "        if ($request_method = POST) { return 501; }",
        '        set $partyline_asked "$partyline_error$arg_query";',
        '        if ($partyline_asked ~ "^(?:txt|json).") { return 501; }',
        "        try_files /sparql.html =404;",
        "    }",
        # Of an IRI there is hardly ever a file.
        "    location ^~ /id/ {",
    )
    yield from _headers(rules, "        ", *_of(rules, "id/"))
    yield from _exact(rules)
    yield from _resource(prefix, "$partyline_document")
    yield from (
        "        try_files $uri @negotiated;",
        "    }",
        "    location / {",
        "        try_files $uri @negotiated;",
        "    }",
        "    location @negotiated {",
    )
    yield from _exact(rules)
    yield "        if ($partyline_query) { rewrite ^ $partyline_query break; }"
    yield from _negotiated(prefix)
    yield "    }"


def _of(rules: SiteRules, folder: str) -> tuple[str, str]:
    """Return policy and freshness of the files in *folder*, as one text where it is the same."""
    usual = rules.headers.get("content-security-policy", "")
    differ = any(re.sub(r"\\(.)", r"\1", row).startswith(folder) for row in rules.policies)
    return "$partyline_policy" if differ else usual, FRESH


def _documents(rules: SiteRules) -> Iterator[str]:
    """Yield what answers for documents; where there is none, the other addresses do."""
    headers = [*_headers(rules, "        ", *_of(rules, _DOCUMENTS[1:]))]
    yield f"    location ^~ {_DOCUMENTS} {{"
    yield from headers
    yield "        try_files $uri @document;"
    yield "    }"
    yield "    location @document {"
    yield from headers
    yield "        set $partyline_vary Accept;"
    yield "        set $partyline_location $partyline_address.$partyline_document;"
    yield "        try_files $uri.$partyline_document @negotiated;"
    yield "    }"


def _exact(rules: SiteRules) -> Iterator[str]:
    """Yield what answers for single addresses."""
    for status in _statuses(rules):
        target = f"$partyline_{status}"
        yield f"        if ({target}) {{ return {status} {target}; }}"
    yield "        if ($partyline_gone) { return 410; }"


def _resource(prefix: str, ending: str = "$partyline_ending") -> Iterator[str]:
    """Yield what leads from an IRI to the document about it."""
    document = "/doc/$partyline_file"
    yield "        set $partyline_vary Accept;"
    yield f"        if (-f $document_root{document}.{ending}) {{"
    yield f"            return 303 {prefix}/doc/$partyline_resource.{ending};"
    yield "        }"
    yield '        set $partyline_vary "";'


def _negotiated(prefix: str) -> Iterator[str]:
    """Yield what answers for an address without a file, the first match first."""
    root, ending = "$document_root", "$partyline_ending"
    yield '        set $partyline_location "";'
    yield "        set $partyline_vary Accept;"
    for suffix in (".", "index."):
        yield f"        if (-f {root}${{uri}}{suffix}{ending}) {{"
        added = f".{ending}" if suffix == "." else ""
        yield f"            set $partyline_location $partyline_address{added};"
        yield f"            rewrite ^ ${{uri}}{suffix}{ending} break;"
        yield "        }"
    yield from _resource(prefix)
    yield "        set $partyline_vary Accept;"
    # What is there in another format, where the client accepts none that there is.
    yield f'        set $partyline_refused "{ending}";'
    for path in (f"{root}$uri", f"{root}/doc/$partyline_file"):
        yield f'        if (-f {path}.ttl) {{ set $partyline_refused "${{partyline_refused}}-"; }}'
    yield '        if ($partyline_refused ~ "^-") { return 406; }'
    yield '        set $partyline_vary "";'
    for suffix in (".html", "index.html"):
        yield f"        if (-f {root}${{uri}}{suffix}) {{ rewrite ^ ${{uri}}{suffix} break; }}"
    yield "        if ($uri ~ ^(?<partyline_bare>/.+)/$) { set $partyline_vary $partyline_vary; }"
    yield f"        if (-f {root}$partyline_bare.html) {{ return 308 $partyline_without_slash; }}"
