"""Pictures against texts: does the scorer find the text that a picture was drawn from?"""

import dataclasses
from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Float64

from dalle_explore.errors import InputError
from dalle_explore.scoring.clip import ClipScorer, Scorer
from dalle_explore.scoring.scorers import check_scorer, scores_of
from dalle_explore.session.sample import Sample
from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.retrieval import Retrieval as Found
from dalle_explore.statistics.retrieval import Swaps, swap_blocks
from dalle_explore.statistics.retrieval import retrieval as find

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["Retrieval", "swapped_pairs"]

_WHICH = {
    "first": "the picture of its first seed, chosen by nobody",
    "best": "the picture that scores highest against its own text, which helps it here",
}


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Retrieval(SavedAsFigure):
    """Raw scores of one picture of every prompt with all prompts.

    Prompts of the same words in another order stand side by side: a scorer that reads a bag of
    words cannot tell their pictures apart.
    """

    drawn_by: ClassVar[str] = "retrieval"

    scores: "dalle_explore.session.scores.scores.Scores"
    which: str
    prompts: tuple[str, ...]  # in the order of the matrix
    pictures: tuple[Sample, ...]
    matrix: Float64[np.ndarray, "pictures texts"]  # raw
    found: Found
    blocks: tuple[tuple[int, int], ...]  # swapped pairs: places of both, which are neighbours

    @classmethod
    def of(
        cls,
        scores: "dalle_explore.session.scores.scores.Scores",
        which: str = "first",
        scorer: Scorer | None = None,
    ) -> Self:
        """Score the pictures against all texts; see ``Scores.retrieval``."""
        if which not in _WHICH:
            raise InputError(f"which is {which!r}, but it has to be 'first' or 'best'.")
        _check_prompts(scores.prompts)
        pairs = swapped_pairs(scores.prompts)
        order = [place for pair in pairs for place in pair]
        order += [place for place in range(len(scores.cells)) if place not in order]
        cells = [scores.cells[place] for place in order]
        pictures = tuple(_picture(cell, which) for cell in cells)
        reader = pictures[0].model.scorer if scorer is None else scorer
        if reader.digest != scores.scorer_digest:
            raise InputError(
                f"the scores are those of {scores.scorer} ({(scores.scorer_digest or '')[:8]}), "
                f"but this scorer is {reader.digest[:8]}: give the one that scored them."
            )
        matrix = _against(reader, pictures, [cell.prompt for cell in cells])
        return cls(
            scores=scores,
            which=which,
            prompts=tuple(cell.prompt for cell in cells),
            pictures=pictures,
            matrix=matrix,
            found=find(matrix),
            blocks=tuple((2 * number, 2 * number + 1) for number in range(len(pairs))),
        )

    @property
    def swaps(self) -> Swaps | None:
        """Of the swapped pairs: shares with both texts, both pictures, and all four right.

        Winoground's text, image and group score (Thrush et al., 2022), ties counting against the
        scorer; chance is 1/4, 1/4 and 1/6. None where no prompts are swapped.
        """
        if not self.blocks:
            return None
        return swap_blocks(np.stack([self.matrix[a : b + 1, a : b + 1] for a, b in self.blocks]))

    def caption(self) -> str:
        """Say which pictures, and what chance would find."""
        n = len(self.prompts)
        swap = self.swaps
        pairs = (
            ""
            if swap is None
            else f" Framed: {_pairs(len(self.blocks))} of the same words in another order; text "
            f"{_percent(swap.text.value)}, picture {_percent(swap.image.value)}, both "
            f"{_percent(swap.group.value)} (chance 25, 25 and 17 %)."
        )
        return (
            f"Raw scores of pictures (rows) and texts (columns); of every prompt "
            f"{_WHICH[self.which]}. Its own text is on the diagonal; it counts as found where it "
            f"scores strictly highest of {n}.{pairs} {self.scores.made()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        return (
            f"A square of scores, {len(self.prompts)} pictures by as many texts: the own text "
            f"is first in {_percent(self.found.recall[1].value)}, where chance finds "
            f"{_percent(1 / len(self.prompts))}. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture and text, with whether they belong together."""
        return [
            {
                "picture": self.prompts[row],
                "seed": self.pictures[row].seed,
                "text": self.prompts[column],
                "own": row == column,
                "score": float(value),
            }
            for (row, column), value in np.ndenumerate(self.matrix)
        ]

    def __repr__(self) -> str:
        return (
            f"Retrieval({len(self.prompts)} prompts, first {_percent(self.found.recall[1].value)})"
        )


def swapped_pairs(prompts: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return pairs of prompts that have the same words in another order; each prompt once."""
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, prompt in enumerate(prompts):
        words = prompt.lower().split()
        # "a" and "an" follow the word behind them: they tell no order.
        alike[tuple(sorted("a" if word == "an" else word for word in words))].append(place)
    return [
        (places[at], places[at + 1])
        for places in alike.values()
        for at in range(0, len(places) - 1, 2)
    ]


def _check_prompts(prompts: tuple[str, ...]) -> None:
    if len(prompts) < 2:
        raise InputError(
            "there is one prompt only, so that nothing could be mistaken for it: give the scores "
            "of several prompts."
        )
    twice = next((prompt for prompt in prompts if prompts.count(prompt) > 1), None)
    if twice is not None:
        raise InputError(
            f"the prompt “{twice}” is there {prompts.count(twice)} times, and a picture cannot "
            f"tell equal texts apart: take one value of the other axes, as in "
            f"grid.where(guidance='3').scores()."
        )


def _against(
    scorer: Scorer, pictures: tuple[Sample, ...], prompts: list[str]
) -> Float64[np.ndarray, "pictures texts"]:
    """The score of every picture for every text; vectors, where there are any, are made once."""
    check_scorer(scorer)
    pixels = np.stack([np.asarray(one.picture) for one in pictures])
    if isinstance(scorer, ClipScorer):
        vectors, texts = scorer.encode_image(pixels), scorer.encode_text(prompts)
        matrix: Float64[np.ndarray, "pictures texts"]
        matrix = vectors.astype(np.float64) @ texts.astype(np.float64).T
        return matrix
    return np.stack([scores_of(scorer, prompt, pixels) for prompt in prompts], axis=1)


def _picture(cell: ScoredPrompt, which: str) -> Sample:
    number = 0 if which == "first" else int(np.argmax(cell.scores))
    sample = cell.sample(number)
    if sample is None:
        raise InputError(
            f"the codes of seed {cell.seeds[number]} of “{cell.prompt}” were dropped: take "
            f"which='best', or draw with keep=None."
        )
    return sample


def _pairs(number: int) -> str:
    return f"{number} {'pair' if number == 1 else 'pairs'}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
