"""Names of blank nodes that depend on nothing but the dataset: RDFC-1.0, with a limit.

https://www.w3.org/TR/rdf-canon/. A quad without blank nodes has no part in it.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import permutations
from typing import Any, TypeVar

from pyoxigraph import BlankNode, DefaultGraph, Quad

from partyline.errors import TooComplex

#: Permutations that are tried of nodes that look alike: what needs more was made to.
MOST_PERMUTATIONS = 20_000
#: Labels that are copied in the time in which one permutation is compared.
_LABELS_A_PERMUTATION = 64

_Result = TypeVar("_Result")
#: A function that yields each call of its own kind and is sent the result: see `_run`.
_Calls = Generator["_Calls[Any]", Any, _Result]


def canonical_labels(
    quads: Iterable[Quad], most: int = MOST_PERMUTATIONS
) -> Mapping[BlankNode, str]:
    """Return the canonical label of each blank node of *quads* (RDFC-1.0, section 4.4).

    Where every blank node differs from all others by the quads in which it is, this takes one
    hash for each of these; else some permutations more, and in a poisoned dataset factorials.

    Raises TooComplex after *most* permutations, or fewer where these are long.

    >>> from pyoxigraph import NamedNode
    >>> node, name = BlankNode("x"), NamedNode("urn:p")
    >>> list(canonical_labels([Quad(node, name, name)]).values())
    ['c14n0']
    """
    return _Canonicalisation(quads, most).labels()


class _Issuer:
    """Labels in the order in which nodes ask for them (section 4.5)."""

    def __init__(self, prefix: str, issued: Mapping[BlankNode, str] | None = None) -> None:
        self._prefix, self.issued = prefix, dict(issued or {})

    def issue(self, node: BlankNode) -> str:
        """Return the label of *node*, a new one if it has none."""
        return self.issued.setdefault(node, f"{self._prefix}{len(self.issued)}")

    def copy(self) -> "_Issuer":
        """Return an issuer that goes on from here."""
        return _Issuer(self._prefix, self.issued)


class _Canonicalisation:
    """The state of one run of the algorithm (section 4.3)."""

    def __init__(self, quads: Iterable[Quad], most: int) -> None:
        self._left = self._most = most
        self._quads: dict[BlankNode, list[Quad]] = defaultdict(list)
        for quad in quads:
            for node in {term for _, term in _blank_nodes(quad)}:
                self._quads[node].append(quad)
        self._first = {node: self._first_degree(node) for node in self._quads}
        self._canonical = _Issuer("c14n")

    def labels(self) -> Mapping[BlankNode, str]:
        """Return the canonical labels (section 4.4.3)."""
        alike: dict[str, list[BlankNode]] = defaultdict(list)
        for node, digest in self._first.items():
            alike[digest].append(node)
        for digest in sorted(alike):
            if len(alike[digest]) == 1:
                self._canonical.issue(alike[digest][0])
        for digest in sorted(alike):
            if len(alike[digest]) > 1:
                self._name(alike[digest])
        return self._canonical.issued

    def _name(self, alike: Sequence[BlankNode]) -> None:
        """Issue labels for the nodes *alike*, and for those that lead to them (step 5)."""
        found = []
        for node in alike:
            if node not in self._canonical.issued:
                issuer = _Issuer("b")
                issuer.issue(node)
                found.append(_run(self._all_degrees(node, issuer)))
        for _, issuer in sorted(found, key=lambda row: row[0]):
            for node in issuer.issued:
                self._canonical.issue(node)

    def _first_degree(self, node: BlankNode) -> str:
        """Return a hash of the quads of *node* (section 4.6)."""
        names = {node: "_:a"}
        lines = sorted(canonical_line(quad, names, "_:z") for quad in self._quads[node])
        return sha256("".join(lines).encode()).hexdigest()

    def _related(self, node: BlankNode, quad: Quad, issuer: _Issuer, position: str) -> str:
        """Return a hash of *node* as the node at *position* of *quad* (section 4.7)."""
        named = self._canonical.issued.get(node) or issuer.issued.get(node)
        predicate = "" if position == "g" else str(quad.predicate)
        text = f"_:{named}" if named else self._first[node]
        return sha256(f"{position}{predicate}{text}".encode()).hexdigest()

    def _all_degrees(self, node: BlankNode, issuer: _Issuer) -> _Calls[tuple[str, _Issuer]]:
        """Return a hash of all that leads to *node*, and the labels issued (section 4.8)."""
        related: dict[str, list[BlankNode]] = defaultdict(list)
        for quad in self._quads[node]:
            for position, other in _blank_nodes(quad):
                if other != node:
                    related[self._related(other, quad, issuer, position)].append(other)
        data = ""
        for digest in sorted(related):
            path, issuer = yield self._best_path(related[digest], issuer)
            data += digest + path
        return sha256(data.encode()).hexdigest(), issuer

    def _best_path(
        self, nodes: Sequence[BlankNode], issuer: _Issuer
    ) -> _Calls[tuple[str, _Issuer]]:
        """Return the least path through *nodes*, and the labels issued on it (step 5)."""
        best: tuple[str, _Issuer] | None = None
        for order in permutations(nodes):
            self._count(issuer)
            found = yield self._path(order, issuer.copy(), best[0] if best else "")
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        if best is None:  # there is at least one order, and the first is not given up
            raise RuntimeError("no order of the nodes has a path")
        return best

    def _path(
        self, order: Sequence[BlankNode], issuer: _Issuer, best: str
    ) -> _Calls[tuple[str, _Issuer] | None]:
        """Return the path in this *order*, or None where it cannot be less than *best*."""
        path, waiting = "", []
        for node in order:
            name = self._canonical.issued.get(node)
            if name is None:
                if node not in issuer.issued:
                    waiting.append(node)
                name = issuer.issue(node)
            path += f"_:{name}"
            if _is_behind(path, best):
                return None
        for node in waiting:
            digest, after = yield self._all_degrees(node, issuer)
            path += f"_:{issuer.issue(node)}<{digest}>"
            issuer = after
            if _is_behind(path, best):
                return None
        return path, issuer

    def _count(self, issuer: _Issuer) -> None:
        self._left -= 1 + len(issuer.issued) // _LABELS_A_PERMUTATION
        if self._left < 0:
            raise TooComplex(
                f"More than {self._most:,} permutations of blank nodes that look alike would be"
                " compared. Give them IRIs, or statements that tell them apart."
            )


def _run(call: _Calls[_Result]) -> _Result:
    """Return the result of *call*, with its own stack: a chain of nodes may have any length."""
    stack: list[_Calls[Any]] = [call]
    result: Any = None
    while stack:
        try:
            stack.append(stack[-1].send(result))
            result = None
        except StopIteration as end:
            result = end.value
            stack.pop()
    found: _Result = result
    return found


def _is_behind(path: str, best: str) -> bool:
    return bool(best) and len(path) >= len(best) and path > best


def _blank_nodes(quad: Quad) -> Iterator[tuple[str, BlankNode]]:
    for position, term in (("s", quad.subject), ("o", quad.object), ("g", quad.graph_name)):
        if isinstance(term, BlankNode):
            yield position, term


def canonical_line(quad: Quad, names: Mapping[BlankNode, str], other: str = "") -> str:
    """Return *quad* as a line of canonical N-Quads; blank nodes have *names*, or *other*."""
    terms = [quad.subject, quad.predicate, quad.object]
    if not isinstance(quad.graph_name, DefaultGraph):
        terms.append(quad.graph_name)
    written = (names.get(row, other) if isinstance(row, BlankNode) else str(row) for row in terms)
    return f"{' '.join(written)} .\n"
