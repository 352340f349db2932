"""Rates with their intervals.

The unit of analysis is the prompt: several samples of one prompt are averaged first, and the
interval counts prompts, because samples of one prompt are not independent of each other.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

Z95 = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclasses.dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval.

    Attributes:
        value: the share, 0..1.
        low: lower end of the interval.
        high: upper end.
        n: how many units (prompts, pictures) it was counted over.
    """

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return (
            f"{100 * self.value:.1f} % ({100 * self.low:.1f} to {100 * self.high:.1f}, n={self.n})"
        )


def wilson(successes: float, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a share (E. B. Wilson, 1927, JASA 22).

    Args:
        successes: how many of n succeeded; may be fractional when each unit is itself a share.
        n: number of units, at least 1.
        z: quantile of the normal distribution; the default gives 95 %.

    Returns:
        (low, high), both within 0..1.

    Raises:
        ValueError: n below 1, or successes outside 0..n.
    """
    if n < 1:
        raise ValueError(
            f"n={n}, but an interval needs at least one unit: measure something first."
        )
    if not 0 <= successes <= n:
        raise ValueError(
            f"successes={successes} of n={n} is impossible: give a count from 0 to n."
        )
    share = successes / n
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    centre = share + z * z / (2 * n)
    scale = 1 + z * z / n
    # The share lies inside by mathematics; rounding must not push it out.
    return max(0.0, min(share, (centre - spread) / scale)), min(
        1.0, max(share, (centre + spread) / scale)
    )


def rate(shares: ArrayLike) -> Rate:
    """The mean of one share per unit, with Wilson's interval over the units.

    Args:
        shares: float [units], each 0..1 (a single success is 0 or 1). For fractional shares the
            interval is conservative: it
            treats every unit as one trial.

    Raises:
        ValueError: no units, or a share outside 0..1.
    """
    values = np.asarray(shares, dtype=float).ravel()
    if values.size == 0:
        raise ValueError("shares is empty: measure at least one unit first.")
    if values.min() < 0 or values.max() > 1:
        raise ValueError(
            f"shares reach from {values.min()} to {values.max()}: each must be within 0..1."
        )
    low, high = wilson(min(float(values.sum()), float(values.size)), values.size)
    return Rate(float(values.mean()), low, high, int(values.size))


def macro_average(rates: Sequence[Rate]) -> Rate:
    """The plain mean of several rates, so that every group counts the same, whatever its size.

    Its interval adds the groups' half widths in quadrature, below and above apart, as for
    independent groups.

    Raises:
        ValueError: no rates.
    """
    if not rates:
        raise ValueError("rates is empty: a macro-average needs at least one group.")
    k = len(rates)
    value = sum(r.value for r in rates) / k
    below = math.sqrt(sum((r.value - r.low) ** 2 for r in rates)) / k
    above = math.sqrt(sum((r.high - r.value) ** 2 for r in rates)) / k
    return Rate(value, max(0.0, value - below), min(1.0, value + above), sum(r.n for r in rates))


def best_of(scores: ArrayLike, right: ArrayLike) -> float:
    """Whether the best-scored sample is right, ties shared evenly.

    Args:
        scores: float [n], higher is better.
        right: bool [n], the judge's verdict on each sample.

    Returns:
        1.0 or 0.0; between them when several samples share the highest score.

    Raises:
        ValueError: no samples, or different lengths.
    """
    s, r = np.asarray(scores, dtype=float).ravel(), np.asarray(right, dtype=float).ravel()
    if s.size == 0 or s.size != r.size:
        raise ValueError(f"{s.size} scores for {r.size} verdicts: give one score for each sample.")
    return float(r[s == s.max()].mean())
