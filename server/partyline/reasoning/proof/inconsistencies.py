"""Inconsistencies as a person reads them: what contradicts, in which lines, what to fix."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple, Variable

from partyline.findings import Finding
from partyline.reasoning.evaluate.closure import ClosureProtocol
from partyline.reasoning.evaluate.sparql import Inconsistency
from partyline.reasoning.model.rules import Fact, NotIn, Slot
from partyline.reasoning.proof.explanations import (
    Json,
    ProvenanceResolver,
    as_json,
    statement_json,
    term_json,
)
from partyline.reasoning.proof.names import Names
from partyline.reasoning.proof.proofs import Proof
from partyline.reasoning.proof.refutations import Refutation, refutations
from partyline.sources import Origin, Sources
from partyline.vocabulary import OWL, RDF, RDFS

_ANY = Variable("o")
#: Statements that a finding lists of what one premise rests on.
_MOST_LINES = 50

#: What is wrong, for each rule that concludes ``false``. The fields are the nodes of the premises.
_BOTH = "{0} is both {2} and {5}, which are disjoint"
_SENTENCES = {
    "cax-dw": _BOTH,
    "cax-adc": _BOTH,
    "cls-com": _BOTH,
    "cls-nothing2": "{0} is in a class that cannot have members",
    "eq-diff1": "{0} and {2} are both owl:sameAs and owl:differentFrom each other",
    "eq-diff2": "{0} and {2} are both owl:sameAs and owl:differentFrom each other",
    "eq-diff3": "{0} and {2} are both owl:sameAs and owl:differentFrom each other",
    "prp-irp": "{0} is related to itself by {1}, which is irreflexive",
    "prp-asyp": "{0} and {2} are related by {1} in both directions, which is asymmetric",
    "prp-pdw": "{0} has {2} as both {1} and {4}, which are disjoint properties",
    "prp-adp": "{0} has {2} as both {1} and {4}, which are disjoint properties",
    "prp-npa1": "{0} {1} {2} is both asserted and negated",
    "prp-npa2": "{0} {1} {2} is both asserted and negated",
    "cls-maxc1": "{0} has a value of {4}, which exceeds the maximum cardinality 0",
    "cls-maxqc1": "{0} has a value of {4}, which exceeds the maximum qualified cardinality 0",
    "cls-maxqc2": "{0} has a value of {4}, which exceeds the maximum qualified cardinality 0",
}
_REMEDIES = {
    "cax-dw": "fix the line that uses it as an instance of the wrong class",
    "cax-adc": "fix the line that uses it as an instance of the wrong class",
    "prp-irp": "check the subject and the object",
    "prp-asyp": "remove the statement whose direction is wrong",
    "prp-pdw": "keep the statement that the source supports, remove the other",
    "prp-adp": "keep the statement that the source supports, remove the other",
    "dt-not-type": "write a value of the datatype, or the datatype of the value",
    "dt-diff": "keep the value that the source gives, or claim both and withhold",
}
_DIFFERENT = "if they are two, remove what makes them one; if they are one, remove the difference"
_REMEDY = "remove or correct one of the statements below"


def inconsistency_findings(
    closure: ClosureProtocol,
    sources: Sources,
    prefixes: Mapping[str, str],
    refuted: Iterable[Refutation] | None = None,
) -> list[Finding]:
    """Return a finding for each contradiction, with the asserted lines that it rests on.

    Where several follow from one line, the one with the shortest proof is reported. *refuted*
    spares finding the proofs twice. Lists of axioms that are not well-formed are findings, too.
    """
    reported: set[tuple[str, int, object]] = set()
    found = []
    chosen = refutations(closure) if refuted is None else list(refuted)
    for refutation, finding in zip(
        chosen, refutation_findings(chosen, closure, sources, prefixes), strict=True
    ):
        # One error breaks several rules, and a symmetrical one twice.
        place = finding.path, finding.line
        keys = {(*place, finding.code), (*place, refutation.violation.premises[0][0])}
        if not keys & reported:
            found.append(finding)
        reported |= keys
    malformed = malformed_list_findings(closure, sources, prefixes)
    return [*malformed, *sorted(found, key=lambda row: (row.path, row.line, row.code))]


def refutation_findings(
    refuted: Iterable[Refutation],
    closure: ClosureProtocol,
    sources: Sources,
    prefixes: Mapping[str, str],
) -> list[Finding]:
    """Return the finding of each of *refuted*, in their order."""
    chosen = list(refuted)
    if not chosen:
        return []
    writer = _Writer(closure, sources, prefixes)
    return [writer.finding(row) for row in chosen]


def malformed_list_findings(
    closure: ClosureProtocol, sources: Sources, prefixes: Mapping[str, str]
) -> list[Finding]:
    """Return a finding for each axiom whose list is not well-formed."""
    if not closure.rules.malformed:
        return []
    writer = _Writer(closure, sources, prefixes)
    return [writer.malformed(axiom) for axiom in closure.rules.malformed]


def inconsistencies_json(
    closure: ClosureProtocol,
    sources: Sources,
    prefixes: Mapping[str, str],
    refuted: Iterable[Refutation] | None = None,
) -> list[Json]:
    """Return every contradiction as JSON: rule, axioms, individuals, and proofs down to lines."""
    writer = _Writer(closure, sources, prefixes)
    grounds = ProvenanceResolver(closure.facts, prefixes, writer.places)
    chosen = refutations(closure) if refuted is None else refuted
    return [_json(row, writer.finding(row), grounds) for row in chosen]


def _json(refutation: Refutation, finding: Finding, grounds: ProvenanceResolver) -> dict[str, Json]:
    violation = refutation.violation
    nodes = [node for premise in violation.premises for node in (premise[0], premise[2])]
    bound = [node for _, node in violation.binding] or nodes
    individuals = [node for node in dict.fromkeys(bound) if not isinstance(node, Literal)]
    return {
        "rule": violation.constraint.name,
        "message": finding.message,
        "remedy": finding.remedy,
        "origin": f"{finding.path}:{finding.line}",
        "individuals": [term_json(node) for node in individuals],
        "axioms": [statement_json(axiom) for axiom in violation.constraint.axioms],
        "proofs": [as_json(proof, grounds) for proof in refutation.proofs],
    }


class _Writer:
    """Writes findings with the names of one closure and the lines of its sources."""

    def __init__(
        self, closure: ClosureProtocol, sources: Sources, prefixes: Mapping[str, str]
    ) -> None:
        self._closure, self._prefixes = closure, prefixes
        self._sources = sources
        self._kb = {document.path for document in sources.kb}

    @cached_property
    def _names(self) -> Names:
        # Names read all facts, and most closures have nothing to report.
        return Names(self._closure.facts, self._prefixes)

    def finding(self, refutation: Refutation) -> Finding:
        """Return the finding of one contradiction."""
        violation, proofs = refutation.violation, refutation.proofs
        name = violation.constraint.name
        axioms = {axiom for proof in proofs for axiom in proof.axioms()}
        axioms.update(violation.constraint.axioms)
        where = self._culprit(refutation.leaves(), axioms)
        remedy = _DIFFERENT if name.startswith("eq-") else _REMEDIES.get(name, _REMEDY)
        return Finding(
            path=where.path,
            line=where.line,
            code=name,
            message=self._sentence(violation),
            remedy=remedy,
            details=tuple(line for proof in proofs for line in self._explain(proof)),
        )

    def malformed(self, axiom: Fact) -> Finding:
        """Return the finding of an axiom whose list cannot be read."""
        where = self._culprit([axiom], ())
        predicate = self._names.node(axiom[1])
        message = f"the list of {predicate} is not well-formed, so the axiom would have no effect"
        return Finding(where.path, where.line, "list", message, "write it as ( … )")

    def _sentence(self, violation: Inconsistency) -> str:
        constraint = violation.constraint
        nodes = [node for premise in violation.premises for node in premise]
        if constraint.name == "dt-not-type":
            return self._not_of_type(violation)
        if constraint.name == "dt-diff":
            values = [node for node in dict.fromkeys(nodes) if isinstance(node, Literal)]
            listed = " and ".join(map(str, values))
            subject, predicate = map(self._names.node, nodes[:2])
            return f"{subject} can have only one {predicate}, not {listed}"
        sentence = _SENTENCES.get(constraint.name)
        if constraint.name == "eq-diff1" and nodes[0] == nodes[2]:
            sentence = "{0} is owl:differentFrom itself"
        elif violation.premises == constraint.axioms:
            sentence = "a list of owl:AllDifferent names a resource twice"
        if sentence is None:
            statements = "; ".join(map(self._names.statement, violation.premises))
            return f"these statements contradict each other: {statements}"
        return sentence.format(*map(self._described, nodes))

    def _not_of_type(self, violation: Inconsistency) -> str:
        test = violation.constraint.test
        if isinstance(test, NotIn):
            literal = dict(violation.binding)[test.variable]
            return f"{literal} is not a valid value of {self._names.node(test.datatype)}"
        literal = violation.premises[0][2]
        return f"{literal} is not a valid value of its datatype"

    def _explain(self, proof: Proof) -> Iterator[str]:
        rule = f"  by {proof.rule.name}, from" if proof.rule else ""
        yield f"{self._names.statement(proof.conclusion)}{rule}"
        if proof.rule:
            leaves = [*proof.leaves()]
            for leaf in leaves[:_MOST_LINES]:
                yield f"  {self._line(leaf)}"
            if len(leaves) > _MOST_LINES:
                yield f"  and {len(leaves) - _MOST_LINES} more statements"

    def places(self, leaf: Fact) -> list[str]:
        """Return the ``file:line`` of every place that asserts *leaf*."""
        return [str(origin) for origin in self._origins(leaf)]

    def _line(self, leaf: Fact) -> str:
        origins = self._origins(leaf)
        where = ", ".join(map(str, origins)) or "computed"
        return f"{where}: {self._names.statement(leaf)}"

    def _culprit(self, leaves: Iterable[Fact], axioms: Collection[Fact]) -> Origin:
        """Choose the line to show: data before axioms, a use before a declaration."""
        lines = [
            (leaf in axioms, origin.path not in self._kb, leaf[1] == RDF.type, origin)
            for leaf in leaves
            for origin in self._origins(leaf)
        ]
        # Only facts computed by the build stand on no line, and none of them is alone.
        return min(lines)[-1] if lines else Origin("(computed)", 0)

    def _origins(self, leaf: Fact) -> tuple[Origin, ...]:
        subject, predicate, object_ = leaf
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            return ()
        return self._sources.origins(Triple(subject, predicate, object_))

    def _described(self, slot: Slot) -> str:
        """Return the name of a thing, or the label of a class with its article and its name."""
        if isinstance(slot, NamedNode) and self._closure.facts.match((slot, RDF.type, OWL.Class)):
            label = self._label(slot)
            if label:
                article = "an" if label[0] in "aeiouAEIOU" else "a"
                return f"{article} {label} ({self._names.node(slot)})"
        return self._names.node(slot)

    def _label(self, node: NamedNode) -> str | None:
        facts = self._closure.facts.match((node, RDFS.label, _ANY))
        labels = sorted(
            (row[2] for row in facts if isinstance(row[2], Literal)),
            key=lambda literal: (literal.language != "en", str(literal)),
        )
        return labels[0].value if labels else None
