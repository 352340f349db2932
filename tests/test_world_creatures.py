"""Every creature, in every dress and manner and at every pastime, inside the picture."""

import numpy as np
import pytest

from dalle_explore.world.brush import Brush
from dalle_explore.world.creatures import BABY_SIZE, KINDS, draw_creature
from dalle_explore.world.facts import ACTIVITIES, MANNERS, SUBJECTS, WORN, Scene

PAPER = (250, 240, 222)


def brush_of(scene: Scene, size: int = 64) -> Brush:
    """A finished drawing of a scene over plain paper, with its parts."""
    brush = Brush(size, scene.get("manner") or "illustration", np.random.default_rng(scene.seed))
    brush.wash(PAPER, PAPER)
    brush.record_parts()
    draw_creature(brush, scene, np.random.default_rng(scene.seed))
    return brush


def picture(scene: Scene) -> np.ndarray:
    return np.asarray(brush_of(scene, 128).finish(), dtype=float)


def share(brush: Brush, role: str) -> float:
    """The share of the picture that shows a role."""
    assert brush.parts is not None
    return float((np.asarray(brush.parts[role]) > 0).mean()) if role in brush.parts else 0.0


def test_there_is_a_kind_for_every_subject():
    assert set(KINDS) == set(SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_fills_the_picture_but_not_its_border(subject):
    for seed in range(2):
        brush = brush_of(Scene.of("creatures", subject=subject, seed=seed))
        mask = np.asarray(brush.parts["subject"]) > 0
        rows = np.flatnonzero(mask.any(1)) / brush.pixels
        assert 0.10 < mask.mean() < 0.45
        assert 0.60 < rows[-1] - rows[0] < 0.90
        edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        assert edge.mean() < 0.01


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_baby_is_clearly_smaller_than_any_grown_one(subject):
    heights: dict[str | None, list[float]] = {None: [], "baby": []}
    for age, found in heights.items():
        for seed in range(3):
            brush = brush_of(Scene.of("creatures", subject=subject, age=age, seed=seed))
            rows = np.flatnonzero((np.asarray(brush.parts["subject"]) > 0).any(1))
            found.append((rows[-1] - rows[0]) / brush.pixels)
            assert (share(brush, "age") > 0) == (age == "baby")
    assert max(heights["baby"]) < 0.93 * min(heights[None])
    assert 0.7 <= BABY_SIZE <= 0.8


@pytest.mark.parametrize("worn", WORN)
def test_what_is_worn_stays_visible_whoever_wears_it_and_whatever_they_do(worn):
    for number, subject in enumerate(SUBJECTS):
        for activity in (None, ACTIVITIES[number % 8], ACTIVITIES[(number + 4) % 8]):
            scene = Scene.of(
                "creatures", subject=subject, worn=worn, activity=activity, seed=number
            )
            assert share(brush_of(scene), "worn") > 0.003, scene


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_an_activity_shows_its_props_inside_the_picture(activity):
    for seed, subject in enumerate(SUBJECTS):
        brush = brush_of(Scene.of("creatures", subject=subject, activity=activity, seed=seed))
        mask = np.asarray(brush.parts["activity"]) > 0
        assert mask.mean() > 0.02
        assert mask[0].mean() < 0.01 and mask[:, 0].mean() < 0.01 and mask[:, -1].mean() < 0.01


@pytest.mark.parametrize("manner", MANNERS)
def test_every_manner_keeps_subjects_apart(manner):
    drawn = [picture(Scene.of("creatures", subject=s, manner=manner, seed=1)) for s in SUBJECTS]
    for number, one in enumerate(drawn):
        for other in drawn[:number]:
            assert np.abs(one - other).mean() > 2.0


def test_a_drawing_depends_on_its_seed_alone():
    scene = Scene.of(
        "creatures", subject="penguin", age="baby", worn="headphones", activity="skating on ice"
    )
    again = Scene("creatures", scene.facts, seed=1)
    assert np.array_equal(picture(scene), picture(scene))
    assert np.abs(picture(scene) - picture(again)).mean() > 1.0
