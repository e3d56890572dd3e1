"""Facts as people read them: prefixed names, and class expressions by what they say."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, NamedNode, Variable

from partyline.rdf.curies import PrefixMap
from partyline.rdf.lists import MalformedList
from partyline.reasoning.compile.list_rules import members
from partyline.reasoning.model.rules import Pattern, Slot, show
from partyline.reasoning.model.triple_index import Graph
from partyline.vocabulary import OWL, RDF

_SOME, _ANY = Variable("p"), Variable("o")


@dataclass(frozen=True)
class Names:
    """Names nodes by *prefixes*, and blank nodes by their statements in *graph*."""

    graph: Graph
    prefixes: Mapping[str, str]

    @cached_property
    def _shortener(self) -> PrefixMap:
        return PrefixMap(self.prefixes)

    def statement(self, pattern: Pattern) -> str:
        """Return the names of the three positions of *pattern*."""
        return " ".join(map(self.node, pattern))

    def node(self, slot: Slot) -> str:
        """Return the name of *slot*, ``a`` for ``rdf:type``."""
        if slot == RDF.type:
            return "a"
        if isinstance(slot, BlankNode):
            return self._expression(slot)
        if isinstance(slot, NamedNode):
            name = self._shortener.prefixed_name(slot.value)
            return name or show(slot)
        return show(slot)

    def _expression(self, node: BlankNode) -> str:
        """Describe a class expression by its statements, a list by its members."""
        with suppress(MalformedList):
            return f"( {' '.join(map(self.node, members(self.graph, node)))} )"
        said = [row for row in self.graph.match((node, _SOME, _ANY)) if row[1] != RDF.type]
        parts = sorted(
            f"{self.node(row[1])} {self.node(row[2])}"
            for row in said
            if not isinstance(row[2], BlankNode) and row[1] in OWL
        )
        return f"[{', '.join(parts)}]" if parts else str(node)
