"""Measure documents beside nginx: the same bytes, from the same address of the same machine.

Every kept answer is asked of both servers in turns, by ``wrk`` over 16 connections. Partyline
writes its access log and counts its metrics; nginx has its default settings and one worker, so it
writes its log, too. What is not kept yet is asked of Partyline alone.

A loaded machine changes requests a second and microseconds alike, so ratios are taken within one
round, and the table has their medians. Needs nginx and wrk.

The built-in knowledge is built first, unless PARTYLINE_RELEASES names a folder of releases.

Usage: ``python bench/documents.py [--rounds 5] [--seconds 2] [--output FILE]``
"""

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from result_files import save

DOCUMENT = "/doc/person/norodom-sihanouk"
BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
CONNECTIONS = 16
#: Documents that are made for the request, and those that are asked for before.
MADE, WARM_UP = 100, 50
#: Fields that nginx writes itself, and those of one connection.
_OWN = {"content-length", "date", "connection", "server", "last-modified", "accept-ranges", "etag"}
_NGINX = """
daemon off; {user} worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
    access_log {folder}/access.log;
    sendfile on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
{locations}
    }}
}}
"""


@dataclass(frozen=True)
class Case:
    """One request, which is sent again and again."""

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The status that is expected; 304 is asked for with the entity tag of the server.
    status: int = 200


#: By the path on nginx: what was asked of Partyline, the header fields and the bytes it sent.
Answers = Mapping[str, tuple["Case", dict[str, str], bytes]]

CASES = (
    Case("Turtle", f"{DOCUMENT}.ttl"),
    Case("Turtle, gzip", f"{DOCUMENT}.ttl", {"Accept-Encoding": "gzip"}),
    Case("page, zstd", f"{DOCUMENT}.html", {**BROWSER, "Accept-Encoding": "gzip, deflate, zstd"}),
    Case("page, br", f"{DOCUMENT}.html", {**BROWSER, "Accept-Encoding": "gzip, deflate, br"}),
    Case("page, not compressed", f"{DOCUMENT}.html", BROWSER),
    Case("303", DOCUMENT.replace("/doc/", "/id/"), {"Accept": "text/turtle"}, 303),
    Case("304", f"{DOCUMENT}.ttl", status=304),
)


@dataclass(frozen=True)
class Figure:
    """What one run of wrk has shown."""

    rate: float
    #: Microseconds of CPU a request, of all processes of the server.
    cpu: float
    #: Milliseconds that 99 % of the requests took at most.
    p99: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


@contextmanager
def running(command: Sequence[str], port: int, path: str, **environ: str) -> Iterator[int]:
    """Run a server until it answers at *path*, and give its process."""
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                ask(port, path, {})
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command[0]} ended with {process.returncode}") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def partyline(folder: Path, kept_size: int) -> Iterator[tuple[int, int]]:
    """Serve the built-in knowledge; give process and port."""
    port = free_port()
    environ = {
        "PARTYLINE_SERVER_ACCESS_LOG": str(folder / "partyline.log"),
        "PARTYLINE_SERVER_KEPT_SIZE": str(kept_size),
    }
    command = [sys.executable, "-m", "partyline", "serve", "--no-build", "--port", str(port)]
    with running(command, port, "/health/ready", **environ) as pid:
        yield pid, port


@contextmanager
def nginx(
    folder: Path, port: int, answers: Mapping[str, tuple[Case, dict[str, str], bytes]]
) -> Iterator[int]:
    """Serve *answers*, by their paths, with the header fields that they have from Partyline."""
    locations = []
    for path, (case, headers, body) in answers.items():
        fields = {name: value for name, value in headers.items() if name.lower() not in _OWN}
        media_type = fields.pop("Content-Type")
        if case.status == 303:
            action = f"return 303 {fields.pop('Location')};"
        else:
            file = folder / path.strip("/")
            file.write_bytes(body)
            action = f"alias {file};"
        added = " ".join(f"add_header {name} {json.dumps(text)};" for name, text in fields.items())
        locations.append(
            f'location = {path} {{ types {{ }} default_type "{media_type}"; {added} {action} }}'
        )
    user = "user root;" if os.geteuid() == 0 else ""  # the folder is that of this user
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _NGINX.format(folder=folder, port=port, user=user, locations="\n".join(locations))
    )
    command = ["nginx", "-c", str(configuration), "-e", str(folder / "error.log")]
    with running(command, port, next(iter(answers))) as pid:
        for path, (case, _, _) in answers.items():
            if (status := ask(port, path, {})[0]) != (303 if case.status == 303 else 200):
                raise SystemExit(f"nginx: {case.name}: {status}")
        yield pid


