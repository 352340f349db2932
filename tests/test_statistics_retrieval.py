"""Finding one's own among many, beside what chance finds, counted in full."""

import itertools
import math

import numpy as np
import pytest

from dalle_explore.statistics import Swaps, retrieval, swap_block, swap_blocks


def test_ranks_recall_and_means():
    found = retrieval([[3, 1, 2], [5, 4, 6], [1, 2, 3]], ks=[1, 2, 3])
    assert found.ranks == (1, 3, 1) and found.candidates == 3
    assert [found.recall[k].value for k in (1, 2, 3)] == pytest.approx([2 / 3, 2 / 3, 1])
    assert found.mrr.value == pytest.approx((1 + 1 / 3 + 1) / 3)
    assert found.mean_rank.value == pytest.approx(5 / 3) and found.mean_rank.n == 3


def test_chance_levels_are_the_known_ones():
    found = retrieval(np.eye(10))
    assert found.chance_recall == pytest.approx({1: 0.1, 5: 0.5, 10: 1.0})
    assert found.chance_mrr == pytest.approx(sum(1 / r for r in range(1, 11)) / 10)
    assert found.chance_mean_rank == 5.5


def test_chance_levels_are_those_of_all_orders_also_with_several_of_ones_own():
    match = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0]], dtype=bool)
    orders = list(itertools.permutations(range(5)))
    found = [retrieval([order, order], match, [1, 2]) for order in orders]
    for k in (1, 2):
        counted = np.mean([one.recall[k].value for one in found])
        assert found[0].chance_recall[k] == pytest.approx(counted)
    assert found[0].chance_mrr == pytest.approx(np.mean([one.mrr.value for one in found]))
    ranks = np.mean([one.mean_rank.value for one in found])
    assert found[0].chance_mean_rank == pytest.approx(ranks)


def test_a_tie_never_counts_for_us():
    found = retrieval(np.ones((4, 4)), ks=[1, 3, 4])
    assert found.ranks == (4, 4, 4, 4) and found.recall[3].value == 0
    flat = swap_block(np.zeros((2, 2)))
    assert flat == (False, False, False, 0.0)


def test_several_pictures_of_one_text_are_found_by_the_best():
    match = [[1, 1, 0], [0, 0, 1]]
    assert retrieval([[1, 9, 5], [1, 9, 5]], match, [1]).ranks == (1, 2)
    one_each = np.array(match, dtype=bool).T
    assert retrieval([[9, 1], [1, 9], [1, 9]], one_each, [1]).ranks == (1, 2, 1)


def test_a_swapped_block_reads_text_image_and_group():
    assert swap_block([[0.9, 0.1], [0.2, 0.8]]) == (True, True, True, pytest.approx(0.7))
    # Both pictures prefer their own text, yet one text prefers the other's picture.
    assert swap_block([[0.9, 0.8], [0.1, 0.2]])[:3] == (True, False, False)
    assert swap_block([[0.9, 0.1], [0.8, 0.2]])[:3] == (False, True, False)


def test_the_chance_of_a_block_is_that_of_all_orders():
    orders = np.array(list(itertools.permutations(range(4)))).reshape(-1, 2, 2)
    found = swap_blocks(orders)
    for name in ("text", "image", "group"):
        assert getattr(found, name).value == pytest.approx(Swaps.CHANCE[name])
        assert getattr(found, name).n == 24
    assert len(found.margins) == 24 and sum(found.margins) == pytest.approx(0)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: retrieval([1.0, 2.0]), "give a table"),
        (lambda: retrieval(np.ones((2, 3))), "pass match"),
        (lambda: retrieval(np.ones((2, 3)), np.ones((3, 2))), "match has shape"),
        (lambda: retrieval(np.ones((2, 3)), [[1, 0, 0], [0, 0, 0]]), "query 1 has no candidate"),
        (lambda: retrieval([[1.0, math.nan], [0, 1]]), "not all finite"),
        (lambda: retrieval(np.eye(3), ks=[4]), "k=4 of 3 candidates"),
        (lambda: swap_block([[1.0, 2.0, 3.0]]), "give two pictures by two texts"),
        (lambda: swap_blocks(np.zeros((0, 2, 2))), "similarity is empty"),
        (lambda: swap_block([[1.0, math.nan], [0, 1]]), "not all finite"),
    ],
)
def test_retrieval_refuses_what_it_cannot_carry(call, says):
    with pytest.raises(ValueError, match=says):
        call()
