"""Curves over k: the mean over prompts, with bands that say what they are worth."""

import math
import time

import numpy as np
import pytest

from dalle_explore.statistics import (
    STATISTICS,
    Mean,
    ceiling,
    curve,
    doublings,
    efficiency,
    expected_best,
    expected_gold,
    standardised,
)


def made(prompts=30, m=32, seed=0, skill=1.0):
    """Scores and verdicts of a scorer with some skill, on prompts of unequal difficulty."""
    rng = np.random.default_rng(seed)
    share = rng.beta(2, 3, size=(prompts, 1))
    right = (rng.random((prompts, m)) < share).astype(float)
    return rng.normal(size=(prompts, m)) + skill * right + 5 * rng.normal(size=(prompts, 1)), right


def test_a_curve_is_the_mean_of_the_prompts():
    scores, right = made()
    each = {
        "score": lambda s, r, k: expected_best(s, k),
        "gold": expected_gold,
        "ceiling": lambda s, r, k: ceiling(r, k),
    }
    for statistic, of in each.items():
        found = curve(scores, right, statistic=statistic)
        assert found.k == (1, 2, 4, 8, 16, 32) and (found.n, found.m) == (30, 32)
        for place, k in enumerate(found.k):
            expected = np.mean([of(s, r, k) for s, r in zip(scores, right, strict=True)])
            assert found.value[place] == pytest.approx(expected, abs=1e-9)
            assert found.low[place] <= found.value[place] <= found.high[place]
            ends = found.low[place], found.high[place]
            assert found.at(k) == Mean(found.value[place], *ends, 30)


def test_the_efficiency_is_the_gain_over_the_possible_gain():
    scores, right = made()
    right[3], right[4] = 1, 0  # nothing to gain: these two say nothing
    found = curve(scores, right, statistic="efficiency")
    assert found.k == (2, 4, 8, 16, 32)
    gold, top, mean = (
        curve(scores, right, ks, statistic)
        for ks, statistic in ((found.k, "gold"), (found.k, "ceiling"), ([1], "gold"))
    )
    gained = np.array(gold.value) - mean.value[0]
    np.testing.assert_allclose(found.value, gained / (np.array(top.value) - mean.value[0]))
    some = [place for place in range(30) if place not in (3, 4)]
    same = curve(scores[some], right[some], statistic="efficiency")
    np.testing.assert_allclose(same.value, found.value)
    one = curve(scores[:1], right[:1], [2, 8], "efficiency")
    assert one.value == pytest.approx([efficiency(scores[0], right[0], k) for k in (2, 8)])


def test_the_judge_is_efficient_and_a_constant_is_not():
    _, right = made()
    found = curve(right, right, statistic="efficiency")
    assert set(found.value) == set(found.low) == set(found.high) == {1.0}
    flat = curve(np.zeros_like(right), right, statistic="efficiency")
    assert set(flat.value) == set(flat.low) == set(flat.high) == {0.0}
    plain = curve(np.zeros_like(right), right, statistic="gold")
    assert plain.value == pytest.approx([right.mean()] * 6, abs=1e-15)


def test_where_nothing_can_be_gained_there_is_no_efficiency():
    found = curve(made()[0], np.ones((30, 32)), statistic="efficiency")
    assert all(map(math.isnan, found.value + found.low + found.high))


def test_prompts_may_have_different_numbers_of_samples():
    scores, right = made(6, 32)
    ragged = [row[: 20 + place] for place, row in enumerate(scores)]
    worth = [row[: 20 + place] for place, row in enumerate(right)]
    found = curve(ragged, worth, [1, 8, 20], "gold")
    assert found.m == 20 and found.n == 6
    expected = np.mean([expected_gold(s, r, 8) for s, r in zip(ragged, worth, strict=True)])
    assert found.at(8).value == pytest.approx(expected)
    with pytest.raises(ValueError, match="k=21, but only 20 samples"):
        curve(ragged, worth, [21], "gold")


