"""Build, seal, switch and open releases: immutable directories that everything is served from."""

from partyline.dataset.graph_names import (
    GRAPHS,
    QUESTIONS,
    SOURCE,
    VIEWS,
    graph_iri,
    graph_summary,
    is_of_sources,
    name_in_sources,
    view_iri,
)
from partyline.releases.build import BuildResult, build
from partyline.releases.build_process import build_in_process
from partyline.releases.checksums import sha256
from partyline.releases.contradictions import Contradictions, PublishedContradiction
from partyline.releases.dump_files import (
    COMPRESSED_TYPES,
    CompressedDump,
    DumpFile,
    OmittedDump,
    TableFile,
)
from partyline.releases.history.lost_iris import lost_iri_findings
from partyline.releases.history.publication_log import PublicationLog, PublishedRelease
from partyline.releases.lineage_queries import (
    LINEAGE_QUERIES,
    Answers,
    ask_lineage,
    read_lineage_queries,
)
from partyline.releases.preview import Preview, PreviewState
from partyline.releases.provenance import ProofSource, ReleaseProver
from partyline.releases.questions.examples import EXAMPLE_PREFIXES, example_triples, question_graph
from partyline.releases.questions.named_queries import Parameter, Question, read_questions
from partyline.releases.questions.parameter_types import ParameterKind, ParameterType
from partyline.releases.questions.parameter_types import Term as ParameterTerm
from partyline.releases.questions.paths import (
    EXAMPLES_PATH,
    QUESTIONS_PATH,
    question_iri,
    question_path,
)
from partyline.releases.questions.question_shapes import BarChart, Translation
from partyline.releases.release import (
    MANIFEST,
    Manifest,
    Release,
    current_mark,
    current_name,
    current_release,
    last_good_release,
    open_release,
)
from partyline.validation.shacl.class_constraints import ClassConstraint

__all__ = [
    "COMPRESSED_TYPES",
    "EXAMPLES_PATH",
    "EXAMPLE_PREFIXES",
    "GRAPHS",
    "LINEAGE_QUERIES",
    "MANIFEST",
    "QUESTIONS",
    "QUESTIONS_PATH",
    "SOURCE",
    "VIEWS",
    "Answers",
    "BarChart",
    "BuildResult",
    "ClassConstraint",
    "CompressedDump",
    "Contradictions",
    "DumpFile",
    "Manifest",
    "OmittedDump",
    "Parameter",
    "ParameterKind",
    "ParameterTerm",
    "ParameterType",
    "Preview",
    "PreviewState",
    "ProofSource",
    "PublicationLog",
    "PublishedContradiction",
    "PublishedRelease",
    "Question",
    "Release",
    "ReleaseProver",
    "TableFile",
    "Translation",
    "ask_lineage",
    "build",
    "build_in_process",
    "current_mark",
    "current_name",
    "current_release",
    "example_triples",
    "graph_iri",
    "graph_summary",
    "is_of_sources",
    "last_good_release",
    "lost_iri_findings",
    "name_in_sources",
    "open_release",
    "question_graph",
    "question_iri",
    "question_path",
    "read_lineage_queries",
    "read_questions",
    "sha256",
    "view_iri",
]
