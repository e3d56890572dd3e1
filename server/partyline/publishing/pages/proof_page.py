"""The page that explains a statement: its proofs as numbered sentences, and what it depends on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from partyline.publishing.pages.evidence import PassageView, passage_view
from partyline.publishing.pages.view_models import Link, Presenter, Value, Words
from partyline.publishing.proofs import StatementExplanation
from partyline.publishing.statements import Standing
from partyline.reasoning import (
    Fact,
    Proof,
    ProvenanceResolver,
    Term,
    as_text,
    is_axiom,
    shortened,
)
from partyline.sources.computed_bounds import COMPUTED


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement in the words of its labels, and with prefixed names."""

    subject: Value
    predicate: Value
    object: Value
    code: str


@dataclass(frozen=True, slots=True)
class AxiomView:
    """An axiom of the ontology with prefixed names, and where it is asserted."""

    code: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """One application of a rule."""

    rule: str
    axioms: tuple[AxiomView, ...]


@dataclass(frozen=True, slots=True)
class RestatementView:
    """A conclusion from a single statement, such as the inverse of it."""

    statement: StatementView
    application: ApplicationView


@dataclass(frozen=True, slots=True)
class GroundView:
    """What a statement that no rule concludes rests on, in words, and where it is asserted."""

    words: str
    #: ``file:line`` of each place.
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One step of a proof: an asserted statement with its passages, or a conclusion."""

    number: int
    statement: StatementView
    #: Where it is asserted, or what it is computed from; None for a conclusion.
    ground: GroundView | None = None
    passages: tuple[PassageView, ...] = ()
    #: Numbers of the sentences that already quote further passages of this one.
    quoted_above: tuple[int, ...] = ()
    #: The rule that concludes it; None where it is asserted.
    application: ApplicationView | None = None
    premises: tuple[int, ...] = ()
    restatements: tuple[RestatementView, ...] = ()
    #: Whether the goal would not be entailed without it.
    indispensable: bool = False
    #: The number of steps to it that are left out, and the address of the page that has them.
    omitted: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class ProofView:
    """A proof as sentences, each after those that it rests on; the last is the conclusion."""

    sentences: tuple[SentenceView, ...]
    #: The formal proof, as a tree of lines.
    tree: str


@dataclass(frozen=True, slots=True)
class RelianceView:
    """A source, and whether the statement is not entailed without it."""

    source: Link
    required: bool


@dataclass(frozen=True, slots=True)
class ProofPage:
    """Everything that the page of an explanation shows."""

    statement: StatementView
    standing: Standing
    #: Where it is asserted, or what it is computed from.
    ground: GroundView
    #: Passages of a disputed statement, which has no proof.
    passages: tuple[PassageView, ...]
    proofs: tuple[ProofView, ...]
    axioms: tuple[AxiomView, ...]
    sources: tuple[RelianceView, ...]
    is_redundant: bool
    is_complete: bool


def proof_page(presenter: Presenter, explanation: StatementExplanation) -> ProofPage:
    """Return the page of *explanation*."""
    grounds, goal = explanation.grounds, explanation.goal
    words = _Wording(presenter, grounds)
    disputed = explanation.standing is Standing.DISPUTED
    return ProofPage(
        statement=words.statement(goal),
        standing=explanation.standing,
        ground=words.ground(goal),
        passages=words.passages(goal) if disputed else (),
        proofs=tuple(
            ProofView(
                tuple(_Narration(words, shortened(proof), explanation.indispensable).sentences()),
                as_text(proof, grounds),
            )
            for proof in explanation.proofs
        ),
        axioms=tuple(words.axiom(leaf) for leaf in explanation.indispensable if is_axiom(leaf)),
        sources=tuple(
            RelianceView(presenter.link(row.source), row.required) for row in explanation.sources
        ),
        is_redundant=explanation.is_redundant,
        is_complete=explanation.is_complete,
    )


@dataclass(frozen=True, slots=True)
class _Wording:
    """Turns facts into what the template receives."""

    presenter: Presenter
    grounds: ProvenanceResolver

    def statement(self, row: Fact) -> StatementView:
        subject, predicate, object_ = map(self._term, row)
        return StatementView(subject, predicate, object_, self.grounds.names.statement(row))

    def origins(self, row: Fact) -> tuple[str, ...]:
        return tuple(self.grounds.origins(row))

    def ground(self, row: Fact) -> GroundView:
        """Say where *row* is asserted; the bounds of a date are computed from it instead."""
        places = self.origins(row)
        if row[1] in COMPUTED and places and places[0].startswith("computed"):
            return GroundView(f"C{', '.join(places)[1:]}")
        return GroundView("Asserted", places)

    def axiom(self, row: Fact) -> AxiomView:
        return AxiomView(self.grounds.names.statement(row), self.origins(row))

    def passages(self, row: Fact) -> tuple[PassageView, ...]:
        found = (passage.node for passage in self.grounds.passages(row))
        return tuple(
            passage_view(self.presenter, node) for node in found if isinstance(node, NamedNode)
        )

    def _term(self, term: Term) -> Value:
        if isinstance(term, NamedNode):
            return Value(Standing.ASSERTED, link=self.presenter.link(term))
        if isinstance(term, Literal):
            return Value(Standing.ASSERTED, words=self.presenter.words(term))
        name = self.grounds.names.node(term)
        return Value(Standing.ASSERTED, words=Words(name, name))


@dataclass(slots=True)
class _Narration:
    """Tells one proof; a statement and what follows from it alone are one sentence."""

    words: _Wording
    proof: Proof
    indispensable: Sequence[Fact]
    _numbers: dict[Fact, int] = field(default_factory=dict)
    _sentences: list[SentenceView] = field(default_factory=list)
    #: The sentence that first quotes each passage.
    _quoted: dict[str, int] = field(default_factory=dict)

    def sentences(self) -> Iterator[SentenceView]:
        """Yield the sentences of the proof in the order in which they are read."""
        restated: dict[Fact, dict[Fact, Proof]] = {}
        self._gather(self.proof, restated, set())
        self._tell(self.proof, restated)
        yield from self._sentences

    def _premises(self, proof: Proof) -> list[Proof]:
        """Return the premises that are data; all of them where the goal is an axiom."""
        if is_axiom(self.proof.conclusion):
            return [*proof.premises]
        return [row for row in proof.premises if not is_axiom(row.conclusion)]

    def _is_restatement(self, proof: Proof) -> bool:
        """Tell whether *proof* concludes from a single statement, and is not the goal itself."""
        return proof is not self.proof and len(self._premises(proof)) == 1

    def _base(self, proof: Proof) -> Proof:
        while self._is_restatement(proof):
            proof = self._premises(proof)[0]
        return proof

    def _gather(
        self, proof: Proof, restated: dict[Fact, dict[Fact, Proof]], seen: set[Fact]
    ) -> None:
        """Collect the restatements of each sentence, in the order in which they are concluded."""
        if proof.conclusion in seen:
            return
        seen.add(proof.conclusion)
        for premise in self._premises(proof):
            self._gather(premise, restated, seen)
        if self._is_restatement(proof):
            base = self._base(proof).conclusion
            restated.setdefault(base, {})[proof.conclusion] = proof

    def _tell(self, proof: Proof, restated: dict[Fact, dict[Fact, Proof]]) -> int:
        """Write the sentence of *proof*, after those of its premises; return its number."""
        base = self._base(proof)
        if base.conclusion in self._numbers:
            return self._numbers[base.conclusion]
        premises = tuple(self._tell(row, restated) for row in self._premises(base))
        number = self._numbers[base.conclusion] = len(self._sentences) + 1
        application = None if base.rule is None else self._application(base)
        passages, above = self._passages(base, number)
        self._sentences.append(
            SentenceView(
                number=number,
                statement=self.words.statement(base.conclusion),
                ground=None if application else self.words.ground(base.conclusion),
                passages=passages,
                quoted_above=above,
                application=application,
                premises=tuple(dict.fromkeys(premises)),
                restatements=tuple(
                    RestatementView(self.words.statement(row.conclusion), self._application(row))
                    for row in restated.get(base.conclusion, {}).values()
                ),
                indispensable=base.conclusion in self.indispensable
                and not is_axiom(base.conclusion),
                omitted=base.omitted,
                why=self.words.presenter.explanation(*base.conclusion) if base.omitted else "",
            )
        )
        return number

    def _passages(
        self, proof: Proof, number: int
    ) -> tuple[tuple[PassageView, ...], tuple[int, ...]]:
        """Return the passages to quote here, and the sentences that quote the others."""
        if proof.rule is not None or is_axiom(proof.conclusion):
            return (), ()
        here, above = [], []
        for passage in self.words.passages(proof.conclusion):
            first = self._quoted.setdefault(passage.link.iri, number)
            if first == number:
                here.append(passage)
            else:
                above.append(first)
        return tuple(here), tuple(sorted(set(above)))

    def _application(self, proof: Proof) -> ApplicationView:
        data = {row.conclusion for row in self._premises(proof)}
        axioms = (row for row in proof.premises if row.conclusion not in data)
        ends = (end for row in axioms for end in row.parts() if end.rule is None or end.omitted)
        name = proof.rule.name if proof.rule else ""
        stated = dict.fromkeys(end.conclusion for end in ends)
        return ApplicationView(name, tuple(map(self.words.axiom, stated)))
