"""From a scene to its picture: backdrop, subject, the manner's last touch."""

from functools import lru_cache

import numpy as np
from PIL import Image

from dalle_explore.world.backdrop import backdrop
from dalle_explore.world.brush import Brush
from dalle_explore.world.creatures import draw_creature
from dalle_explore.world.facts import Scene
from dalle_explore.world.objects import draw_textured
from dalle_explore.world.relations import draw_relation
from dalle_explore.world.signs import draw_sign
from dalle_explore.world.writing import draw_writing

SIZES = range(16, 2049)

_SUBJECT = {
    "creatures": draw_creature,
    "textures": draw_textured,
    "signs": draw_sign,
    "writing": draw_writing,
    "relations": draw_relation,
}


def draw(scene: Scene, size: int = 128) -> Image.Image:
    """The picture of a scene.

    Equal scenes give equal pictures, on every machine with the same Pillow. 128 is the model's
    size; use 512 for figures.

    Args:
        scene: what to draw; its seed decides everything that is not a fact.
        size: pixels on a side, 16 to 2048.

    Returns:
        An RGB picture, size x size.

    Raises:
        ValueError: a size outside that range.
    """
    return _paint(scene, size, False).finish()


def masks(scene: Scene, size: int = 128) -> dict[str, Image.Image]:
    """Which pixels belong to which role: an L picture (0 or 255) for each role that is drawn.

    Raises:
        ValueError: a size outside 16 to 2048.
    """
    brush = _paint(scene, size, True)
    assert brush.parts is not None
    return {
        role: sheet.resize((size, size), Image.Resampling.BOX).point([0] * 128 + [255] * 128)
        for role, sheet in brush.parts.items()
    }


def _paint(scene: Scene, size: int, parts: bool) -> Brush:
    if size not in SIZES:
        raise ValueError(
            f"size={size} is not possible: use a whole number of pixels from 16 to 2048."
        )
    rng = np.random.default_rng([scene.seed, _number(scene.family)])
    brush = Brush(size, scene.get("manner") or "illustration", rng.spawn(1)[0])
    if parts:
        brush.record_parts()
    backdrop(brush, scene.get("setting"), rng)
    _SUBJECT[scene.family](brush, scene, rng)
    return brush


@lru_cache(maxsize=8)
def _number(family: str) -> int:
    return sum(ord(letter) * 31**place for place, letter in enumerate(family))
