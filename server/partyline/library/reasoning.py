"""Materialise files or graphs: the way of ``partyline materialise`` and of Python programs."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, parse

from partyline.dataset import TripleSequence, TripleSet
from partyline.errors import ChecksFailed, EngineError
from partyline.library.files import Files, Graph, split_source
from partyline.library.materialisation import Materialisation
from partyline.rdf.graph_input import graph_prefixes, graph_quads
from partyline.rdf.ntriples import write_ntriples
from partyline.reasoning import (
    Closure,
    CompiledAxioms,
    check_engine,
    is_axiom,
    materialise_small,
    suitable_engine,
)
from partyline.reasoning import materialise as closure_of
from partyline.reasoning.evaluate.engine_selection import (
    FOR_EACH_AXIOM,
    ON_COLUMNS,
    ONE_THREAD,
    PARQUET,
    SMALL,
)
from partyline.sources import Document, Origin, Sources, SourceStatement, Statements, read_turtle

#: Bytes of a triple, about: in N-Triples, and in Turtle.
_N_TRIPLES_BYTES, _TURTLE_BYTES = 140, 60
#: Triples of ontology files of which no axioms are counted, for they must have data among them.
_ONTOLOGY = 50_000


def materialise(
    source: "Files | Graph",
    ontology: "Files | Graph" = (),
    *,
    engine: str = "auto",
) -> Materialisation:
    """Materialise what follows from data and an ontology (OWL 2 Profiles, section 4.3).

    Args:
        source: the data, which may hold axioms too: one file of Turtle or N-Triples or several,
            triples or quads of pyoxigraph, or a graph or dataset of rdflib. The graphs of a
            dataset are read as one.
        ontology: further axioms, given in the same ways.
        engine: what evaluates the rules; ``partyline materialise --help`` lists the engines.

    Returns:
        The asserted and the inferred triples.

    Raises:
        ChecksFailed: a file has syntax errors, or the graph is inconsistent; with all findings.
        SourceError: a file cannot be read, or a source is not a graph.
        EngineError: there is no such engine, or the closure is too large.

    >>> from pyoxigraph import NamedNode
    >>> follows = NamedNode("http://example.org/follows")
    >>> transitive = NamedNode("http://www.w3.org/2002/07/owl#TransitiveProperty")
    >>> type_ = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    >>> a, b, c = (NamedNode(f"http://example.org/{name}") for name in "abc")
    >>> order = [Triple(b, follows, a), Triple(c, follows, b)]
    >>> materialise(order, [Triple(follows, type_, transitive)]).inferred.triples == (
    ...     Triple(c, follows, a),
    ... )
    True

    """
    check_engine(engine)
    (files, graph), (axiom_files, axiom_graph) = split_source(source), split_source(ontology)
    given = frozenset(quad.triple for quad in graph_quads(graph))
    axioms = frozenset(quad.triple for quad in graph_quads(axiom_graph))
    if given or axioms:
        prefixes = graph_prefixes(axiom_graph) | graph_prefixes(graph)
        sources = read_files(axiom_files, files)
        found = _materialise_triples(sources, axioms, given, prefixes | sources.prefixes, engine)
    else:
        found = materialise_files(axiom_files, files, engine)
    if found.findings:
        found.close()
        raise ChecksFailed(found.findings)
    return found


def _materialise_triples(
    sources: Sources,
    axioms: frozenset[Triple],
    data: frozenset[Triple],
    prefixes: Mapping[str, str],
    engine: str,
) -> Materialisation:
    """Materialise graphs in memory, with what was read from files."""
    asserted = axioms | data | sources.ontology_triples | sources.kb_triples
    closure = closure_of(asserted, engine)

    def locate(wanted: frozenset[Triple]) -> Sources:
        return Sources(
            ontology=(*sources.ontology, _document(axioms & wanted)),
            kb=(*sources.kb, _document(data & wanted)),
        )

    return Materialisation(closure, _InMemory(closure), prefixes, locate)


def _document(triples: Iterable[Triple]) -> Document:
    """Return triples that stand in no file."""
    place = Origin("(graph)", 0)
    return Document(place.path, Statements.of(SourceStatement(row, place) for row in triples), {})


def materialise_files(
    ontology: Sequence[Path],
    data: Sequence[Path],
    engine: str = "auto",
    memory: str | None = None,
) -> Materialisation:
    """Materialise Turtle and N-Triples files; findings are in the result.

    *memory* limits DuckDB, such as ``2GB``: what takes more spills to disk.

    Raises ChecksFailed for files with syntax errors, SourceError and EngineError.
    """
    if engine == "auto":
        engine = _suitable_for_files(ontology, data) if memory is None else "duckdb"
    if any(path.suffix == PARQUET for path in (*ontology, *data)):
        if engine not in ("auto", *ON_COLUMNS):
            raise EngineError(f"{engine} does not read Parquet; {', '.join(ON_COLUMNS)} do")
        engine = "arrays" if engine == "auto" else engine
    if engine in ON_COLUMNS:
        return _in_columns(ontology, data, engine, memory)
    sources = read_files(ontology, data)
    asserted = sources.ontology_triples | sources.kb_triples
    closure = materialise_small(asserted) if engine == "auto" else closure_of(asserted, engine)
    if not isinstance(closure, Closure):
        return _in_columns(ontology, data, "arrays", memory, _Compiled(sources, closure))
    return Materialisation(closure, _InMemory(closure), sources.prefixes, lambda _: sources)


def read_files(ontology: Sequence[Path], data: Sequence[Path]) -> Sources:
    """Read the files of an ontology and of data. Raises ChecksFailed for syntax errors."""
    sources = Sources(ontology=tuple(map(read_turtle, ontology)), kb=tuple(map(read_turtle, data)))
    if sources.findings:
        raise ChecksFailed(sources.findings)
    return sources


@dataclass(frozen=True, slots=True)
class _InMemory:
    """The statements of a closure in memory, in the order of their texts."""

    closure: Closure

    @property
    def asserted(self) -> int:
        return len(self.closure.asserted)

    @property
    def inferred(self) -> int:
        return len(self.closure.inferred)

    def asserted_triples(self) -> Sequence[Triple]:
        return _in_order(self.closure.asserted)

    def triples(self) -> Sequence[Triple]:
        return _in_order(self.closure.inferred)

    def write(self, path: Path) -> None:
        if path.suffix != PARQUET:
            path.write_bytes(write_ntriples(self.closure.inferred, {}))
            return
        from partyline.reasoning.evaluate.columns.parquet_table import write_parquet

        write_parquet(path, self.triples())


def _in_order(triples: Set[Triple]) -> Sequence[Triple]:
    if isinstance(triples, TripleSet):
        return TripleSequence.in_order(triples)
    return tuple(sorted(triples, key=str))


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Files that have been read, with their axioms compiled."""

    sources: Sources
    axioms: CompiledAxioms


