"""Rules as SPARQL updates on graphs that are named: what they read, and where they write."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Variable

from partyline.errors import SettingsError
from partyline.reasoning.evaluate.projection import (
    ABOUT_CLASSES,
    EVERYTHING,
    EXPRESSION,
    REFLEXIVE,
    TRUE_OF_ALL,
    VOCABULARIES,
)
from partyline.reasoning.model.rules import Pattern, Rule, Slot
from partyline.reasoning.model.stratification import Topic, topic
from partyline.vocabulary import RDF

#: What stands for the blank nodes of axioms, which no update can name.
NODE = "urn:partyline:node:"
#: What only a class expression, an axiom or a list has.
_PARTS = EXPRESSION | {RDF.first}


class Names:
    """The IRIs that stand for blank nodes of axioms."""

    def __init__(self) -> None:
        self._names: dict[BlankNode, NamedNode] = {}

    def text(self, slot: Slot) -> str:
        """Return *slot* as an update writes it."""
        if not isinstance(slot, BlankNode):
            return str(slot)
        name = self._names.setdefault(slot, NamedNode(f"{NODE}{len(self._names)}"))
        return str(name)

    def pattern(self, pattern: Pattern) -> str:
        """Return *pattern* as an update writes it."""
        return f"{' '.join(map(self.text, pattern))} ."


@dataclass(frozen=True)
class Graphs:
    """The graphs that updates read and write, by their IRIs."""

    #: What is given.
    given: Sequence[str]
    #: What has been derived; what the last round has, and what this round has derived.
    derived: str
    last: str
    this: str

    @property
    def using(self) -> str:
        """Return the clauses that make all that is known the default graph."""
        return " ".join(f"USING <{iri}>" for iri in (*self.given, self.derived))

    @property
    def all_from(self) -> str:
        """Return the same for a query."""
        return " ".join(f"FROM <{iri}>" for iri in (*self.given, self.derived))


def insertion(rule: Rule, graphs: Graphs, names: Names, target: str) -> str:
    """Return the update that adds to *target* what *rule* concludes and nobody knows yet."""
    body = " ".join(map(names.pattern, rule.body))
    return _insertion(rule, names, target, graphs.using, body)


def delta_insertions(rules: Sequence[Rule], graphs: Graphs, names: Names) -> Iterator[str]:
    """Yield the updates of a round: each has a premise among what the last round has derived."""
    heads = {topic(rule.head) for rule in rules}
    using = f"{graphs.using} USING NAMED <{graphs.last}>"
    for rule in rules:
        for place, premise in enumerate(rule.body):
            if not any(_may_agree(head, topic(premise)) for head in heads):
                continue
            patterns = [names.pattern(row) for row in rule.body]
            patterns[place] = f"GRAPH <{graphs.last}> {{ {patterns[place]} }}"
            yield _insertion(rule, names, graphs.this, using, " ".join(patterns))


def _may_agree(conclusion: Topic, premise: Topic) -> bool:
    """Tell whether a fact about *conclusion* may be one about *premise*."""
    pairs = zip(conclusion, premise, strict=True)
    return all(one is None or other is None or one == other for one, other in pairs)


def _insertion(rule: Rule, names: Names, target: str, using: str, body: str) -> str:
    head = names.pattern(rule.head)
    return (
        f"INSERT {{ GRAPH <{target}> {{ {head} }} }} {using} WHERE {{ {body}"
        f" FILTER NOT EXISTS {{ {head} }}{_conditions(rule.head)} }}"
    )


def _conditions(head: Pattern) -> str:
    """Return the filters of a conclusion: it is a triple of RDF, and no trivial one."""
    subject, predicate, object_ = head
    found = f" FILTER(!isLiteral({subject}))" if isinstance(subject, Variable) else ""
    both = isinstance(subject, Variable) and isinstance(object_, Variable)
    if both and predicate in REFLEXIVE:
        found += f" FILTER(!sameTerm({subject}, {object_}))"
    return found


def publication(graphs: Graphs, target: str) -> str:
    """Return the update that copies to *target* what is worth a triple of what was derived.

    As `partyline.reasoning.evaluate.projection` says: nothing that holds of everything, nothing
    about class expressions, and nothing about the terms of OWL itself.
    """
    using = " ".join(f"USING <{iri}>" for iri in graphs.given)
    always = f"?p IN ({_listed(TRUE_OF_ALL)}) && ?o IN ({_listed(EVERYTHING)})"
    own = " || ".join(f'STRSTARTS(STR(?s), "{iri}")' for iri in VOCABULARIES)
    filters = [
        f"!({always})",
        f"!isIRI(?s) || !({own})",
        *(f'!isIRI({name}) || !STRSTARTS(STR({name}), "{NODE}")' for name in ("?s", "?p", "?o")),
        f"!isBlank(?s) || NOT EXISTS {{ ?s ?sp ?sv FILTER(?sp IN ({_listed(_PARTS)})) }}",
        f"!isBlank(?o) || ?p NOT IN ({_listed(ABOUT_CLASSES)}) || NOT EXISTS"
        f" {{ ?o ?op ?ov FILTER(?op IN ({_listed(_PARTS)})) }}",
    ]
    conditions = " ".join(f"FILTER({row})" for row in filters)
    return (
        f"INSERT {{ GRAPH <{target}> {{ ?s ?p ?o }} }} {using} USING NAMED <{graphs.derived}>"
        f" WHERE {{ GRAPH <{graphs.derived}> {{ ?s ?p ?o }} {conditions} }}"
    )


def _listed(terms: Iterable[NamedNode]) -> str:
    return ", ".join(sorted(map(str, terms)))


def check_iri(text: str) -> None:
    """Raise SettingsError for what is not an absolute IRI, and would be part of an update."""
    try:
        NamedNode(text)
    except ValueError as error:
        raise SettingsError(f"{text}: not the IRI of a graph: {error}") from error
