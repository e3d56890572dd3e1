"""Measure the site as files: writing it, and nginx with its settings beside nginx over a file.

The built-in knowledge is exported twice, without proofs and then again, which changes nothing; with
``--proofs``, once more with them. Then ``wrk`` asks nginx with the settings that the export has
written, and nginx with none but the folder, in turns; ratios are taken within one round. Needs
nginx and wrk.

Usage: ``python bench/static_site.py [--rounds 5] [--seconds 2] [--proofs] [--output FILE]``
"""

import argparse
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


def beside(site: Path, folder: Path, rounds: int, seconds: int) -> list[str]:
    ours, theirs = free_port(), free_port()
    written = (site / ".partyline" / "nginx.conf").read_text()
    exported = written.replace("listen 8080;", f"listen 127.0.0.1:{ours};")
    plain = _PLAIN.format(port=theirs, site=site, document=_DOCUMENT)
    rows = []
    with nginx(folder / "a", exported, ours) as one, nginx(folder / "b", plain, theirs) as other:
        for name, path, file, headers in CASES:
            sizes = {
                len(ask(port, row, headers)[2]) for port, row in ((ours, path), (theirs, file))
            }
            urls = (f"http://127.0.0.1:{ours}{path}", f"http://127.0.0.1:{theirs}{file}")
            load(one, urls[0], headers, 1), load(other, urls[1], headers, 1)
            pairs = [
                (load(one, urls[0], headers, seconds), load(other, urls[1], headers, seconds))
                for _ in range(rounds)
            ]
            ratio = statistics.median(a.rate / b.rate for a, b in pairs)
            rate = statistics.median(a.rate for a, _ in pairs)
            cpu = [statistics.median(row[side].cpu for row in pairs) for side in (0, 1)]
            size = " / ".join(f"{row:,}" for row in sorted(sizes))
            rows.append(
                f"| {name} | {size} | {rate:,.0f} | {ratio:.2f} | {cpu[0]:.1f} | {cpu[1]:.1f} |"
            )
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
        options.output.write_text(text)


def report(written: list[str], asked: list[str], rounds: int, seconds: int) -> str:
    exports, rows = "\n".join(written), "\n".join(asked)
    return f"""# The site as files

`python bench/static_site.py`: the built-in knowledge, with copies in gzip, br and zstd; first
without proofs, then again, which changes nothing, and in a third line with them.

| export | CPU s | MB at most |
| --- | --- | --- |
{exports}

nginx with the settings of the export, beside nginx over the same file with none but the folder and
its types: medians of {rounds} rounds of {seconds} s in turn, `wrk -t1 -c16`, one worker each, with
access logs. Sizes are those of the bodies.

| answer | bytes | requests/s | / plain | µs CPU | plain |
| --- | --- | --- | --- | --- | --- |
{rows}
"""


if __name__ == "__main__":
    main()
