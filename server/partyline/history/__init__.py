"""What changed between releases: statements, resources, patches."""

from partyline.history.change_report import as_json, as_text, by_subject, totals
from partyline.history.changes import Changes, changes_between
from partyline.history.comparisons import Comparisons
from partyline.history.labelled_table import LabelledTable
from partyline.history.ontology_versions import OntologyVersion, OntologyVersions
from partyline.history.rdf_patch import PATCH_MEDIA_TYPE, as_patch
from partyline.history.resource_changes import ChangeKind, ResourceChange, resource_changes
from partyline.history.succession import Succession

__all__ = [
    "PATCH_MEDIA_TYPE",
    "ChangeKind",
    "Changes",
    "Comparisons",
    "LabelledTable",
    "OntologyVersion",
    "OntologyVersions",
    "ResourceChange",
    "Succession",
    "as_json",
    "as_patch",
    "as_text",
    "by_subject",
    "changes_between",
    "resource_changes",
    "totals",
]
