"""Unfinished pictures: only the window that new codes can change is decoded anew."""

from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, UInt8

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.sampling.decode import Step

__all__ = ["Fill", "Preview", "hatched"]

Fill = Literal["mean"] | int
"""What stands where nothing is drawn yet: the model's neutral code ("mean", the mean of the
codebook), or the code of this number."""


class Preview:
    """Pictures that grow, step by step.

    Args:
        model: that draws them.
        pictures: how many.
        fill: what the decoder sees where nothing is drawn yet; it shows through at the border of
            what is drawn, so it is a choice.

    Attributes:
        pixels: uint8 [b y x 3]; where no code is known, what ``fill`` looks like.
        known: bool [b rows columns].

    Raises:
        InputError: a fill that is no code of this model.
    """

    def __init__(self, model: Generator, pictures: int, fill: Fill = "mean") -> None:
        if fill != "mean" and not (
            isinstance(fill, int)
            and not isinstance(fill, bool)
            and 0 <= fill < model.codebook_size
        ):
            raise InputError(
                f"fill is {fill!r}, but it is 'mean' or one of the codes 0 to "
                f"{model.codebook_size - 1}: take one of these."
            )
        self.model, self.fill = model, fill
        grid = (pictures, model.rows, model.columns)
        self._codes = torch.full(grid, 0 if fill == "mean" else fill)
        self._known = torch.zeros(grid, dtype=torch.bool)
        # Nothing is drawn: every picture looks the same.
        blank = self._decode(slice(0, 1))
        self.pixels: UInt8[np.ndarray, "b y x 3"] = np.repeat(blank, pictures, axis=0)

    @property
    def known(self) -> Bool[np.ndarray, "b rows columns"]:
        """Where a code is drawn."""
        return self._known.numpy()

    def add(self, step: Step) -> tuple[range, range]:
        """Put the codes of a step in; return the rows and columns of patches that changed."""
        flat = slice(step.first, step.end)
        self._codes.flatten(1)[:, flat] = torch.from_numpy(step.codes)
        self._known.flatten(1)[:, flat] = True
        columns = self.model.columns
        first, last = divmod(step.first, columns), divmod(step.end - 1, columns)
        rows = range(first[0], last[0] + 1)
        new = range(first[1], last[1] + 1) if len(rows) == 1 else range(columns)
        if not self.model.supports.window:
            self.pixels = self._decode(slice(None))
            return range(self.model.rows), range(columns)
        window = self.model.footprint(rows, new)
        side = self.model.patch
        y, x = (slice(side * part.start, side * part.stop) for part in window)
        self.pixels[:, y, x] = self._decode(slice(None), window)
        return window

    def hatched(self) -> UInt8[np.ndarray, "b y x 3"]:
        """Return the pictures with everything unknown hatched."""
        return hatched(self.pixels, self.known)

    def _decode(
        self, which: slice, window: tuple[range, range] | None = None
    ) -> UInt8[np.ndarray, "b y x 3"]:
        known = self._known[which] if self.fill == "mean" else None
        return self.model.decode_codes(self._codes[which], known=known, window=window).numpy()


def hatched(
    pixels: UInt8[np.ndarray, "b y x 3"], known: Bool[np.ndarray, "b rows columns"]
) -> UInt8[np.ndarray, "b y x 3"]:
    """Return pictures with thin diagonal lines over every patch that is not known.

    Grey on white: no drawn picture has it, and it is not taken for a colour of the model.
    """
    side = pixels.shape[1] // known.shape[1]
    unknown = ~known.repeat(side, axis=1).repeat(side, axis=2)
    y, x = np.indices(pixels.shape[1:3])
    lines = np.where((x + y) % max(side // 2, 2) == 0, 205, 246).astype(np.uint8)
    return np.where(unknown[..., None], lines[None, :, :, None], pixels)
