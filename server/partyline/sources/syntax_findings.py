"""What is wrong with a file that is not Turtle, or with a part of it: for its author to correct."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import Literal, Triple

from partyline.findings import Finding
from partyline.rdf.characters import is_suspicious, named, remedy

#: Beginnings of files that are encoded otherwise (RFC 2781; Unicode Standard, section 23.8).
_OTHER_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_XML = re.compile(rb"\s*(?:<\?xml\b|<!--|<!DOCTYPE\b|<(?:[\w.-]+:)?RDF[\s>])")
_HTML = re.compile(rb"\s*(?:<!DOCTYPE\s+html|<html[\s>])", re.IGNORECASE)
#: Messages of the parser about one term; others may be consequences of an error before them.
_ABOUT_A_TERM = re.compile(r"IRI|prefix .* has not been declared|language|escape|UTF-8|encod")
#: Where such a message quotes one character, or a prefix.
_NAMED = re.compile(r"'.' is not allowed|(?:character|point) '.'|The prefix .*:")
_RELATIVE = "No scheme found in an absolute IRI"
#: Further relative IRIs that a finding lists.
_LISTED = 10


def other_syntax(content: bytes, name: str) -> Finding | None:
    """Return the finding of a file that is not Turtle from its first byte on, or None.

    *content* has no byte order mark of UTF-8.
    """
    for mark, encoding in _OTHER_ENCODINGS.items():
        if content.startswith(mark):
            return _finding(
                *(name, 1, f"the file is encoded in {encoding}; Turtle is UTF-8"),
                f"convert it: iconv -f {encoding} -t UTF-8 {name} > new.ttl",
            )
    if _HTML.match(content):
        return _finding(
            *(name, 1, "this is HTML, not Turtle"),
            "download the data instead of the page, or remove the file",
        )
    for syntax, option in (("RDF/XML", "xml"), ("JSON-LD", "json-ld")):
        if _is_xml(content) if option == "xml" else _is_json(content):
            return _finding(
                *(name, 1, f"this is {syntax}, not Turtle"),
                f"convert it: rdfpipe -i {option} -o turtle {name} > new.ttl",
            )
    return None


def _is_xml(content: bytes) -> bool:
    return _XML.match(content) is not None


def _is_json(content: bytes) -> bool:
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


def syntax_findings(
    errors: Sequence[tuple[SyntaxError, int]], lines: Sequence[str], name: str
) -> list[Finding]:
    """Return the findings of the errors of a parser, in their order.

    Each error comes with the number of triples before it: an error of the grammar without one
    between it and the error before it on its line may be a consequence of that, and is left out.
    Relative IRIs are one finding for the file, because one ``@base`` corrects them all.
    """
    findings: list[Finding] = []
    relative: list[tuple[int, str]] = []
    last_line, last_column, last_read = 0, 0, -1
    for error, read in errors:
        line, column, reason = error.lineno or 1, error.offset or 1, _reason(error)
        same = line == last_line
        consequence = same and not _ABOUT_A_TERM.search(reason) and read == last_read
        if (same and column == last_column) or consequence:
            continue
        last_line, last_column, last_read = line, column, read
        if reason == _RELATIVE:
            relative.append((line, _text(error, lines)))
        else:
            findings.append(_syntax_finding(name, line, column, reason))
    return sorted([*findings, *_relative_iris(relative, name)], key=lambda row: row.line)


def _syntax_finding(name: str, line: int, column: int, reason: str) -> Finding:
    named_in = _NAMED.search(reason)
    character = next(filter(is_suspicious, named_in[0] if named_in else ""), None)
    if character is not None:
        message = f"the character {named(character)} is not allowed here"
        return _finding(name, line, f"not Turtle: {message} (column {column})", remedy(character))
    return _finding(
        *(name, line, f"not Turtle: {reason} (column {column})"),
        _remedy(reason),
    )


def _remedy(reason: str) -> str:
    if "has not been declared" in reason:
        return "declare it at the top: @prefix NAME: <IRI> . ; or correct its spelling"
    if "IRI code point" in reason:
        return "write the character as % and two hexadecimal digits, such as %20 for a space"
    if "UTF-8" in reason:
        return "save the file as UTF-8"
    return "correct the line; a missing . or ; just above it is the usual cause"


def _relative_iris(found: Sequence[tuple[int, str]], name: str) -> Iterator[Finding]:
    if not found:
        return
    (line, iri), *more = found
    details = [f"line {number}: {text}" for number, text in more[:_LISTED]]
    if len(more) > _LISTED:
        details.append(f"and {len(more) - _LISTED} more")
    yield _finding(
        *(name, line, f"{iri} is a relative IRI, and there is no @base above it"),
        "write @base <https://…> . with the address of this document at the top of the file, or"
        " write the IRI in full",
        tuple(details),
    )


def rdf12_findings(triple: Triple, name: str, line: int) -> Iterator[Finding]:
    """Yield the findings of what only RDF 1.2 has: triple terms and base directions.

    Such a triple is not published: reasoning, and half of the formats, are of RDF 1.1.
    """
    if isinstance(triple.object, Triple):
        yield _finding(
            *(name, line, "a triple term or an annotation (RDF 1.2) cannot be published"),
            "say it of a node of its own, which names the statement that it is about, instead of"
            " <<( … )>>, << … >> or {| … |}",
            code="rdf-1.2",
        )
    elif isinstance(triple.object, Literal) and triple.object.direction:
        literal = triple.object
        plain = Literal(literal.value, language=literal.language)
        yield _finding(
            *(name, line, f"{literal} has a base direction (RDF 1.2), which cannot be published"),
            f"write {plain}; browsers choose the direction by the characters",
            code="rdf-1.2",
        )


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return *findings* in their order, each once: an annotation makes several triples."""
    return tuple(dict.fromkeys(findings))


def _reason(error: SyntaxError) -> str:
    """Return the reason without the place that is before it in the message."""
    text = str(error.args[0])
    return text.partition(": ")[2] or text


def _text(error: SyntaxError, lines: Sequence[str]) -> str:
    """Return the text that *error* is about."""
    number = (error.lineno or 1) - 1
    line = lines[number] if number < len(lines) else ""
    return line[(error.offset or 1) - 1 : (error.end_offset or 1) - 1]


def _finding(
    path: str,
    line: int,
    message: str,
    remedy: str,
    details: tuple[str, ...] = (),
    *,
    code: str = "syntax",
) -> Finding:
    return Finding(path, line, code, message, remedy, details=details)
