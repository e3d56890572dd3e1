"""Who left: signs that hang below a bar, and the names beside them, each where it is free."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from partyline.publishing.lineage.drawing import Box, Line, MarkSign
from partyline.publishing.lineage.model import Bar, Span
from partyline.publishing.lineage.scale import Scale
from partyline.publishing.lineage.text_metrics import text_width
from partyline.publishing.lineage.wording import short_date

_SIZE, _GAP, _SIGN = 10.5, 8.0, 9.0
#: Signs that are nearer than this share a caption.
_NEAR = 60.0
#: How far below the bar a caption may stand before it may be crossed by a join.
_FAR = 60.0


@dataclass(slots=True)
class Hanging:
    """What hangs below the bars of one row; y is measured from the top of the bars."""

    scale: Scale
    thickness: float
    colours: Mapping[str, int]
    names: Callable[[str], str]
    #: Bars that are drawn: a departure that led to one stands at the root of the join to it.
    drawn: Container[str]
    signs: list[MarkSign] = field(default_factory=list)
    captions: list[Line] = field(default_factory=list)
    _taken: list[Box] = field(default_factory=list)

    @property
    def depth(self) -> float:
        """Return how far below the bars anything reaches."""
        return max((box.bottom for box in self._taken), default=self.thickness) - self.thickness

    def hang(self, bars: Iterable[Bar]) -> None:
        """Hang one sign for each departure from *bars*, no two on one another."""
        seen: set[tuple[str, str]] = set()
        axis = self.scale.axis
        for bar in bars:
            for mark in bar.marks:
                x = self.scale.middle(mark.span)
                key = (mark.iri, mark.agent)
                if not axis.left < x < axis.right or key in seen or mark.founded in self.drawn:
                    continue
                seen.add(key)
                y = self.thickness + 7
                while self._is_taken(Box(x - 4.5, y - 4, x + 4.5, y + 4)):
                    y += _SIGN
                self._taken.append(Box(x - 4.5, y - 4.5, x + 4.5, y + 4.5))
                left, right = span_places(self.scale, mark.span)
                colour = self.colours.get(mark.agent)
                self.signs.append(MarkSign(mark, x, y, left, right, colour))

    def caption(self, passing: Sequence[float]) -> None:
        """Name who left beside their signs; *passing* are the joins that cross the space."""
        for group in _clusters(sorted(self.signs, key=lambda sign: (sign.x, sign.y))):
            left = max(sign.x for sign in group) + _GAP
            for text in self._wording(group):
                before = min(sign.x for sign in group) - _GAP
                box = self._free(left, before, text_width(text, _SIZE), passing)
                self._taken.append(box)
                self.captions.append(Line(text, box.left, box.bottom - 3, _SIZE))

    def _is_taken(self, box: Box) -> bool:
        return any(box.overlaps(other) for other in self._taken)

    def _free(self, left: float, before: float, width: float, passing: Sequence[float]) -> Box:
        """Return the first free place downwards: right of *left*, of a join there, or *before*."""
        edge = self.scale.options.width
        joins = (x + 4 for x in sorted(passing) if left < x < left + width)
        starts = [left, *joins, before - width - 4]
        fitting = [start for start in starts if 0 < start < edge - width - 4]
        fitting = fitting or [max(edge - width - 4, 0.0)]
        y, lowest = self.thickness + 11, self.thickness + _FAR
        while True:
            for start in fitting:
                box = Box(start, y - 8, start + width + 4, y + 4)
                # Where joins stand everywhere, a text over a line is better than none.
                crossed = y < lowest and any(box.left < x < box.right for x in passing)
                if not crossed and not self._is_taken(box):
                    return box
            y += 3

    def _wording(self, group: Sequence[MarkSign]) -> Iterator[str]:
        ordered = sorted(group, key=lambda sign: (sign.mark.span.earliest or date.min, sign.y))
        for text, same in groupby(ordered, key=lambda sign: short_date(sign.mark.date)):
            people = list(dict.fromkeys(self.names(sign.mark.agent) for sign in same))
            several = f"{people[0]} and {len(people) - 1} more"
            yield f"{', '.join(people) if len(people) < 4 else several} {text}"


def span_places(scale: Scale, span: Span) -> tuple[float, float]:
    """Return where *span* begins and ends on the axis."""
    first, last = span.earliest or span.latest, span.latest or span.earliest
    if first is None or last is None:
        return scale.axis.left, scale.axis.left
    return scale.axis.of(first), scale.axis.of(last, end=True)


def _clusters(signs: Sequence[MarkSign]) -> Iterator[list[MarkSign]]:
    """Yield signs that are near one another together."""
    group: list[MarkSign] = []
    for sign in signs:
        if group and sign.x - group[-1].x > _NEAR:
            yield group
            group = []
        group.append(sign)
    if group:
        yield group
