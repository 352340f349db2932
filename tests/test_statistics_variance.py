"""Variance splits and slot effects: exact on tables made for it, near the truth when simulated."""

import itertools
import math

import numpy as np
import pytest

from dalle_explore.statistics import effective_n, effects, split


def sum_zero(rng, *shape):
    """Numbers whose mean over every axis is 0."""
    made = rng.normal(size=shape)
    for axis in range(len(shape)):
        made -= made.mean(axis=axis, keepdims=True)
    return made


def test_a_balanced_table_is_split_exactly():
    # One way by hand: rows 1 2 3 / 5 6 7: between 3 x 8 = 24 on 1, within 4 on 4.
    found = split([[1.0, 2, 3], [5, 6, 7]], same_seeds=False)
    assert found["seed"].variance == pytest.approx(1)
    assert found["prompt"].variance == pytest.approx((24 - 1) / 3)
    assert found["prompt"].share == pytest.approx(23 / 26) and found.phrasings == 1
    # The columns are one step apart in every row: with the same seeds nothing is left over.
    crossed = split([[1.0, 2, 3], [5, 6, 7]])
    assert crossed["rest"].variance == pytest.approx(0, abs=1e-12)
    assert crossed["seed"].variance == pytest.approx(1)
    assert crossed["prompt"].variance == pytest.approx(8)


def test_every_source_is_found_where_it_was_put():
    rng = np.random.default_rng(0)
    p, f, s = 6, 4, 5
    parts = {
        "prompt": sum_zero(rng, p)[:, None, None],
        "seed": sum_zero(rng, s)[None, None, :],
        "prompt with seed": sum_zero(rng, p, s)[:, None, :],
    }
    phrasing = rng.normal(size=(p, f))
    parts["phrasing"] = (phrasing - phrasing.mean(axis=1, keepdims=True))[:, :, None]
    free = {"prompt": p - 1, "seed": s - 1, "prompt with seed": (p - 1) * (s - 1)}
    free["phrasing"] = p * (f - 1)
    for name, part in parts.items():
        found = split(np.broadcast_to(part, (p, f, s)) + 7.0)
        expected = (part**2).sum() / free[name]
        assert found[name].variance == pytest.approx(expected)
        for other in found.components:
            if other.name not in (name, "prompt"):
                assert other.variance <= 1e-12  # below 0 where a source is nil


@pytest.mark.parametrize("same_seeds", [True, False])
def test_simulated_sources_are_met_on_average(same_seeds):
    rng = np.random.default_rng(1)
    truth = {"prompt": 4.0, "phrasing": 1.0}
    if same_seeds:
        truth |= {"seed": 2.0, "prompt with seed": 1.5, "rest": 0.5}
    else:
        truth |= {"seed": 2.5}
    sums = dict.fromkeys(truth, 0.0)
    covered = np.zeros(2)
    for _ in range(60):
        p, f, s = 30, 3, 6
        made = 2 * rng.normal(size=(p, 1, 1)) + rng.normal(size=(p, f, 1))
        if same_seeds:
            made = made + math.sqrt(2) * rng.normal(size=(1, 1, s))
            made = made + math.sqrt(1.5) * rng.normal(size=(p, 1, s))
            made = made + math.sqrt(0.5) * rng.normal(size=(p, f, s))
        else:
            made = made + math.sqrt(2.5) * rng.normal(size=(p, f, s))
        found = split(made, same_seeds)
        assert sum(one.share for one in found.components) == pytest.approx(1)
        for name in truth:
            sums[name] += found[name].variance / 60
        for place, name in enumerate(("phrasing", "seed")):
            share = truth[name] / sum(truth.values())
            covered[place] += found[name].low <= share <= found[name].high
        assert found["prompt"].low <= found["prompt"].share <= found["prompt"].high
    for name, variance in truth.items():
        few = name == "seed" and same_seeds  # 6 of them
        assert sums[name] == pytest.approx(variance, rel=0.3 if few else 0.15), name
    assert (covered / 60 > 0.85).all()


def test_shared_seeds_do_not_hide_the_phrasing():
    # Luck common to all cells cancels between phrasings; a nested split would subtract it.
    rng = np.random.default_rng(2)
    made = rng.normal(size=(40, 3, 1)) + 3 * rng.normal(size=(1, 1, 8))
    made = made + 0.1 * rng.normal(size=(40, 3, 8))
    assert split(made)["phrasing"].variance > 0.8
    assert split(made, same_seeds=False)["phrasing"].variance < 0.7


def test_where_nothing_varies_there_are_no_shares():
    found = split(np.full((3, 2, 4), 0.1))
    assert all(math.isnan(one.share) and math.isnan(one.low) for one in found.components)
    assert found.indicative and not split(np.eye(20)).indicative
    with pytest.raises(KeyError, match="no source 'luck'"):
        found["luck"]


def test_samples_of_one_prompt_are_worth_less():
    assert effective_n(100, 8, 0.3) == pytest.approx(800 / 3.1)
    assert effective_n(10, 8, 0) == 80 and effective_n(10, 8, 1) == 10


SIZES = (3, 2, 2)
FULL = np.array(list(itertools.product(*map(range, SIZES))))
PLANTED = ([0.5, -0.2, -0.3], [0.1, -0.1], [0.0, 0.0])


def planted(rows=FULL):
    return 2 + sum(np.array(put)[rows[:, axis]] for axis, put in enumerate(PLANTED))


