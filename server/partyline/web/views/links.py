"""Links to other datasets: by target, by resource, and from theirs to ours."""

import json
from functools import partial

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import (
    ExternalLink,
    ExternalLinks,
    LinkCollection,
    LinkSet,
    Publication,
    beacon,
    dataset_iri,
    named_node,
    sssom,
)
from partyline.rdf import graph_format
from partyline.vocabulary import HTTP_SDO, SDO
from partyline.web.documents import (
    NegotiableDocument,
    Representation,
    alternates,
    graph_writer,
    offers,
    respond,
)
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.public_address import here

_JSON = "application/json"
#: Links that a page shows; the files have all of them.
_SHOWN = 1000


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of the links."""
    views = Blueprint("links", __name__)
    links = ExternalLinks(publication)

    def link_set(target: str) -> LinkSet:
        if target not in links.sets:
            raise UnknownResource(
                f"No resource here is linked with one at {target}; {here('/links/')} lists the"
                " datasets that some are linked with."
            )
        return links.sets[target]

    @views.get("/links/")
    def listing() -> Response:
        """List the datasets that resources are linked with."""
        rows = tuple(links.sets.values())
        return respond(Representation(HTML, "html", partial(_listing, publication, rows)))

    @views.get("/links/<target>/<relation>.txt")
    def link_dump(target: str, relation: str) -> Response:
        """Send the links of one relation as a BEACON link dump."""
        return _link_dump(publication, link_set(target), relation)

    @views.get("/links/<target>.sssom.tsv")
    def mapping_set(target: str) -> Response:
        """Send the links as a mapping set of SSSOM."""
        rows = link_set(target)

        def write() -> str:
            label = publication.presenter.labels.best
            about = _about(publication, rows)
            return sssom(about, rows, publication.prefixes, lambda node: label(node).text)

        return respond(Representation("text/tab-separated-values", "tsv", write))

    @views.get("/links/<target>")
    def one(target: str) -> Response:
        """Send the links to one dataset, as a page or as a graph."""
        stem, _, ending = target.rpartition(".")
        if target in links.sets or not (ending == "html" or graph_format(ending)):
            return _set_document(publication, link_set(target)).respond()
        return _set_document(publication, link_set(stem)).respond(ending)

    @views.get("/sameas")
    @views.get("/sameas.<extension>")
    def same_as(extension: str = "") -> Response:
        """Send the links of a resource, which is one of ours or is linked with one of ours."""
        return _same_as(publication, links, extension)

    return views


def _link_dump(publication: Publication, links: LinkSet, relation: str) -> Response:
    found = {_local(row): (row, rows) for row, rows in links.by_relation().items()}
    if relation not in found:
        names = ", ".join(found)
        raise UnknownResource(f"The relations of the links to {links.target} are: {names}.")
    address = publication.addresses.published(f"{links.path}/{relation}.txt")
    write = partial(beacon, _about(publication, links), *found[relation], address)
    return respond(Representation("text/plain", "txt", write))


def _about(publication: Publication, links: LinkSet) -> LinkCollection:
    manifest, knowledge = publication.release.manifest, publication.knowledge
    return LinkCollection(
        title=f"{knowledge.title}: links to {links.target}",
        licence=knowledge.licence,
        release=manifest.identifier,
        created=manifest.created,
        iri=publication.addresses.published(links.path),
        dataset=dataset_iri(publication).value,
        publisher=knowledge.publisher,
        target=links.target,
    )


def _listing(publication: Publication, sets: tuple[LinkSet, ...]) -> str:
    rows = [
        (row, [(_local(relation), len(links)) for relation, links in row.by_relation().items()])
        for row in sets
    ]
    return render_template("links.html", sets=rows)


def _set_document(publication: Publication, links: LinkSet) -> NegotiableDocument:
    def address(extension: str) -> str:
        return f"{links.path}.{extension}"

    def page() -> str:
        rows = [_row(publication, link) for link in links.links[:_SHOWN]]
        relations = {_local(row): len(found) for row, found in links.by_relation().items()}
        return render_template(
            "link_set.html",
            set=links,
            rows=rows,
            relations=relations,
            alternates=alternates(address),
        )

    return NegotiableDocument(
        graph=graph_writer(lambda: [link.triple for link in links.links], publication.prefixes),
        page=page,
        address=address,
    )


def _row(publication: Publication, link: ExternalLink) -> dict[str, object]:
    to = publication.presenter.link
    return {
        "subject": to(link.subject),
        "relation": to(link.predicate),
        "target": link.target.value,
        "standing": link.standing,
    }


def _same_as(publication: Publication, links: ExternalLinks, extension: str) -> Response:
    iri = request.args.get("uri", "").strip()
    if not iri:
        raise BadQuery("Missing: uri. Write /sameas?uri= and an IRI, of this dataset or another.")
    named_node(iri)
    found = links.of(iri)
    if not found:
        raise UnknownResource(
            f"No link of this dataset concerns <{iri}>; {here('/links/')} lists the datasets"
            " that resources are linked with."
        )
    return _sent(publication, iri, found, extension)


def _sent(
    publication: Publication, iri: str, links: tuple[ExternalLink, ...], extension: str
) -> Response:
    def address(ending: str) -> str:
        return f"/sameas.{ending}?uri={publication.addresses.query(iri)}"

    def page() -> str:
        rows = [_row(publication, link) for link in links]
        return render_template("same_as.html", iri=iri, rows=rows, alternates=alternates(address))

    location = ""
    if not extension:
        all_offers = (Offer(_JSON, "json", here(address("json"))), *offers(address))
        extension = negotiate(request.headers.get("Accept"), all_offers).format
        location = address(extension)
    if extension == "json":
        written = Representation(_JSON, "json", partial(_as_json, publication, iri, links))
        return respond(written, location=location, parameters=("uri",))
    document = NegotiableDocument(
        graph=graph_writer(lambda: [link.triple for link in links], publication.prefixes),
        page=page,
        address=address,
        parameters=("uri",),
    )
    return document.respond(extension, location)


def _as_json(publication: Publication, iri: str, links: tuple[ExternalLink, ...]) -> str:
    resources: dict[NamedNode, list[dict[str, str]]] = {}
    for link in links:
        row = {"relation": link.predicate.value, "iri": link.target.value}
        resources.setdefault(link.subject, []).append({**row, "standing": str(link.standing)})
    table = {
        "uri": iri,
        "release": publication.release.manifest.identifier,
        "resources": [
            {
                "iri": subject.value,
                "label": publication.presenter.labels.best(subject).text,
                "links": rows,
            }
            for subject, rows in resources.items()
        ],
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _local(relation: NamedNode) -> str:
    """Return the name by which an address names *relation*: sameAs of OWL, of schema.org."""
    if relation in (SDO.sameAs, HTTP_SDO.sameAs):
        return "schema-sameAs" if relation == SDO.sameAs else "http-schema-sameAs"
    return relation.value.rpartition("#")[2]
