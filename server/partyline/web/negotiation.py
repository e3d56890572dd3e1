"""Content negotiation: an Accept header and a table of formats in, one format out (RFC 9110, 12.5).

Browsers name ``text/html`` first and get pages. Programs that accept anything, or say nothing, get
the first format of the table, which is never HTML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from partyline.errors import NotAcceptable

HTML = "text/html"

_Format = TypeVar("_Format")

#: Names that clients send besides the registered ones; an answer has the registered name.
_ALIASES = {
    "text/turtle": ("application/x-turtle", "text/n3", "text/rdf+n3"),
    "application/n-triples": ("text/plain", "text/ntriples"),
    "application/trig": ("application/x-trig",),
    "application/n-quads": ("text/x-nquads", "text/nquads"),
    "application/ld+json": ("application/json",),
    "application/rdf+xml": ("application/xml", "text/xml"),
    "application/sparql-results+json": ("application/json",),
    "application/sparql-results+xml": ("application/xml", "text/xml"),
}

#: Characters of an Accept header whose ranges are remembered: clients send few different ones.
_SHORT = 256
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  the token of RFC 9110, section 5.6.2
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_RANGE = re.compile(rf"\s*(?P<type>{_TOKEN})(?:/(?P<subtype>{_TOKEN}))?\s*(?P<rest>;.*)?\Z", re.S)
_QUALITY = re.compile(r";\s*q\s*=\s*(?P<quality>[0-9.]+)\s*(?:;|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offer(Generic[_Format]):
    """A media type that we can send, what to send, and where it always is."""

    media_type: str
    format: _Format
    path: str = ""
    #: Whether the media type is another name of one that is offered: messages leave it out.
    is_alias: bool = False


def with_aliases(offers: Sequence[Offer[_Format]]) -> Sequence[Offer[_Format]]:
    """Return *offers*, and behind them each under the other names of its media type.

    >>> [offer.media_type for offer in with_aliases([Offer("application/ld+json", "jsonld")])]
    ['application/ld+json', 'application/json']
    """
    aliases = [
        Offer(alias, offer.format, offer.path, is_alias=True)
        for offer in offers
        for alias in _ALIASES.get(offer.media_type, ())
    ]
    return (*offers, *aliases)


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One element of an Accept header. Parameters other than ``q`` do not matter to our formats."""

    type: str
    subtype: str
    quality: float

    def specificity(self, media_type: str) -> int:
        """Return 3 for the type itself, 2 and 1 for wildcards that fit, 0 where nothing fits."""
        kind, _, subtype = media_type.partition(";")[0].strip().partition("/")
        if (self.type, self.subtype) == (kind, subtype):
            return 3
        if self.subtype != "*":
            return 0
        return {kind: 2, "*": 1}.get(self.type, 0)


def media_ranges(header: str) -> tuple[MediaRange, ...]:
    """Read an Accept header. Elements that are not media ranges are ignored.

    >>> media_ranges("text/turtle;q=0.5, ,nonsense/, *")
    (MediaRange(type='text', subtype='turtle', quality=0.5), \
MediaRange(type='*', subtype='*', quality=1.0))
    """
    return _remembered(header) if len(header) <= _SHORT else tuple(_ranges(header))


@lru_cache(1024)
def _remembered(header: str) -> tuple[MediaRange, ...]:
    return tuple(_ranges(header))


def _ranges(header: str) -> Iterator[MediaRange]:
    for element in _ELEMENT.findall(header):
        match = _RANGE.match(element)
        if match and (match["subtype"] or match["type"] == "*"):
            kind, subtype = match["type"].lower(), (match["subtype"] or "*").lower()
            yield MediaRange(kind, subtype, _quality(match["rest"] or ""))


def _quality(parameters: str) -> float:
    """Return the weight; one that is not a number is ignored and means 1."""
    # A quoted value may hold what looks like a weight.
    match = _QUALITY.search(re.sub(r'"(?:[^"\\]|\\.)*"', "", parameters))
    try:
        return min(1.0, float(match["quality"])) if match else 1.0
    except ValueError:
        return 1.0


def negotiate(header: str | None, offers: Sequence[Offer[_Format]]) -> Offer[_Format]:
    """Return the offer that the client prefers; of equals the most specific, then the first.

    Raises NotAcceptable, naming what there is and where.
    """
    accepted = media_ranges(header or "") or (MediaRange("*", "*", 1.0),)
    best, best_key = None, (0.0, 0)
    for offer in offers:
        key = _liking(accepted, offer.media_type)
        if key[0] > 0 and key > best_key:
            best, best_key = offer, key
    if best is None:
        raise NotAcceptable(_what_there_is(offers))
    return best


def _liking(accepted: Sequence[MediaRange], media_type: str) -> tuple[float, int]:
    """Return the weight of *media_type*, that of the closest range, and how close that is."""
    fitting = [(row.specificity(media_type), row.quality) for row in accepted]
    specificity, quality = max((row for row in fitting if row[0]), default=(0, 0.0))
    return quality, specificity


def _what_there_is(offers: Sequence[Offer[_Format]]) -> str:
    lines = [
        f"    {offer.media_type}  {offer.path}".rstrip() for offer in offers if not offer.is_alias
    ]
    return "None of the accepted media types is available. Available are:\n" + "\n".join(lines)


def wants_page(header: str | None) -> bool:
    """Tell whether a client that sends *header* is better served with HTML than with plain text."""
    offers = (Offer("text/plain", False), Offer(HTML, True))
    try:
        return negotiate(header, offers).format
    except NotAcceptable:
        return False
