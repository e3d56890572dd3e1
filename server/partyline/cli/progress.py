"""Show the progress of long work: one changing line on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SENTENCES = {
    "read": "reading the sources",
    "check": "checking the sources",
    "reason": "reasoning",
    "shapes": "checking the shapes",
    "write": "writing the release",
}


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Return a function that prints each step on standard error."""
    started = time.monotonic()
    terminal = sys.stderr.isatty()

    def step(name: str) -> None:
        line = f"{time.monotonic() - started:5.1f} s  {_SENTENCES.get(name, name)}"
        print(
            f"\r\x1b[K{line}" if terminal else line, end="" if terminal else "\n", file=sys.stderr
        )
        sys.stderr.flush()

    try:
        yield step
    finally:
        if terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
