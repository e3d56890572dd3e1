"""What an operator may choose: frozen values, passed down."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

#: What a logo may be, and how a colour and a language tag are written.
_IMAGES = (".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
_COLOUR = (r"(?:#(?:[0-9A-Fa-f]{3}){1,2}|[a-z]+)?", "a colour of CSS, such as #1d5560 or teal")
_FOLDER = (r"(?:https?://[^\s/?#]+/(?:[^\s?#]*/)?)?", "an http(s) IRI that ends in /")
_ABSOLUTE = r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]*'
#: Absolute IRIs (RFC 3987, section 2.2), and patterns of them.
IRI = (_ABSOLUTE, "an absolute IRI, such as https://example.org/ns")
#: A list of these may have prefixed names, too.
_IRIS = {"form": IRI, "prefixed": True}
_IRI_OR_NONE = {"form": (f"(?:{_ABSOLUTE})?", IRI[1])}
_PATTERNS = {
    "form": (rf"[A-Za-z0-9+.-]*\*.*|{_ABSOLUTE}", "an absolute IRI, or a pattern of one with *"),
    "prefixed": True,
}
_CORRECTIONS = (
    r"(?:https?://[^\s{}]+(?:\{file\}|\{line\}|[^\s{}])*)?",
    "an http(s) address that may have {file} and {line} in it, such as"
    " https://git.example.org/edit/main/{file}#L{line}",
)
#: What stands for an endpoint that there is not.
NO_ENDPOINT = "none"
_LANGUAGE = (r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", "a language tag, such as en or pt-BR")
_TAG = (f"(?:{_LANGUAGE[0]})?", _LANGUAGE[1])


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The knowledge base: its title, its folders and the IRIs under which it is published.

    Paths in the file are relative to the file.
    """

    title: str
    #: Absolute IRI that ends in ``/`` or ``#``; resources lie under ``{base}id/``.
    base: str
    #: IRI of the ontology document, without the ``#`` of its terms; empty: as the sources say.
    ontology_iri: str = field(default="", metadata=_IRI_OR_NONE)
    #: File or folder of the ontology; the default may be absent.
    ontology: Path = Path("ontology")
    #: File or folder of the data; the default may be absent.
    kb: Path = Path("kb")
    #: Further IRIs below which resources are published, each such as *base*.
    bases: tuple[str, ...] = ()
    #: Prefixes of IRIs, or patterns with ``*``, of the resources that are dereferenced here;
    #: empty: all that lie below the bases.
    published: tuple[str, ...] = field(default=(), metadata=_PATTERNS)
    #: Files and folders of ontologies and data in one, in place of those two.
    sources: tuple[Path, ...] = ()
    #: IRI of the folder of the settings, for relative IRIs in documents without a base; or empty.
    document_base: str = field(default="", metadata={"form": _FOLDER})
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
    #: Folders of the Turtle files that declare what pages show.
    pages: tuple[Path, ...] = ()
    #: SPARQL SELECT over the asserted triples: the nodes in ``?node`` stay out of the closure.
    withheld: Path | None = None
    #: SPARQL SELECT over the default graph: ``?reifier`` stands for the statement ``?subject``,
    #: ``?predicate``, ``?object`` in the annotated dump.
    reifiers: Path | None = None
    #: BCP 47 language tags, best first, of the names on pages and of the messages of shapes.
    languages: tuple[str, ...] = ("en",)
    #: IRIs of the properties that name resources, best first; empty: those of well-known terms.
    labels: tuple[str, ...] = field(default=(), metadata=_IRIS)
    #: IRIs of the properties that describe resources; empty: those of well-known terms.
    descriptions: tuple[str, ...] = field(default=(), metadata=_IRIS)
    #: IRIs of the properties that lead to an image; empty: those of well-known terms.
    images: tuple[str, ...] = field(default=(), metadata=_IRIS)
    #: IRIs of the classes that the home page lists, in order; empty: every class with members.
    featured: tuple[str, ...] = field(default=(), metadata=_IRIS)

    @property
    def things(self) -> str:
        """Return the IRI that the IRIs of all dereferenceable resources begin with."""
        return self.base + "id/"


