"""Which blank nodes of a graph Turtle can write inside the one statement that names them.

Everything here is iterative and, but for the order of equal-looking nodes, linear: a list of
100,000 members and a chain of 100,000 blank nodes are nothing special.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.vocabulary import RDF

Term = NamedNode | BlankNode | Literal | Triple
Properties = Mapping[NamedNode, list[Term]]

#: Looked up once: a large list asks for them a million times.
_FIRST, _REST, _NIL = RDF.first, RDF.rest, RDF.nil
#: Blank nodes inside blank nodes; what is deeper gets a label. Readers that recurse stay safe.
DEEPEST = 32
#: Levels of blank nodes that decide the order of blank nodes, and characters of a key.
_KEY_DEPTH, _KEY_LENGTH = 12, 4000


class Nesting:
    """The statements of a graph by subject, and which blank nodes are nested or lists.

    The blank nodes in *shared* occur outside the graph too: they need labels.
    """

    def __init__(self, triples: Iterable[Triple], shared: Iterable[BlankNode] = ()) -> None:
        self.by_subject: dict[Term, dict[NamedNode, list[Term]]] = defaultdict(dict)
        #: How often each blank node is an object.
        self.references: Counter[Term] = Counter({node: 2 for node in shared})
        self._parents: dict[Term, tuple[Term, NamedNode]] = {}
        for subject, predicate, object_ in triples:
            self.by_subject[subject].setdefault(predicate, []).append(object_)
            if isinstance(object_, BlankNode):
                self.references[object_] += 1
                self._parents[object_] = subject, predicate
        self.nested = self._find_nested()
        #: The cells of lists that are written as ``( … )``.
        self.cells = self._find_cells()
        self._limit_depth()
        self._keys: dict[tuple[Term, int], str] = {}

    def members(self, head: Term) -> list[Term] | None:
        """Return the members of the list that can be written as ``( … )`` at *head*, or None."""
        if head not in self.cells:
            return None
        members = []
        while head != _NIL:
            cell = self.by_subject[head]
            members.append(cell[_FIRST][0])
            head = cell[_REST][0]
        return members

    def content_key(self, node: Term, depth: int = _KEY_DEPTH) -> str:
        """Return a text that orders *node* by what it says, not by its label."""
        if not isinstance(node, BlankNode):
            return str(node)
        if node not in self.by_subject or not depth:
            return ""
        if (node, depth) not in self._keys:
            rows = [
                f"{predicate} {self.content_key(object_, depth - 1)}"
                for predicate, objects in self.by_subject[node].items()
                for object_ in objects
            ]
            self._keys[node, depth] = ("[" + ";".join(sorted(rows)) + "]")[:_KEY_LENGTH]
        return self._keys[node, depth]

    def _find_nested(self) -> set[Term]:
        """Return the blank nodes with one reference that no circle of blank nodes leads to."""
        outcome: dict[Term, bool] = {}
        for start in self._parents:
            trail: dict[Term, None] = {}
            node = start
            while node not in outcome and self._once(node) and node not in trail:
                trail[node] = None
                node = self._parents[node][0]
            # The trail ends at what is written at the top, or has run into a circle.
            free = outcome.get(node, node not in trail)
            outcome.update(dict.fromkeys(trail, free))
        return {node for node, nested in outcome.items() if nested}

    def _once(self, node: Term) -> bool:
        return self.references[node] == 1 and node in self.by_subject

    def _find_cells(self) -> set[Term]:
        """Return the nested cells of lists that end in rdf:nil and say nothing but the list."""
        ends = [node for node in self.nested if _NIL in self.by_subject[node].get(_REST, ())]
        cells: set[Term] = set()
        for cell in ends:
            while cell in self.nested and self._plain(self.by_subject[cell]):
                cells.add(cell)
                above, predicate = self._parents[cell]
                if predicate != _REST:
                    break
                cell = above
        return cells

    @staticmethod
    def _plain(properties: Properties) -> bool:
        first, rest = properties.get(_FIRST, ()), properties.get(_REST, ())
        return len(properties) == 2 and len(first) == 1 and len(rest) == 1

    def _limit_depth(self) -> None:
        """Take what is nested too deeply out of *nested*: it begins a block of its own."""
        stack = [(node, 0) for node in self.by_subject if node not in self.nested]
        while stack:
            node, depth = stack.pop()
            for predicate, objects in self.by_subject[node].items():
                # The cells of a list stand side by side.
                below = depth + (node not in self.cells or predicate != _REST)
                for object_ in objects:
                    if object_ not in self.nested:
                        continue
                    if below > DEEPEST:
                        self.nested.discard(object_)
                        self.cells.discard(object_)
                    stack.append((object_, below if object_ in self.nested else 0))
