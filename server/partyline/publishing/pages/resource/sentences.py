"""Sentences about resources, from the templates of their classes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pyoxigraph import Literal

from partyline.edtf import in_sentence
from partyline.publishing.labels import Text
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.resource.walks import Reached
from partyline.publishing.pages.view_models import Link
from partyline.publishing.statements import Standing
from partyline.releases.page_plans import Gap, OptionalPart, Template
from partyline.vocabulary import EDTF, XSD

#: Values of one gap that a sentence names.
_MOST = 6


class Piece(NamedTuple):
    """A part of a sentence: words, a link, or a mark."""

    text: Text
    link: Link | None = None
    #: Path of the explanation of an inferred value.
    why: str = ""
    #: Whether the value comes from a disputed statement.
    disputed: bool = False
    #: Anchor of the versions of a disputed value, and their number.
    anchor: str = ""
    versions: int = 0
    #: Whether it held only possibly on the day that is asked for.
    possible: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether it is nothing but words."""
        if self.link is not None or self.why or self.anchor:
            return False
        return not (self.disputed or self.versions or self.possible)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words about a resource."""

    language: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Return the words without their marks."""
        return "".join(piece.text.text for piece in self.pieces)


@dataclass(frozen=True)
class Sentences:
    """Writes the sentences of one page."""

    reader: PageReader
    #: The resource that the page is about: a part that says no more than its name is left out.
    subject: int
    #: The anchor and the number of the versions of a value: by the resource and the property.
    versions: Mapping[tuple[int, int], tuple[str, int]] = field(default_factory=dict)

    def of(self, node: int, *, dated: bool = True) -> Sentence | None:
        """Return the sentence about *node*; None where none is declared.

        Without *dated*, parts that give the date are left out: it stands beside the sentence.
        """
        found = self.reader.sentence(node)
        if found is None:
            return None
        language, template = found
        words = _Words(self, node, language, dated)
        pieces = tuple(words.pieces(template))
        return Sentence(language, _capitalised(_joined(pieces))) if pieces else None


@dataclass
class _Words:
    """Fills the gaps of one template."""

    sentences: Sentences
    node: int
    language: str
    dated: bool
    _values: dict[str, list[Reached]] = field(default_factory=dict)

    def pieces(self, template: Template) -> Iterator[Piece]:
        for part in template:
            if isinstance(part, str):
                yield Piece(Text(part, self.language))
            elif isinstance(part, Gap):
                yield from self._filled(part.name)
            elif not self._is_left_out(part):
                yield from self.pieces(part.parts)

    def _reached(self, code: str) -> list[Reached]:
        if code not in self._values:
            reader = self.sentences.reader
            row = reader.coded(self.node, code)
            self._values[code] = [] if row is None else reader.reach(self.node, row)
        return self._values[code]

    def _is_left_out(self, part: OptionalPart) -> bool:
        """Tell whether a gap of *part* is empty, or all that it would say is known already."""
        names = [row.name for row in part.parts if isinstance(row, Gap)]
        if any(not self._reached(name) for name in names):
            return True
        values = [value for name in names for value in self._reached(name)]
        if not values:
            return not any(
                isinstance(row, OptionalPart) and not self._is_left_out(row) for row in part.parts
            )
        subject = self.sentences.subject
        if self.node != subject and all(value.value == subject for value in values):
            return True
        dates = self.sentences.reader.date_properties
        return not self.dated and all(
            value.statement[1] in dates and value.holder == self.node for value in values
        )

    def _filled(self, code: str) -> Iterator[Piece]:
        found = self._reached(code)
        shown = self._languages(found)[:_MOST]
        for place, value in enumerate(shown):
            if place:
                is_last = place == len(shown) - 1 and len(found) <= _MOST
                yield Piece(Text(self._conjunction() if is_last else ", ", self.language))
            yield self._piece(value)
        if len(found) > _MOST and len(shown) == _MOST:
            yield Piece(Text(", …", self.language))

    def _languages(self, found: Sequence[Reached]) -> list[Reached]:
        """Return *found*; of words in several languages, those in the best one."""
        reader = self.sentences.reader
        tagged = [
            term
            for row in found
            if isinstance(term := reader.walks.term(row.value), Literal) and term.language
        ]
        if len(tagged) < len(found) or not tagged:
            return list(found)
        best = reader.presenter.labels.pick(tagged)
        return [
            row
            for row in found
            if isinstance(term := reader.walks.term(row.value), Literal)
            and best is not None
            and term.language == best.language
        ]

    def _conjunction(self) -> str:
        return self.sentences.reader.plan.conjunctions.get(self.language, ", ")

    def _piece(self, value: Reached) -> Piece:
        reader = self.sentences.reader
        anchor, versions = self.sentences.versions.get((value.holder, value.statement[1]), ("", 0))
        return Piece(
            text=self._text(value.value),
            link=None if value.value == self.sentences.subject else reader.link(value.value),
            why=reader.why(value.statement) if value.standing is Standing.INFERRED else "",
            disputed=value.standing is Standing.DISPUTED and value.holder != self.node,
            anchor=anchor,
            versions=versions,
            possible=reader.is_possible(value.value)
            or (value.holder != self.node and reader.is_possible(value.holder)),
        )

    def _text(self, number: int) -> Text:
        term = self.sentences.reader.walks.term(number)
        if isinstance(term, Literal) and term.datatype in (EDTF, XSD.date):
            phrases = self.sentences.reader.plan.dates_in(self.language)
            if phrases is None:
                return Text(in_sentence(term.value), "en")
            return Text(in_sentence(term.value, phrases), self.language)
        return self.sentences.reader.text(number)


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return *pieces* without space at the ends, and with neighbouring words in one piece."""
    found: list[Piece] = []
    for piece in pieces:
        if found and piece.is_plain and found[-1].is_plain:
            before = found[-1].text
            if before.language == piece.text.language:
                # An ellipsis ends a sentence by itself.
                joined = (before.text + piece.text.text).replace("….", "…")
                found[-1] = Piece(Text(joined, before.language))
                continue
        found.append(piece)
    if found:
        found[0] = _changed(found[0], str.lstrip)
        found[-1] = _changed(found[-1], str.rstrip)
    return tuple(piece for piece in found if piece.text.text)


def _capitalised(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return *pieces* with a capital at the beginning of the first, where it is plain words."""
    if not pieces or pieces[0].link is not None:
        return tuple(pieces)
    return (_changed(pieces[0], lambda text: text[:1].upper() + text[1:]), *pieces[1:])


def _changed(piece: Piece, change: Callable[[str], str]) -> Piece:
    text = Text(change(piece.text.text), piece.text.language)
    return piece._replace(text=text)
