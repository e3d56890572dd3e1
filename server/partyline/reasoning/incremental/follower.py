"""Materialise one graph after another, of which each differs little from the last."""

from collections.abc import Iterable

from pyoxigraph import Triple

from partyline.dataset import TripleSet
from partyline.reasoning.evaluate.closure import Closure
from partyline.reasoning.evaluate.rule_sets import materialise_by
from partyline.reasoning.incremental.change_log import ChangeTooLarge
from partyline.reasoning.incremental.live_closure import LiveClosure

#: Facts that come and go above which starting over is cheaper: some ten microseconds each, in
#: which an engine derives ten.
_MOST_CHANGES = 50_000
#: Facts of a closure that is kept to be changed, at about a kilobyte each; more are left to the
#: engines.
_MOST_FACTS = 1_000_000


class ClosureFollower:
    """Gives the closures that `materialise_by` gives, in the time that the differences take."""

    def __init__(self) -> None:
        self._last: Closure | None = None
        self._live: LiveClosure | None = None

    def materialise(self, asserted: Iterable[Triple], engine: str, rules: str) -> Closure:
        """Return the closure of *asserted*. Raises what `materialise_by` raises."""
        given = TripleSet.of(asserted)
        if (engine, rules) == ("auto", "owl-rl"):
            found = self._changed(given)
            if found is not None:
                return found
            self._last = materialise_by(given, engine, rules)
            return self._last
        return materialise_by(given, engine, rules)

    def prepare(self) -> None:
        """Make the last closure one that can be changed, which takes as long as to make it."""
        last, self._last = self._last, None
        if last is not None and len(last.asserted) + len(last.inferred) <= _MOST_FACTS:
            self._live = LiveClosure(last)

    def _changed(self, given: TripleSet) -> Closure | None:
        self.prepare()
        # Given up where the change fails: it is neither the old closure nor the new one then.
        live, self._live = self._live, None
        if live is None:
            return None
        try:
            live.change(given - live.asserted, live.asserted - given, _MOST_CHANGES)
        except ChangeTooLarge:
            return None
        self._live = live
        return live.closure()
