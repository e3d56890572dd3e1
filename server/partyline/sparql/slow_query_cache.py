"""Which queries were slow a moment ago: forgotten after a minute, or when there are too many."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

_SECONDS, _MOST = 60.0, 4096


class SlowQueryCache:
    """A set that forgets; it keeps hashes, because the items are long and strangers send them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._times: OrderedDict[int, float] = OrderedDict()

    def add(self, item: Hashable) -> None:
        """Remember *item* from now."""
        with self._lock:
            self._times[hash(item)] = self._clock()
            self._times.move_to_end(hash(item))
            if len(self._times) > _MOST:
                self._times.popitem(last=False)

    def __contains__(self, item: Hashable) -> bool:
        with self._lock:
            then = self._times.get(hash(item))
            return then is not None and self._clock() - then < _SECONDS
