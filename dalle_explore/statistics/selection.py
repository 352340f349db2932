"""What choosing the best of k is worth, from m samples that were all scored.

Nothing is drawn again: every k up to m is estimated from the same samples, without bias, by
weighting the sorted samples (order statistics). The unit of analysis is the prompt.
"""

import functools
import math

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import in_step, numbers

__all__ = [
    "ceiling",
    "divergence_bound",
    "efficiency",
    "expected_best",
    "expected_gold",
    "null_gain",
    "weights",
    "win_rate_bound",
]


def weights(m: int, k: int) -> np.ndarray:
    """Return how often each of m sorted samples is the best of k drawn without replacement.

    The sample in place j, the smallest first, wins in C(j-1, k-1) of C(m, k) subsets: with
    w_m = k/m, w_(j-1) = w_j (j-k)/(j-1) (the unbiased estimator of R. Tang et al., 2020, "Showing
    Your Work Doesn't Always Work", ACL).

    Args:
        m: number of samples.
        k: how many of them are drawn to choose from, 1 to m.

    Returns:
        float [m], the smallest sample first; the sum is 1.

    Raises:
        ValueError: k below 1 or above m.
    """
    check_k(m, k)
    place = np.arange(m, 1, -1)
    falling = np.cumprod(np.maximum(place - k, 0) / (place - 1))
    return (k / m * np.concatenate([[1.0], falling]))[::-1]


def check_k(m: int, k: int) -> None:
    """Raise unless k samples can be drawn from m.

    Raises:
        ValueError: k is no whole number, is below 1, or above m.
    """
    if k != int(k) or k < 1:
        raise ValueError(f"k={k} is no number of samples to choose from: give 1, 2, 3 and so on.")
    if k > m:
        raise ValueError(
            f"k={k}, but only {m} samples were scored, and the best of more than were drawn "
            f"cannot be known: give a k up to {m}, or draw more."
        )


