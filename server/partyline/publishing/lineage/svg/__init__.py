"""The drawing of a lineage as SVG: with a legend, or everything at a glance."""

from partyline.publishing.lineage.svg.overview import overview_svg
from partyline.publishing.lineage.svg.writer import SvgWriter

__all__ = ["SvgWriter", "overview_svg"]
