"""When two scenes say the same thing: relations in one order, unstated facts as they look.

"A below B" and "B above A" are one picture. So is "a fox" and "an illustration of a fox", because
the world draws illustrations unless told otherwise. CLIP's loss and the judge both need this.
"""

from collections.abc import Sequence

import numpy as np

from dalle_explore import world

__all__ = ["NONE", "DEFAULTS", "INVERSE", "body_order", "canonical", "visible", "may_agree"]

NONE = "none"  # what a picture shows of a role that is not there

# What an unstated fact looks like. Every other role that is unstated simply is not there.
DEFAULTS = {"age": "grown", "manner": "illustration", "setting": "plain"}

# Each pair is one relation seen from its two ends; the left one is read from the other end.
INVERSE = {"to the right of": "to the left of", "below": "above"}

_BODY = ("colour", "solid")
_NUMBERS = ("1", "2", "3")


def body_order(scene: world.Scene) -> tuple[str, ...]:
    """Return the numbers of the stated bodies as the canonical reading names them.

    Geometric order: the leftmost or topmost body first; for "inside" and "in front of", which have
    no inverse, the inner and the nearer one. "A below B" states A as body "1", but "1" comes last.

    Returns:
        For example ("1", "2"), or ("3", "2", "1") for a chain to be read from its other end; empty
        for a scene without a relation.
    """
    stated = tuple(n for n in _NUMBERS if scene.get(f"solid{n}") is not None)
    return stated[::-1] if scene.get("relation") in INVERSE else stated


def canonical(scene: world.Scene) -> dict[str, str]:
    """Return the stated facts with the bodies of a relation in geometric order.

    Two scenes with equal results are one thought in two phrasings: "a red cube below a blue ring"
    becomes "a blue ring above a red cube".
    """
    facts = dict(scene.facts)
    if "relation" in facts:
        facts["relation"] = INVERSE.get(facts["relation"], facts["relation"])
        for place, number in zip(_NUMBERS, body_order(scene), strict=False):
            for role in _BODY:
                facts[f"{role}{place}"] = scene[f"{role}{number}"]
    return facts


def visible(scene: world.Scene) -> dict[str, str | None]:
    """Return what a picture of the scene shows, for every role of the world.

    Stated facts in canonical form; unstated ones as they look (a grown animal, an illustration, a
    plain backdrop); ``NONE`` for what is not there. None where the picture shows something that
    the scene leaves to chance: the colour of a sign.
    """
    stated = canonical(scene)
    shown: dict[str, str | None] = {}
    for role in world.ROLES:
        if role in stated:
            shown[role] = stated[role]
        elif role not in world.FAMILIES[scene.family]:
            shown[role] = NONE
        elif scene.family == "signs" and role == "colour":
            shown[role] = None
        else:
            shown[role] = DEFAULTS.get(role, NONE)
    return shown


def may_agree(pictures: Sequence[world.Scene], captions: Sequence[world.Scene]) -> np.ndarray:
    """Say which captions could be true of which pictures, everything unstated being as it looks.

    A fact that a scene leaves to chance agrees with every value. Contrastive losses use this to
    keep a second right caption from counting as a wrong one.

    Returns:
        bool [b n], b pictures by n captions.
    """
    names: dict[tuple[str, str], int] = {}

    def encode(scenes: Sequence[world.Scene]) -> np.ndarray:
        rows = [
            [names.setdefault((r, v), len(names)) if v is not None else -1 for r, v in facts]
            for facts in (visible(scene).items() for scene in scenes)
        ]
        return np.array(rows, dtype=np.int64).reshape(len(scenes), len(world.ROLES))

    left, right = encode(pictures)[:, None], encode(captions)[None]
    return ((left == right) | (left < 0) | (right < 0)).all(-1)
