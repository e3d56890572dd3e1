"""Sorted arrays and their joins, beside the same by sets and loops."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Variable

from partyline.errors import EngineError
from partyline.reasoning.evaluate.pairs.joins import Bindings, Numbered, Rows, solve
from partyline.reasoning.evaluate.pairs.packed_pairs import (
    Column,
    distinct,
    isin,
    pack,
    runs,
    swapped,
    unpack,
)

#: Numbers of terms: those of literals are negative.
numbers = st.integers(-3, 3) | st.sampled_from([-(2**31), 2**31 - 1])
pairs = st.lists(st.tuples(numbers, numbers), max_size=12)
X, Y, Z = map(Variable, "xyz")


def packed(rows: list[tuple[int, int]]) -> Column:
    columns = np.array(rows, np.int64).reshape(-1, 2)
    return distinct(pack(columns[:, 0], columns[:, 1]))


def unpacked(keys: Column) -> list[tuple[int, int]]:
    one, two = unpack(keys)
    return list(zip(one.tolist(), two.tolist(), strict=True))


@given(pairs)
def test_pairs_are_kept_with_their_signs_each_once(rows: list[tuple[int, int]]) -> None:
    found = unpacked(packed(rows))
    assert len(found) == len(set(found))
    assert set(found) == set(rows)
    assert set(unpacked(swapped(packed(rows)))) == {(two, one) for one, two in rows}


@given(st.lists(numbers), st.lists(numbers))
def test_what_is_among_others_is_known_of_each_value(values: list[int], among: list[int]) -> None:
    found = isin(np.array(values, np.int64), distinct(np.array(among, np.int64)))
    assert found.tolist() == [value in among for value in values]


@given(pairs, st.lists(numbers, max_size=6))
def test_each_value_is_followed_to_all_its_seconds(
    rows: list[tuple[int, int]], firsts: list[int]
) -> None:
    places, seconds = runs(packed(rows), np.array(firsts, np.int64))
    found = sorted(zip(places.tolist(), seconds.tolist(), strict=True))
    expected = [
        (place, two) for place, first in enumerate(firsts) for one, two in set(rows) if one == first
    ]
    assert found == sorted(expected)


slots = st.sampled_from([X, Y, Z]) | st.integers(-1, 2)
small = st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), max_size=6)
bodies = st.lists(st.tuples(slots, slots, small, st.booleans()), min_size=1, max_size=3)
Body = list[tuple[int | Variable, int | Variable, list[tuple[int, int]], bool]]


def by_loops(body: Body, names: list[Variable]) -> set[tuple[int, ...]]:
    """Return the solutions of *body*, found by trying everything."""
    found = set()
    for values in product(range(-1, 3), repeat=len(names)):
        binding = dict(zip(names, values, strict=True))

        def value(slot: int | Variable, binding: dict[Variable, int] = binding) -> int:
            return binding[slot] if isinstance(slot, Variable) else slot

        if all(
            any(value(one) == row[0] and (not is_pairs or value(two) == row[1]) for row in rows)
            for one, two, rows, is_pairs in body
        ):
            found.add(values)
    return found


@given(bodies)
def test_a_join_finds_what_loops_find(body: Body) -> None:
    facts: list[tuple[Numbered, Rows]] = []
    names: dict[Variable, None] = {}
    for one, two, rows, is_pairs in body:
        keys = packed(rows) if is_pairs else distinct(np.array([row[0] for row in rows], np.int64))
        # The object of a type is its class, which is not a variable.
        object_ = two if is_pairs else 9
        facts.append(((one, 8, object_), Rows(keys, pairs=is_pairs)))
        named = (slot for slot in (one, object_) if isinstance(slot, Variable))
        names.update(dict.fromkeys(named))
    found = solve(facts, list(names))
    columns = [found.columns[name].tolist() for name in names]
    solutions = set(zip(*columns, strict=True)) if names else {()} if found.size else set()
    assert solutions == by_loops(body, list(names))


def test_rows_since_a_round_are_the_ones_that_it_or_a_later_one_added() -> None:
    rows = Rows(packed([(1, 1)]), pairs=True)
    assert rows.merge_new(packed([(1, 1), (1, 2)]), 1) == 1
    assert rows.merge_new(packed([(2, 2), (3, 3)]), 2) == 2
    assert unpacked(rows.since(1).keys) == [(2, 2), (3, 3)]
    assert unpacked(rows.drop(np.array([2], np.int64))) == [(1, 2), (2, 2)]
    assert unpacked(rows.since(0).keys) == [(3, 3)]
    assert unpacked(rows.keys) == [(1, 1), (3, 3)]


def test_a_product_that_is_too_large_for_memory_is_refused_before_it_is_made() -> None:
    with pytest.raises(EngineError, match="--engine duckdb"):
        Bindings(20_000).cross({}, 20_000)
