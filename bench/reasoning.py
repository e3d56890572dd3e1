"""Measure the reasoner against owlrl, in one run, on invented lineage data of growing size.

Prints CPU seconds of whole processes (load, reason, write) and the ratio to owlrl, which is left
out where it would take minutes.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 3
SIZES = (1_000, 10_000, 50_000)
LARGEST_FOR_OWLRL = 1_000
NAMESPACE = "https://w3id.org/partyline/ns#"
PREFIXES = f"@prefix pl: <{NAMESPACE}> . @prefix : <https://bench.example.org/> .\n"


def lineage(triples: int) -> str:
    """Invented organisations in lines of twelve, each with its leader, who defects and founds."""
    rows = [PREFIXES]
    for number in range(triples // 10):
        line, place = divmod(number, 12)
        rows.append(f":d{number} pl:defector :l{number} ; pl:defectionFrom :o{number} .")
        rows.append(f":t{number} pl:leader :l{number} ; pl:inOrganisation :o{number} .")
        rows.append(f":f{number} pl:foundedOrganisation :n{number} ; pl:founder :l{number} .")
        rows.append(f":d{number} pl:precipitated :f{number} .")
        if place:
            earlier = line * 12 + place - 1
            rows.append(f":s{number} pl:hasPredecessor :o{earlier} ; pl:hasSuccessor :o{number} .")
        rows.append(f":o{number} a pl:PoliticalParty .")
    return "\n".join(rows)


def cpu_seconds(data: Path, engine: str) -> float:
    output = data.with_suffix(".out.nt")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ontology = sorted(map(str, (ROOT / "ontology").glob("*.ttl")))
    command = [sys.executable, "-m", "partyline", "materialise", "--engine", engine]
    command += ["--ontology", *ontology, "--data", str(data), "--output", str(output)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    print(f"{'asserted':>9} {'sparql':>8} {'owlrl':>8} {'owlrl/sparql':>13}   (CPU seconds)")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            data = Path(folder) / f"{size}.ttl"
            data.write_text(lineage(size), encoding="utf-8")
            ours = statistics.median(cpu_seconds(data, "sparql") for _ in range(RUNS))
            if size > LARGEST_FOR_OWLRL:
                print(f"{size:>9} {ours:>8.2f} {'-':>8} {'-':>13}")
                continue
            theirs = cpu_seconds(data, "owlrl")
            print(f"{size:>9} {ours:>8.2f} {theirs:>8.2f} {theirs / ours:>13.1f}")


if __name__ == "__main__":
    main()
