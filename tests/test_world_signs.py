"""Signs: outlines are sharp and different, colours apart, every kind draws in every manner."""

import numpy as np
import pytest

from dalle_explore.world.brush import Brush
from dalle_explore.world.facts import COLOURS, MANNERS, OUTLINES, POLYGONS, SIGNS, Scene
from dalle_explore.world.palette import COLOUR_RGB
from dalle_explore.world.signs import draw_sign
from dalle_explore.world.silhouettes import core, inset, room, silhouette


def picture(scene: Scene, size: int = 128) -> np.ndarray:
    rng = np.random.default_rng(scene.seed)
    brush = Brush(size, scene.get("manner") or "illustration", rng)
    brush.wash((200, 220, 240), (190, 200, 180))
    draw_sign(brush, scene, rng)
    return np.asarray(brush.finish())


@pytest.mark.parametrize("outline", OUTLINES)
def test_an_outline_fills_its_box_and_its_inset_lies_inside(outline: str) -> None:
    points = silhouette(outline)
    assert np.isclose((points.max(0) - points.min(0)).max(), 2.0)
    assert np.allclose((points.max(0) + points.min(0)) / 2, 0.0)
    inner = inset(outline, 0.105)
    assert (inner.max(0) < points.max(0)).all() and (inner.min(0) > points.min(0)).all()
    assert area(inner) < area(points)
    x, y, half = room(outline)
    assert 0.2 < half < 1 and abs(x) < 0.6 and abs(y) < 0.6
    assert 0.2 < core(outline)[2] <= 1


def area(points: np.ndarray) -> float:
    x, y = points.T
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2


@pytest.mark.parametrize(("outline", "sides"), POLYGONS.items())
def test_a_polygon_has_its_sides(outline: str, sides: int) -> None:
    assert len(silhouette(outline)) == sides
    assert len(inset(outline, 0.17)) == sides


def test_figures_are_pairwise_different() -> None:
    def mask(outline: str) -> np.ndarray:
        brush = Brush(64)
        brush.canvas.paste((255, 255, 255), (0, 0, *brush.canvas.size))
        brush.fill(silhouette(outline) * 0.45 + 0.5, (0, 0, 0), edge=False, shade=0)
        return np.asarray(brush.canvas.convert("L")) < 128

    masks = [mask(outline) for outline in OUTLINES]
    for i, a in enumerate(masks):
        for b in masks[:i]:
            assert (a ^ b).sum() > 0.01 * (a | b).sum()


def test_colours_are_apart() -> None:
    assert set(COLOUR_RGB) == set(COLOURS)
    values = np.array([COLOUR_RGB[name] for name in COLOURS], dtype=float)
    gaps = np.linalg.norm(values[:, None] - values[None], axis=-1)
    assert gaps[~np.eye(len(values), dtype=bool)].min() > 60


@pytest.mark.parametrize("kind", SIGNS)
@pytest.mark.parametrize("manner", MANNERS)
def test_every_kind_draws_in_every_manner_and_shows_its_colour(kind: str, manner: str) -> None:
    a, b = (
        picture(
            Scene.of("signs", seed=5, sign=kind, outline="heptagonal", colour=c, manner=manner)
        )
        for c in ("red", "blue")
    )
    changed = np.abs(a.astype(int) - b.astype(int)).sum(-1) > 40
    assert changed.mean() > 0.02
    assert a[..., 0][changed].mean() > b[..., 0][changed].mean()
    assert a[..., 2][changed].mean() < b[..., 2][changed].mean()


def test_a_stop_sign_is_red_unless_stated() -> None:
    plain = Scene.of("signs", seed=9, sign="stop sign", outline="octagonal")
    pixels = picture(plain).reshape(-1, 3).astype(int)
    red = (pixels[:, 0] > 150) & (pixels[:, 1] < 90) & (pixels[:, 2] < 90)
    assert red.mean() > 0.10


def test_a_sign_is_deterministic_and_varies_with_its_seed() -> None:
    first, again, other = (
        picture(Scene.of("signs", seed=seed, sign="clock", outline="star-shaped"))
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).mean() > 0.02


def test_roles_are_recorded() -> None:
    brush = Brush(64, rng=np.random.default_rng(0))
    brush.record_parts()
    scene = Scene.of("signs", sign="plate", outline="fish-shaped", colour="green")
    draw_sign(brush, scene, np.random.default_rng(0))
    assert brush.parts is not None
    assert {"sign", "outline", "colour"} <= set(brush.parts)
    assert all(sheet.getbbox() for sheet in brush.parts.values())
