"""Many tests at once: the best of a hundred comparisons is itself a best-of-100."""

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import numbers

__all__ = ["holm"]


def holm(p: ArrayLike) -> np.ndarray:
    """Return p values raised so that all of them together are wrong as rarely as one would be.

    The smallest of n is multiplied by n, the next by n - 1, and so on, never falling below the
    one before (S. Holm, 1979, Scandinavian Journal of Statistics 6). Nothing is assumed of how
    the tests depend on each other.

    Args:
        p: float [n], each 0..1; all tests that were looked at, not only the good ones.

    Returns:
        float [n], in the order given.

    Raises:
        ValueError: no values, NaN, or one outside 0..1.
    """
    given = numbers("p", p)
    if given.min() < 0 or given.max() > 1:
        raise ValueError(
            f"p reach from {given.min()} to {given.max()}: a probability is within 0..1."
        )
    order = np.argsort(given, kind="stable")
    raised = np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1))
    found = np.empty_like(given)
    found[order] = np.minimum(raised, 1.0)
    return found
