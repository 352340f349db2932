"""How large a difference between two independent groups is, in units that can be compared."""

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import numbers, verdicts
from dalle_explore.statistics.intervals import Z95, wilson
from dalle_explore.statistics.ranks import ranks

__all__ = ["Size", "auc", "cliffs_delta", "hedges_g", "risk_difference"]


@dataclasses.dataclass(frozen=True)
class Size:
    """The size of a difference between two groups, with its 95 % interval.

    Attributes:
        value: above 0 where the first group is higher.
        low: lower end of the interval.
        high: upper end.
        n: values in the first group.
        m: values in the second.
    """

    value: float
    low: float
    high: float
    n: int
    m: int

    def __str__(self) -> str:
        return f"{self.value:+.3g} ({self.low:+.3g} to {self.high:+.3g}, n={self.n} and {self.m})"


def auc(one: ArrayLike, other: ArrayLike) -> float:
    """Return how often a value of the first group is above one of the second, ties half.

    The area under the receiver's curve, from ranks (J. A. Hanley, B. J. McNeil, 1982, Radiology
    143). With the scores of right and of wrong samples: 0.5 means the score knows nothing.

    Args:
        one: float [n], such as the scores of right samples.
        other: float [m], such as those of wrong ones.

    Raises:
        ValueError: an empty group, or a value that is not finite.
    """
    left, right = numbers("one", one), numbers("other", other)
    placed = ranks(np.concatenate([left, right]))[: left.size]
    above = float(placed.sum()) - left.size * (left.size + 1) / 2
    return above / (left.size * right.size)


def cliffs_delta(one: ArrayLike, other: ArrayLike) -> Size:
    """Return Cliff's delta: how much more often the first group is higher than lower.

    2 AUC - 1, from -1 to 1 (N. Cliff, 1993, Psychological Bulletin 114). The interval is the
    asymmetric one of D. Feng and N. Cliff (2004, Journal of Modern Applied Statistical Methods
    3); a group of a single value leaves -1 to 1.

    Args:
        one: float [n].
        other: float [m].

    Raises:
        ValueError: an empty group, or a value that is not finite.
    """
    left, right = numbers("one", one), numbers("other", other)
    n, m = left.size, right.size
    below, same = _below(left, right)
    delta = float(2 * below.sum() + same.sum()) / (n * m) - 1
    if min(n, m) < 2:
        return Size(delta, -1.0, 1.0, n, m)
    if abs(delta) == 1:  # no overlap, so no variance to see: the bound that Wilson's share has
        edge = (min(n, m) - Z95 * Z95) / (min(n, m) + Z95 * Z95)
        low, high = (edge, 1.0) if delta > 0 else (-1.0, -edge)
        return Size(delta, low, high, n, m)
    above, alike = _below(right, left)
    rows = (2 * below + same) / m - 1 - delta  # a value of one against all of the other
    columns = 1 - (2 * above + alike) / n - delta
    squares = n * m - float(same.sum()) - n * m * delta * delta
    variance = (m * m * float(rows @ rows) + n * n * float(columns @ columns) - squares) / (
        n * m * (n - 1) * (m - 1)
    )
    variance = max(variance, (1 - delta * delta) / (n * m - 1))
    reach = Z95 * Z95 * variance
    half = math.sqrt(reach) * math.sqrt((1 - delta * delta) ** 2 + reach)
    scale = 1 - delta * delta + reach
    low = max(-1.0, min(delta, (delta - delta**3 - half) / scale))
    high = min(1.0, max(delta, (delta - delta**3 + half) / scale))
    return Size(delta, low, high, n, m)


def _below(values: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each value: how many others lie below it, and how many equal it."""
    held = np.sort(others)
    first, last = np.searchsorted(held, values, "left"), np.searchsorted(held, values, "right")
    return first, last - first


def hedges_g(one: ArrayLike, other: ArrayLike) -> Size:
    """Return the difference of two means in standard deviations, corrected for few values.

    (L. V. Hedges, 1981, Journal of Educational Statistics 6; the interval is the normal one of
    Hedges and Olkin, 1985.) Scores of different prompts are standardised within their prompt
    first (``standardised``).

    Args:
        one: float [n], at least 2.
        other: float [m], at least 2.

    Raises:
        ValueError: fewer than two values in a group, no spread, or a value that is not finite.
    """
    left, right = numbers("one", one), numbers("other", other)
    n, m = left.size, right.size
    if min(n, m) < 2:
        raise ValueError(f"{n} and {m} values have no spread: give two of each group, or more.")
    free = n + m - 2
    pooled = math.sqrt(((n - 1) * float(left.var(ddof=1)) + (m - 1) * right.var(ddof=1)) / free)
    if pooled <= 1e-12 * float(np.abs(np.concatenate([left, right])).max()):
        raise ValueError("all values of a group are alike, so there is no deviation to count in.")
    few = math.exp(math.lgamma(free / 2) - math.lgamma((free - 1) / 2)) if free > 1 else 0.0
    value = few / math.sqrt(free / 2) * float(left.mean() - right.mean()) / pooled
    half = Z95 * math.sqrt((n + m) / (n * m) + value * value / (2 * (n + m)))
    return Size(value, value - half, value + half, n, m)


def risk_difference(one: ArrayLike, other: ArrayLike) -> Size:
    """Return the difference of two shares, for units that are not paired.

    The interval joins Wilson's of the two shares (R. G. Newcombe, 1998, Statistics in Medicine
    17, 873, method 10). Same seeds under two prompts are paired: use ``mcnemar``.

    Args:
        one: [n], 0 or 1 for each unit.
        other: [m], 0 or 1 for each unit.

    Raises:
        ValueError: an empty group, or a value that is neither 0 nor 1.
    """
    left, right = verdicts("one", one), verdicts("other", other)
    first, second = float(left.mean()), float(right.mean())
    (low, high), (lower, upper) = (wilson(int(v.sum()), v.size) for v in (left, right))
    apart = first - second
    return Size(
        apart,
        apart - math.hypot(first - low, upper - second),
        apart + math.hypot(high - first, second - lower),
        left.size,
        right.size,
    )
