"""What a score says about being right: shares by score, a rising fit, and areas."""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import Rows, in_step, numbers, rows, verdicts
from dalle_explore.statistics.intervals import Rate, rate
from dalle_explore.statistics.ranks import Mean, mean, ranks
from dalle_explore.statistics.sizes import auc

__all__ = ["Bin", "Isotonic", "auc_pooled", "auc_within", "bins", "brier", "isotonic"]


@dataclasses.dataclass(frozen=True)
class Bin:
    """Samples of similar score.

    Attributes:
        low: lowest score in it.
        high: highest score.
        score: mean score.
        right: share right, with Wilson's interval.
    """

    low: float
    high: float
    score: float
    right: Rate


def bins(scores: ArrayLike, right: ArrayLike, n: int = 10) -> tuple[Bin, ...]:
    """Return the share right in bins that hold about equally many samples each.

    Equal scores are never parted, so many ties leave fewer bins. Wilson's interval counts samples
    as independent; samples of one prompt are not, and then it is too narrow.

    Args:
        scores: float [m].
        right: [m], 0 or 1 for each sample.
        n: how many bins, 1 to m.

    Raises:
        ValueError: no samples, unequal lengths, NaN, or more bins than samples.
    """
    given, is_right = _both(scores, right)
    if not 1 <= n <= given.size:
        raise ValueError(f"n={n} bins for {given.size} samples: give a number up to that.")
    # The middle of a tie decides where all of it goes.
    into = ((ranks(given) - 0.5) / given.size * n).astype(int)
    found = []
    for place in np.unique(into):
        held = into == place
        inside = given[held]
        found.append(
            Bin(
                float(inside.min()),
                float(inside.max()),
                float(inside.mean()),
                rate(is_right[held]),
            )
        )
    return tuple(found)


def _both(scores: ArrayLike, right: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Scores and verdicts, checked."""
    given, is_right = numbers("scores", scores), verdicts("right", right)
    in_step(given, is_right, ("scores", "verdicts"))
    return given, is_right


@dataclasses.dataclass(frozen=True)
class Isotonic:
    """A share right that never falls as the score rises.

    Attributes:
        scores: the different scores it was fitted on, rising, [u].
        right: the fitted share at each, [u].
    """

    scores: tuple[float, ...]
    right: tuple[float, ...]

    def at(self, scores: ArrayLike) -> np.ndarray:
        """Return the fitted share at other scores: straight between, level beyond the ends.

        Args:
            scores: float [m].

        Raises:
            ValueError: no scores, or one that is not finite.
        """
        return np.interp(numbers("scores", scores), self.scores, self.right)


def isotonic(scores: ArrayLike, right: ArrayLike) -> Isotonic:
    """Fit the rising shares that are nearest in least squares.

    Neighbours that fall are pooled until none do (M. Ayer et al., 1955, Annals of Mathematical
    Statistics 26). Fit on one half of the prompts and read it on the other: a fit judged on its
    own samples flatters.

    Args:
        scores: float [m].
        right: float [m], verdicts, or shares of facts.

    Raises:
        ValueError: no samples, unequal lengths, or a number that is not finite.
    """
    given, worth = numbers("scores", scores), numbers("right", right)
    in_step(given, worth, ("scores", "verdicts"))
    x, place, count = np.unique(given, return_inverse=True, return_counts=True)
    pools: list[tuple[float, int, int]] = []  # sum of verdicts, samples, different scores
    for total, many in zip(np.bincount(place, worth).tolist(), count.tolist(), strict=True):
        pool = (total, many, 1)
        while pools and pools[-1][0] * pool[1] >= pool[0] * pools[-1][1]:
            last = pools.pop()
            pool = (last[0] + pool[0], last[1] + pool[1], last[2] + pool[2])
        pools.append(pool)
    fitted = [total / many for total, many, wide in pools for _ in range(wide)]
    return Isotonic(tuple(x.tolist()), tuple(fitted))


def brier(probability: ArrayLike, right: ArrayLike) -> float:
    """Return the mean squared error of stated probabilities, 0 best, 0.25 for always 0.5.

    (G. W. Brier, 1950, Monthly Weather Review 78.)

    Args:
        probability: float [m], each 0..1.
        right: [m], 0 or 1 for each sample.

    Raises:
        ValueError: no samples, unequal lengths, NaN, or a probability outside 0..1.
    """
    stated, is_right = numbers("probability", probability), verdicts("right", right)
    in_step(stated, is_right, ("probabilities", "verdicts"))
    if stated.min() < 0 or stated.max() > 1:
        raise ValueError(
            f"probabilities reach from {stated.min()} to {stated.max()}: each must be within 0..1."
        )
    return float(((stated - is_right) ** 2).mean())


def _prompts(scores: Rows, right: Rows) -> list[tuple[np.ndarray, np.ndarray]]:
    """Scores and verdicts prompt by prompt, checked."""
    given, worth = rows("scores", scores), rows("right", right)
    if len(given) != len(worth):
        raise ValueError(
            f"right has {len(worth)} prompts and scores have {len(given)}: give one row for each."
        )
    return [_both(one, other) for one, other in zip(given, worth, strict=True)]


def auc_within(scores: Rows, right: Rows, seed: int = 0) -> Mean:
    """Return how often a right sample outscores a wrong one of the same prompt.

    The mean over prompts that have both, with a bootstrap interval over them; ``n`` counts these.

    Args:
        scores: [prompts][m].
        right: [prompts][m], 0 or 1 for each sample.
        seed: of the resampling.

    Raises:
        ValueError: unequal shapes, NaN, or no prompt with both right and wrong samples.
    """
    areas = [
        auc(given[is_right], given[~is_right])
        for given, is_right in _prompts(scores, right)
        if 0 < is_right.sum() < is_right.size
    ]
    if not areas:
        raise ValueError(
            "no prompt has both right and wrong samples, so no score can tell them apart: draw "
            "more, or harder prompts."
        )
    return mean(areas, seed)


def auc_pooled(scores: Rows, right: Rows) -> float:
    """Return how often a right sample outscores a wrong one of any prompt.

    Far from ``auc_within`` it shows that prompts differ in score and in difficulty, and no skill
    in choosing among samples of one prompt.

    Args:
        scores: [prompts][m].
        right: [prompts][m], 0 or 1 for each sample.

    Raises:
        ValueError: unequal shapes, NaN, or samples that are all right or all wrong.
    """
    pairs = _prompts(scores, right)
    given = np.concatenate([one for one, _ in pairs])
    is_right = np.concatenate([other for _, other in pairs])
    if is_right.all() or not is_right.any():
        raise ValueError(
            f"all {is_right.size} samples are {'right' if is_right.all() else 'wrong'}, so no "
            f"score can tell them apart: draw more, or other prompts."
        )
    return auc(given[is_right], given[~is_right])
