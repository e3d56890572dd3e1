"""Measure the site as files: writing it, and nginx with its settings beside nginx over a file.

The built-in knowledge is exported twice, without proofs and then again, which changes nothing; with
``--proofs``, once more with them. Then ``wrk`` asks nginx with the settings that the export has
written, nginx with none but the folder, and nginx with the least settings that negotiate between
two headers and send the same fields, as constants, in turns; ratios are taken within one round.
Needs nginx and wrk.

Usage: ``python bench/static_site.py [--rounds 5] [--seconds 2] [--proofs] [--output FILE]``
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from documents import BROWSER, ask, free_port, load, running
from result_files import save

_DOCUMENT = "/doc/person/norodom-sihanouk"
_GZIP = {"Accept-Encoding": "gzip"}
_TURTLE = {"Accept": "text/turtle"}
#: What is asked of the export, and what of nginx over the folder alone; the latter is a file.
CASES: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("Turtle", f"{_DOCUMENT}.ttl", f"{_DOCUMENT}.ttl", {}),
    ("Turtle, gzip", f"{_DOCUMENT}.ttl", f"{_DOCUMENT}.ttl", _GZIP),
    ("page, gzip", f"{_DOCUMENT}.html", f"{_DOCUMENT}.html", {**BROWSER, **_GZIP}),
    ("negotiated by Turtle", _DOCUMENT, f"{_DOCUMENT}.ttl", _TURTLE),
    ("negotiated by a browser", _DOCUMENT, f"{_DOCUMENT}.html", BROWSER),
    ("303", _DOCUMENT.replace("/doc/", "/id/"), "/redirect", _TURTLE),
)
_PLAIN = """
server {{
    listen 127.0.0.1:{port};
    root {site};
    types {{ text/html html; text/turtle ttl; }}
    gzip_static on;
    location = /redirect {{ return 303 {document}.ttl; }}
}}
"""
#: The floor: one look-up for the format, one for the file, and the header fields of this document.
_LEAST = """
map_hash_bucket_size 256;
map $http_accept $ending {{ default ttl; "{browser}" html; }}
server {{
    listen 127.0.0.1:{port};
    root {site};
    types {{ text/html html; text/turtle ttl; }}
    gzip_static on;
    open_file_cache max=10000 inactive=60s;
    {fields}
    location /id/ {{ return 303 /doc/person/norodom-sihanouk.$ending; }}
    location /doc/ {{ try_files $uri $uri.$ending =404; }}
}}
"""
#: Fields that nginx writes itself.
_OWN = {
    *("server", "date", "connection", "content-type", "content-length", "content-encoding"),
    *("etag", "last-modified", "accept-ranges", "location"),
}
_NGINX = """
daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{ }}
http {{
    access_log {folder}/access;
    sendfile on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


@contextmanager
def nginx(folder: Path, server: str, port: int, path: str = f"{_DOCUMENT}.ttl") -> Iterator[int]:
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    text = _NGINX.format(folder=folder, user=user, server=server)
    (folder / "nginx.conf").write_text(text)
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
    with running(command, port, path) as pid:
        yield pid


def export(site: Path, *options: str) -> str:
    """Export the site; return a row of the table."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "partyline", "export", "--static", str(site), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Of all children so far: that of the largest one.
    changes = done.splitlines()[0].partition(" in ")[0]
    row = f"| {changes} | {seconds:.0f} | {after.ru_maxrss // 1024} |"
    print(row, flush=True)
    return row


@contextmanager
def three(site: Path, folder: Path) -> Iterator[list[tuple[int, int]]]:
    """Run nginx with the settings of the export, with none, and with the least; yield pid, port."""
    ports = [free_port() for _ in range(3)]
    written = (site / ".partyline" / "nginx.conf").read_text()
    exported = written.replace("listen 8080;", f"listen 127.0.0.1:{ports[0]};")
    plain = _PLAIN.format(port=ports[1], site=site, document=_DOCUMENT)
    with (
        nginx(folder / "a", exported, ports[0]) as one,
        nginx(folder / "b", plain, ports[1]) as two,
    ):
        sent = ask(ports[0], _DOCUMENT, BROWSER)[1]
        fields = "\n".join(
            f"add_header {name} {json.dumps(text)};"
            for name, text in sent.items()
            if name.lower() not in _OWN
        )
        browser = BROWSER["Accept"]
        least = _LEAST.format(port=ports[2], site=site, fields=fields, browser=browser)
        with nginx(folder / "c", least, ports[2]) as floor:
            yield list(zip((one, two, floor), ports, strict=True))


def beside(site: Path, folder: Path, rounds: int, seconds: int) -> list[str]:
    rows = []
    with three(site, folder) as servers:
        for name, path, file, headers in CASES:
            asked = [
                (pid, f"http://127.0.0.1:{port}{address}")
                for (pid, port), address in zip(servers, (path, file, path), strict=True)
            ]
            sizes = {
                len(ask(port, address, headers)[2])
                for (_, port), address in zip(servers, (path, file, path), strict=True)
            }
            for pid, url in asked:
                load(pid, url, headers, 1)
            found = [
                [load(pid, url, headers, seconds) for pid, url in asked] for _ in range(rounds)
            ]
            rates = [statistics.median(row[0].rate / row[n].rate for row in found) for n in (1, 2)]
            cpu = [statistics.median(row[n].cpu for row in found) for n in range(3)]
            size = " / ".join(f"{row:,}" for row in sorted(sizes))
            rate = statistics.median(row[0].rate for row in found)
            ratios = " | ".join(f"{row:.2f}" for row in rates)
            used = " | ".join(f"{row:.1f}" for row in cpu)
            rows.append(f"| {name} | {size} | {rate:,.0f} | {ratios} | {used} |")
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--proofs", action="store_true", help="export the proofs, too")
    parser.add_argument("--output", type=Path, help="write the tables to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        if "PARTYLINE_RELEASES" not in os.environ:
            os.environ["PARTYLINE_RELEASES"] = f"{folder}/releases"
            subprocess.run([sys.executable, "-m", "partyline", "build"], check=True)
        site = folder / "site"
        written = [export(site, "--no-proofs"), export(site, "--no-proofs")]
        if options.proofs:
            written.append(export(site))
        asked = beside(site, folder, options.rounds, options.seconds)
    text = report(written, asked, options.rounds, options.seconds)
    print(text)
    if options.output:
        save(options.output, text)


def report(written: list[str], asked: list[str], rounds: int, seconds: int) -> str:
    exports, rows = "\n".join(written), "\n".join(asked)
    return f"""# The site as files

`python bench/static_site.py`: the built-in knowledge, with copies in gzip, br and zstd; first
without proofs, then again, which changes nothing, and in a third line with them.

| export | CPU s | MB at most |
| --- | --- | --- |
{exports}

nginx with the settings of the export, beside *plain*: nginx over the same file with none but the
folder and its types; and beside the *floor*: the least settings that choose between two headers
and send the same header fields, as constants. Medians of {rounds} rounds of {seconds} s in turn,
`wrk -t1 -c16`, one worker each, with access logs. Sizes are those of the bodies.

| answer | bytes | requests/s | / plain | / floor | µs CPU | plain | floor |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
"""


if __name__ == "__main__":
    main()
