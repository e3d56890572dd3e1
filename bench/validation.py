"""Measure SHACL on the built-in knowledge, and on copies of it: ``make bench-shacl``.

A copy has other things, blank nodes and addresses than the original, and the same classes and
properties. CPU seconds of this process, the best of three; growth from one size to the next.
"""

import argparse
import time
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.dataset import TripleSet
from partyline.reasoning import materialise
from partyline.settings import read_settings
from partyline.sources import Sources, read_sources
from partyline.sources.computed_bounds import date_bounds
from partyline.validation import check_shapes
from partyline.vocabulary import DCT


def copies(triples: Iterable[Triple], things: str, number: int) -> Iterator[Triple]:
    """Yield *triples* and copies of them, *number* in all, each with nodes of its own."""
    triples = list(triples)
    yield from triples
    for copy in range(1, number):

        def renamed(node: object, copy: int = copy) -> object:
            if isinstance(node, BlankNode):
                return BlankNode(f"{node.value}x{copy}")
            if isinstance(node, NamedNode) and node.value.startswith(things):
                return NamedNode(f"{node.value}-{copy}")
            return node

        for subject, predicate, value in triples:
            if predicate == DCT.source and isinstance(value, NamedNode):
                value = NamedNode(f"{value.value}-{copy}")
            yield Triple(renamed(subject), predicate, renamed(value))  # type: ignore[arg-type]


def main() -> None:
    """Print one row for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1, 10, 20])
    sizes = parser.parse_args().sizes
    settings = read_settings(environ={})
    knowledge = settings.knowledge
    sources = read_sources(settings)
    stated = sources.ontology_triples | sources.kb_triples
    closure = materialise(stated | date_bounds(sources.kb_triples))
    original = closure.asserted | closure.inferred
    assert knowledge.shapes is not None
    print(f"{'copies':>6} {'triples':>9} {'findings':>8} {'CPU s':>7} {'growth':>6}")
    before = 0.0
    for size in sizes:
        data = TripleSet.of(copies(original, knowledge.things, size))
        best, findings = 1e9, 0
        for _ in range(3):
            start = time.process_time()
            findings = len(check_shapes(data, knowledge.shapes, Sources((), sources.kb)))
            best = min(best, time.process_time() - start)
        growth = f"{best / before:.2f}" if before else "-"
        print(f"{size:>6} {len(data):>9} {findings:>8} {best:>7.2f} {growth:>6}", flush=True)
        before = best


if __name__ == "__main__":
    main()
