"""Settings: one TOML file that says what is published, read once and passed down as a value."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from difflib import get_close_matches
from importlib.resources import files
from ipaddress import ip_network
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from partyline.errors import SettingsError

_PACKAGE = Path(str(files("partyline")))
#: Scheme, host and path: what the settings call an address.
_BASE = re.compile(r"https?://[^\s/?#]+/(?:[^\s#]*[/#])?")
_ADDRESS = re.compile(r"https?://[^\s/?#]+(?:/[^\s/?#]+)*")

_Table = TypeVar("_Table", "Knowledge", "Checks", "Build", "Limits", "Server")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The knowledge base: its title, its folders and the IRIs under which it is published.

    Paths in the file are relative to the file.
    """

    title: str
    #: Absolute IRI that ends in ``/`` or ``#``; resources lie under ``{base}id/``.
    base: str
    #: IRI of the ontology document, without the ``#`` of its terms; empty: as the sources say.
    ontology_iri: str = ""
    #: File or folder of the ontology; the default may be absent.
    ontology: Path = Path("ontology")
    #: File or folder of the data; the default may be absent.
    kb: Path = Path("kb")
    #: Further IRIs below which resources are published, each such as *base*.
    bases: tuple[str, ...] = ()
    #: Prefixes of IRIs, or patterns with ``*``, of the resources that are dereferenced here;
    #: empty: all that lie below the bases.
    published: tuple[str, ...] = ()
    #: Files and folders of ontologies and data in one, in place of those two.
    sources: tuple[Path, ...] = ()
    #: Names or paths of files, with ``*``, that are not sources; other files are warned of.
    ignored: tuple[str, ...] = ()
    description: str = ""
    publisher: str = ""
    #: IRI or name of the licence; empty: none is stated.
    licence: str = ""
    #: Folder of SHACL shapes, or None where there are none.
    shapes: Path | None = None
    #: Folder of named SPARQL queries (``*.rq``), or None.
    questions: Path | None = None
    #: Folder of the SPARQL queries that pictures of lineage are drawn from, or None.
    lineage: Path | None = None
    #: SPARQL SELECT over the asserted triples: the nodes in ``?node`` stay out of the closure.
    withheld: Path | None = None
    #: BCP 47 language tags, best first, of the names on pages and of the messages of shapes.
    languages: tuple[str, ...] = ("en",)
    #: IRIs of the properties that name resources, best first; empty: those of well-known terms.
    labels: tuple[str, ...] = ()
    #: IRIs of the properties that describe resources; empty: those of well-known terms.
    descriptions: tuple[str, ...] = ()
    #: IRIs of the classes that the home page lists, in order; empty: every class with members.
    featured: tuple[str, ...] = ()

    @property
    def things(self) -> str:
        """Return the IRI that the IRIs of all dereferenceable resources begin with."""
        return self.base + "id/"


@dataclass(frozen=True, slots=True)
class Checks:
    """Rules of style for the sources, each of which can be switched on."""

    #: A resource is described in one file.
    split: bool = False
    #: IRIs below ``{base}id/`` are a kind and a slug, of small letters, digits and hyphens.
    iri: bool = False


@dataclass(frozen=True, slots=True)
class Build:
    """What a build may cost."""

    #: Mebibytes of private memory of the process that builds.
    memory: int = 8192


