"""Change the program in small ways, one at a time, and count which changes the tests notice.

``python tests/mutation/run.py edtf rdf …`` runs mutmut on these packages in ``.mutation/``, on all
mutants or a sample of them, with the tests that `TESTS` names for each. It prints the share of
mutants that were killed and the survivors. ``survivors.toml`` gives a reason for those that cannot
be killed. Mutmut knows packages in the top folder or in ``src/``, so the copy has ``partyline`` in
its top folder.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".mutation"
LOG = PLACE / "mutmut.log"
#: What the tests need beside the package.
DATA = ("ontology", "kb", "bench", "docs", "tests", "partyline.toml", "README.md", "Makefile")
#: Tests that run the code of each package, quickest first.
TESTS = {
    "edtf": ["tests/test_edtf.py"],
    "rdf": [
        "tests/test_curies.py",
        "tests/test_lists.py",
        "tests/test_rdflib_bridge.py",
        "tests/test_sources.py",
        "tests/test_writers.py",
    ],
    "reasoning": [
        "tests/test_rules.py",
        "tests/test_value_space.py",
        "tests/test_columns_joins.py",
        "tests/test_reasoning.py",
        "tests/test_live_closure.py",
        "tests/test_rl_reference.py",
    ],
    "sparql": [
        "tests/test_guard.py",
        "tests/test_admission.py",
        "tests/test_solution_counter.py",
        "tests/test_query_results.py",
        "tests/test_query_client.py",
        "tests/test_engine_differences.py",
        "tests/test_pool.py",
    ],
}
KILLED = {"killed", "timeout", "caught_by_type_check", "suspicious", "segfault"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", default=list(TESTS), choices=list(TESTS))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, help="try so many mutants of each package, not all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--at-least", type=float, default=0.0, help="share that must be killed")
    options = parser.parse_args()
    failed = [name for name in options.packages if score(name, options) < options.at_least]
    sys.exit(f"below {options.at_least:.0%}: {', '.join(failed)}" if failed else 0)


def score(package: str, options: argparse.Namespace) -> float:
    """Return the share of the mutants of *package* that are killed or excused."""
    prepare(package)
    chosen = sample(options) if options.sample else []
    mutmut("--max-children", str(options.processes), *chosen)
    found = {name: status for name, status in results().items() if not chosen or name in chosen}
    counts = Counter(found.values())
    excused = reasons()
    alive = sorted(name for name, status in found.items() if status not in KILLED)
    unexcused = [name for name in alive if name not in excused]
    if not found:
        sys.exit(f"{package}: no mutant was tried; see {LOG}")
    share = 1 - len(unexcused) / len(found)
    print(f"{package}: {share:.1%} of {len(found)} mutants killed or excused", dict(counts))
    for name in alive:
        print(f"  {name}: {excused.get(name, 'survived')}")
    return share


def mutmut(*arguments: str) -> None:
    """Run mutmut on the copy; what it prints goes to `LOG`."""
    with LOG.open("a") as file:
        subprocess.run(
            [sys.executable, "-P", "-m", "mutmut", "run", *arguments],
            cwd=PLACE,
            env={**os.environ, "PYTHONPATH": str(PLACE / "mutants")},
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )


def sample(options: argparse.Namespace) -> list[str]:
    """Make the mutants and return some of their names, the same for the same seed."""
    # Mutants are made before mutmut finds that this names none of them.
    mutmut("none")
    names = sorted(
        name
        for file in (PLACE / "mutants").rglob("*.meta")
        for name in json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    )
    return random.Random(options.seed).sample(names, min(options.sample, len(names)))


def prepare(package: str) -> None:
    """Copy the project so that mutmut finds the package and the tests."""
    shutil.rmtree(PLACE, ignore_errors=True)
    # There before Python starts: it remembers that a folder of its path is missing.
    (PLACE / "mutants").mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "mutation")
    shutil.copytree(ROOT / "server" / "partyline", PLACE / "partyline", ignore=ignored)
    for name in DATA:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, PLACE / name, ignore=ignored)
        elif source.is_file():
            shutil.copy(source, PLACE / name)
    tests = [
        path.relative_to(ROOT).as_posix()
        for pattern in TESTS[package]
        for path in sorted(ROOT.glob(pattern))
    ]
    configuration = {
        "source_paths": ["partyline"],
        "only_mutate": [f"partyline/{package}/*"],
        "also_copy": [name for name in DATA if name != "tests"],
        "pytest_add_cli_args": ["-q", "-p", "no:cacheprovider", "--doctest-modules"],
        "pytest_add_cli_args_test_selection": [*tests, f"partyline/{package}"],
        "track_dependencies": False,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in configuration.items()]
    (PLACE / "pyproject.toml").write_text("[tool.mutmut]\n" + "\n".join(lines) + "\n")


def results() -> dict[str, str]:
    """Return the status of each mutant."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", "results", "--all", "true"],
        cwd=PLACE,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.strip().partition(": ") for line in done.stdout.splitlines())
    return {name: status for name, colon, status in rows if colon}


def reasons() -> dict[str, str]:
    """Return the mutants that cannot be killed, with the reason."""
    file = Path(__file__).with_name("survivors.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {name: reason for name, reason in table.items() if isinstance(reason, str)}


if __name__ == "__main__":
    main()
