"""Rank correlation, and means with intervals over prompts."""

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["Mean", "mean", "ranks", "spearman"]


def ranks(values: ArrayLike) -> np.ndarray:
    """Return ranks from 1, the smallest first; equal values share the mean of their ranks.

    Args:
        values: float [n].

    Raises:
        ValueError: a value that is not a number.
    """
    given = np.asarray(values, dtype=float).ravel()
    if np.isnan(given).any():
        raise ValueError("values hold NaN, which has no rank: leave those out first.")
    _, place, count = np.unique(given, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2)[place]


def spearman(one: ArrayLike, other: ArrayLike) -> float:
    """Return Spearman's rank correlation, -1 to 1; NaN where one side is all alike.

    The correlation of ranks, ties sharing theirs (C. Spearman, 1904, American Journal of
    Psychology 15).

    Args:
        one: float [n].
        other: float [n].

    Raises:
        ValueError: different lengths, fewer than two values, or a NaN.
    """
    a, b = np.asarray(one, dtype=float).ravel(), np.asarray(other, dtype=float).ravel()
    if a.size != b.size or a.size < 2:
        raise ValueError(
            f"{a.size} and {b.size} values cannot be correlated: give two lists of the same "
            f"length, at least 2."
        )
    left, right = ranks(a) - (a.size + 1) / 2, ranks(b) - (b.size + 1) / 2
    norm = math.sqrt(float(left @ left) * float(right @ right))
    return float(left @ right) / norm if norm > 0 else math.nan


@dataclasses.dataclass(frozen=True)
class Mean:
    """A mean with its 95 % interval.

    Attributes:
        value: the mean.
        low: lower end of the interval; equal to the value when there is one unit only.
        high: upper end.
        n: how many units (prompts) it is over.
    """

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g}, n={self.n})"


_RESAMPLES = 2000


def mean(values: ArrayLike, seed: int = 0) -> Mean:
    """Return the mean of one value per unit, with a bootstrap percentile interval over units.

    (B. Efron, 1979, Annals of Statistics 7; 2,000 resamples with a fixed seed, so that equal
    values give equal intervals.)

    Args:
        values: float [units].
        seed: of the resampling.

    Raises:
        ValueError: no values, or one that is not finite.
    """
    given = np.asarray(values, dtype=float).ravel()
    if given.size == 0:
        raise ValueError("values is empty: measure at least one unit first.")
    if not np.isfinite(given).all():
        raise ValueError("values are not all finite: leave those units out, and say so.")
    middle = float(given.mean())
    if given.size == 1:
        return Mean(middle, middle, middle, 1)
    drawn = np.random.default_rng(seed).integers(given.size, size=(_RESAMPLES, given.size))
    low, high = np.percentile(given[drawn].mean(axis=1), [2.5, 97.5])
    return Mean(middle, min(float(low), middle), max(float(high), middle), int(given.size))
