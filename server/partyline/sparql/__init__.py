"""SPARQL queries: untrusted ones in processes that may be killed, and remote endpoints."""

from partyline.sparql.answers import Answer
from partyline.sparql.client import query_endpoint
from partyline.sparql.csv_results import write_csv
from partyline.sparql.execution import Progress
from partyline.sparql.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS, ResultFormat
from partyline.sparql.graph_query import query_graph
from partyline.sparql.guard import QueryForm, query_form, refuse_service
from partyline.sparql.local_query import Rows, check_syntax, read_query, select_locally
from partyline.sparql.pool import SHORT_QUERY, BegunQuery, QueryPool
from partyline.sparql.rendering import render_table
from partyline.sparql.results import GraphResult, Solutions, read_results
from partyline.sparql.rewriting.describe_rewriter import resources_query
from partyline.sparql.rewriting.iris import iris_in
from partyline.sparql.syntax_diagnostics import diagnose
from partyline.sparql.workers.evaluation import Evaluator
from partyline.sparql.workers.wire_protocol import QueryRequest

__all__ = [
    "GRAPH_RESULT_FORMATS",
    "RESULT_FORMATS",
    "SHORT_QUERY",
    "Answer",
    "BegunQuery",
    "Evaluator",
    "GraphResult",
    "Progress",
    "QueryForm",
    "QueryPool",
    "QueryRequest",
    "ResultFormat",
    "Rows",
    "Solutions",
    "check_syntax",
    "diagnose",
    "iris_in",
    "query_endpoint",
    "query_form",
    "query_graph",
    "read_query",
    "read_results",
    "refuse_service",
    "render_table",
    "resources_query",
    "select_locally",
    "write_csv",
]
