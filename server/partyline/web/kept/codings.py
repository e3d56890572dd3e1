"""Content codings (RFC 9110, section 8.4.1): which there are, and which one a client prefers.

gzip and zstd (RFC 8878) are always there, br (RFC 7932) where `brotli` is installed. The levels
are measured: see ``bench/results/compression.md``.
"""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from partyline import zstandard

#: Bytes below which a coding saves no packet.
_LEAST = 860
_TEXT = re.compile(r"text/|image/svg\+xml|application/(?:.*[+/-])?(?:json|xml|n-triples|n-quads)\b")
_ZSTD_LEVEL, _BROTLI_QUALITY, _GZIP_LEVEL = 9, 6, 6
#: Characters of an Accept-Encoding header that is remembered.
_SHORT = 256


@dataclass(frozen=True, slots=True)
class Coding:
    """A content coding."""

    name: str
    #: What the entity tags of its answers end in. Another version of the library may write other
    #: bytes, and equal strong tags promise equal ones.
    mark: str
    encode: Callable[[bytes], bytes]


def _zstd() -> Coding:
    def encode(content: bytes) -> bytes:
        return zstandard.compress(content, _ZSTD_LEVEL)

    return Coding("zstd", f"zstd{zstandard.zstd_version}", encode)


def _br() -> Coding | None:
    try:
        import brotli
    except ImportError:  # an optional requirement
        return None

    def encode(content: bytes) -> bytes:
        coded: bytes = brotli.compress(content, quality=_BROTLI_QUALITY)
        return coded

    return Coding("br", f"br{brotli.__version__}", encode)


def _gzip() -> Coding:
    def encode(content: bytes) -> bytes:
        return gzip.compress(content, _GZIP_LEVEL, mtime=0)

    return Coding("gzip", f"gzip{zlib.ZLIB_RUNTIME_VERSION}", encode)


#: The codings that are offered, by name; of two that a client likes equally, the first is sent.
CODINGS = {row.name: row for row in (_zstd(), _br(), _gzip()) if row}


def is_compressible(media_type: str, size: int) -> bool:
    """Tell whether *size* bytes of *media_type* become smaller by a coding.

    >>> is_compressible("application/ld+json", 5000), is_compressible("image/png", 5000)
    (True, False)
    """
    return size >= _LEAST and _TEXT.match(media_type) is not None


def preferred(accepted: str, offered: tuple[str, ...] = tuple(CODINGS)) -> str:
    """Return the name of the coding to send to a client that sends *accepted*; empty is none.

    Args:
        accepted: the value of Accept-Encoding (RFC 9110, section 12.5.3).
        offered: the names of the codings that there are, the best first.

    >>> preferred("gzip, deflate"), preferred("gzip;q=0"), preferred("identity, *;q=0.5")
    ('gzip', '', '')

    """
    if len(accepted) > _SHORT:
        return _preferred.__wrapped__(accepted, offered)
    return _preferred(accepted, offered)


@lru_cache(1024)
def _preferred(accepted: str, offered: tuple[str, ...]) -> str:
    if not offered:
        return ""
    weights = dict(map(_weighed, accepted.lower().split(",")))
    others = weights.get("*", 0.0)
    best = max(offered, key=lambda name: weights.get(name, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def _weighed(element: str) -> tuple[str, float]:
    name, _, parameters = element.partition(";")
    _, equals, weight = parameters.partition("q=")
    try:
        return name.strip(), float(weight) if equals else 1.0
    except ValueError:
        return name.strip(), 0.0
