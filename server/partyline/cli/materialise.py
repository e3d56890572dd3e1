"""Write what follows from any ontology and data by the rules of OWL 2 RL."""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from partyline.cli.engines import add_engine_option
from partyline.display import visible
from partyline.errors import ChecksFailed, SettingsError
from partyline.findings import Finding
from partyline.rdf import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.reasoning import (
    Refutation,
    compile_rules,
    inconsistencies_json,
    inconsistency_findings,
    is_axiom,
    materialise,
    refutations,
    suitable_engine,
)
from partyline.reasoning.evaluate.engine_selection import FOR_EACH_AXIOM, ONE_THREAD, SMALL
from partyline.settings import Settings
from partyline.sources import Sources, read_turtle

EXAMPLE = "partyline materialise --ontology o.ttl --data a.ttl b.ttl --output inferred.nt"

#: Bytes of a triple, about: in N-Triples, and in Turtle.
_N_TRIPLES_BYTES, _TURTLE_BYTES = 140, 60
#: Triples of ontology files of which no axioms are counted, for they must have data among them.
_ONTOLOGY = 50_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--ontology", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument("--data", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--output", type=Path, metavar="FILE", help="its ending says the format")
    add_engine_option(parser)
    parser.add_argument(
        "--memory", metavar="SIZE", help="use duckdb, with so much before it goes to disk: 2GB"
    )
    parser.add_argument(
        "--show-rules", action="store_true", help="print the rules compiled from the ontology"
    )
    parser.add_argument(
        "--json", action="store_true", help="print counts and contradictions, with proofs, as JSON"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Write the inferred triples; report contradictions and return 1 if there are any."""
    if not options.output and not options.show_rules and not options.json:
        raise SettingsError("give --output FILE, --show-rules or --json")
    if options.memory and options.engine not in ("auto", "duckdb"):
        raise SettingsError("--memory is for --engine duckdb, which can go to disk")
    chosen = _format(options.output) if options.output else None
    if options.show_rules:
        _show_rules(options)
    if not options.output and not options.json:
        return 0
    engine = _suitable(options) if options.engine == "auto" else options.engine
    if engine in ("arrays", "duckdb"):
        return _in_columns(options, chosen, engine)
    return _in_memory(options, chosen, engine)


def _suitable(options: argparse.Namespace) -> str:
    """Return ``arrays`` or ``duckdb`` for files of many triples for each axiom, else ``auto``."""
    if options.memory:
        return "duckdb"
    ontology = _triples(options.ontology)
    size = ontology + _triples(options.data)
    counted = size >= SMALL and ontology <= _ONTOLOGY
    engine = suitable_engine(
        size, _axioms(options.ontology, size // FOR_EACH_AXIOM + 1) if counted else 0
    )
    # Once the files are read, the same is decided by what is in them.
    return "auto" if engine == "sparql" else engine


def _axioms(paths: Sequence[Path], most: int) -> int:
    """Count the triples of axioms in files, up to *most*; those that cannot be read have none."""
    return sum(1 for _ in islice(chain.from_iterable(map(_axioms_of, paths)), most))


def _axioms_of(path: Path) -> Iterator[Triple]:
    format_ = RdfFormat.N_TRIPLES if path.suffix == ".nt" else RdfFormat.TURTLE
    with suppress(OSError, SyntaxError):  # reported when the file is loaded
        yield from filter(is_axiom, (quad.triple for quad in parse(path=path, format=format_)))


def _triples(paths: Sequence[Path]) -> int:
    """Estimate the number of triples in files, by their size."""
    return sum(
        path.stat().st_size // (_N_TRIPLES_BYTES if path.suffix == ".nt" else _TURTLE_BYTES)
        for path in paths
        if path.is_file()
    )


def _format(output: Path) -> GraphFormat:
    chosen = graph_format(output.suffix.lstrip("."))
    if chosen is None:
        endings = ", ".join(f".{row.extension}" for row in GRAPH_FORMATS)
        raise SettingsError(f"{output}: no format is written so; choose one of {endings}")
    return chosen


def _show_rules(options: argparse.Namespace) -> None:
    sources = _read(options)
    rules = compile_rules(sources.ontology_triples | sources.kb_triples)
    for rule in (*rules.rules, *rules.constraints):
        print(visible(str(rule)))


def _read(options: argparse.Namespace) -> Sources:
    sources = Sources(
        ontology=tuple(read_turtle(path) for path in options.ontology),
        kb=tuple(read_turtle(path) for path in options.data),
    )
    if sources.findings:
        raise ChecksFailed(sources.findings)
    return sources


def _in_memory(options: argparse.Namespace, chosen: GraphFormat | None, engine: str) -> int:
    sources = _read(options)
    asserted = sources.ontology_triples | sources.kb_triples
    closure = materialise(asserted, engine)
    refuted = refutations(closure)
    findings = inconsistency_findings(closure, sources, sources.prefixes, refuted)
    if options.json:
        inconsistencies = inconsistencies_json(closure, sources, sources.prefixes, refuted)
        _print_json(len(asserted), len(closure.inferred), inconsistencies)
    if findings:
        return _fail(findings, told=options.json)
    if chosen is not None:
        options.output.write_bytes(chosen.write(closure.inferred, sources.prefixes))
        _tell(options, len(asserted), len(closure.inferred))
    return 0


def _in_columns(options: argparse.Namespace, chosen: GraphFormat | None, engine: str) -> int:
    """Materialise without an object for each triple."""
    # Two tenths of a second of import that only large input costs; there are no matrices for
    # which threads would be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from partyline.reasoning.evaluate.columns import (
        STORES,
        ColumnClosure,
        Database,
        Results,
        load_files,
    )

    files = [*options.ontology, *options.data]
    with Database(options.memory, small=_triples(files) < ONE_THREAD) as database:
        prefixes = load_files(database, files)
        results = Results(database, STORES[engine])
        closure = ColumnClosure(results)
        refuted = refutations(closure)
        findings: list[Finding] = []
        sources = Sources(ontology=(), kb=())
        if refuted or results.rules.malformed:
            sources = _locate(options, refuted)
            findings = inconsistency_findings(closure, sources, prefixes, refuted)
        if options.json:
            found = inconsistencies_json(closure, sources, prefixes, refuted)
            _print_json(results.asserted, results.inferred, found)
        if findings:
            return _fail(findings, told=options.json)
        if chosen is not None and chosen.extension == "nt":
            results.write(options.output)
        elif chosen is not None:
            options.output.write_bytes(chosen.write(results.triples(), prefixes))
        if chosen is not None:
            _tell(options, results.asserted, results.inferred)
    return 0


def _locate(options: argparse.Namespace, refuted: Sequence[Refutation]) -> Sources:
    """Read the files once more, to keep only the lines that contradict each other."""
    wanted = {
        Triple(subject, predicate, object_)
        for refutation in refuted
        for subject, predicate, object_ in refutation.leaves()
        if isinstance(predicate, NamedNode) and not isinstance(subject, Literal)
    }
    return Sources(
        ontology=tuple(read_turtle(path, only=wanted) for path in options.ontology),
        kb=tuple(read_turtle(path, only=wanted) for path in options.data),
    )


def _print_json(asserted: int, inferred: int, inconsistencies: object) -> None:
    report = {"asserted": asserted, "inferred": inferred, "contradictions": inconsistencies}
    print(json.dumps(report, indent=2, ensure_ascii=False))


def _fail(findings: Sequence[Finding], *, told: bool) -> int:
    if not told:
        raise ChecksFailed(findings)
    return 1


def _tell(options: argparse.Namespace, asserted: int, inferred: int) -> None:
    if not options.json:
        print(f"{inferred} triples follow from {asserted}: {options.output}")
