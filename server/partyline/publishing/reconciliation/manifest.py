"""The service manifest: what the service offers, and where (section 3.1)."""

from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.entities import Entities
from partyline.publishing.reconciliation.extension import SETTINGS
from partyline.publishing.reconciliation.queries import MOST_QUERIES
from partyline.publishing.reconciliation.suggestions import KINDS
from partyline.version import __version__

#: Size of the frame of a preview, in pixels.
_WIDTH, _HEIGHT = 430, 300
#: Queries that clients should send at once: more answers come sooner if there are fewer.
_BATCH = 10
_MOST_DEFAULT_TYPES = 12


def manifest(publication: Publication, address: str, documentation: str) -> dict[str, object]:
    """Return the manifest of the service at *address*, which ends in ``/reconcile``.

    *documentation* is the address of a page about the dataset.
    """
    entities = Entities(publication)
    root = address.removesuffix("/reconcile")
    types = [entities.link(row.kind) for row in publication.classes][:_MOST_DEFAULT_TYPES]
    base = publication.knowledge.base
    return {
        "versions": ["0.1", "0.2"],
        "name": publication.knowledge.title,
        "identifierSpace": base,
        "schemaSpace": publication.knowledge.ontology_iri or base,
        "documentation": documentation,
        "serviceVersion": __version__,
        "defaultTypes": [{"id": row.iri, "name": row.name.text} for row in types],
        "view": {"url": f"{root}/resource?iri={{{{id}}}}"},
        "preview": {
            "url": f"{address}/preview?id={{{{id}}}}",
            "width": _WIDTH,
            "height": _HEIGHT,
        },
        "suggest": {kind: _suggest_service(address, kind) for kind in KINDS},
        "extend": {
            "propose_properties": {"service_url": address, "service_path": "/properties"},
            "property_settings": list(SETTINGS),
        },
        "batchSize": min(_BATCH, MOST_QUERIES),
    }


def _suggest_service(address: str, kind: str) -> dict[str, str]:
    return {
        "service_url": address,
        "service_path": f"/suggest/{kind}",
        "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
    }
