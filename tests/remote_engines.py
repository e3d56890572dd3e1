"""Real engines, started for the tests: Oxigraph's server, and Virtuoso where it is installed.

With ``ENGINE=oxigraph`` or ``ENGINE=virtuoso`` in the environment, what the tests ask of the
endpoint is answered by that engine (`make remote`).
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from network import free_port
from partyline.errors import EngineError
from partyline.loading import Load, PatientEndpoint, remote_engine
from partyline.releases import Release
from partyline.settings import Remote, Settings
from partyline.sparql import QueryEngine, QueryPool
from partyline.sparql.remote.opening import open_endpoint

#: The engines, and the program of each.
PROGRAMS = {"oxigraph": "oxigraph", "virtuoso": "virtuoso-t"}
_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {sql_port}
DisableUnixSocket = 1
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
MaxQueryMem = 500M
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = {port}
ServerThreads = 10
"""


def is_installed(name: str) -> bool:
    """Tell whether there is a program of the engine *name*."""
    return bool(_program(name))


def _program(name: str) -> str | None:
    # Beside the Python of the tests, too: the package may be in its environment.
    places = (os.environ.get("PATH", ""), str(Path(sys.executable).parent))
    return shutil.which(PROGRAMS[name], path=os.pathsep.join(places))


@contextmanager
def started_engine(name: str, folder: Path) -> Iterator[Remote]:
    """Start the engine *name*, which keeps its files in *folder*; return how it is asked."""
    program, port = _program(name), free_port()
    if program is None:
        raise RuntimeError(f"{PROGRAMS[name]} is not installed")
    if name == "oxigraph":
        command = [program, "serve", "--location", str(folder / "store")]
        command += ["--bind", f"127.0.0.1:{port}"]
        address = f"http://127.0.0.1:{port}"
        remote = Remote(f"{address}/query", graph_store=f"{address}/store")
    else:
        file = folder / "virtuoso.ini"
        file.write_text(_VIRTUOSO.format(folder=folder, port=port, sql_port=free_port()))
        command = [program, "+configfile", str(file), "+foreground"]
        address = f"http://127.0.0.1:{port}"
        remote = Remote(
            f"{address}/sparql-auth",
            graph_store=f"{address}/sparql-graph-crud-auth",
            user="dba",
            password="dba",
        )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait(remote, process, folder / "log")
        yield remote
    finally:
        process.terminate()
        process.wait(60)


def _wait(remote: Remote, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            open_endpoint(remote, 5)
            return
        except EngineError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text(errors="replace")[-2000:]) from None
            time.sleep(0.1)


def load(release: Release, remote: Remote) -> None:
    """Load *release* into an engine."""
    endpoint, _ = open_endpoint(remote, 60)
    Load(release, PatientEndpoint(endpoint, 600)).run()


@contextmanager
def chosen_engine(release: Release, settings: Settings, folder: Path) -> Iterator[QueryEngine]:
    """Return what answers queries to *release*: the engine that the environment names, or ours."""
    base = settings.knowledge.base + "sparql"
    name = os.environ.get("ENGINE", "")
    if not name:
        with QueryPool(release.store, settings.limits, release.manifest.prefixes, base) as pool:
            yield pool
        return
    with started_engine(name, folder) as remote:
        load(release, remote)
        engine = remote_engine(release, replace(settings, remote=remote), base)
        try:
            yield engine
        finally:
            engine.close()
