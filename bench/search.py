"""Search by name among many names: time to build the index, its size, and time of a search.

python bench/search.py --names 100000
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from result_files import RESULTS, save, with_earlier

from partyline.search import Name, NameIndex, NameKind, write_index

_ONSETS = ("k", "kh", "ch", "s", "sr", "t", "th", "d", "n", "p", "ph", "b", "m", "y", "r", "l", "v")
_RIMES = ("a", "an", "ang", "ar", "at", "ea", "eam", "en", "eng", "i", "im", "in", "o", "ok", "on")
_WORDS = ("party", "movement", "front", "national", "khmer", "democratic", "united", "union", "of")

_HEAD = """\
# Search by name

`python bench/search.py --searches {searches}`: invented names of two to five words, CPU time of one
process on a machine shared with other work. A misspelt name has one character changed.

| names | index | size | as written, median | 95 % below | misspelt, median | 95 % below \
| among the first three |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def names(number: int, dice: random.Random) -> Iterator[Name]:
    """Yield invented names of persons and organisations."""
    for resource in range(number):
        words = ["".join(dice.choice(_ONSETS) + dice.choice(_RIMES) for _ in range(2))]
        words += dice.choices(_WORDS, k=dice.randrange(4))
        words += ["".join(dice.choice(_ONSETS) + dice.choice(_RIMES) for _ in range(2))]
        dice.shuffle(words)
        yield Name(resource, " ".join(words).title(), "en", NameKind.LABEL)


def misspelt(text: str, dice: random.Random) -> str:
    """Return *text* with one character changed."""
    place = dice.randrange(len(text))
    return text[:place] + dice.choice("aeiourstn") + text[place + 1 :]


def main() -> None:
    """Measure one size, and write its row to bench/results/search.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=300)
    options = parser.parse_args()
    dice = random.Random(7)
    rows = list(names(options.names, dice))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.sqlite"
        start = time.process_time()
        write_index(path, rows)
        built = time.process_time() - start
        index = NameIndex(path)
        cells = [f"{options.names:,}", f"{built:.1f} s", f"{path.stat().st_size / 1e6:.0f} MB"]
        shares = []
        for change in (str, lambda text: misspelt(text, dice)):
            times, hits = [], 0
            for row in dice.choices(rows, k=options.searches):
                text = change(row.text)
                start = time.process_time()
                found = index.search(text)
                times.append((time.process_time() - start) * 1000)
                hits += row.resource in [match.resource for match in found[:3]]
            highest = statistics.quantiles(times, n=20)[-1]
            cells += [f"{statistics.median(times):.1f} ms", f"{highest:.1f} ms"]
            shares.append(f"{100 * hits / options.searches:.0f} %")
    line = f"| {' | '.join(cells)} | {', '.join(shares)} |"
    print(line)
    path = RESULTS / "search.md"
    rows_now = with_earlier(path, [line], [options.names])
    save(path, "\n".join([_HEAD.format(searches=options.searches), *rows_now]))


if __name__ == "__main__":
    main()
