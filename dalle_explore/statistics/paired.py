"""Two conditions on the same units: the same seeds, prompts or pictures, compared pair by pair."""

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import in_step, numbers, verdicts
from dalle_explore.statistics.intervals import Z95
from dalle_explore.statistics.ranks import mean

__all__ = ["Paired", "mcnemar", "paired_difference", "pairs_needed"]

_ALL_FLIPS = 14  # up to so many pairs every way of flipping signs is counted: 16,384
_FLIPS = 9999  # drawn for more pairs, so that the smallest p is 0.0001


@dataclasses.dataclass(frozen=True)
class Paired:
    """A mean difference between two conditions on the same units.

    Attributes:
        difference: mean of one minus other.
        low: lower end of its 95 % interval; NaN for a single pair of scores, which has none.
        high: upper end.
        p: how probable a difference at least as large is if the conditions are exchangeable,
            two-sided.
        n: number of pairs.
        discordant: pairs in which the two differ; only these can tell the conditions apart.
    """

    difference: float
    low: float
    high: float
    p: float
    n: int
    discordant: int

    def __str__(self) -> str:
        interval = "" if math.isnan(self.low) else f"{self.low:+.3g} to {self.high:+.3g}, "
        return f"{self.difference:+.3g} ({interval}p={self.p:.2g}, n={self.n})"


def mcnemar(one: ArrayLike, other: ArrayLike) -> Paired:
    """Compare how often two conditions succeed on the same units.

    The exact test of Q. McNemar (1947, Psychometrika 12): among pairs in which one succeeds and
    the other fails, either way is equally probable. The interval is the adjusted one of D. G.
    Bonett and R. M. Price (2012, Statistics in Medicine 31).

    Args:
        one: [n], 0 or 1 for each unit.
        other: [n], of the same units in the same order.

    Returns:
        The difference of the shares, one minus other.

    Raises:
        ValueError: no units, unequal lengths, or a value that is neither 0 nor 1.
    """
    left, right = verdicts("one", one), verdicts("other", other)
    in_step(left, right, ("verdicts", "verdicts"))
    n, gained, lost = left.size, int((left & ~right).sum()), int((~left & right).sum())
    difference = (gained - lost) / n
    for_one, for_other = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    shift = for_one - for_other
    half = Z95 * math.sqrt((for_one + for_other - shift * shift) / (n + 2))
    low = max(-1.0, min(difference, shift - half))
    high = min(1.0, max(difference, shift + half))
    p = min(1.0, 2 * _binomial_below(min(gained, lost), gained + lost))
    return Paired(difference, low, high, p, n, gained + lost)


def _binomial_below(successes: int, n: int) -> float:
    """Probability of at most so many heads in n throws of a fair coin."""
    place = np.arange(1, successes + 1)
    ways = np.concatenate([[0.0], np.cumsum(np.log((n - place + 1) / place))])
    return float(np.exp(ways - n * math.log(2)).sum())


def paired_difference(one: ArrayLike, other: ArrayLike, seed: int = 0) -> Paired:
    """Compare the scores of two conditions on the same units.

    The p comes from flipping the signs of the differences (R. A. Fisher, 1935, The Design of
    Experiments, section 21): all ways for up to 14 pairs, else 9,999 drawn ones and the observed
    one. The interval is a bootstrap over pairs.

    Args:
        one: float [n], one value for each unit.
        other: float [n], of the same units in the same order.
        seed: of flips and resamples.

    Raises:
        ValueError: no units, unequal lengths, or a value that is not finite.
    """
    left, right = numbers("one", one), numbers("other", other)
    in_step(left, right, ("values", "values"))
    apart = left - right
    found = mean(apart, seed)
    low, high = (found.low, found.high) if apart.size > 1 else (math.nan, math.nan)
    p = _flipped(apart, seed)
    return Paired(found.value, low, high, p, apart.size, int(np.count_nonzero(apart)))


def _flipped(apart: np.ndarray, seed: int) -> float:
    """Share of sign flips whose sum is at least as far from 0 as the observed one."""
    n = apart.size
    # Sums of the same numbers in another order differ by rounding; they count as equal.
    reached = abs(float(apart.sum())) - 1e-12 * float(np.abs(apart).sum())
    if n <= _ALL_FLIPS:
        signs = 1.0 - 2.0 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float((np.abs(signs @ apart) >= reached).mean())
    rng, beyond, left = np.random.default_rng(seed), 1, _FLIPS
    while left:
        some = min(left, max(1, 4_000_000 // n))  # bounded memory for many pairs
        signs = 1.0 - 2.0 * rng.integers(2, size=(some, n), dtype=np.int8)
        beyond += int((np.abs(signs @ apart) >= reached).sum())
        left -= some
    return beyond / (_FLIPS + 1)


def pairs_needed(only_one: float, only_other: float, z_power: float = 0.8416212335729143) -> int:
    """Return how many pairs McNemar's test needs to find a difference four times out of five.

    (R. J. Connor, 1987, Biometrics 43; two-sided at 5 %.)

    Args:
        only_one: expected share of pairs in which only the first succeeds.
        only_other: expected share in which only the second does.
        z_power: quantile of the normal distribution for the power; the default is 80 %.

    Raises:
        ValueError: shares outside 0..1, above 1 together, or equal: no number of pairs finds
            nothing.
    """
    together, apart = only_one + only_other, abs(only_one - only_other)
    if not (0 <= only_one <= 1 and 0 <= only_other <= 1 and together <= 1):
        raise ValueError(
            f"shares {only_one} and {only_other} are impossible: give two shares of the same "
            f"pairs, together at most 1."
        )
    if apart == 0:
        raise ValueError(f"both shares are {only_one}: no number of pairs finds no difference.")
    spread = Z95 * math.sqrt(together) + z_power * math.sqrt(together - apart * apart)
    return math.ceil(spread * spread / (apart * apart))
