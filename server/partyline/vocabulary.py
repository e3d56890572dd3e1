"""The IRIs that the code names; a term the code never names is not listed."""

from pyoxigraph import NamedNode


class Namespace:
    """A namespace whose terms are written as attributes or items; each is made once.

    >>> Namespace("https://example.org/").Book
    <NamedNode value=https://example.org/Book>
    """

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        # An attribute from now on: Python asks here for those alone that are missing.
        term = NamedNode(self.iri + name)
        self.__dict__[name] = term
        return term

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self.iri + name)

    def __contains__(self, node: object) -> bool:
        return isinstance(node, NamedNode) and node.value.startswith(self.iri)


RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
DC = Namespace("http://purl.org/dc/elements/1.1/")
SDO = Namespace("https://schema.org/")
#: The same terms in the spelling that many data still have.
HTTP_SDO = Namespace("http://schema.org/")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
DCT = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
VOID = Namespace("http://rdfs.org/ns/void#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
OA = Namespace("http://www.w3.org/ns/oa#")
CC = Namespace("http://creativecommons.org/ns#")
PROV = Namespace("http://www.w3.org/ns/prov#")
#: Data shapes for user interfaces.
DASH = Namespace("http://datashapes.org/dash#")
EDTF = NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")

#: The ontology of this project: the code names the few terms that it computes or draws.
PL = Namespace("https://w3id.org/partyline/ns#")
#: The viewers and roles of this program, which declarations of pages name.
VIEW = Namespace("https://w3id.org/partyline/view#")
#: What an endpoint notes of the releases that are loaded into it.
LOADING = Namespace("https://w3id.org/partyline/loading#")

#: Properties that name a resource, best first.
LABEL_PROPERTIES = (
    SKOS.prefLabel,
    RDFS.label,
    SDO.name,
    HTTP_SDO.name,
    FOAF.name,
    DCT.title,
    DC.title,
    SKOSXL.prefLabel,
)
#: Properties that give a resource further names.
OTHER_NAMES = (SKOS.altLabel, SKOS.hiddenLabel)
#: Properties that say why a resource was withdrawn, best first.
REASONS = (SKOS.changeNote, SKOS.historyNote, SKOS.editorialNote, SKOS.note, RDFS.comment)
#: Prefixes that people expect, for files that declare none.
WELL_KNOWN = {
    "dc": DC.iri,
    "dcat": DCAT.iri,
    "dct": DCT.iri,
    "foaf": FOAF.iri,
    "owl": OWL.iri,
    "prov": PROV.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "skos": SKOS.iri,
    "void": VOID.iri,
    "xsd": XSD.iri,
}
