"""Ranking keeps losers, scores and the order of drawing."""

import numpy as np
import pytest

from dalle_explore.errors import InputError
from dalle_explore.scoring.rerank import rank


def test_order_places_and_what_is_kept():
    ranking = rank([0.1, 0.4, -0.2, 0.3])
    assert ranking.order == (1, 3, 0, 2) and ranking.places == (3, 1, 4, 2)
    assert ranking.scores == (0.1, 0.4, -0.2, 0.3) and len(ranking) == 4
    assert ranking.kept(2) == (1, 3) and ranking.lost(2) == (0, 2)
    assert ranking.kept(4) == ranking.order and ranking.lost(4) == ()


def test_equal_scores_stay_in_the_order_of_drawing():
    assert rank([1.0, 2.0, 1.0, 2.0]).order == (1, 3, 0, 2)


@pytest.mark.parametrize(
    "place, words", [(0, "1st"), (1, "2nd"), (2, "3rd"), (10, "11th"), (11, "12th"), (20, "21st")]
)
def test_people_see_a_place(place, words):
    assert rank(np.arange(30, 0, -1)).place(place) == f"{words} of 30"


def test_every_sample_is_kept_or_lost():
    scores = np.random.default_rng(0).normal(size=50)
    ranking = rank(scores)
    for keep in (1, 7, 50):
        assert sorted(ranking.kept(keep) + ranking.lost(keep)) == list(range(50))
        assert all(scores[a] >= scores[b] for a in ranking.kept(keep) for b in ranking.lost(keep))
    assert all(ranking.order[place - 1] == k for k, place in enumerate(ranking.places))


@pytest.mark.parametrize("scores", [[], [1.0, float("nan")], [float("inf")], [[1.0, 2.0]]])
def test_scores_have_to_be_finite_numbers(scores):
    with pytest.raises(InputError, match="at least one finite number"):
        rank(scores)


@pytest.mark.parametrize("keep", [0, 3, -1, True])
def test_keep_has_to_be_among_the_drawn(keep):
    with pytest.raises(InputError, match="from 1 to 2"):
        rank([1.0, 2.0]).kept(keep)
    with pytest.raises(InputError, match="from 1 to 2"):
        rank([1.0, 2.0]).lost(keep)


def test_there_is_no_such_sample():
    with pytest.raises(InputError, match="sample is 2"):
        rank([1.0, 2.0]).place(2)
