"""What the statistics accept, checked in one place, and the resamples that they share."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 2000  # of every bootstrap; more would move an interval by less than its line is wide

Rows = ArrayLike | Sequence[ArrayLike]  # one row of numbers per prompt, perhaps of unequal length


def numbers(name: str, values: ArrayLike) -> np.ndarray:
    """Return values as float [n], all finite, at least one.

    Args:
        name: of the argument, for the message.
        values: numbers of any shape; they are laid in one row.

    Raises:
        ValueError: no values, or one that is not finite.
    """
    given = np.asarray(values, dtype=float).ravel()
    if given.size == 0:
        raise ValueError(f"{name} is empty: measure at least one unit first.")
    if not np.isfinite(given).all():
        raise ValueError(f"{name} are not all finite: leave those units out, and say so.")
    return given


def verdicts(name: str, values: ArrayLike) -> np.ndarray:
    """Return values as bool [n]: each was 0 or 1.

    Raises:
        ValueError: no values, or one that is neither 0 nor 1 (NaN: the judge could not tell).
    """
    given = numbers(name, values)
    if not np.isin(given, (0.0, 1.0)).all():
        odd = given[~np.isin(given, (0.0, 1.0))][0]
        raise ValueError(f"{name} hold {odd:g}: each must be 0 (wrong) or 1 (right).")
    return given.astype(bool)


def in_step(one: np.ndarray, other: np.ndarray, names: tuple[str, str]) -> None:
    """Raise unless two rows have the same length.

    Raises:
        ValueError: they have not.
    """
    if one.size != other.size:
        raise ValueError(
            f"{one.size} {names[0]} for {other.size} {names[1]}: give one of each for every unit."
        )


def rows(name: str, values: Any) -> list[np.ndarray]:
    """Return a list of float [m], one for each prompt; a single row becomes one prompt.

    Args:
        name: of the argument, for the message.
        values: [prompts][samples]; the prompts may have different numbers of samples.

    Raises:
        ValueError: no prompts, a prompt without samples, or a number that is not finite.
    """
    given = list(values)
    if not given:
        raise ValueError(f"{name} is empty: measure at least one prompt first.")
    if np.ndim(given[0]) == 0:
        return [numbers(name, given)]
    return [numbers(f"{name} of prompt {place}", row) for place, row in enumerate(given)]


def resamples(n: int, seed: int = 0, draws: int = RESAMPLES) -> np.ndarray:
    """Return how much each of n units weighs in each bootstrap resample, float [draws, n].

    A mean over resampled units is then one matrix product. Equal n and seed give equal resamples,
    so that two curves over the same prompts move together.

    Args:
        n: number of units, at least 1.
        seed: of the resampling.
        draws: how many resamples.
    """
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    drawn += n * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * n).reshape(draws, n) / n


def middle95(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 2.5 % and 97.5 % points along the first axis; NaN where a column holds only NaN.

    Args:
        values: float [draws, ...]; NaN marks a resample for which the number has no value.
    """
    kept = np.isfinite(values).any(axis=0)
    low, high = np.nanpercentile(np.where(kept, values, 0.0), [2.5, 97.5], axis=0)
    return np.where(kept, low, np.nan), np.where(kept, high, np.nan)
