"""Which words of a prompt a model cannot know. No torch."""

from typing import TYPE_CHECKING

from dalle_explore.pretrained.card import Card

if TYPE_CHECKING:
    from dalle_explore.world import Unknown

__all__ = ["outside"]


def outside(card: Card, prompt: str) -> "tuple[Unknown, ...]":
    """Return the words of a prompt outside the drawn world, with known ones near them.

    Nothing is known about models that learned from a folder of pictures: no word is named then.
    """
    if card.world_version is None:
        return ()
    from dalle_explore.world import read

    return read(prompt).unknown
