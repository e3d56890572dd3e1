"""Queries from the operator's own files, evaluated in this process.

They are trusted with the data and not with the network or with time: a file that came
with foreign shapes must not send a request, and must not block the program.
"""

import re
import threading
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from partyline.errors import BadQuery, QueryTimeout
from partyline.sparql.guard import refuse_service
from partyline.sparql.syntax_diagnostics import diagnose

Term = NamedNode | BlankNode | Literal | Triple

_PLACE = re.compile(r"^line (\d+)")

#: Seconds that a query of a file may take.
LOCAL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rows:
    """The solutions of a SELECT query; None is an unbound variable."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def column(self, variable: str) -> list[Term | None]:
        """Return the values of *variable*. Raises ValueError if the query does not project it."""
        place = self.variables.index(variable)
        return [row[place] for row in self.rows]


def select_locally(store: Store, query: str, seconds: float = LOCAL_SECONDS) -> Rows:
    """Return the solutions of the SELECT *query* over *store*.

    Raises BadQuery where it is not a SELECT query of SPARQL 1.1, or names SERVICE, and
    QueryTimeout where it takes more than *seconds*.

    >>> select_locally(Store(), "SELECT ?x { VALUES ?x { 1 } }").column("x")[0].value
    '1'
    """
    refuse_service(query)
    outcome: list[Rows | Exception] = []

    def evaluate() -> None:
        try:
            outcome.append(_select(store, query))
        except (SyntaxError, RuntimeError, ValueError, OSError, BadQuery) as error:
            outcome.append(error)

    # The engine lets other threads run and cannot be interrupted: a late query is left behind
    # in a thread that does not keep the process alive.
    thread = threading.Thread(target=evaluate, daemon=True, name="local query")
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise QueryTimeout(f"the query took more than {seconds:g} seconds; make it simpler")
    if isinstance(outcome[0], Rows):
        return outcome[0]
    if isinstance(outcome[0], SyntaxError):
        raise BadQuery(diagnose(query, str(outcome[0]))) from outcome[0]
    raise BadQuery(f"the query cannot be answered: {outcome[0]}") from outcome[0]


def check_syntax(query: str, prologue: str = "") -> None:
    """Raise BadQuery where *query* is not SPARQL 1.1 after *prologue*, or names SERVICE.

    The place in the message is that in *query*.

    >>> check_syntax("SELECT ?x { ?x a ex:Book }", "PREFIX ex: <https://example.org/>")
    """
    refuse_service(query)
    text = f"{prologue}\n{query}"
    try:
        Store().query(text)
    except SyntaxError as error:
        reason = diagnose(text, str(error))
        lines = prologue.count("\n") + 1
        place = _PLACE.sub(lambda match: f"line {int(match[1]) - lines}", reason, count=1)
        raise BadQuery(place) from error


def _select(store: Store, query: str) -> Rows:
    solutions = store.query(query)
    if not isinstance(solutions, QuerySolutions):
        raise BadQuery("it must be a SELECT query")
    variables = tuple(variable.value for variable in solutions.variables)
    return Rows(variables, tuple(tuple(solution) for solution in solutions))
