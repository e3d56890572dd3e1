"""Change the program in small ways, one at a time, and count which changes the tests notice.

``PYTHONPATH=tests python -m mutation.run edtf rdf`` tries mutmut's changes to functions of these
packages, all or a sample of them, each with the tests that run the function, quickest first, until
one fails. ``survivors.toml`` gives the reason for each change that no test notices; a survivor
without a reason, or a share of killed mutants that is too small, makes the run fail.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutation import recording, trial
from mutation.code_change import CodeChange, is_replaceable
from mutation.mutants import Mutant, mutants, sample

ROOT = trial.ROOT
PLACE = ROOT / ".mutation"
SURVIVORS = Path(__file__).with_name("survivors.toml")
#: The tests of each package. What runs in another process is not recorded, so a test whose
#: purpose is a module of `PROCESSES` is tried for it in any case.
TESTS = {
    "edtf": ["tests/test_edtf.py"],
    "rdf": [
        "tests/test_curies.py",
        "tests/test_canonical_turtle.py",
        "tests/test_characters.py",
        "tests/test_dumps.py",
        "tests/test_lists.py",
        "tests/test_rdflib_bridge.py",
        "tests/test_statement_text.py",
        "tests/test_sources.py",
        "tests/test_writers.py",
    ],
    "reasoning": [
        "tests/test_rules.py",
        "tests/test_facts.py",
        "tests/test_value_space.py",
        "tests/test_lists.py",
        "tests/test_derivations.py",
        "tests/test_transitive_closure.py",
        "tests/test_large_proofs.py",
        "tests/test_large_schemas.py",
        "tests/test_reasoning_at_random.py",
        "tests/test_columns_joins.py",
        "tests/test_reasoning.py",
        "tests/test_reasoning_columns.py",
        "tests/test_live_closure.py",
        "tests/test_rl_reference.py",
        "tests/test_rule_sets.py",
        "tests/test_contradictions.py",
        "tests/test_why.py",
    ],
    "sparql": [
        "tests/test_guard.py",
        "tests/test_admission.py",
        "tests/test_solution_counter.py",
        "tests/test_query_text.py",
        "tests/test_answer_values.py",
        "tests/test_query_results.py",
        "tests/test_query_client.py",
        "tests/test_query_errors.py",
        "tests/test_quick_queries.py",
        "tests/test_graph_query.py",
        "tests/test_engine_differences.py",
        "tests/test_standard_queries.py",
        "tests/test_result_matrix.py",
        "tests/test_harmless_text.py",
        "tests/test_query_store.py",
        "tests/test_expensive_queries.py",
        "tests/test_pool.py",
        "tests/test_pool_turns.py",
        "tests/test_worker_processes.py",
        "tests/test_frames.py",
        "tests/test_hints.py",
        "tests/test_citable_answers.py",
        "tests/test_remote_engine.py",
        "tests/test_loading.py",
        "tests/test_w3c_protocol.py",
    ],
}
#: Tests that take half a minute by themselves: too long to try for a mutant.
LONG = (
    "tests/test_why.py::test_every_inferred_triple_of_a_release_has_a_proof_that_ends_at_asserted_ones",
    "tests/test_reasoning.py::test_the_released_inferences_are_rdf_and_say_something_new",
    "tests/test_reasoning.py::test_our_engine_and_owlrl_agree_on_everything_about_our_individuals",
    "tests/test_reasoning_columns.py::test_the_choice_of_an_engine_compiles_nothing_of_its_own",
    "tests/test_graph_query.py::test_a_release_and_its_store_can_be_queried",
)
PROCESSES = {
    "sparql/workers/": [
        "tests/test_pool.py",
        "tests/test_worker_processes.py",
        "tests/test_standard_queries.py",
    ],
}
#: Of processor time and on the wall, for what takes a second in the trial without a change.
PATIENCE = 5
#: Seconds; a test that takes longer may fail because other programs use the processors.
HASTY = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", default=list(TESTS), choices=list(TESTS))
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--sample", type=int, help="try so many mutants of each package, not all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--seconds", type=float, default=40.0, help="of tests for each mutant")
    parser.add_argument("--at-least", type=float, default=0.85, help="share that must be killed")
    parser.add_argument("--again", action="store_true", help="not those that were killed last time")
    parser.add_argument(
        "--recorded", action="store_true", help="use the record of the tests of the last run"
    )
    options = parser.parse_args()
    trial.preload()
    failed = [name for name in options.packages if not is_good(name, options)]
    sys.exit(f"not good enough: {', '.join(failed)}" if failed else 0)


def is_good(package: str, options: argparse.Namespace) -> bool:
    """Try the mutants of *package*, print the figures; return whether they are good."""
    found = mutants(ROOT / "server" / "partyline", package)
    chosen = sample(found, options.sample or len(found), options.seed)
    verdicts = attempt(package, chosen, options)
    alive = [mutant for mutant in chosen if verdicts[mutant.key] == "survived"]
    counts = Counter(verdicts[mutant.key] for mutant in chosen)
    share = 1 - len(alive) / len(chosen)
    print(
        f"{package}: {share:.1%} of {len(chosen)} killed (of {len(found)}):"
        f" {counts['killed']} by a test, {counts['timed out']} timed out, {len(alive)} survived"
    )
    reasons = reasons_for_survival(package)
    for mutant in alive:
        print(f"  {mutant}\n      {reasons.get(mutant.change, 'UNEXPLAINED')}")
    for change in reasons.keys() - {mutant.change for mutant in found}:
        print(f"  no longer a mutant, remove it from {SURVIVORS.name}: {change}")
    for mutant in chosen:
        if mutant.change in reasons and mutant not in alive:
            print(f"  is killed now, remove it from {SURVIVORS.name}: {mutant}")
    return share >= options.at_least and all(mutant.change in reasons for mutant in alive)


def attempt(package: str, chosen: Sequence[Mutant], options: argparse.Namespace) -> dict[str, str]:
    """Return the verdict on each of the mutants, by its key."""
    kept = PLACE / f"{package}.verdicts.json"
    verdicts: dict[str, str] = json.loads(kept.read_text("utf-8")) if options.again else {}
    waiting = [row for row in chosen if verdicts.get(row.key, "survived") == "survived"]
    if not options.recorded:
        record(package)
    at_import, tests = recording.read(record_of(package))
    plans = [plan(mutant, tests, at_import, options.seconds) for mutant in waiting]
    # Each process has a copy of the project, and forks a process for each mutant.
    for left_over in PLACE.glob("copy-*"):
        shutil.rmtree(left_over)
    prepared = plans, files_of(package)
    with multiprocessing.get_context("fork").Pool(options.processes, _start, prepared) as pool:
        tried = pool.imap(_try, range(len(plans)))
        for number, (mutant, verdict) in enumerate(zip(waiting, tried, strict=True), 1):
            verdicts[mutant.key] = verdict
            kept.write_text(json.dumps(verdicts), encoding="utf-8")
            print(f"{number}/{len(waiting)} {verdict}: {mutant}", file=sys.stderr, flush=True)
    return verdicts


def files_of(package: str) -> list[str]:
    """Return the files with tests of *package*, its own examples included."""
    return [*TESTS[package], f"server/partyline/{package}"]


def record_of(package: str) -> Path:
    return PLACE / f"{package}.tests.json"


def record(package: str) -> None:
    """Run the tests of *package* without a change, and record what each of them runs."""
    copy = trial.Copy(PLACE / "recording")
    copy.make()
    recording.instrument(copy.folder / "server", package)
    record_of(package).unlink(missing_ok=True)
    os.environ["MUTATION_RECORD"] = str(record_of(package))
    chosen = files_of(package)
    limits = trial.Limits(3600, 3600)
    log = PLACE / f"{package}.log"
    options = ["-p", "mutation.recording", *(f"--deselect={name}" for name in LONG)]
    if trial.run(copy, [*options, *chosen], limits, log) != "survived":
        print(f"{package}: left out, because they fail without a change (see {log}):")
        print("".join(f"  {name}\n" for name in trial.failed_tests(log)), end="")
    if not record_of(package).is_file():
        sys.exit(f"{package}: the tests do not run: see {log}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A mutant and the tests for it, quickest first."""

    mutant: Mutant
    tests: tuple[recording.Test, ...]
    #: Whether the function runs at import or in other processes.
    needs_import: bool

    def verdict(self, copy: trial.Copy, warm: trial.WarmProcess) -> str:
        """Try the tests in *copy*; a failure that takes time must occur twice."""
        mutant = self.mutant
        original, changed = mutant.original(), mutant.source()
        replaceable = is_replaceable(original, changed, mutant.function)
        change = CodeChange(mutant.path, mutant.function, changed)
        copy.write(mutant.path, changed)

        def run(tests: Sequence[recording.Test]) -> tuple[str, list[str]]:
            seconds = PATIENCE * recording.total(tests)
            limits = trial.Limits(int(seconds) + 15, seconds + 60)
            log = copy.folder / "trial.log"
            names = [test.name for test in tests]
            if self.needs_import or not replaceable:
                verdict = trial.run(copy, ["-x", *names], limits, log)
            else:
                verdict = warm.run(["-x", *names], limits, log, change)
            return verdict, [name for name in trial.failed_tests(log) if name in names]

        tests = {test.name: test for test in self.tests}
        try:
            while tests:
                verdict, failed = run(list(tests.values()))
                slow = [tests[name] for name in failed if tests[name].alone > HASTY]
                if verdict != "killed" or not slow:
                    return verdict
                # Other programs may have kept the processors from it.
                if run(slow)[0] != "survived":
                    return "killed"
                for test in slow:
                    del tests[test.name]
            return "survived"
        finally:
            copy.write(mutant.path, original)


