"""The library owlrl as an engine: for comparison, and the oracle of the tests."""

from collections.abc import Iterable, Iterator

from partyline.reasoning.model.rules import Fact

_ERRORS = "http://www.daml.org/2002/03/agents/agent-ont#"


def expand(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield *facts* and what owlrl derives from them, facts with literal subjects included."""
    import owlrl  # a second of import that only this engine costs
    import rdflib

    from partyline.rdf.rdflib_bridge import from_rdflib, to_rdflib

    graph = rdflib.Graph()
    for row in facts:
        graph.add(tuple(map(to_rdflib, row)))  # type: ignore[arg-type]  # three of them
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    messages = {subject for subject in graph.subjects() if str(subject).startswith(_ERRORS)}
    for triple in graph:
        if not any(str(term).startswith(_ERRORS) for term in triple) and triple[0] not in messages:
            subject, predicate, object_ = map(from_rdflib, triple)
            yield subject, predicate, object_
