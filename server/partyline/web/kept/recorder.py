"""The access log and the metrics of answers that leave without a thread.

Such an answer takes microseconds, so its line and its numbers must not take more: both are
collected here, and handed on several times a second.
"""

import json
import time
from collections import defaultdict
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock

from partyline.web.kept.answer import KeptAnswer, Reply
from partyline.web.log_lines import LogLines
from partyline.web.metrics import Metrics

_quoted = lru_cache(1024)(json.dumps)


def _no_counts() -> defaultdict[tuple[str, str, int], list[int]]:
    """Return the number of answers and of their bytes by route, method and status: none yet."""
    return defaultdict(lambda: [0, 0])


class KeptRecorder:
    """Notes the answers that the event loop sends; `record` is called there alone."""

    def __init__(self, metrics: Metrics, lines: LogLines) -> None:
        self._metrics, self._lines = metrics, lines
        self._lock = Lock()
        self._counts = _no_counts()
        self._now, self._millisecond = "", 0
        self._is_logging = lines.is_enabled
        metrics.before_reading(self.flush)

    def record(self, client: str, method: str, answer: KeptAnswer, reply: Reply) -> None:
        """Note that *reply* was sent.

        Args:
            client: the address of the client.
            method: GET or HEAD.
            answer: what the reply was made of.
            reply: what was sent.

        """
        sent = len(reply.body)
        now = time.time()
        if (millisecond := int(now * 1000)) != self._millisecond:
            self._millisecond = millisecond
            self._now = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
        with self._lock:
            counted = self._counts[answer.origin.route, method, reply.status]
            counted[0] += 1
            counted[1] += sent
        if self._is_logging:
            path, rest = answer.log
            self._lines.add(
                f'{{"time": "{self._now}", "client": {_quoted(client)}, '
                f'"method": "{method}", "path": {path}, "status": {reply.status}, '
                f'"bytes": {sent}, "seconds": 0.0, {rest}}}'
            )

    def flush(self) -> None:
        """Add up the numbers."""
        with self._lock:
            counts, self._counts = self._counts, _no_counts()
        for (route, method, status), (number, sent) in counts.items():
            self._metrics.add_kept(route, method, status, number, sent)
