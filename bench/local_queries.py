"""Measure queries in the browser over a site of files, with the network cut after loading.

The query page of the built-in knowledge is exported alone, and served by nginx with the settings of
the export. Needs nginx, Chromium, and the scripts that `make editor` builds.

Usage: ``python bench/local_queries.py [--output FILE]``
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from shutil import which
from unittest import mock

from documents import free_port
from playwright.sync_api import Page, sync_playwright
from result_files import save
from static_site import nginx

from partyline.export import export_release
from partyline.settings import Settings, read_settings

_LOADED = "statements are loaded"
_EVALUATE = """async (query) => {
    const form = document.querySelector("form.query");
    const local = await import(form.dataset.local);
    const began = performance.now();
    await local.evaluate(query, form);
    return performance.now() - began;
}"""


def export(settings: Settings, site: Path) -> None:
    """Export the query page and what it needs."""
    static = mock.patch(
        "partyline.export.crawl.is_exported", lambda address: address.startswith("/static/")
    )
    with mock.patch("partyline.export.site.entries", return_value=()), static:
        export_release(settings, site, ("gzip",), lambda line: None)


def measured(page: Page, address: str, questions: list[Path]) -> list[str]:
    began = time.perf_counter()
    page.goto(address)
    page.get_by_role("status").filter(has_text=_LOADED).wait_for(timeout=300_000)
    loading = time.perf_counter() - began
    page.context.set_offline(True)
    seconds = [page.evaluate(_EVALUATE, row.read_text("utf-8")) / 1000 for row in questions]
    slowest = questions[seconds.index(max(seconds))].stem
    return [
        f"| engine and dataset are loaded | {loading:.2f} |",
        f"| the first answer, to `{questions[0].stem}` | {seconds[0]:.2f} |",
        f"| the median of {len(questions)} questions | {statistics.median(seconds):.3f} |",
        f"| the slowest, `{slowest}` | {max(seconds):.2f} |",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="write the table to this file")
    options = parser.parse_args()
    settings = read_settings(environ=os.environ)
    questions = sorted((settings.knowledge.questions or Path()).glob("*.rq"))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        folder.chmod(0o755)
        settings = replace(settings, releases=folder / "releases")
        environ = {**os.environ, "PARTYLINE_RELEASES": str(settings.releases)}
        subprocess.run([sys.executable, "-m", "partyline", "build"], check=True, env=environ)
        export(settings, folder / "site")
        port = free_port()
        written = (folder / "site" / ".partyline" / "nginx.conf").read_text()
        server = written.replace("listen 8080;", f"listen 127.0.0.1:{port};")
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=flags)
        with nginx(folder / "nginx", server, port, "/sparql"):
            address = f"http://127.0.0.1:{port}/sparql"
            rows = "\n".join(measured(browser.new_page(), address, questions))
        browser.close()
    text = f"""# Queries in the browser

`python bench/local_queries.py`: the built-in knowledge in Chromium, elapsed;
the network is cut once all is loaded.

| | seconds |
| --- | --- |
{rows}
"""
    print(text)
    if options.output:
        save(options.output, text)


if __name__ == "__main__":
    main()
