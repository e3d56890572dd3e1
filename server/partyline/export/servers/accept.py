"""Content negotiation in the languages of other servers: regular expressions that compare weights.

Each media type that is offered gets a key: the weight that a client gives it, as written, and how
specific the range is that gives it (RFC 9110, section 12.5.1). All keys stand in one text, in the
order of preference. Expressions from the highest weight down find the first format that has it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partyline.export.addresses import Negotiated
from partyline.web.negotiation import HTML, negotiate

#: What follows a media range: parameters, of which the weight is captured.
_PARAMETERS = r"\s*(?:;\s*q=([0-9.]*)\s*|;[^,;]*)*(?:,|$)"
_BEFORE = r"(?:^|,)\s*"
#: The weight 1, and that which a range has that names none.
_ONE = r"(?:1(?:\.0*)?)?"
#: The key of what a client does not accept.
REFUSED = "0:0"
#: The key of everything, of a client that sends no header.
ANYTHING = ":1"


@dataclass(frozen=True, slots=True)
class Offered:
    """A media type that is offered, and the ending of its files."""

    media_type: str
    ending: str

    @property
    def name(self) -> str:
        """Return a name for a variable."""
        return re.sub(r"\W", "_", self.media_type)

    @property
    def kind(self) -> str:
        """Return the first part of the media type."""
        return self.media_type.partition("/")[0]


def offered(row: Negotiated) -> Sequence[Offered]:
    """Return what *row* offers, in order of preference."""
    return [Offered(offer.media_type, offer.format) for offer in row.offers]


def looked_up(row: Negotiated) -> dict[str, str]:
    """Return the endings for what most programs send: nothing, everything, or one type.

    >>> from partyline.export.addresses import HOME, NEGOTIATED
    >>> looked_up(HOME)["*/*"], looked_up(NEGOTIATED[-1])["*/*"]
    ('html', 'ttl')
    """
    headers = ["", "*/*", *(offer.media_type for offer in row.offers)]
    return {header: negotiate(header, row.offers).format for header in headers}


def pages_first(row: Negotiated) -> Iterator[str]:
    """Yield an expression for headers of browsers, which name pages first, with the weight 1.

    Nothing is better liked, unless it is named, too, and stands before pages in the row.

    >>> from partyline.export.addresses import NEGOTIATED
    >>> [browser] = pages_first(NEGOTIATED[-1])
    >>> [bool(re.match(browser, row, re.I)) for row in ("text/html,*/*", "text/html,text/turtle")]
    [True, False]
    """
    kinds = [offer.media_type for offer in row.offers]
    if HTML in kinds:
        better = "|".join(map(re.escape, kinds[: kinds.index(HTML)]))
        # Possessive: an expression that goes back costs more than the comparison that it spares.
        yield rf"^{re.escape(HTML)}(?:,\s*+" + (f"(?!{better})" if better else "") + "[^,]*+)*+$"


def range_of(media_range: str) -> str:
    """Return the expression that finds *media_range* in a header and captures its weight.

    >>> re.search(range_of("text/html"), "a/b, text/html; level=1;q=0.5", re.I)[1]
    '0.5'
    """
    if media_range == "*/*":
        return _BEFORE + r"\*(?:/\*)?" + _PARAMETERS
    return _BEFORE + re.escape(media_range) + _PARAMETERS


def choices(digits: int) -> Iterator[str]:
    """Yield expressions for the text of the keys, best first; each captures the ending.

    *digits* of a weight are compared, 1 or 2.

    >>> next(re.search(row, "ttl=0.5:3;html=:1;")[1] for row in choices(1) if
    ...      re.search(row, "ttl=0.5:3;html=:1;"))
    'html'
    """
    for weight in (_ONE, *_weights(digits)):
        for specificity in (3, 2, 1):
            yield rf"(?:^|;)(\w+)={weight}:{specificity};"


def _weights(digits: int) -> Iterator[str]:
    for number in range(10**digits - 1, 0, -1):
        written = str(number).rjust(digits, "0")
        shorter = written.rstrip("0")
        yield rf"0?\.{written}[0-9]*" if shorter == written else rf"0?\.{shorter}(?:0[0-9]*)?"
    if digits == 1:
        yield r"0?\.0[0-9]*[1-9][0-9]*"


def keys(row: Negotiated, variable: str) -> str:
    """Return the text of the keys of *row*; ``{}`` in *variable* is the name of a media type."""
    return "".join(f"{one.ending}={variable.format(one.name)};" for one in offered(row))
