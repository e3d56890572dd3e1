"""Measure edits of a closure in place, and proofs, on the lineage data of the benchmark."""

import argparse
import random
import statistics
import time
from pathlib import Path

from generation import triples
from pyoxigraph import RdfFormat, Triple, parse

from partyline.reasoning import LiveClosure, Prover, check, fact, materialise

ONTOLOGY = Path(__file__).parent / "ontologies" / "lineage.ttl"
EDITS, PROOFS = 100, 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--verify", type=int, default=20, help="compare each so many-th edit")
    options = parser.parse_args()
    axioms = [quad.triple for quad in parse(path=str(ONTOLOGY), format=RdfFormat.TURTLE)]
    lines = "\n".join(triples("lineage", options.size))
    data = [quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES)]
    edits(axioms, data, options.verify)
    proofs(axioms, data[:10_000])


def edits(axioms: list[Triple], data: list[Triple], verify: int) -> None:
    """Take out and put in one to three random triples, a hundred times."""
    asserted = {*axioms, *data}
    begin = time.process_time()
    materialise(asserted)
    scratch = time.process_time() - begin
    live, chance = LiveClosure(asserted), random.Random(1)
    out: list[Triple] = []
    taken, changed = [], []
    live.change(removed=[data[0]])  # the tables are made when first asked for
    live.change(added=[data[0]])
    for number in range(EDITS):
        added = [out.pop() for _ in range(min(len(out), chance.randint(0, 2)))]
        removed = chance.sample(data, chance.randint(1, 3))
        begin = time.process_time()
        change = live.change(added, removed)
        taken.append(time.process_time() - begin)
        changed.append(len(change.appeared) + len(change.vanished))
        asserted = (asserted - set(removed)) | set(added)
        out += [row for row in removed if row not in added]
        if number % verify == 0 and live.closure().inferred != materialise(asserted).inferred:
            raise SystemExit(f"edit {number}: not as from scratch")
    median = statistics.median(taken)
    print(f"{len(asserted):,} asserted, {len(live):,} facts; from scratch {scratch:.2f} CPU s")
    print(
        f"{EDITS} edits: median {1000 * median:.1f} ms, worst {1000 * max(taken):.1f} ms CPU;"
        f" {statistics.median(changed):.0f} facts changed (median), 1/{scratch / median:.0f}"
        " of the cost"
    )


def proofs(axioms: list[Triple], data: list[Triple]) -> None:
    """Prove a thousand random inferred triples, and check each proof."""
    closure = materialise([*axioms, *data])
    prover, taken = Prover.of(closure), []
    for triple in random.Random(1).sample(sorted(closure.inferred, key=str), PROOFS):
        begin = time.process_time()
        proof = prover.prove(fact(triple))
        taken.append(time.process_time() - begin)
        if proof is None or not check(proof, closure.asserted_facts):
            raise SystemExit(f"{triple} has no proof")
    taken.sort()
    print(
        f"{PROOFS} proofs: median {1000 * statistics.median(taken):.2f} ms,"
        f" 95 % below {1000 * taken[int(0.95 * PROOFS)]:.1f} ms, worst {1000 * taken[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
