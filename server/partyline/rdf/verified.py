"""Canonical Turtle, read back and compared before it is used.

To compare two graphs with blank nodes is slow in general; here it takes linear time, because the
writer knows which label it has given to which node. Nodes without a label are nested: they have
at most one reference, lead into no circle that has no label, and are compared by their content.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256

from pyoxigraph import BlankNode, RdfFormat, Triple, parse

from partyline.errors import NotSerialisable
from partyline.rdf.nesting import Nesting, Term
from partyline.rdf.serialisable import check_rdf11
from partyline.rdf.turtle import TurtleWriter, turtle_text


def write_verified_turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Return *triples* as `write_turtle` does, after it was read back as the same graph.

    Raises NotSerialisable where it was not, or where RDF 1.1 cannot represent the triples.
    """
    rows = set(triples)
    check_rdf11(rows)
    writer = TurtleWriter(prefixes)
    written = turtle_text(writer, Nesting(rows))
    try:
        read = {quad.triple for quad in parse(written, format=RdfFormat.TURTLE)}
    except SyntaxError as error:
        raise NotSerialisable(f"what was written is not Turtle: {error}") from error
    # The parser keeps labels; what it names itself has other names.
    labels = {BlankNode(label): label for label in writer.labels.values()}
    if not is_same_graph((rows, writer.labels), (read, labels)):
        raise NotSerialisable("what was written is not read back as the same graph")
    return written


#: A graph, and the labels of those of its blank nodes that have one.
_Labelled = tuple[Iterable[Triple], Mapping[BlankNode, str]]


def is_same_graph(one: _Labelled, other: _Labelled) -> bool:
    """Tell whether two graphs are the same, where nodes with the same label are the same.

    Return False too where a node without a label has several references or leads to itself: it
    cannot be compared.

    >>> from pyoxigraph import NamedNode
    >>> a, b, p = BlankNode("a"), BlankNode("b"), NamedNode("urn:p")
    >>> is_same_graph(({Triple(p, p, a)}, {}), ({Triple(p, p, b)}, {}))
    True
    >>> is_same_graph(({Triple(p, p, a)}, {}), ({Triple(p, p, b), Triple(b, p, p)}, {}))
    False
    """
    contents = _content(*one), _content(*other)
    return contents[0] is not None and contents[0] == contents[1]


def _content(triples: Iterable[Triple], labels: Mapping[BlankNode, str]) -> Counter[str] | None:
    """Return what stands at the top, each with its count; None where that cannot be said."""
    by_subject: dict[Term, list[Triple]] = defaultdict(list)
    parents: dict[Term, Term] = {}
    for row in triples:
        by_subject[row.subject].append(row)
        if _is_nested(row.object, labels):
            if row.object in parents:
                return None
            parents[row.object] = row.subject
    names: dict[Term, str] = {}
    for node in _innermost_first(parents):
        rows = sorted(_line(row, labels, names) for row in by_subject[node])
        names[node] = sha256("\n".join(rows).encode()).hexdigest()
    if len(names) < len(parents):
        return None
    found: Counter[str] = Counter()
    for subject, outgoing in by_subject.items():
        if subject in parents:
            continue
        rows = sorted(_line(row, labels, names) for row in outgoing)
        found["\n".join([_name(subject, labels, names), *rows])] += 1
    return found


def _innermost_first(parents: Mapping[Term, Term]) -> list[Term]:
    """Return the nested nodes so that each stands behind those inside it, without circles."""
    inside = Counter(parents.values())
    ready = [node for node in parents if not inside[node]]
    for node in ready:  # grows
        above = parents[node]
        inside[above] -= 1
        if above in parents and not inside[above]:
            ready.append(above)
    return ready


def _is_nested(term: Term, labels: Mapping[BlankNode, str]) -> bool:
    return isinstance(term, BlankNode) and term not in labels


def _line(row: Triple, labels: Mapping[BlankNode, str], names: Mapping[Term, str]) -> str:
    return f"{row.predicate} {_name(row.object, labels, names)}"


def _name(term: Term, labels: Mapping[BlankNode, str], names: Mapping[Term, str]) -> str:
    if not isinstance(term, BlankNode):
        return str(term)
    return f"_:{labels[term]}" if term in labels else f"[{names.get(term, '')}]"
