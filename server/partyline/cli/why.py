"""Prove a triple of the local release, or of an endpoint: by which rules, from which lines."""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial

from partyline.display import visible
from partyline.errors import SettingsError, UnknownStatement
from partyline.rdf.statement_text import read_statement
from partyline.reasoning import Fact, Proof, ProvenanceResolver, as_json, as_prov, as_text, fact
from partyline.releases import Release, current_release
from partyline.settings import Settings
from partyline.sparql import query_endpoint

EXAMPLE = "partyline why ensemble:brass-union a ensembles:Ensemble"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    terms = "a prefixed name, an IRI, or any term as in Turtle"
    parser.add_argument("subject", help=terms)
    parser.add_argument("predicate", help="the same, or a")
    parser.add_argument("object", help="the same, or a literal such as '\"Brass Union\"@en'")
    parser.add_argument(
        "--all", type=int, default=1, metavar="N", help="at most N reasons, the shortest first"
    )
    parser.add_argument("--output", choices=("text", "json", "turtle"), default="text")
    parser.add_argument("--endpoint", metavar="URL", help="ask there; default: the local release")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the proof, or proofs; return 1 where there is none.

    Raises SettingsError for terms or a number that cannot be read, UnknownStatement where the
    triple is neither asserted nor entailed.
    """
    # Here and not above: every command would wait for all that pages are made of.
    from partyline.releases import ReleaseProver

    if options.all < 1:
        raise SettingsError("--all takes the number of reasons, 1 or more")
    base, release = settings.knowledge.base, None
    if options.endpoint:
        prefixes = settings.prefixes
        ask = partial(query_endpoint, options.endpoint)
        reasons = ReleaseProver.of_endpoint(ask, base, dict(prefixes))
    else:
        release = current_release(settings.releases)
        prefixes = release.manifest.prefixes
        reasons = ReleaseProver.of_release(release)
    terms = (options.subject, options.predicate, options.object)
    try:
        goal = fact(read_statement(terms, prefixes))
    except ValueError as error:
        raise SettingsError(str(error)) from error
    proofs = reasons.proofs(goal, options.all)
    if not proofs:
        raise UnknownStatement(_not_stated(goal, release, reasons.grounds, base))
    sys.stdout.write(_written(proofs, reasons.grounds, options.output))
    return 0


def _not_stated(goal: Fact, release: Release | None, grounds: ProvenanceResolver, base: str) -> str:
    statement = grounds.names.statement(goal)
    if release:
        for triple in release.table.match(*goal, graphs=["withheld"]):
            places = ", ".join(release.origins(triple)) or "a source"
            return (
                f"{statement}: asserted in {places}, but disputed, so nothing is inferred from it"
            )
    return f"{statement}: neither asserted nor entailed"


def _written(proofs: Sequence[Proof], grounds: ProvenanceResolver, output: str) -> str:
    if output == "turtle":
        return as_prov(proofs, grounds)
    if output == "json":
        table = {"proofs": [as_json(proof, grounds) for proof in proofs]}
        return json.dumps(table, indent=2, ensure_ascii=False) + "\n"
    return visible("\n".join(as_text(proof, grounds) for proof in proofs))
