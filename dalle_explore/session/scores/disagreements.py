"""Where scorer and judge disagree: scored high and wrong, scored low and right."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.session.sample import Sample
from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.shown import SavedAsFigure

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["Disagreement", "Disagreements", "need_judge"]


@dataclasses.dataclass(frozen=True, eq=False)
class Disagreement:
    """One picture about which scorer and judge disagree."""

    prompt: str
    seed: int
    score: float
    standard: float  # standard deviations from the mean of its prompt
    place: int  # by score, 1 the best
    drawn: int
    right: bool
    wrong: tuple[str, ...]  # stated facts that the judge does not find
    picture: Sample | None  # None: its codes were dropped


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Disagreements(SavedAsFigure):
    """Pictures that score high and are wrong, and that score low and are right."""

    drawn_by: ClassVar[str] = "disagreements"

    scores: "dalle_explore.session.scores.scores.Scores"
    high: tuple[Disagreement, ...]  # scored high, but wrong; the highest first
    low: tuple[Disagreement, ...]  # scored low, but right; the lowest first
    counts: tuple[int, int]  # how many there are in all: wrong above the mean, right below it

    @classmethod
    def of(cls, scores: "dalle_explore.session.scores.scores.Scores", n: int = 8) -> Self:
        """Find them; see ``Scores.disagreements``."""
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise InputError(f"n is {n!r}, but it counts pictures: give a whole number from 1.")
        need_judge(scores)
        high, low = [], []
        for cell in scores.cells:
            standard = cell.standard
            for number in np.flatnonzero(np.isfinite(cell.right)).tolist():
                if cell.right[number] == 0 and standard[number] > 0:
                    high.append((-standard[number], cell, number))
                elif cell.right[number] == 1 and standard[number] < 0:
                    low.append((standard[number], cell, number))
        if not high and not low:
            raise InputError(
                "scorer and judge never disagree here: no picture above its prompt's mean score "
                "is wrong, and none below it is right. Draw more pictures, or harder prompts."
            )
        first = [
            tuple(_told(cell, number) for _, cell, number in sorted(found, key=lambda f: f[0])[:n])
            for found in (high, low)
        ]
        return cls(scores, first[0], first[1], (len(high), len(low)))

    def caption(self) -> str:
        """Say how they were chosen."""
        return (
            f"By distance from the mean score of their prompt, in its standard deviations: of "
            f"{self.counts[0]} wrong pictures above the mean the {len(self.high)} highest, of "
            f"{self.counts[1]} right ones below it the {len(self.low)} lowest. Chosen to show "
            f"where the score fails; they say nothing about how often. {self.scores.made()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = [f"“{one.prompt}”, place {one.place} of {one.drawn}" for one in self.high[:3]]
        return (
            f"Two rows of pictures: {len(self.high)} that score high and are wrong, "
            f"{len(self.low)} that score low and are right. First: {'; '.join(told)}. "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture: which kind, prompt, seed, score, place, and what is wrong."""
        return [
            {
                "kind": kind,
                "prompt": one.prompt,
                "seed": one.seed,
                "score": one.score,
                "sd from mean": one.standard,
                "place": one.place,
                "drawn": one.drawn,
                "wrong": ", ".join(one.wrong),
            }
            for kind, every in (("high, wrong", self.high), ("low, right", self.low))
            for one in every
        ]

    def __repr__(self) -> str:
        return f"Disagreements({self.counts[0]} high and wrong, {self.counts[1]} low and right)"


def need_judge(scores: "dalle_explore.session.scores.scores.Scores") -> None:
    """Refuse what nobody has read.

    Raises:
        InputError: no picture has a verdict.
    """
    if not any(np.isfinite(cell.right).any() for cell in scores.cells):
        raise InputError(
            "no judge has read these pictures, so nobody knows which are right: take a model that "
            "carries a judge, and prompts that state facts of the drawn world."
        )


def _told(cell: ScoredPrompt, number: int) -> Disagreement:
    seed = int(cell.seeds[number])
    facts = cell.ticks(seed) or {}
    return Disagreement(
        prompt=cell.prompt,
        seed=seed,
        score=float(cell.scores[number]),
        standard=float(cell.standard[number]),
        place=int(cell.places[number]),
        drawn=len(cell.seeds),
        right=bool(cell.right[number]),
        wrong=tuple(fact for fact, there in facts.items() if not there),
        picture=cell.sample(number),
    )
