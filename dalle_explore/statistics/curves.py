"""Curves over k: what the best of 1, 2, 4 ... is worth, with bands over prompts."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from dalle_explore.statistics.given import RESAMPLES, Rows, in_step, middle95, resamples, rows
from dalle_explore.statistics.ranks import Mean
from dalle_explore.statistics.selection import check_choice, check_k, gains, ratio

__all__ = ["Curve", "STATISTICS", "curve", "doublings", "standardised"]

# What a curve may show, in words.
STATISTICS = {
    "score": "score of the best-scored of k",
    "z": "score of the best-scored of k, in standard deviations of its prompt",
    "gold": "share right among the best-scored of k",
    "ceiling": "share with at least one right of k",
    "efficiency": "share of the possible gain that choosing by score achieves",
}
# Fewer prompts, and a percentile interval covers less than it says: 0.91 instead of 0.95 at 20.
ENOUGH_PROMPTS = 20
# Resampling the samples of one prompt covers 0.95 at k = m/16, and 0.80 at m/4.
SAMPLES_PER_CHOICE = 16


@dataclasses.dataclass(frozen=True)
class Curve:
    """One number for every k, with a 95 % band.

    Attributes:
        statistic: which of ``STATISTICS``.
        k: how many are drawn to choose from, rising.
        value: one for every k; NaN where it is not defined (no prompt left anything to gain).
        low: lower end of the band; NaN where there is none.
        high: upper end.
        n: how many prompts it is the mean over.
        m: samples that were scored for each prompt, the smallest number of any.
        indicative: the band is a hint and no 95 % interval: there are fewer than 20 prompts. For
            one prompt it comes from resampling that prompt's samples, and there is none where k
            is above m/16.
    """

    statistic: str
    k: tuple[int, ...]
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: int
    m: int
    indicative: bool

    def at(self, k: int) -> Mean:
        """Return the number at one k, with its interval.

        Raises:
            ValueError: the curve has no such k.
        """
        if k not in self.k:
            held = ", ".join(map(str, self.k))
            raise ValueError(f"k={k} is not on this curve, which has {held}: ask for one of them.")
        place = self.k.index(k)
        return Mean(self.value[place], self.low[place], self.high[place], self.n)


def doublings(m: int, first: int = 1) -> tuple[int, ...]:
    """Return first, twice that, and so on up to m, and m itself.

    Args:
        m: number of samples.
        first: where to begin.

    Raises:
        ValueError: m below first.
    """
    check_k(m, first)
    steps = [first << step for step in range(m.bit_length()) if first << step < m]
    return (*steps, m)


def standardised(scores: Rows) -> list[np.ndarray]:
    """Return scores in standard deviations from the mean of their own prompt.

    Raw scores of different prompts do not compare; these do. Where all scores of a prompt are
    alike they become 0.

    Args:
        scores: [prompts][m].

    Raises:
        ValueError: no prompts, a prompt without samples, or a score that is not finite.
    """
    found = []
    for row in rows("scores", scores):
        away = row - row.mean()
        spread = float(np.sqrt(away @ away / max(1, row.size - 1)))
        alike = np.all(row == row[0]) or spread == 0
        found.append(np.zeros_like(row) if alike else away / spread)
    return found


def curve(
    scores: Rows,
    gold: Rows | None = None,
    ks: Sequence[int] | None = None,
    statistic: str = "score",
    seed: int = 0,
) -> Curve:
    """Return a curve over k as the mean over prompts, with a bootstrap band over prompts.

    Every prompt is estimated without bias from all its samples (``weights``); the band resamples
    prompts, because samples of one prompt are not independent (2,000 resamples with a fixed seed;
    the same for every statistic). The efficiency is the mean gain over the mean possible gain,
    so that prompts with nothing to gain say nothing.

    Args:
        scores: [prompts][m], higher is better; prompts may have different numbers of samples. A
            single row is one prompt.
        gold: [prompts][m], the judge's verdicts (or shares of facts right); "score" and "z" need
            none.
        ks: how many are drawn to choose from; default 1, 2, 4 ... and the smallest m (from 2 for
            the efficiency, which needs a choice).
        statistic: "score", "z", "gold", "ceiling" or "efficiency".
        seed: of the resampling.

    Raises:
        ValueError: an unknown statistic, no verdicts where they are needed, unequal shapes, NaN,
            a k above the number of samples of any prompt, or k = 1 for the efficiency.
    """
    if statistic not in STATISTICS:
        raise ValueError(f"statistic={statistic!r} is unknown: give one of {list(STATISTICS)}.")
    held = standardised(scores) if statistic == "z" else rows("scores", scores)
    worth = _worth(held, gold, statistic)
    m = min(row.size for row in held)
    choice = statistic == "efficiency"
    if choice and m < 2:
        check_choice(m)
    k = tuple(sorted(set(ks))) if ks is not None else doublings(m, 2 if choice else 1)
    if not k:
        raise ValueError("ks is empty: give at least one number of samples to choose from.")
    for one in k:
        check_k(m, one)
        if choice:
            check_choice(one)
    parts = _parts(held, worth, k, statistic)
    if len(held) > 1:
        drawn = [resamples(len(held), seed) @ part for part in parts]
    else:
        drawn = _within(held[0], worth[0], k, statistic, seed)
    value = _value([part.mean(axis=0) for part in parts])
    low, high = middle95(_value(drawn))
    if len(held) == 1:
        kept = np.array(k) <= m / SAMPLES_PER_CHOICE
        low, high = np.where(kept, low, np.nan), np.where(kept, high, np.nan)
    # A mean of equal numbers may miss them by rounding, on either side of the estimate.
    low, high = (
        np.fmin(low, np.where(np.isnan(low), np.nan, value)),
        np.fmax(high, np.where(np.isnan(high), np.nan, value)),
    )
    return Curve(
        statistic,
        k,
        tuple(value.tolist()),
        tuple(low.tolist()),
        tuple(high.tolist()),
        len(held),
        m,
        len(held) < ENOUGH_PROMPTS,
    )


def _worth(held: list[np.ndarray], gold: Rows | None, statistic: str) -> list[np.ndarray]:
    """What the choice is judged by: the scores themselves, or the verdicts, checked."""
    if statistic in ("score", "z"):
        return held
    if gold is None:
        raise ValueError(
            f"statistic={statistic!r} needs verdicts and none were given: pass gold, one verdict "
            f'for each sample, or ask for "score".'
        )
    worth = rows("gold", gold)
    if len(worth) != len(held):
        raise ValueError(
            f"gold has {len(worth)} prompts and scores have {len(held)}: give one row for each."
        )
    for one, other in zip(held, worth, strict=True):
        in_step(one, other, ("scores", "verdicts"))
    return worth


def _parts(
    held: list[np.ndarray], worth: list[np.ndarray], k: tuple[int, ...], statistic: str
) -> list[np.ndarray]:
    """Per prompt and k, float [prompts, ks]: the value, or the gain and the possible gain."""
    lengths = np.array([row.size for row in held])
    found = [np.empty((len(held), len(k))) for _ in range(2 if statistic == "efficiency" else 1)]
    for m in np.unique(lengths):
        of = np.flatnonzero(lengths == m)
        given = np.stack([held[place] for place in of])
        gold = np.stack([worth[place] for place in of])
        by = gold if statistic == "ceiling" else given
        gained = gains(by, gold, k)
        if statistic == "efficiency":
            found[0][of], found[1][of] = gained, gains(gold, gold, k)
        else:
            found[0][of] = gained + gold.mean(axis=1, keepdims=True)
    return found


def _within(
    scores: np.ndarray, gold: np.ndarray, k: tuple[int, ...], statistic: str, seed: int
) -> list[np.ndarray]:
    """The same numbers for resamples of the samples of one prompt, float [draws, ks]."""
    if scores.size < SAMPLES_PER_CHOICE:
        nothing = np.full((1, len(k)), math.nan)
        return [nothing] * (2 if statistic == "efficiency" else 1)
    drawn = np.random.default_rng(seed).integers(scores.size, size=(RESAMPLES, scores.size))
    return _parts(list(scores[drawn]), list(gold[drawn]), k, statistic)


def _value(parts: list[np.ndarray]) -> np.ndarray:
    """The number itself: one part as it is, two as a ratio."""
    return parts[0] if len(parts) == 1 else ratio(parts[0], parts[1])
