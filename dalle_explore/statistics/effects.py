"""Which slot moved the score: effects of every value of every axis of a grid."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import numbers
from dalle_explore.statistics.student import t95

__all__ = ["AxisEffects", "SlotEffects", "ValueEffect", "effects"]

_ORDERS = 999  # the smallest p is 0.001
_AT_ONCE = 2_000_000  # numbers that are put in other orders together: bounds the memory


@dataclasses.dataclass(frozen=True)
class ValueEffect:
    """What one value of an axis does.

    Attributes:
        mean: the mean over the other axes, in the unit of the values.
        effect: mean minus the grand mean.
        low: lower end of the effect's 95 % interval; NaN for a single sample per cell.
        high: upper end.
        cells: how many cells hold this value.
    """

    mean: float
    effect: float
    low: float
    high: float
    cells: int


@dataclasses.dataclass(frozen=True)
class AxisEffects:
    """What one axis does.

    Attributes:
        values: one for every value of the axis, in its order.
        p: how probable effects at least as large are if the axis changes nothing.
        share: of all variance in the grid, cells and samples together; NaN where nothing varies.
        chance: the share that an axis of so many values takes when it changes nothing.
    """

    values: tuple[ValueEffect, ...]
    p: float
    share: float
    chance: float


@dataclasses.dataclass(frozen=True)
class SlotEffects:
    """What every axis of a grid does.

    Attributes:
        axes: in the order given.
        mean: the grand mean.
        together: share of variance between cells that no axis explains alone: the axes acting on
            each other.
        luck: share within cells, between seeds.
        cells: how many cells.
        n: samples in each.
    """

    axes: tuple[AxisEffects, ...]
    mean: float
    together: float
    luck: float
    cells: int
    n: int


def effects(
    values: ArrayLike, indices: ArrayLike, sizes: Sequence[int], seed: int = 0
) -> SlotEffects:
    """Estimate the effect of every value of every axis, as the others stand in this grid.

    Effects add (an analysis of variance, fitted by least squares, so that missing cells are no
    harm; in a full grid they are plain differences of means). The interval is Student's over
    samples: what other seeds would do to this same grid; it says nothing of words that are not in
    it. The p is that of a permutation test: wherever all other axes and the column are the same,
    the values of this axis are exchanged (R. A. Fisher, 1935; M. J. Anderson, 2001, Canadian
    Journal of Fisheries 58), 999 times.

    Args:
        values: float [cells, n], scores or verdicts; with the same seeds in every cell a column
            is a seed, and the comparison is paired.
        indices: int [cells, axes], which value of each axis a cell has.
        sizes: how many values each axis has.
        seed: of the permutations.

    Raises:
        ValueError: no cells, unequal shapes, a value that is not finite, an index outside its
            axis, a value without cells, or axes that only change together.
    """
    given = np.asarray(values, dtype=float)
    if given.ndim == 1:
        given = given[:, None]
    numbers("values", given)
    at = np.asarray(indices, dtype=int).reshape(len(given), -1)
    _check(at, sizes)
    cells, n = given.shape
    codes = [_coded(at[:, axis], size) for axis, size in enumerate(sizes)]
    design = np.hstack([np.ones((cells, 1)), *codes])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError(
            "some axes only change together in these cells, so their effects cannot be told "
            "apart: join them to one axis, or fill more cells."
        )
    fit = np.linalg.pinv(design)
    each = fit @ given  # parameters by samples
    middle = given.mean(axis=1)
    total = float(((given - given.mean()) ** 2).sum())
    nothing = total <= 1e-24 * given.size * max(1e-270, float(np.abs(given).max()) ** 2)
    left = n * _unexplained(design, middle)
    between = n * float(((middle - middle.mean()) ** 2).sum())
    rng = np.random.default_rng(seed)
    found, begin = [], 1
    for axis, size in enumerate(sizes):
        mine = each[begin : begin + size - 1]
        columns = np.vstack([mine, -mine.sum(axis=0)])
        others = np.delete(design, np.s_[begin : begin + size - 1], axis=1)
        explained = n * _unexplained(others, middle) - left
        found.append(
            AxisEffects(
                _values(columns, float(each[0].mean()), np.bincount(at[:, axis])),
                1.0 if nothing or size == 1 else _permuted(given, at, axis, size, rng),
                math.nan if nothing else max(0.0, explained) / total,
                (size - 1) / max(1, given.size - 1),
            )
        )
        begin += size - 1
    together = math.nan if nothing else left / total
    luck = math.nan if nothing else max(0.0, total - between) / total
    return SlotEffects(tuple(found), float(each[0].mean()), together, luck, cells, n)


def _check(at: np.ndarray, sizes: Sequence[int]) -> None:
    """Raise unless every index is on its axis and every value of an axis has a cell."""
    if at.shape[1] != len(sizes):
        raise ValueError(f"indices name {at.shape[1]} axes, sizes {len(sizes)}: give the same.")
    for axis, size in enumerate(sizes):
        held = at[:, axis]
        if held.min() < 0 or held.max() >= size:
            odd = held.min() if held.min() < 0 else held.max()
            raise ValueError(f"index {odd} of axis {axis} is outside its {size} values.")
        missing = np.flatnonzero(np.bincount(held, minlength=size) == 0)
        if missing.size:
            raise ValueError(
                f"value {missing[0]} of axis {axis} has no cell: leave it out of the axis, or "
                f"fill one."
            )


def _coded(held: np.ndarray, size: int) -> np.ndarray:
    """Columns for all values but the last, whose effect is minus the sum of the others."""
    codes = np.vstack([np.eye(size - 1), -np.ones(size - 1)])
    return codes[held]


def _unexplained(design: np.ndarray, middle: np.ndarray) -> float:
    """Sum of squares that a fit leaves."""
    rest = middle - design @ (np.linalg.pinv(design) @ middle)
    return float(rest @ rest)


def _values(columns: np.ndarray, mean: float, cells: np.ndarray) -> tuple[ValueEffect, ...]:
    """Effects with Student's interval over the samples, from effects [values, n]."""
    n = columns.shape[1]
    middle = columns.mean(axis=1)
    half = np.full(len(columns), math.nan)
    if n > 1:
        half = t95(n - 1) * columns.std(axis=1, ddof=1) / math.sqrt(n)
    return tuple(
        ValueEffect(float(mean + e), float(e), float(e - h), float(e + h), int(c))
        for e, h, c in zip(middle, half, cells, strict=True)
    )


