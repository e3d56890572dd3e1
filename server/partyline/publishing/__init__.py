"""A release as documents: descriptions, pages, the ontology, the service; bytes and no HTTP."""

from partyline.publishing.addresses import document_of
from partyline.publishing.api.kinds import Kinds
from partyline.publishing.api.objects import item_json, object_json
from partyline.publishing.api.openapi import DEFAULT_LIMIT, LONGEST_NAME, MOST_ROWS, openapi
from partyline.publishing.api.values import cell_json, reference_json
from partyline.publishing.as_of import AsOf, Lifetimes
from partyline.publishing.documents.catalogue import schema_org_dataset
from partyline.publishing.documents.class_properties import class_properties
from partyline.publishing.documents.completion import vocabulary
from partyline.publishing.documents.description import Description, named_node
from partyline.publishing.documents.service_description import (
    SERVICE_PREFIXES,
    dataset_iri,
    dataset_triples,
    service_triples,
)
from partyline.publishing.external_links import ExternalLink, ExternalLinks, LinkSet
from partyline.publishing.labels import Text
from partyline.publishing.link_formats import LinkCollection, beacon, sssom
from partyline.publishing.ontologies import Ontology
from partyline.publishing.pages.class_listing import Listing, listing
from partyline.publishing.pages.contradictions_page import (
    ContradictionView,
    contradictions_concerning,
    contradictions_page,
)
from partyline.publishing.pages.example_queries import ExampleQuery, example_queries, prefix_lines
from partyline.publishing.pages.graph_results import GraphView, read_graph
from partyline.publishing.pages.home import HomePage, home_page
from partyline.publishing.pages.ontology.document import (
    OntologyPage,
    ontology_page,
    ontology_triples,
    terms_of,
)
from partyline.publishing.pages.ontology.term_page import TermPage, term_page
from partyline.publishing.pages.ontology.terms import is_class_or_property
from partyline.publishing.pages.proof_page import ProofPage, proof_page
from partyline.publishing.pages.query_results import TableView, table
from partyline.publishing.pages.releases_page import (
    comparison_page,
    release_view,
    release_views,
)
from partyline.publishing.pages.resource.sections import Explain
from partyline.publishing.pages.resource_page import ResourcePage, resource_page
from partyline.publishing.pages.search_page import (
    Period,
    SearchPage,
    SearchResult,
    search_page,
    suggestions,
)
from partyline.publishing.proofs import ProofService, StatementExplanation, rule_triples
from partyline.publishing.publication import Publication, describe_all
from partyline.publishing.questions.chart import bar_chart
from partyline.publishing.questions.collection import Questions
from partyline.publishing.questions.form import Field
from partyline.publishing.questions.form import address as question_address
from partyline.publishing.questions.form import fields as question_fields
from partyline.publishing.questions.values import read_values, short
from partyline.publishing.similar_names import similar_resources
from partyline.publishing.states import States
from partyline.publishing.thesauri.scheme_page import (
    mappings_page,
    notations_page,
    scheme_page,
    tree_page,
)
from partyline.publishing.withdrawal import Withdrawal, withdrawal, withdrawn_document
from partyline.releases import EXAMPLES_PATH, Question, question_path
from partyline.releases import ParameterTerm as QuestionTerm

__all__ = [
    "DEFAULT_LIMIT",
    "EXAMPLES_PATH",
    "LONGEST_NAME",
    "MOST_ROWS",
    "SERVICE_PREFIXES",
    "AsOf",
    "ContradictionView",
    "Description",
    "ExampleQuery",
    "Explain",
    "ExternalLink",
    "ExternalLinks",
    "Field",
    "GraphView",
    "HomePage",
    "Kinds",
    "Lifetimes",
    "LinkCollection",
    "LinkSet",
    "Listing",
    "Ontology",
    "OntologyPage",
    "Period",
    "ProofPage",
    "ProofService",
    "Publication",
    "Question",
    "QuestionTerm",
    "Questions",
    "ResourcePage",
    "SearchPage",
    "SearchResult",
    "StatementExplanation",
    "States",
    "TableView",
    "TermPage",
    "Text",
    "Withdrawal",
    "bar_chart",
    "beacon",
    "cell_json",
    "class_properties",
    "comparison_page",
    "contradictions_concerning",
    "contradictions_page",
    "dataset_iri",
    "dataset_triples",
    "describe_all",
    "document_of",
    "example_queries",
    "home_page",
    "is_class_or_property",
    "item_json",
    "listing",
    "mappings_page",
    "named_node",
    "notations_page",
    "object_json",
    "ontology_page",
    "ontology_triples",
    "openapi",
    "prefix_lines",
    "proof_page",
    "question_address",
    "question_fields",
    "question_path",
    "read_graph",
    "read_values",
    "reference_json",
    "release_view",
    "release_views",
    "resource_page",
    "rule_triples",
    "schema_org_dataset",
    "scheme_page",
    "search_page",
    "service_triples",
    "short",
    "similar_resources",
    "sssom",
    "suggestions",
    "table",
    "term_page",
    "terms_of",
    "tree_page",
    "vocabulary",
    "withdrawal",
    "withdrawn_document",
]