@dataclass(frozen=True, slots=True)
class Limits:
    """What an untrusted query may cost before its worker is killed."""

    #: Seconds from the arrival of a query to its last byte.
    query_seconds: float = 10.0
    #: Seconds of work after which a query counts as long; fewer, if others wait.
    quick_seconds: float = 0.1
    #: Mebibytes of address space above that of an idle worker.
    query_memory: int = 512
    #: Mebibytes of one answer.
    answer_size: int = 50
    #: Bytes of one query text.
    query_length: int = 65_536
    #: Depth of brackets and of nested groups in one query.
    query_depth: int = 100
    #: Queries that run at the same time, each in a process of its own.
    workers: int = 4
    #: Seconds that a query waits for a worker before it receives 503 with Retry-After.
    queue_seconds: float = 2.0
    #: Queries that may wait for a worker; and half as many for the place of a long one.
    queue_length: int = 32
    #: Seconds of work that one client may ask for in a minute; quick queries are always answered.
    client_seconds: float = 60.0

    @property
    def long_queries(self) -> int:
        """Return how many queries may be long at the same time: the rest is for quick ones."""
        return self.workers - self.workers // 2


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens."""

    host: str = "127.0.0.1"
    #: TCP port; 0 is any free one.
    port: int = field(default=8000, metadata={"least": 0, "most": 65_535})
    #: Threads that answer requests to the endpoint; more than queries that may run and wait.
    threads: int = 64
    #: Public address of the server, such as ``https://example.org``; with a path, such as
    #: ``https://example.org/data``, every link begins with that path. Empty: links are relative.
    address: str = ""
    #: Sites whose pages may read answers (CORS); ``*`` is every site.
    origins: tuple[str, ...] = ("*",)
    #: Addresses and networks of proxies whose ``X-Forwarded-For``, ``-Prefix`` are believed.
    trusted_proxies: tuple[str, ...] = ()
    #: File of the access log, a line of JSON per request; ``-`` is the output, empty is none.
    access_log: str = "-"
    #: Seconds between two looks at whether a new release is current.
    release_seconds: float = 1.0
    #: Mebibytes of answers that are kept while a release is served; 0 keeps none.
    kept_size: int = field(default=64, metadata={"least": 0, "most": 65_536})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may choose."""

    #: The file that these settings were read from.
    path: Path
    knowledge: Knowledge
    #: Directory of all releases; ``current`` in it names the one that is served.
    releases: Path
    checks: Checks = field(default_factory=Checks)
    build: Build = field(default_factory=Build)
    limits: Limits = field(default_factory=Limits)
    server: Server = field(default_factory=Server)
    #: Files of ontologies that others import, and of contexts of JSON-LD, by IRI.
    catalogue: Mapping[str, Path] = field(default_factory=dict)
    #: Prefixes for Turtle output and for the query editor, besides those of the sources.
    prefixes: Mapping[str, str] = field(default_factory=dict)


#: Tables of the file, whose settings the environment may override.
_TABLES: Mapping[str, type] = {
    "knowledge": Knowledge,
    "checks": Checks,
    "build": Build,
    "limits": Limits,
    "server": Server,
}


def shipped_settings() -> Path:
    """Return the settings file of the built-in knowledge: the wheel's, else the checkout's."""
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
    settings = _settings(_overridden(_read_toml(path), environ), path, built_in=built_in)
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
    known = {*_TABLES, "prefixes", "catalogue", "releases"}
    _refuse_unknown(table, known, path, "")
    if "knowledge" not in table:
        raise SettingsError(f"{path}: no [knowledge] table; it says what is published")
    knowledge = _table(Knowledge, _with_folders(table["knowledge"]), path, "knowledge")
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
    releases = _value(Path, table.get("releases", "releases"), home / "x", f"{path}: releases")
    prefixes = _strings(table, "prefixes", path)
    catalogue = _strings(table, "catalogue", path)
    checks = _table(Checks, table.get("checks", {}), path, "checks")
    build = _table(Build, table.get("build", {}), path, "build")
    limits = _table(Limits, table.get("limits", {}), path, "limits")
    server = _table(Server, table.get("server", {}), path, "server")
    _check_server(server, limits, path)
    return Settings(
        path=path,
        knowledge=knowledge,
        releases=releases,
        checks=checks,
        build=build,
        limits=limits,
        server=server,
        catalogue={iri: (path.parent / file).resolve() for iri, file in catalogue.items()},
        prefixes=prefixes,
    )


def _with_folders(table: Any) -> Any:
    """Return the table *table* with the folders that are meant where it names none."""
    return {"ontology": "ontology", "kb": "kb", **table} if isinstance(table, dict) else table


def _strings(table: Mapping[str, Any], name: str, path: Path) -> dict[str, str]:
    """Return the table *name*, whose values are all strings; empty where there is none."""
    found = table.get(name, {})
    if not isinstance(found, dict) or not all(map(_is_text, found.values())):
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


