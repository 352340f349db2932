"""Pieces of training pictures in which a code really stands, cut out of pictures drawn again."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from jaxtyping import UInt8

from dalle_explore.generator import Generator
from dalle_explore.instruments.learned import training_pictures
from dalle_explore.instruments.usage import Usage
from dalle_explore.world import example

__all__ = ["MARGIN", "Crop", "around", "cut_crops"]

MARGIN = 1  # patches around the one in question that a crop shows, on each side


@dataclasses.dataclass(frozen=True, eq=False)
class Crop:
    """One place of a training picture where a code stands, with its surroundings."""

    index: int  # of the training example
    caption: str  # of that example
    patch: tuple[int, int]  # row and column in the training picture
    pixels: UInt8[np.ndarray, "y x 3"]  # as the world draws it, not as the model sees it
    place: tuple[int, int]  # row and column of the patch within the crop, in patches


def cut_crops(
    model: Generator, usage: Usage, wanted: Mapping[int, int]
) -> dict[int, tuple[Crop, ...]]:
    """Return crops of some codes, each picture drawn once.

    Args:
        model: whose codes they are.
        usage: knows where they stand.
        wanted: code -> how many crops, at most; a code that never occurs has none.

    Raises:
        InputError: the world has no pictures of the model's size.
    """
    places = {code: usage.places(code)[:count] for code, count in wanted.items()}
    indices = sorted({index for found in places.values() for index, _ in found})
    pictures = dict(zip(indices, training_pictures(model, indices), strict=True))
    return {
        code: tuple(_crop(model, index, patch, pictures[index]) for index, patch in found)
        for code, found in places.items()
    }


def around(place: int, size: int) -> range:
    """Return the patches of a crop along one axis, moved inside where they would reach out."""
    count = min(2 * MARGIN + 1, size)
    first = min(max(place - MARGIN, 0), size - count)
    return range(first, first + count)


def _crop(model: Generator, index: int, patch: int, picture: UInt8[np.ndarray, "y x 3"]) -> Crop:
    row, column = divmod(patch, model.columns)
    rows, columns = around(row, model.rows), around(column, model.columns)
    side = model.patch
    pixels = picture[
        side * rows.start : side * rows.stop, side * columns.start : side * columns.stop
    ]
    return Crop(
        index=index,
        caption=example("train", index).caption,
        patch=(row, column),
        pixels=pixels.copy(),
        place=(row - rows.start, column - columns.start),
    )
