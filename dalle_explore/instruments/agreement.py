"""Do the instruments agree? Word scores side by side, and who knows what matters.

Rank correlations of looks and dependences, a badge when the word that is looked at most is not
the one that costs most, and the deletion curve: words are taken away in the order of a score, and
a good score hurts early.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float64

from dalle_explore.errors import InputError
from dalle_explore.instruments.attention import attention
from dalle_explore.instruments.gradient import gradient
from dalle_explore.instruments.knockout import depends_on
from dalle_explore.instruments.passes import Passes, Variant
from dalle_explore.instruments.subject import Result
from dalle_explore.statistics.ranks import spearman

__all__ = ["SCORES", "Agreement", "Deletion", "agreement", "word_maps"]

SCORES: Mapping[str, str] = {
    "attention": "attention weights",
    "contribution": "value-weighted attention",
    "gradient": "gradient × attention",
    "knockout_image": "knock-out, patches' edges",
    "knockout": "knock-out, all edges",
}
LOOKS = ("attention", "contribution")

_ORDERS = 8  # random orders beside those of the scores


@dataclasses.dataclass(frozen=True, eq=False)
class Deletion:
    """Bits that are lost when words are taken away, one after another (all edges to them)."""

    curves: dict[str, Float64[np.ndarray, " m"]]  # by the order of each score; 0 words first
    random: Float64[np.ndarray, "o m"]  # the same for random orders

    def area(self, curve: np.ndarray) -> float:
        """Mean height of a curve, as a share of what all words together cost; 0.5: no order.

        NaN where they cost nothing, or less: there is nothing to take a share of.
        """
        whole = float(curve[-1])
        return float(np.trapezoid(curve) / (len(curve) - 1) / whole) if whole > 0 else float("nan")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Agreement(Result):
    """Scores of the words by several instruments, and how far their orders agree."""

    drawn_by: ClassVar[str] = "agreement"

    places: tuple[int, ...]  # of the words that are scored; punctuation is not
    scores: dict[str, Float64[np.ndarray, " w"]]  # by the names of ``SCORES``
    deletion: Deletion | None
    mask: Bool[np.ndarray, "rows columns"] | None = None  # patches that count; None: all

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are scored."""
        return tuple(self.subject.words[place] for place in self.places)

    @property
    def correlations(self) -> Float64[np.ndarray, "m m"]:
        """Spearman's rank correlation between all pairs; NaN where a score is all alike."""
        values = list(self.scores.values())
        found: Float64[np.ndarray, "m m"] = np.array(
            [[_alike(one, other) for other in values] for one in values]
        )
        return found

    def first(self, name: str) -> str:
        """Return the word with the highest score."""
        return self.words[int(self.scores[name].argmax())]

    @property
    def disagree(self) -> bool:
        """Whether the word that is looked at most is another than the one that costs most.

        Also where no word costs anything, though one is always looked at most.
        """
        return not self._needed or self.first("contribution") != self.first("knockout")

    @property
    def _needed(self) -> bool:
        """Whether there is a word whose loss costs anything."""
        return bool(self.scores["knockout"].max() > 0)

    def badge(self) -> str:
        """Say in one sentence whether looking and depending agree here."""
        looked, needed = self.first("contribution"), self.first("knockout")
        if not self.disagree:
            return f"Both agree here: “{looked}” is looked at most, and its loss costs most."
        costs = (
            f"the loss of “{needed}” costs most" if self._needed else "no word's loss costs bits"
        )
        return f"They disagree here: “{looked}” is looked at most, but {costs}."

    def caption(self) -> str:
        """Say what is compared."""
        what = "" if self.mask is None else f" Of {int(self.mask.sum())} patches."
        curve = ""
        if self.deletion is not None:
            curve = (
                f" Deletion: bits lost when words are taken away, highest score first, against "
                f"{len(self.deletion.random)} random orders."
            )
        names = "; ".join(SCORES[name] for name in self.scores)
        return (
            f"Do they agree? Words scored by: {names}. Numbers in the table are Spearman's rank "
            f"correlations over {len(self.words)} words. {self.badge()}{what}{curve} "
            f"{self.subject.in_words()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        return (
            f"A table of rank correlations between instruments for the text "
            f"“{self.subject.prompt}”. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a word."""
        return [
            {"word": word} | {name: float(values[j]) for name, values in self.scores.items()}
            for j, word in enumerate(self.words)
        ]

    def measures(self) -> dict[str, float]:
        """Return correlations with the knock-out, whether they agree, and areas of deletion."""
        names = list(self.scores)
        table, needed = self.correlations, names.index("knockout")
        found = {
            f"correlation of {name} with knockout": float(table[place, needed])
            for place, name in enumerate(names)
            if name != "knockout"
        }
        found["disagree"] = float(self.disagree)
        if self.deletion is not None:
            for name, curve in self.deletion.curves.items():
                found[f"deletion area by {name}"] = self.deletion.area(curve)
            areas = [self.deletion.area(curve) for curve in self.deletion.random]
            found["deletion area by random order"] = float(np.mean(areas))
        return found


def agreement(
    passes: Passes,
    *,
    mask: Bool[np.ndarray, "rows columns"] | None = None,
    deletion: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Agreement:
    """Score the words by every instrument, and compare.

    Args:
        passes: the picture.
        mask: patches that count; None: all.
        deletion: also take words away in the order of every score (some seconds).
        progress: called with readings done and readings in all, of the deletion.

    Raises:
        InputError: fewer than two words, an empty mask, or a model that cannot be changed inside.
    """
    text = passes.subject.text
    places = tuple(
        place for place, word in enumerate(text.words) if any(c.isalnum() for c in word.text)
    )
    if len(places) < 2:
        raise InputError(
            f"the prompt {passes.subject.prompt!r} has {len(places)} words, and one word agrees "
            f"with itself: take a prompt of two or more."
        )
    counted = np.ones(passes.subject.grid, dtype=bool) if mask is None else mask
    maps = word_maps(passes, counted)
    scores = {}
    for name, values in maps.items():
        mine = values[list(places)]
        summed = np.where(counted, mine, 0).sum(axis=(1, 2)) if name != "gradient" else None
        # The gradient of a region counts rows outside it, too.
        scores[name] = mine.sum(axis=(1, 2)) if summed is None else summed
        if name in LOOKS:
            scores[name] = scores[name] / counted.sum()
    curves = _delete(passes, places, scores, counted, progress) if deletion else None
    return Agreement(passes.subject, places, scores, curves, mask)


def word_maps(
    passes: Passes, mask: Bool[np.ndarray, "rows columns"] | None = None
) -> dict[str, Float64[np.ndarray, "w rows columns"]]:
    """Return a map of every word by every instrument of ``SCORES``.

    Looks are shares; gradient and knock-outs are bits.

    Args:
        passes: the picture.
        mask: the patches whose codes the gradient is of; None: all.
    """
    subject = passes.subject
    found = attention(passes)
    count, grid = len(subject.words), subject.grid

    def laid(columns: np.ndarray) -> np.ndarray:
        return columns[:, :count].T.reshape(count, *grid)

    return {
        "attention": laid(found.by_word(found.shares("attention"))),
        "contribution": laid(found.by_word(found.shares("contribution"))),
        "gradient": laid(gradient(passes, mask)),
        "knockout_image": depends_on(passes, mode="image").bits[:count],
        "knockout": depends_on(passes, mode="all").bits[:count],
    }


def _delete(
    passes: Passes,
    places: tuple[int, ...],
    scores: dict[str, np.ndarray],
    counted: np.ndarray,
    progress: Callable[[int, int], None],
) -> Deletion:
    count = len(places)
    orders = {name: np.argsort(-values, kind="stable") for name, values in scores.items()}
    dice = np.random.default_rng(0)
    random = [dice.permutation(count) for _ in range(_ORDERS)]
    # Every set of words is read once, whichever orders come by it.
    sets: dict[frozenset[int], int] = {}
    for order in [*orders.values(), *random]:
        for m in range(1, count + 1):
            sets.setdefault(frozenset(order[:m].tolist()), len(sets))
    text = passes.subject.text
    variants = [Variant(hidden=text.tokens(sorted(places[j] for j in gone))) for gone in sets]
    lost = passes.bits_lost(variants, progress=progress)[:, counted.flatten()].sum(axis=1)

    def curve(order: np.ndarray) -> Float64[np.ndarray, " m"]:
        bits = [lost[sets[frozenset(order[:m].tolist())]] for m in range(1, count + 1)]
        return np.array([0.0, *bits])

    return Deletion(
        {name: curve(order) for name, order in orders.items()},
        np.stack([curve(order) for order in random]),
    )


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return 1.0 if one is other and len(set(one.tolist())) > 1 else spearman(one, other)
