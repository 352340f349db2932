"""Textured objects: ten skins on ten objects, all different, all readable, all repeatable."""

import numpy as np
import pytest
from PIL import Image

from dalle_explore.world.brush import Brush
from dalle_explore.world.facts import MANNERS, OBJECTS, TEXTURES, Scene
from dalle_explore.world.objects import draw_textured
from dalle_explore.world.textures import SPAN, VARIANTS, mean, skin, tile


def drawn(
    seed: int, thing: str, texture: str, manner: str = "illustration", size: int = 128
) -> Brush:
    scene = Scene.of("textures", seed=seed, object=thing, texture=texture, manner=manner)
    rng = np.random.default_rng(seed)
    brush = Brush(size, manner, rng)
    brush.record_parts()
    brush.wash((200, 220, 240), (190, 200, 180))
    draw_textured(brush, scene, rng)
    return brush


def mask(brush: Brush, role: str) -> np.ndarray:
    assert brush.parts is not None
    return np.asarray(brush.parts[role].resize((128, 128), Image.Resampling.BOX)) > 127


@pytest.mark.parametrize("texture", TEXTURES)
def test_a_tile_has_its_size_is_kept_and_has_variants(texture: str) -> None:
    first = tile(texture, 128, 0)
    assert first.size == (SPAN, SPAN)
    assert tile(texture, 128, 0) is first
    other = np.asarray(tile(texture, 128, VARIANTS - 1), dtype=int)
    assert np.abs(np.asarray(first, dtype=int) - other).mean() > 1


def test_tiles_look_different() -> None:
    def look(texture: str) -> np.ndarray:
        pixels = np.asarray(tile(texture, 128, 0), dtype=float)
        grain = (
            np.abs(np.diff(pixels, axis=1)).mean((0, 1)),
            np.abs(np.diff(pixels, axis=0)).mean((0, 1)),
        )
        return np.concatenate([pixels.mean((0, 1)), pixels.std((0, 1)), *grain])

    looks = np.array([look(texture) for texture in TEXTURES])
    gaps = np.linalg.norm(looks[:, None] - looks[None], axis=-1)
    assert gaps[~np.eye(len(looks), dtype=bool)].min() > 15


def test_a_skin_covers_the_canvas_and_knows_its_average() -> None:
    paint = skin("mango", 256, np.random.default_rng(0))
    assert paint.size == (256, 256) and paint.mode == "RGB"
    assert np.abs(np.asarray(paint).mean((0, 1)) - mean(paint)).max() < 3
    assert (np.asarray(paint) != np.asarray(skin("mango", 256, np.random.default_rng(1)))).any()
    assert skin("wood", 320, np.random.default_rng(0)).size == (320, 320)


@pytest.mark.parametrize("thing", OBJECTS)
def test_an_object_fills_its_part_of_the_frame_and_is_mostly_skin(thing: str) -> None:
    for seed in range(4):
        brush = drawn(seed, thing, "bricks")
        body, coat = mask(brush, "object"), mask(brush, "texture")
        rows, columns = np.nonzero(body)
        assert 0.5 < max(np.ptp(rows), np.ptp(columns)) / 128 < 0.95
        assert min(columns) > 0 and max(columns) < 127 and max(rows) < 127
        assert (coat & body).sum() > 0.40 * body.sum()
        assert (coat & ~body).sum() == 0


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("texture", TEXTURES)
def test_every_skin_is_seen_in_every_manner(texture: str, manner: str) -> None:
    brush = drawn(3, "armchair", texture, manner)
    inside = mask(brush, "texture")
    pixels = np.asarray(brush.finish(), dtype=int)[inside]
    other = drawn(3, "armchair", "wood" if texture != "wood" else "mango", manner)
    theirs = np.asarray(other.finish(), dtype=int)[inside]
    assert np.abs(pixels - theirs).mean() > 12
    assert pixels.std(0).max() > 8


@pytest.mark.parametrize("thing", OBJECTS)
def test_a_picture_is_deterministic_and_alike_at_other_sizes(thing: str) -> None:
    a, b = drawn(7, thing, "giraffe").finish(), drawn(7, thing, "giraffe").finish()
    assert a.tobytes() == b.tobytes()
    assert a.tobytes() != drawn(8, thing, "giraffe").finish().tobytes()
    large = drawn(7, thing, "giraffe", size=256).finish().resize((128, 128), Image.Resampling.BOX)
    assert np.abs(np.asarray(a, dtype=int) - np.asarray(large, dtype=int)).mean() < 16