def _in_columns(
    ontology: Sequence[Path],
    data: Sequence[Path],
    engine: str,
    memory: str | None,
    compiled: _Compiled | None = None,
) -> Materialisation:
    """Materialise without an object for each inferred triple."""
    # Two tenths of a second of import that only large input costs; there are no matrices for
    # which threads would be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from partyline.reasoning.evaluate.columns import (
        ColumnClosure,
        Database,
        Results,
        load_files,
        load_triples,
        store_of,
    )

    files = [*ontology, *data]

    def locate(wanted: frozenset[Triple]) -> Sources:
        """Read the files once more, to keep only the lines that are asked for."""
        if compiled is not None:
            return compiled.sources
        return Sources(
            ontology=tuple(read_turtle(path, only=wanted) for path in _with_lines(ontology)),
            kb=tuple(read_turtle(path, only=wanted) for path in _with_lines(data)),
        )

    with ExitStack() as stack:
        small = _estimated_triples(files) < ONE_THREAD
        database = stack.enter_context(Database(memory, small=small))
        if compiled is None:
            prefixes: Mapping[str, str] = load_files(database, files)
            results = Results(database, store_of(engine))
        else:
            # The same blank nodes: a second reading may name them otherwise than the axioms do.
            prefixes = compiled.sources.prefixes
            asserted = compiled.sources.ontology_triples | compiled.sources.kb_triples
            load_triples(database, asserted)
            results = Results(database, store_of(engine), compiled=compiled.axioms)
        close = stack.pop_all().close
    return Materialisation(ColumnClosure(results), results, prefixes, locate, close)


def _with_lines(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files whose statements stand on lines."""
    return (path for path in paths if path.suffix != PARQUET)


def _suitable_for_files(ontology: Sequence[Path], data: Sequence[Path]) -> str:
    """Return ``arrays`` or ``duckdb`` for files of many triples for each axiom, else ``auto``."""
    axioms = _estimated_triples(ontology)
    size = axioms + _estimated_triples(data)
    counted = size >= SMALL and axioms <= _ONTOLOGY
    engine = suitable_engine(size, _axioms(ontology, size // FOR_EACH_AXIOM + 1) if counted else 0)
    # Once the files are read, the same is decided by what is in them.
    return "auto" if engine == "sparql" else engine


def _axioms(paths: Sequence[Path], most: int) -> int:
    """Count the triples of axioms in files, up to *most*; those that cannot be read have none."""
    return sum(1 for _ in islice(chain.from_iterable(map(_axioms_of, paths)), most))


def _axioms_of(path: Path) -> Iterator[Triple]:
    format_ = RdfFormat.N_TRIPLES if path.suffix == ".nt" else RdfFormat.TURTLE
    with suppress(OSError, SyntaxError):  # reported when the file is loaded
        yield from filter(is_axiom, (quad.triple for quad in parse(path=path, format=format_)))


def _estimated_triples(paths: Sequence[Path]) -> int:
    """Estimate the number of triples in files, by their size."""
    return sum(
        path.stat().st_size // (_N_TRIPLES_BYTES if path.suffix == ".nt" else _TURTLE_BYTES)
        for path in paths
        if path.is_file()
    )
