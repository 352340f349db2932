"""Which codes are used at all, how often, and where: counted in pictures that were learned from.

Places are references, a training index and a patch each; whoever wants to see them has the picture
drawn again.
"""

import dataclasses

import numpy as np
import torch
from jaxtyping import Int64, UInt16, UInt32

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.instruments.learned import (
    Progress,
    check_learned,
    quiet,
    side_of,
    training_pictures,
)
from dalle_explore.world import Scene, example, split_sizes

__all__ = ["PICTURES", "PLACES", "Usage", "check_countable", "count_codes", "usage_of"]

PICTURES = 2_000  # the first of the training split, which is shuffled
PLACES = 8  # of each code, at most

_BATCH = 50


@dataclasses.dataclass(frozen=True, eq=False)
class Usage:
    """How often each code occurs in training pictures, and some of the places where it does.

    Places stand in the order of their codes, those of one code from the first picture to the last.
    """

    pictures: int  # how many were encoded: the first of the training split
    counts: UInt32[np.ndarray, " k"]
    common: UInt16[np.ndarray, " p"]  # the commonest code of every patch
    codes: UInt16[np.ndarray, " m"]  # which code each place is of, rising
    indices: UInt32[np.ndarray, " m"]  # of the training example
    patches: UInt16[np.ndarray, " m"]  # in raster order

    @property
    def used(self) -> int:
        """How many codes occur at all."""
        return int(np.count_nonzero(self.counts))

    def ranks(self) -> Int64[np.ndarray, " k"]:
        """Return the rank of every code by its count, 1 for the commonest; 0: it never occurs.

        Of codes with the same count, the smaller number comes first.
        """
        order = np.argsort(-self.counts.astype(np.int64), kind="stable")
        ranks = np.empty(len(order), dtype=np.int64)
        ranks[order] = np.arange(1, len(order) + 1)
        return np.where(self.counts > 0, ranks, 0)

    def places(self, code: int) -> list[tuple[int, int]]:
        """Return where a code occurs: training index and patch in raster order, at most 8."""
        first, last = np.searchsorted(self.codes, [code, code + 1])
        pairs = zip(self.indices[first:last], self.patches[first:last], strict=True)
        return [(int(index), int(patch)) for index, patch in pairs]


def count_codes(
    model: Generator, progress: Progress = quiet, *, pictures: int = PICTURES
) -> Usage:
    """Encode the first training pictures and count their codes.

    Args:
        model: encodes.
        progress: called with (what, done, total).
        pictures: how many.

    Raises:
        InputError: the model cannot encode, did not learn from the drawn world, or the training
            split has not so many pictures.
    """
    check_learned(model)
    check_countable(model)
    most = split_sizes()["train"]
    if isinstance(pictures, bool) or not isinstance(pictures, int) or not 1 <= pictures <= most:
        raise InputError(
            f"pictures is {pictures!r}, but the training split has {most}: give a whole number "
            f"such as {PICTURES}."
        )
    codes = np.empty((pictures, model.patches), dtype=np.uint16)
    for first in range(0, pictures, _BATCH):
        part = range(first, min(first + _BATCH, pictures))
        drawn = torch.from_numpy(training_pictures(model, part))
        encoded = model.encode_image(drawn).cpu().numpy()
        codes[part.start : part.stop] = encoded.reshape(len(part), -1)
        progress("training pictures", part.stop, pictures)
    return usage_of(codes, model.codebook_size)


def check_countable(model: Generator) -> None:
    """Refuse a model whose codes cannot be counted in pictures of the drawn world.

    Raises:
        InputError: it cannot encode, or the world has no pictures of its size.
    """
    if not model.supports.image_encoding:
        raise InputError(
            "this model cannot turn pictures into codes, so that nothing can be said of the codes "
            "of training pictures: its supports.image_encoding is False."
        )
    side_of(model)


def usage_of(codes: UInt16[np.ndarray, "n p"], codebook_size: int) -> Usage:
    """Count the codes of the first training pictures, and choose the places."""
    counts = np.bincount(codes.ravel(), minlength=codebook_size)
    common = [np.bincount(column).argmax() for column in codes.T]
    scenes = [example("train", index).scene for index in range(len(codes))]
    found = [
        (code, index, patch)
        for code, places in _occurrences(codes).items()
        for index, patch in _spread(places.tolist(), scenes)
    ]
    of_code, indices, patches = np.array(found, dtype=np.int64).T
    return Usage(
        pictures=len(codes),
        counts=counts.astype(np.uint32),
        common=np.array(common, dtype=np.uint16),
        codes=of_code.astype(np.uint16),
        indices=indices.astype(np.uint32),
        patches=patches.astype(np.uint16),
    )


def _occurrences(codes: np.ndarray) -> dict[int, np.ndarray]:
    """Places [m 2] of every code that occurs, picture by picture, in the order of the codes."""
    order = np.argsort(codes.ravel(), kind="stable")
    places = np.stack(np.unravel_index(order, codes.shape), axis=1)
    values, first = np.unique(codes.ravel()[order], return_index=True)
    return dict(zip(values.tolist(), np.split(places, first[1:]), strict=True))


def _spread(places: list[tuple[int, int]], scenes: list[Scene]) -> list[tuple[int, int]]:
    """Some of the places of a code, in as many different pictures as there are.

    Some training pictures stand in the split more than once, pixel for pixel; they are one.
    """
    by_picture: dict[Scene, list[tuple[int, int]]] = {}
    for index, patch in places:
        by_picture.setdefault(scenes[index], []).append((index, patch))
    pictures = list(by_picture.values())
    if len(pictures) >= PLACES:
        at = np.linspace(0, len(pictures) - 1, PLACES).round().astype(int)
        chosen = [pictures[number] for number in at]
        # From the middle: the first would mostly be an upper edge of what the code paints.
        return sorted(found[len(found) // 2] for found in chosen)
    turns = range(max(len(found) for found in pictures))
    in_turn = [found[turn] for turn in turns for found in pictures if turn < len(found)]
    return sorted(in_turn[:PLACES])
