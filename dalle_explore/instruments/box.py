"""Which words made this rectangle? Every instrument asked about a few patches alone."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float64

from dalle_explore.instruments.agreement import LOOKS, SCORES, word_maps
from dalle_explore.instruments.passes import Passes
from dalle_explore.instruments.subject import Result

__all__ = ["Box", "box"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Box(Result):
    """What the words mean to a rectangle of patches: looks beside dependences."""

    drawn_by: ClassVar[str] = "box"

    mask: Bool[np.ndarray, "rows columns"]
    scores: dict[str, Float64[np.ndarray, " w"]]  # looks: mean share in the box; others: bits

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the prompt."""
        return self.subject.words

    def first(self, name: str = "knockout") -> str:
        """Return the word with the highest score of an instrument."""
        return self.words[int(self.scores[name].argmax())]

    @property
    def ranges(self) -> tuple[range, range]:
        """Rows and columns of the rectangle."""
        rows, columns = np.nonzero(self.mask)
        return range(rows.min(), rows.max() + 1), range(columns.min(), columns.max() + 1)

    def caption(self) -> str:
        """Say which patches were asked about, and what the numbers are."""
        rows, columns = self.ranges
        return (
            f"Which words made this box (rows {rows.start} to {rows.stop - 1}, columns "
            f"{columns.start} to {columns.stop - 1}; {int(self.mask.sum())} patches)? Where it "
            f"looked: mean share of the rows that predict them. What it depended on: bits that "
            f"their recorded codes lose when the word is taken away, and what gradient × "
            f"attention estimates of that. {self.subject.in_words()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        return (
            f"A picture of the text “{self.subject.prompt}” with a box, and bars for its words. "
            f"The box looks most at “{self.first('contribution')}” and loses most without "
            f"“{self.first()}”. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a word."""
        return [
            {"word": word} | {name: float(values[j]) for name, values in self.scores.items()}
            for j, word in enumerate(self.words)
        ]


def box(passes: Passes, rows: range, columns: range) -> Box:
    """Ask every instrument which words a rectangle of patches owes itself to.

    Args:
        passes: the picture.
        rows: of the rectangle.
        columns: of the rectangle.

    Raises:
        InputError: a rectangle that is empty or outside, or a model that cannot be changed inside.
    """
    mask = passes.subject.box(rows, columns)
    scores: dict[str, Float64[np.ndarray, " w"]] = {}
    maps = word_maps(passes, mask)
    for name in SCORES:
        values = maps[name]
        if name in LOOKS:
            scores[name] = values[:, mask].mean(axis=-1)
        elif name == "gradient":
            scores[name] = values.sum(axis=(1, 2))
        else:
            scores[name] = values[:, mask].sum(axis=-1)
    return Box(passes.subject, mask, scores)
