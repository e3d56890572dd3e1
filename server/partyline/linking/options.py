"""What an operator chooses of a search for links."""

from dataclasses import dataclass

from partyline.vocabulary import FOAF, RDF, RDFS, SDO, SKOS

#: Properties that name resources in most datasets, those of labels and those of other names.
LABELS = (RDFS.label.value, SKOS.prefLabel.value, FOAF.name.value, SDO.name.value)
OTHER_LABELS = (SKOS.altLabel.value, SDO.alternateName.value)


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """Which resources are linked with which, and how the endpoint is asked."""

    endpoint: str
    #: Classes whose members are linked, by IRI: ours, and theirs. Empty: any.
    kind: str = ""
    target_kind: str = ""
    #: Path of SPARQL from one of their resources to its class.
    kind_path: str = f"<{RDF.type.value}>"
    #: IRIs of their properties for names; empty: the usual ones.
    labels: tuple[str, ...] = ()
    #: Tags of the languages that names are looked for in, besides their own and none.
    languages: tuple[str, ...] = ()
    #: Pairs of a property of ours and a path of theirs, whose values are compared.
    properties: tuple[tuple[str, str], ...] = ()
    #: The property that is proposed.
    relation: str = SKOS.exactMatch.value
    #: The least confidence of a proposal.
    least: float = 0.5
    #: Resources that are looked for in one request.
    batch: int = 25
    #: Seconds between two requests, and those that an answer may take.
    pause: float = 1.0
    seconds: int = 60
