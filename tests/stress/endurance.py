"""Crawlers, people who ask, hostile queries and new releases, all at once: ``make endurance``.

Honest clients read documents of every kind, follow IRIs, search and ask the named questions, while
others send hostile queries and headers letter by letter, and releases follow one another. A request
is right if it is answered within its bound, with the expected status and content: a question with
the rows that stand beside it, a document with the same bytes whenever its entity tag is the same.
Bounds: 99.95 % of honest requests are right; memory grows by at most a tenth after the first fifth
of the time.
"""

import argparse
import csv
import hashlib
import http.client
import io
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from expensive_queries import PARSING, RUNNING
from stress.server import Server, conclude, describe, serving

ROOT = Path(__file__).parents[2]
CRAWLERS, ASKERS, HOSTILE, SLOW = 4, 2, 4, 4
#: Seconds between two requests of one crawler, and of one who asks.
CRAWL_DELAY, ASK_DELAY = 0.2, 1.0
RIGHT = 0.9995
#: Seconds within which each kind of request is answered.
BOUNDS = {
    "page": 2.0,
    "data": 1.0,
    "IRI": 1.0,
    "known": 1.0,
    "search": 2.0,
    "ask": 2.0,
    "question": 5.0,
}
WORDS = (
    "samphan",
    "khmer rouge",
    "funcinpek",
    "ranaridh",
    "ខ្មែរ",
    "national united",
    "rainsy 1995",
)
ROUND = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
<https://w3id.org/partyline/id/organisation/funcinpec> skos:hiddenLabel "round {}"@en .
"""


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    tag: str
    location: str


def send(port: int, client: str, path: str, query: str = "", **fields: str) -> Answer:
    """Send a request as the address *client*, with POST if there is a *query*.

    Raises OSError or HTTPException where no whole answer comes.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    headers["X-Forwarded-For"] = client
    try:
        if query:
            headers["Content-Type"] = "application/sparql-query"
            connection.request("POST", path, query.encode("utf-8", "replace"), headers)
        else:
            connection.request("GET", path, headers=headers)
        found = connection.getresponse()
        tag, location = found.headers.get("ETag", ""), found.headers.get("Location", "")
        return Answer(found.status, found.read(), tag, location)
    finally:
        connection.close()


