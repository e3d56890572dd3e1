"""Sets of links in the formats of those who collect them: BEACON and SSSOM."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from partyline.publishing.external_links import ExternalLink, LinkSet, common_namespace
from partyline.publishing.statements import Standing

_SEMAPV = "https://w3id.org/semapv/vocab/"
#: Why a mapping holds (https://w3id.org/semapv/): somebody states it, or it is entailed.
_JUSTIFICATIONS = {
    Standing.ASSERTED: "semapv:ManualMappingCuration",
    Standing.INFERRED: "semapv:LogicalReasoning",
}
#: What SSSOM has in place of a licence that nobody wrote.
_NO_LICENCE = "https://w3id.org/sssom/license/unspecified"
_COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification")


@dataclass(frozen=True, slots=True)
class LinkCollection:
    """What a file of links says about itself."""

    title: str
    licence: str
    #: The release, and when it was made, as in ISO 8601.
    release: str
    created: str
    #: The IRI of the set of links.
    iri: str


def beacon(about: LinkCollection, relation: NamedNode, links: tuple[ExternalLink, ...]) -> str:
    """Write the *links* of one *relation* as a BEACON link dump (draft-voss-beacon)."""
    source = common_namespace(link.subject.value for link in links)
    target = common_namespace(link.target.value for link in links)
    fields = {
        "FORMAT": "BEACON",
        "PREFIX": f"{source}{{+ID}}",
        "TARGET": f"{target}{{+ID}}",
        "RELATION": relation.value,
        "NAME": about.title,
        "FEED": about.iri,
        "TIMESTAMP": about.created,
    }
    head = [f"#{name}: {' '.join(value.split())}" for name, value in fields.items()]
    rows = [
        # A vertical bar ends a token, and no URI has one.
        "||".join(
            iri.removeprefix(prefix).replace("|", "%7C")
            for iri, prefix in ((link.subject.value, source), (link.target.value, target))
        )
        for link in links
    ]
    return "\n".join([*head, "", *rows]) + "\n"


def sssom(
    about: LinkCollection,
    links: LinkSet,
    prefixes: Mapping[str, str],
    label: Callable[[NamedNode], str],
) -> str:
    """Write *links* as a mapping set of SSSOM/TSV (https://mapping-commons.github.io/sssom/).

    *label* returns the name of a resource. Of *prefixes*, those are declared that are used; the
    namespace of the targets has one made of the name of the set.
    """
    curies = _Curies({**prefixes, "semapv": _SEMAPV}, links)
    rows = [_row(link, curies, label) for link in links.links]
    head: dict[str, str | Mapping[str, str]] = {
        "mapping_set_id": about.iri,
        "mapping_set_title": about.title,
        "mapping_set_version": about.release,
        "license": about.licence or _NO_LICENCE,
        "curie_map": {**curies.used, "semapv": _SEMAPV},
    }
    lines = [*_yaml(head), "\t".join(_COLUMNS), *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(link: ExternalLink, curies: "_Curies", label: Callable[[NamedNode], str]) -> list[str]:
    return [
        curies.of(link.subject.value),
        # A tab or a line feed would begin another cell.
        " ".join(label(link.subject).split()),
        curies.of(link.predicate.value),
        curies.of(link.target.value),
        _JUSTIFICATIONS[link.standing],
    ]


class _Curies:
    """Compact IRIs of SSSOM, and the prefixes that they use."""

    def __init__(self, prefixes: Mapping[str, str], links: LinkSet) -> None:
        longest_first = sorted(prefixes.items(), key=lambda row: (-len(row[1]), row[0]))
        self._namespaces = {namespace: prefix for prefix, namespace in reversed(longest_first)}
        own = "".join(sign if sign.isalnum() else "_" for sign in links.target)
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
            yield from (f"#  {key}: {json.dumps(value[key])}" for key in sorted(value))
