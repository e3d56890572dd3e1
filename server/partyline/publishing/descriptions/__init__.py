"""The dataset described for catalogues and programs of other fields; all of it is computed."""

from partyline.publishing.descriptions.croissant import croissant
from partyline.publishing.descriptions.datacite import datacite
from partyline.publishing.descriptions.link_set import (
    DESCRIPTIONS,
    MEDIA_TYPE,
    dataset_link_set,
)
from partyline.publishing.descriptions.ro_crate import ro_crate

__all__ = ["DESCRIPTIONS", "MEDIA_TYPE", "croissant", "datacite", "dataset_link_set", "ro_crate"]
