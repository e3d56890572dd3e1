"""One run of a query: what it holds of the pool, taken in order and given back once."""

import time
from dataclasses import dataclass, field
from threading import Lock

from partyline.settings import Limits
from partyline.sparql.conversation import ClientContext, Conversation, Request
from partyline.sparql.fair_queue import FairQueue
from partyline.sparql.rate_limiter import RateLimiter
from partyline.sparql.worker_pool import WorkerPool

#: Seconds for which a query may be quick while others wait for their turn.
_WHILE_OTHERS_WAIT = 0.02


class QuickLimitExceeded(Exception):
    """A query was not quick, and no place for a long one was free."""


class Count:
    """A number that many threads count."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.number = 0

    def add(self) -> None:
        """Add one."""
        with self._lock:
            self.number += 1


@dataclass(frozen=True, slots=True)
class Resources:
    """What the runs of a pool share."""

    limits: Limits
    #: What relative IRIs of queries are resolved against.
    base: str
    crew: WorkerPool
    #: Places for queries, as many as processes, and for the long ones among them.
    turns: FairQueue
    long: FairQueue
    budget: RateLimiter
    #: Processes that had to be killed.
    killed: Count = field(default_factory=Count)

    def patience(self) -> float:
        """Return the time until which a query waits for a place."""
        return time.monotonic() + self.limits.queue_seconds

    def quick_seconds(self) -> float:
        """Return how long a query may be quick: less if others wait for their turn."""
        seconds = self.limits.quick_seconds
        return min(seconds, _WHILE_OTHERS_WAIT) if self.turns.waiting else seconds


class Run:
    """A turn, a process, and perhaps the place of a long query."""

    def __init__(self, resources: Resources, visit: ClientContext) -> None:
        self._resources = resources
        self._visit = visit
        self._lock = Lock()
        self._is_long = self._has_turn = False
        self._conversation: Conversation | None = None

    def wait_for_long_slot(self) -> None:
        """Wait until the query may be long from its beginning."""
        self._resources.budget.check(self._visit.client)
        self._enter(self._resources.long)
        self._is_long = True

    def begin(self, request: Request) -> Conversation:
        """Wait for a turn and take a process.

        Raises EngineBusy, ClientDisconnected or EngineError.
        """
        resources, visit = self._resources, self._visit
        self._enter(resources.turns)
        self._has_turn = True
        worker = resources.crew.take()
        self._conversation = Conversation(worker, request, resources.limits, visit, resources.base)
        self._conversation.wait_until_ready()
        if self._is_long:
            self._conversation.mark_long()
        else:
            # A new process took its time to open the store, which is not the query's fault.
            self._conversation.pause(resources.quick_seconds(), self._promote_to_long)
        return self._conversation

    def end(self) -> None:
        """Give everything back, once; who still reads the conversation closes it."""
        with self._lock:
            conversation, self._conversation = self._conversation, None
            has_turn, self._has_turn = self._has_turn, False
            is_long, self._is_long = self._is_long, False
        resources = self._resources
        if conversation is not None:
            if not conversation.is_over:
                resources.killed.add()
            elapsed = time.monotonic() - conversation.started
            resources.budget.charge(self._visit.client, elapsed)
            resources.crew.give_back(conversation.worker, reusable=conversation.worker_is_free)
        if has_turn:
            resources.turns.leave()
        if is_long:
            resources.long.leave()

    def _enter(self, turns: FairQueue) -> None:
        visit = self._visit
        turns.enter(visit.client, self._resources.patience(), visit.is_disconnected, visit.length)

    def _promote_to_long(self) -> None:
        self._resources.budget.check(self._visit.client)
        if not self._resources.long.try_enter():
            raise QuickLimitExceeded
        self._is_long = True
