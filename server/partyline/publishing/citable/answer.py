"""An answer of one release to one query, with what a citation needs of both."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from partyline.releases import Release
from partyline.releases.checksums import digest_of_checksums
from partyline.settings import Knowledge
from partyline.sparql.canonical_results import (
    JSON,
    N_TRIPLES,
    CanonicalResult,
    canonical_result,
    check_citable,
)

#: Evaluates a query with limits: its text, and the media type of the answer.
Ask = Callable[[str, str], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: a query, and the named question that it was made from, if there is one."""

    query: str
    #: What it asks, in words; empty where nobody said.
    title: str = ""
    question: str = ""
    #: Parameters of the question, as they were given.
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CitableAnswer:
    """The answer of a release to a query."""

    inquiry: Inquiry
    release: Release
    #: SHA-256 of the list of checksums, which stands for every file of the release.
    release_sha256: str
    knowledge: Knowledge
    #: The public address of the path ``/``, with a slash.
    root: str
    result: CanonicalResult
    #: SPARQL results in JSON; N-Triples for CONSTRUCT.
    content: bytes
    retrieved: date

    @property
    def identifier(self) -> str:
        """Return the identifier of the release."""
        return self.release.manifest.identifier

    @property
    def address(self) -> str:
        """Return the address that answers the same as long as the release is kept."""
        return self.address_in()

    def address_in(self, extension: str = "") -> str:
        """Return the address of the answer in the format of *extension*."""
        ending = f".{extension}" if extension else ""
        return f"{self.root}answer{ending}?{urlencode(self.parameters)}"

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of the address."""
        asked = [("query", self.inquiry.query)]
        if self.inquiry.question:
            asked = [("question", self.inquiry.question), *sorted(self.inquiry.arguments.items())]
        return [("release", self.identifier), *asked]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was found."""
        return not self.result.rows


def answer_of(
    inquiry: Inquiry,
    release: Release,
    knowledge: Knowledge,
    root: str,
    ask: Ask,
    today: date,
) -> CitableAnswer:
    """Have *ask* evaluate *inquiry* on *release*. Raises RequestError, ReleaseError, TooComplex."""
    form = check_citable(inquiry.query)
    chunks = ask(inquiry.query, N_TRIPLES if form == "CONSTRUCT" else JSON)
    try:
        content = b"".join(chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    return CitableAnswer(
        inquiry,
        release,
        digest_of_checksums(release.path),
        knowledge,
        root,
        canonical_result(inquiry.query, content),
        content,
        today,
    )