def test_planted_effects_are_found_exactly():
    table = np.tile(planted()[:, None], (1, 5))
    found = effects(table, FULL, SIZES)
    assert found.mean == pytest.approx(2) and (found.cells, found.n) == (12, 5)
    for axis, put in zip(found.axes, PLANTED, strict=True):
        assert [one.effect for one in axis.values] == pytest.approx(put, abs=1e-12)
        assert [one.mean for one in axis.values] == pytest.approx(2 + np.array(put))
        assert [one.cells for one in axis.values] == [12 // len(put)] * len(put)
        assert all(one.low == pytest.approx(one.high, abs=1e-12) for one in axis.values)
    variances = [np.mean(np.square(put)) for put in PLANTED]
    shares = np.array(variances) / sum(variances)
    assert [axis.share for axis in found.axes] == pytest.approx(shares, abs=1e-12)
    assert (found.together, found.luck) == pytest.approx((0, 0), abs=1e-12)
    assert [axis.p for axis in found.axes] == [0.001, pytest.approx(0.001), 1.0]


def test_missing_cells_do_not_mix_the_effects():
    rows = np.delete(FULL, [0, 5, 6], axis=0)
    found = effects(planted(rows)[:, None], rows, SIZES)
    for axis, put in zip(found.axes, PLANTED, strict=True):
        assert [one.effect for one in axis.values] == pytest.approx(put, abs=1e-9)
    assert math.isnan(found.axes[0].values[0].low)  # one sample per cell has no interval


def test_the_shares_of_a_full_grid_sum_to_one():
    table = np.random.default_rng(0).normal(size=(12, 7))
    found = effects(table, FULL, SIZES)
    shares = [axis.share for axis in found.axes]
    assert sum(shares) + found.together + found.luck == pytest.approx(1)
    for axis, size in zip(found.axes, SIZES, strict=True):
        assert axis.chance == pytest.approx((size - 1) / 83)
    marginal = table.reshape(3, 2, 2, 7).mean(axis=(1, 2, 3))
    assert [one.mean for one in found.axes[0].values] == pytest.approx(marginal)


def test_axes_acting_on_each_other_are_no_axis_alone():
    rows = np.array(list(itertools.product(range(2), range(2))))
    table = np.where(rows[:, :1] == rows[:, 1:], 1.0, -1.0) * np.ones((1, 3))
    found = effects(table, rows, (2, 2))
    assert found.together == pytest.approx(1)
    assert [axis.share for axis in found.axes] == pytest.approx([0, 0], abs=1e-12)


def test_intervals_and_p_values_keep_their_word_where_nothing_is_there():
    rng = np.random.default_rng(3)
    rows = np.array(list(itertools.product(range(2), range(3))))
    inside, found_p = [], []
    for _ in range(150):
        table = rng.normal(size=(6, 6)) + rng.normal(size=(1, 6))  # seeds shared by all cells
        first = effects(table, rows, (2, 3)).axes[0]
        inside.append(first.values[0].low <= 0 <= first.values[0].high)
        found_p.append(first.p)
    assert 0.9 <= np.mean(inside) <= 1
    assert np.mean(np.array(found_p) <= 0.05) <= 0.1
    assert 0.4 < np.mean(found_p) < 0.6


def test_the_permutation_p_is_that_of_all_exchanges():
    table = np.array([[3.0, 1.0, 2.0, 5.0], [1.0, 1.5, 0.0, 2.0]])
    apart = table[0] - table[1]
    flips = [abs(np.dot(way, apart)) for way in itertools.product((-1, 1), repeat=4)]
    exact = np.mean(np.array(flips) >= abs(apart.sum()) - 1e-9)
    assert effects(table, [[0], [1]], [2]).axes[0].p == pytest.approx(exact, abs=0.04)


def test_an_axis_of_one_value_and_a_grid_all_alike_say_nothing():
    rows = np.array([[0, 0], [0, 1]])
    found = effects([[1.0, 2.0], [2.0, 4.0]], rows, (1, 2))
    assert found.axes[0].p == 1 and found.axes[0].share == 0
    assert found.axes[0].values[0].effect == 0
    flat = effects(np.full((2, 3), 0.1), rows, (1, 2))
    assert flat.axes[1].p == 1 and math.isnan(flat.axes[1].share) and math.isnan(flat.luck)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: split([1.0, 2.0]), "values have shape"),
        (lambda: split(np.ones((4, 1, 3))), "2 or more of each"),
        (lambda: split([[1.0, math.nan], [1, 2]]), "not all finite"),
        (lambda: effective_n(0, 8, 0.3), "prompts=0"),
        (lambda: effective_n(5, 8, 1.3), "rho=1.3"),
        (lambda: effects([], [], []), "values is empty"),
        (lambda: effects([[1.0], [2.0]], [[0], [1]], [2, 2]), "indices name 1 axes, sizes 2"),
        (lambda: effects([[1.0], [2.0]], [[0], [2]], [2]), "index 2 of axis 0 is outside"),
        (lambda: effects([[1.0], [2.0]], [[0], [1]], [3]), "value 2 of axis 0 has no cell"),
        (lambda: effects([[1.0], [2.0]], [[0, 0], [1, 1]], [2, 2]), "only change together"),
        (lambda: effects([[1.0], [math.nan]], [[0], [1]], [2]), "not all finite"),
    ],
)
def test_splits_refuse_what_they_cannot_carry(call, says):
    with pytest.raises(ValueError, match=says):
        call()
