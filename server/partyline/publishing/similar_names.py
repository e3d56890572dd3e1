"""Resources with names similar to one that does not exist: what a client may have meant."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from urllib.parse import unquote

from pyoxigraph import NamedNode

from partyline.publishing.publication import Publication

#: Names that are compared; of a larger dataset, those next to the name in the alphabet.
_COMPARED = 2_000
#: The least ratio of equal characters to all characters of two names that are alike.
_ALIKE = 0.7
_SHOWN = 5


def similar_resources(publication: Publication, iri: str) -> tuple[NamedNode, ...]:
    """Return up to five published resources whose last part is like that of *iri*, best first."""
    wanted, kind = _name(iri), _parent(iri)
    if not wanted:
        return ()
    matcher = SequenceMatcher(b=wanted)
    found = []
    for number, node in _neighbours(publication, iri):
        name = _name(node.value)
        matcher.set_seq1(name)
        # Each bound costs less than the next one, and the last is the ratio.
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _ALIKE:
            continue
        ratio = matcher.ratio()
        if ratio >= _ALIKE and publication.release.table.count(number):
            found.append((-ratio, _parent(node.value) != kind, node.value))
    return tuple(NamedNode(value) for _, _, value in sorted(found)[:_SHOWN])


def _neighbours(publication: Publication, iri: str) -> Sequence[tuple[int, NamedNode]]:
    """Return the published resources whose IRIs are compared with *iri*, with their numbers."""
    terms, addresses = publication.release.table.terms, publication.addresses
    base = next((row for row in addresses.bases if iri.startswith(row)), addresses.base)
    whole = terms.starting_with("<" + base)
    if len(whole) > _COMPARED:
        # Those that have the most in common at their beginning stand around the place of the IRI.
        place = terms.starting_with("<" + iri).start
        first = min(max(whole.start, place - _COMPARED // 2), whole.stop - _COMPARED)
        whole = range(first, first + _COMPARED)
    rows = ((number, terms.term(number)) for number in whole)
    return [
        (number, node)
        for number, node in rows
        if isinstance(node, NamedNode) and addresses.is_published(node.value)
    ]


def _name(iri: str) -> str:
    """Return the last part of *iri* as it is compared.

    >>> _name("https://e.org/id/ensemble/Brass%20Union/")
    'brass union'
    """
    return unquote(iri.rstrip("/#").rpartition("#")[2].rpartition("/")[2]).casefold()


def _parent(iri: str) -> str:
    return iri.rstrip("/#").rpartition("/")[0]