@dataclass
class Record:
    """What honest clients were answered."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)
    #: The hash of what came under each entity tag of an address.
    contents: dict[tuple[str, str], str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, kind: str, taken: float, fault: str) -> None:
        with self.lock:
            self.times[kind].append(taken)
            if fault or taken > BOUNDS[kind]:
                self.wrong[f"{kind}: {fault or 'late'}"] += 1

    def changed(self, path: str, answer: Answer) -> str:
        """Return what is wrong if other bytes have come under the same entity tag."""
        if not answer.tag:
            return "without an entity tag"
        digest = hashlib.sha256(answer.content).hexdigest()
        with self.lock:
            known = self.contents.setdefault((path, answer.tag), digest)
        return "" if known == digest else "other bytes under one entity tag"

    @property
    def total(self) -> int:
        return sum(map(len, self.times.values()))

    @property
    def share(self) -> float:
        """Return the part of the requests that were answered right, from 0 to 1."""
        return 1 - self.wrong.total() / max(self.total, 1)


@dataclass
class Reader:
    """An honest client, which keeps entity tags as browsers do."""

    port: int
    client: str
    record: Record
    resources: list[str]
    choice: random.Random
    tags: dict[str, str] = field(default_factory=dict)

    def crawl(self) -> None:
        kinds = ("page", "data", "IRI", "known", "search")
        kind = self.choice.choices(kinds, (4, 3, 1, 1, 1))[0]
        self._timed(kind, getattr(self, f"_{kind.lower()}"))

    def _timed(self, kind: str, attempt: Callable[[], str]) -> None:
        started = time.monotonic()
        try:
            fault = attempt()
        except (OSError, http.client.HTTPException) as error:
            fault = f"no answer ({type(error).__name__})"
        self.record.keep(kind, time.monotonic() - started, fault)

    def _document(self, extension: str, ending: bytes) -> str:
        path = f"{self.choice.choice(self.resources)}.{extension}"
        answer = send(self.port, self.client, path)
        if answer.status != 200:
            return f"status {answer.status}"
        self.tags[path] = answer.tag
        if not answer.content.rstrip().endswith(ending):
            return "not whole"
        return self.record.changed(path, answer)

    def _page(self) -> str:
        return self._document("html", b"</html>")

    def _data(self) -> str:
        return self._document(self.choice.choice(("ttl", "nt")), b".")

    def _iri(self) -> str:
        path = self.choice.choice(self.resources).replace("/doc/", "/id/", 1)
        answer = send(self.port, self.client, path, Accept="text/turtle")
        if answer.status != 303:
            return f"status {answer.status}"
        wanted = path.replace("/id/", "/doc/", 1) + ".ttl"
        return "" if urlsplit(answer.location).path == wanted else f"leads to {answer.location}"

    def _known(self) -> str:
        """Ask again for what has been read: it is the same, or of another release."""
        if not self.tags:
            return ""
        path, tag = self.choice.choice(list(self.tags.items()))
        answer = send(self.port, self.client, path, If_None_Match=tag)
        if answer.status == 304:
            return "content in a 304" if answer.content else ""
        if answer.status != 200:
            return f"status {answer.status}"
        self.tags[path] = answer.tag
        return (
            "sent again under one entity tag"
            if answer.tag == tag
            else self.record.changed(path, answer)
        )

    def _search(self) -> str:
        answer = send(self.port, self.client, f"/search.json?q={quote(self.choice.choice(WORDS))}")
        return (
            "" if answer.status == 200 and b'"iri"' in answer.content else f"status {answer.status}"
        )

    def ask(self, questions: Mapping[str, Counter[tuple[str, ...]]]) -> None:
        if self.choice.random() < 0.5:
            self._timed("ask", self._short)
        else:
            text = self.choice.choice(list(questions))
            self._timed("question", lambda: self._question(text, questions[text]))

    def _short(self) -> str:
        # Another text each time: it is not answered from what is kept.
        query = f"ASK {{ ?party ?of {self.choice.randrange(1 << 30)} }}"
        answer = send(self.port, self.client, "/sparql", query, Accept="text/csv")
        return (
            "" if answer.status == 200 and b"false" in answer.content else f"status {answer.status}"
        )

    def _question(self, text: str, expected: Counter[tuple[str, ...]]) -> str:
        query = f"{text}\n# {self.choice.randrange(1 << 30)}"
        answer = send(self.port, self.client, "/sparql", query, Accept="text/csv")
        if answer.status != 200:
            return f"status {answer.status}"
        return "" if rows(answer.content.decode()) == expected else "other rows"


def rows(text: str) -> Counter[tuple[str, ...]]:
    return Counter(map(tuple, csv.reader(io.StringIO(text))))


def expected_answers(questions: Path) -> dict[str, Counter[tuple[str, ...]]]:
    return {
        file.read_text(encoding="utf-8"): rows(file.with_suffix(".csv").read_text(encoding="utf-8"))
        for file in sorted(questions.glob("*.rq"))
    }


def documents(port: int) -> list[str]:
    """Return the addresses of the documents of all resources, without their extensions."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sitemap-1.xml") as answer:
        text = answer.read().decode()
    found = re.findall(r"<loc>[^<]*?(/doc/[^<]*)\.html</loc>", text)
    if not found:
        raise SystemExit("the site map names no documents")
    return found


@contextmanager
def repeated(*actions: tuple[float, Callable[[], object]]) -> Iterator[None]:
    """Do each action again and again, in a thread of its own, that many seconds after it began."""
    ended = threading.Event()

    def run(delay: float, action: Callable[[], object]) -> None:
        due = time.monotonic()
        while not ended.wait(max(0.0, due - time.monotonic())):
            due = max(due + delay, time.monotonic() - delay)
            action()

    threads = [threading.Thread(target=run, args=pair) for pair in actions]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


