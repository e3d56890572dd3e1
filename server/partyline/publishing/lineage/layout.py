"""Place a lineage on a time axis: rows from kinship, labels and captions where they are free."""

from collections.abc import Callable
from dataclasses import dataclass

from partyline.publishing.lineage.bars import BarRow, thickness
from partyline.publishing.lineage.captions import Hanging
from partyline.publishing.lineage.contexts import context_boxes
from partyline.publishing.lineage.drawing import Drawing, Line, MarkSign
from partyline.publishing.lineage.joins import Joins
from partyline.publishing.lineage.model import Lineage, Selection
from partyline.publishing.lineage.outline import Outline
from partyline.publishing.lineage.scale import Options
from partyline.publishing.lineage.scene import Scene

#: Above the rows: the axis and the states, or the axis of a small picture.
_TOP, _SMALL_TOP = 62.0, 30.0
#: Above and below the bars of a row.
_ABOVE, _BELOW, _FOOT = 4.0, 12.0, 6.0
#: Below those of a small picture.
_SMALL_BELOW = 5.0


def layout(
    lineage: Lineage,
    names: Callable[[str], str],
    options: Options,
    selection: Selection | None = None,
) -> Drawing:
    """Place the bars of *selection*, or all of *lineage*; wings are drawn thin.

    Returns an empty drawing where no bar has a date within the years that are asked for.
    """
    chosen = selection or Selection(frozenset(lineage.bars))
    scene = Scene.of(lineage, names, options, chosen)
    joins = Joins(scene)
    rows, floor = _rows(scene, joins)
    boxes = {box.bar.iri: box for row in rows for box in row.bars.boxes()}
    paths = tuple(joins.paths(boxes))
    signs = (sign for row in rows for sign in row.signs)
    entries = Outline(scene.lineage, scene.arrangement, scene.scale, scene.names, joins.moment)
    return Drawing(
        axis=scene.scale.axis,
        width=options.width,
        height=floor + _FOOT,
        floor=floor,
        contexts=tuple(context_boxes(scene)),
        bars=tuple(boxes.values()),
        cuts=tuple(joins.cuts(boxes)),
        joins=paths,
        marks=(*joins.roots(paths), *signs),
        captions=tuple(line for row in rows for line in row.captions),
        colours=scene.colours,
        undated=scene.undated,
        outline=tuple(entries.entries()),
        names={**scene.names.known, **{bar.iri: scene.names(bar.iri) for bar in scene.undated}},
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A row at its place: its bars, and who left, below them."""

    bars: BarRow
    signs: tuple[MarkSign, ...]
    captions: tuple[Line, ...]


def _rows(scene: Scene, joins: Joins) -> tuple[list[_Row], float]:
    """Return the rows of *scene*, and the y at which the last one ends."""
    notes, passing = joins.notes(), joins.passing()
    rows = []
    y = _SMALL_TOP if scene.options.is_small else _TOP
    for number, tracks in enumerate(scene.arrangement.rows):
        names = [name for track in tracks for name in track]
        bars = [scene.lineage.bars[name] for name in names]
        labels, above = scene.labels.placed(bars, notes, passing.get(number, ()))
        top, tall = y + above + _ABOVE, thickness(scene, names)
        hanging = Hanging(scene.scale, tall, scene.colours, scene.names, scene.lineage.bars.keys())
        hanging.hang(bars)
        if not scene.options.is_small:
            hanging.caption(passing.get(number + 1, ()))
        placed = BarRow(scene, tracks, labels, top, top + tall)
        signs = tuple(sign.lowered(top) for sign in hanging.signs)
        rows.append(_Row(placed, signs, tuple(line.lowered(top) for line in hanging.captions)))
        y = top + tall + hanging.depth + (_SMALL_BELOW if scene.options.is_small else _BELOW)
    return rows, y
