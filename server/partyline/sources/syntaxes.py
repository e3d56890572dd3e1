"""The one table of syntaxes that sources may have: by extension, and by the first bytes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from pyoxigraph import RdfFormat

from partyline.rdf.byte_order_mark import without_byte_order_mark


@dataclass(frozen=True, slots=True)
class Syntax:
    """A syntax that files of sources are written in.

    *resumes*: after an error, the parser finds the next statement. *streams*: a statement is known
    as soon as its last byte is read, so that the line it ends on is known too. *has_graphs*: it
    can name graphs.
    """

    name: str
    extensions: tuple[str, ...]
    format: RdfFormat
    resumes: bool = True
    streams: bool = True
    has_graphs: bool = False


TURTLE = Syntax("Turtle", ("ttl", "turtle", "n3"), RdfFormat.TURTLE)
N_TRIPLES = Syntax("N-Triples", ("nt", "ntriples"), RdfFormat.N_TRIPLES)
N_QUADS = Syntax("N-Quads", ("nq", "nquads"), RdfFormat.N_QUADS, has_graphs=True)
TRIG = Syntax("TriG", ("trig",), RdfFormat.TRIG, has_graphs=True)
RDF_XML = Syntax("RDF/XML", ("rdf", "owl", "rdfs", "xml"), RdfFormat.RDF_XML, resumes=False)
JSON_LD = Syntax(
    "JSON-LD",
    ("jsonld", "json"),
    RdfFormat.JSON_LD,
    resumes=False,
    streams=False,
    has_graphs=True,
)

SYNTAXES = (TURTLE, N_TRIPLES, N_QUADS, TRIG, RDF_XML, JSON_LD)
#: Extensions that other data have too: such a file is RDF only if its content is.
_SHARED = {"xml", "json", "owl"}

#: Beginnings of files that are encoded otherwise (RFC 2781; Unicode Standard, section 23.8).
OTHER_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_XML = re.compile(rb"\s*(?:<\?xml\b|<!--|<!DOCTYPE\b|<(?:[\w.-]+:)?RDF[\s>])")
_HTML = re.compile(rb"\s*(?:<!DOCTYPE\s+html|<html[\s>])", re.IGNORECASE)
_RDF_ELEMENT = re.compile(rb"http://www\.w3\.org/1999/02/22-rdf-syntax-ns#")
_KEYWORD = re.compile(rb'"@(?:context|id|graph|type|value)"')
#: How statements of Turtle, TriG, N-Triples and N-Quads begin, after comments.
_STATEMENTS = re.compile(
    rb"\s*(?:#[^\n]*\n\s*)*(?:@(?:prefix|base)\s|(?:prefix|base)\s+\S*\s*<"
    rb"|<[a-z][a-z0-9+.-]*:[^<>\"{}|^`\\\s]*>\s+(?:<|a\s)|_:\w+\s+<)",
    re.IGNORECASE,
)
#: A whole line of N-Triples or N-Quads; in Turtle, a predicate may be a word.
_STATEMENT_OF_A_LINE = re.compile(rb"(?:<[^>]*>|_:\S+)\s*<[^>]*>.*\.\Z", re.DOTALL)
#: Bytes that tell the syntax of a file.
_LOOKED_AT = 65_536


def by_extension(name: str) -> Syntax | None:
    """Return the syntax that the extension of *name* stands for, or None; capitals are the same.

    >>> by_extension("kb/COINS.TTL").name
    'Turtle'
    """
    extension = extension_of(name)
    return next((row for row in SYNTAXES if extension in row.extensions), None)


def extension_of(name: str) -> str:
    """Return the extension of *name* in small letters, without its dot and that of compression."""
    path = PurePath(name.lower())
    if path.suffix in (".gz", ".zst"):
        path = path.with_suffix("")
    return path.suffix.removeprefix(".")


#: Extensions of SPARQL.
_QUERIES = frozenset({"rq", "ru", "sparql"})


def has_shared_extension(name: str) -> bool:
    """Tell whether files of that extension are often something else than RDF."""
    return extension_of(name) in _SHARED


def syntax_of(name: str, content: bytes) -> Syntax | None:
    """Return the syntax of *content*, which is in the file *name*; None if it is not RDF.

    The content decides where its first bytes can only be of one syntax, the extension elsewhere.

    >>> syntax_of("a.ttl", b'<?xml version="1.0"?><rdf:RDF ').name
    'RDF/XML'
    >>> syntax_of("notes.txt", b"to do") is None
    True
    >>> syntax_of("question.rq", b"PREFIX ex: <https://example.org/> SELECT * {}") is None
    True
    """
    if extension_of(name) in _QUERIES:
        return None  # it may begin as Turtle does
    content = without_byte_order_mark(content)
    named = by_extension(name)
    shared = has_shared_extension(name)
    if is_html(content):
        return None
    if is_xml(content):
        is_rdf = named is not None and not shared
        return RDF_XML if is_rdf or _RDF_ELEMENT.search(content[:_LOOKED_AT]) else None
    if is_json(content):
        is_rdf = named is not None and not shared
        return JSON_LD if is_rdf or _KEYWORD.search(content) else None
    if named is not None and named not in (RDF_XML, JSON_LD):
        return named
    if _STATEMENTS.match(content[:_LOOKED_AT]):
        return N_QUADS if _is_line_by_line(content) else TURTLE
    return None if shared else named


def is_html(content: bytes) -> bool:
    """Tell whether *content* begins as a page does."""
    return _HTML.match(content) is not None


def is_xml(content: bytes) -> bool:
    """Tell whether *content* begins as XML does."""
    return _XML.match(content) is not None


def is_json(content: bytes) -> bool:
    """Tell whether *content* is JSON, or begins as only JSON does."""
    start = content.lstrip()[:1]
    if start == b"{":  # a graph of TriG begins so too
        return re.match(rb'\s*\{\s*(?:"[^"\n]*"\s*:|\})', content) is not None
    if start != b"[":
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def other_encoding(content: bytes) -> str:
    """Return the name of the encoding that the byte order mark names, or the empty string."""
    for mark, encoding in OTHER_ENCODINGS.items():
        if content.startswith(mark):
            return encoding
    return ""


def _is_line_by_line(content: bytes) -> bool:
    """Tell whether the first statements are of N-Triples or N-Quads, each on its line."""
    lines = list(_first_lines(content))
    return bool(lines) and all(map(_STATEMENT_OF_A_LINE.match, lines))


def _first_lines(content: bytes) -> Iterator[bytes]:
    for line in content[:_LOOKED_AT].splitlines()[:20]:
        stripped = line.strip()
        if stripped and not stripped.startswith(b"#"):
            yield stripped
