"""Materialise universities of the Lehigh University Benchmark; write bench/results/lubm.md.

Each is one run of `partyline materialise` from N-Triples to N-Triples, whole processes, the time
that it takes to make the data left out.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from itertools import takewhile
from pathlib import Path

import reasoning
from generation import lubm
from reasoning import resources

HERE = Path(__file__).parent
#: Seconds that one run may take on a busy machine.
reasoning.PATIENCE = 7200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("universities", nargs="*", type=int, default=[1, 10, 100])
    parser.add_argument("--engines", nargs="+", default=["auto", "duckdb"])
    parser.add_argument("--memory", help="of duckdb, such as 8GB")
    parser.add_argument("--folder", type=Path, help="where the data are, and stay")
    options = parser.parse_args()
    print("| universities | asserted | inferred | engine | CPU s | MB peak |")
    print("| ---: | ---: | ---: | --- | ---: | ---: |")
    with tempfile.TemporaryDirectory() as place:
        folder = options.folder or Path(place)
        for number in options.universities:
            data = folder / f"lubm{number}.nt"
            if not data.exists():
                write(data, number)
            for engine in options.engines:
                print(row(data, number, engine, options.memory), flush=True)


def write(path: Path, universities: int) -> None:
    """Write the first *universities* to *path*."""
    end = f"<http://www.University{universities}.edu>"
    with path.open("w", encoding="utf-8") as file:
        lines = takewhile(lambda line: not line.startswith(end), lubm(random.Random(1)))
        file.writelines(f"{line}\n" for line in lines)


def row(data: Path, universities: int, engine: str, memory: str | None) -> str:
    output = data.with_suffix(f".{engine}.nt")
    command = [sys.executable, "-m", "partyline", "materialise", "--engine", engine]
    command += ["--ontology", str(HERE / "ontologies" / "lubm.ttl"), "--data", str(data)]
    if memory and engine == "duckdb":
        command += ["--memory", memory]
    taken = resources([*command, "--output", str(output)])
    if taken is None:
        return f"| {universities} | | | {engine} | failed | |"
    asserted, inferred = map(lines_of, (data, output))
    output.unlink()
    numbers = f"{universities} | {asserted:,} | {inferred:,}"
    return f"| {numbers} | {engine} | {taken[0]:.1f} | {taken[1]:,.0f} |"


def lines_of(path: Path) -> int:
    return int(subprocess.check_output(["wc", "-l", str(path)]).split()[0])


if __name__ == "__main__":
    main()
