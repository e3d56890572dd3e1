"""Ask a graph: queries of strangers in processes that may be killed, and remote endpoints."""

from partyline.engines.answers import Answer
from partyline.engines.complaints import explain
from partyline.engines.describing import resources_query
from partyline.engines.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS, ResultFormat
from partyline.engines.guard import QueryForm, query_form
from partyline.engines.pool import QueryPool
from partyline.engines.remote import ask_remote
from partyline.engines.results import Table, read_table, render_table

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
