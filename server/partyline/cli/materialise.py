"""Write what follows from any ontology and data by the rules of OWL 2 RL."""

import argparse
import json
import sys
from pathlib import Path

from partyline.cli.options.engines import add_engine_option
from partyline.cli.options.remote import (
    add_remote_options,
    add_update_options,
    chosen_remote,
    endpoint_of,
)
from partyline.cli.progress import progress
from partyline.display import visible
from partyline.errors import ChecksFailed, SettingsError
from partyline.library.materialisation import Materialisation
from partyline.library.reasoning import materialise_files, read_files
from partyline.loading import PatientEndpoint
from partyline.loading.inference import RemoteMaterialisation, check_iri
from partyline.rdf import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.reasoning import compile_rules
from partyline.reasoning.evaluate.engine_selection import PARQUET
from partyline.settings import Settings

EXAMPLE = "partyline materialise --ontology o.ttl --data a.ttl b.ttl --output inferred.nt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--ontology", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--data", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="the format is taken from its extension; .parquet is a table of statements",
    )
    add_engine_option(parser)
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        help="use duckdb, with at most this much memory before it spills to disk, such as 2GB",
    )
    parser.add_argument(
        "--show-rules", action="store_true", help="print the rules compiled from the ontology"
    )
    parser.add_argument(
        "--json", action="store_true", help="print counts and contradictions, with proofs, as JSON"
    )
    add_remote_options(parser, "that derives what follows of statements that it holds")
    add_update_options(parser)
    parser.add_argument(
        "--graph",
        action="append",
        default=[],
        metavar="IRI",
        help="graph of the endpoint to read, axioms and data; may be repeated",
    )
    parser.add_argument(
        "--output-graph", metavar="IRI", help="graph of the endpoint to replace by what follows"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=int, default=600, help="time for one answer"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Write the inferred triples; report contradictions and return 1 if there are any.

    Raises SettingsError for options that are missing or do not belong together.
    """
    if options.endpoint or options.graph or options.output_graph:
        return _there(options, settings)
    if not options.ontology:
        raise SettingsError("give --ontology FILE, or --endpoint URL")
    if not options.output and not options.show_rules and not options.json:
        raise SettingsError("give --output FILE, --show-rules or --json")
    if options.memory and options.engine not in ("auto", "duckdb", "spark"):
        raise SettingsError("--memory is for --engine duckdb or spark, which can go to disk")
    is_table = options.output is not None and options.output.suffix == PARQUET
    chosen = _format(options.output) if options.output and not is_table else None
    if options.show_rules:
        _show_rules(options)
    if not options.output and not options.json:
        return 0
    with materialise_files(options.ontology, options.data, options.engine, options.memory) as found:
        return _report(options, chosen, found)


def _format(output: Path) -> GraphFormat:
    chosen = graph_format(output.suffix.lstrip("."))
    if chosen is None:
        endings = ", ".join((*(f".{row.extension}" for row in GRAPH_FORMATS), PARQUET))
        raise SettingsError(f"{output}: no format has this extension; choose one of {endings}")
    return chosen


def _show_rules(options: argparse.Namespace) -> None:
    sources = read_files(options.ontology, options.data)
    rules = compile_rules(sources.ontology_triples | sources.kb_triples)
    for rule in (*rules.rules, *rules.constraints, *rules.exclusions):
        print(visible(str(rule)))


def _report(options: argparse.Namespace, chosen: GraphFormat | None, found: Materialisation) -> int:
    statements = found.statements
    if options.json:
        _print_json(found)
    if found.findings:
        if not options.json:
            raise ChecksFailed(found.findings)
        return 1
    if options.output:
        if chosen is None or chosen.extension == "nt":
            statements.write(options.output)
        else:
            options.output.write_bytes(chosen.write(statements.triples(), found.prefixes))
        if not options.json:
            counts = f"{statements.inferred} triples follow from {statements.asserted}"
            print(f"{counts}: {options.output}")
    return 0


def _print_json(found: Materialisation) -> None:
    report = {
        "asserted": found.statements.asserted,
        "inferred": found.statements.inferred,
        "contradictions": found.inconsistencies(),
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))


def _there(options: argparse.Namespace, settings: Settings) -> int:
    """Have an endpoint derive what follows; report contradictions and return 1 if there are any."""
    if not options.graph or not options.output_graph:
        raise SettingsError("with --endpoint, give --graph IRI and --output-graph IRI")
    if options.ontology or options.data or options.output:
        raise SettingsError("an endpoint reads no files: load them into a graph, and give --graph")
    for iri in (*options.graph, options.output_graph):
        check_iri(iri)
    remote = chosen_remote(options, settings.remote)
    endpoint, _ = endpoint_of(remote, options.timeout)
    with progress() as step:
        patient = PatientEndpoint(endpoint, options.timeout, report=_say)
        work = RemoteMaterialisation(patient, options.graph, options.output_graph, step)
        found = work.run()
    if found.contradictions:
        for line in found.contradictions:
            _say(line)
        _say(f"contradictions: <{options.output_graph}> stays as it was")
        return 1
    if found.unchecked:
        _say(f"warning: {found.unchecked} constraints on the values of literals were not checked")
    work_done = f"{found.updates} updates in {found.seconds:.0f} s"
    print(f"{found.statements} statements follow: <{options.output_graph}>, by {work_done}")
    return 0


def _say(line: str) -> None:
    print(visible(f"partyline: {line}"), file=sys.stderr)
