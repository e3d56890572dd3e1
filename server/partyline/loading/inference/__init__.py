"""Have an endpoint derive what follows: rules as SPARQL updates, where the statements are."""

from partyline.loading.inference.materialisation import (
    Derived,
    RemoteMaterialisation,
)
from partyline.loading.inference.updates import check_iri

__all__ = ["Derived", "RemoteMaterialisation", "check_iri"]
