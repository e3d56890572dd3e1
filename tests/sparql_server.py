"""An endpoint of the tests: a real engine behind the protocols, and answers that get lost."""

import http.server
import io
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
)


def _nothing(number: int, kind: str) -> str:
    return ""


@dataclass
class StoreServer:
    """A store of pyoxigraph at ``/query``, ``/update`` and ``/store``."""

    store: Store = field(default_factory=Store)
    #: The header ``Server``, by which dialects are told.
    name: str = "Oxigraph/0.5"
    #: Whether the default graph is a merge of all graphs.
    merged: bool = False
    #: ``basic``, ``digest`` or ``bearer``; empty: everybody may do everything.
    authentication: str = ""
    #: Called with the number of a request, and ``query``, ``update`` or ``store``: ``unseen`` drops
    #: the request, ``unanswered`` drops the answer, ``busy`` answers 503.
    fault: Callable[[int, str], str] = _nothing
    #: What was asked for, in order.
    requests: list[str] = field(default_factory=list)
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def content(self, *without: str) -> set[Quad]:
        """Return everything but the graphs *without*, in canonical form."""
        left_out = {NamedNode(iri) for iri in without}
        found = Dataset(row for row in self.store if row.graph_name not in left_out)
        found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
        return set(found)

    def counts(self) -> dict[str, int]:
        """Return how often each kind of request was made."""
        return {kind: self.requests.count(kind) for kind in self.requests}


@contextmanager
def serving_store(server: StoreServer) -> Iterator[StoreServer]:
    """Serve *server* from threads of this process."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not _is_welcome(server, self.headers.get("Authorization", "")):
                self.send(401, "text/plain", b"who asks?", _CHALLENGES[server.authentication])
                return
            kind = urlsplit(self.path).path.strip("/")
            with server.lock:
                server.requests.append(kind)
                fault = server.fault(len(server.requests), kind)
                found = (200, "", b"") if fault in ("unseen", "busy") else self.found(kind, body)
            if fault == "busy":
                self.send(503, "text/plain", b"busy", ("Retry-After", "7"))
            elif fault:
                self.close_connection = True
            else:
                self.send(*found)

        def found(self, kind: str, body: bytes) -> tuple[int, str, bytes]:
            try:
                return 200, *_executed(server, kind, urlsplit(self.path).query, body)
            except (SyntaxError, ValueError, RuntimeError) as error:
                return 400, "text/plain", str(error).encode()

        def send(self, status: int, media_type: str, body: bytes, *more: tuple[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in more:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def version_string(self) -> str:
            return server.name

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
        http_server.daemon_threads = True
        server.address = f"http://127.0.0.1:{http_server.server_address[1]}"
        thread = threading.Thread(target=http_server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            http_server.shutdown()
            thread.join()


USER, PASSWORD, TOKEN = "Ms. Loader", "p:ß", "abc.def"
_REALM, _NONCE = "SPARQL", "n0nce"
_CHALLENGES = {
    "basic": ("WWW-Authenticate", f'Basic realm="{_REALM}"'),
    "bearer": ("WWW-Authenticate", "Bearer"),
    "digest": (
        "WWW-Authenticate",
        f'Digest realm="{_REALM}", nonce="{_NONCE}", qop="auth", algorithm=SHA-256',
    ),
}


def _is_welcome(server: StoreServer, authorization: str, method: str = "POST") -> bool:
    """Tell whether a request proves who asks, as RFC 7617, 6750 and 7616 say."""
    scheme, _, rest = authorization.partition(" ")
    if not server.authentication:
        return True
    if scheme.lower() != server.authentication:
        return False
    if scheme == "Basic":
        return rest == b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if scheme == "Bearer":
        return rest == TOKEN
    fields = parse_keqv_list(parse_http_list(rest))

    def hashed(*parts: str) -> str:
        return sha256(":".join(parts).encode()).hexdigest()

    rest = ":".join((_NONCE, fields["nc"], fields["cnonce"], "auth"))
    secret, request = hashed(USER, _REALM, PASSWORD), hashed(method, fields["uri"])
    return fields["username"] == USER and fields["response"] == hashed(secret, rest, request)


def _executed(server: StoreServer, kind: str, parameters: str, body: bytes) -> tuple[str, bytes]:
    if kind == "query":
        return answered(server, body)
    if kind == "update":
        server.store.update(body.decode())
    elif kind == "store":
        ((graph,),) = parse_qs(parameters).values()
        for subject, predicate, object_, _ in parse(io.BytesIO(body), RdfFormat.TURTLE):
            server.store.add(Quad(subject, predicate, object_, NamedNode(graph)))
    else:
        raise ValueError(f"nothing is at /{kind}")
    return "text/plain", b""


def answered(server: StoreServer, body: bytes) -> tuple[str, bytes]:
    """Return the media type and the content of the answer to a posted form with a query."""
    query = parse_qs(body.decode())["query"][0]
    results = server.store.query(query, use_default_graph_as_union=server.merged)
    if isinstance(results, QueryTriples):
        return "application/n-triples", results.serialize(format=RdfFormat.N_TRIPLES) or b""
    content = results.serialize(format=QueryResultsFormat.JSON) or b""
    return "application/sparql-results+json", content
