"""Bounds on elapsed time, which hold on a quiet machine only: ``make timing`` asserts them."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: Whether upper bounds are asserted.
ASSERTED = os.environ.get("PARTYLINE_TIMING") == "1"


@contextmanager
def within(seconds: float, *, at_least: float = 0) -> Iterator[None]:
    """Fail where the body takes less than *at_least* or, under ``make timing``, over *seconds*."""
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    assert took >= at_least
    if ASSERTED:
        assert took < seconds, f"took {took:.2f} s, at most {seconds} s"
