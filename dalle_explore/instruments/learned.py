"""What a model has learned from: its card, and the training pictures of the drawn world, redrawn.

No picture is stored: example i of the training split is always the same (see ``world.splits``) and
is drawn again in milliseconds, so that a reference to it is as good as its pixels.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import UInt8

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.pretrained.card import Card
from dalle_explore.schema import read_fields
from dalle_explore.world import WORLD_VERSION, draw, example
from dalle_explore.world.draw import SIZES

__all__ = ["Progress", "card_of", "check_learned", "quiet", "side_of", "training_pictures"]

Progress = Callable[[str, int, int], None]  # what, done, total


def quiet(what: str, done: int, total: int) -> None:
    """Stand where nobody wants to be told how far something has come."""


def card_of(model: Generator) -> Card:
    """Return the card of a model, which names its digest, its settings and its training.

    Raises:
        InputError: the model carries none, as models that were set by hand.
    """
    values = {
        name: value
        for name, value in model.card.items()
        if name not in ("dalle_explore_card", "seal")
    }
    if not values:
        raise InputError(
            "this model carries no card, so nothing is known about its weights or what it has "
            "learned from: open one with dx.load(), or give it the card of its folder."
        )
    return read_fields(Card, values, "the card of the model")


def check_learned(model: Generator) -> Card:
    """Return the card of a model, if the training pictures it learned from can be drawn here.

    Raises:
        InputError: it learned from something else, or from another version of the world.
    """
    card = card_of(model)
    prior = card.networks.get("prior")
    training = prior.training if prior else None
    if training is None or training.world_version is None:
        source = "says nothing of what it learned from"
        if prior:
            source = f"learned from {training.data}" if training else "has random weights"
        raise InputError(
            f"the model {card.name!r} {source}, and this takes one that learned from the drawn "
            f"world, whose training pictures can be drawn again: take such a model."
        )
    if training.world_version != WORLD_VERSION:
        raise InputError(
            f"the model {card.name!r} learned from version {training.world_version} of the drawn "
            f"world, but this dalle_explore draws version {WORLD_VERSION}, with other pictures: "
            f"take the version of dalle_explore that the model came with."
        )
    return card


def side_of(model: Generator) -> int:
    """Return how many pixels the world's pictures have on a side, to be this model's.

    Raises:
        InputError: its pictures are not square, or of a size that the world does not draw.
    """
    size = (model.rows * model.patch, model.columns * model.patch)
    if size[0] != size[1] or size[0] not in SIZES:
        raise InputError(
            f"this model's pictures have {size[0]} x {size[1]} pixels, but the drawn world has "
            f"square ones of {SIZES.start} to {SIZES.stop - 1}: take a model with such pictures."
        )
    return size[0]


def training_pictures(model: Generator, indices: Sequence[int]) -> UInt8[np.ndarray, "b y x 3"]:
    """Draw training pictures in the size of a model, uint8 [b y x 3]; milliseconds for each.

    Raises:
        InputError: an index outside the training split, or as in ``side_of``.
    """
    side = side_of(model)
    drawn = np.empty((len(indices), side, side, 3), dtype=np.uint8)
    for place, index in enumerate(indices):
        drawn[place] = np.asarray(draw(example("train", int(index)).scene, size=side))
    return drawn
