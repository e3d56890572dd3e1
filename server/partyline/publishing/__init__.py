"""A release as documents: descriptions, pages, the ontology, the service; bytes and no HTTP."""

from partyline.publishing.catalogue import Listing, listing
from partyline.publishing.completion import vocabulary
from partyline.publishing.description import Description, named_node
from partyline.publishing.home import HomePage, home_page
from partyline.publishing.labels import Text
from partyline.publishing.named import Parameter, Question, read_questions
from partyline.publishing.ontology import OntologyPage, ontology_page, ontology_triples
from partyline.publishing.publication import Publication, describe_all
from partyline.publishing.questions import ExampleQuery, example_queries, prefix_lines
from partyline.publishing.reasons import Reasons
from partyline.publishing.results import Table, beginning, table
from partyline.publishing.service import SERVICE_PREFIXES, dataset_triples, service_triples
from partyline.publishing.thing import ThingPage

__all__ = [
    "SERVICE_PREFIXES",
    "Description",
    "ExampleQuery",
    "HomePage",
    "Listing",
    "OntologyPage",
    "Parameter",
    "Publication",
    "Question",
    "Reasons",
    "Table",
    "Text",
    "ThingPage",
    "beginning",
    "dataset_triples",
    "describe_all",
    "example_queries",
    "home_page",
    "listing",
    "named_node",
    "ontology_page",
    "ontology_triples",
    "prefix_lines",
    "read_questions",
    "service_triples",
    "table",
    "vocabulary",
]
