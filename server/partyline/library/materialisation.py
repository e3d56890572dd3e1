"""What follows from a graph or from files, as a value."""

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Protocol

from pyoxigraph import Triple

from partyline.findings import Finding
from partyline.reasoning import (
    ClosureProtocol,
    Fact,
    Json,
    Refutation,
    as_triple,
    inconsistencies_json,
    inconsistency_findings,
    refutations,
)
from partyline.sources import Sources
from partyline.sparql import GraphResult


class Statements(Protocol):
    """The statements of a closure, wherever they are kept."""

    @property
    def asserted(self) -> int:
        """Return the number of asserted triples."""
        ...

    @property
    def inferred(self) -> int:
        """Return the number of inferred triples."""
        ...

    def asserted_triples(self) -> Sequence[Triple]:
        """Return the asserted triples."""
        ...

    def triples(self) -> Sequence[Triple]:
        """Return the inferred triples."""
        ...

    def write(self, path: Path) -> None:
        """Write the inferred triples as N-Triples."""
        ...


class Materialisation:
    """Asserted triples, and those that follow from them by the rules of OWL 2 RL.

    Iterating gives both. Use ``inferred`` and ``asserted`` for one of them, as a `GraphResult`
    (``to_rdflib()``, ``to_pandas()``, ``to_polars()``, ``to_arrow()``). `partyline.why` proves
    each of the inferred ones, `partyline.query` evaluates queries on all.

    A large closure is kept in a database in a temporary folder, which is deleted with this object
    or by `close`.
    """

    def __init__(
        self,
        closure: ClosureProtocol,
        statements: Statements,
        prefixes: Mapping[str, str],
        locate: Callable[[frozenset[Triple]], Sources],
        close: Callable[[], None] | None = None,
    ) -> None:
        """Keep the parts; *locate* reads where triples stand, *close* frees what is held."""
        self.closure = closure
        self.statements = statements
        self.prefixes = prefixes
        self._locate = locate
        self._finalizer = weakref.finalize(self, close or (lambda: None))

    def __enter__(self) -> "Materialisation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the database of a large closure."""
        self._finalizer()

    def __iter__(self) -> Iterator[Triple]:
        return chain(self.asserted, self.inferred)

    def __len__(self) -> int:
        return self.statements.asserted + self.statements.inferred

    @cached_property
    def asserted(self) -> GraphResult:
        """Return the triples that were given."""
        return GraphResult(self.statements.asserted_triples(), self.prefixes)

    @cached_property
    def inferred(self) -> GraphResult:
        """Return the triples that follow and were not given."""
        return GraphResult(self.statements.triples(), self.prefixes)

    @cached_property
    def findings(self) -> list[Finding]:
        """Return the inconsistencies and malformed axioms, with the lines that they rest on."""
        return inconsistency_findings(
            self.closure, self._culprits, self.prefixes, self._refutations
        )

    def inconsistencies(self) -> list[Json]:
        """Return the inconsistencies with full proofs, as values for JSON."""
        return inconsistencies_json(self.closure, self._culprits, self.prefixes, self._refutations)

    def origins(self, facts: Iterable[Fact]) -> Callable[[Fact], list[str]]:
        """Return a function from one of *facts* to the ``file:line`` of each place that has it.

        The function keeps this object, and with it the database of its closure.
        """
        return partial(self._places, self._located(facts))

    def _places(self, sources: Sources, fact: Fact) -> list[str]:
        triple = as_triple(fact)
        found = sources.origins(triple) if triple else ()
        return [str(origin) for origin in found if origin.line]

    @cached_property
    def _refutations(self) -> list[Refutation]:
        return refutations(self.closure)

    @cached_property
    def _culprits(self) -> Sources:
        """The lines of what contradicts each other, and of malformed axioms."""
        leaves = chain.from_iterable(refutation.leaves() for refutation in self._refutations)
        return self._located(chain(leaves, self.closure.rules.malformed))

    def _located(self, facts: Iterable[Fact]) -> Sources:
        wanted = frozenset(triple for fact in facts if (triple := as_triple(fact)))
        return self._locate(wanted) if wanted else Sources((), ())

    def _repr_html_(self) -> str:
        counts = f"inferred from {self.statements.asserted} asserted triples"
        return f"{self.inferred._repr_html_()}<p>{counts}</p>"
