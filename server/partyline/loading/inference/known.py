"""What an endpoint knows before anything is derived: its axioms, its size, what it is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.errors import EngineError
from partyline.loading.patience import PatientEndpoint
from partyline.reasoning.compile.compiler import fact
from partyline.reasoning.evaluate.axioms import (
    AXIOM_CLASSES,
    AXIOM_PREDICATES,
    LISTS,
    CompiledAxioms,
    axioms,
    compile_axioms,
)
from partyline.reasoning.model.stratification import Topic
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF


@dataclass(frozen=True, slots=True)
class KnownGraphs:
    """Graphs of an endpoint, read as one."""

    endpoint: PatientEndpoint
    graphs: Sequence[str]

    @property
    def _from(self) -> str:
        return " ".join(f"FROM <{iri}>" for iri in self.graphs)

    def size(self) -> int:
        """Return the number of statements. Raises EngineError where there are none."""
        query = f"SELECT (COUNT(*) AS ?n) {self._from} WHERE {{ ?s ?p ?o }}"
        ((size,),) = self.endpoint.select(query)
        if not int(size):
            graphs = ", ".join(f"<{iri}>" for iri in self.graphs)
            raise EngineError(f"{self._address}: there are no statements in {graphs}")
        return int(size)

    def axioms(self) -> Facts:
        """Return the axioms, with the cells of the lists that they name."""
        predicates = ", ".join(sorted(map(str, (*AXIOM_PREDICATES, *LISTS))))
        classes = ", ".join(sorted(map(str, AXIOM_CLASSES)))
        query = (
            f"CONSTRUCT {{ ?s ?p ?o }} {self._from} WHERE {{ ?s ?p ?o FILTER(?p IN ({predicates})"
            f" || (?p = {RDF.type} && ?o IN ({classes}))) }}"
        )
        return axioms(Facts(map(fact, self.endpoint.construct(query))))

    def topics(self) -> Iterator[Topic]:
        """Yield what the statements are about."""
        query = f"SELECT DISTINCT ?p {self._from} WHERE {{ ?s ?p ?o }}"
        for (predicate,) in self.endpoint.select(query):
            yield NamedNode(predicate), None
        query = f"SELECT DISTINCT ?c {self._from} WHERE {{ ?s a ?c FILTER(isIRI(?c)) }}"
        for (class_,) in self.endpoint.select(query):
            yield RDF.type, NamedNode(class_)

    def compiled(self, stated: Facts) -> CompiledAxioms:
        """Compile the axioms *stated*.

        Raises EngineError where the rules need what an endpoint cannot do.
        """
        found = compile_axioms(stated, equality=False)
        rules = found.rules
        query = f"SELECT ?s {self._from} WHERE {{ ?s {OWL.sameAs} ?o FILTER(isIRI(?o)) }} LIMIT 1"
        concluded = [rule for rule in rules.rules if rule.head[1] == OWL.sameAs]
        reason = ""
        if concluded:
            reason = f"the rule {concluded[0].name} concludes owl:sameAs"
        elif self.endpoint.select(query):
            reason = "statements with owl:sameAs need a join for each pair of names"
        elif rules.datatypes:
            reason = f"a rule asks which literals are {rules.datatypes[0]}"
        if reason:
            raise EngineError(
                f"{self._address}: {reason}; compute it here: build a release and run"
                " 'partyline push'"
            )
        return found

    @property
    def _address(self) -> str:
        return self.endpoint.endpoint.addresses.query


def is_triple(row: tuple[object, object, object]) -> bool:
    """Tell whether *row*, a fact, is a triple that an update can insert."""
    subject, predicate, object_ = row
    return (
        isinstance(subject, NamedNode | BlankNode)
        and isinstance(predicate, NamedNode | BlankNode)
        and isinstance(object_, NamedNode | BlankNode | Literal)
        and not isinstance(object_, Triple)
    )
