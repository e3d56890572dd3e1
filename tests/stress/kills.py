"""Kill -9 at any moment of writing a release and of switching to it: ``make kills KILLS=200``.

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
from partyline.releases import current_release
from partyline.releases.build import write_release
from partyline.releases.contents import ReleaseContents
from partyline.settings import read_settings
from partyline.validation.check_pipeline import run_checks
from stress.server import conclude

ENSEMBLES = Path(__file__).parents[1] / "data" / "ensembles"


def kill_writes(folder: Path, number: int, seed: int) -> list[str]:
    """Kill *number* processes that write a release of *folder*; return what was wrong."""
    settings = read_settings(folder / "partyline.toml")
    report = run_checks(settings, "auto", lambda step: None)
    contents = [
        ReleaseContents(
            report, replace(settings, knowledge=replace(settings.knowledge, title=title))
        )
        for title in ("One", "Other")
    ]
    for row in contents:  # what is computed once is not what is killed
        _ = row.graphs, row.views, row.origins, row.questions
    write_release(contents[0])
    duration = _written_in(contents[1])
    chance, failures, seen = random.Random(seed), list[str](), Counter[str]()
    for turn in range(number):
        new = contents[turn % 2]
        earlier = current_release(settings.releases).path.name
        state = _killed(new, chance.uniform(0, 1.3 * duration), earlier)
        seen[state] += 1
        if state.startswith("damaged"):
            failures.append(f"kill {turn}: {state}")
        try:
            write_release(new)
            current_release(settings.releases)
        except ReleaseError as error:
            failures.append(f"kill {turn}: the next build failed: {error}")
    print(f"{number} kills within {1.3 * duration:.2f} s: {dict(seen)}")
    return failures


def _written_in(contents: ReleaseContents) -> float:
    started = time.monotonic()
    write_release(contents)
    return time.monotonic() - started


def _killed(contents: ReleaseContents, seconds: float, earlier: str) -> str:
    """Write *contents* anew in a process that is killed; return what is current then."""
    releases = contents.settings.releases
    for path in releases.iterdir():
        if path.is_dir() and path.name not in (earlier, "current"):
            shutil.rmtree(path)
    child = os.fork()
    if not child:
        try:
            write_release(contents)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    try:
        current = current_release(releases).path.name
    except ReleaseError as error:
        return f"damaged: {error}"
    when = "killed" if os.WIFSIGNALED(status) else "too late"
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
