"""nginx, Apache and Caddy over the files of an export, with the settings beside them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from foreign_tools import tool
from http_wire import Wire
from network import free_port, wait_until
from partyline.export.folder import OWN


@contextmanager
def nginx(site: Path, folder: Path) -> Iterator[int]:
    port = free_port()
    text = (site / OWN / "nginx.conf").read_text().replace("8080", f"127.0.0.1:{port}")
    with nginx_with(text, port, folder):
        yield port


@contextmanager
def nginx_with(text: str, port: int, folder: Path) -> Iterator[None]:
    """Run nginx with the configuration *text*, which listens on *port*."""
    (folder / "site.conf").write_text(text)
    places = "".join(
        f"{name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/log;\n"
        f"events {{ worker_connections 64; }}\nhttp {{ access_log off; {places}"
        f"include {folder}/site.conf; }}\n"
    )
    command = [tool("nginx"), "-c", folder / "nginx.conf", "-e", folder / "log"]
    with process(command, port, folder):
        yield


@contextmanager
def apache(site: Path, folder: Path, root: Path | None = None) -> Iterator[int]:
    """Serve *site*, which is in the folder *root* where it has a path."""
    port, modules = free_port(), Path("/usr/lib/apache2/modules")
    names = ("mpm_event", "authz_core", "mime", "dir", "headers", "rewrite", "setenvif", "env")
    loaded = "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in names)
    user = "User www-data\nGroup www-data\n" if os.getuid() == 0 else ""
    with TemporaryDirectory(prefix="partyline-") as public:
        # Apache gives the rights of root away, and the folders of pytest are for one user alone.
        Path(public).chmod(0o755)
        served = copytree(root or site, Path(public) / "site")
        (folder / "httpd.conf").write_text(
            f"ServerName 127.0.0.1\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n{loaded}{user}"
            f"ErrorLog {folder}/log\nDocumentRoot {served}\nTypesConfig /dev/null\n"
            f"<Directory {served}>\nAllowOverride All\nOptions FollowSymLinks\n"
            "Require all granted\n</Directory>\n"
        )
        command = [tool("apache2"), "-X", "-f", folder / "httpd.conf"]
        with process(command, port, folder):
            yield port


@contextmanager
def caddy(site: Path, folder: Path) -> Iterator[int]:
    port = free_port()
    text = (site / OWN / "Caddyfile").read_text().replace(":8080 {", f"http://127.0.0.1:{port} {{")
    general = "{\nadmin off\nauto_https off\n}\n"
    (folder / "Caddyfile").write_text(general + text.replace("http://127.0.0.1", "http://"))
    # It keeps its configuration in the home folder.
    command = [
        "env",
        f"HOME={folder}",
        tool("caddy"),
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        folder / "Caddyfile",
    ]
    with process(command, port, folder):
        yield port


@contextmanager
def process(command: list[Any], port: int, folder: Path) -> Iterator[None]:
    """Run a server until it is no longer needed."""
    with (folder / "output").open("wb") as output:
        server = subprocess.Popen(list(map(str, command)), stdout=output, stderr=output)
        try:
            wait_until(lambda: listens(port) or server.poll() is not None, 30)
            assert server.poll() is None, (folder / "output").read_text()
            yield
        finally:
            server.terminate()
            server.wait(20)


def listens(port: int) -> bool:
    try:
        Wire(port).__exit__()
    except OSError:
        return False
    return True
