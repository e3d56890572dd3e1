"""Below a path prefix: links, styles, redirects and data behind a real proxy."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree
from string import Template

import pytest

from ensembles_server import Server, serving
from foreign_tools import tool
from network import free_port, wait_for

#: nginx as it is set up in docs/how-to/deploy.md, without root.
_CONFIGURATION = Template("""
daemon off; worker_processes 1; pid $folder/nginx.pid; error_log $folder/error.log;
events {}
http {
    access_log off;
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi; uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    server {
        listen 127.0.0.1:$port;
        location /kg/ {
            proxy_pass http://127.0.0.1:$upstream$path;
            proxy_set_header Host $$host;
            proxy_set_header X-Forwarded-For $$proxy_add_x_forwarded_for;
            $header
        }
    }
}
""")
PATHS = [
    *("/", "/dumps/", "/dataset", "/terms", "/sparql", "/browse/?class=", "/no"),
    "/doc/ensemble/brass-union.html",
    "/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D",
]


class Links(HTMLParser):
    """Collects the addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    @property
    def local(self) -> list[str]:
        return [row for row in self.found if not row.startswith(("http://", "https://", "#"))]


@contextmanager
def nginx(folder: Path, upstream: int, port: int, path: str, header: str) -> Iterator[None]:
    values = {"upstream": upstream, "port": port, "path": path, "header": header}
    file = folder / "nginx.conf"
    file.write_text(_CONFIGURATION.substitute(folder=folder, **values))
    process = subprocess.Popen([tool("nginx"), "-p", folder, "-c", file], stderr=subprocess.PIPE)
    try:
        wait_for(f"http://127.0.0.1:{port}/kg/health", process)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module", params=["setting", "header"])
def proxied(
    request: pytest.FixtureRequest,
    ensembles_release: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A server below /kg/, which it knows by a setting or by a header of the proxy."""
    port, by_header = free_port(), request.param == "header"
    address = {} if by_header else {"server_address": f"http://127.0.0.1:{port}/kg"}
    place = tmp_path_factory.mktemp("proxied")
    folder = Path(copytree(ensembles_release, place / "ensembles", symlinks=True))
    proxies = {"server_trusted_proxies": "127.0.0.1"}
    with serving(folder, ("--no-build",), **proxies, **address) as server:
        # With a path, nginx replaces /kg/ by it; without one, the path arrives as it is.
        path = "/" if by_header else ""
        header = "proxy_set_header X-Forwarded-Prefix /kg;" if by_header else ""
        with nginx(place, server.port, port, path, header):
            yield Server(server.process, server.folder, port, server.log)


def test_behind_a_proxy_every_link_stays_below_the_prefix_and_leads_somewhere(
    proxied: Server,
) -> None:
    followed = set()
    for path in PATHS:
        _, content, headers = proxied.get(f"/kg{path}", Accept="text/html")
        for link in Links(content.decode()).local:
            assert link.startswith("/kg/"), (path, link)
            followed.add(link.partition("#")[0])
        assert headers.get("Content-Location", "/kg/").startswith("/kg/")
    assert any(re.fullmatch(r"/kg/static/style\.[0-9a-f]{16}\.css", link) for link in followed)
    assert "/kg/doc/ensemble/brass-union.ttl" in followed
    for link in followed:
        status, _, headers = proxied.get(link, Accept="text/html")
        assert status in (200, 303), link
        assert headers.get("Location", "/kg/").startswith("/kg/"), link


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/kg/id/ensemble/brass-union", "/kg/doc/ensemble/brass-union.ttl"),
        ("/kg/id/ensemble/brass-union/", "/kg/doc/ensemble/brass-union.ttl"),
        ("/kg/doc/ensemble/brass-union/", "/kg/doc/ensemble/brass-union"),
        ("/kg/resource?iri=https://music.example.org/terms%23Ensemble", "/kg/terms#Ensemble"),
        ("/kg/graph/accepted", "/kg/dataset"),
        ("/kg/.well-known/void", "/kg/dataset"),
        ("/kg/dumps", "/kg/dumps/"),
        ("/kg/browse?class=x", "/kg/browse/?class=x"),
        ("/kg/favicon.ico", "/kg/static/icon.svg"),
    ],
)
def test_behind_a_proxy_redirects_lead_below_the_prefix(
    proxied: Server, path: str, location: str
) -> None:
    status, _, headers = proxied.get(path, Accept="text/turtle")
    assert status in (301, 302, 303, 308)
    # nginx itself makes an absolute address of it, or leaves it as it is.
    assert re.sub(r"^http://127\.0\.0\.1:\d+", "", headers["Location"]) == location


def test_behind_a_proxy_lists_and_messages_name_paths_below_the_prefix(proxied: Server) -> None:
    rows = json.loads(proxied.get("/kg/dumps/", Accept="application/json")[1])["files"]
    assert all(row["path"].startswith("/kg/dumps/") for row in rows)
    status, content, _ = proxied.get("/kg/doc/ensemble/brass-union", Accept="image/png")
    assert status == 406
    assert b"  /kg/doc/ensemble/brass-union.ttl" in content


def test_a_prefix_that_is_not_a_path_is_ignored(built_ensembles: Path) -> None:
    wrong = ("//evil.example", "/a//b", "/a b", "https://evil.example", "/<script>", "a", "/a?b")
    with serving(built_ensembles, ("--no-build",), server_trusted_proxies="127.0.0.1") as server:
        for prefix in wrong:
            headers = {"X-Forwarded-Prefix": prefix}
            _, _, answer = server.get("/id/ensemble/brass-union", **headers)
            assert answer["Location"] == "/doc/ensemble/brass-union.ttl", prefix


def test_a_prefix_is_believed_of_trusted_proxies_only(built_ensembles: Path) -> None:
    with serving(built_ensembles, ("--no-build",), server_trusted_proxies="192.0.2.1") as server:
        _, _, answer = server.get("/id/ensemble/brass-union", **{"X-Forwarded-Prefix": "/kg"})
        assert answer["Location"] == "/doc/ensemble/brass-union.ttl"
