"""Kill -9 at any moment of writing a release and of switching to it: part of ``make attack``.

After each kill, the current release opens with all its checksums, and the next build succeeds.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from partyline.errors import ReleaseError
from partyline.releases import current_name, current_release
from partyline.releases.build import write_release
from partyline.releases.contents import ReleaseContents
from partyline.settings import read_settings
from partyline.validation.check_pipeline import run_checks
from stress.server import conclude

ENSEMBLES = Path(__file__).parents[1] / "data" / "ensembles"


def kill_writes(folder: Path, number: int, seed: int) -> list[str]:
    """Kill *number* processes that write a release of *folder*; return what was wrong.

    Only children write: RocksDB has threads, which a process that is forked from it would miss.
    """
    settings = read_settings(folder / "partyline.toml")
    report = run_checks(settings, "auto", lambda step: None)
    contents = [
        ReleaseContents.of(
            report, replace(settings, knowledge=replace(settings.knowledge, title=title))
        )
        for title in ("One", "Other")
    ]
    for row in contents:  # what is computed once is not what is killed
        _ = row.table, row.questions
    duration = max(_written_in(contents[turn % 2]) for turn in range(4))
    chance, failures, seen = random.Random(seed), list[str](), Counter[str]()
    for turn in range(number):
        new = contents[turn % 2]
        state = _killed(new, chance.uniform(0, duration))
        seen[state] += 1
        if state.startswith("damaged"):
            failures.append(f"kill {turn}: {state}")
        if os.waitstatus_to_exitcode(os.waitpid(_writer(new), 0)[1]):
            failures.append(f"kill {turn}: the next build failed")
        current_release(settings.releases)
    print(f"{number} kills within {duration:.2f} s: {dict(seen)}")
    return failures


def _written_in(contents: ReleaseContents) -> float:
    """Return the seconds in which a process writes *contents* and switches to them."""
    _keep_current(contents.settings.releases)
    started = time.monotonic()
    _, status = os.waitpid(_writer(contents), 0)
    if status:
        raise SystemExit("the first builds failed")
    return time.monotonic() - started


def _writer(contents: ReleaseContents) -> int:
    """Write *contents* in a process, and return its identifier."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        write_release(contents)
        code = 0
    except ReleaseError as error:
        print(error, file=sys.stderr)
    finally:
        os._exit(code)


def _keep_current(releases: Path) -> str:
    """Remove every release but the current one, and return its name."""
    name = current_name(releases) or ""
    for path in releases.glob("[!.]*"):
        if path.is_dir() and path.name not in (name, "current"):
            shutil.rmtree(path)
    return name


def _killed(contents: ReleaseContents, seconds: float) -> str:
    """Write *contents* in a process that is killed; return what is current then."""
    releases = contents.settings.releases
    earlier = _keep_current(releases)
    child = _writer(contents)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    try:
        current = current_release(releases).path.name
    except ReleaseError as error:
        return f"damaged: {error}"
    when = "killed" if os.WIFSIGNALED(status) else "ended before"
    return f"{when}, {'the earlier release' if current == earlier else 'the new release'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(ENSEMBLES, Path(place) / "ensembles"))
        return conclude(kill_writes(folder, options.kills, options.seed))


if __name__ == "__main__":
    sys.exit(main())
