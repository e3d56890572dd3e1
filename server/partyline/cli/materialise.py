"""Write what follows from any ontology and data by the rules of OWL 2 RL."""

import argparse
from pathlib import Path

from partyline.errors import ChecksFailed, SettingsError
from partyline.reasoning import compile_rules, contradiction_findings, materialise
from partyline.settings import Settings
from partyline.sources import GRAPH_FORMATS, Sources, graph_format, read_turtle

EXAMPLE = "partyline materialise --ontology o.ttl --data a.ttl b.ttl --output inferred.nt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--ontology", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument("--data", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--output", type=Path, metavar="FILE", help="its ending says the format")
    parser.add_argument("--engine", default="auto", help="auto, sparql or owlrl")
    parser.add_argument(
        "--show-rules", action="store_true", help="print the rules compiled from the ontology"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Write the inferred triples; report contradictions and return 1 if there are any."""
    if not options.output and not options.show_rules:
        raise SettingsError("give --output FILE, or --show-rules")
    sources = Sources(
        ontology=tuple(read_turtle(path) for path in options.ontology),
        kb=tuple(read_turtle(path) for path in options.data),
    )
    if sources.findings:
        raise ChecksFailed(sources.findings)
    asserted = sources.ontology_triples | sources.kb_triples
    if options.show_rules:
        rules = compile_rules(asserted)
        for rule in (*rules.rules, *rules.constraints):
            print(rule)
    if not options.output:
        return 0
    chosen = graph_format(options.output.suffix.lstrip("."))
    if chosen is None:
        endings = ", ".join(f".{row.extension}" for row in GRAPH_FORMATS)
        raise SettingsError(f"{options.output}: no format is written so; choose one of {endings}")
    closure = materialise(asserted, options.engine)
    findings = contradiction_findings(closure, sources, sources.prefixes)
    if findings:
        raise ChecksFailed(findings)
    options.output.write_bytes(chosen.write(closure.inferred, sources.prefixes))
    print(f"{len(closure.inferred)} triples follow from {len(asserted)}: {options.output}")
    return 0
