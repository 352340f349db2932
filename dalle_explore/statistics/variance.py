"""Was it the words or the luck: variance split into prompt, phrasing and seed."""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.curves import ENOUGH_PROMPTS
from dalle_explore.statistics.given import middle95, numbers, resamples

__all__ = ["Component", "Variance", "effective_n", "split"]


@dataclasses.dataclass(frozen=True)
class Component:
    """One source of variance.

    Attributes:
        name: "prompt", "phrasing", "seed", "prompt with seed" or "rest".
        variance: its unbiased estimate; may fall below 0 by chance where the source is nil.
        share: of the sum of all sources, 0..1, an estimate below 0 counting as 0; NaN where
            nothing varies.
        low: lower end of the share's 95 % interval, over prompts.
        high: upper end.
    """

    name: str
    variance: float
    share: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Variance:
    """Variance split into its sources.

    Attributes:
        components: the sources, from the words to the luck.
        prompts: how many prompts.
        phrasings: of each; 1: phrasing was not varied and is no source.
        seeds: of each phrasing.
        same_seeds: whether all prompts had the same seeds, so that a seed can be a source.
        indicative: fewer than 20 prompts: the intervals are hints.
    """

    components: tuple[Component, ...]
    prompts: int
    phrasings: int
    seeds: int
    same_seeds: bool
    indicative: bool

    def __getitem__(self, name: str) -> Component:
        for component in self.components:
            if component.name == name:
                return component
        raise KeyError(f"no source {name!r}: there are {[one.name for one in self.components]}")


def split(values: ArrayLike, same_seeds: bool = True, seed: int = 0) -> Variance:
    """Split the variance of a balanced table into what caused it (random effects).

    Mean squares set equal to their expectations (S. R. Searle, G. Casella, C. E. McCulloch, 1992,
    Variance Components, chapter 4). Phrasings belong to their prompt. With the same seeds
    everywhere, "seed" is what a seed does to every prompt alike and "prompt with seed" what it
    does to one; with seeds of their own, "seed" is all the luck. Intervals of the shares resample
    prompts; what few seeds leave open about the variance of all seeds is added from the
    chi-square distribution of a mean square.

    Args:
        values: float [prompts, phrasings, seeds], or [prompts, seeds] where the phrasing was not
            varied; 2 or more of each.
        same_seeds: whether a column is the same seed in every row.
        seed: of the resampling.

    Raises:
        ValueError: another shape, fewer than 2 of anything, or a value that is not finite: the
            table has to be full.
    """
    given = np.asarray(values, dtype=float)
    if given.ndim not in (2, 3) or min(given.shape) < 2:
        raise ValueError(
            f"values have shape {given.shape}: give [prompts, phrasings, seeds] or [prompts, "
            f"seeds], 2 or more of each."
        )
    numbers("values", given)
    table = given if given.ndim == 3 else given[:, None, :]
    table = table - table.mean()
    once = np.ones((1, len(table)))
    found = _sources(table, once, same_seeds)
    times = len(table) * resamples(len(table), seed)
    # Prompts can be resampled, but seeds that all prompts share are few: a mean square over them
    # is its expectation times chi-square over its degrees of freedom, read backwards.
    free = table.shape[2] - 1
    unsure = free / np.random.default_rng([seed, 1]).chisquare(free, size=len(times))
    drawn = _sources(table, times, same_seeds, unsure)
    parts = np.stack(list(found.values()), axis=-1)
    share = _shares(parts, given)[0]
    low, high = middle95(_shares(np.stack(list(drawn.values()), axis=-1), given))
    components = tuple(
        Component(
            name,
            float(parts[0, place]),
            float(share[place]),
            float(min(low[place], share[place])),
            float(max(high[place], share[place])),
        )
        for place, name in enumerate(found)
    )
    p, f, s = table.shape
    return Variance(components, p, f, s, same_seeds, p < ENOUGH_PROMPTS)


def _shares(parts: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Sources [draws, sources] as shares of their sum; NaN where there is nothing but rounding."""
    positive = np.maximum(parts, 0)
    total = positive.sum(axis=-1, keepdims=True)
    known = total > 1e-24 * max(1e-270, float(np.abs(given).max()) ** 2)
    return np.where(known, positive / np.where(known, total, 1.0), np.nan)


def _sources(
    table: np.ndarray, times: np.ndarray, same_seeds: bool, unsure: np.ndarray | float = 1.0
) -> dict[str, np.ndarray]:
    """Estimated variances, each [draws], when prompt p counts times[draw, p] times.

    The sums of squares are sums over prompts of squared means, so that every resample is one row
    of a matrix product. The mean square of shared seeds is multiplied by ``unsure``.
    """
    p, f, s = table.shape
    whole = times @ (table**2).sum(axis=(1, 2))
    phrasing = s * (times @ (table.mean(axis=2) ** 2).sum(axis=1))
    prompt = f * s * (times @ table.mean(axis=(1, 2)) ** 2)
    centre = f * s * (times @ table.mean(axis=(1, 2))) ** 2 / p
    of_prompt = (prompt - centre) / (p - 1)
    of_phrasing = (phrasing - prompt) / max(1, p * (f - 1))
    if not same_seeds:
        rest = (whole - phrasing) / (p * f * (s - 1))
        if f == 1:
            return {"prompt": (of_prompt - rest) / s, "seed": rest}
        return {
            "prompt": (of_prompt - of_phrasing) / (f * s),
            "phrasing": (of_phrasing - rest) / s,
            "seed": rest,
        }
    by_seed = table.mean(axis=1)
    seeds = f * ((times @ by_seed) ** 2).sum(axis=1) / p
    both = f * (times @ (by_seed**2).sum(axis=1))
    of_seed = unsure * (seeds - centre) / (s - 1)
    of_both = (both - prompt - seeds + centre) / ((p - 1) * (s - 1))
    if f == 1:
        return {
            "prompt": (of_prompt - of_both) / s,
            "seed": (of_seed - of_both) / p,
            "rest": of_both,
        }
    rest = (whole - phrasing - both + prompt) / (p * (f - 1) * (s - 1))
    return {
        "prompt": (of_prompt - of_phrasing - of_both + rest) / (f * s),
        "phrasing": (of_phrasing - rest) / s,
        "seed": (of_seed - of_both) / (p * f),
        "prompt with seed": (of_both - rest) / f,
        "rest": rest,
    }


def effective_n(prompts: int, samples: int, rho: float) -> float:
    """Return how many independent samples are worth as much as several of each prompt.

    prompts x samples / (1 + (samples - 1) rho) (L. Kish, 1965, Survey Sampling; for evaluations
    E. Miller, 2024, arXiv 2411.00640).

    Args:
        prompts: how many prompts.
        samples: how many of each.
        rho: correlation of samples of one prompt, 0..1: the share of "prompt" in ``split``.

    Raises:
        ValueError: counts below 1, or rho outside 0..1.
    """
    if prompts < 1 or samples < 1 or not 0 <= rho <= 1:
        raise ValueError(
            f"prompts={prompts}, samples={samples}, rho={rho}: give counts from 1 and a "
            f"correlation within 0..1."
        )
    return prompts * samples / (1 + (samples - 1) * rho)