@dataclass(frozen=True, slots=True)
class Checks:
    """Rules for the sources; those of style can be switched on, one by one."""

    #: A resource is described in one file.
    split: bool = False
    #: IRIs below ``{base}id/`` are a kind and a slug, of small letters, digits and hyphens.
    iri: bool = False
    #: ``refuse`` statements with an IRI that is not valid, or ``withhold`` them and publish the
    #: others.
    invalid_iris: str = field(default="refuse", metadata={"choices": ("refuse", "withhold")})


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What follows from the sources, and what is done where they contradict themselves."""

    #: The rules that are applied: ``owl-rl``, ``rdfs`` or ``none``.
    rules: str = field(default="owl-rl", metadata={"choices": ("owl-rl", "rdfs", "none")})
    #: IRIs, or patterns with ``*``, of the predicates of the inferred statements that are
    #: published; empty: all.
    predicates: tuple[str, ...] = field(default=(), metadata=_PATTERNS)
    #: Whether dumps hold what follows only because a property is transitive; queries always do.
    closures_in_dumps: bool = True
    #: ``refuse`` data that contradict the ontology, or ``withhold`` a smallest set of statements
    #: from reasoning and publish all, with the contradictions.
    contradictions: str = field(default="refuse", metadata={"choices": ("refuse", "withhold")})


@dataclass(frozen=True, slots=True)
class Build:
    """What a build may cost."""

    #: Mebibytes of private memory of the process that builds.
    memory: int = 8192
    #: Statements of a release up to which the graphs ``accepted``, ``asserted`` and ``inferred``
    #: can be queried on their own; in a larger one they are in the default graph and in dumps.
    graphs_up_to: int = field(default=250_000, metadata={"least": 0, "most": 2**31 - 1})


#: Statements of a release.
_STATEMENTS = {"least": 0, "most": 2**31 - 1}


@dataclass(frozen=True, slots=True)
class Dumps:
    """Which dumps a release has: the larger it is, the more they cost."""

    #: Statements of a release up to which there are dumps in JSON-LD and RDF/XML, too.
    all_formats_up_to: int = field(default=2_000_000, metadata=_STATEMENTS)
    #: Content codings in which each dump has a copy: ``gzip`` and ``zstd``.
    codings: tuple[str, ...] = field(
        default=("zstd", "gzip"), metadata={"form": ("gzip|zstd", "gzip or zstd")}
    )
    #: Mebibytes of a dump up to which it has such copies.
    compressed_up_to: int = field(default=4096, metadata={"least": 0, "most": 1_048_576})
    #: Statements of a release up to which there is a table of each class.
    tables_up_to: int = field(default=1_000_000, metadata=_STATEMENTS)
    #: Whether there is a dump in Turtle 1.2 with reifiers and with the rules of what is inferred.
    annotated: bool = False
    #: Whether the tables are Parquet, too.
    parquet: bool = False


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
    #: Address of the SPARQL endpoint that descriptions name, or ``none``; empty: this server.
    endpoint: str = field(
        default="",
        metadata={"form": (r"(?:none|https?://\S+)?", "an http(s) address, or none")},
    )
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
class Site:
    """What the site looks like, and in which language."""

    #: Markdown file (CommonMark) that the home page begins with, or None.
    home: Path | None = None
    #: Markdown at the end of every page.
    footer: str = ""
    #: Image file beside the title of the site, or None.
    logo: Path | None = field(default=None, metadata={"suffixes": _IMAGES})
    #: Colour of links, and of what stands out, as CSS writes colours; empty: those of the program.
    link_colour: str = field(default="", metadata={"form": _COLOUR})
    accent_colour: str = field(default="", metadata={"form": _COLOUR})
    #: CSS file that follows the stylesheet of the program, or None.
    stylesheet: Path | None = None
    #: Folder of Jinja templates that replace those of the program by name, or None.
    templates: Path | None = None
    #: BCP 47 tag of the language of the pages themselves, which says their direction, too; empty:
    #: the first of the languages of the names.
    language: str = field(default="", metadata={"form": _TAG})
    #: BCP 47 tags of further languages that there are pages in: those in French are at ``/fr/``.
    languages: tuple[str, ...] = field(default=(), metadata={"form": _LANGUAGE})
    #: Folder of TOML files with words of the pages in a language, such as ``km.toml``, or None.
    words: Path | None = None
    #: Address at which a reader corrects a statement, with ``{file}`` and ``{line}``; empty: none.
    corrections: str = field(default="", metadata={"form": _CORRECTIONS})


@dataclass(frozen=True, slots=True)
class History:
    """Which releases stay, what becomes of IRIs that are gone, and how much of the past is open."""

    #: ``all`` releases, a number of them such as ``10``, or those of the last ``90 days``; the
    #: current one always stays.
    keep: str = field(
        default="all",
        metadata={
            "form": (r"all|[1-9]\d{0,8}(?: days?)?", 'a number of releases, "90 days" or "all"')
        },
    )
    #: Where the sources no longer describe an IRI that was published: ``refuse`` to build, or
    #: ``withdraw`` the IRI, whose address answers 410 from then on.
    lost_iris: str = field(default="refuse", metadata={"choices": ("refuse", "withdraw")})
    #: Earlier releases that are open at the same time; each has one process for queries.
    opened: int = field(default=2, metadata={"least": 1, "most": 64})
    #: Whether the files of the releases that are kept have addresses, for copies of the site.
    files: bool = False
    #: Seconds between two looks at the site that is followed.
    follow_seconds: float = field(default=60.0, metadata={"least": 0.05, "most": 86_400})


_ENDPOINT = {"form": (r"(?:https?://[^\s@]+)?", "an http(s) address without a password")}


@dataclass(frozen=True, slots=True)
class Remote:
    """A SPARQL endpoint elsewhere, into which releases are loaded, and which answers queries."""

    #: Its address; empty: queries are answered here.
    endpoint: str = field(default="", metadata=_ENDPOINT)
    #: The address for updates; empty: what is usual for the engine.
    update: str = field(default="", metadata=_ENDPOINT)
    #: The address of its Graph Store Protocol; empty: everything is loaded by updates.
    graph_store: str = field(default="", metadata=_ENDPOINT)
    #: The engine, or ``auto``: what the answers of the endpoint say.
    dialect: str = field(
        default="auto",
        metadata={"choices": ("auto", "oxigraph", "fuseki", "virtuoso", "union", "generic")},
    )
    #: Who asks; where neither a name nor a token is given, what ``~/.netrc`` has for the host.
    user: str = ""
    password: str = field(default="", repr=False)
    #: Sent as ``Authorization: Bearer``.
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may choose."""

    #: The file that these settings were read from.
    path: Path
    knowledge: Knowledge
    #: Directory of all releases; ``current`` in it names the one that is served.
    releases: Path
    checks: Checks = field(default_factory=Checks)
    reasoning: Reasoning = field(default_factory=Reasoning)
    build: Build = field(default_factory=Build)
    dumps: Dumps = field(default_factory=Dumps)
    limits: Limits = field(default_factory=Limits)
    site: Site = field(default_factory=Site)
    server: Server = field(default_factory=Server)
    #: The table ``[releases]``, but for its folder, which is *releases*.
    history: History = field(default_factory=History)
    remote: Remote = field(default_factory=Remote)
    #: Files of ontologies that others import, and of contexts of JSON-LD, by IRI.
    catalogue: Mapping[str, Path] = field(default_factory=dict)
    #: Prefixes for Turtle output and for the query editor, besides those of the sources.
    prefixes: Mapping[str, str] = field(default_factory=dict)
    #: Translations of the words of the pages into the language of the site.
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def published_endpoint(self) -> str:
        """Return the endpoint of what is published under the base; empty where there is none."""
        if self.server.endpoint == NO_ENDPOINT:
            return ""
        base = self.knowledge.base
        return self.server.endpoint or base[: base.rindex("/") + 1] + "sparql"

    @property
    def page_languages(self) -> tuple[str, ...]:
        """Return the tags of the languages that there are pages in, that of the site first."""
        first = self.site.language or next(iter(self.knowledge.languages), "en")
        return tuple(dict.fromkeys((first, *self.site.languages)))

    def in_language(self, tag: str) -> "Settings":
        """Return the settings of the same site in the language *tag*, another than its first."""
        site = replace(self.site, language=tag, languages=self.page_languages)
        return replace(self, site=site, words={})
