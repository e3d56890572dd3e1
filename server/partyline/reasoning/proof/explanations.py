"""A proof as people and programs read it: a tree of lines, JSON, and PROV-O in Turtle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from partyline.rdf import write_turtle
from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Fact, Rule
from partyline.reasoning.model.triple_index import Graph
from partyline.reasoning.proof.names import Names
from partyline.reasoning.proof.proofs import Proof, shortened
from partyline.vocabulary import OA, PL, PROV, RDF, RDFS, SH

_Y = Variable("y")
#: What JSON holds.
Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a source that an asserted fact rests on."""

    node: Term
    quotations: tuple[Literal, ...]
    sources: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class ProvenanceResolver:
    """The files and lines of asserted facts, and the passages that support them."""

    graph: Graph
    prefixes: Mapping[str, str]
    #: The ``file:line`` of every place that asserts a fact.
    origins: Callable[[Fact], Sequence[str]] = lambda fact: ()

    @property
    def names(self) -> Names:
        """Return the names of nodes."""
        return Names(self.graph, self.prefixes)

    def passages(self, fact: Fact) -> list[Passage]:
        """Return the passages that are evidence of the subject of *fact*."""
        found = (row[2] for row in self.graph.match((fact[0], PL.evidencedBy, _Y)))
        return [self._passage(node) for node in sorted(found, key=str)]

    def _passage(self, node: Term) -> Passage:
        selectors = [row[2] for row in self.graph.match((node, OA.hasSelector, _Y))]
        quotations = [row[2] for one in selectors for row in self.graph.match((one, OA.exact, _Y))]
        sources = [row[2] for row in self.graph.match((node, OA.hasSource, _Y))]
        literals = tuple(text for text in quotations if isinstance(text, Literal))
        return Passage(node, tuple(sorted(literals, key=str)), tuple(sorted(sources, key=str)))


def as_text(proof: Proof, grounds: ProvenanceResolver) -> str:
    """Return *proof* as a tree of lines: a conclusion, its rule, its premises below it.

    What was proved further up is not proved again, and a passage is quoted once. Of a large proof
    the top is written, see `shortened`.
    """
    return "\n".join(_lines(shortened(proof), grounds, grounds.names, set(), "", "")) + "\n"


def _lines(
    proof: Proof,
    grounds: ProvenanceResolver,
    names: Names,
    shown: set[object],
    first: str,
    rest: str,
) -> Iterator[str]:
    yield first + names.statement(proof.conclusion)
    if proof.rule is None:
        for line in _leaf(proof.conclusion, grounds, names, shown):
            yield f"{rest}  {line}"
        return
    if proof.conclusion in shown:
        yield f"{rest}  (see above)"
        return
    if proof.omitted:
        yield f"{rest}  by {proof.rule.name} (steps left out here: {proof.omitted})"
        return
    shown.add(proof.conclusion)
    yield f"{rest}  by {proof.rule.name}, from"
    for index, premise in enumerate(proof.premises):
        last = index == len(proof.premises) - 1
        yield from _lines(
            *(premise, grounds, names, shown),
            rest + ("└── " if last else "├── "),
            rest + ("    " if last else "│   "),
        )


def _leaf(
    fact: Fact, grounds: ProvenanceResolver, names: Names, shown: set[object]
) -> Iterator[str]:
    yield ", ".join(grounds.origins(fact)) or "asserted"
    for passage in grounds.passages(fact):
        if passage.node in shown:
            yield f"{names.node(passage.node)} (see above)"
            continue
        shown.add(passage.node)
        for quotation in passage.quotations:
            yield f"“{quotation.value}” ({names.node(passage.node)})"
        if not passage.quotations:
            yield names.node(passage.node)


def as_json(proof: Proof, grounds: ProvenanceResolver) -> dict[str, Json]:
    """Return *proof* as JSON: terms as in SPARQL results, premises nested.

    A conclusion that was proved further up is ``repeated``, without its premises. Of a large proof
    the top is written (see `shortened`): ``omittedSteps`` is the number of steps left out below a
    conclusion. PROV-O has all of them.
    """
    return _nested(shortened(proof), grounds, grounds.names, set())


def _nested(
    proof: Proof, grounds: ProvenanceResolver, names: Names, shown: set[Fact]
) -> dict[str, Json]:
    stated: dict[str, Json] = {
        "statement": statement_json(proof.conclusion),
        "text": names.statement(proof.conclusion),
    }
    if proof.rule is None:
        return stated | {
            "asserted": True,
            "origins": [*grounds.origins(proof.conclusion)],
            "passages": [passage_json(row) for row in grounds.passages(proof.conclusion)],
        }
    stated["rule"] = proof.rule.name
    stated["axioms"] = [statement_json(axiom) for axiom in proof.rule.axioms]
    if proof.conclusion in shown:
        return stated | {"repeated": True, "premises": []}
    if proof.omitted:
        return stated | {"omittedSteps": proof.omitted, "premises": []}
    shown.add(proof.conclusion)
    stated["premises"] = [_nested(premise, grounds, names, shown) for premise in proof.premises]
    return stated


