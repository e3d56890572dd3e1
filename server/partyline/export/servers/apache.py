"""Settings of Apache (https://httpd.apache.org/docs/2.4/), for the files and for permanent IRIs.

Both need mod_rewrite, the first mod_headers too, and ``AllowOverride All`` where the files are.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from partyline.export.addresses import ERROR, HOME, NEGOTIATED, Negotiated
from partyline.export.layout import DIGITS
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

#: Digits of a weight that are compared: Apache reads the file for every request.
_COMPARED = 1
_DOCUMENT = next(row for row in NEGOTIATED if not row.paths)
_ENDING = "%{ENV:ending}"
_COPIES = (("zstd", "zst"), ("br", "br"), ("gzip", "gz"))
_COPY = r"(?:\.(?:gz|br|zst))?"
_ERRORS = (404, 406, 410, 501)


def apache_configuration(rules: SiteRules) -> str:
    """Return the ``.htaccess`` of the folder of the site."""
    return "\n".join([*_site(rules), ""])


def redirecting_configuration(rules: SiteRules) -> str:
    """Return the ``.htaccess`` of a host that redirects the IRIs to the site.

    It is for services such as w3id.org, which keep identifiers while sites move.
    """
    root, data = rules.root, rules.home_data.removeprefix("/")
    lines = [
        "# Written by 'partyline export': leads IRIs to the documents below",
        f"# {root}",
        "RewriteEngine on",
        *_weights([_DOCUMENT, HOME]),
        *_choice(HOME, "^$"),
        f"RewriteCond {_ENDING} !=html",
        f"RewriteRule ^$ {root}{data}.{_ENDING} [R=303,L]",
        f"RewriteRule ^$ {root} [R=302,L]",
        *_choice(_DOCUMENT, "^id/."),
        f"RewriteCond {_ENDING} !=none",
        f"RewriteRule ^id/(.+)$ {root}doc/$1.{_ENDING} [R=303,L]",
        "RewriteRule ^id/. - [R=406,L]",
        f"RewriteRule ^(.+)$ {root}$1 [R=302,L]",
        "",
    ]
    return "\n".join(lines)


def _site(rules: SiteRules) -> Iterator[str]:
    yield "# Written by 'partyline export': how Apache answers from the files as the program does."
    yield "Options -Indexes -MultiViews"
    yield "DirectorySlash Off"
    yield "DirectoryIndex disabled"
    yield "FileETag MTime Size"
    yield "RemoveType .gz .br .zst"
    yield "RemoveEncoding .gz .br .zst"
    yield "RemoveLanguage .br"
    for status in _ERRORS:
        yield f"ErrorDocument {status} {rules.prefix}/{status}"
    yield from _types(rules)
    yield from _headers(rules)
    yield "RewriteEngine on"
    yield r"RewriteRule ^(?:\.(?:partyline|ht)|_(?:headers|redirects)$) - [R=404,L]"
    yield "RewriteCond %{REQUEST_METHOD} =OPTIONS"
    yield "RewriteRule ^ - [R=204,L]"
    yield from _copies()
    yield "RewriteCond %{REQUEST_FILENAME} -f"
    yield "RewriteRule ^ - [END]"
    yield from _errors()
    yield from _exact(rules)
    yield from _pages(rules)
    yield from _answers(rules)


def _types(rules: SiteRules) -> Iterator[str]:
    endings = [ending for _, ending in _COPIES]
    for ending in sorted(rules.types.keys() & {*endings}):
        # Files of their own, such as dumps; what is a copy of another file has the type of that.
        yield f'<If "%{{REQUEST_URI}} =~ m#/dumps/.+\\.{ending}$#">'
        yield f'ForceType "{rules.types[ending]}"\n</If>'
    for ending, media_type in rules.types.items():
        if ending in endings:
            continue
        yield f'<FilesMatch "\\.{ending}{_COPY}$">\nForceType "{media_type}"\n</FilesMatch>'
    for file, media_type in rules.exact_types.items():
        name = re.escape(file.rpartition("/")[2])
        written = media_type.replace('"', r"\"")
        yield f'<FilesMatch "^{name}{_COPY}$">\nForceType "{written}"\n</FilesMatch>'


def _headers(rules: SiteRules) -> Iterator[str]:
    prefix = re.escape(rules.prefix)
    for name, value in rules.headers.items():
        yield f'Header always set {name} "{value}"'
    yield f'Header set Cache-Control "{FRESH}"'
    yield f'<If "%{{REQUEST_URI}} =~ m#^{prefix}/{NAMED_BY_CONTENT}#">'
    yield f'Header set Cache-Control "{IMMUTABLE}"\n</If>'
    for pattern, policy in rules.policies.items():
        yield f'<If "%{{REQUEST_URI}} =~ m#^{prefix}/{pattern}{_COPY}$#">'
        yield f'Header always set content-security-policy "{policy}"\n</If>'
    name = r"([^ ?]+?)(?:\.(?:ttl|nt|jsonld|rdf|html))?(?:\?| )"
    yield f'SetEnvIfExpr "%{{THE_REQUEST}} =~ m#^[A-Z]+ {prefix}/doc/{name}#" document=$1'
    for ending, header in rules.document_links.items():
        written = header.replace('"', r"\"").replace("%", "%%").replace(NAME, "%{document}e")
        yield f'<FilesMatch "\\.{ending}{_COPY}$">'
        yield f'Header set Link "{written}" env=document\n</FilesMatch>'
    for file, header in rules.links.items():
        written = header.replace('"', r"\"").replace("%", "%%")
        yield f'<If "%{{REQUEST_URI}} =~ m#^{prefix}/{re.escape(file)}{_COPY}$#">'
        yield f'Header set Link "{written}"\n</If>'
    for name, value in PREFLIGHT:
        yield f'Header always set {name} "{value}" "expr=%{{REQUEST_METHOD}} == \'OPTIONS\'"'
    yield "Header always merge Vary Accept env=negotiated"
    yield "Header always merge Vary Accept env=REDIRECT_negotiated"
    yield "Header set Content-Location %{REDIRECT_place}e env=REDIRECT_place"
    yield "Header set Content-Encoding %{REDIRECT_coding}e env=REDIRECT_coding"
    yield "Header merge Vary Accept-Encoding"


def _copies() -> Iterator[str]:
    """Yield the rules for compressed copies, the smallest that the client reads first."""
    # What an earlier round of the rules has found, for the header fields.
    kept = ",".join(f"E={name}:%{{ENV:REDIRECT_{name}}}" for name in ("place", "negotiated"))
    for coding, ending in _COPIES:
        yield f'RewriteCond %{{HTTP:Accept-Encoding}} "(?:^|,)\\s*{coding}\\s*(?:,|$)" [NV]'
        yield f"RewriteCond %{{REQUEST_FILENAME}}.{ending} -f"
        yield f"RewriteRule ^(?!dumps/)(.+)$ $1.{ending} [E=coding:{coding},{kept},END]"


def _errors() -> Iterator[str]:
    """Yield the rules for what is sent with an error, in the format that suits the client."""
    pattern = "^(?:{})$".format("|".join(map(str, _ERRORS)))
    yield from _weights([ERROR], pattern)
    yield from _choice(ERROR, pattern)
    yield f"RewriteRule {pattern} $0.{_ENDING} [L]"


def _exact(rules: SiteRules) -> Iterator[str]:
    for address, (status, target) in rules.redirects.items():
        there = (rules.prefix if target.startswith("/") else "") + target
        yield f"RewriteRule {_pattern(address)} {there} [R={status},NE,L]"
    for address, file in rules.queries.items():
        if "?" not in address:
            yield f"RewriteRule {_pattern(address)} {file} [L]"
    for address in rules.gone:
        yield f"RewriteRule {_pattern(address)} - [R=410,L]"


def _pattern(address: str) -> str:
    return '"^' + re.escape(unquote(address).removeprefix("/")).replace('"', r"\"") + '$"'


def _pages(rules: SiteRules) -> Iterator[str]:
    yield "RewriteRule ^search$ search.html [L]"
    yield "RewriteCond %{REQUEST_METHOD} =POST"
    yield "RewriteRule ^sparql$ - [R=501,L]"
    yield "RewriteCond %{QUERY_STRING} (?:^|&)query="
    yield "RewriteCond %{HTTP:Accept} !text/html"
    yield "RewriteRule ^sparql$ - [R=501,L]"
    yield "RewriteRule ^sparql$ sparql.html [L]"
    yield from _weights([*NEGOTIATED, HOME], "^")
    yield from _choice(HOME, "^$")
    data = f"{rules.prefix}{rules.home_data}"
    yield f"RewriteCond {_ENDING} !=html"
    yield f"RewriteRule ^$ {data}.{_ENDING} [R=303,E=negotiated:1,L]"
    yield "RewriteRule ^$ index.html [E=negotiated:1,L]"
    # The last row that fits: those that fit everything go first.
    for row in sorted(NEGOTIATED, key=lambda row: len(row.paths)):
        paths = "|".join(re.escape(path.removeprefix("/")) for path in row.paths)
        yield from _choice(row, f"^(?:{paths})")


def _answers(rules: SiteRules) -> Iterator[str]:
    """Yield the rules for an address without a file, the first match first."""
    prefix = rules.prefix
    root = f"%{{DOCUMENT_ROOT}}{prefix}"
    yield 'RewriteCond %{THE_REQUEST} "^[A-Z]+ ([^ ?]+)"'
    yield "RewriteRule ^ - [E=raw:%1]"
    yield f'RewriteCond expr "sha1(%{{QUERY_STRING}}) =~ /^(.{{{DIGITS}}})/"'
    yield "RewriteRule ^ - [E=digest:%1]"
    for ending in (_ENDING, "html"):
        # What has a query string: a page, or a document, in a format that is negotiated.
        yield "RewriteCond %{QUERY_STRING} ."
        yield f"RewriteCond {root}/$1/%{{ENV:digest}}.{ending} -f"
        yield f"RewriteRule ^(.+?)/?$ $1/%{{ENV:digest}}.{ending} [QSD,L]"
    yield "RewriteCond %{QUERY_STRING} ."
    yield f"RewriteCond {root}/$1/%{{ENV:digest}}.$2 -f"
    yield r"RewriteRule ^(.+)\.(\w+)$ $1/%{ENV:digest}.$2 [QSD,L]"
    negotiated = "E=negotiated:1,E=place:%{ENV:raw}"
    yield f"RewriteCond {root}/$1.{_ENDING} -f"
    yield f"RewriteRule ^(.+)$ $1.{_ENDING} [{negotiated}.{_ENDING},L]"
    yield f"RewriteCond {root}/$1index.{_ENDING} -f"
    yield f"RewriteRule ^(.+/)$ $1index.{_ENDING} [{negotiated},L]"
    yield f'RewriteCond %{{ENV:raw}} "^{re.escape(prefix)}/(?:id/)?(.+)$"'
    yield "RewriteRule ^ - [E=name:%1]"
    yield f"RewriteCond {root}/doc/$1.{_ENDING} -f"
    there = f"{prefix}/doc/%{{ENV:name}}.{_ENDING}"
    yield f"RewriteRule ^(?:id/)?(.+)$ {there} [R=303,NE,QSD,E=negotiated:1,L]"
    for path in ("$0", "doc/$1"):
        yield f"RewriteCond {_ENDING} =none"
        yield f"RewriteCond {root}/{path}.ttl -f"
        yield "RewriteRule ^(?:id/)?(.+)$ - [R=406,E=negotiated:1,L]"
    for page in (".html", "index.html"):
        yield f"RewriteCond {root}/$1{page} -f"
        yield f"RewriteRule ^(.+)$ $1{page} [L]"
    yield f"RewriteCond {root}/$1.html -f"
    yield f"RewriteRule ^(.+)/$ {prefix}/$1 [R=308,L]"


def _weights(rows: Iterable[Negotiated], pattern: str = "^") -> Iterator[str]:
    """Yield the rules that give each media type its key, for paths that *pattern* fits."""
    types = {row.name: row for negotiated in rows for row in offered(negotiated)}
    yield f"RewriteRule {pattern} - [E=any:{REFUSED}]"
    yield "RewriteCond %{HTTP:Accept} ^$ [NV]"
    yield f"RewriteRule {pattern} - [E=any:{ANYTHING}]"
    yield from _weight("any", "*/*", 1, pattern)
    for kind in sorted({row.kind for row in types.values()}):
        yield f"RewriteRule {pattern} - [E=any_{kind}:%{{ENV:any}}]"
        yield from _weight(f"any_{kind}", f"{kind}/*", 2, pattern)
    for row in types.values():
        yield f"RewriteRule {pattern} - [E=q_{row.name}:%{{ENV:any_{row.kind}}}]"
        yield from _weight(f"q_{row.name}", row.media_type, 3, pattern)


def _weight(variable: str, media_range: str, specificity: int, pattern: str) -> Iterator[str]:
    yield f'RewriteCond %{{HTTP:Accept}} "{range_of(media_range)}" [NC,NV]'
    yield f"RewriteRule {pattern} - [E={variable}:%1:{specificity}]"


def _choice(row: Negotiated, pattern: str) -> Iterator[str]:
    """Yield the rules that set the ending of the files, for paths that *pattern* fits."""
    compared = keys(row, "%{{ENV:q_{}}}")
    expressions = list(choices(_COMPARED))
    yield f'RewriteRule {pattern} - "[E=keys:{compared},E=ending:{row.default or "none"}]"'
    for number, expression in enumerate(expressions, 1):
        yield f'RewriteCond %{{ENV:keys}} "{expression}"'
        yield f"RewriteRule {pattern} - [E=ending:%1,S={len(expressions) - number}]"
