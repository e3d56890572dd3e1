"""Read the settings from one TOML file and the environment, once."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from partyline.errors import SettingsError
from partyline.settings.model import (
    IRI,
    Build,
    Checks,
    Dumps,
    History,
    Knowledge,
    Limits,
    Reasoning,
    Remote,
    Server,
    Settings,
    Site,
)
from partyline.settings.values import (
    check_text,
    is_text,
    overridden,
    refuse_unknown,
    table_of,
    value_of,
    without_prefixes,
)

_PACKAGE = Path(str(files("partyline")))
#: Scheme, host and path: what the settings call an address.
_BASE = re.compile(r"https?://[^\s/?#]+/(?:[^\s#]*[/#])?")
_ADDRESS = re.compile(r"https?://[^\s/?#]+(?:/[^\s/?#]+)*")

#: Tables of the file, whose settings the environment may override.
_TABLES: Mapping[str, type] = {
    "knowledge": Knowledge,
    "checks": Checks,
    "reasoning": Reasoning,
    "build": Build,
    "dumps": Dumps,
    "limits": Limits,
    "server": Server,
    "site": Site,
    "releases": History,
    "remote": Remote,
}


def shipped_settings() -> Path:
    """Return the settings file of the built-in knowledge: the wheel's, else the checkout's.

    Raises SettingsError where an installation has lost it.
    """
    for folder in (_PACKAGE / "data", _PACKAGE.parents[1]):
        if (folder / "partyline.toml").is_file():
            return folder / "partyline.toml"
    raise SettingsError(f"no partyline.toml beside or inside {_PACKAGE}: reinstall partyline")


def read_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings file at *path*, by default the one of the built-in knowledge.

    ``PARTYLINE_SETTINGS`` in *environ* names a file where *path* is None. ``PARTYLINE_RELEASES``,
    and the name of any setting in capitals, such as ``PARTYLINE_LIMITS_QUERY_SECONDS``, override
    what the file says, with an empty value too; ``PARTYLINE_HOST`` and ``PARTYLINE_PORT`` are short
    for two of them, and the full name has precedence.

    Raises SettingsError, naming the file and the key.
    """
    environ = environ or {}
    if path is None and environ.get("PARTYLINE_SETTINGS"):
        path = Path(environ["PARTYLINE_SETTINGS"])
    built_in = path is None
    path = shipped_settings() if path is None else path.resolve()
    table = overridden(_with_releases(_read_toml(path)), _TABLES, environ)
    settings = _settings(table, path, built_in=built_in)
    if environ.get("PARTYLINE_RELEASES"):
        return replace(settings, releases=Path(environ["PARTYLINE_RELEASES"]).resolve())
    return settings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error


def _settings(table: dict[str, Any], path: Path, *, built_in: bool) -> Settings:
    known = {*_TABLES, "prefixes", "words", "catalogue"}
    refuse_unknown(table, known, path, "")
    if "knowledge" not in table:
        raise SettingsError(f"{path}: no [knowledge] table; it says what is published")
    prefixes = _strings(table, "prefixes", path)
    for prefix, namespace in prefixes.items():
        check_text(namespace, {"form": IRI}, f"{path}: prefixes.{prefix}")
    table = without_prefixes(table, _TABLES, prefixes)
    knowledge = table_of(Knowledge, _with_folders(table["knowledge"]), path, "knowledge")
    for name, base in [("base", knowledge.base), *(("bases", row) for row in knowledge.bases)]:
        if not _BASE.fullmatch(base):
            raise SettingsError(
                f"{path}: knowledge.{name} is {base!r};"
                " it must be an http(s) IRI that ends in / or #"
            )
    if "#" in knowledge.ontology_iri[:-1]:
        raise SettingsError(
            f"{path}: knowledge.ontology_iri is {knowledge.ontology_iri!r}; it must be the IRI of"
            " the document, without # and what follows it"
        )
    # The built-in file may lie in a read-only installation: its releases go where one works.
    home = Path.cwd() if built_in else path.parent
    kept = dict(table["releases"])
    folder = kept.pop("folder", "releases")
    releases = value_of(Path, folder, home / "x", f"{path}: releases.folder")
    history = table_of(History, kept, path, "releases")
    catalogue = _strings(table, "catalogue", path)
    checks = table_of(Checks, table.get("checks", {}), path, "checks")
    reasoning = table_of(Reasoning, table.get("reasoning", {}), path, "reasoning")
    build = table_of(Build, table.get("build", {}), path, "build")
    dumps = table_of(Dumps, table.get("dumps", {}), path, "dumps")
    limits = table_of(Limits, table.get("limits", {}), path, "limits")
    server = table_of(Server, table.get("server", {}), path, "server")
    site = table_of(Site, table.get("site", {}), path, "site")
    remote = table_of(Remote, table.get("remote", {}), path, "remote")
    _check_server(server, limits, path)
    return Settings(
        path=path,
        knowledge=knowledge,
        releases=releases,
        checks=checks,
        reasoning=reasoning,
        build=build,
        dumps=dumps,
        limits=limits,
        site=site,
        server=server,
        history=history,
        remote=remote,
        catalogue={iri: (path.parent / file).resolve() for iri, file in catalogue.items()},
        prefixes=prefixes,
        words=_strings(table, "words", path),
    )


def _with_releases(table: dict[str, Any]) -> dict[str, Any]:
    """Return *table* with the table ``releases``, which may be only its folder in the file."""
    found = table.get("releases", {})
    if not isinstance(found, dict):
        found = {"folder": found}
    keep = found.get("keep")
    if isinstance(keep, int) and not isinstance(keep, bool):
        found = {**found, "keep": str(keep)}
    return {**table, "releases": found}


def _with_folders(table: Any) -> Any:
    """Return the table *table* with the folders that are meant where it names none."""
    return {"ontology": "ontology", "kb": "kb", **table} if isinstance(table, dict) else table


def _strings(table: Mapping[str, Any], name: str, path: Path) -> dict[str, str]:
    """Return the table *name*, whose values are all strings; empty where there is none."""
    found = table.get(name, {})
    if not isinstance(found, dict) or not all(map(is_text, found.values())):
        raise SettingsError(f"{path}: {name} must be a table of strings")
    return found


def _check_server(server: Server, limits: Limits, path: Path) -> None:
    """Refuse what cannot work: too few threads, and values that are not valid addresses."""
    queries = limits.workers + limits.queue_length + limits.queue_length // 2
    if server.threads <= queries:
        raise SettingsError(
            f"{path}: server.threads is {server.threads}, and {queries} queries may run and wait"
            " (limits.workers, limits.queue_length); it must be more, or no page is served then"
        )
    if not server.host:
        raise SettingsError(
            f"{path}: server.host is empty; it must be an address to listen on, such as 127.0.0.1"
        )
    if server.address and not _ADDRESS.fullmatch(server.address):
        raise SettingsError(
            f"{path}: server.address is {server.address!r}; it must be empty or such as"
            " https://example.org or https://example.org/data, without a / at the end"
        )
    for proxy in server.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise SettingsError(f"{path}: server.trusted_proxies: {error}") from error
