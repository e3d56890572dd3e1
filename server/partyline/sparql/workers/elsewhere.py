"""Evaluation of a query by an engine elsewhere, in a process that may be killed while it waits."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import QueryBoolean, QuerySolutions, Triple

from partyline.errors import EndpointLate, EndpointRefused
from partyline.sparql.guard import QueryForm, query_form
from partyline.sparql.remote.endpoint import Endpoint
from partyline.sparql.remote.exchange import Deadline, Reply
from partyline.sparql.remote.results import GRAPH_TYPE, read_graph, read_rows
from partyline.sparql.remote.source import RemoteSource
from partyline.sparql.rewriting.dataset_clause import named_graphs
from partyline.sparql.syntax_diagnostics import has_relative_iri
from partyline.sparql.workers.wire_protocol import QueryRequest

#: Seconds before its deadline at which a query is given up, so that there is time to say so.
_MARGIN = 0.3
#: Seconds before a query is sent again, and statuses that promise another outcome; 0: no answer.
_PAUSE, _AGAIN = 0.1, frozenset((0, 502, 503))
_ROWS = ("SELECT", "ASK")


@dataclass
class EngineElsewhere:
    """Asks the engine of a *source*."""

    source: RemoteSource
    endpoint: Endpoint
    base: str = ""

    def ask(
        self, text: str, request: QueryRequest
    ) -> QuerySolutions | QueryBoolean | Iterator[Triple]:
        """Send the query *text* of *request*; the answer is read while it arrives.

        Raises EndpointRefused, also while it is read.
        """
        form = query_form(text)
        deadline = Deadline(max(_MARGIN, request.seconds - _MARGIN))
        reply = self._reply(self._with_base(text), form, request, deadline)
        address, dialect = self.source.address, self.endpoint.dialect
        if form in _ROWS:
            return read_rows(reply, address, dialect)
        return read_graph(reply, address, dialect)

    def _reply(
        self, text: str, form: QueryForm, request: QueryRequest, deadline: Deadline
    ) -> Reply:
        """Send a query, once again where no byte of an answer has come: it changes nothing."""
        accept = self.endpoint.dialect.rows_type if form in _ROWS else GRAPH_TYPE
        parameters = self._dataset(text, request)
        try:
            return self.endpoint.query(text, accept, deadline, parameters)
        except EndpointLate:
            raise
        except EndpointRefused as error:
            if error.status not in _AGAIN or error.retry_after:
                raise
            time.sleep(_PAUSE)
            return self.endpoint.query(text, accept, deadline, parameters)

    def _dataset(self, text: str, request: QueryRequest) -> dict[str, list[str]]:
        """Return the parameters of the protocol; the query's own dataset needs none."""
        default, named = list(request.default_graphs), list(request.named_graphs)
        if self.source.default_graph and not default and not named:
            mentioned = named_graphs(text)
            if not mentioned or not (mentioned.default or mentioned.named):
                default = [self.source.default_graph]
        return {"default-graph-uri": default, "named-graph-uri": named}

    def _with_base(self, text: str) -> str:
        return f"BASE <{self.base}> {text}" if self.base and has_relative_iri(text) else text
