"""What choosing the best of k by score is worth: for the score, and for the judge."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.curves import SAMPLES_PER_CHOICE, Curve, curve, doublings
from dalle_explore.statistics.selection import null_gain

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["BestOf", "Winner"]


@dataclasses.dataclass(frozen=True, eq=False)
class Winner:
    """Who scores highest among the first k pictures of a prompt, as they were drawn."""

    k: int
    seed: int
    score: float
    right: float  # 1 or 0; NaN: nobody can say
    picture: Any | None  # a Sample; None: its codes were dropped


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class BestOf(SavedAsFigure):
    """Expected score and expected truth of the best of k, averaged over prompts.

    Order-statistic weights, unbiased (Tang et al., 2020; for the judge's verdict the same weights
    in the order of the scores). ``null`` is what the best of k of pure noise gains: a score that
    rises along it says nothing about the scorer.
    """

    drawn_by: ClassVar[str] = "best_of"

    scores: "dalle_explore.session.scores.scores.Scores"
    ks: tuple[int, ...]
    score: Curve  # in standard deviations within the prompt
    null: tuple[float, ...]  # in the same unit, for independent normal scores
    right: Curve | None  # share right when the highest score is taken; None: no judge
    ceiling: Curve | None  # share of draws with at least one that is right among k
    efficiency: Curve | None  # (right - random) / (ceiling - random); 1: as good as the judge
    random: float | None  # share right when nobody chooses
    flat: int  # prompts whose scores are all alike

    @classmethod
    def of(
        cls,
        scores: "dalle_explore.session.scores.scores.Scores",
        ks: Iterable[int] | None = None,
    ) -> Self:
        """Compute the curves; see ``Scores.best_of``.

        Raises:
            InputError: a k that the prompt with the fewest pictures cannot carry.
        """
        most = scores.least
        if most < 2:
            raise InputError(
                "a prompt has one picture only, among which nothing can be chosen: draw several, "
                "for example n=32."
            )
        taken = doublings(most) if ks is None else _checked(ks, most)
        judged = scores.judged
        right = ceiling = efficiency = None
        if judged:
            given = [cell.scores for cell in judged]
            gold = [cell.right for cell in judged]
            right = curve(given, gold, taken, "gold")
            ceiling = curve(given, gold, taken, "ceiling")
            choices = tuple(k for k in taken if k > 1)
            if choices and any(0 < values.mean() < 1 for values in gold):
                efficiency = curve(given, gold, choices, "efficiency")
        return cls(
            scores=scores,
            ks=taken,
            score=curve(list(scores.scores), None, taken, "z"),
            null=tuple(null_gain(k) for k in taken),
            right=right,
            ceiling=ceiling,
            efficiency=efficiency,
            random=float(np.mean([cell.right.mean() for cell in judged])) if judged else None,
            flat=sum(bool(np.ptp(values) == 0) for values in scores.scores),
        )

    def winners(self, prompt: int = 0) -> tuple[Winner, ...]:
        """Return who wins among the first k pictures of a prompt, for every k.

        Args:
            prompt: its number, counted from 0.

        Raises:
            InputError: there is no such prompt.
        """
        (cell,) = self.scores.find(prompt)
        return tuple(_winner(cell, k) for k in self.ks)

    def caption(self) -> str:
        """Say how the curves were made, and what they are compared with."""
        sentences = [
            "Expected best of k by score, without bias from the order of drawing; in standard "
            "deviations within each prompt.",
            "Dashed: what the best of k gains when scores are pure noise (independent, normal).",
        ]
        if self.right is not None:
            sentences.append(
                "Right: share of prompts' winners with all stated facts, by the judge, who does "
                "not choose; ceiling: at least one of k is right; nobody chooses: the share of "
                "all pictures."
            )
        if self.efficiency is not None:
            sentences.append(
                "Efficiency: how much of the way from nobody to the ceiling the score goes."
            )
        sentences.append(_bands(self.score))
        if self.flat:
            sentences.append(f"Of {self.flat} prompts all scores are alike.")
        return f"{' '.join(sentences)} {self.scores.made()}"

    def alt(self) -> str:
        """Say what is to be seen."""
        k = self.ks[-1]
        told = [
            f"The best of {k} scores {self.score.value[-1]:.2f} standard deviations above the "
            f"mean, pure noise {self.null[-1]:.2f}."
        ]
        if self.right is not None and self.ceiling is not None and self.random is not None:
            told.append(
                f"Right when nobody chooses: {100 * self.random:.0f} %; when the score chooses "
                f"among {k}: {100 * self.right.value[-1]:.0f} %; at most "
                f"{100 * self.ceiling.value[-1]:.0f} %."
            )
        return (
            f"Curves over the number of pictures chosen among. {' '.join(told)} {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a k: every curve with its interval (NaN where there is none), and the null."""
        named = {"score": self.score, "right": self.right, "ceiling": self.ceiling}
        named["efficiency"] = self.efficiency
        rows = []
        for number, k in enumerate(self.ks):
            row: dict[str, Any] = {"k": k, "null": self.null[number]}
            for name, one in named.items():
                if one is not None:
                    row |= _at(name, one, k)
            rows.append(row | {"random": self.random})
        return rows

    def __repr__(self) -> str:
        gain = f"score +{self.score.value[-1]:.2f} sd at k={self.ks[-1]}"
        right = "" if self.right is None else f", right {100 * self.right.value[-1]:.0f} %"
        return f"BestOf({len(self.scores.cells)} prompts, {gain}{right})"


def _at(name: str, one: Curve, k: int) -> dict[str, float]:
    if k not in one.k:
        return {name: math.nan, f"{name} low": math.nan, f"{name} high": math.nan}
    found = one.at(k)
    return {name: found.value, f"{name} low": found.low, f"{name} high": found.high}


def _winner(cell: ScoredPrompt, k: int) -> Winner:
    number = int(np.argmax(cell.scores[:k]))
    return Winner(
        k,
        int(cell.seeds[number]),
        float(cell.scores[number]),
        float(cell.right[number]),
        cell.sample(number),
    )


def _bands(one: Curve) -> str:
    if one.n > 1:
        few = " of so few only indicative," if one.indicative else ""
        return f"Bands: 95 %,{few} bootstrap over the {one.n} prompts."
    if any(map(math.isfinite, one.low)):
        return (
            f"The bands of one prompt are indicative: bootstrap over its pictures, where k is at "
            f"most 1/{SAMPLES_PER_CHOICE} of them."
        )
    return "One prompt with so few pictures has no band."


def _checked(ks: Iterable[int], most: int) -> tuple[int, ...]:
    given: Sequence[Any] = [ks] if isinstance(ks, int) else list(ks)
    for k in given:
        whole = isinstance(k, int | np.integer) and not isinstance(k, bool)
        if not whole or not 1 <= k <= most:
            raise InputError(
                f"ks holds {k!r}, but the prompt with the fewest pictures has {most}: give whole "
                f"numbers from 1 to {most}, or draw more pictures."
            )
    if not given:
        raise InputError("ks is empty: give numbers of pictures to choose among, or None.")
    return tuple(sorted({int(k) for k in given}))
