"""Reconciliation Service API 0.2: names and attributes in, resources of a release out.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from partyline.publishing.reconciliation.candidates import Candidate, is_acronym, is_same_name
from partyline.publishing.reconciliation.cards import Card, Cards
from partyline.publishing.reconciliation.comparison import Comparison
from partyline.publishing.reconciliation.entities import Entities
from partyline.publishing.reconciliation.extension import Extension, read_extension
from partyline.publishing.reconciliation.manifest import manifest
from partyline.publishing.reconciliation.matching import Reconciler
from partyline.publishing.reconciliation.paths import Path, Properties
from partyline.publishing.reconciliation.queries import (
    MOST_QUERIES,
    EntityReference,
    Query,
    read_batch,
)
from partyline.publishing.reconciliation.suggestions import KINDS, Suggestions

__all__ = [
    "KINDS",
    "MOST_QUERIES",
    "Candidate",
    "Card",
    "Cards",
    "Comparison",
    "Entities",
    "EntityReference",
    "Extension",
    "Path",
    "Properties",
    "Query",
    "Reconciler",
    "Suggestions",
    "is_acronym",
    "is_same_name",
    "manifest",
    "read_batch",
    "read_extension",
]
