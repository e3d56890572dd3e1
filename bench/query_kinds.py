"""Measure fourteen kinds of queries over HTTP, beside other SPARQL servers on the same statements.

Invented lineages are built; the others hold what the release has inferred, too. The servers answer
in turns, one query at a time, each with a comment that no other has, so that none answers from a
cache. Beside Partyline are measured those that are here: the `oxigraph` server on the same store,
Virtuoso (``virtuoso-t`` and ``isql-vt``), and rdflib-endpoint, which is rdflib's engine behind
FastAPI; it is installed in a virtual environment that is thrown away. Servers that give another
number of rows are named. Writes bench/results/query_kinds.md.

Usage: ``python bench/query_kinds.py [SIZE] [--seconds 1] [--without NAME …]``
"""

import argparse
import csv
import http.client
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

from build import command, invented, triples_of
from documents import free_port, running, seconds_of
from result_files import RESULTS, save

SIZE = 20_000
#: Seconds after which a query of a server is given up, and that of its other rounds with it.
PATIENCE = 60
#: Queries of each kind and server: as many as a second has, but not more or less than these.
MOST, LEAST = 200, 3
_PREFIXES = (
    "PREFIX : <https://bench.example.org/lineage#> PREFIX t: <https://bench.example.org/id/>"
    " PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
)
#: By what they ask; in place of ``t:it`` stands what `THING` finds: it came of something, and
#: something came of it.
KINDS = {
    "is there": "ASK { t:it a :Party }",
    "all about a thing": "SELECT ?p ?o { t:it ?p ?o }",
    "what leads to it": "SELECT ?s ?p { ?s ?p t:it }",
    "star": "SELECT ?s ?n ?f ?c { ?s a :CommunistParty ; :name ?n ; :founding ?f ; :country ?c }",
    "chain": "SELECT ?p ?o ?c { ?p :founded ?o . ?o :succeeds ?e . ?e :country ?c }",
    "OPTIONAL": "SELECT ?s ?n ?d { ?s a :Union ; :name ?n OPTIONAL { ?s :dissolution ?d } }",
    "UNION": "SELECT ?s { { ?s a :Union } UNION { ?s a :Wing } UNION { ?s a :Alliance } }",
    "range, sorted": "SELECT ?s ?f { ?s :founding ?f FILTER(?f >= 1900 && ?f < 1910) }"
    " ORDER BY ?f ?s",
    "count by class": "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c",
    "page of a sorted list": "SELECT ?s ?n { ?s a :Party ; :name ?n } ORDER BY ?n LIMIT 25"
    " OFFSET 100",
    "path": "SELECT ?x { t:it (:splitFrom|:mergedFrom|:renamedFrom)+ ?x }",
    "path both ways, then a name": "SELECT DISTINCT ?n {"
    " t:it (:succeeds|^:succeeds)+ ?x . ?x :name ?n }",
    "regular expression": 'SELECT ?s ?n { ?s :shortName ?n FILTER(REGEX(?n, "7-1$")) }',
    "what is not there": "SELECT ?s { ?s a :Party FILTER NOT EXISTS { ?s :hasSuccessor ?y } }",
}
THING = (
    "SELECT ?x { ?x :succeeds ?a . ?a :succeeds ?b . ?y :succeeds ?x . ?z :succeeds ?y }"
    " ORDER BY ?x LIMIT 1"
)
_RDFLIB = """
import sys
import uvicorn
from rdflib import Graph
from rdflib_endpoint import SparqlEndpoint
port, *files = sys.argv[1:]
graph = Graph()
for file in files:
    graph.parse(file, format="nt")
uvicorn.run(SparqlEndpoint(graph=graph), port=int(port), log_level="critical", access_log=False)
"""
_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
DirsAllowed = {dumps}
NumberOfBuffers = 100000
MaxDirtyBuffers = 75000
[HTTPServer]
ServerPort = {port}
[SPARQL]
ResultSetMaxRows = 1000000
"""


@dataclass(frozen=True)
class Server:
    """A running server: its process, its port, and the address below which it takes a query."""

    pid: int
    port: int
    path: str


@dataclass(frozen=True)
class Figure:
    """Milliseconds of one query, elapsed and of the processors, and the rows of the answer."""

    elapsed: float
    cpu: float
    rows: int


@contextmanager
def partyline(folder: Path) -> Iterator[Server]:
    port = free_port()
    serve = command("serve", "--no-build", "--port", str(port), settings=folder / "partyline.toml")
    log = str(folder / "access.log")
    with running(serve, port, "/health/ready", PARTYLINE_SERVER_ACCESS_LOG=log) as pid:
        yield Server(pid, port, "/sparql?query=")


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    program, port = needed("oxigraph"), free_port()
    store = str(folder / "releases" / "current" / "store")
    serve = [program, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{port}"]
    with running(serve, port, "/") as pid:
        yield Server(pid, port, "/query?query=")


@contextmanager
def rdflib_endpoint(folder: Path) -> Iterator[Server]:
    python, port = folder / "peer" / "bin" / "python", free_port()
    venv.create(folder / "peer", with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "rdflib-endpoint", "uvicorn"]
    if subprocess.run(install, stderr=subprocess.DEVNULL).returncode:
        raise LookupError("rdflib-endpoint does not install")
    serve = [str(python), "-c", _RDFLIB, str(port), *map(str, dumps(folder))]
    with running(serve, port, "/") as pid:
        yield Server(pid, port, "/?query=")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    program, client = needed("virtuoso-t"), needed("isql-vt")
    port, sql, place = free_port(), free_port(), folder / "virtuoso"
    place.mkdir()
    text = _VIRTUOSO.format(folder=place, dumps=dumps(folder)[0].parent, port=port, sql=sql)
    (place / "virtuoso.ini").write_text(text, encoding="utf-8")
    serve = [program, "+configfile", str(place / "virtuoso.ini"), "+foreground"]
    with running(serve, port, "/") as pid:
        for file in dumps(folder):
            load = f"DB.DBA.TTLP_MT(file_open('{file}'), '', 'urn:bench', 512);"
            login = [client, str(sql), "dba", "dba"]
            subprocess.run([*login, f"exec={load} checkpoint;"], check=True, capture_output=True)
        yield Server(pid, port, "/sparql?default-graph-uri=urn:bench&query=")


SERVERS: Mapping[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "Partyline": partyline,
    "oxigraph": oxigraph,
    "Virtuoso": virtuoso,
    "rdflib-endpoint": rdflib_endpoint,
}


def needed(program: str) -> str:
    """Return the path of *program*. Raises LookupError where it is not here."""
    found = shutil.which(program)
    if found is None:
        raise LookupError(f"{program} is not here")
    return found


def dumps(folder: Path) -> list[Path]:
    return triples_of((folder / "releases" / "current").resolve())


def measure(server: Server, query: str, seconds: float) -> Figure | None:
    """Ask *query* again and again; None where the server fails or takes too long."""
    elapsed: list[float] = []
    try:
        rows = ask(server, query)[1]
        before = seconds_of(server.pid)
        while len(elapsed) < LEAST or (sum(elapsed) < seconds and len(elapsed) < MOST):
            elapsed.append(ask(server, query)[0])
    except (OSError, http.client.HTTPException, RuntimeError) as error:
        print(f"{server.path}: {query}: {error}", file=sys.stderr)
        return None
    used = seconds_of(server.pid) - before
    return Figure(1e3 * statistics.median(elapsed), 1e3 * used / len(elapsed), rows)


_numbers = count()


def ask(server: Server, query: str) -> tuple[float, int]:
    """Return the seconds that *query* takes, and the number of rows of its answer."""
    taken, rows = answer_of(server, query)
    return taken, len(rows)


def answer_of(server: Server, query: str) -> tuple[float, list[list[str]]]:
    """Return the seconds that *query* takes, and the rows of its answer."""
    text = quote(f"{_PREFIXES}{query} # {next(_numbers)} {time.monotonic_ns()}")
    is_ask = query.startswith("ASK")
    accept = "application/sparql-results+json" if is_ask else "text/csv"
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", server.path + text, headers={"Accept": accept})
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    taken = time.perf_counter() - started
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {content[:200]!r}")
    if is_ask:
        return taken, [["true"]] if b"true" in content else []
    return taken, list(csv.reader(io.StringIO(content.decode())))[1:]


def cell(figure: Figure | None, rows: int) -> str:
    if figure is None:
        return "–"
    return f"{figure.elapsed:.1f} ({figure.cpu:.1f})" + ("" if figure.rows == rows else " ≠")


def row(kind: str, found: Sequence[Figure | None]) -> str:
    ours, *others = found
    if ours is None:
        raise SystemExit(f"{kind}: Partyline does not answer")
    best = min((other.elapsed for other in others if other), default=ours.elapsed)
    cells = " | ".join(cell(figure, ours.rows) for figure in found)
    return f"| {kind} | {ours.rows:,} | {cells} | {ours.elapsed / best:.1f} |"


def report(size: int, names: Sequence[str], rows: Sequence[str], missing: Sequence[str]) -> str:
    left_out = f"\nLeft out: {'; '.join(missing)}.\n" if missing else ""
    queries = "\n".join(f"- {kind}: `{query}`" for kind, query in KINDS.items())
    return f"""# Fourteen kinds of queries

