"""Build, seal, switch and open releases: immutable directories that everything is served from."""

from partyline.releases.build import BuildResult, build
from partyline.releases.examination import Examination, examine
from partyline.releases.graphs import GRAPHS, graph_iri, view_iri
from partyline.releases.release import (
    DumpFile,
    Manifest,
    Release,
    current_name,
    current_release,
    open_release,
)
from partyline.releases.views import VIEWS

__all__ = [
    "GRAPHS",
    "VIEWS",
    "BuildResult",
    "DumpFile",
    "Examination",
    "Manifest",
    "Release",
    "build",
    "current_name",
    "current_release",
    "examine",
    "graph_iri",
    "open_release",
    "view_iri",
]
