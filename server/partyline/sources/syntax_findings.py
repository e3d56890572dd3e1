"""What is wrong with a file that is not Turtle, or with a part of it: for its author to correct."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import Literal, Triple

from partyline.findings import Finding, Severity
from partyline.rdf.characters import is_suspicious, named, remedy
from partyline.sources.relative_iris import relative_finding
from partyline.sources.syntaxes import (
    JSON_LD,
    RDF_XML,
    TURTLE,
    Syntax,
    is_html,
    is_json,
    is_xml,
    other_encoding,
)

#: Messages of the parser about one term; others may be consequences of an error before them.
_ABOUT_A_TERM = re.compile(
    r"IRI|prefix .* has not been declared|[Ll]anguage|[Ss]ubtag|escape|UTF-8|encod"
)
_INVALID = re.compile(r"IRI|[Ll]anguage|[Ss]ubtag")
#: Where such a message quotes one character, or a prefix.
_NAMED = re.compile(r"'.' is not allowed|(?:character|point) '.'|The prefix .*:")
_RELATIVE = "No scheme found in an absolute IRI"


def other_syntax(content: bytes, name: str, syntax: Syntax) -> Finding | None:
    """Return the finding of a file that is not *syntax* from its first byte on, or None.

    *content* has no byte order mark of UTF-8.
    """
    encoding = other_encoding(content)
    if encoding:
        return _finding(
            *(name, 1, f"the file is encoded in {encoding}; {syntax.name} is UTF-8"),
            f"convert it: iconv -f {encoding} -t UTF-8 {name} > new.{syntax.extensions[0]}",
        )
    if is_html(content):
        return _finding(
            *(name, 1, f"this is HTML, not {syntax.name}"),
            "download the data instead of the page, or remove the file",
        )
    if syntax in (RDF_XML, JSON_LD):
        return None
    for other, option, matches in ((RDF_XML, "xml", is_xml), (JSON_LD, "json-ld", is_json)):
        if matches(content):
            return _finding(
                *(name, 1, f"this is {other.name}, not {syntax.name}"),
                f"convert it: rdfpipe -i {option} -o turtle {name} > new.ttl",
            )
    return None


def syntax_findings(
    errors: Sequence[tuple[SyntaxError, int]],
    lines: Sequence[str],
    name: str,
    syntax: Syntax = TURTLE,
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
        consequence = same and not names_a_term(error) and read == last_read
        if (same and column == last_column) or consequence:
            continue
        last_line, last_column, last_read = line, column, read
        if no_scheme(error):
            relative.append((line, _text(error, lines)))
        else:
            findings.append(_syntax_finding(name, line, column, reason, syntax))
    return sorted([*findings, *_relative_iris(relative, name, syntax)], key=lambda row: row.line)


def is_invalid(error: SyntaxError) -> bool:
    """Tell whether *error* is about an IRI or a language tag that is not valid."""
    return _INVALID.search(error.msg) is not None and not no_scheme(error)


def names_a_term(error: SyntaxError) -> bool:
    """Tell whether *error* is about one term, and not a consequence of another error."""
    return _ABOUT_A_TERM.search(_reason(error)) is not None


def no_scheme(error: SyntaxError) -> bool:
    """Tell whether *error* is about a relative IRI."""
    return _reason(error) == _RELATIVE


def _syntax_finding(name: str, line: int, column: int, reason: str, syntax: Syntax) -> Finding:
    named_in = _NAMED.search(reason)
    place = f" (column {column})" if syntax.resumes else ""
    character = next(filter(is_suspicious, named_in[0] if named_in else ""), None)
    if character is not None:
        reason = f"the character {named(character)} is not allowed here"
        remedy_ = remedy(character)
    else:
        remedy_ = _remedy(reason, syntax)
    return _finding(name, line, f"not {syntax.name}: {reason}{place}", remedy_)


def _remedy(reason: str, syntax: Syntax) -> str:
    if "IRI code point" in reason:
        return "write the character as % and two hexadecimal digits, such as %20 for a space"
    if "percent encoding" in reason:
        return "write a % that two hexadecimal digits do not follow as %25"
    if "UTF-8" in reason:
        return "save the file as UTF-8"
    if not syntax.resumes:
        return "correct the line; the rest of the file was not read"
    return "correct the line; a missing . or ; just above it is the usual cause"


def _relative_iris(
    found: Sequence[tuple[int, str]], name: str, syntax: Syntax
) -> Iterator[Finding]:
    if found:
        yield relative_finding(name, list(found), syntax)


def context_finding(name: str, content: bytes, missing: Sequence[str]) -> Finding:
    """Return the finding of contexts of JSON-LD that are not on this machine."""
    first = missing[0]
    at = content.find(first.encode())
    return _finding(
        *(name, content.count(b"\n", 0, max(at, 0)) + 1),
        f"the context {first} is not on this machine, and nothing is fetched",
        f'save it as a file, and name that in the settings: [catalogue] "{first}" = "FILE"',
        tuple(f"the same is true of {iri}" for iri in dict.fromkeys(missing[1:]) if iri != first),
    )


def unnamed_graph_finding(graphs: Mapping[str, int], name: str) -> Finding:
    """Return the warning that blank nodes name *graphs*, each with its first line."""
    first, *more = graphs
    count = (
        f"blank nodes name {len(graphs)} graphs"
        if more
        else f"the blank node _:{first} names a graph"
    )
    return Finding(
        name,
        graphs[first],
        "named-graph",
        f"{count}; no query could ask for it, so its triples are published in the default graph",
        "name the graph with an IRI, if it matters",
        Severity.WARNING,
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