class Hostile:
    """Sends what brings down servers, from few addresses."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._choice = random.Random(7)
        self._queries = list({**RUNNING, **PARSING}.values())
        self.outcomes: Counter[str] = Counter()

    def query(self) -> None:
        client = f"192.0.2.{self._choice.randrange(HOSTILE)}"
        try:
            status = send(self._port, client, "/sparql", self._choice.choice(self._queries)).status
            self.outcomes[str(status)] += 1
        except http.client.IncompleteRead:
            self.outcomes["cut, and marked"] += 1
        except (OSError, http.client.HTTPException):
            self.outcomes["no answer"] += 1

    def slow(self) -> None:
        """Send a header letter by letter for ten seconds, and leave."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=5) as connection:
                for letter in "GET / HTTP/1.1\r\nHost: a\r\n"[:20]:
                    connection.sendall(letter.encode())
                    time.sleep(0.5)
            self.outcomes["slow, left"] += 1
        except OSError:
            self.outcomes["slow, sent away"] += 1


class Releases:
    """Publishes one release after another, beside the server."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder, port
        self.built = 0
        self.failures: list[str] = []

    def follow(self) -> None:
        (self._folder / "kb" / "round.ttl").write_text(ROUND.format(self.built), encoding="utf-8")
        command = [sys.executable, "-m", "partyline", "build", "--settings", "partyline.toml"]
        done = subprocess.run(
            command, cwd=self._folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.failures.append(f"a build failed: {done.stderr[-300:]}")
            return
        self.built += 1
        name = (self._folder / "releases" / "current").readlink().name
        for _ in range(200):
            if name.encode() in send(self._port, "192.0.2.99", "/health").content:
                return
            time.sleep(0.1)
        self.failures.append(f"release {name} was not served within 20 s")


def copied(place: str) -> Path:
    """Return a copy of the built-in knowledge, which may be edited."""
    folder = Path(place)
    shutil.copy(ROOT / "partyline.toml", folder)
    for name in ("ontology", "kb"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def endure(server: Server, folder: Path, seconds: float, every: float) -> list[str]:
    """Let all clients loose for that many *seconds*; return what was not as it should be."""
    record, resources = Record(), documents(server.port)
    questions = expected_answers(folder / "ontology" / "questions")

    def reader(number: int) -> Reader:
        client = f"198.51.100.{number}"
        return Reader(server.port, client, record, resources, random.Random(number))

    readers = [reader(number) for number in range(CRAWLERS)]
    askers = [reader(CRAWLERS + number) for number in range(ASKERS)]
    hostile, releases = Hostile(server.port), Releases(folder, server.port)
    with repeated(
        *((CRAWL_DELAY, one.crawl) for one in readers),
        *((ASK_DELAY, lambda one=one: one.ask(questions)) for one in askers),
        *[(0.0, hostile.query)] * HOSTILE,
        *[(0.0, hostile.slow)] * SLOW,
        (every, releases.follow),
    ):
        time.sleep(seconds / 5)
        early = server.memory()
        time.sleep(seconds * 4 / 5)
        late = server.memory()
    for kind, times in sorted(record.times.items()):
        print(f"{kind}: {describe(times)}")
    print(f"{record.total} honest requests, {100 * record.share:.3f} % right; {dict(record.wrong)}")
    print(f"hostile: {dict(hostile.outcomes)}; releases: {releases.built}")
    print(f"memory: {early:.0f} MiB early, {late:.0f} MiB in the end")
    failures = list(releases.failures)
    if record.share < RIGHT:
        failures.append(f"{100 * record.share:.3f} % of honest requests were answered right")
    if late > 1.1 * early:
        failures.append(f"memory grew from {early:.0f} to {late:.0f} MiB")
    if server.process.poll() is not None:
        failures.append("the server ended")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--release-every", type=float, default=120, metavar="SECONDS")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = copied(place)
        settings = {"server_trusted_proxies": "127.0.0.1"}
        with serving(folder / "partyline.toml", **settings) as server:
            failures = endure(server, folder, 60 * options.minutes, options.release_every)
    return conclude(failures)


if __name__ == "__main__":
    sys.exit(main())
