"""The states above the axis of a picture."""

from collections.abc import Iterator

from partyline.publishing.lineage.drawing import ContextBox, Line
from partyline.publishing.lineage.labels import SMALL
from partyline.publishing.lineage.scene import Scene
from partyline.publishing.lineage.text_metrics import text_width

_BASELINE = 21.0


def context_boxes(scene: Scene) -> Iterator[ContextBox]:
    """Yield the states of *scene*, each with as much of its name as it has room for.

    The whole name is tried first, then the name without its qualifier, then the short one.

    Nothing is yielded for a small picture.
    """
    if scene.options.is_small:
        return
    axis, taken = scene.scale.axis, 0.0
    for bar in sorted(scene.contexts, key=lambda bar: (scene.scale.ends(bar)[0].first, bar.iri)):
        ends, _, _ = scene.scale.ends(bar)
        if ends.last <= axis.left or ends.first >= axis.right:
            continue
        ends = ends.limited(axis.left, axis.right)
        start = max(ends.first, taken) + 4
        whole = scene.names(bar.iri)
        fitting = (
            name
            for name in (whole, _unqualified(whole), bar.short)
            if name and start + text_width(name, SMALL) < ends.last - 4
        )
        label = None
        if name := next(fitting, ""):
            label = Line(name, start, _BASELINE, SMALL, faint=True)
            taken = start + text_width(name, SMALL)
        yield ContextBox(bar, ends, label)


def _unqualified(name: str) -> str:
    """Return *name* without what follows it in brackets, such as years, which the axis tells."""
    return name.partition(" (")[0]
