"""Build, seal, switch and open releases: immutable directories that everything is served from."""

from partyline.releases.build import BuildResult, build
from partyline.releases.graph_views import VIEWS
from partyline.releases.named_graphs import GRAPHS, graph_iri, view_iri
from partyline.releases.provenance import ReleaseProver
from partyline.releases.release import (
    MANIFEST,
    DumpFile,
    Manifest,
    Release,
    current_name,
    current_release,
    open_release,
)

__all__ = [
    "GRAPHS",
    "MANIFEST",
    "VIEWS",
    "BuildResult",
    "DumpFile",
    "Manifest",
    "Release",
    "ReleaseProver",
    "build",
    "current_name",
    "current_release",
    "graph_iri",
    "open_release",
    "view_iri",
]
