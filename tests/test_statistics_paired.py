"""Pairs, distributions and many tests: exact against counting, and against what is known."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalle_explore.statistics import (
    bandwidth,
    common_bandwidth,
    density,
    dkw,
    ecdf,
    holm,
    mcnemar,
    mean,
    paired_difference,
    pairs_needed,
)


@pytest.mark.parametrize(("both", "gained", "lost"), [(3, 5, 1), (0, 0, 0), (2, 4, 4), (9, 0, 7)])
def test_mcnemar_counts_every_way_the_discordant_pairs_could_have_gone(both, gained, lost):
    one = [1] * both + [1] * gained + [0] * lost + [0]
    other = [1] * both + [0] * gained + [1] * lost + [0]
    n = gained + lost
    away = [abs(sum(way) - n / 2) for way in itertools.product((0, 1), repeat=n)]
    found = mcnemar(one, other)
    assert found.p == pytest.approx(np.mean([d >= abs(gained - n / 2) for d in away]))
    assert found.discordant == n and found.n == len(one)
    assert found.difference == pytest.approx((gained - lost) / len(one))
    assert -1 <= found.low <= found.difference <= found.high <= 1
    back = mcnemar(other, one)
    assert back.p == found.p and (back.low, back.high) == pytest.approx((-found.high, -found.low))


def test_mcnemar_holds_for_many_pairs():
    found = mcnemar([1] * 700 + [0] * 640, [0] * 700 + [1] * 640)
    exact = 2 * sum(math.comb(1340, i) for i in range(641)) / 2**1340
    assert mcnemar([1] * 30_000 + [0] * 10, [0] * 30_010).p == 0
    assert found.p == pytest.approx(exact, rel=1e-9)


def test_the_interval_of_paired_shares_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    ways = rng.choice(4, p=[0.5, 0.2, 0.1, 0.2], size=(400, 50))
    found = [mcnemar((way < 2), (way % 2 == 0)) for way in ways]
    assert 0.93 <= np.mean([one.low <= 0.1 <= one.high for one in found]) <= 0.99


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=7))
def test_sign_flips_are_all_counted_for_few_pairs(apart):
    flips = itertools.product((-1, 1), repeat=len(apart))
    sums = [abs(sum(s * d for s, d in zip(way, apart, strict=True))) for way in flips]
    found = paired_difference(apart, [0] * len(apart))
    assert found.p == np.mean([value >= abs(sum(apart)) for value in sums])
    assert found.discordant == np.count_nonzero(apart)


def test_drawn_sign_flips_agree_with_the_normal_limit_and_never_give_0():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0.12, 1, size=400), np.zeros(400)
    found = paired_difference(one, other)
    z = abs(one.mean()) / math.sqrt((one**2).mean() / 400)
    assert found.p == pytest.approx(math.erfc(z / math.sqrt(2)), abs=0.01)
    assert (found.low, found.high) == (mean(one).low, mean(one).high)
    assert paired_difference(one + 9, other).p == 1e-4
    assert found == paired_difference(one, other)


def test_one_pair_has_no_interval_and_says_nothing():
    found = paired_difference([2.0], [1.0])
    assert math.isnan(found.low) and math.isnan(found.high) and found.p == 1
    assert str(found) == "+1 (p=1, n=1)"
    assert str(mcnemar([1, 1], [0, 1])).startswith("+0.5 (-0.")


def test_pairs_needed_are_the_known_ones():
    assert pairs_needed(0.15, 0.05) == 155 and pairs_needed(0.05, 0.10) == 469


def test_steps_are_the_share_at_or_below():
    x, y = ecdf([3, 1, 1, 2])
    assert x.tolist() == [1, 2, 3] and y.tolist() == [0.5, 0.75, 1]


def test_the_band_around_steps_is_the_known_one_and_holds():
    assert dkw(100) == pytest.approx(0.1358, abs=1e-4)
    assert dkw(50, alpha=0.1) == pytest.approx(math.sqrt(math.log(20) / 100))
    at = np.arange(1, 41) / 40
    drawn = np.sort(np.random.default_rng(0).random((1000, 40)), axis=1)
    worst = np.maximum(np.abs(at - drawn), np.abs(at - 1 / 40 - drawn)).max(axis=1)
    assert 0.94 < (worst <= dkw(40)).mean() < 0.99


def test_an_outline_has_area_1_and_the_width_of_its_values():
    values = np.random.default_rng(0).normal(3, 2, size=400)
    grid = np.linspace(-10, 16, 800)
    found = density(values, grid)
    assert found.sum() * (grid[1] - grid[0]) == pytest.approx(1, abs=1e-6)
    assert (grid * found).sum() * (grid[1] - grid[0]) == pytest.approx(values.mean(), abs=1e-3)
    one = density([0.0], [0.0, 1.0], bandwidth=1)
    assert one == pytest.approx(
        [1 / math.sqrt(2 * math.pi), math.exp(-0.5) / math.sqrt(2 * math.pi)]
    )
    assert bandwidth([0, 0, 0, 1]) > 0
    assert bandwidth(10 * values) == pytest.approx(10 * bandwidth(values))
    groups = [values, [1.0, 1.0], 2 * values, 3 * values]
    assert common_bandwidth(groups) == pytest.approx(2 * bandwidth(values))


def test_holm_is_that_of_the_hand():
    # 0.01 x 4, 0.02 x 3, 0.03 x 2 (which equals the one before), 0.04 x 1 (raised to it).
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.2]) == [0.2] and holm([0.9, 0.9]).tolist() == [1, 1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_holm_lies_between_one_test_and_bonferroni(p):
    found, given_p = holm(p), np.array(p)
    assert (found >= given_p).all() and (found <= np.minimum(1, len(p) * given_p)).all()
    order = np.argsort(given_p)
    assert (np.diff(found[order]) >= 0).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: mcnemar([], []), "one is empty"),
        (lambda: mcnemar([1, 0], [1]), "2 verdicts for 1 verdicts"),
        (lambda: mcnemar([0.5], [1]), "one hold 0.5: each must be 0"),
        (lambda: mcnemar([math.nan], [1]), "not all finite"),
        (lambda: paired_difference([1.0], [math.inf]), "other are not all finite"),
        (lambda: paired_difference([1.0, 2], [1.0]), "2 values for 1 values"),
        (lambda: pairs_needed(0.1, 0.1), "no number of pairs"),
        (lambda: pairs_needed(0.9, 0.3), "impossible"),
        (lambda: ecdf([]), "values is empty"),
        (lambda: dkw(0), "n=0"),
        (lambda: dkw(5, 1), "alpha=1"),
        (lambda: bandwidth([0.3, 0.3, 0.3]), "all alike"),
        (lambda: bandwidth([1.0]), "all alike"),
        (lambda: common_bandwidth([[1.0], [2.0, 2.0]]), "no group has two different"),
        (lambda: common_bandwidth([[1.0, 2.0], [math.nan]]), "not all finite"),
        (lambda: density([1.0, 2.0], [0.0], bandwidth=0), "bandwidth=0"),
        (lambda: holm([1.2]), "p reach from"),
        (lambda: holm([]), "p is empty"),
    ],
)
def test_tests_refuse_what_they_cannot_carry(call, says):
    with pytest.raises(ValueError, match=says):
        call()