def statement_json(fact: Fact) -> dict[str, Json]:
    """Return a fact as JSON, with its terms as in SPARQL results."""
    subject, predicate, object_ = map(term_json, fact)
    return {"subject": subject, "predicate": predicate, "object": object_}


def term_json(node: Term) -> dict[str, Json]:
    """Return a term as SPARQL 1.1 Query Results JSON writes it.

    >>> term_json(Literal("1992", language="en"))
    {'type': 'literal', 'value': '1992', 'xml:lang': 'en'}
    """
    if isinstance(node, NamedNode):
        return {"type": "uri", "value": node.value}
    if isinstance(node, BlankNode):
        return {"type": "bnode", "value": node.value}
    if node.language:
        return {"type": "literal", "value": node.value, "xml:lang": node.language}
    return {"type": "literal", "value": node.value, "datatype": node.datatype.value}


def passage_json(passage: Passage) -> dict[str, Json]:
    """Return a passage as JSON, with its terms as in SPARQL results."""
    return {
        "passage": term_json(passage.node),
        "quotations": [term_json(text) for text in passage.quotations],
        "sources": [term_json(source) for source in passage.sources],
    }


def as_prov(proofs: Sequence[Proof], grounds: ProvenanceResolver) -> str:
    """Return *proofs* as PROV-O in Turtle; see `as_prov_triples`."""
    prefixes = {**grounds.prefixes, "prov": PROV.iri, "rdf": RDF.iri, "rdfs": RDFS.iri}
    return write_turtle(as_prov_triples(proofs, grounds), prefixes)


def as_prov_triples(
    proofs: Sequence[Proof],
    grounds: ProvenanceResolver,
    rule_iri: Callable[[str], NamedNode] | None = None,
) -> set[Triple]:
    """Return *proofs* as PROV-O.

    Each fact is a reified statement and an entity; each application of a rule is an activity that
    used the premises; an asserted fact has its passages as primary sources and its lines as
    locations. With *rule_iri*, which gives the IRI of a rule by its name, an entailed statement
    has its rule as ``sh:sourceRule``.
    """
    triples: set[Triple] = set()
    for ordinal, proof in enumerate(proofs):
        _Provenance(grounds, f"proof{ordinal}", triples, rule_iri).entity(proof)
    return triples


class _Provenance:
    """Writes one proof; its blank nodes begin with *stem*."""

    def __init__(
        self,
        grounds: ProvenanceResolver,
        stem: str,
        triples: set[Triple],
        rule_iri: Callable[[str], NamedNode] | None,
    ) -> None:
        self._grounds = grounds
        self._rule_iri = rule_iri
        self._stem = stem
        self._triples = triples
        self._known: dict[Fact, BlankNode] = {}
        self._described: set[Fact] = set()

    def entity(self, proof: Proof) -> None:
        """Describe every fact of *proof*, and what it rests on, once."""
        for part in proof.parts():
            if part.conclusion not in self._described:
                self._described.add(part.conclusion)
                self._describe(part)

    def _node(self, fact: Fact) -> BlankNode:
        name = f"{self._stem}statement{len(self._known)}"
        return self._known.setdefault(fact, BlankNode(name))

    def _describe(self, proof: Proof) -> None:
        node = self._node(proof.conclusion)
        subject, predicate, object_ = proof.conclusion
        self._say(node, RDF.type, PROV.Entity)
        self._say(node, RDF.type, RDF.Statement)
        self._say(node, RDF.subject, subject)
        self._say(node, RDF.predicate, predicate)
        self._say(node, RDF.object, object_)
        if proof.rule is None:
            self._sources(node, proof.conclusion)
        else:
            self._generation(node, proof.rule, proof.premises)

    def _sources(self, node: BlankNode, fact: Fact) -> None:
        for passage in self._grounds.passages(fact):
            self._say(node, PROV.hadPrimarySource, passage.node)
        for ordinal, origin in enumerate(self._grounds.origins(fact)):
            place = BlankNode(f"{node.value}at{ordinal}")
            self._say(node, PROV.atLocation, place)
            self._say(place, RDF.type, PROV.Location)
            self._say(place, RDFS.label, Literal(origin))

    def _generation(self, node: BlankNode, rule: Rule, premises: Sequence[Proof]) -> None:
        activity = BlankNode(f"{node.value}by")
        self._say(node, PROV.wasGeneratedBy, activity)
        self._say(activity, RDF.type, PROV.Activity)
        self._say(activity, RDFS.label, Literal(rule.name))
        if self._rule_iri is not None:
            self._say(node, SH.sourceRule, self._rule_iri(rule.name))
        for premise in premises:
            used = self._node(premise.conclusion)
            self._say(activity, PROV.used, used)
            self._say(node, PROV.wasDerivedFrom, used)

    def _say(self, subject: BlankNode, predicate: NamedNode, object_: Term) -> None:
        self._triples.add(Triple(subject, predicate, object_))
