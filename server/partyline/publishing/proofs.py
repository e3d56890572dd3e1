"""Why a release says something: proofs, what the conclusion depends on, and the rules applied."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from threading import BoundedSemaphore, Lock

from pyoxigraph import Literal, NamedNode, Triple, Variable

from partyline.errors import EngineBusy, QueryTimeout, UnknownStatement
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing, Statements
from partyline.rdf import write_turtle
from partyline.reasoning import (
    Derivations,
    Fact,
    Names,
    Pattern,
    Proof,
    ProvenanceResolver,
    Rule,
    Term,
    as_json,
    as_prov_triples,
    fact,
    passage_json,
    statement_json,
    term_json,
)
from partyline.releases import ProofSource, ReleaseProver
from partyline.sources.computed_bounds import COMPUTED
from partyline.vocabulary import PROV, RDF, RDFS, SH

#: Proofs of one statement that are looked for.
_MAX_PROOFS = 4
#: Seconds of CPU time that one explanation may take.
_SECONDS = 2.0
#: Explanations that are found at the same time.
_AT_ONCE = 2


_DISPUTED = Literal(
    "Asserted about a disputed matter or in a contradiction; excluded from reasoning.",
    language="en",
)


@dataclass(frozen=True, slots=True)
class _AllStatements:
    """The statements of a release as a graph, those that are disputed included."""

    statements: Statements

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        subject, predicate, object_ = (
            None if isinstance(slot, Variable) else slot for slot in pattern
        )
        if not isinstance(predicate, NamedNode | None):
            return ()
        return [fact(row.triple) for row in self.statements.match(subject, predicate, object_)]


@dataclass(frozen=True, slots=True)
class SourceReliance:
    """A source of the statements that a proof rests on."""

    source: NamedNode
    #: Whether the conclusion is not entailed without what this source alone is evidence of.
    required: bool


@dataclass(frozen=True, slots=True)
class StatementExplanation:
    """Why one statement is in a release."""

    goal: Fact
    standing: Standing
    #: The shortest first, each for another reason; none where the statement is disputed.
    proofs: tuple[Proof, ...]
    grounds: ProvenanceResolver
    #: Asserted statements, axioms included, without any one of which the goal is not entailed.
    indispensable: tuple[Fact, ...] = ()
    sources: tuple[SourceReliance, ...] = ()
    #: Whether an asserted goal would be entailed without being asserted.
    is_redundant: bool = False
    #: False where the search was bounded, so that *indispensable* and *sources* are unknown.
    is_complete: bool = True

    @property
    def text(self) -> str:
        """Return the statement with prefixed names."""
        return self.grounds.names.statement(self.goal)

    def to_json(self) -> dict[str, object]:
        """Return the explanation as values for JSON; terms as in SPARQL 1.1 results."""
        known = self.is_complete
        return {
            "statement": statement_json(self.goal),
            "text": self.text,
            "standing": self.standing.value,
            "origins": [*self.grounds.origins(self.goal)],
            "passages": [passage_json(row) for row in self.grounds.passages(self.goal)],
            "entailedWithoutAssertion": self.is_redundant if known else None,
            "proofs": [as_json(proof, self.grounds) for proof in self.proofs],
            "indispensable": [self._listed(row) for row in self.indispensable] if known else None,
            "sources": [
                {"source": term_json(row.source), "indispensable": row.required}
                for row in self.sources
            ]
            if known
            else None,
        }

    def _listed(self, leaf: Fact) -> dict[str, object]:
        return {
            "statement": statement_json(leaf),
            "text": self.grounds.names.statement(leaf),
            "origins": [*self.grounds.origins(leaf)],
        }


class ProofService:
    """Explains statements of one release to many threads at a time, within bounds.

    The rules are read from the release when the first statement is explained.
    """

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._reading = Lock()
        self._free = BoundedSemaphore(_AT_ONCE)
        self._source: ProofSource | None = None
        self._names: Names | None = None
        self._by_term: dict[NamedNode, list[Rule]] = {}

    def explain(self, triple: Triple) -> StatementExplanation:
        """Explain *triple*.

        Raises UnknownStatement where it is neither asserted nor entailed, QueryTimeout after two
        seconds of CPU time, and EngineBusy where other explanations leave no time for this one.
        """
        goal = fact(triple)
        if not self._free.acquire(timeout=_SECONDS):
            raise EngineBusy("Other proofs are being searched for. Repeat the request.")
        try:
            prover = self._proof_source().prover(_SECONDS)
            if stored := prover.published_form(goal):
                return self._proved(prover, stored)
        finally:
            self._free.release()
        prefixes, origins = self._publication.prefixes, prover.grounds.origins
        grounds = ProvenanceResolver(
            _AllStatements(self._publication.statements), prefixes, origins
        )
        for row in self._publication.statements.match(
            triple.subject, triple.predicate, triple.object
        ):
            return StatementExplanation(fact(row.triple), row.standing, (), grounds)
        statement = grounds.names.statement(goal)
        raise UnknownStatement(f"{statement}: this release neither asserts nor entails it.")

    def rules(self) -> Mapping[str, Sequence[Rule]]:
        """Return the rules compiled from the ontology of the release, by name."""
        found: dict[str, list[Rule]] = {}
        for rule in self._proof_source().rules:
            found.setdefault(rule.name, []).append(rule)
        return {name: found[name] for name in sorted(found)}

    def rules_about(self, term: NamedNode) -> Sequence[Rule]:
        """Return the rules that read or conclude something with *term*, by name."""
        source = self._proof_source()
        with self._reading:
            if not self._by_term:
                for rule in source.rules:
                    slots = {slot for pattern in (rule.head, *rule.body) for slot in pattern}
                    for slot in slots:
                        if isinstance(slot, NamedNode):
                            self._by_term.setdefault(slot, []).append(rule)
        return sorted(self._by_term.get(term, ()), key=lambda rule: (rule.name, str(rule.head)))

    def rule_texts(self, rules: Iterable[Rule]) -> list[str]:
        """Return what each of *rules* says, with prefixed names."""
        source = self._proof_source()
        with self._reading:
            if self._names is None:
                self._names = source.prover().grounds.names
            write = self._names.statement
            return [f"{', '.join(map(write, rule.body))} ⇒ {write(rule.head)}" for rule in rules]

    def grounds(self) -> ProvenanceResolver:
        """Return what asserted facts of the release rest on, for one thread."""
        return self._proof_source().prover(_SECONDS).grounds

    def rule_iri(self, name: str) -> NamedNode:
        """Return the IRI of the rule *name* of this release."""
        return NamedNode(f"{self._publication.knowledge.base}rules/{name}")

    def turtle(self, explanation: StatementExplanation) -> str:
        """Return the proofs as PROV-O in Turtle; each entailed statement names its rule.

        The rule of a statement is the object of ``sh:sourceRule``, as in SHACL 1.2 Rules, and is
        described at that address.
        """
        # A disputed statement has no proof: it is described as what somebody asserts.
        proofs = explanation.proofs or (Proof(explanation.goal),)
        triples = as_prov_triples(proofs, explanation.grounds, self.rule_iri)
        if explanation.standing is Standing.DISPUTED:
            triples |= {
                Triple(row.subject, RDFS.comment, _DISPUTED)
                for row in triples
                if row.predicate == RDF.type and row.object == RDF.Statement
            }
        return write_turtle(triples, self._prefixes())

    def _prefixes(self) -> dict[str, str]:
        known = {"prov": PROV.iri, "rdf": RDF.iri, "rdfs": RDFS.iri, "sh": SH.iri}
        return {**self._publication.prefixes, **known}

    def _proof_source(self) -> ProofSource:
        with self._reading:
            if self._source is None:
                self._source = ProofSource.of_release(self._publication.release)
            return self._source

    @staticmethod
    def _standing(goal: Fact, asserted: bool) -> Standing:
        # Proofs end at the bounds of a date too, which are computed and not asserted.
        return Standing.ASSERTED if asserted and goal[1] not in COMPUTED else Standing.INFERRED

    def _proved(self, prover: ReleaseProver, goal: Fact) -> StatementExplanation:
        asserted = prover.prover.is_asserted(goal)
        standing = self._standing(goal, asserted)
        proofs, derivations = _within_time(prover, goal)
        if derivations is None or not derivations.complete or not proofs:
            return StatementExplanation(goal, standing, proofs, prover.grounds, is_complete=False)
        return StatementExplanation(
            goal,
            standing,
            proofs,
            prover.grounds,
            derivations.indispensable([*proofs[0].leaves()]),
            tuple(_reliance(derivations, proofs[0], prover.grounds)),
            is_redundant=asserted and derivations.holds_without({goal}),
        )


def _within_time(prover: ReleaseProver, goal: Fact) -> tuple[tuple[Proof, ...], Derivations | None]:
    """Return the proofs that are found in time, and all derivations if there is time for them.

    Raises QueryTimeout where there is none for the first proof.
    """
    proofs: list[Proof] = []
    try:
        for proof in islice(prover.prover.proofs(goal), _MAX_PROOFS):
            proofs.append(proof)  # those before the time is over are kept
        return tuple(proofs), Derivations.of(prover.prover, goal)
    except QueryTimeout:
        if not proofs:
            raise
        return tuple(proofs), None


def _reliance(
    derivations: Derivations, proof: Proof, grounds: ProvenanceResolver
) -> Iterator[SourceReliance]:
    """Yield the sources of *proof*, with whether the goal is entailed without each."""
    sources = {leaf: _sources(leaf, grounds) for leaf in derivations.asserted}
    candidates = {source for leaf in proof.leaves() for source in sources.get(leaf, ())}
    for source in sorted(candidates, key=str):
        alone = {leaf for leaf, found in sources.items() if found == {source}}
        if isinstance(source, NamedNode):
            yield SourceReliance(source, not derivations.holds_without(alone))


def _sources(leaf: Fact, grounds: ProvenanceResolver) -> set[Term]:
    return {source for passage in grounds.passages(leaf) for source in passage.sources}


def rule_triples(rule: NamedNode, name: str, description: str, see: str) -> set[Triple]:
    """Return the description of a rule: a plan of PROV-O, with its specification."""
    return {
        Triple(rule, RDF.type, PROV.Plan),
        Triple(rule, RDFS.label, Literal(name)),
        Triple(rule, RDFS.comment, Literal(description, language="en")),
        Triple(rule, RDFS.seeAlso, NamedNode(see)),
    }
