"""A SPARQL endpoint elsewhere: asked, updated, and filled over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from partyline.errors import EndpointRefused, EngineError
from partyline.sparql.remote.credentials import Authenticator, Credentials
from partyline.sparql.remote.dialects import Dialect, dialect_of
from partyline.sparql.remote.exchange import Deadline, Reply, send, target_of
from partyline.version import __version__

#: What a request says that it comes from; public endpoints ask for a name and a version.
_AGENT = f"partyline/{__version__}"
#: The longest time that an answer may ask to wait, in seconds.
_LONGEST_WAIT = 3600
#: Bytes of the text of an error that are read.
_LONGEST_ERROR = 10_000
FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of an endpoint; empty: updates go where queries go, and there is no store."""

    query: str
    update: str = ""
    graph_store: str = ""

    def completed(self, dialect: Dialect) -> "Addresses":
        """Return the addresses with that for updates, which *dialect* knows where it is not given.

        >>> from partyline.sparql.remote.dialects import dialect_named
        >>> Addresses("http://e.org/query").completed(dialect_named("oxigraph")).update
        'http://e.org/update'
        """
        if self.update:
            return self
        parts = urlsplit(self.query)
        asked, updated = dialect.paths
        folder, _, last = parts.path.rpartition("/")
        path = f"{folder}/{updated}" if asked and last == asked else parts.path
        return replace(self, update=urlunsplit(parts._replace(path=path)))


@dataclass
class Endpoint:
    """An endpoint, and what is known of how it wants to be asked."""

    addresses: Addresses
    dialect: Dialect
    credentials: Credentials
    _authenticators: dict[str, Authenticator] = field(default_factory=dict, repr=False)

    def query(
        self,
        text: str,
        accept: str,
        deadline: Deadline,
        parameters: Mapping[str, list[str]] | None = None,
    ) -> Reply:
        """Send a query; return the answer, whose body is still to be read.

        *parameters* of the protocol come on top. Raises EndpointRefused where it is an error.
        """
        body = urlencode({"query": text, **(parameters or {})}, doseq=True, quote_via=quote)
        headers = {"Accept": accept, "Content-Type": FORM}
        return self.request("POST", self.addresses.query, headers, body.encode(), deadline)

    def update(self, text: str, deadline: Deadline) -> None:
        """Execute updates. Raises EndpointRefused."""
        headers = {"Content-Type": UPDATE, "Accept": "*/*"}
        address = self.addresses.update or self.addresses.query
        with self.request("POST", address, headers, text.encode(), deadline) as reply:
            reply.whole(_LONGEST_ERROR)

    def add(self, graph: str, statements: bytes, deadline: Deadline) -> None:
        """Add *statements* to *graph* through the Graph Store Protocol. Raises EndpointRefused."""
        store = self.addresses.graph_store
        sign = "&" if "?" in store else "?"
        address = f"{store}{sign}{self.dialect.graph_parameter}={quote(graph, safe='')}"
        headers = {"Content-Type": self.dialect.graph_type, "Accept": "*/*"}
        with self.request("POST", address, headers, statements, deadline) as reply:
            reply.whole(_LONGEST_ERROR)

    def request(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
    ) -> Reply:
        """Send a request as whoever the credentials say; return the answer if it is a success.

        Raises EndpointRefused.
        """
        known = self._authenticators.setdefault(address, Authenticator(self.credentials))
        reply = self._send(method, address, headers, body, deadline, known)
        if reply.status == 401:
            challenges = reply.headers.get_all("WWW-Authenticate") or []
            if known.learn(challenges):
                reply.close()
                # It was not executed: nobody had said who asks, or the challenge was an old one.
                reply = self._send(method, address, headers, body, deadline, known)
        if not 200 <= reply.status < 300:
            with reply:
                raise _refused(address, reply)
        return reply

    @staticmethod
    def _send(
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
        known: Authenticator,
    ) -> Reply:
        sent = {"User-Agent": _AGENT, **headers}
        if authorization := known.header(method, target_of(address)):
            sent["Authorization"] = authorization
        return send(address, method, sent, body, deadline)


def check_address(address: str) -> None:
    """Raise EngineError for what is not an address of HTTP."""
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise EngineError(f"{address}: not a valid address of an endpoint, which begins with http")
    if "@" in urlsplit(address).netloc:
        raise EngineError(
            f"{urlsplit(address).hostname}: an address with a password is not used; set"
            " PARTYLINE_REMOTE_USER and PARTYLINE_REMOTE_PASSWORD"
        )


def recognised(
    addresses: Addresses, credentials: Credentials, seconds: float
) -> tuple[Endpoint, str]:
    """Ask an endpoint for its dialect; return it, and what it says that it is.

    Raises EndpointRefused where it does not answer a query.
    """
    endpoint = Endpoint(addresses, dialect_of(""), credentials)
    with endpoint.query("ASK {}", "application/sparql-results+json", Deadline(seconds)) as reply:
        server = reply.headers.get("Server", "")
        if "Fuseki-Request-Id" in reply.headers and not dialect_of(server).server:
            server = "Apache Jena Fuseki"
    dialect = dialect_of(server)
    return Endpoint(addresses.completed(dialect), dialect, credentials), server


def _refused(address: str, reply: Reply) -> EndpointRefused:
    """Return the error for an answer that is none, with what it says about when to ask again."""
    if 300 <= reply.status < 400:
        where = reply.headers.get("Location", "elsewhere")
        return EndpointRefused(
            f"{address}: redirects to {where}; give the address where it ends", reply.status
        )
    message = f"{address}: {reply.status} {reply.reason}"
    try:
        line = reply.whole(_LONGEST_ERROR).decode("utf-8", "replace").strip().partition("\n")[0]
    except EndpointRefused:
        line = ""
    # The first line of an HTML page is not a message.
    if line and not line.startswith("<"):
        message += f": {line.strip()[:300]}"
    if reply.status in (401, 403):
        message += "; set PARTYLINE_REMOTE_USER and PARTYLINE_REMOTE_PASSWORD, or _TOKEN"
    seconds = reply.headers.get("Retry-After", "")
    wait = float(min(int(seconds), _LONGEST_WAIT)) if seconds.isdecimal() else None
    return EndpointRefused(message, reply.status, wait)