def _refuse_unknown(table: Mapping[str, Any], known: set[str], path: Path, where: str) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            raise SettingsError(f"{path}: unknown setting {where}{key}; {hint}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _table(kind: type[_Table], table: Any, path: Path, name: str) -> _Table:
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: {name} must be a table, written [{name}]")
    hints = get_type_hints(kind)
    _refuse_unknown(table, set(hints), path, f"{name}.")
    for needed in fields(kind):
        required = needed.default is MISSING and needed.default_factory is MISSING
        if required and needed.name not in table:
            raise SettingsError(f"{path}: {name}.{needed.name} is missing")
    ranges = {row.name: row.metadata for row in fields(kind)}
    values = {
        key: _value(hints[key], value, path, f"{path}: {name}.{key}", ranges[key])
        for key, value in table.items()
    }
    return kind(**values)


def _value(
    hint: Any, value: Any, path: Path, where: str, bounds: Mapping[str, int] = MappingProxyType({})
) -> Any:
    """Return *value* as the type that the field wants, or say what would be right."""
    if hint == Path | None and value is None:
        return None
    if hint in (Path, Path | None) and isinstance(value, str):
        return (path.parent / value).resolve()
    if hint == tuple[str, ...] and isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return tuple(value)
    elif hint == tuple[Path, ...] and isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return tuple((path.parent / item).resolve() for item in value)
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(_within(value, bounds, where))
    elif hint is int and isinstance(value, int) and not isinstance(value, bool):
        return _within(value, bounds, where)
    elif (hint is bool and isinstance(value, bool)) or (hint is str and isinstance(value, str)):
        return value
    wanted = {Path: "a path", Path | None: "a path", float: "a number", int: "a whole number"}
    wanted[bool] = "true or false"
    raise SettingsError(f"{where} is {value!r}; it must be {wanted.get(hint, 'text or a list')}")


def _within(value: int | float, bounds: Mapping[str, int], where: str) -> int | float:
    """Return *value* if it lies within *bounds*, by default above 0."""
    if "most" in bounds:
        if not bounds["least"] <= value <= bounds["most"]:
            allowed = f"from {bounds['least']} to {bounds['most']}"
            raise SettingsError(f"{where} is {value}; it must be {allowed}")
    elif not (value > 0 and isfinite(value)):
        raise SettingsError(f"{where} is {value}; it must be above 0")
    return value


def _overridden(table: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return *table* with what the environment says instead."""
    short = {"PARTYLINE_HOST": "PARTYLINE_SERVER_HOST", "PARTYLINE_PORT": "PARTYLINE_SERVER_PORT"}
    renamed = {short[name]: value for name, value in environ.items() if name in short}
    values = {**renamed, **environ}
    for name, kind in _TABLES.items():
        hints = get_type_hints(kind)
        for key in (row.name for row in fields(kind)):
            variable = f"PARTYLINE_{name}_{key}".upper()
            inner = table.get(name, {})
            if variable in values and isinstance(inner, dict):
                value = _from_text(hints[key], values[variable], variable)
                table = {**table, name: {**inner, key: value}}
    return table


def _from_text(hint: Any, text: str, variable: str) -> Any:
    """Return what TOML would have given; paths are relative to where the command is run.

    An empty text is a value like any other: no items, or no folder where one is optional.
    """
    if hint == Path | None and not text:
        return None
    if hint in (Path, Path | None):
        if not text:
            raise SettingsError(f"{variable} is empty; it must be a path, or unset")
        return str(Path(text).resolve())
    if hint in (tuple[str, ...], tuple[Path, ...]):
        return [item.strip() for item in text.split(",") if item.strip()]
    if hint is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    try:
        return {int: int, float: float}.get(hint, str)(text)
    except ValueError as error:
        wanted = "a whole number" if hint is int else "a number"
        unset = "" if text else ", or unset"
        raise SettingsError(f"{variable} is {text!r}; it must be {wanted}{unset}") from error
