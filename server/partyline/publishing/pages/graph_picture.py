"""A small graph as a picture in SVG: a column for each distance from where its arrows begin."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from partyline.display import in_markup
from partyline.publishing.lineage.text_metrics import fitting

#: Nodes, and arrows, that can be told from one another.
_MOST_NODES, _MOST_EDGES = 40, 60
#: Lengths in pixels: a box, the way between two columns, a line of text, the space around.
_BOX, _WAY, _LINE, _GAP, _SIZE = 190.0, 170.0, 18.0, 12.0, 13.0
_HEIGHT = 28.0


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from one node to another: their identities, and what they are called."""

    source: str
    source_name: str
    name: str
    target: str
    target_name: str
    is_literal: bool = False


def graph_picture(edges: Sequence[Edge]) -> str:
    """Return the picture of *edges*; empty where they are too many, or there are none."""
    nodes = {node for edge in edges for node in (edge.source, edge.target)}
    if not edges or len(nodes) > _MOST_NODES or len(edges) > _MOST_EDGES:
        return ""
    return "".join(_Picture(edges).parts())


class _Picture:
    """Where everything is: boxes in columns, and a port in a box for each arrow that ends there."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self._edges = edges
        self._names = {edge.source: edge.source_name for edge in edges} | {
            edge.target: edge.target_name for edge in edges
        }
        self._literals = {edge.target for edge in edges if edge.is_literal}
        self._incoming: Mapping[str, list[Edge]] = _grouped(edges)
        self._tops: dict[str, float] = {}
        self._lefts: dict[str, float] = {}
        columns = _sorted_columns(_columns(edges), edges)
        heights = [self._place(nodes, place) for place, nodes in enumerate(columns)]
        self._size = len(columns) * (_BOX + _WAY) - _WAY, max(heights)
        for nodes, height in zip(columns, heights, strict=True):
            for node in nodes:  # columns are centred
                self._tops[node] += (self._size[1] - height) / 2

    def _place(self, nodes: Sequence[str], column: int) -> float:
        top = _GAP
        for node in nodes:
            self._tops[node], self._lefts[node] = top, column * (_BOX + _WAY)
            top += self._height(node) + _GAP
        return top

    def _height(self, node: str) -> float:
        return max(_HEIGHT, len(self._incoming.get(node, ())) * _LINE)

    def parts(self) -> Iterator[str]:
        width, height = (round(length, 1) for length in self._size)
        yield (
            f'<svg class="neighbourhood" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
            f' height="{height:g}" role="img" aria-label="{len(self._edges)}">'
        )
        for node, edges in self._incoming.items():
            first = self._tops[node] + self._height(node) / 2 - (len(edges) - 1) * _LINE / 2
            for number, edge in enumerate(edges):
                yield from self._arrow(edge, self._lefts[node], first + number * _LINE)
        for node, name in self._names.items():
            yield from self._box(node, name)
        yield "</svg>"

    def _arrow(self, edge: Edge, x: float, y: float) -> Iterator[str]:
        begin = self._lefts[edge.source] + _BOX
        middle = self._tops[edge.source] + self._height(edge.source) / 2
        bend = begin + 24, x - _WAY + 24
        yield (
            f'<path class="line" d="M{begin:g} {middle:.1f}'
            f'C{bend[0]:g} {middle:.1f} {begin:g} {y:.1f} {bend[1]:g} {y:.1f}H{x - 6:g}"/>'
            f'<path class="tip" d="M{x:g} {y:.1f}l-6 -4v8z"/>'
        )
        text = fitting(edge.name, _WAY - 40, _SIZE)
        yield (
            f'<text class="property" x="{x - 10:g}" y="{y - 4:.1f}" text-anchor="end">'
            f"{in_markup(text)}{_title(edge.name, text)}</text>"
        )

    def _box(self, node: str, name: str) -> Iterator[str]:
        left, top, height = self._lefts[node], self._tops[node], self._height(node)
        css = "side" if node in self._literals else ""
        yield (
            f'<rect class="{css}" x="{left + 0.5:g}" y="{top:.1f}" width="{_BOX - 1:g}"'
            f' height="{height:g}" rx="{0 if node in self._literals else 4}"/>'
        )
        text = fitting(name, _BOX - 14, _SIZE)
        yield (
            f'<text x="{left + _BOX / 2:g}" y="{top + height / 2 + 4.5:.1f}" text-anchor="middle">'
            f"{in_markup(text)}{_title(name, text)}</text>"
        )


def _title(whole: str, shown: str) -> str:
    return f"<title>{in_markup(whole)}</title>" if whole != shown else ""


def _grouped(edges: Sequence[Edge]) -> dict[str, list[Edge]]:
    """Return the arrows that end in each node."""
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[edge.target].append(edge)
    return found


def _columns(edges: Sequence[Edge]) -> dict[str, int]:
    """Return the column of each node: the longest way to it from where arrows begin.

    An arrow that closes a circle counts for nothing.
    """
    following: dict[str, dict[str, None]] = defaultdict(dict)
    for edge in edges:
        following[edge.source][edge.target] = None
    targets = {edge.target for edge in edges if edge.source != edge.target}
    found: dict[str, int] = {}
    order: list[str] = []
    closing: set[tuple[str, str]] = set()

    def visit(node: str, within: frozenset[str]) -> None:
        found[node] = 0
        for other in following.get(node, ()):
            if other == node or other in within:
                closing.add((node, other))
            elif other not in found:
                visit(other, within | {node})
        order.append(node)

    for begin in sorted(following, key=lambda node: node in targets):  # a stable order
        if begin not in found:
            visit(begin, frozenset())
    for node in reversed(order):
        for other in following.get(node, ()):
            if (node, other) not in closing:
                found[other] = max(found[other], found[node] + 1)
    return found


def _sorted_columns(columns: Mapping[str, int], edges: Sequence[Edge]) -> list[list[str]]:
    """Return the nodes of each column, each near the middle of those that lead to it."""
    found: list[list[str]] = [[] for _ in range(max(columns.values()) + 1)]
    for node, column in columns.items():
        found[column].append(node)
    places = {node: place for nodes in found for place, node in enumerate(nodes)}
    sources: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if columns[edge.source] < columns[edge.target]:
            sources[edge.target].append(edge.source)
    for nodes in found[1:]:
        middles = {
            node: fmean(map(places.__getitem__, sources[node])) if sources[node] else places[node]
            for node in nodes
        }
        nodes.sort(key=lambda node: (middles[node], places[node]))
        places |= {node: place for place, node in enumerate(nodes)}
    return found