def test_in_its_own_deviations_every_prompt_counts_the_same():
    scores, _ = made()
    one, other = (curve(s, statistic="z") for s in (scores, 7 * scores - 100))
    np.testing.assert_allclose(one.value, other.value, atol=1e-12)
    assert one.value[0] == pytest.approx(0, abs=1e-12)
    assert [row.std(ddof=1) for row in standardised(scores)] == pytest.approx([1] * 30)
    assert standardised([[2.0, 2.0], [5.0]])[0].tolist() == [0, 0]


def test_a_band_over_prompts_covers_about_as_often_as_it_says():
    # The truth: mean over many prompts of the same making.
    truth = np.array(curve(*made(4000, 16, seed=99), [1, 4, 8], "gold").value)
    hits = np.zeros(3)
    for trial in range(100):
        found = curve(*made(40, 16, seed=trial), [1, 4, 8], "gold")
        hits += (np.array(found.low) <= truth) & (truth <= np.array(found.high))
        assert not found.indicative
    assert (hits / 100 > 0.88).all() and (hits / 100 < 0.99).all()


def test_a_single_prompt_has_an_indicative_band_up_to_a_sixteenth_of_its_samples():
    scores, right = made(1, 64)
    found = curve(scores[0], right[0], statistic="gold")
    assert found.indicative and found.n == 1
    for k, value, low, high in zip(found.k, found.value, found.low, found.high, strict=True):
        assert math.isnan(low) == math.isnan(high) == (k > 4)
        assert k > 4 or low < value < high
    few = curve(scores[0][:8], statistic="score")
    assert all(map(math.isnan, few.low)) and not any(map(math.isnan, few.value))
    assert curve(*made(19)).indicative and not curve(*made(20)).indicative


def test_equal_values_give_equal_curves():
    scores, right = made()
    assert curve(scores, right, statistic="gold") == curve(scores, right, statistic="gold")
    assert curve(scores, right, statistic="gold") != curve(scores, right, None, "gold", 1)


def test_a_large_curve_takes_a_moment():
    scores, right = made(300, 512)
    start = time.perf_counter()
    for statistic in ("score", "gold"):
        curve(scores, right, statistic=statistic)
    assert (time.perf_counter() - start) / 2 < 1


def test_doublings_end_at_the_number_of_samples():
    assert doublings(1) == (1,) and doublings(8) == (1, 2, 4, 8)
    assert doublings(12) == (1, 2, 4, 8, 12) and doublings(9, 2) == (2, 4, 8, 9)
    assert set(STATISTICS) == {"score", "z", "gold", "ceiling", "efficiency"}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: curve([[1.0, 2.0]], statistic="luck"), "statistic='luck' is unknown"),
        (lambda: curve([[1.0, 2.0]], statistic="gold"), "needs verdicts"),
        (lambda: curve([]), "scores is empty"),
        (lambda: curve([[]]), "scores of prompt 0 is empty"),
        (lambda: curve([[1.0], [math.nan]]), "scores of prompt 1 are not all finite"),
        (lambda: curve([[1.0, 2.0]], [[1.0]], statistic="gold"), "2 scores for 1 verdicts"),
        (lambda: curve([[1.0, 2.0]] * 2, [[1.0, 0]], statistic="gold"), "gold has 1 prompts"),
        (lambda: curve([[1.0, 2.0]], ks=[4]), "k=4, but only 2 samples"),
        (lambda: curve([[1.0, 2.0]], ks=[]), "ks is empty"),
        (lambda: curve([[1.0, 2.0]], [[1, 0]], [1, 2], "efficiency"), "k=1 leaves nothing"),
        (lambda: curve([[1.0]], [[1]], statistic="efficiency"), "k=1 leaves nothing"),
        (lambda: curve([[1.0, 2.0]]).at(3), "k=3 is not on this curve, which has 1, 2"),
    ],
)
def test_curves_refuse_what_they_cannot_carry(call, says):
    with pytest.raises(ValueError, match=says):
        call()
