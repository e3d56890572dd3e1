"""Mapping sets of SSSOM/TSV: compact IRIs, the metadata in comments, and a table.

https://mapping-commons.github.io/sssom/spec-formats-tsv/
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from partyline.publishing.external_links import common_namespace

SEMAPV = "https://w3id.org/semapv/vocab/"
#: What SSSOM has in place of a licence that nobody wrote.
NO_LICENCE = "https://w3id.org/sssom/license/unspecified"
#: Prefixes that files of SSSOM may use without declaring them, and may not declare otherwise.
BUILT_IN = {
    "linkml": "https://w3id.org/linkml/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": SEMAPV,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: Keys that are text in any version of YAML, but for a few words.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"))


def write_mapping_set(
    head: Mapping[str, str],
    curies: "Curies",
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
) -> str:
    """Return a mapping set: *head*, the prefixes of *curies*, and *rows* below *columns*.

    The rows have been written with *curies*.
    """
    # A tab or a line feed would begin another cell.
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    metadata: dict[str, str | Mapping[str, str]] = {
        **head,
        "curie_map": {**curies.used, "semapv": SEMAPV},
    }
    lines = [*_yaml(metadata), "\t".join(columns), *("\t".join(row) for row in cells)]
    return "\n".join(lines) + "\n"


class Curies:
    """Compact IRIs of SSSOM, and the prefixes that they use."""

    def __init__(self, prefixes: Mapping[str, str], name: str) -> None:
        """*name* is what prefixes are made of for namespaces that have none in *prefixes*."""
        prefixes = {**prefixes, **BUILT_IN}
        longest_first = sorted(prefixes.items(), key=lambda row: (-len(row[1]), row[0]))
        self._namespaces = {namespace: prefix for prefix, namespace in reversed(longest_first)}
        own = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name)
        own = own if own[:1].isalpha() else f"ns_{own}"
        self._made = own if own not in prefixes else f"{own}_target"
        self.used: dict[str, str] = {}

    def of(self, iri: str) -> str:
        """Return *iri* as prefix, colon and the rest."""
        found = [
            (namespace, prefix)
            for namespace, prefix in self._namespaces.items()
            if namespace and prefix and iri.startswith(namespace) and iri != namespace
        ]
        namespace, prefix = max(found, key=lambda row: len(row[0])) if found else self._new(iri)
        self.used[prefix] = namespace
        return f"{prefix}:{iri.removeprefix(namespace)}"

    def _new(self, iri: str) -> tuple[str, str]:
        """Make a prefix for the namespace of *iri*."""
        namespace = common_namespace([iri])
        if namespace == iri:
            namespace = common_namespace([iri[:-1]])
        number = sum(prefix.startswith(self._made) for prefix in self._namespaces.values())
        prefix = self._made if not number else f"{self._made}_{number + 1}"
        self._namespaces[namespace] = prefix
        return namespace, prefix


def _yaml(head: Mapping[str, str | Mapping[str, str]]) -> Iterator[str]:
    """Yield the metadata of a mapping set: YAML in comment lines. Text of JSON is text of YAML."""
    for name, value in head.items():
        if isinstance(value, str):
            yield f"#{name}: {json.dumps(value, ensure_ascii=False)}"
        else:
            yield f"#{name}:"
            yield from (f"#  {_key(key)}: {json.dumps(value[key])}" for key in sorted(value))


def _key(name: str) -> str:
    """Return *name* as a key of YAML, in which some words and digits are not text.

    >>> _key("person"), _key("no")
    ('person', '"no"')
    """
    is_text = _PLAIN.fullmatch(name) and name.lower() not in _WORDS
    return name if is_text else json.dumps(name)
