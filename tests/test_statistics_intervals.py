"""Rates and intervals agree with what is known of them."""

import numpy as np
import pytest

from dalle_explore.statistics import Rate, best_of, macro_average, rate, wilson


def test_wilson_matches_published_values():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 and 15 of 148.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20)[0] == 0.0 and wilson(0, 20)[1] == pytest.approx(0.1611, abs=1e-4)
    assert wilson(20, 20)[1] == 1.0


def test_wilson_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = [
        low <= 0.3 <= high for low, high in (wilson(k, 80) for k in rng.binomial(80, 0.3, 4000))
    ]
    assert 0.93 < np.mean(hits) < 0.97


def test_a_rate_counts_units_not_samples():
    found = rate([0.5, 1.0, 0.0, 0.5])
    assert found.value == 0.5 and found.n == 4
    assert (found.low, found.high) == wilson(2, 4)
    assert str(found).startswith("50.0 % (")


def test_every_group_counts_the_same_in_a_macro_average():
    together = macro_average([Rate(1.0, 0.9, 1.0, 1000), Rate(0.0, 0.0, 0.1, 10)])
    assert together.value == 0.5 and together.n == 1010
    assert together.low == pytest.approx(0.45) and together.high == pytest.approx(0.55)


def test_the_best_scored_sample_decides_and_ties_are_shared():
    assert best_of([0.1, 0.9, 0.5], [True, False, True]) == 0.0
    assert best_of([0.9, 0.9, 0.5], [True, False, True]) == 0.5


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(1, 0),
        lambda: wilson(3, 2),
        lambda: rate([]),
        lambda: rate([1.5]),
        lambda: macro_average([]),
        lambda: best_of([1.0], []),
    ],
)
def test_impossible_counts_are_refused(call):
    with pytest.raises(ValueError, match=":"):
        call()
