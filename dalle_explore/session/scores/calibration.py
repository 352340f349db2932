"""How likely a picture of a given score is right, and whether the score can choose at all."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.session.scores.disagreements import need_judge
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.calibration import Bin, auc_pooled, auc_within
from dalle_explore.statistics.calibration import bins as binned
from dalle_explore.statistics.ranks import Mean

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["Calibration"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Calibration(SavedAsFigure):
    """Share right by score: across prompts, and within each, where choosing happens.

    A pooled area far above the one within prompts shows that easy prompts score high, and no
    skill in choosing among pictures of one prompt.
    """

    drawn_by: ClassVar[str] = "calibration"

    scores: "dalle_explore.session.scores.scores.Scores"
    across: tuple[Bin, ...]  # by raw score
    inside: tuple[Bin, ...]  # by standard deviations from the mean of the prompt
    pooled: float  # AUC over all pictures
    within: Mean | None  # AUC, mean over prompts; None: none has right and wrong pictures
    share: float  # right, of all pictures
    prompts: int  # that a judge has read

    @classmethod
    def of(cls, scores: "dalle_explore.session.scores.scores.Scores", bins: int = 8) -> Self:
        """Compute it; see ``Scores.calibration``."""
        need_judge(scores)
        cells = scores.judged
        if not cells:
            raise InputError(
                "no prompt has been read to its last picture: let the grid run on, with "
                "grid.resume()."
            )
        right = [cell.right for cell in cells]
        every = np.concatenate(right)
        if isinstance(bins, bool) or not isinstance(bins, int) or not 1 <= bins <= len(every):
            raise InputError(
                f"bins is {bins!r}, but there are {len(every)} pictures to be put into them: give "
                f"a whole number from 1 to {len(every)}."
            )
        if every.all() or not every.any():
            raise InputError(
                f"all {len(every)} pictures are {'right' if every.all() else 'wrong'}, so no "
                f"score can tell right from wrong: take harder prompts, or easier ones."
            )
        given = [cell.scores for cell in cells]
        both = any(0 < one.mean() < 1 for one in right)
        return cls(
            scores=scores,
            across=binned(np.concatenate(given), every, bins),
            inside=binned(np.concatenate([cell.standard for cell in cells]), every, bins),
            pooled=auc_pooled(given, right),
            within=auc_within(given, right) if both else None,
            share=float(every.mean()),
            prompts=len(cells),
        )

    def caption(self) -> str:
        """Say how the pictures were put together, and what the areas mean."""
        within = "no prompt has both"
        if self.within is not None:
            one = self.within
            within = f"{one.value:.2f}"
            if one.n > 1:
                within += f" ({one.low:.2f} to {one.high:.2f})"
            within += f" over the {one.n} with right and wrong pictures"
        return (
            f"Share right, by the judge, in parts of equally many pictures by score; lines: "
            f"Wilson's 95 %, as if pictures were independent; those of one prompt are not. AUC: "
            f"how often a right picture scores above a wrong one, 0.5 by chance: of any prompt "
            f"{self.pooled:.2f}; of the same prompt {within}. Only the second says what choosing "
            f"by score is worth. {self.scores.made()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        first, last = self.inside[0].right.value, self.inside[-1].right.value
        return (
            f"Share right by score. Within prompts it goes from {100 * first:.0f} % of those "
            f"that score lowest to {100 * last:.0f} % of those that score highest. "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a bin: by which score, its ends and mean, n, share right with its interval."""
        return [
            {"by": by, "from": one.low, "to": one.high, "mean": one.score, "n": one.right.n}
            | {"right": one.right.value, "low": one.right.low, "high": one.right.high}
            for by, every in (("score", self.across), ("sd within prompt", self.inside))
            for one in every
        ]

    def __repr__(self) -> str:
        within = "–" if self.within is None else f"{self.within.value:.2f}"
        return (
            f"Calibration({self.prompts} prompts, AUC within {within}, pooled {self.pooled:.2f})"
        )
