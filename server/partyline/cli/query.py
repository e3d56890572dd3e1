"""Query the local release, or any endpoint, in SPARQL."""

import argparse
import io
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    parse_query_results,
)

from partyline.display import visible
from partyline.errors import BadQuery, EngineError, SourceError
from partyline.rdf import write_turtle
from partyline.releases import current_release
from partyline.settings import Settings
from partyline.sources import read_text_file
from partyline.sparql import (
    Evaluator,
    QueryRequest,
    diagnose,
    query_endpoint,
    query_form,
    read_results,
    refuse_service,
    render_table,
    write_csv,
)

_JSON, _TURTLE = "application/sparql-results+json", "text/turtle"
EXAMPLE = "partyline query 'SELECT ?type (COUNT(*) AS ?n) { ?s a ?type } GROUP BY ?type'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "query", metavar="TEXT|FILE|-", help="a query, a file with one, or - for the standard input"
    )
    parser.add_argument(
        "--endpoint", metavar="URL", help="query this endpoint instead of the local release"
    )
    parser.add_argument(
        "--output",
        choices=("table", "json", "csv"),
        default="table",
        help="for SELECT and ASK; CONSTRUCT and DESCRIBE print Turtle",
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the answer."""
    query = _read(options.query).removeprefix("\ufeff")
    prefixes = settings.prefixes
    if options.endpoint:
        answer = query_endpoint(options.endpoint, query)
    else:
        answer, prefixes = _query_release(query, settings)
    if query_form(query) in ("SELECT", "ASK"):
        answer = _render(answer, options.output, prefixes)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def _read(argument: str) -> str:
    """Return the query: the content of a file if *argument* names one, else *argument*."""
    try:
        if argument == "-":
            return sys.stdin.read()
        # Names of files have no braces, as a rule.
        if "{" not in argument and Path(argument).is_file():
            return read_text_file(Path(argument))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{argument}: cannot be read: {error}") from error
    if argument.endswith(".rq"):
        raise SourceError(f"{argument}: no such file")
    return argument


def _query_release(query: str, settings: Settings) -> tuple[bytes, Mapping[str, str]]:
    """Evaluate in this process: it is the operator's own query, on the operator's own machine.

    SERVICE is refused: the author of a file with a query may not be trusted.
    """
    query_form(query)
    refuse_service(query)
    release = current_release(settings.releases)
    prefixes = release.manifest.prefixes
    # The engine does not let Python handle an interrupt: let it end the process.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    evaluator = Evaluator(release.open_store(), absent_graphs=release.absent_graphs)
    try:
        evaluation = evaluator.evaluate(QueryRequest(query, _JSON, _TURTLE))
        for warning in evaluation.warnings:
            print(visible(f"partyline: warning: {warning}"), file=sys.stderr)
        results = evaluation.results
        if not isinstance(results, QuerySolutions | QueryBoolean):
            return write_turtle(results, prefixes).encode(), prefixes
        return results.serialize(format=QueryResultsFormat.JSON) or b"", prefixes
    except SyntaxError as error:
        raise BadQuery(diagnose(query, str(error))) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise EngineError(f"the query cannot be evaluated: {error}") from error
    finally:
        signal.signal(signal.SIGINT, before)


def _render(answer: bytes, output: str, prefixes: Mapping[str, str]) -> bytes:
    if output == "json":
        return answer + b"\n"
    if output == "table":
        found = read_results(answer)
        if isinstance(found, bool):
            return b"true\n" if found else b"false\n"
        return render_table(found.variables, found.rows, prefixes).encode()
    rows = parse_query_results(answer, QueryResultsFormat.JSON)
    if not isinstance(rows, QuerySolutions):
        return rows.serialize(format=QueryResultsFormat.CSV) or b""
    written = io.BytesIO()
    write_csv(rows, written)
    return written.getvalue()
