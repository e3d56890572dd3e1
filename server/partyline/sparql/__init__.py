"""Ask a graph: queries of strangers in processes that may be killed, and remote endpoints."""

from partyline.sparql.answers import Answer
from partyline.sparql.client import query_endpoint
from partyline.sparql.describe_rewriter import resources_query
from partyline.sparql.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS, ResultFormat
from partyline.sparql.guard import QueryForm, query_form, refuse_service
from partyline.sparql.local_query import Rows, check_syntax, select_locally
from partyline.sparql.pool import QueryPool
from partyline.sparql.results import ResultTable, read_table, render_table
from partyline.sparql.syntax_diagnostics import diagnose

__all__ = [
    "GRAPH_RESULT_FORMATS",
    "RESULT_FORMATS",
    "Answer",
    "QueryForm",
    "QueryPool",
    "ResultFormat",
    "ResultTable",
    "Rows",
    "check_syntax",
    "diagnose",
    "query_endpoint",
    "query_form",
    "read_table",
    "refuse_service",
    "render_table",
    "resources_query",
    "select_locally",
]
