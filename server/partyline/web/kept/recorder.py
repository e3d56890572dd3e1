"""The access log and the metrics of answers that leave without a thread.

Such an answer takes microseconds, so its line and its numbers must not take more: both are
collected here, and handed on several times a second.
"""

from threading import Lock

from partyline.web.kept.answer import KeptAnswer, Reply
from partyline.web.log_lines import LogLines, quoted, timestamp
from partyline.web.metrics import Metrics


class KeptRecorder:
    """Notes the answers that the event loop sends; `record` is called there alone."""

    def __init__(self, metrics: Metrics, lines: LogLines) -> None:
        self._metrics, self._lines = metrics, lines
        self._lock = Lock()
        #: What was sent since it was last added up.
        self._sent: list[tuple[Reply, str, str]] = []
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
        with self._lock:
            reply.number += 1
            if reply.number == 1:
                self._sent.append((reply, answer.origin.route, method))
        if self._is_logging:
            self._lines.add(
                f'{{"time": "{timestamp()}", '
                f'"client": {quoted(client)}, {reply.log or _described(method, answer, reply)}'
            )

    def flush(self) -> None:
        """Add up the numbers."""
        with self._lock:
            sent, self._sent = self._sent, []
            numbers = [reply.number for reply, _, _ in sent]
            for reply, _, _ in sent:
                reply.number = 0
        for (reply, route, method), number in zip(sent, numbers, strict=True):
            self._metrics.add_kept(route, method, reply.status, number, number * len(reply.body))


def _described(method: str, answer: KeptAnswer, reply: Reply) -> str:
    """Return the part of a log line about *reply* that is the same each time."""
    path, rest = answer.log
    reply.log = (
        f'"method": "{method}", "path": {path}, "status": {reply.status}, '
        f'"bytes": {len(reply.body)}, "seconds": 0.0, {rest}}}'
    )
    return reply.log
