"""Edits of what is said and picked."""

import dataclasses
import math
from typing import Any, Literal, Self

import numpy as np

from dalle_explore.edits.fields import (
    Base,
    Patch,
    codes_grid,
    finite,
    maybe_patches,
    number,
    numbers,
    patch_inside,
    patches,
    shortened,
    some_codes,
)
from dalle_explore.errors import InputError

__all__ = ["Ban", "Bias", "Force", "Mix", "TemperatureAt"]


@dataclasses.dataclass(frozen=True)
class Force(Base):
    """Give some patches their codes; the model goes on from them, and says how likely they were.

    Forced patches use up their noise like any other, so that the free ones are drawn with the same
    dice as ever. Raster order cannot look ahead: patches forced further down are not foreseen by
    those above them, but their likelihood is recorded, and of several samples the likeliest fits.
    """

    at: tuple[Patch, ...]
    codes: tuple[int, ...]  # one for each patch
    # Rows and columns of the picture that they were taken from, so that one of another model is
    # noticed. Patches and codes are what counts: this is neither compared nor saved.
    grid: tuple[int, int] | None = dataclasses.field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Check that every patch has one code."""
        self._put("at", patches(self, "at", self.at))
        self._put("codes", numbers(self, "codes", self.codes))
        if not self.at or len(self.at) != len(self.codes):
            raise InputError(
                f"Force has {len(self.at)} patches and {len(self.codes)} codes, but it takes one "
                f"code for each of at least one patch: give as many codes as patches."
            )
        if len(set(self.at)) != len(self.at):
            twice = next(patch for patch in self.at if self.at.count(patch) > 1)
            raise InputError(
                f"Force names the patch {twice} more than once, but a patch has one code: leave "
                f"one of them out."
            )

    @classmethod
    def rows(cls, codes: Any, stop: int, start: int = 0) -> Self:
        """Keep the rows ``start`` to ``stop - 1`` of a picture: prime with its top, for example.

        Args:
            codes: int [rows columns], such as ``sample.codes``.
            stop: the first row that is not kept.
            start: the first row that is kept.

        Raises:
            InputError: no grid of codes, or no row is left.
        """
        grid = codes_grid(codes)
        if not 0 <= start < stop <= len(grid):
            raise InputError(
                f"the rows from {start} to {stop - 1} are to be kept, but the picture has the "
                f"rows 0 to {len(grid) - 1}: take start < stop within them."
            )
        keep = np.zeros(grid.shape, dtype=bool)
        keep[start:stop] = True
        return cls.where(codes, keep)

    @classmethod
    def until(cls, codes: Any, patch: Patch) -> Self:
        """Keep everything before a patch, in raster order: fork a picture there.

        Raises:
            InputError: no grid of codes, or a patch that is outside it or the very first.
        """
        grid = codes_grid(codes)
        row, column = patch_inside(patch, grid)
        keep = np.arange(grid.size).reshape(grid.shape) < row * grid.shape[1] + column
        if not keep.any():
            raise InputError("nothing comes before the patch (0, 0): draw again without Force.")
        return cls.where(codes, keep)

    @classmethod
    def outside(cls, codes: Any, rows: range, columns: range) -> Self:
        """Keep everything but a rectangle: redraw that.

        Raises:
            InputError: no grid of codes, or a rectangle that is empty, outside, or everything.
        """
        grid = codes_grid(codes)
        for name, part, size in (
            ("rows", rows, grid.shape[0]),
            ("columns", columns, grid.shape[1]),
        ):
            if not (
                isinstance(part, range) and part.step == 1 and 0 <= part.start < part.stop <= size
            ):
                raise InputError(
                    f"{name} is {part!r}, but it has to be a range within 0 to {size}: give, for "
                    f"example, range(0, {size // 2})."
                )
        keep = np.ones(grid.shape, dtype=bool)
        keep[rows.start : rows.stop, columns.start : columns.stop] = False
        if not keep.any():
            raise InputError(
                "the rectangle is the whole picture, so nothing is kept: draw again without Force."
            )
        return cls.where(codes, keep)

    @classmethod
    def where(cls, codes: Any, keep: Any) -> Self:
        """Keep the patches that a mask marks.

        Args:
            codes: int [rows columns].
            keep: bool [rows columns].

        Raises:
            InputError: shapes that differ, or nothing to keep.
        """
        grid, mask = codes_grid(codes), np.asarray(keep)
        if mask.shape != grid.shape or mask.dtype != bool:
            raise InputError(
                f"keep is {mask.dtype} of shape {mask.shape}, but it has to be bool of the shape "
                f"of the codes, {grid.shape}: make it with numpy from a condition."
            )
        places = np.argwhere(mask)
        at = tuple((int(row), int(column)) for row, column in places)
        rows, columns = grid.shape
        return cls(at, tuple(int(grid[patch]) for patch in at), (rows, columns))

    def __repr__(self) -> str:
        return f"Force({shortened(self.at)}, codes={shortened(self.codes)})"


@dataclasses.dataclass(frozen=True)
class Ban(Base):
    """Never pick some codes."""

    codes: tuple[int, ...]
    at: tuple[Patch, ...] | None = None

    def __post_init__(self) -> None:
        """Check codes and patches."""
        self._put("codes", some_codes(self))
        self._put("at", maybe_patches(self))


@dataclasses.dataclass(frozen=True)
class Bias(Base):
    """Add so many nats to the logits of some codes, after guidance, before temperature."""

    codes: tuple[int, ...]
    nats: float
    at: tuple[Patch, ...] | None = None

    def __post_init__(self) -> None:
        """Check codes, nats and patches."""
        self._put("codes", some_codes(self))
        self._put("nats", finite(self, "nats"))
        self._put("at", maybe_patches(self))


@dataclasses.dataclass(frozen=True)
class TemperatureAt(Base):
    """Another temperature at some patches; 0 takes the likeliest code there."""

    temperature: float
    at: tuple[Patch, ...]

    def __post_init__(self) -> None:
        """Check temperature and patches."""
        self._put("temperature", finite(self, "temperature"))
        if self.temperature < 0:
            raise self._refuse("temperature", "it cannot be negative", "use 0 or more")
        self._put("at", patches(self, "at", self.at))
        if not self.at:
            raise self._refuse("at", "it needs at least one patch", "name some, or use settings")


@dataclasses.dataclass(frozen=True)
class Mix(Base):
    """Draw from several prompts at once, everywhere or in a region.

    ``how="logits"`` lets every prompt speak for itself and takes the weighted mean of the logits,
    a product of experts (Hinton, 2002). ``how="embeddings"`` takes the weighted mean of the input
    embeddings, text position by text position, and reads that as one text.
    """

    prompts: tuple[str, ...]
    weights: tuple[float, ...]  # one for each prompt; together 1
    at: tuple[Patch, ...] | None = None
    how: Literal["logits", "embeddings"] = "logits"

    def __post_init__(self) -> None:
        """Check that the weights sum to one."""
        if isinstance(self.prompts, str) or not all(isinstance(p, str) for p in self.prompts):
            raise self._refuse("prompts", "it is a list of texts", "give two or more of them")
        self._put("prompts", tuple(self.prompts))
        if len(self.prompts) < 1 or len(set(self.prompts)) != len(self.prompts):
            raise self._refuse("prompts", "prompts have to differ", "name every text once")
        if len(self.weights) != len(self.prompts):
            raise InputError(
                f"Mix has {len(self.prompts)} prompts and {len(self.weights)} weights, but every "
                f"prompt has a weight: give as many weights as prompts."
            )
        self._put("weights", tuple(number(self, "weights", weight) for weight in self.weights))
        if not math.isclose(math.fsum(self.weights), 1.0, abs_tol=1e-6):
            raise InputError(
                f"Mix.weights are {self.weights}, which sum to {math.fsum(self.weights):g}, but "
                f"they have to sum to 1: divide each by their sum."
            )
        self._put("at", maybe_patches(self))
        if self.how not in ("logits", "embeddings"):
            raise self._refuse("how", "there are two ways", "take 'logits' or 'embeddings'")
