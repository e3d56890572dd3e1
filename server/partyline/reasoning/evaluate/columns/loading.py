"""Files into columns: every lexical form as written, most lines without Python.

Lines in canonical N-Triples are split by the database itself. All else goes through the parser,
which writes canonical N-Triples.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
from pyoxigraph import BlankNode, Literal, Quad, RdfFormat, Triple, parse, serialize

from partyline.errors import ChecksFailed, EngineError, SourceError
from partyline.findings import Finding
from partyline.rdf.byte_order_mark import open_behind_byte_order_mark
from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.engine_selection import PARQUET
from partyline.sources import BlankNodeNames, read_turtle

#: Terms of canonical N-Triples that are the same text in every reader: IRIs in ASCII, and
#: literals without the datatype that is not written, in escapes that are always written.
_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*>"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\["\\nrt])*"'
_PLAIN = rf"{_IRI}|{_QUOTED}(?:@[a-z]{{1,8}}(?:-[a-z0-9]{{1,8}})*|\^\^{_IRI})?"
_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"
#: One column a line: no line of N-Triples holds the separator, for the parser escapes it.
_LINES = (
    "read_csv({path}, header = false, delim = '\x01', quote = '', escape = '', comment = '',"
    " auto_detect = false, new_line = '\\n', max_line_size = 33554432, nullstr = '\x02',"
    " columns = {{'line': 'VARCHAR'}})"
)


def load_files(database: Database, paths: Iterable[Path]) -> dict[str, str]:
    """Load Turtle, N-Triples, Parquet; return the prefixes of the Turtle files, the first first.

    Raises ChecksFailed with the findings of a file that has syntax errors, and SourceError for
    one that cannot be read.
    """
    _begin(database)
    prefixes: dict[str, str] = {}
    split = []
    for path in paths:
        if not path.is_file():
            raise SourceError(f"{path}: cannot be read: no such file")
        if path.suffix == PARQUET:
            _split_rows(database, path)
            split.append(path)
            continue
        if path.suffix == ".nt" and _split_lines(database, path):
            split.append(path)
            continue
        for prefix, iri in _load_parsed(database, path, path).items():
            prefixes.setdefault(prefix, iri)
    _parse_odd_lines(database, split)
    _encode(database)
    return prefixes


def _begin(database: Database) -> None:
    # What is split at its spaces, and what the parser has written.
    database.run("CREATE TABLE split (s VARCHAR, p VARCHAR, o VARCHAR)")
    database.run("CREATE TABLE parsed (s VARCHAR, p VARCHAR, o VARCHAR)")


def _split_lines(database: Database, path: Path) -> bool:
    """Split the lines of a file; tell whether it could be done without parsing all of it."""
    try:
        database.run(f"INSERT INTO split SELECT s, p, o FROM ({_terms(path)})")
    except duckdb.Error:
        # Bytes that are not UTF-8, or a separator inside a literal: the parser has the word.
        return False
    return True


def _split_rows(database: Database, path: Path) -> None:
    """Load a table of statements. Raises SourceError where it has other columns."""
    try:
        missing = database.one(f"SELECT count(*) FROM ({_terms(path)}) WHERE line IS NULL")
        database.run(f"INSERT INTO split SELECT s, p, o FROM ({_terms(path)})")
    except (duckdb.Error, EngineError) as error:
        raise SourceError(
            f"{path}: is not a table of statements, in Parquet with the columns subject, predicate"
            f" and object: {str(error).partition(chr(10))[0]}"
        ) from error
    if missing:
        raise SourceError(f"{path}: {missing} rows have no subject, predicate or object")


def _parse_odd_lines(database: Database, paths: Iterable[Path]) -> None:
    """Give the parser the lines that splitting has not made three plain terms of.

    Each term is looked at once, however many lines have it.
    """
    database.run(f"CREATE TABLE found AS {_texts('split')}")
    database.run(
        "CREATE TABLE odd AS SELECT text FROM found"
        f" WHERE NOT regexp_full_match(text, '{_quote(_PLAIN)}') OR suffix(text, '{_STRING}')"
    )
    odd = "s[1] <> '<' OR p[1] <> '<'"
    if database.one("SELECT count(*) FROM odd"):
        odd += "".join(f" OR {column} IN (SELECT text FROM odd)" for column in "spo")
    if not database.one(f"DELETE FROM split WHERE {odd}"):
        return
    database.run(f"CREATE OR REPLACE TABLE found AS {_texts('split')}")
    for path in paths:
        others = database.folder / "others.nt"
        database.run(
            f"COPY (SELECT line FROM ({_terms(path)}) WHERE {odd}) TO '{_quote(str(others))}'"
            " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        )
        _load_parsed(database, others, path)


def _texts(table: str) -> str:
    """Return the query of the terms of a table."""
    parts = " UNION ALL ".join(f"SELECT {column} AS text FROM {table}" for column in "spo")
    return f"SELECT DISTINCT text FROM ({parts})"


def _load_parsed(database: Database, file: Path, path: Path) -> dict[str, str]:
    """Load what the parser reads in *file*, a part of *path* or all of it."""
    format_ = RdfFormat.N_TRIPLES if file.suffix == ".nt" else RdfFormat.TURTLE
    written = database.folder / "parsed.nt"
    try:
        with open_behind_byte_order_mark(file) as content:
            parser = parse(content, format=format_)
            serialize(_renamed(parser, path), str(written), format=RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        # Read once more, for all findings with their lines.
        findings: tuple[Finding, ...] = read_turtle(path).findings
        raise ChecksFailed(findings or (_finding(error, path),)) from error
    _take(database, written)
    return parser.prefixes


def _finding(error: SyntaxError, path: Path) -> Finding:
    return Finding(path.as_posix(), error.lineno or 1, "syntax", f"not Turtle: {error}")


def _renamed(quads: Iterable[Quad], path: Path) -> Iterator[Triple]:
    """Yield triples whose blank nodes no other file has."""
    rename = BlankNodeNames(path.as_posix())
    for quad in quads:
        subject, object_ = quad.subject, quad.object
        if isinstance(object_, Triple) or (isinstance(object_, Literal) and object_.direction):
            # RDF 1.2. Read once more, for the findings with their lines.
            raise ChecksFailed(read_turtle(path).findings)
        if isinstance(subject, BlankNode) or isinstance(object_, BlankNode):
            yield Triple(rename(subject), quad.predicate, rename(object_))
        else:
            yield quad.triple


def _take(database: Database, path: Path) -> None:
    """Load what the parser has written; remove it."""
    database.run(f"INSERT INTO parsed SELECT s, p, o FROM ({_terms(path)})")
    path.unlink()


def _terms(path: Path) -> str:
    """Return the query ``(line, s, p, o)`` of the lines of a file, each split into three terms.

    The first two terms of a plain line have no spaces. Of any other line, one of the three is no
    term.
    """
    if path.suffix == PARQUET:
        return (
            "SELECT subject || ' ' || predicate || ' ' || object || ' .' AS line,"
            f" subject AS s, predicate AS p, object AS o FROM read_parquet('{_quote(str(path))}')"
        )
    read = _LINES.format(path=f"'{_quote(str(path))}'")
    return (
        "SELECT line, parts[1] AS s, parts[2] AS p,"
        " CASE WHEN len(parts) = 4 AND parts[4] = '.' THEN parts[3] WHEN suffix(line, ' .')"
        " THEN line[length(parts[1]) + length(parts[2]) + 3 : length(line) - 2]"
        f" ELSE line END AS o FROM (SELECT line, string_split(line, ' ') AS parts FROM {read})"
    )


def _quote(value: str) -> str:
    return value.replace("'", "''")


def _encode(database: Database) -> None:
    """Give each term its number, and make the table of what is asserted."""
    database.run(
        "CREATE TABLE term AS SELECT CASE WHEN text[1] = '\"' THEN -1 ELSE 1 END"
        " * row_number() OVER (PARTITION BY text[1] = '\"' ORDER BY text)::INTEGER AS id, text"
        f" FROM (FROM found UNION ALL (FROM ({_texts('parsed')}) ANTI JOIN found USING (text)))"
    )
    database.run("DROP TABLE found")
    written = "(FROM split UNION ALL FROM parsed)"
    # Predicates are few: a small table of them is found faster.
    database.run(
        "CREATE TABLE asserted AS SELECT DISTINCT one.id AS s, two.id AS p, three.id AS o"
        f" FROM {written} JOIN term AS one ON s = one.text"
        f" JOIN (SELECT * FROM term WHERE text IN (SELECT DISTINCT p FROM {written})) AS two"
        " ON p = two.text JOIN term AS three ON o = three.text"
    )
    database.run("DROP TABLE split")
    database.run("DROP TABLE parsed")
