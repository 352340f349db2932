"""A sentence to try: one the world shows in training, one it holds out, or one it never draws."""

import random
from dataclasses import dataclass
from typing import Literal

from dalle_explore.errors import InputError
from dalle_explore.world.english import with_article
from dalle_explore.world.facts import COLOURS, SEEN_WORDS, SOLIDS, SUBJECTS
from dalle_explore.world.holdout import held_out
from dalle_explore.world.reader import read
from dalle_explore.world.splits import example, split_sizes

__all__ = ["KINDS", "Kind", "Surprise", "kind_of", "surprise"]

Kind = Literal["seen", "held out", "weird"]
KINDS: tuple[Kind, ...] = ("seen", "held out", "weird")

_FRUIT = ("mango", "strawberry", "watermelon")

# Ways to join words of different families; no scene of the world is like these.
_WEIRD = (
    "{a_colour} {subject} on top of {a_colour2} {solid}",
    "{a_subject} with the texture of {a_texture}",
    "{a_solid} wearing a cape and headphones",
    "a seven sided {subject}",
    '{a_subject} with the word "{word}" written on it',
    "{a_texture} inside a fishbowl, reading a book",
)


@dataclass(frozen=True, slots=True)
class Surprise:
    """A sentence, and what the model knows of such."""

    prompt: str
    kind: Kind
    why: str  # in a sentence


def surprise(number: int, kind: Kind | None = None) -> Surprise:
    """Return sentence ``number``, the same on every machine; the kinds take turns when None.

    Raises:
        InputError: another kind than ``KINDS``.
    """
    if kind is None:
        kind = KINDS[number % len(KINDS)]
    if kind not in KINDS:
        raise InputError(f"kind is {kind!r}, but the kinds are {', '.join(KINDS)}: take one.")
    if kind == "weird":
        dice = random.Random(f"weird {number}")
        prompt = _weird(dice)
        while kind_of(prompt) != "weird":  # a few of them the world draws after all
            prompt = _weird(dice)
        return Surprise(
            prompt, kind, "Its words are known, but no picture of training is like it."
        )
    split = "seen" if kind == "seen" else "unseen_pairs"
    dice = random.Random(f"{kind} {number}")
    found = example(split, dice.randrange(split_sizes()[split]))
    if kind == "seen":
        return Surprise(found.caption, kind, "Training shows scenes like this one.")
    scene = found.scene
    (_, values), *_ = held_out(scene.family, dict(scene.facts))
    pair = " with ".join(f"“{value}”" for value in values)
    return Surprise(found.caption, kind, f"Training never shows {pair}; each alone, it does.")


def kind_of(prompt: str) -> Kind | None:
    """Return which kind a sentence is; None where it says nothing that can be told."""
    reading = read(prompt)
    if reading.unknown:
        return None
    if reading.scene is None:
        return "weird"
    scene = reading.scene
    return "held out" if held_out(scene.family, dict(scene.facts)) else "seen"


def _weird(dice: random.Random) -> str:
    subject, texture = dice.choice(list(SUBJECTS)), dice.choice(_FRUIT)
    solid, word = dice.choice(list(SOLIDS)), dice.choice(list(SEEN_WORDS))
    colour, colour2 = dice.sample(list(COLOURS), 2)
    return dice.choice(_WEIRD).format(
        subject=subject,
        solid=solid,
        word=word,
        a_subject=with_article(subject),
        a_texture=with_article(texture),
        a_solid=with_article(solid),
        a_colour=with_article(colour),
        a_colour2=with_article(colour2),
    )
