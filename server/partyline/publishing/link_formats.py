"""Sets of links in the formats of those who collect them: BEACON and SSSOM."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from partyline.publishing.external_links import ExternalLink, LinkSet, common_namespace
from partyline.publishing.mapping_sets import NO_LICENCE, Curies, write_mapping_set
from partyline.publishing.statements import Standing

#: Why a mapping holds (https://w3id.org/semapv/): somebody states it, or it is entailed.
_JUSTIFICATIONS = {
    Standing.ASSERTED: "semapv:ManualMappingCuration",
    Standing.INFERRED: "semapv:LogicalReasoning",
}
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
    #: The IRI of the dataset that the links lead from, and who publishes it.
    dataset: str = ""
    publisher: str = ""
    #: The name of the dataset that the links lead to.
    target: str = ""


def beacon(
    about: LinkCollection, relation: NamedNode, links: tuple[ExternalLink, ...], address: str
) -> str:
    """Write the *links* of one *relation* as a BEACON link dump (draft-voss-beacon-003).

    *address* is where the dump can be downloaded.
    """
    source = _common_prefix([link.subject.value for link in links])
    target = _common_prefix([link.target.value for link in links])
    fields = {
        "FORMAT": "BEACON",
        "PREFIX": f"{source}{{+ID}}",
        "TARGET": f"{target}{{+ID}}",
        "RELATION": relation.value,
        "DESCRIPTION": about.title,
        "CREATOR": about.publisher,
        "HOMEPAGE": about.iri,
        "FEED": address,
        "TIMESTAMP": about.created,
        "SOURCESET": about.dataset,
        "NAME": about.target,
    }
    head = [f"#{name}: {' '.join(value.split())}" for name, value in fields.items() if value]
    rows = [
        # A vertical bar ends a token, and no URI has one.
        "||".join(
            iri.removeprefix(prefix).replace("|", "%7C")
            for iri, prefix in ((link.subject.value, source), (link.target.value, target))
        )
        for link in links
    ]
    return "\n".join([*head, "", *rows]) + "\n"


def _common_prefix(iris: list[str]) -> str:
    """Return the namespace that all *iris* have, and leave a token of each (section 2.4).

    >>> _common_prefix(["https://e.org/"]), _common_prefix(["https://e.org/", "https://e.org/a"])
    ('https:', 'https:')
    """
    prefix = common_namespace(iris)
    while prefix and prefix in iris:
        prefix = common_namespace([prefix[:-1]]).rstrip("/")
    return prefix


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
    curies = Curies(prefixes, links.target)
    rows = [_row(link, curies, label) for link in links.links]
    head = {
        "mapping_set_id": about.iri,
        "mapping_set_title": about.title,
        "mapping_set_version": about.release,
        "license": about.licence or NO_LICENCE,
    }
    return write_mapping_set(head, curies, _COLUMNS, rows)


def _row(link: ExternalLink, curies: Curies, label: Callable[[NamedNode], str]) -> list[str]:
    return [
        curies.of(link.subject.value),
        label(link.subject),
        curies.of(link.predicate.value),
        curies.of(link.target.value),
        _JUSTIFICATIONS[link.standing],
    ]
