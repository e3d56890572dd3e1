"""Pictures of the lineage in a release: each as SVG, as a nested list, and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock

from pyoxigraph import NamedNode

from partyline.edtf import Bounds, Certainty, as_of
from partyline.errors import UnknownResource
from partyline.publishing.lineage.answers import lineage
from partyline.publishing.lineage.card import card, filling_width
from partyline.publishing.lineage.drawing import Drawing
from partyline.publishing.lineage.layout import layout
from partyline.publishing.lineage.model import Bar, Edge, Join, Lineage
from partyline.publishing.lineage.overview import overview
from partyline.publishing.lineage.scale import Options
from partyline.publishing.lineage.svg import SvgWriter, overview_svg
from partyline.publishing.publication import Publication
from partyline.releases import ask_lineage, read_lineage_queries

#: The widths of a small picture and of others, in pixels.
_SMALL_WIDTH, _WIDTH = 660.0, 1180.0
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what it shows."""

    title: str
    description: str
    drawing: Drawing
    #: IRI of the bar whose line it is; empty for the whole.
    focus: str
    years: tuple[float, float] | None
    model: Lineage
    #: The day that is marked, or None.
    day: date | None = None

    @property
    def held(self) -> Mapping[str, Certainty]:
        """Return whether each bar held on the day that is marked; nothing where none is."""
        day = self.day
        if day is None:
            return {}
        return {iri: as_of(bar.lifetime, day) for iri, bar in self.model.bars.items()}

    def of(self, certainty: Certainty) -> list[str]:
        """Return the IRIs of the bars that held with *certainty*."""
        return [iri for iri, found in self.held.items() if found is certainty]

    def to_json(self) -> Json:
        """Return the model: spans are pairs of days, both included, null where not known.

        ``axis`` maps decimal years to pixels of the picture, linearly.
        """
        axis = self.drawing.axis
        return {
            "title": self.title,
            "focus": self.focus or None,
            "asOf": self._as_of(),
            "axis": {"low": axis.low, "high": axis.high, "left": axis.left, "right": axis.right},
            "bars": [self._bar(box.bar) for box in self.drawing.bars],
            "contexts": [self._bar(box.bar) for box in self.drawing.contexts],
            "undated": [self._bar(bar) for bar in self.drawing.undated],
            "joins": [_join(join) for join in self.model.joins],
        }

    def _as_of(self) -> Json | None:
        if self.day is None:
            return None
        held = {str(kind): self.of(kind) for kind in (Certainty.CERTAIN, Certainty.POSSIBLE)}
        return {"day": self.day.isoformat(), **held}

    def _bar(self, bar: Bar) -> Json:
        names = self.drawing.name
        return {
            "iri": bar.iri,
            "name": names(bar.iri),
            "begin": _edge(bar.begin),
            "end": _edge(bar.end),
            "ongoing": bar.ongoing,
            "attested": bar.attested.to_json(),
            "bands": [
                {
                    "iri": band.iri,
                    "agent": band.agent,
                    "name": names(band.agent),
                    "date": band.date or None,
                    "begin": band.begin.to_json() if band.begin else None,
                    "end": band.end.to_json() if band.end else None,
                    "ongoing": band.ongoing,
                    "tentative": band.tentative,
                }
                for band in bar.bands
            ],
            "marks": [
                {
                    "iri": mark.iri,
                    "kind": mark.kind,
                    "agent": mark.agent,
                    "name": names(mark.agent),
                    "date": mark.date,
                    "span": mark.span.to_json(),
                    "to": mark.to or None,
                    "founded": mark.founded or None,
                }
                for mark in bar.marks
            ],
        }


def _edge(edge: Edge | None) -> Json | None:
    if edge is None:
        return None
    return {
        "date": edge.date,
        "span": edge.span.to_json(),
        "event": edge.event,
        "disputed": edge.disputed,
        "claims": [{"date": text, "span": span.to_json()} for text, span in edge.claims],
    }


def _join(join: Join) -> Json:
    return {
        "iri": join.iri or None,
        "kind": join.kind,
        "from": list(join.sources),
        "to": list(join.targets),
        "date": join.date or None,
        "span": join.span.to_json(),
        "disputed": join.disputed,
    }


