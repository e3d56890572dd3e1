"""The store of kept answers: bounded in bytes, and empty when another release is opened."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from partyline.web.kept.answer import Fields, Header, KeptAnswer, Origin, Representation
from partyline.web.kept.codings import CODINGS
from partyline.web.languages.lookup import chosen_language

#: Address (path and query), and the prefix that a proxy has taken from its beginning.
Place = tuple[str, str]

#: An answer takes no more than this share of the store: one cannot drive out all others.
_SHARE = 8
_LANGUAGE = "accept-language"
_MEBIBYTE = 1 << 20
_STATUSES = (200, 301, 302, 303, 307, 308)


class _Slot:
    """The answers at one address: which fields of a request tell them apart, and each of them."""

    __slots__ = ("answers", "names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.answers: dict[tuple[str, ...], KeptAnswer] = {}


class _Generation:
    """What is kept of one opening of a release."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.slots: dict[Place, _Slot] = {}
        #: Where each answer is and how much it takes, the oldest first.
        self.order: dict[KeptAnswer, tuple[Place, tuple[str, ...]]] = {}
        self.sizes: dict[KeptAnswer, int] = {}
        self.held = 0


@dataclass(frozen=True, slots=True)
class MadeAnswer:
    """An answer of the application to a GET, and the opening of the release that it is of."""

    generation: int
    status: int
    headers: list[Header]
    body: bytes
    origin: Origin


class AnswerStore:
    """Keeps answers of the opening of a release that is served now."""

    def __init__(
        self,
        current: Callable[[], int],
        mebibytes: int,
        languages: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Begin empty.

        Args:
            current: returns the number of the opening that answers the next request.
            mebibytes: how much is kept at most; with 0, nothing is.
            languages: returns the tags of the languages of pages: Accept-Language names any number
                of others, and an answer is kept once for each of these.

        """
        self._current, self._most = current, mebibytes * _MEBIBYTE
        self._languages = languages
        self._lock = Lock()
        self._kept = _Generation(current())

    def find(self, place: Place, field: Fields) -> KeptAnswer | None:
        """Return what is kept for a request to *place* whose header fields are *field*."""
        kept = self._kept
        slot = kept.slots.get(place)
        if slot is None or kept.number != self._current():
            return None
        answer = slot.answers.get(self._key(slot, field))
        if answer is not None:
            answer.used = True
        return answer

    def keep(self, place: Place, field: Fields, made: MadeAnswer) -> KeptAnswer:
        """Return what *made* is kept as, and keep it if it has room and its release is served.

        Args:
            place: the address of the request.
            field: the header fields of the request.
            made: what the application has answered to it.

        """
        answer = KeptAnswer(made.status, made.headers, made.body, made.origin)
        names = _varies_by(made.headers)
        size = answer.by_coding[""].size
        if names is None or made.status not in _STATUSES or size > self._most // _SHARE:
            return answer
        with self._lock:
            kept = self._generation(made.generation)
            if kept is not None:
                slot = _slot(kept, place, names)
                _insert(kept, place, slot, self._key(slot, field), answer)
                self._make_room(kept)
        return answer

    def encode(self, answer: KeptAnswer, coding: str) -> Representation:
        """Return *answer* in *coding*, and keep it so."""
        made = answer.encoded(CODINGS[coding])
        with self._lock:
            answer.by_coding[coding] = made
            kept = self._kept
            if answer in kept.order and made is not answer.by_coding[""]:
                kept.sizes[answer] += made.size
                kept.held += made.size
                self._make_room(kept)
        return made

    @property
    def held(self) -> int:
        """Return the bytes that the kept answers take, about."""
        return self._kept.held

    def _key(self, slot: _Slot, field: Fields) -> tuple[str, ...]:
        """Return what tells the answer to a request from the others in *slot*."""
        return tuple(
            [
                self._language(field) if name == _LANGUAGE else field(name) or ""
                for name in slot.names
            ]
        )

    def _language(self, field: Fields) -> str:
        accepted, languages = field(_LANGUAGE) or "", self._languages()
        return chosen_language(accepted, languages) if languages else accepted

    def _generation(self, number: int) -> _Generation | None:
        """Return what is kept of the opening *number*; None if another one is served by now."""
        if number != self._current():
            return None
        if self._kept.number != number:
            self._kept = _Generation(number)
        return self._kept

    def _make_room(self, kept: _Generation) -> None:
        """Remove the oldest answers; one that was sent since it was last looked at stays."""
        while kept.held > self._most:
            answer = next(iter(kept.order))
            if answer.used:
                answer.used = False
                kept.order[answer] = kept.order.pop(answer)
            else:
                _remove(kept, answer)


def _slot(kept: _Generation, place: Place, names: tuple[str, ...]) -> _Slot:
    """Return the slot at *place*, whose answers differ by *names* at least."""
    slot = kept.slots.get(place)
    if slot is None or not set(names) <= set(slot.names):
        for replaced in list(slot.answers.values()) if slot else ():
            _remove(kept, replaced)
        slot = kept.slots[place] = _Slot(names)
    return slot


def _insert(
    kept: _Generation, place: Place, slot: _Slot, key: tuple[str, ...], answer: KeptAnswer
) -> None:
    if key in slot.answers:
        _remove(kept, slot.answers[key])
        kept.slots[place] = slot
    slot.answers[key] = answer
    kept.order[answer] = place, key
    kept.sizes[answer] = answer.by_coding[""].size + sum(map(len, (*place, *key)))
    kept.held += kept.sizes[answer]


def _remove(kept: _Generation, answer: KeptAnswer) -> None:
    place, key = kept.order.pop(answer)
    kept.held -= kept.sizes.pop(answer)
    slot = kept.slots[place]
    del slot.answers[key]
    if not slot.answers:
        del kept.slots[place]


def _varies_by(headers: Iterable[Header]) -> tuple[str, ...] | None:
    """Return the fields of a request that its answer depends on; None if it depends on more."""
    fields = [(name.lower(), value) for name, value in headers]
    if any(name == "set-cookie" for name, _ in fields):
        return None
    text = ",".join(value for name, value in fields if name == "vary")
    names = {word.strip().lower() for word in text.split(",")} - {"", "accept-encoding"}
    return None if "*" in names else tuple(sorted(names))
