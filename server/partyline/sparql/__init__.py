"""SPARQL queries: untrusted ones in processes that may be killed, and remote endpoints.

Names are imported when first used: the processes that evaluate queries need few of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partyline.sparql.answers import Answer
    from partyline.sparql.client import query_endpoint
    from partyline.sparql.csv_results import write_csv
    from partyline.sparql.engine import QueryEngine
    from partyline.sparql.execution import Progress
    from partyline.sparql.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS, ResultFormat
    from partyline.sparql.graph_query import query_graph
    from partyline.sparql.guard import QueryForm, query_form, refuse_service
    from partyline.sparql.hints import Hint, query_hints
    from partyline.sparql.local_query import Rows, check_syntax, select_locally
    from partyline.sparql.pool import SHORT_QUERY, BegunQuery, QueryPool
    from partyline.sparql.rendering import render_table
    from partyline.sparql.repeatable import is_repeatable
    from partyline.sparql.results import GraphResult, Solutions, read_results
    from partyline.sparql.rewriting.describe_rewriter import resources_query
    from partyline.sparql.rewriting.iris import iris_in
    from partyline.sparql.syntax_diagnostics import diagnose
    from partyline.sparql.workers.evaluation import Evaluator
    from partyline.sparql.workers.wire_protocol import QueryRequest

#: The module that has each public name.
_MODULES = {
    "GRAPH_RESULT_FORMATS": "formats",
    "RESULT_FORMATS": "formats",
    "SHORT_QUERY": "pool",
    "Answer": "answers",
    "BegunQuery": "pool",
    "Evaluator": "workers.evaluation",
    "GraphResult": "results",
    "Hint": "hints",
    "Progress": "execution",
    "QueryEngine": "engine",
    "QueryForm": "guard",
    "QueryPool": "pool",
    "QueryRequest": "workers.wire_protocol",
    "ResultFormat": "formats",
    "Rows": "local_query",
    "Solutions": "results",
    "check_syntax": "local_query",
    "diagnose": "syntax_diagnostics",
    "iris_in": "rewriting.iris",
    "is_repeatable": "repeatable",
    "query_endpoint": "client",
    "query_form": "guard",
    "query_graph": "graph_query",
    "query_hints": "hints",
    "read_results": "results",
    "refuse_service": "guard",
    "render_table": "rendering",
    "resources_query": "rewriting.describe_rewriter",
    "select_locally": "local_query",
    "write_csv": "csv_results",
}

__all__ = [
    "GRAPH_RESULT_FORMATS",
    "RESULT_FORMATS",
    "SHORT_QUERY",
    "Answer",
    "BegunQuery",
    "Evaluator",
    "GraphResult",
    "Hint",
    "Progress",
    "QueryEngine",
    "QueryForm",
    "QueryPool",
    "QueryRequest",
    "ResultFormat",
    "Rows",
    "Solutions",
    "check_syntax",
    "diagnose",
    "iris_in",
    "is_repeatable",
    "query_endpoint",
    "query_form",
    "query_graph",
    "query_hints",
    "read_results",
    "refuse_service",
    "render_table",
    "resources_query",
    "select_locally",
    "write_csv",
]


def __getattr__(name: str) -> object:
    """Import a public name from its module (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module 'partyline.sparql' has no attribute {name!r}")
    value: object = getattr(import_module(f"partyline.sparql.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
