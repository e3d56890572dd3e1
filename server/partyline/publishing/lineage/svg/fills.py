"""Fills that a picture defines once and uses often: gradients and hatching."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from partyline.publishing.lineage.drawing import Ends
from partyline.publishing.lineage.svg.colours import DISPUTE, PAPER
from partyline.publishing.lineage.svg.elements import rectangle


@dataclass(slots=True)
class Fills:
    """The definitions of one picture. *prefix* makes their ids unique on a page."""

    prefix: str
    _gradients: dict[str, str] = field(default_factory=dict)
    _definitions: list[str] = field(default_factory=list)

    @property
    def hatching(self) -> str:
        """Return the fill that hatches."""
        return f"url(#{self.prefix}-hatch)"

    def stretch(
        self, ends: Ends, top: float, height: float, colour: str, css: str
    ) -> Iterator[str]:
        """Draw a stretch: solid where it is certain, and faded over exactly what is not."""
        solid = (ends.full, max(ends.partial, ends.full))
        fades = (("begin", ends.first, ends.full), ("end", max(ends.partial, ends.full), ends.last))
        if solid[1] - solid[0] > 0.01:
            yield rectangle(solid, top, height, f'class="{css}" fill="{colour}"')
        for side, left, right in fades:
            if right - left > 0.01:
                fill = self._gradient(side, colour, css)
                yield rectangle((left, right), top, height, f'class="soft {side}" fill="{fill}"')

    def _gradient(self, side: str, colour: str, css: str) -> str:
        """Return the fill that fades at *side* of whatever it fills."""
        key = f"{side} {css}"
        if key not in self._gradients:
            name = self._gradients[key] = f"{self.prefix}-g{len(self._gradients)}"
            opacities = (0.1, 1) if side == "begin" else (1, 0.1)
            stops = "".join(
                f'<stop class="{css}" offset="{place}" stop-color="{colour}" '
                f'stop-opacity="{opacity}"/>'
                for place, opacity in enumerate(opacities)
            )
            self._definitions.append(f'<linearGradient id="{name}">{stops}</linearGradient>')
        return f"url(#{self._gradients[key]})"

    def definitions(self) -> str:
        """Return the element that defines all fills that were used."""
        hatch = (
            f'<pattern id="{self.prefix}-hatch" width="6" height="6" '
            'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect class="paper" width="6" height="6" fill="{PAPER}" fill-opacity=".6"/>'
            f'<path class="dispute" d="M0 0v6" stroke="{DISPUTE}" stroke-width="1.6" '
            'stroke-opacity=".65"/></pattern>'
        )
        return f"<defs>{hatch}{''.join(self._definitions)}</defs>"