`python bench/query_kinds.py {size}`: {size:,} invented statements and what follows from them, over
HTTP, one query and one new connection at a time, on a machine shared with other work. Milliseconds
elapsed, the median; in brackets those of the processors, the mean. No answer is from a cache.
The last column is Partyline's time through that of the quickest other one. ≠ marks another number
of rows, – a server that fails or takes more than {PATIENCE} s.
{left_out}
| query | rows | {" | ".join(names)} | / best |
| --- | ---: |{" ---: |" * (len(names) + 1)}
{chr(10).join(rows)}

{queries}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", nargs="?", type=int, default=SIZE)
    parser.add_argument("--seconds", type=float, default=1, help="for each kind and server")
    parser.add_argument("--without", nargs="*", default=[], choices=list(SERVERS)[1:])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as started:
        folder, servers, missing = Path(name), dict[str, Server](), list[str]()
        settings = invented(folder, options.size)
        subprocess.run(command("build", settings=settings), check=True, capture_output=True)
        for server, start in SERVERS.items():
            try:
                if server not in options.without:
                    servers[server] = started.enter_context(start(folder))
            except LookupError as error:
                missing.append(str(error))
        rows = []
        thing = answer_of(servers["Partyline"], THING)[1][0][0]
        for kind, written in KINDS.items():
            query = written.replace("t:it", f"<{thing}>")
            found = [measure(server, query, options.seconds) for server in servers.values()]
            rows.append(row(kind, found))
            print(rows[-1], flush=True)
    save(RESULTS / "query_kinds.md", report(options.size, list(servers), rows, missing))


if __name__ == "__main__":
    main()
