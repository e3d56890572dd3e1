"""Shorten IRIs: prefixed names of Turtle and SPARQL, and compact IRIs of JSON-LD.

The one place that cuts an IRI at a namespace. The longest namespace wins, so that a person is
``person:anna`` rather than ``id:person/anna``; of two prefixes for one namespace, the first in
the alphabet.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

# Turtle 1.1, section 6.5; SPARQL 1.1, section 19.8, has the same productions.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARACTER = f"{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040-"
#: [167s] PN_PREFIX; the empty prefix is allowed beside it ([140s] PNAME_NS).
_PREFIX = re.compile(f"(?:[{_BASE}](?:[{_CHARACTER}.]*[{_CHARACTER}])?)?")
#: [168s] PN_LOCAL without escapes (PLX) and without a colon: what every parser reads.
_LOCAL = re.compile(f"[{_BASE}_0-9](?:[{_CHARACTER}.]*[{_CHARACTER}])?")
#: What [172s] PN_LOCAL_ESC and a colon add.
_SPECIAL = "~.!$&'()*+,;=/?#@%_:"
_ESCAPABLE_LOCAL = re.compile(f"(?:[{_CHARACTER}{re.escape(_SPECIAL)}])+")
_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_SIGNS = re.compile(r"[~!$&'()*+,;=/?#@]|^[.-]|\.\Z")

#: IRIs whose names are kept; documents share most of theirs.
_KEPT = 1 << 14

#: JSON-LD 1.1, section 4.1.5: a term is used as a prefix if its IRI ends in one of these.
_DELIMITERS = tuple(":/?#[]@")


class PrefixMap:
    """Prefixes and their namespaces, arranged for shortening many IRIs.

    What is not a valid prefix of Turtle (production PN_PREFIX) is passed over.

    >>> names = PrefixMap({"ex": "https://example.org/", "person": "https://example.org/person/"})
    >>> names.prefixed_name("https://example.org/person/anna")
    'person:anna'
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes: dict[str, str] = {}
        for prefix in sorted(prefixes):
            if prefixes[prefix] and _PREFIX.fullmatch(prefix):
                self._prefixes.setdefault(prefixes[prefix], prefix)
        self._lengths = sorted({len(namespace) for namespace in self._prefixes}, reverse=True)
        self._split = lru_cache(_KEPT)(self.find_split)

    @classmethod
    def of(cls, prefixes: Mapping[str, str]) -> "PrefixMap":
        """Return the map of *prefixes*, the one made before where there is one."""
        return _prefix_map(tuple(prefixes.items()))

    @property
    def namespaces(self) -> Mapping[str, str]:
        """Return the prefix of each namespace."""
        return self._prefixes

    def cuts(self, iri: str) -> Iterator[tuple[str, str, str]]:
        """Yield prefix, namespace and rest of *iri*, the longest namespace first."""
        for length in self._lengths:
            namespace = iri[:length]
            if len(iri) > length and namespace in self._prefixes:
                yield self._prefixes[namespace], namespace, iri[length:]

    def split(self, iri: str, *, escape: bool = False) -> tuple[str, str, str] | None:
        """Return prefix, namespace and local name of *iri* as Turtle writes them, or None.

        With *escape*, what is special in a local name gets a backslash (PN_LOCAL_ESC); without,
        an IRI that needs one has no prefixed name. A local name is never empty.
        """
        return self._split(iri, escape)

    def find_split(self, iri: str, escape: bool = False) -> tuple[str, str, str] | None:
        """Return what `split` does, of an IRI that is not looked up again."""
        for prefix, namespace, rest in self.cuts(iri):
            local = local_name(rest, escape=escape)
            if local is not None:
                return prefix, namespace, local
        return None

    def prefixed_name(self, iri: str, *, escape: bool = False) -> str | None:
        """Return *iri* as a prefixed name that Turtle and SPARQL read, or None; see `split`."""
        found = self.split(iri, escape=escape)
        return None if found is None else f"{found[0]}:{found[2]}"

    def compact_iri(self, iri: str, refused: Collection[str] = ()) -> tuple[str, str, str] | None:
        """Return prefix, namespace and suffix of *iri* for JSON-LD, or None.

        The rule differs from that of Turtle: the suffix may be anything that does not begin with
        ``//``, and the namespace must end in a delimiter (JSON-LD 1.1, section 4.1.5). Prefixes
        in *refused* are not used: those that are also the scheme of an IRI in the document.

        >>> PrefixMap({"ex": "https://example.org/"}).compact_iri("https://example.org/a b/c")
        ('ex', 'https://example.org/', 'a b/c')
        """
        for prefix, namespace, rest in self.cuts(iri):
            usable = prefix and prefix not in refused and namespace.endswith(_DELIMITERS)
            if usable and not rest.startswith("//"):
                return prefix, namespace, rest
        return None


@lru_cache(8)
def _prefix_map(prefixes: tuple[tuple[str, str], ...]) -> PrefixMap:
    return PrefixMap(dict(prefixes))


def local_name(rest: str, *, escape: bool = False) -> str | None:
    r"""Return *rest* as a local name of Turtle (production PN_LOCAL), or None if it is not one.

    >>> local_name("anna"), local_name("µ"), local_name("a/b"), local_name("v1.")
    ('anna', None, None, None)
    >>> local_name("a/b", escape=True), local_name("v1.", escape=True)
    ('a\\/b', 'v1\\.')
    """
    if _LOCAL.fullmatch(rest):
        return rest
    if not escape or not _ESCAPABLE_LOCAL.fullmatch(rest) or rest[0] in "\u00b7\u203f\u2040":
        return None
    if "\u0300" <= rest[0] <= "\u036f":
        return None
    escaped = _SIGNS.sub(r"\\\g<0>", rest)
    return _PERCENT.sub(r"\\%", escaped)
