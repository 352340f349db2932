"""Sizes of differences, areas and calibration: against their definitions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalle_explore.statistics import (
    auc,
    auc_pooled,
    auc_within,
    bins,
    brier,
    cliffs_delta,
    hedges_g,
    isotonic,
    rate,
    risk_difference,
    t95,
    wilson,
)

GROUP = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=8)


@given(GROUP, GROUP)
def test_deltas_and_areas_are_those_of_all_pairs(one, other):
    signs = np.sign(np.subtract.outer(one, other))
    found = cliffs_delta(one, other)
    assert found.value == pytest.approx(signs.mean(), abs=1e-12)
    assert auc(one, other) == pytest.approx((signs.mean() + 1) / 2, abs=1e-12)
    assert -1 <= found.low <= found.value <= found.high <= 1
    back = cliffs_delta(other, one)
    mirrored = (-back.value, -back.high, -back.low)
    assert (found.value, found.low, found.high) == pytest.approx(mirrored, abs=1e-9)


def test_the_variance_behind_a_delta_is_the_unbiased_one():
    # Over many small samples the interval's own estimate must meet the spread that is seen.
    rng = np.random.default_rng(0)
    found = [cliffs_delta(rng.normal(0.5, 1, 20), rng.normal(0, 1, 30)) for _ in range(300)]
    truth = math.erf(0.25)
    assert 0.91 < np.mean([one.low <= truth <= one.high for one in found]) < 0.99
    assert np.mean([one.value for one in found]) == pytest.approx(truth, abs=0.03)


def test_groups_apart_and_single_values_keep_an_open_interval():
    apart = cliffs_delta([5, 6, 7, 8, 9, 10.0], [1, 2, 3, 4.0])
    assert apart.value == apart.high == 1 and 0 < apart.low < 0.1
    assert str(apart) == "+1 (+0.0202 to +1, n=6 and 4)"
    alone = cliffs_delta([1.0], [0.0, 0.5])
    assert (alone.value, alone.low, alone.high) == (1, -1, 1)


def test_the_standardised_difference_is_corrected_for_few_values():
    # For 4 degrees of freedom the exact correction is 0.79788; the usual formula says 0.8.
    found = hedges_g([1.0, 2, 3], [3.0, 4, 5])
    assert found.value == pytest.approx(-2 * math.sqrt(2 / math.pi), abs=1e-12)
    rng = np.random.default_rng(0)
    many = [hedges_g(rng.normal(1, 1, 5), rng.normal(0, 1, 5)) for _ in range(2000)]
    assert np.mean([one.value for one in many]) == pytest.approx(1, abs=0.05)
    assert 0.92 < np.mean([one.low <= 1 <= one.high for one in many]) < 0.99


def test_the_difference_of_shares_has_the_published_interval():
    # Newcombe (1998), Statistics in Medicine 17, 873, table II: 56/70 and 48/80, method 10.
    one, other = [1] * 56 + [0] * 14, [1] * 48 + [0] * 32
    found = risk_difference(one, other)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    assert (found.n, found.m) == (70, 80)


def test_students_points_are_the_known_ones():
    known = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 7: 2.365, 30: 2.042, 120: 1.980}
    for free, point in known.items():
        assert t95(free) == pytest.approx(point, abs=6e-4)


def test_bins_hold_equally_many_and_never_part_a_tie():
    scores = np.arange(100.0)
    right = scores >= 70
    found = bins(scores, right, 10)
    assert [one.right.n for one in found] == [10] * 10
    assert [one.right.value for one in found] == [0] * 7 + [1] * 3
    assert (found[0].right.low, found[0].right.high) == wilson(0, 10)
    assert (found[3].low, found[3].score, found[3].high) == (30, 34.5, 39)
    tied = bins([0, 0, 0, 0, 1, 2], [1, 1, 0, 0, 0, 1], 3)
    assert [one.right.n for one in tied] == [4, 2] and tied[0].right == rate([1, 1, 0, 0])
    assert len(bins([0.5] * 9, [1] * 9, 3)) == 1


@given(st.lists(st.integers(0, 1), min_size=1, max_size=6))
def test_the_rising_fit_rises_and_none_is_nearer(right):
    found = isotonic(range(len(right)), right)
    fitted = np.array(found.right)
    assert (np.diff(fitted) >= 0).all()
    # The best fit is level on runs of neighbours, at their means: try every way to cut them.
    nearest = math.inf
    for cuts in itertools.product((0, 1), repeat=len(right) - 1):
        run = np.concatenate([[0], np.cumsum(cuts, dtype=int)])
        means = np.bincount(run, right) / np.bincount(run)
        if (np.diff(means) >= 0).all():
            nearest = min(nearest, float(((means[run] - right) ** 2).sum()))
    assert ((fitted - right) ** 2).sum() == pytest.approx(nearest, abs=1e-12)


def test_a_rising_fit_pools_ties_and_reads_other_scores():
    found = isotonic([2, 1, 1, 3], [1, 0, 1, 0.25])
    assert found.scores == (1, 2, 3) and found.right == pytest.approx((0.5, 0.625, 0.625))
    assert found.at([0, 1.5, 9]) == pytest.approx([0.5, 0.5625, 0.625])


def test_the_squared_error_of_probabilities():
    assert brier([1, 0, 0.5], [1, 0, 1]) == pytest.approx(0.25 / 3)
    assert brier([0.5] * 4, [1, 0, 1, 0]) == 0.25


def test_prompts_apart_are_no_skill_within():
    # The score knows which prompt is easy and nothing else.
    rng = np.random.default_rng(0)
    easy = np.repeat([0.0, 1.0], 15)[:, None]
    right = rng.random((30, 40)) < 0.2 + 0.6 * easy
    scores = rng.normal(size=(30, 40)) + 5 * easy
    within = auc_within(scores, right)
    assert within.low < 0.5 < within.high and within.n == 30
    assert auc_pooled(scores, right) > 0.75
    right[4] = True
    assert auc_within(scores, right).n == 29


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: auc([], [1.0]), "one is empty"),
        (lambda: cliffs_delta([1.0], [math.nan]), "other are not all finite"),
        (lambda: hedges_g([1.0], [1.0, 2]), "1 and 2 values have no spread"),
        (lambda: hedges_g([1.0, 1], [2.0, 2]), "all alike|all values of a group are alike"),
        (lambda: risk_difference([0.5], [1]), "one hold 0.5"),
        (lambda: t95(0), "0 degrees of freedom"),
        (lambda: bins([1.0, 2], [1, 0], 3), "n=3 bins for 2 samples"),
        (lambda: bins([1.0, 2], [1]), "2 scores for 1 verdicts"),
        (lambda: isotonic([1.0, math.nan], [1, 0]), "not all finite"),
        (lambda: isotonic([1.0], [0]).at([]), "scores is empty"),
        (lambda: brier([1.2], [1]), "probabilities reach"),
        (lambda: auc_within([[1.0, 2.0]], [[1, 1]]), "no prompt has both"),
        (lambda: auc_within([[1.0, 2.0]], [[1, 0]] * 2), "right has 2 prompts"),
        (lambda: auc_pooled([[1.0, 2.0]], [[0, 0]]), "all 2 samples are wrong"),
    ],
)
def test_sizes_refuse_what_they_cannot_carry(call, says):
    with pytest.raises(ValueError, match=says):
        call()
