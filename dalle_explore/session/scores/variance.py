"""Was it the words or the luck: the variance of scores, split."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.session.scores.effects import table_of
from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.variance import Variance as Split
from dalle_explore.statistics.variance import effective_n, split

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["MEANINGS", "Variance"]

MEANINGS = {
    "prompt": "the words",
    "phrasing": "the same words, said otherwise",
    "seed": "the luck of a seed, the same under all words",
    "prompt with seed": "the luck of a seed with these words",
    "rest": "what neither explains alone",
}


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Variance(SavedAsFigure):
    """How much of the differences between scores, and between verdicts, comes from what."""

    drawn_by: ClassVar[str] = "variance"

    scores: "dalle_explore.session.scores.scores.Scores"
    phrasing: str | None  # the axis whose values say the same
    same_seeds: bool
    score: Split
    right: Split | None  # None: no judge for all prompts

    @classmethod
    def of(
        cls, scores: "dalle_explore.session.scores.scores.Scores", phrasing: str | None = None
    ) -> Self:
        """Split it; see ``Scores.variance``."""
        if len(scores.cells) < 2 or scores.least < 2:
            raise InputError(
                f"{len(scores.cells)} prompts with {scores.least} pictures cannot tell words from "
                f"luck: give the scores of at least 2 prompts with 2 pictures each."
            )
        rows = [scores.cells] if phrasing is None else _phrased(scores, phrasing)
        seeds = {tuple(cell.seeds.tolist()) for cell in scores.cells}
        judged = len(scores.judged) == len(scores.cells)
        found = {}
        for what in ("scores", "right") if judged else ("scores",):
            table = table_of(scores.cells, what)
            if phrasing is not None:
                place = {id(cell): number for number, cell in enumerate(scores.cells)}
                table = np.stack([table[[place[id(cell)] for cell in row]] for row in rows])
            if min(table.shape) < 2:
                raise InputError(
                    f"the prompts have {table.shape[-1]} seed in common, too few to tell words "
                    f"from luck: draw all of them with the same seeds."
                )
            found[what] = split(table, same_seeds=len(seeds) == 1)
        return cls(scores, phrasing, len(seeds) == 1, found["scores"], found.get("right"))

    @property
    def measures(self) -> dict[str, Split]:
        """What was measured: "score", and "right" where a judge has read every prompt."""
        return {"score": self.score} | ({} if self.right is None else {"right": self.right})

    @property
    def worth(self) -> float:
        """How many independent pictures these are worth, when scores are averaged over prompts.

        Pictures of one prompt are alike, by the prompt's share of the variance (Kish, 1965). NaN
        where nothing varies.
        """
        share = self.score["prompt"].share
        if not math.isfinite(share):
            return math.nan
        pictures = self.score.phrasings * self.score.seeds
        return effective_n(self.score.prompts, pictures, min(1.0, share))

    def caption(self) -> str:
        """Say what was split, and how."""
        one = self.score
        said = "" if one.phrasings == 1 else f", {one.phrasings} phrasings of each"
        seeds = "the same seeds everywhere" if self.same_seeds else "seeds of their own"
        few = ", of so few prompts only indicative" if one.indicative else ""
        worth = ""
        if math.isfinite(self.worth):
            pictures = one.prompts * one.phrasings * one.seeds
            worth = (
                f" For a mean over prompts these {pictures} pictures are worth {self.worth:.0f} "
                f"independent ones."
            )
        return (
            f"Shares of the variance between pictures, of {one.prompts} prompts{said}, "
            f"{one.seeds} pictures each, {seeds}: random effects, estimates below 0 count as 0; "
            f"lines: 95 %, bootstrap over prompts{few}.{worth} {self.scores.made()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = [
            f"{one.name} {100 * one.share:.0f} %"
            for one in self.score.components
            if math.isfinite(one.share)
        ]
        return f"Bars: shares of the score's variance: {', '.join(told)}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a measure and source: variance, share, and its interval."""
        return [
            {"measure": measure, "source": one.name, "variance": one.variance}
            | {"share": one.share, "low": one.low, "high": one.high}
            for measure, found in self.measures.items()
            for one in found.components
        ]

    def __repr__(self) -> str:
        told = ", ".join(f"{one.name} {100 * one.share:.0f} %" for one in self.score.components)
        return f"Variance({told})"


def _phrased(
    scores: "dalle_explore.session.scores.scores.Scores", phrasing: str
) -> list[tuple[ScoredPrompt, ...]]:
    """Cells that say the same, together: alike but for one axis."""
    names = [axis.name for axis in scores.axes]
    if phrasing not in names:
        known = f"the axes are {', '.join(names)}" if names else "there is no grid"
        raise InputError(
            f"phrasing is {phrasing!r}, but {known}: name the axis whose values say the same."
        )
    number = names.index(phrasing)
    groups: dict[tuple[int, ...], list[ScoredPrompt]] = {}
    for cell in scores.cells:
        key = (*cell.indices[:number], *cell.indices[number + 1 :])
        groups.setdefault(key, []).append(cell)
    sizes = {len(group) for group in groups.values()}
    if len(sizes) > 1 or len(groups) < 2 or min(sizes) < 2:
        raise InputError(
            f"{len(groups)} prompts with {' or '.join(map(str, sorted(sizes)))} phrasings cannot "
            f"be split: every one of at least 2 prompts needs the same phrasings, at least 2; let "
            f"the grid run on, with grid.resume(), or add values."
        )
    return [tuple(group) for group in groups.values()]
