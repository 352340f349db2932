"""Unfinished pictures, and what else they might have become: only small windows are decoded."""

from typing import Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int64, UInt8

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.sampling.decode import Step
from dalle_explore.trace import Trace

__all__ = ["Alternatives", "Fill", "Preview", "alternatives", "check_fill", "hatched"]

WINDOWS_AT_ONCE = 256  # whose codes are laid out before the model decodes them

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
        check_fill(model, fill)
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


class Alternatives(NamedTuple):
    """What stood to choose at some patches, as pictures; see ``alternatives``.

    p patches, a alternatives of each, likeliest first.
    """

    patches: range
    codes: Int64[np.ndarray, "p a"]
    pixels: UInt8[np.ndarray, "p a y x 3"]
    corners: Int64[np.ndarray, "p 2"]  # row and column of each crop's first patch, on the grid


def alternatives(
    model: Generator,
    trace: Trace,
    top: int = 3,
    *,
    margin: int = 1,
    fill: Fill = "mean",
    patches: range | None = None,
    reach: int | None = None,
) -> Alternatives:
    """Decode the likeliest codes of every patch, each in the picture as far as it was then.

    Patches before the one in question have the codes that were drawn, later ones are not known
    yet. Each crop has the same pixels as the whole picture with that code in place (but for a last
    bit, see ``Generator.decode_windows``); it is centred on its patch, except at the borders of
    the picture, where it is moved inside.

    Args:
        model: that drew the trace.
        trace: what the model thought at every patch; it may be unfinished.
        top: how many codes of each patch, the likeliest first (guided, at temperature 1).
        margin: patches around the one in question that a crop shows, on each side. A code may
            change pixels farther away; ``Generator.footprint`` tells how far.
        fill: what the decoder sees where nothing is drawn yet, as for ``Preview``.
        patches: which ones, a run of those drawn; None: all of them.
        reach: patches around a crop that are read; None: all that matter. Fewer are faster and
            change pixels, as ``Generator.decode_windows`` and the model say.

    Raises:
        InputError: a trace without statistics or of another grid, or a number out of its range.
    """
    check_fill(model, fill)
    patches = _checked(model, trace, top, margin, patches)
    assert trace.steps is not None
    rows, columns = (min(2 * margin + 1, size) for size in (model.rows, model.columns))
    taken = trace.steps.top_codes[patches.start : patches.stop, :top].astype(np.int64)
    drawn = torch.full((model.patches,), 0 if fill == "mean" else fill)
    drawn[: len(trace.codes)] = torch.from_numpy(trace.codes)
    every = torch.arange(model.patches)
    number = torch.arange(patches.start, patches.stop)
    corners = torch.stack(
        [
            (number // model.columns - margin).clamp(0, model.rows - rows),
            (number % model.columns - margin).clamp(0, model.columns - columns),
        ],
        dim=1,
    )
    grid = (-1, model.rows, model.columns)
    side = model.patch
    pixels = np.empty((len(patches), top, side * rows, side * columns, 3), dtype=np.uint8)
    at_once = max(WINDOWS_AT_ONCE // top, 1)
    for first in range(0, len(patches), at_once):
        part = slice(first, first + at_once)
        here = number[part].repeat_interleave(top)[:, None]
        codes = torch.where(every < here, drawn, 0 if fill == "mean" else fill)
        codes.scatter_(1, here, torch.from_numpy(taken[part]).view(-1, 1))
        windows = model.decode_windows(
            codes.view(grid),
            corners[part].repeat_interleave(top, dim=0),
            (rows, columns),
            known=(every <= here).view(grid) if fill == "mean" else None,
            reach=reach,
        )
        pixels[part] = windows.numpy().reshape(-1, *pixels.shape[1:])
    return Alternatives(patches, taken, pixels, corners.numpy())


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


def check_fill(model: Generator, fill: Fill) -> None:
    """Refuse what cannot stand where nothing is drawn yet.

    Raises:
        InputError: neither "mean" nor a code of this model.
    """
    if fill != "mean" and not (_whole(fill) and 0 <= fill < model.codebook_size):
        raise InputError(
            f"fill is {fill!r}, but it is 'mean' or one of the codes 0 to "
            f"{model.codebook_size - 1}: take one of these."
        )


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _checked(
    model: Generator, trace: Trace, top: int, margin: int, patches: range | None
) -> range:
    """Return the patches to look at, if everything fits."""
    if trace.recipe.grid != (model.rows, model.columns):
        raise InputError(
            f"the trace has a grid of {trace.recipe.grid}, but this model's is "
            f"{(model.rows, model.columns)}: give the model that drew it."
        )
    if trace.steps is None:
        raise InputError(
            "the trace says nothing of what else might have been drawn, because its statistics "
            "were not kept: draw it again, with again()."
        )
    most = trace.steps.top_codes.shape[1]
    if not _whole(top) or not 1 <= top <= most:
        raise InputError(
            f"top is {top!r}, but the trace keeps the {most} likeliest: give a whole number from "
            f"1 to {most}."
        )
    if not _whole(margin) or margin < 0:
        raise InputError(
            f"margin is {margin!r}, but a crop shows 0 patches around its own or more: give a "
            f"whole number such as 1."
        )
    drawn = range(len(trace.codes))
    patches = drawn if patches is None else patches
    run = isinstance(patches, range) and patches.step == 1
    if not run or not 0 <= patches.start <= patches.stop <= drawn.stop:
        raise InputError(
            f"patches is {patches!r}, but the trace has a run of patches with step 1 inside "
            f"{drawn!r}: give a range of these."
        )
    return patches
