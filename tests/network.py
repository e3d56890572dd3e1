"""Ports, and waiting for what other processes do."""

import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from command_line import Command


def free_port() -> int:
    """Return a port that was free a moment ago, and that the system gives to no client.

    A client that asks for one of those before a server listens there may connect to itself, and
    then the server cannot have it.
    """
    # Hypothesis gives the usual generator the same seed in every process.
    for port in random.SystemRandom().sample(range(10_000, 32_768), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("of 100 ports none is free")


def wait_for(url: str, process: subprocess.Popen[Any] | Command) -> None:
    """Return once *url* answers 200."""
    ends = time.monotonic() + 60  # a machine may have other work
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")


def wait_until(true: Callable[[], object], seconds: float = 10) -> None:
    """Return once *true* says so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)
