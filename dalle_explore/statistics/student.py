"""Student's interval for the mean of few values."""

import functools
import math

import numpy as np

__all__ = ["t95"]


@functools.cache
def t95(free: int) -> float:
    """Return the two-sided 95 % point of Student's distribution, 12.7 for 1, 1.96 for very many.

    (Student, 1908, Biometrika 6; the distribution function is the finite series of M. Abramowitz
    and I. Stegun, 1964, equations 26.7.3 and 26.7.4.)

    Args:
        free: degrees of freedom, at least 1: one less than the number of values.

    Raises:
        ValueError: no degree of freedom.
    """
    if free < 1:
        raise ValueError(f"{free} degrees of freedom have no interval: give two values or more.")
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, free) < 0.95 else (low, middle)
    return math.sqrt(free) * math.tan((low + high) / 2)


def _within(angle: float, free: int) -> float:
    """Probability that |t| stays below sqrt(free) tan(angle)."""
    square = math.cos(angle) ** 2
    odd = free % 2
    # Each term of the series is the one before times cos^2 and a ratio of neighbours.
    step = np.arange(2 if odd else 1, free - 1, 2)
    terms = np.cumprod(np.concatenate([[1.0], square * step / (step + 1)]))
    if not odd:
        return math.sin(angle) * float(terms.sum())
    series = math.sin(angle) * math.cos(angle) * float(terms.sum()) if free > 1 else 0.0
    return 2 / math.pi * (angle + series)
