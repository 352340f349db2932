"""What the best of k is worth equals counting every choice of k."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalle_explore.statistics import (
    best_of,
    ceiling,
    divergence_bound,
    efficiency,
    expected_best,
    expected_gold,
    null_gain,
    weights,
    win_rate_bound,
)

M = 6
TIED = st.lists(st.integers(0, 3).map(float), min_size=M, max_size=M)
VERDICTS = st.lists(st.integers(0, 1).map(float), min_size=M, max_size=M)
EVERY_K = range(1, M + 1)


def over_subsets(value, k, m=M):
    """The mean of a value over every choice of k of m samples."""
    return np.mean([value(list(chosen)) for chosen in itertools.combinations(range(m), k)])


@given(TIED)
def test_the_expected_best_is_that_of_all_subsets(scores):
    scores = np.array(scores)
    for k in EVERY_K:
        assert expected_best(scores, k) == pytest.approx(
            over_subsets(lambda s: scores[s].max(), k)
        )


@given(TIED, VERDICTS)
def test_the_expected_verdict_is_that_of_all_subsets_with_ties_shared(scores, right):
    # A tie is shared among all samples of that score, of which a subset holds each equally often.
    scores, right = np.array(scores), np.array(right)
    for k in EVERY_K:
        counted = over_subsets(lambda s: best_of(scores[s], right[s]), k)
        assert expected_gold(scores, right, k) == pytest.approx(counted, abs=1e-12)


@given(VERDICTS)
def test_the_ceiling_is_that_of_all_subsets_and_of_the_formula(right):
    right = np.array(right)
    for k in EVERY_K:
        assert ceiling(right, k) == pytest.approx(over_subsets(lambda s: right[s].max(), k))
        missed = math.comb(M - int(right.sum()), k) / math.comb(M, k)
        assert ceiling(right, k) == pytest.approx(1 - missed)


@pytest.mark.parametrize("m", [1, 2, 7, 64, 512])
def test_the_weights_are_shares_of_subsets(m):
    for k in {1, 2, (m + 1) // 2, m}:
        if k <= m:
            found = weights(m, k)
            exact = [math.comb(j - 1, k - 1) / math.comb(m, k) for j in range(1, m + 1)]
            np.testing.assert_allclose(found, exact, rtol=1e-11, atol=1e-300)
            assert found.sum() == pytest.approx(1, abs=1e-12)


@given(VERDICTS)
def test_a_constant_scorer_gains_exactly_nothing(right):
    for k in EVERY_K:
        assert expected_gold(np.zeros(M), right, k) == np.mean(right)
        if k > 1:
            found = efficiency(np.ones(M), right, k)
            assert found == 0 or (math.isnan(found) and len(set(right)) == 1)


@pytest.mark.parametrize("k", [2, 4, 6])
def test_a_random_scorer_has_efficiency_0(k):
    right = [1, 0, 0, 1, 0, 0]
    orders = itertools.permutations(range(M))
    assert np.mean([efficiency(order, right, k) for order in orders]) == pytest.approx(0, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=M, max_size=M).filter(lambda r: np.ptp(r) > 1e-3))
def test_the_judge_as_scorer_has_efficiency_exactly_1(right):
    for k in range(2, M + 1):
        assert efficiency(right, right, k) == 1


@given(TIED, VERDICTS.filter(lambda right: len(set(right)) == 2))
def test_at_two_the_efficiency_is_twice_the_area_less_one(scores, right):
    scores, is_right = np.array(scores), np.array(right, dtype=bool)
    pairs = np.sign(scores[is_right][:, None] - scores[~is_right][None, :])
    assert efficiency(scores, right, 2) == pytest.approx(pairs.mean(), abs=1e-12)


def test_the_null_line_is_the_known_one():
    known = {1: 0, 2: 0.56, 4: 1.03, 8: 1.42, 16: 1.77, 32: 2.07, 64: 2.34}
    for k, gain in known.items():
        assert null_gain(k) == pytest.approx(gain, abs=0.005)
    assert null_gain(2) == pytest.approx(1 / math.sqrt(math.pi), abs=1e-12)
    assert null_gain(3) == pytest.approx(1.5 / math.sqrt(math.pi), abs=1e-12)
    assert null_gain(10**6) == pytest.approx(4.863, abs=0.001)


def test_meaningless_scores_rise_along_the_null_line():
    scores = np.random.default_rng(0).normal(size=20_000)
    for k in (2, 8, 64):
        assert expected_best(scores, k) == pytest.approx(null_gain(k), abs=0.04)


def test_the_bounds_on_what_choosing_does():
    assert divergence_bound(1) == 0 and win_rate_bound(1) == 0.5
    assert divergence_bound(4) == pytest.approx(math.log(4) - 0.75)
    assert win_rate_bound(3) == 0.75


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: expected_best([1.0, 2.0], 3), "only 2 samples were scored"),
        (lambda: weights(4, 0), "k=0 is no number of samples"),
        (lambda: weights(4, 1.5), "k=1.5 is no number of samples"),
        (lambda: null_gain(0), "k=0"),
        (lambda: divergence_bound(-1), "k=-1"),
        (lambda: expected_best([], 1), "scores is empty"),
        (lambda: expected_best([1.0, math.nan], 1), "not all finite"),
        (lambda: expected_gold([1.0, 2.0], [1.0], 1), "2 scores for 1 verdicts"),
        (lambda: ceiling([1.0, math.nan], 1), "not all finite"),
        (lambda: efficiency([1.0, 2.0], [1, 0], 1), "k=1 leaves nothing to choose"),
    ],
)
def test_numbers_refuse_what_they_cannot_carry(call, says):
    with pytest.raises(ValueError, match=says):
        call()