def plan(
    mutant: Mutant, tests: Iterable[recording.Test], at_import: frozenset[str], most: float
) -> Plan:
    """Choose tests for *mutant* that take *most* seconds at most, but at least one."""
    files = [
        file
        for prefix, names in PROCESSES.items()
        if mutant.path.startswith(prefix)
        for file in names
    ]
    concerned = [
        test
        for test in tests
        if mutant.place in test.functions
        or mutant.place in at_import
        or test.name.partition("::")[0] in files
    ]
    chosen: list[recording.Test] = []
    for test in sorted(concerned, key=lambda test: test.alone):
        if not chosen or recording.total([*chosen, test]) <= most:
            chosen.append(test)
    return Plan(mutant, tuple(chosen), bool(files) or mutant.place in at_import)


_plans: list[Plan] = []
_places: list[tuple[trial.Copy, trial.WarmProcess]] = []


def _start(plans: list[Plan], files: list[str]) -> None:
    """Prepare a process that tries mutants."""
    _plans[:] = plans
    copy = trial.Copy(PLACE / f"copy-{os.getpid()}")
    copy.make()
    _places[:] = [(copy, trial.WarmProcess(copy, files))]


def _try(index: int) -> str:
    return _plans[index].verdict(*_places[0])


def reasons_for_survival(package: str) -> dict[tuple[str, str, str], str]:
    """Return the changes in *package* that may survive, each with its reason."""
    rows = tomllib.loads(SURVIVORS.read_text(encoding="utf-8"))["survivor"]
    reasons = {(row["place"], row["was"], row["becomes"]): row["reason"] for row in rows}
    return {row: reason for row, reason in reasons.items() if row[0].startswith(f"{package}/")}


if __name__ == "__main__":
    main()
