"""Resources that were withdrawn, or merged into another: their IRIs are never used again.

``owl:deprecated true`` declares that (OWL 2, section 5.5), ``dct:isReplacedBy`` names the other
resource, and a note says why. A resource of which more is stated is described like any other.
"""

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing
from partyline.vocabulary import DCT, OTHER_NAMES, OWL, RDF, REASONS, XSD

_TRUE = Literal("true", datatype=XSD.boolean)
_MARKS = {RDF.type, OWL.deprecated, OWL.sameAs, DCT.isReplacedBy, DCT.modified, *REASONS}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a resource was withdrawn."""

    iri: str
    #: IRI of the resource that replaces it; empty where none does.
    replacement: str
    reason: Text | None


def withdrawal(publication: Publication, iri: str) -> Withdrawal | None:
    """Return how the resource *iri* was withdrawn; None where it was not, or is still described.

    What earlier releases have declared counts where this one describes the resource no more.
    """
    if retired := publication.release.retired.find(iri):
        reason = Text(retired.reason) if retired.reason else None
        return Withdrawal(iri, retired.replacement, reason)
    statements, labels = publication.statements, publication.presenter.labels
    node = NamedNode(iri)
    if publication.addresses.is_term(iri) or _TRUE not in statements.objects(node, OWL.deprecated):
        return None
    silent = _MARKS | {*labels.properties, *OTHER_NAMES}
    stated = (row for row in statements.match(node) if row.standing is not Standing.INFERRED)
    if any(row.triple.predicate not in silent for row in stated):
        return None
    found = statements.objects(node, DCT.isReplacedBy)
    others = [row.value for row in found if isinstance(row, NamedNode) and row != node]
    reasons = (labels.pick(statements.objects(node, row)) for row in REASONS)
    return Withdrawal(
        iri=iri,
        replacement=others[0] if len(others) == 1 else "",
        reason=next((row for row in reasons if row is not None), None),
    )


def withdrawn_document(publication: Publication, name: str) -> tuple[Withdrawal, str] | None:
    """Return what became of the resource that ``/doc/`` and *name* described, and its extension.

    None where no earlier release has described one at this address.
    """
    stem, dot, ending = name.rpartition(".")
    meant = [(name, "")]
    if dot and ending in publication.extensions:
        meant.append((stem, ending))
    for row, extension in meant:
        for iri in publication.names_of_document(row):
            if publication.release.retired.find(iri) and (found := withdrawal(publication, iri)):
                return found, extension
    return None
