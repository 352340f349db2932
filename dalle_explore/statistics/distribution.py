"""Distributions of scores: the steps of all values, a band around them, and a smooth outline."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import numbers

__all__ = ["bandwidth", "common_bandwidth", "density", "dkw", "ecdf"]


def ecdf(values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of values at or below each of them (the empirical distribution function).

    Args:
        values: float [n].

    Returns:
        The different values, rising, float [u], and the shares, float [u], of which the last is 1.

    Raises:
        ValueError: no values, or one that is not finite.
    """
    given = numbers("values", values)
    x, count = np.unique(given, return_counts=True)
    return x, np.cumsum(count) / given.size


def dkw(n: int, alpha: float = 0.05) -> float:
    """Return the half width of a band that holds the whole true distribution function.

    sqrt(ln(2/alpha) / (2 n)), at all places at once (A. Dvoretzky, J. Kiefer, J. Wolfowitz, 1956;
    the constant is that of P. Massart, 1990, Annals of Probability 18). Cut the band at 0 and 1.

    Args:
        n: how many independent values there are.
        alpha: how often the band may miss, between 0 and 1.

    Raises:
        ValueError: n below 1, or alpha outside 0..1.
    """
    if n < 1:
        raise ValueError(f"n={n}, but a band needs at least one value: measure something first.")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha={alpha} is no share of misses: give a number between 0 and 1.")
    return math.sqrt(math.log(2 / alpha) / (2 * n))


def bandwidth(values: ArrayLike) -> float:
    """Return Silverman's width for a smooth outline: 0.9 min(sd, IQR/1.34) n^(-1/5).

    (B. W. Silverman, 1986, Density Estimation, equation 3.31.)

    Args:
        values: float [n], not all alike.

    Raises:
        ValueError: values that are all alike, fewer than two, or not finite.
    """
    given = numbers("values", values)
    spread = float(given.std(ddof=1)) if given.size > 1 else 0.0
    if spread <= 1e-12 * max(1e-300, float(np.abs(given).max())):
        raise ValueError(
            f"the {given.size} values are all alike and have no width: draw them as points, or "
            f"give a bandwidth."
        )
    first, third = np.percentile(given, [25, 75])
    quartiles = float(third - first) / 1.34
    # Half of the values may be alike although not all are: then the quartiles say nothing.
    return 0.9 * (min(spread, quartiles) if quartiles > 0 else spread) * given.size**-0.2


def common_bandwidth(groups: Sequence[ArrayLike]) -> float:
    """Return one width for several outlines that are compared: the median of their own.

    Groups whose values are all alike have none and are passed over.

    Args:
        groups: [groups][n].

    Raises:
        ValueError: no group has a width.
    """
    widths = []
    for group in groups:
        try:
            widths.append(bandwidth(group))
        except ValueError:
            numbers("values", group)  # empty or not finite is still an error
    if not widths:
        raise ValueError("no group has two different values: draw them as points.")
    return float(np.median(widths))


def density(values: ArrayLike, grid: ArrayLike, bandwidth: float | None = None) -> np.ndarray:
    """Return a smooth outline of values: a mean of normal curves, one on every value.

    Args:
        values: float [n].
        grid: float [places], where the outline is wanted.
        bandwidth: standard deviation of each curve, in units of the values; default Silverman's.
            Outlines that stand together share one (``common_bandwidth``).

    Returns:
        float [places], in 1 / unit of the values; the area below it is 1.

    Raises:
        ValueError: no values, one that is not finite, a bandwidth that is not above 0, or none
            given for values that are all alike.
    """
    given, places = numbers("values", values), numbers("grid", grid)
    width = _silverman(given) if bandwidth is None else float(bandwidth)
    if not width > 0 or not math.isfinite(width):
        raise ValueError(f"bandwidth={width} is no width: give a number above 0.")
    away = (places[:, None] - given[None, :]) / width
    return np.exp(-away * away / 2).mean(axis=1) / (width * math.sqrt(2 * math.pi))


_silverman = bandwidth  # ``density`` has an argument of that name
