"""Two prompts, or two values of an axis, compared on the same seeds."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Float64, Int64

from dalle_explore.errors import InputError
from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.paired import Paired, mcnemar, paired_difference
from dalle_explore.statistics.sizes import Size, cliffs_delta

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["Compared"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Compared(SavedAsFigure):
    """The same noise under two prompts: what changed when the words did.

    Of one pair of prompts a seed is one unit. Where values of an axis are compared in several
    cells, a cell is one unit: its seeds are averaged first.
    """

    drawn_by: ClassVar[str] = "compared"

    scores: "dalle_explore.session.scores.scores.Scores"
    names: tuple[str, str]
    pairs: tuple[tuple[ScoredPrompt, ScoredPrompt], ...]
    seeds: tuple[Int64[np.ndarray, " n"], ...]  # of every pair, those that both have
    one: tuple[Float64[np.ndarray, " n"], ...]  # scores on them
    other: tuple[Float64[np.ndarray, " n"], ...]
    score: Paired  # one minus other, in the unit of the scores
    right: Paired | None  # in shares; None: no judge
    delta: Size  # Cliff's, over all pictures: P(one > other) - P(one < other)

    @classmethod
    def of(
        cls, scores: "dalle_explore.session.scores.scores.Scores", one: Any, other: Any
    ) -> Self:
        """Compare them; see ``Scores.compare``."""
        pairs = _pairs(scores, one, other)
        shared = []
        for a, b in pairs:
            seeds = np.intersect1d(a.seeds, b.seeds)
            if not len(seeds):
                raise InputError(
                    f"“{a.prompt}” and “{b.prompt}” have no seed in common, so that luck and "
                    f"words cannot be told apart: draw both with the same seeds."
                )
            shared.append(seeds)
        left = [_at(a, seeds, a.scores) for (a, _), seeds in zip(pairs, shared, strict=True)]
        right = [_at(b, seeds, b.scores) for (_, b), seeds in zip(pairs, shared, strict=True)]
        verdicts = None
        if all(a.judged and b.judged for a, b in pairs):
            first = [_at(a, seeds, a.right) for (a, _), seeds in zip(pairs, shared, strict=True)]
            second = [_at(b, seeds, b.right) for (_, b), seeds in zip(pairs, shared, strict=True)]
            verdicts = (
                mcnemar(first[0], second[0])
                if len(pairs) == 1
                else paired_difference(_means(first), _means(second))
            )
        if len(pairs) == 1:
            found = paired_difference(left[0], right[0])
        else:
            found = paired_difference(_means(left), _means(right))
        return cls(
            scores=scores,
            names=(_named(one, scores), _named(other, scores)),
            pairs=tuple(pairs),
            seeds=tuple(shared),
            one=tuple(left),
            other=tuple(right),
            score=found,
            right=verdicts,
            delta=cliffs_delta(np.concatenate(left), np.concatenate(right)),
        )

    @property
    def units(self) -> str:
        """What is counted: "seeds" or "cells"."""
        return "seeds" if len(self.pairs) == 1 else "cells"

    def caption(self) -> str:
        """Say what was compared with what, and with which tests."""
        one, other = self.names
        how = (
            "each seed is one pair"
            if len(self.pairs) == 1
            else f"each of {len(self.pairs)} pairs of cells, alike but for this, is one unit, its "
            f"seeds averaged first"
        )
        verdict = ""
        if self.right is not None:
            test = "McNemar's exact test" if len(self.pairs) == 1 else "sign flips"
            verdict = f" Right: {_percent(self.right.difference)} points, {test}."
        return (
            f"“{one}” minus “{other}” on the same seeds; {how}. Score: mean difference with 95 % "
            f"bootstrap interval, p by sign flips; scores of different texts differ for reasons "
            f"of their own, so look at the judge, too.{verdict} {self.scores.made()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        right = "" if self.right is None else f" Right: {self.right}."
        return f"Pairs of scores on the same seeds. Score: {self.score}.{right} {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a pair of pictures: seed, and both scores and verdicts."""
        return [
            {
                "one": a.prompt,
                "other": b.prompt,
                "seed": int(seed),
                "score of one": float(_at(a, np.array([seed]), a.scores)[0]),
                "score of other": float(_at(b, np.array([seed]), b.scores)[0]),
                "one right": float(_at(a, np.array([seed]), a.right)[0]),
                "other right": float(_at(b, np.array([seed]), b.right)[0]),
            }
            for (a, b), seeds in zip(self.pairs, self.seeds, strict=True)
            for seed in seeds
        ]

    def __repr__(self) -> str:
        right = "" if self.right is None else f", right={self.right}"
        return f"Compared({self.names[0]!r} - {self.names[1]!r}: score={self.score}{right})"


def _pairs(
    scores: "dalle_explore.session.scores.scores.Scores", one: Any, other: Any
) -> list[tuple[ScoredPrompt, ScoredPrompt]]:
    """Cells that are alike but for what is compared; two prompts are one pair."""
    left, right = scores.find(one), scores.find(other)
    if isinstance(one, dict) and isinstance(other, dict):
        names = {*one, *other}

        def rest(cell: ScoredPrompt) -> tuple[tuple[str, str], ...]:
            return tuple((k, v) for k, v in cell.labels.items() if k not in names)

        partner = {rest(cell): cell for cell in right}
        pairs = [(cell, partner[rest(cell)]) for cell in left if rest(cell) in partner]
    else:
        for which, found in ((one, left), (other, right)):
            if len(found) > 1:
                raise InputError(
                    f"{which!r} means {len(found)} cells, of which one cannot be told from the "
                    f"others: give their numbers, or two values of one axis, as in "
                    f"compare({{'guidance': '1'}}, {{'guidance': '3'}})."
                )
        pairs = [(left[0], right[0])]
    if not pairs or all(a is b for a, b in pairs):
        raise InputError(
            f"one is {one!r} and other is {other!r}, which leaves no two different prompts to "
            f"compare: give two numbers, two texts, or two values of one axis."
        )
    return pairs


def _at(
    cell: ScoredPrompt, seeds: np.ndarray, values: Float64[np.ndarray, " m"]
) -> Float64[np.ndarray, " n"]:
    found: Float64[np.ndarray, " n"] = values[np.searchsorted(cell.seeds, seeds)]
    return found


def _means(values: Sequence[np.ndarray]) -> list[float]:
    return [float(one.mean()) for one in values]


def _named(which: Any, scores: "dalle_explore.session.scores.scores.Scores") -> str:
    if isinstance(which, dict):
        return ", ".join(f"{name}: {value}" for name, value in which.items())
    return which if isinstance(which, str) else scores.prompts[which]


def _percent(share: float) -> str:
    return f"{100 * share:+.0f}".replace("-", "−")
