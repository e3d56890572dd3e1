"""Resources that were withdrawn, or merged into another: their IRIs are never used again.

``owl:deprecated true`` declares that (OWL 2, section 5.5), ``dct:isReplacedBy`` names the other
resource, and a note says why. A resource of which more is stated is described like any other.
"""

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing
from partyline.vocabulary import DCT, OTHER_NAMES, OWL, RDF, RDFS, SKOS, XSD

_TRUE = Literal("true", datatype=XSD.boolean)
#: Properties that say why, best first.
_REASONS = (SKOS.changeNote, SKOS.historyNote, SKOS.editorialNote, SKOS.note, RDFS.comment)
_MARKS = {RDF.type, OWL.deprecated, OWL.sameAs, DCT.isReplacedBy, DCT.modified, *_REASONS}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a resource was withdrawn."""

    iri: str
    #: IRI of the resource that replaces it; empty where none does.
    replacement: str
    reason: Text | None


def withdrawal(publication: Publication, iri: str) -> Withdrawal | None:
    """Return how the resource *iri* was withdrawn; None where it was not, or is still described."""
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
    reasons = (labels.pick(statements.objects(node, row)) for row in _REASONS)
    return Withdrawal(
        iri=iri,
        replacement=others[0] if len(others) == 1 else "",
        reason=next((row for row in reasons if row is not None), None),
    )
