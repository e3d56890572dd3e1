"""Contradictions as a person reads them: what cannot be, which lines say so, what to mend."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from partyline.errors import Finding
from partyline.reasoning.closure import Closure
from partyline.reasoning.evaluation import Violation
from partyline.reasoning.proofs import Proof, Prover
from partyline.reasoning.rules import Fact, NotIn, Pattern, Slot, show
from partyline.sources import Origin, Sources
from partyline.vocabulary import OWL, RDF, RDFS

_SOME, _ANY = Variable("p"), Variable("o")

#: What is wrong, for each rule that concludes ``false``. The fields are the nodes of the premises.
_BOTH = "{0} is both {2} and {5}, which nothing can be"
_SENTENCES = {
    "cax-dw": _BOTH,
    "cax-adc": _BOTH,
    "cls-com": _BOTH,
    "cls-nothing2": "{0} is in a class that cannot have members",
    "eq-diff1": "{0} and {2} are said to be the same and to be different",
    "eq-diff2": "{0} and {2} are said to be the same and to be different",
    "eq-diff3": "{0} and {2} are said to be the same and to be different",
    "prp-irp": "{0} stands in the relation {1} to itself, which nothing can",
    "prp-asyp": "{0} and {2} stand in the relation {1} both ways, which cannot be",
    "prp-pdw": "{2} cannot be both {1} and {4} of {0}",
    "prp-adp": "{2} cannot be both {1} and {4} of {0}",
    "prp-npa1": "{0} {1} {2} is both stated and denied",
    "prp-npa2": "{0} {1} {2} is both stated and denied",
    "cls-maxc1": "{0} may have no {4}",
    "cls-maxqc1": "{0} may have no {4} of that kind",
    "cls-maxqc2": "{0} may have no {4}",
}
_REMEDIES = {
    "cax-dw": "mend the line that uses it as what it is not",
    "cax-adc": "mend the line that uses it as what it is not",
    "prp-irp": "one of the two ends is a slip",
    "prp-asyp": "remove the statement whose direction is wrong",
    "prp-pdw": "keep the one that the source says, remove the other",
    "prp-adp": "keep the one that the source says, remove the other",
    "dt-not-type": "write a value of the datatype, or the datatype of the value",
    "dt-diff": "keep the value that the source gives, or claim both and withhold",
}
_DIFFERENT = "if they are two, remove what makes them one; if they are one, remove the difference"
_REMEDY = "remove or mend one of the statements below"


def contradiction_findings(
    closure: Closure, sources: Sources, prefixes: Mapping[str, str]
) -> list[Finding]:
    """Return a finding for each contradiction, with the asserted lines that it rests on.

    Where several follow from one line, the one with the shortest proof is told.
    """
    writer = _Writer(closure, sources, prefixes)
    told: set[tuple[str, int, object]] = set()
    found = []
    prover = Prover.of(closure)
    proved = [(violation, _proofs(violation, prover)) for violation in closure.contradictions]
    proved.sort(key=lambda row: (sum(proof.depth() for proof in row[1]), str(row[0].premises)))
    for violation, proofs in proved:
        finding = writer.finding(violation, proofs)
        # One slip breaks several rules, and a symmetrical one twice.
        place = finding.path, finding.line
        keys = {(*place, finding.code), (*place, violation.premises[0][0])}
        if not keys & told:
            found.append(finding)
        told |= keys
    malformed = [writer.malformed(axiom) for axiom in closure.rules.malformed]
    return [*malformed, *sorted(found, key=lambda row: (row.path, row.line, row.code))]


def _proofs(violation: Violation, prover: Prover) -> list[Proof]:
    needed = (*violation.premises, *violation.constraint.axioms)
    return [proof for fact in dict.fromkeys(needed) if (proof := prover.prove(fact))]


class _Writer:
    """Writes findings with the names of one closure and the lines of its sources."""

    def __init__(self, closure: Closure, sources: Sources, prefixes: Mapping[str, str]) -> None:
        self._closure = closure
        self._sources = sources
        self._prefixes = prefixes
        self._kb = {document.path for document in sources.kb}

    def finding(self, violation: Violation, proofs: list[Proof]) -> Finding:
        """Return the finding of one contradiction."""
        name = violation.constraint.name
        axioms = {axiom for proof in proofs for axiom in proof.axioms()}
        axioms.update(violation.constraint.axioms)
        where = self._culprit((leaf for proof in proofs for leaf in proof.leaves()), axioms)
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
        predicate = self._name(axiom[1])
        message = f"the list of {predicate} is not well-formed, so the axiom would say nothing"
        return Finding(where.path, where.line, "list", message, "write it as ( … )")

    def _sentence(self, violation: Violation) -> str:
        constraint = violation.constraint
        nodes = [node for premise in violation.premises for node in premise]
        if constraint.name == "dt-not-type":
            return self._not_of_type(violation)
        if constraint.name == "dt-diff":
            values = [node for node in dict.fromkeys(nodes) if isinstance(node, Literal)]
            listed = " and ".join(map(str, values))
            return f"{self._name(nodes[0])} can have only one {self._name(nodes[1])}, not {listed}"
        sentence = _SENTENCES.get(constraint.name)
        if constraint.name == "eq-diff1" and nodes[0] == nodes[2]:
            sentence = "{0} is said to be different from itself"
        if sentence is None:
            statements = "; ".join(self._statement(premise) for premise in violation.premises)
            return f"these cannot be true together: {statements}"
        return sentence.format(*map(self._described, nodes))

    def _not_of_type(self, violation: Violation) -> str:
        test = violation.constraint.test
        if isinstance(test, NotIn):
            literal = dict(violation.binding)[test.variable]
            return f"{literal} is no value of {self._name(test.datatype)}"
        literal = violation.premises[0][2]
        return f"{literal} is no value of its datatype"

    def _explain(self, proof: Proof) -> Iterator[str]:
        rule = f"  by {proof.rule.name}, from" if proof.rule else ""
        yield f"{self._statement(proof.conclusion)}{rule}"
        if proof.rule:
            for leaf in proof.leaves():
                yield f"  {self._line(leaf)}"

    def _line(self, leaf: Fact) -> str:
        origins = self._origins(leaf)
        where = ", ".join(map(str, origins)) or "computed"
        return f"{where}: {self._statement(leaf)}"

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

    def _statement(self, statement: Pattern) -> str:
        return " ".join(map(self._name, statement))

    def _described(self, slot: Slot) -> str:
        """Return the name of a thing, or the label of a class with its article and its name."""
        if isinstance(slot, NamedNode) and self._closure.facts.match((slot, RDF.type, OWL.Class)):
            label = self._label(slot)
            if label:
                article = "an" if label[0] in "aeiouAEIOU" else "a"
                return f"{article} {label} ({self._name(slot)})"
        return self._name(slot)

    def _label(self, node: NamedNode) -> str | None:
        facts = self._closure.facts.match((node, RDFS.label, _ANY))
        labels = sorted(
            (row[2] for row in facts if isinstance(row[2], Literal)),
            key=lambda literal: (literal.language != "en", str(literal)),
        )
        return labels[0].value if labels else None

    def _name(self, slot: Slot) -> str:
        if slot == RDF.type:
            return "a"
        if isinstance(slot, BlankNode):
            return self._expression(slot)
        if isinstance(slot, NamedNode):
            fitting = [row for row in self._prefixes.items() if slot.value.startswith(row[1])]
            if fitting:
                prefix, iri = max(fitting, key=lambda row: len(row[1]))
                return f"{prefix}:{slot.value[len(iri) :]}"
        return show(slot)

    def _expression(self, node: BlankNode) -> str:
        """Describe a class expression by what is said of it."""
        said = [row for row in self._closure.facts.match((node, _SOME, _ANY)) if row[1] != RDF.type]
        parts = sorted(
            f"{self._name(row[1])} {self._name(row[2])}"
            for row in said
            if not isinstance(row[2], BlankNode) and row[1] in OWL
        )
        return f"[{', '.join(parts)}]" if parts else str(node)
