"""A grid of codes that somebody paints on: what stands there, what can be undone, its pixels."""

import dataclasses
import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int64, UInt8

from dalle_explore.session.model import Model
from dalle_explore.session.repainted import Repainted

__all__ = ["Painting", "Window"]


class Window(NamedTuple):
    """A part of a picture that was decoded anew."""

    top: int  # pixels
    left: int
    pixels: UInt8[np.ndarray, "y x 3"]


@dataclasses.dataclass
class _Stroke:
    """What one movement of the hand changed: patch -> code."""

    name: str  # "": it stands alone
    before: dict[int, int]
    after: dict[int, int]


class Painting:
    """A grid of codes; cells, clicks and the thread that decodes meet here.

    Args:
        start: where ``reset`` goes back to.
        grid: what stands there now.
    """

    def __init__(
        self, start: Int64[np.ndarray, "rows columns"], grid: Int64[np.ndarray, "rows columns"]
    ) -> None:
        self.start, self._grid = start.copy(), grid.copy()
        self._past: list[_Stroke] = []
        self._future: list[_Stroke] = []
        self._stale: set[int] = set()  # patches that changed since they were decoded
        self._pixels: UInt8[np.ndarray, "y x 3"] | None = None
        self._lock, self._decoding = threading.Lock(), threading.Lock()

    @property
    def grid(self) -> Int64[np.ndarray, "rows columns"]:
        """The codes as they are now."""
        with self._lock:
            return self._grid.copy()

    @property
    def painted(self) -> Bool[np.ndarray, "rows columns"]:
        """Patches whose code is another than at the start."""
        return self.grid != self.start

    @property
    def steps(self) -> tuple[int, int]:
        """How many strokes can be undone, and how many done again."""
        return len(self._past), len(self._future)

    def paint(self, patches: Iterable[int], code: int, stroke: str = "") -> None:
        """Put a code on patches, by their numbers.

        Args:
            patches: in raster order, counted from 0.
            code: what stands there from now on.
            stroke: calls in a row with the same name are undone together.
        """
        with self._lock:
            after = {patch: code for patch in patches if self._grid.flat[patch] != code}
            if after:
                self._do(after, stroke)

    def reset(self) -> None:
        """Go back to the start, in one stroke that can be undone."""
        with self._lock:
            apart = np.flatnonzero(self._grid != self.start)
            if len(apart):
                self._do({int(patch): int(self.start.flat[patch]) for patch in apart}, "")

    def undo(self) -> bool:
        """Take the last stroke back; whether there was one."""
        with self._lock:
            if not self._past:
                return False
            stroke = self._past.pop()
            self._future.append(stroke)
            self._put(stroke.before)
            return True

    def redo(self) -> bool:
        """Do again what was undone last; whether there was something."""
        with self._lock:
            if not self._future:
                return False
            stroke = self._future.pop()
            self._past.append(stroke)
            self._put(stroke.after)
            return True

    def _do(self, after: dict[int, int], name: str) -> None:
        before = {patch: int(self._grid.flat[patch]) for patch in after}
        last = self._past[-1] if self._past else None
        if name and last is not None and last.name == name and not self._future:
            last.before = before | last.before
            last.after |= after
        else:
            self._past.append(_Stroke(name, before, after))
        self._future.clear()
        self._put(after)

    def _put(self, codes: dict[int, int]) -> None:
        for patch, code in codes.items():
            self._grid.flat[patch] = code
        self._stale |= codes.keys()

    def refresh(self, model: Model) -> Window | None:
        """Decode what changed since the last time: the patches whose pixels can be others.

        Raises:
            InputError: the model was closed.
        """
        with self._decoding:
            with self._lock:
                stale, self._stale = self._stale, set()
                grid = torch.from_numpy(self._grid.copy())[None]
            if self._pixels is not None and not stale:
                return None
            try:
                with model.lock:
                    generator = model.generator
                    if self._pixels is None or not generator.supports.window:
                        rows, columns = range(generator.rows), range(generator.columns)
                    else:
                        down, along = np.divmod(sorted(stale), generator.columns)
                        rows, columns = generator.footprint(
                            range(int(down.min()), int(down.max()) + 1),
                            range(int(along.min()), int(along.max()) + 1),
                        )
                    part = generator.decode_codes(grid, window=(rows, columns))[0].numpy()
                    side = generator.patch
            except BaseException:
                with self._lock:
                    self._stale |= stale
                raise
            top, left = side * rows.start, side * columns.start
            if self._pixels is None:
                self._pixels = part
            else:
                here = (slice(top, top + len(part)), slice(left, left + part.shape[1]))
                # A new array: whoever was given the old one keeps it.
                self._pixels = self._pixels.copy()
                self._pixels[here] = part
            return Window(top, left, part)

    def pixels(self, model: Model) -> UInt8[np.ndarray, "y x 3"]:
        """Return the picture of the codes as they are now.

        Raises:
            InputError: the model was closed.
        """
        self.refresh(model)
        assert self._pixels is not None
        return self._pixels

    def against(self, model: Model, canvas: str) -> Repainted:
        """Return what was painted beside what was there before.

        Args:
            model: decodes.
            canvas: what was painted on, in words.

        Raises:
            InputError: the model was closed.
        """
        pixels = self.pixels(model)
        grid, generator, card = self.grid, model.generator, model.card
        reached = np.zeros(grid.shape, dtype=bool)
        for row, column in np.argwhere(grid != self.start).tolist():
            rows, columns = generator.footprint(range(row, row + 1), range(column, column + 1))
            reached[rows.start : rows.stop, columns.start : columns.stop] = True
        return Repainted(
            model=card.name,
            digest=model.digest,
            licence=card.licences.pictures,
            canvas=canvas,
            before=self.start.copy(),
            codes=grid,
            pixels_before=self.start_pixels(model),
            pixels=pixels,
            reached=reached,
        )

    def start_pixels(self, model: Model) -> UInt8[np.ndarray, "y x 3"]:
        """Return the picture of the codes at the start.

        Raises:
            InputError: the model was closed.
        """
        return model.decode(self.start)