def _permuted(
    given: np.ndarray, at: np.ndarray, axis: int, size: int, rng: np.random.Generator
) -> float:
    """Probability of a spread between the values' means at least as large as the observed one."""
    held = at[:, axis]
    others = np.delete(at, axis, axis=1)
    block = np.unique(others, axis=0, return_inverse=True)[1].ravel()
    count = np.bincount(block)
    centre = np.stack([np.bincount(block, column) for column in given.T], axis=1) / count[:, None]
    away = given - centre[block]
    wide = np.bincount(held, minlength=size)
    observed = float((np.bincount(held, away.sum(axis=1), size) ** 2 / wide).sum())
    order = np.argsort(block, kind="stable")
    begins = np.cumsum(count) - count
    sums = np.zeros((_ORDERS, size))
    for many in np.unique(count[count > 1]):
        # Blocks of equally many cells are shuffled together: [blocks, n, cells of a block].
        cells = order[begins[count == many][:, None] + np.arange(many)]
        base = away[cells].transpose(0, 2, 1)
        belongs = np.eye(size)[held[cells].ravel()]
        step = max(1, _AT_ONCE // base.size)
        for begin in range(0, _ORDERS, step):
            draws = min(step, _ORDERS - begin)
            mixed = rng.permuted(np.broadcast_to(base, (draws, *base.shape)), axis=-1)
            sums[begin : begin + draws] += mixed.sum(axis=2).reshape(draws, -1) @ belongs
    spread = (sums**2 / wide).sum(axis=1)
    # Equal arrangements differ by rounding and count as equal.
    return float(1 + (spread >= observed * (1 - 1e-9) - 1e-300).sum()) / (_ORDERS + 1)
