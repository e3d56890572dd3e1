"""Few pairs from which a transitive relation follows, with those that are given."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from partyline.reasoning.evaluate.pairs.generation import generating
from partyline.reasoning.evaluate.pairs.packed_pairs import Column, distinct, pack, unpack
from partyline.reasoning.evaluate.pairs.transitive_closure import transitive_closure

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25)


def closed(rows: list[tuple[int, int]]) -> Column:
    columns = np.array(rows, np.int64).reshape(-1, 2)
    found = transitive_closure(distinct(pack(columns[:, 0], columns[:, 1])), 10_000)
    one, two = unpack(found)
    chosen: Column = found[one != two]
    return chosen


def rows_of(pairs: Column) -> list[tuple[int, int]]:
    return list(zip(*(column.tolist() for column in unpack(pairs)), strict=True))


@given(PAIRS, PAIRS)
def test_with_the_given_pairs_all_follow_and_none_could_be_missing(
    rows: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    every, known = closed([*rows, *more]), closed(rows)
    found = rows_of(generating(every, known))
    assert set(found).isdisjoint(rows_of(known))
    assert closed([*rows, *found]).tolist() == every.tolist()
    one, two = unpack(every)
    apart = not np.isin(pack(two, one), every).any()
    for left_out in found if apart else ():
        kept = [pair for pair in found if pair != left_out]
        assert closed([*rows, *kept]).tolist() != every.tolist()


def test_a_group_of_equals_is_generated_by_a_star() -> None:
    circle = [(number, (number + 1) % 50) for number in range(50)]
    assert len(generating(closed(circle), closed([]))) == 2 * 49
