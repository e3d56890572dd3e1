"""Whose query is next, who is refused, and what is forgotten: no process is needed to tell."""

import threading
import time
from collections.abc import Callable

import pytest

from partyline.errors import ClientDisconnected, EngineBusy, TooManyRequests
from partyline.sparql.admission import FairQueue, RateLimiter, SlowQueryCache


def stays() -> bool:
    return False


class Crowd:
    """Threads that wait for one place, and the order in which they got it."""

    def __init__(self, turns: FairQueue) -> None:
        self.turns = turns
        self.admitted: list[str] = []
        self.lengths: list[int] = []
        self.errors: list[tuple[str, BaseException]] = []
        self._threads: list[threading.Thread] = []

    def arrives(
        self, client: str, is_disconnected: Callable[[], bool] = stays, length: int = 0
    ) -> None:
        """Return when the thread waits, or was refused."""
        before = self.turns.waiting
        thread = threading.Thread(target=self._wait, args=(client, is_disconnected, length))
        self._threads.append(thread)
        thread.start()
        ends = time.monotonic() + 5
        while self.turns.waiting == before and not self.errors and time.monotonic() < ends:
            time.sleep(0.001)

    def _wait(self, client: str, is_disconnected: Callable[[], bool], length: int) -> None:
        try:
            self.turns.enter(client, time.monotonic() + 5, is_disconnected, length)
        except (EngineBusy, ClientDisconnected) as error:
            self.errors.append((client, error))
            return
        self.admitted.append(client)
        self.lengths.append(length)
        self.turns.leave()

    def leaves(self) -> None:
        for thread in self._threads:
            thread.join()


def test_clients_take_turns() -> None:
    turns = FairQueue(slots=1, length=10)
    assert turns.try_enter()
    crowd = Crowd(turns)
    for client in ("many", "many", "many", "one", "many", "other"):
        crowd.arrives(client)
    turns.leave()
    crowd.leaves()
    assert crowd.admitted == ["many", "one", "other", "many", "many", "many"]
    assert turns.try_enter()


def test_of_one_client_the_shortest_query_is_the_next() -> None:
    turns = FairQueue(slots=1, length=10)
    assert turns.try_enter()
    crowd = Crowd(turns)
    for client, length in (("a", 70), ("a", 5), ("a", 30), ("b", 99)):
        crowd.arrives(client, length=length)
    turns.leave()
    crowd.leaves()
    assert crowd.lengths == [5, 99, 30, 70]


def test_a_full_queue_refuses_who_has_most_in_it() -> None:
    turns = FairQueue(slots=1, length=3)
    assert turns.try_enter()
    crowd = Crowd(turns)
    for _ in range(3):
        crowd.arrives("many")
    with pytest.raises(EngineBusy, match="too many queries are waiting"):
        turns.enter("many", time.monotonic() + 5, stays)
    crowd.arrives("one")
    turns.leave()
    crowd.leaves()
    assert crowd.admitted == ["many", "one", "many"]
    assert [client for client, _ in crowd.errors] == ["many"]


def test_a_full_queue_of_several_clients_refuses_the_last_query_of_the_one_with_most() -> None:
    turns = FairQueue(slots=1, length=6)
    assert turns.try_enter()
    crowd = Crowd(turns)
    for client in ("two", "many", "many", "two", "many", "one"):
        crowd.arrives(client)
    crowd.arrives("new")
    turns.leave()
    crowd.leaves()
    assert [client for client, _ in crowd.errors] == ["many"]
    assert sorted(crowd.admitted) == ["many", "many", "new", "one", "two", "two"]


def test_a_client_that_disconnects_leaves_the_queue() -> None:
    turns = FairQueue(slots=1, length=3)
    assert turns.try_enter()
    crowd, gone = Crowd(turns), threading.Event()
    crowd.arrives("gone", gone.is_set)
    crowd.arrives("stays")
    gone.set()
    while turns.waiting > 1:
        time.sleep(0.001)
    turns.leave()
    crowd.leaves()
    assert crowd.admitted == ["stays"]
    assert isinstance(crowd.errors[0][1], ClientDisconnected)
    assert turns.try_enter()


def test_who_waited_long_enough_is_asked_to_retry() -> None:
    turns = FairQueue(slots=1, length=3)
    assert turns.try_enter()
    with pytest.raises(EngineBusy, match="try again"):
        turns.enter("late", time.monotonic() + 0.05, stays)
    assert turns.waiting == 0
    turns.leave()
    assert turns.try_enter()


def test_no_place_is_lost_in_a_crowd() -> None:
    turns, inside, most = FairQueue(slots=3, length=100), [0], [0]
    lock = threading.Lock()

    def come_and_go(number: int) -> None:
        for _ in range(50):
            turns.enter(str(number % 5), time.monotonic() + 10, stays)
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            with lock:
                inside[0] -= 1
            turns.leave()

    threads = [threading.Thread(target=come_and_go, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 3
    assert [turns.try_enter() for _ in range(4)] == [True, True, True, False]


def test_a_budget_comes_back_with_time() -> None:
    now = [0.0]
    budget = RateLimiter(6.0, clock=lambda: now[0])
    budget.charge("a", 10.0)
    with pytest.raises(TooManyRequests) as caught:
        budget.check("a")
    assert caught.value.retry_after == 50
    now[0] += 50
    budget.check("a")
    now[0] += 10_000
    budget.charge("a", 5.9)
    budget.check("a")
    budget.charge("a", 0.2)
    with pytest.raises(TooManyRequests):
        budget.check("a")


def test_a_clock_that_stands_gives_nothing_back() -> None:
    budget = RateLimiter(1.0, clock=lambda: 5.0)
    budget.charge("a", 1.0)
    with pytest.raises(TooManyRequests):
        budget.check("a")


def test_what_was_slow_is_forgotten_after_a_minute() -> None:
    now = [100.0]
    memory = SlowQueryCache(clock=lambda: now[0])
    memory.add(b"slow")
    assert b"slow" in memory
    now[0] += 61
    assert b"slow" not in memory


def test_what_is_remembered_is_bounded() -> None:
    memory = SlowQueryCache(clock=lambda: 0.0)
    for number in range(5000):
        memory.add(str(number).encode())
    assert b"4999" in memory
    assert b"0" not in memory


def test_a_client_that_fills_the_queue_still_gets_its_short_query_in() -> None:
    turns = FairQueue(slots=1, length=2)
    assert turns.try_enter()
    crowd = Crowd(turns)
    for length in (50, 90):
        crowd.arrives("one", length=length)
    with pytest.raises(EngineBusy, match="too many queries are waiting"):
        turns.enter("one", time.monotonic() + 5, stays, 90)
    crowd.arrives("one", length=7)
    turns.leave()
    crowd.leaves()
    assert crowd.lengths == [7, 50]
    assert len(crowd.errors) == 1


@pytest.mark.parametrize(("others", "is_refused"), [(1, True), (2, False)])
def test_a_client_takes_a_place_only_of_one_that_keeps_more(others: int, is_refused: bool) -> None:
    turns = FairQueue(slots=1, length=others)
    assert turns.try_enter()
    crowd = Crowd(turns)
    for _ in range(others):
        crowd.arrives("many")
    if is_refused:
        with pytest.raises(EngineBusy):
            turns.enter("one", time.monotonic() + 5, stays)
    else:
        crowd.arrives("one")
    turns.leave()
    crowd.leaves()
    assert [client for client, _ in crowd.errors] == ([] if is_refused else ["many"])