class Pictures:
    """Draws lineages of one release. The queries are asked when the first picture is."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._reading = Lock()
        self._known: Lineage | None = None

    @property
    def is_available(self) -> bool:
        """Tell whether the release has the queries of a lineage."""
        return self._publication.release.lineage is not None

    @property
    def lineage(self) -> Lineage:
        """Return everything that may be drawn. Raises UnknownResource where there is nothing."""
        folder = self._publication.release.lineage
        if folder is None:
            raise UnknownResource("This dataset has no lineage to draw.")
        with self._reading:
            if self._known is None:
                store = self._publication.release.open_store()
                base = self._publication.knowledge.base
                self._known = lineage(ask_lineage(store, read_lineage_queries(folder), base))
            return self._known

    @cached_property
    def slugs(self) -> Mapping[str, str]:
        """Return the last part of the address of each bar's picture.

        It is the last part of the IRI where that is unique, and the whole path otherwise.
        """
        lasts: dict[str, list[str]] = {}
        for iri in self.lineage.bars:
            lasts.setdefault(_last(iri), []).append(iri)
        page = self._publication.addresses.page
        return {
            iri: last if len(same) == 1 else page(iri).strip("/").removeprefix("id/")
            for last, same in lasts.items()
            for iri in same
        }

    def focus(self, slug: str) -> str:
        """Return the IRI of the bar whose picture is at *slug*. Raises UnknownResource."""
        found = next((iri for iri, name in self.slugs.items() if name == slug), None)
        if found is None:
            raise UnknownResource(f"There is no picture of the lineage of {slug}.")
        return found

    def path(self, iri: str) -> str:
        """Return the path of the picture of *iri*, or the empty string where there is none."""
        if not self.is_available or iri not in self.lineage.bars:
            return ""
        bar = self.lineage.bars[iri]
        return f"/lineage/{self.slugs[iri]}" if bar.kind == "line" and bar.is_dated else ""

    def lifetime(self, iri: str) -> Bounds | None:
        """Return the days between which the bar *iri* began and ended; None if it is not a bar."""
        bar = self.lineage.bars.get(iri) if self.is_available else None
        return bar.lifetime if bar else None

    def address(self, iri: str) -> str:
        """Return the path of the page about *iri*."""
        return self._publication.addresses.page(iri)

    def picture(
        self,
        focus: str = "",
        years: tuple[float, float] | None = None,
        day: date | None = None,
        *,
        is_small: bool = False,
        width: float | None = None,
    ) -> Picture:
        """Return the picture of the line of *focus*, or of everything, within *years*.

        *day* is marked, if there is one. Without *width*, it is as wide as a page.
        """
        known = self.lineage
        selection = None
        if focus:
            selection = known.near(focus) if is_small else known.around(focus)
        if width is None:
            width = _SMALL_WIDTH if is_small else _WIDTH
        options = Options(self._today(), width, years, is_small)
        drawing = layout(known, self._name, options, selection)
        shown = {box.bar.iri for box in drawing.bars}
        shown |= {box.bar.iri for box in drawing.contexts}
        name = self._name(focus) if focus else self._publication.knowledge.title
        title = f"The line of {name}" if focus else f"Timeline: {name}"
        described = _described(drawing, "The list below the picture says the same in words.")
        return Picture(title, described, drawing, focus, years, known.restricted(shown), day)

    def card(self, focus: str = "") -> bytes:
        """Return the line of *focus*, or everything, as a PNG for links elsewhere.

        Raises ModuleNotFoundError where cards cannot be made.
        """
        if not focus:
            return card(self._publication.knowledge.title, "", self.overview())
        picture = self.picture(focus, is_small=True)
        # A tall picture would be narrow: it is drawn over the whole width instead.
        if (width := filling_width(picture.drawing.height)) > _SMALL_WIDTH:
            picture = self.picture(focus, is_small=True, width=width)
        svg = self.svg(picture, has_legend=False)
        return card(self._name(focus), self._publication.knowledge.title, svg)

    def overview(self) -> str:
        """Return everything at a glance as an SVG element; empty where nothing is dated."""
        if not self.is_available:
            return ""
        drawing = overview(self.lineage, self._name, self._today())
        if not drawing.bars:
            return ""
        described = _described(drawing, "The timeline has all as a list.")
        title = self._publication.knowledge.title
        return overview_svg(drawing, self.address, title, described)

    def svg(
        self, picture: Picture, *, prefix: str = "l", style: str = "", has_legend: bool = True
    ) -> str:
        """Return *picture* as an SVG element, with *style* embedded."""
        return SvgWriter(
            drawing=picture.drawing,
            address=self._publication.addresses.page,
            title=picture.title,
            description=picture.description,
            prefix=prefix,
            style=style,
            has_legend=has_legend,
            day=picture.day,
            absent=frozenset(picture.of(Certainty.NO)),
        ).write()

    def _name(self, iri: str) -> str:
        return self._publication.presenter.labels.best(NamedNode(iri)).text

    def _today(self) -> date:
        # A picture is a function of the release: it reaches to the day on which that was built.
        return date.fromisoformat(self._publication.release.manifest.created[:10])


def _described(drawing: Drawing, otherwise: str) -> str:
    """Return a description of *drawing*, which ends with the sentence *otherwise*."""
    count, axis = len(drawing.bars), drawing.axis
    bars = "1 bar" if count == 1 else f"{count} bars"
    return f"{bars} on a time axis from {axis.low:.0f} to {axis.high:.0f}. {otherwise}"


def _last(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
