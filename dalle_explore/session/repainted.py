"""A picture some of whose codes were painted over by hand: before, after, what changed."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from dalle_explore.shown import SavedAsFigure

__all__ = ["Repainted"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Repainted(SavedAsFigure):
    """Codes before and after a hand painted on them, with the pixels of both."""

    drawn_by: ClassVar[str] = "repainted"

    model: str  # its name
    digest: str
    licence: str  # of its pictures
    canvas: str  # what was painted on, in words
    before: Int64[np.ndarray, "rows columns"]
    codes: Int64[np.ndarray, "rows columns"]
    pixels_before: UInt8[np.ndarray, "y x 3"]
    pixels: UInt8[np.ndarray, "y x 3"]
    reached: Bool[np.ndarray, "rows columns"]  # patches whose pixels these codes can change

    @property
    def painted(self) -> Bool[np.ndarray, "rows columns"]:
        """Patches whose code is another than before."""
        return self.codes != self.before

    @property
    def levels(self) -> UInt8[np.ndarray, "y x"]:
        """By how much each pixel changed: the largest difference of its three channels."""
        apart = np.abs(self.pixels.astype(np.int16) - self.pixels_before)
        return apart.max(axis=2).astype(np.uint8)

    def caption(self) -> str:
        """Say what was painted, and how far that reached."""
        count, changed = int(self.painted.sum()), int((self.levels > 0).sum())
        return (
            f"Painted on {self.canvas}. Patches painted by hand, which no model chose: {count} of "
            f"{self.codes.size}, outlined. Pixels of another colour: {changed:,} of "
            f"{self.levels.size:,}, by up to {int(self.levels.max())} of 255 levels. A code "
            f"changes pixels as far as the decoder looks around, here "
            f"{int(self.reached.sum())} patches at most; in the map all others are hatched. Model "
            f"{self.model} ({self.digest[:8]}). Pictures: {self.licence}."
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        return (
            f"A picture before some of its codes were painted over, the same picture after that, "
            f"and a map of how much each pixel changed. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a patch that was painted."""
        return [
            {
                "row": int(row),
                "column": int(column),
                "before": int(self.before[row, column]),
                "code": int(self.codes[row, column]),
            }
            for row, column in np.argwhere(self.painted)
        ]

    def __repr__(self) -> str:
        return f"Repainted({self.model!r}, {int(self.painted.sum())} patches painted)"
