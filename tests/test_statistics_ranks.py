"""Ranks, their correlation, and means with intervals over prompts."""

import math

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalle_explore.statistics.ranks import Mean, mean, ranks, spearman

NUMBERS = st.floats(-1e6, 1e6) | st.integers(-3, 3).map(float)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30)


@given(st.lists(NUMBERS, max_size=30))
def test_ranks_are_those_of_pandas(values):
    expected = pandas.Series(values, dtype=float).rank().to_numpy()
    np.testing.assert_array_equal(ranks(values), expected)
    assert ranks(values).sum() == pytest.approx(len(values) * (len(values) + 1) / 2)


@given(PAIRS)
def test_spearman_is_pearson_of_pandas_ranks(pairs):
    one, other = (list(side) for side in zip(*pairs, strict=True))
    found = spearman(one, other)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert math.isnan(found)
        return
    left, right = (pandas.Series(side).rank() for side in (one, other))
    assert found == pytest.approx(left.corr(right), abs=1e-9)
    assert -1 - 1e-12 <= found <= 1 + 1e-12
    assert spearman(other, one) == pytest.approx(found)


@given(st.lists(NUMBERS, min_size=2, max_size=30, unique=True))
def test_only_the_order_counts(values):
    assert spearman(values, np.arctan(ranks(values))) == pytest.approx(1)
    assert spearman(values, [-value for value in values]) == pytest.approx(-1)


def test_maps_are_correlated_place_by_place():
    one = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert spearman(one, one[::-1]) == spearman([1, 2, 3, 4], [3, 4, 1, 2])


def test_what_has_no_rank_or_no_partner_is_refused():
    with pytest.raises(ValueError, match="hold NaN, which has no rank"):
        ranks([1, math.nan])
    with pytest.raises(ValueError, match="3 and 2 values cannot be correlated"):
        spearman([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="at least 2"):
        spearman([1], [1])
    with pytest.raises(ValueError, match="NaN"):
        spearman([1, 2], [math.nan, 1])


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12))
def test_a_mean_lies_in_its_interval_and_that_within_the_values(values):
    found = mean(values)
    assert found.n == len(values) and found.value == pytest.approx(np.mean(values), abs=1e-9)
    assert min(values) - 1e-9 <= found.low <= found.value <= found.high <= max(values) + 1e-9


def test_an_interval_narrows_with_the_number_of_units_and_covers_as_it_should():
    dice = np.random.default_rng(1)
    few, many = (mean(dice.normal(size=n)) for n in (10, 1000))
    assert many.high - many.low < 0.3 * (few.high - few.low)
    assert many.high - many.low == pytest.approx(2 * 1.96 / math.sqrt(1000), rel=0.15)
    right = sum(
        one.low <= 0 <= one.high for one in (mean(dice.normal(size=40)) for _ in range(200))
    )
    assert right >= 175


def test_equal_values_give_equal_intervals_and_one_unit_has_none():
    values = np.random.default_rng(0).normal(size=20)
    assert mean(values) == mean(values) and mean(values) != mean(values, seed=1)
    assert mean([2.0]) == Mean(2.0, 2.0, 2.0, 1)
    assert mean([3.0] * 5) == Mean(3.0, 3.0, 3.0, 5)
    assert str(mean([2.0])) == "2 (2 to 2, n=1)"


def test_means_of_nothing_or_of_what_is_not_finite_are_refused():
    with pytest.raises(ValueError, match="values is empty"):
        mean([])
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="not all finite"):
            mean([1.0, bad])
