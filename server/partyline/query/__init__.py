"""Ask a graph: queries of strangers in processes that may be killed, and remote endpoints."""

from partyline.query.answers import Answer
from partyline.query.client import ask_remote
from partyline.query.describe_rewriter import resources_query
from partyline.query.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS, ResultFormat
from partyline.query.guard import QueryForm, query_form
from partyline.query.pool import QueryPool
from partyline.query.results import Table, read_table, render_table
from partyline.query.syntax_diagnostics import explain

__all__ = [
    "GRAPH_RESULT_FORMATS",
    "RESULT_FORMATS",
    "Answer",
    "QueryForm",
    "QueryPool",
    "ResultFormat",
    "Table",
    "ask_remote",
    "explain",
    "query_form",
    "read_table",
    "render_table",
    "resources_query",
]
