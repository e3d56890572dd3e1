"""Files and triples into columns: every lexical form as written, most lines without Python.

Lines in canonical N-Triples are split by the database itself. All else goes through the parser,
which writes canonical N-Triples.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
from pyoxigraph import BlankNode, Quad, RdfFormat, Triple, parse, serialize

from partyline.errors import ChecksFailed, Finding, SourceError
from partyline.reasoning.columns.database import Database
from partyline.reasoning.columns.terms import text
from partyline.reasoning.rules import Fact
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
    """Load Turtle and N-Triples files; return the prefixes of the Turtle ones, the first first.

    Raises ChecksFailed with the findings of a file that has syntax errors, and SourceError for
    one that cannot be read.
    """
    _begin(database)
    prefixes: dict[str, str] = {}
    for path in paths:
        if not path.is_file():
            raise SourceError(f"{path}: cannot be read: no such file")
        if path.suffix == ".nt" and _load_lines(database, path):
            continue
        for prefix, iri in _load_parsed(database, path, path).items():
            prefixes.setdefault(prefix, iri)
    _encode(database)
    return prefixes


def load_facts(database: Database, facts: Iterable[Fact]) -> None:
    """Load facts that are in memory, generalised ones too."""
    _begin(database)
    written = database.folder / "given.nt"
    with written.open("w", encoding="utf-8") as file:
        file.writelines(f"{' '.join(map(text, row))} .\n" for row in facts)
    _split(database, written)
    _encode(database)


def _begin(database: Database) -> None:
    database.run("CREATE TABLE written (s VARCHAR, p VARCHAR, o VARCHAR)")
    database.run("CREATE TABLE spelling (text VARCHAR)")


def _load_lines(database: Database, path: Path) -> bool:
    """Load N-Triples; tell whether it could be done without parsing the whole file.

    Each line is split at its spaces. What that has made is looked at term by term, each once; a
    line with a term that is not plain is given to the parser.
    """
    try:
        database.run(f"CREATE OR REPLACE TABLE split AS SELECT line, {_TERMS} FROM {_lines(path)}")
    except duckdb.Error:
        # Bytes that are not UTF-8, or a separator inside a literal: the parser has the word.
        return False
    database.run(f"CREATE OR REPLACE TABLE found AS {_texts('split')}")
    plain = f"regexp_full_match(text, '{_quote(_PLAIN)}') AND NOT suffix(text, '{_STRING}')"
    left = database.one(f"SELECT count(*) FROM found WHERE NOT ({plain})")
    subjects = "s[1] = '<' AND p[1] = '<'"
    if left or database.one(f"SELECT count(*) FROM split WHERE NOT ({subjects})"):
        odd = f"(SELECT text FROM found WHERE NOT ({plain}))"
        condition = f"NOT ({subjects}) OR s IN {odd} OR p IN {odd} OR o IN {odd}"
        others = database.folder / "others.nt"
        database.run(
            f"COPY (SELECT line FROM split WHERE {condition}) TO '{_quote(str(others))}'"
            " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        )
        database.run(f"DELETE FROM split WHERE {condition}")
        database.run(f"CREATE OR REPLACE TABLE found AS {_texts('split')}")
        _load_parsed(database, others, path)
    _take(database)
    return True


def _texts(table: str) -> str:
    """Return the query of the terms of a table."""
    parts = " UNION ALL ".join(f"SELECT {column} AS text FROM {table}" for column in "spo")
    return f"SELECT DISTINCT text FROM ({parts})"


def _take(database: Database) -> None:
    """Add the rows of the table ``split`` and their terms, ``found``, to what is written."""
    database.run("INSERT INTO written SELECT s, p, o FROM split")
    database.run("INSERT INTO spelling SELECT text FROM found ANTI JOIN spelling USING (text)")
    database.run("DROP TABLE split")
    database.run("DROP TABLE found")


def _load_parsed(database: Database, file: Path, path: Path) -> dict[str, str]:
    """Load what the parser reads in *file*, a part of *path* or all of it."""
    format_ = RdfFormat.N_TRIPLES if file.suffix == ".nt" else RdfFormat.TURTLE
    written = database.folder / "parsed.nt"
    parser = parse(path=str(file), format=format_)
    try:
        serialize(_renamed(parser, path), str(written), format=RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        # Read once more, for all findings with their lines.
        findings: tuple[Finding, ...] = read_turtle(path).findings
        raise ChecksFailed(findings or (_finding(error, path),)) from error
    _split(database, written)
    return parser.prefixes


def _finding(error: SyntaxError, path: Path) -> Finding:
    return Finding(path.as_posix(), error.lineno or 1, "syntax", f"not Turtle: {error}")


def _renamed(quads: Iterable[Quad], path: Path) -> Iterator[Triple]:
    """Yield triples whose blank nodes no other file has."""
    rename = BlankNodeNames(path.as_posix())
    for quad in quads:
        subject, object_ = quad.subject, quad.object
        if isinstance(subject, Triple) or isinstance(object_, Triple):
            raise SourceError(f"{path}: {quad.triple}: OWL 2 has no quoted triples")
        if isinstance(subject, BlankNode) or isinstance(object_, BlankNode):
            yield Triple(rename(subject), quad.predicate, rename(object_))
        else:
            yield quad.triple


#: The three terms of a plain line, of which the first two have no spaces. Of any other line, one of
#: the three is no term.
_TERMS = (
    "parts[1] AS s, parts[2] AS p,"
    " CASE WHEN len(parts) = 4 AND parts[4] = '.' THEN parts[3] WHEN suffix(line, ' .')"
    " THEN line[length(parts[1]) + length(parts[2]) + 3 : length(line) - 2] ELSE line END AS o"
)


def _split(database: Database, path: Path) -> None:
    """Load what the parser has written."""
    database.run(f"CREATE OR REPLACE TABLE parsed AS SELECT {_TERMS} FROM {_lines(path)}")
    database.run("INSERT INTO written SELECT s, p, o FROM parsed")
    database.run(
        f"INSERT INTO spelling SELECT text FROM ({_texts('parsed')})"
        " ANTI JOIN spelling USING (text)"
    )
    database.run("DROP TABLE parsed")
    path.unlink()


def _lines(path: Path) -> str:
    read = _LINES.format(path=f"'{_quote(str(path))}'")
    return f"(SELECT line, string_split(line, ' ') AS parts FROM {read})"


def _quote(value: str) -> str:
    return value.replace("'", "''")


def _encode(database: Database) -> None:
    """Make the dictionary and the table of asserted facts."""
    database.run(
        "CREATE TABLE term AS SELECT CASE WHEN text[1] = '\"' THEN -1 ELSE 1 END"
        " * row_number() OVER (PARTITION BY text[1] = '\"' ORDER BY text)::INTEGER AS id, text"
        " FROM spelling"
    )
    # Predicates are few: a small table of them is found faster.
    database.run(
        "CREATE TABLE asserted AS SELECT DISTINCT one.id AS s, two.id AS p, three.id AS o"
        " FROM written JOIN term AS one ON s = one.text"
        " JOIN (SELECT * FROM term WHERE text IN (SELECT DISTINCT p FROM written)) AS two"
        " ON p = two.text JOIN term AS three ON o = three.text"
    )
    database.run("DROP TABLE written")
    database.run("DROP TABLE spelling")
