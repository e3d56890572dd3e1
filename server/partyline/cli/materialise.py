"""Write what follows from any ontology and data by the rules of OWL 2 RL."""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from partyline.cli.engines import add_engine_option
from partyline.errors import ChecksFailed, SettingsError
from partyline.findings import Finding
from partyline.rdf import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.reasoning import (
    Refutation,
    compile_rules,
    inconsistencies_json,
    inconsistency_findings,
    materialise,
    refutations,
    suitable_engine,
)
from partyline.settings import Settings
from partyline.sources import Sources, read_turtle

EXAMPLE = "partyline materialise --ontology o.ttl --data a.ttl b.ttl --output inferred.nt"

#: Bytes of a triple, about; an ontology larger than *_DATA* is data too; and no ontology has so
#: many rules for its bytes that they count beside *_MORE* times as much data.
_BYTES, _DATA, _MORE = 80, 5_000_000, 100
#: Bytes that one thread takes as long for as several.
_SMALL = 20_000_000


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
    engine = options.engine
    if engine == "auto":
        engine = "duckdb" if options.memory else _suitable(options)
    if engine in ("arrays", "duckdb"):
        return _in_columns(options, chosen, engine)
    return _in_memory(options, chosen, engine)


def _suitable(options: argparse.Namespace) -> str:
    ontology, data = _bytes(options.ontology), _bytes(options.data)
    size = (ontology + data) // _BYTES
    if ontology > _DATA or data > _MORE * ontology:
        return suitable_engine(size, ())
    if data // _BYTES < 1_000:
        return "sparql"  # not worth a second look at the ontology
    documents = [read_turtle(path) for path in options.ontology]
    axioms = [row.triple for document in documents for row in document.statements]
    return suitable_engine(size, axioms)


def _bytes(paths: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


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
        print(rule)


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
    with Database(options.memory, small=_bytes(files) < _SMALL) as database:
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