def seconds_of(pid: int) -> float:
    """Return the CPU seconds of the process *pid* and of those that it has started."""
    total = 0.0
    for found in (pid, *children(pid)):
        fields = Path(f"/proc/{found}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [row for child in map(int, found) for row in (child, *children(child))]


def load(pid: int, url: str, headers: Mapping[str, str], seconds: int) -> Figure:
    arguments = [text for name, value in headers.items() for text in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *arguments, url]
    before = seconds_of(pid)
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = seconds_of(pid) - before
    lines = [line.split() for line in done.splitlines()]
    number = next(int(row[0]) for row in lines if row[1:2] == ["requests"])
    p99 = next(row[1] for row in lines if row[:1] == ["99%"])
    return Figure(number / seconds, 1e6 * used / number, milliseconds(p99))


def milliseconds(text: str) -> float:
    units = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    unit = next(name for name in units if text.endswith(name))
    return float(text.removesuffix(unit)) * units[unit]


def hot(folder: Path, rounds: int, seconds: int) -> list[str]:
    """Return the rows of the table of kept answers."""
    with partyline(folder, 64) as (pid, port):
        answers = {}
        for number, case in enumerate(CASES):
            status, headers, body = ask(port, case.path, case.headers)
            if status != (200 if case.status == 304 else case.status):
                raise SystemExit(f"{case.name}: {status}")
            answers[f"/{number}"] = case, headers, body
        there = free_port()
        with nginx(folder, there, answers) as other:
            rows = []
            for path, (case, _, body) in answers.items():
                ours = f"http://127.0.0.1:{port}{case.path}", tagged(case, port, case.path)
                theirs = f"http://127.0.0.1:{there}{path}", tagged(case, there, path)
                pairs = []
                load(pid, *ours, 1), load(other, *theirs, 1)
                for _ in range(rounds):
                    pairs.append((load(pid, *ours, seconds), load(other, *theirs, seconds)))
                rows.append(row(case.name, len(body) if case.status != 304 else 0, pairs))
                print(rows[-1], flush=True)
            return rows


def tagged(case: Case, port: int, path: str) -> dict[str, str]:
    """Return the header fields of *case*; those of a 304 name the tag that the server gives."""
    if case.status != 304:
        return dict(case.headers)
    _, headers, _ = ask(port, path, case.headers)
    condition = {"If-None-Match": headers["ETag"]}
    if ask(port, path, condition)[0] != 304:
        raise SystemExit(f"port {port} sends a document again that the client has")
    return {**case.headers, **condition}


def row(name: str, size: int, pairs: Sequence[tuple[Figure, Figure]]) -> str:
    def median(figures: Iterator[float]) -> float:
        return statistics.median(figures)

    ratio = median(ours.rate / theirs.rate for ours, theirs in pairs)
    cpu, other = median(row.cpu for row, _ in pairs), median(row.cpu for _, row in pairs)
    cost = median(ours.cpu / theirs.cpu for ours, theirs in pairs)
    p99 = median(row.p99 for row, _ in pairs), median(row.p99 for _, row in pairs)
    rate = median(row.rate for row, _ in pairs)
    return (
        f"| {name} | {size:,} | {rate:,.0f} | {ratio:.2f} | {cpu:.1f} | {other:.1f}"
        f" | {cost:.2f} | {p99[0]:.1f} | {p99[1]:.1f} |"
    )


def cold(folder: Path) -> list[str]:
    """Return the rows of the table of answers that the application makes."""
    with partyline(folder, 0) as (pid, port):
        query = "SELECT%20DISTINCT%20?s%20{%20?s%20a%20?c%20}%20LIMIT%20300"
        _, _, content = ask(port, f"/sparql?query={query}", {"Accept": "application/json"})
        bindings = json.loads(content)["results"]["bindings"]
        names = [row["s"]["value"].partition("/id/")[2] for row in bindings]
        every = [f"/doc/{name}" for name in names if name]
        paths, others = every[:MADE], every[MADE : MADE + WARM_UP]
        rows = []
        for name, ending in (("Turtle", ".ttl"), ("page", ".html"), ("303", "")):
            # What the process does once, such as to compile the templates and the axioms.
            for path in (DOCUMENT, *others):
                ask(port, path + ending, {})
            before, started = seconds_of(pid), time.perf_counter()
            for path in paths:
                asked = path + ending if ending else path.replace("/doc/", "/id/", 1)
                status, _, _ = ask(port, asked, {})
                if status not in (200, 303):
                    raise SystemExit(f"{asked}: {status}")
            used, taken = seconds_of(pid) - before, time.perf_counter() - started
            rows.append(
                f"| {name} | {len(paths)} | {1e3 * used / len(paths):.2f}"
                f" | {1e3 * taken / len(paths):.2f} |"
            )
            print(rows[-1], flush=True)
        return rows


def report(kept: Sequence[str], made: Sequence[str], rounds: int, seconds: int) -> str:
    rows, others = "\n".join(kept), "\n".join(made)
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr
    return f"""# Documents beside nginx

`python bench/documents.py`: medians of {rounds} rounds of {seconds} s for each server in turn,
`wrk -t1 -c{CONNECTIONS}` on the same machine, {os.cpu_count()} processors; {version.strip()}, one
worker, default settings. Both write an access log; Partyline counts its metrics.

## Kept answers

| answer | bytes | requests/s | / nginx | µs CPU | nginx | CPU / nginx | p99 ms | nginx |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

## Answers that are made for the request

One client, one new connection a request, nothing kept; {WARM_UP} others have been asked for before.

| answer | documents | ms CPU | ms elapsed |
| --- | --- | --- | --- |
{others}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--output", type=Path, help="write the tables to this file")
    options = parser.parse_args()
    if missing := [name for name in ("nginx", "wrk") if shutil.which(name) is None]:
        raise SystemExit(f"{' and '.join(missing)}: not installed")
    with tempfile.TemporaryDirectory() as folder:
        if "PARTYLINE_RELEASES" not in os.environ:
            os.environ["PARTYLINE_RELEASES"] = f"{folder}/releases"
            subprocess.run([sys.executable, "-m", "partyline", "build"], check=True)
        kept = hot(Path(folder), options.rounds, options.seconds)
        made = cold(Path(folder))
    text = report(kept, made, options.rounds, options.seconds)
    print(text)
    if options.output:
        save(options.output, text)


if __name__ == "__main__":
    main()
