"""A picture with all its places, before it is written as SVG; lengths are in pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from partyline.publishing.lineage.axis import Axis
from partyline.publishing.lineage.model import Band, Bar, Join, Mark


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that something takes up."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Tell whether the two have more than an edge in common."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: the left end of its baseline, its font size, and how it is set."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    faint: bool = False

    def lowered(self, by: float) -> "Line":
        """Return the line *by* pixels further down."""
        return replace(self, y=self.y + by)


@dataclass(frozen=True, slots=True)
class Ends:
    """From where to where something is drawn, and how far its ends fade.

    It fades from *first* to *full*, is solid to *partial*, and fades to *last*.
    """

    first: float
    full: float
    partial: float
    last: float

    def limited(self, left: float, right: float) -> "Ends":
        """Return the part between *left* and *right*."""
        values = (self.first, self.full, self.partial, self.last)
        return Ends(*(min(max(value, left), right) for value in values))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch in which sources claim different dates, with a tick at each."""

    left: float
    right: float
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BandBox:
    """A leader within a bar; a strip along its lower edge where no date is known."""

    band: Band
    ends: Ends | None
    label: Line | None
    colour: int | None


@dataclass(frozen=True, slots=True)
class BarBox:
    """A bar at its place."""

    bar: Bar
    top: float
    height: float
    ends: Ends
    #: Whether the begin and the end are not known, and fade into a question mark.
    open_begin: bool
    open_end: bool
    doubts: tuple[Doubt, ...]
    #: Where a disputed event would end the bar, if it is drawn.
    disputed_end: float | None
    bands: tuple[BandBox, ...]
    label: tuple[Line, ...]
    #: The thin line from a raised label to its bar: x, top and bottom.
    tick: tuple[float, float, float] | None

    @property
    def middle(self) -> float:
        """Return the y of the axis of the bar."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Cut:
    """The mark in a row at which one bar continues another."""

    join: Join
    x: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class JoinPath:
    """A join between two rows, as the corners of its line."""

    join: Join
    source: str
    target: str
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class MarkSign:
    """Somebody who left, below the bar, or at the root of the join to what they founded."""

    mark: Mark
    x: float
    y: float
    #: From the earliest to the latest day.
    left: float
    right: float
    colour: int | None
    is_root: bool = False

    def lowered(self, by: float) -> "MarkSign":
        """Return the sign *by* pixels further down."""
        return replace(self, y=self.y + by)


@dataclass(frozen=True, slots=True)
class ContextBox:
    """A state above the axis."""

    bar: Bar
    ends: Ends
    label: Line | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A bar in the list beside the picture, with what hangs on its row."""

    bar: Bar
    #: How it is joined with the entry above, or with the one that it is nested in.
    relation: str
    ends: Ends
    children: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that a picture shows, at its place."""

    axis: Axis
    width: float
    height: float
    #: Bottom of the grid; the legend is below it.
    floor: float
    contexts: tuple[ContextBox, ...]
    bars: tuple[BarBox, ...]
    cuts: tuple[Cut, ...]
    joins: tuple[JoinPath, ...]
    marks: tuple[MarkSign, ...]
    captions: tuple[Line, ...]
    #: Numbers of the colours of agents.
    colours: Mapping[str, int]
    #: Bars without any date: named below the picture, never placed.
    undated: tuple[Bar, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    #: The same as a nested list.
    outline: tuple[Entry, ...] = ()

    def name(self, iri: str) -> str:
        """Return the name of *iri*."""
        return self.names.get(iri, iri)