def settled(scores: np.ndarray, gold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return gold in the order of the scores, equal scores sharing their mean, and the means.

    Args:
        scores: float [prompts, m], what is chosen by.
        gold: float [prompts, m], what the choice is judged by.

    Returns:
        float [prompts, m], the lowest score first, and float [prompts, 1]. A prompt whose scores
        are all alike has exactly its mean in every place: no order leaks in through ties.
    """
    prompts, m = scores.shape
    order = np.argsort(scores, axis=1, kind="stable")
    held, carried = np.take_along_axis(scores, order, 1), np.take_along_axis(gold, order, 1)
    begins = np.ones((prompts, m), dtype=bool)
    begins[:, 1:] = held[:, 1:] != held[:, :-1]
    group = np.cumsum(begins.ravel()) - 1  # every row begins one
    shared = np.bincount(group, weights=carried.ravel()) / np.bincount(group)
    # The same way of adding as within a tie, so that one tie over all equals the mean to the bit.
    row = np.repeat(np.arange(prompts), m)
    means = np.bincount(row, weights=carried.ravel()) / m
    return shared[group].reshape(prompts, m), means[:, None]


def gains(scores: np.ndarray, gold: np.ndarray, ks: tuple[int, ...]) -> np.ndarray:
    """Return how far choosing the best-scored of k lifts gold above its mean, [prompts, ks].

    Args:
        scores: float [prompts, m].
        gold: float [prompts, m].
        ks: each 1 to m.
    """
    ordered, means = settled(scores, gold)
    return (ordered - means) @ np.stack([weights(scores.shape[1], k) for k in ks], axis=1)


def expected_gold(scores: ArrayLike, gold: ArrayLike, k: int) -> float:
    """Return what the best-scored of k is worth on average, over all choices of k samples.

    The weights of ``weights`` on gold, sorted by score; equal scores share theirs (the curve of
    L. Gao, J. Schulman, J. Hilton, 2022, "Scaling Laws for Reward Model Overoptimization").

    Args:
        scores: float [m], what is chosen by, higher is better.
        gold: float [m], what counts: the judge's verdicts, or shares of facts.
        k: how many are drawn to choose from, 1 to m.

    Raises:
        ValueError: no samples, unequal lengths, NaN, or a k that m samples cannot carry.
    """
    given, worth = numbers("scores", scores), numbers("gold", gold)
    in_step(given, worth, ("scores", "verdicts"))
    gain = gains(given[None], worth[None], (k,))
    return float(settled(given[None], worth[None])[1][0, 0] + gain[0, 0])


def expected_best(scores: ArrayLike, k: int) -> float:
    """Return the mean of the highest score of k, over all choices of k of the m samples.

    Args:
        scores: float [m].
        k: how many are drawn to choose from, 1 to m.

    Raises:
        ValueError: no scores, NaN, or a k that m samples cannot carry.
    """
    return expected_gold(scores, scores, k)


def ceiling(right: ArrayLike, k: int) -> float:
    """Return how often at least one of k is right: what a perfect choice would reach.

    For c right of m it is 1 - C(m-c, k)/C(m, k) (M. Chen et al., 2021, "Evaluating Large Language
    Models Trained on Code", equation 1), computed as the expected best of the verdicts, which is
    the same number and is also defined for shares of facts.

    Args:
        right: float [m], 0 or 1 for each sample, or a share.
        k: how many are drawn to choose from, 1 to m.

    Raises:
        ValueError: no verdicts, NaN, or a k that m samples cannot carry.
    """
    return expected_best(right, k)


def efficiency(scores: ArrayLike, right: ArrayLike, k: int) -> float:
    """Return the share of the possible gain that choosing by score achieves.

    (expected_gold - mean) / (ceiling - mean): 1 for a scorer that always finds a right sample,
    0 for one that knows nothing, below 0 for one that prefers wrong samples. At k = 2 it is
    2 AUC - 1 exactly.

    Args:
        scores: float [m], higher is better.
        right: float [m], the judge's verdicts.
        k: how many are drawn to choose from, 2 to m.

    Returns:
        The efficiency; NaN where all samples are equally right, so that nothing can be gained.

    Raises:
        ValueError: no samples, unequal lengths, NaN, k = 1, or a k above m.
    """
    given, worth = numbers("scores", scores), numbers("right", right)
    in_step(given, worth, ("scores", "verdicts"))
    check_choice(k)
    possible = gains(worth[None], worth[None], (k,))
    return float(ratio(gains(given[None], worth[None], (k,)), possible)[0, 0])


def check_choice(k: int) -> None:
    """Raise where there is nothing to choose between.

    Raises:
        ValueError: k is 1.
    """
    if k == 1:
        raise ValueError("k=1 leaves nothing to choose, so it has no efficiency: give 2 or more.")


def ratio(gained: np.ndarray, possible: np.ndarray) -> np.ndarray:
    """Return gained / possible, NaN where nothing was possible beyond rounding."""
    known = possible > 1e-12
    return np.where(known, gained / np.where(known, possible, 1.0), np.nan)


@functools.cache
def _normal() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places, density times step, and log of the distribution function of the normal."""
    x = np.linspace(-12, 12, 4801)
    tail = np.array([0.5 * math.erfc(float(at) / math.sqrt(2)) for at in x])
    # Below 0 the tail is nearly 1 and its complement would lose its digits: mirror it.
    below = np.where(x > 0, np.log1p(-np.minimum(tail, 0.5)), np.log(tail[::-1]))
    return x, np.exp(-x * x / 2) / math.sqrt(2 * math.pi) * (x[1] - x[0]), below


def null_gain(k: int) -> float:
    """Return the expected highest of k standard normal numbers, in standard deviations.

    The line that every curve of best scores has to be read against: a score rises by this much
    when k grows even if it means nothing. 0.56, 1.03, 1.42, 1.77, 2.07, 2.34 for k = 2, 4, 8, 16,
    32, 64 (L. H. C. Tippett, 1925, Biometrika 17).

    Args:
        k: how many are drawn to choose from, 1 or more.

    Raises:
        ValueError: k is no whole number from 1.
    """
    check_k(max(1, k), k)
    x, density, below = _normal()
    return float(k * (x * density * np.exp((k - 1) * below)).sum())


def divergence_bound(k: int) -> float:
    """Return the most by which the best of k can differ from a plain draw: log k - (k-1)/k nats.

    An upper bound on the Kullback-Leibler divergence, no equality (A. Beirami et al., 2024,
    "Theoretical guarantees on the best-of-n alignment policy", arXiv 2401.01879).

    Args:
        k: how many are drawn to choose from, 1 or more.

    Raises:
        ValueError: k is no whole number from 1.
    """
    check_k(max(1, k), k)
    return math.log(k) - (k - 1) / k


def win_rate_bound(k: int) -> float:
    """Return how often at most the best of k beats a plain draw by its own score: k/(k+1).

    (Beirami et al., as for ``divergence_bound``; reached when no two samples score alike.)

    Args:
        k: how many are drawn to choose from, 1 or more.

    Raises:
        ValueError: k is no whole number from 1.
    """
    check_k(max(1, k), k)
    return k / (k + 1)
