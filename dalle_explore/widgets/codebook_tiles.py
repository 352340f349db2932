"""The codes of a model as they are looked through: tiles, an order by colour, the nearest codes.

A tile is what the decoder makes of one code alone, the middle of a whole picture of it. It never
learned from such a picture, so whatever shows a tile calls it artificial.
"""

import math
import threading
import weakref
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float64, Int64, UInt8

from dalle_explore.session.model import Model

__all__ = ["Tiles", "by_colour", "nearest", "tiles_of"]

_AT_ONCE = 64  # codes decoded in one go: larger batches leave the processor's caches
_ROWS = 256  # codes whose distances to all others are held at once
_GREY = 0.03  # chroma in OKLab below which a colour is taken for a grey
_SECTORS = 18  # of the circle of hues
_FIRST_HUE = 0.26  # radians: where the circle is cut, so that the reds stand together


class Tiles:
    """The tiles of one model, as far as they are made; it never holds the model itself."""

    def __init__(self, codes: int, side: int) -> None:
        self.pixels: UInt8[np.ndarray, "k y x 3"] = np.zeros((codes, side, side, 3), np.uint8)
        self.made = np.zeros(codes, dtype=bool)
        self._order: Int64[np.ndarray, " k"] | None = None
        self._lock = threading.Lock()

    @property
    def whole(self) -> bool:
        """Whether all are made."""
        return bool(self.made.all())

    @property
    def count(self) -> int:
        """How many are made."""
        return int(np.count_nonzero(self.made))

    def make(self, model: Model, codes: Sequence[int]) -> None:
        """Decode those that are not made yet.

        Raises:
            InputError: the model was closed.
        """
        lacking = [code for code in codes if not self.made[code]]
        for first in range(0, len(lacking), _AT_ONCE):
            part = lacking[first : first + _AT_ONCE]
            with model.lock:
                generator = model.generator
                grid = (generator.rows, generator.columns)
                whole = torch.tensor(part)[:, None, None].expand(-1, *grid)
                middle = torch.tensor([[side // 2 for side in grid]]).expand(len(part), -1)
                found = generator.decode_windows(whole, middle, (1, 1)).numpy()
            with self._lock:
                self.pixels[part] = found
                self.made[part] = True

    def order(self) -> Int64[np.ndarray, " k"]:
        """Return all codes by the colour of their tiles; all have to be made."""
        assert self.whole
        if self._order is None:
            self._order = by_colour(self.pixels)
        return self._order


_known: "weakref.WeakKeyDictionary[Model, Tiles]" = weakref.WeakKeyDictionary()


def tiles_of(model: Model) -> Tiles:
    """Return the tiles of a model, which every view of it shares."""
    if model not in _known:
        generator = model.generator
        _known[model] = Tiles(generator.codebook_size, generator.patch)
    return _known[model]


def by_colour(tiles: UInt8[np.ndarray, "k y x 3"]) -> Int64[np.ndarray, " k"]:
    """Order tiles by their mean colour: greys first, then once around the circle of hues.

    Every sector of the circle goes from light to dark or back, in turn, so that neighbours on a
    line are neighbours to the eye. Lightness, chroma and hue are those of OKLab (B. Ottosson, "A
    perceptual color space for image processing", 2020).
    """
    levels = tiles.astype(np.float64) / 255
    light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    mean = light.mean(axis=(1, 2))
    cones = mean @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    lab = np.cbrt(cones) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )
    hue = (np.arctan2(lab[:, 2], lab[:, 1]) - _FIRST_HUE) % math.tau
    sector = 1 + np.floor(hue / math.tau * _SECTORS).astype(int)
    sector[np.hypot(lab[:, 1], lab[:, 2]) < _GREY] = 0
    return np.lexsort((np.where(sector % 2 == 0, -lab[:, 0], lab[:, 0]), sector))


def nearest(
    model: Model, codes: Sequence[int], n: int
) -> tuple[
    Int64[np.ndarray, "m n"],
    Float64[np.ndarray, "m n"],
    Float64[np.ndarray, " m"],
]:
    """Return the codes whose vectors are nearest to those of some codes.

    Args:
        model: whose codes they are.
        codes: m of them.
        n: how many others of each.

    Returns:
        Codes, nearest first (of equally near ones the smaller number first); their distances,
        Euclidean, of the vectors that the decoder reads; and the median distance to all others.

    Raises:
        InputError: the model was closed.
    """
    with model.lock:
        vectors = model.generator.code_vectors().detach().double().cpu()
    n = min(n, len(vectors) - 1)
    found = np.empty((len(codes), n), dtype=np.int64)
    away = np.empty((len(codes), n))
    typical = np.empty(len(codes))
    for first in range(0, len(codes), _ROWS):
        part = list(codes[first : first + _ROWS])
        distances = torch.cdist(
            vectors[part], vectors, compute_mode="donot_use_mm_for_euclid_dist"
        ).numpy()
        distances[np.arange(len(part)), part] = np.inf
        if n:
            ends = np.partition(distances, n - 1, axis=1)[:, n - 1]
        for place, row in enumerate(distances):
            if n:
                near = np.flatnonzero(row <= ends[place])
                near = near[np.argsort(row[near], kind="stable")][:n]
                found[first + place], away[first + place] = near, row[near]
            others = np.delete(row, part[place])
            typical[first + place] = np.median(others) if len(others) else 0.0
    return found, away, typical
