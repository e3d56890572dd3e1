"""Build, seal, switch and open releases: immutable directories that everything is served from."""

from partyline.releases.build import BuildResult, build
from partyline.releases.examination import Examination, examine
from partyline.releases.graphs import GRAPHS, graph_iri
from partyline.releases.release import (
    DumpFile,
    Manifest,
    Release,
    current_name,
    current_release,
    open_release,
)

__all__ = [
    "GRAPHS",
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
]
