"""Pictures of the world: equal scenes are equal pictures, and facts stay visible."""

import numpy as np
import pytest

from dalle_explore.world import Scene, draw, example
from dalle_explore.world.brush import Brush
from dalle_explore.world.draw import masks
from dalle_explore.world.facts import (
    COLOURS,
    CONTAINERS,
    MANNERS,
    RELATIONS,
    SETTINGS,
    SOLIDS,
    THREE_BODY,
)
from dalle_explore.world.relations import GAP, place
from dalle_explore.world.solids import height

BALL_ON_CUBE = {
    "colour1": "blue",
    "solid1": "sphere",
    "relation": "on top of",
    "colour2": "red",
    "solid2": "cube",
}


def pixels(scene: Scene, size: int = 128) -> np.ndarray:
    return np.asarray(draw(scene, size)).astype(int)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("index", range(5))
def test_equal_scenes_give_equal_pictures_and_other_seeds_others(manner, index):
    scene = example("judge", index).scene
    facts = {**dict(scene.facts), "manner": manner}
    one, same, other = (Scene.of(scene.family, seed=s, **facts) for s in (7, 7, 8))
    assert np.array_equal(pixels(one), pixels(same))
    assert np.abs(pixels(one) - pixels(other)).mean() > 1


def test_no_two_of_many_pictures_are_equal():
    pictures = {draw(example("seen", index).scene).tobytes() for index in range(200)}
    assert len(pictures) == 200


@pytest.mark.parametrize("size", [16, 100, 128, 129, 257, 512])
def test_any_size_gives_a_picture_of_that_size(size):
    scene = Scene.of("relations", **BALL_ON_CUBE)
    for manner in MANNERS:
        picture = draw(Scene.of("relations", manner=manner, **BALL_ON_CUBE), size)
        assert picture.size == (size, size) and picture.mode == "RGB"
    small = np.asarray(draw(scene, 512).resize((128, 128)), dtype=int)
    if size == 128:
        assert np.abs(small - pixels(scene)).mean() < 6  # one composition at every size


@pytest.mark.parametrize("size", [0, 15, 2049])
def test_an_impossible_size_is_refused(size):
    with pytest.raises(ValueError, match="16 to 2048"):
        draw(Scene.of("relations", **BALL_ON_CUBE), size)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("manner", MANNERS)
def test_a_setting_changes_the_picture_in_every_manner(setting, manner):
    plain = pixels(Scene.of("relations", manner=manner, **BALL_ON_CUBE))
    there = pixels(Scene.of("relations", manner=manner, setting=setting, **BALL_ON_CUBE))
    assert np.abs(plain - there).max(axis=2).mean() > 3


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("three", [False, True])
def test_bodies_stand_apart_by_margins_and_inside_the_frame(relation, three):
    if three and relation not in THREE_BODY:
        pytest.skip("this relation joins two bodies only")
    rng = np.random.default_rng(1)
    for _ in range(60):
        shapes = rng.choice(SOLIDS, 3).tolist()
        facts = {
            "colour1": "red",
            "solid1": shapes[0],
            "relation": relation,
            "colour2": "blue",
            "solid2": shapes[1],
        }
        if three:
            facts |= {"colour3": "green", "solid3": shapes[2]}
        bodies = place(Scene.of("relations", **facts), rng)
        for body in bodies:
            assert 0.0 <= body.x - body.width / 2 and body.x + body.width / 2 <= 1.0
            assert body.top >= -0.01 and body.bottom <= 0.97
            assert body.bottom - body.top == pytest.approx(height(body.shape, body.width))
        for a, b in zip(bodies, bodies[1:], strict=False):
            if relation in ("to the left of", "to the right of"):
                left, right = (a, b) if relation == "to the left of" else (b, a)
                assert right.x - right.width / 2 - (left.x + left.width / 2) > 0.05
            elif relation in ("above", "below"):
                high, low = (a, b) if relation == "above" else (b, a)
                assert low.top - high.bottom >= GAP - 1e-9
            elif relation == "on top of":
                assert 0 <= a.bottom - b.top < 0.09
            elif relation == "inside":
                assert (
                    b.x - b.width / 2 < a.x - a.width / 2 and a.x + a.width / 2 < b.x + b.width / 2
                )
                assert b.top < a.top and a.bottom < b.bottom


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_body_keeps_most_of_its_pixels(relation):
    rng = np.random.default_rng(2)
    for seed in range(12):
        facts = {
            "colour1": "red", "solid1": str(rng.choice(SOLIDS)), "relation": relation,
            "colour2": "blue", "solid2": str(rng.choice(SOLIDS)),
        }  # fmt: skip
        found = masks(Scene.of("relations", seed=seed, **facts))
        for role in ("solid1", "solid2"):
            seen = np.asarray(found[role]).mean() / 255
            assert seen > 0.012, (facts, role, seen)


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_container_holds_its_bodies_in_view(container):
    for relation in ("to the left of", "on top of", "in front of"):
        for seed in range(8):
            facts = {**BALL_ON_CUBE, "relation": relation, "container": container}
            found = masks(Scene.of("relations", seed=seed, **facts))
            with_it = np.asarray(found["container"])
            assert with_it.mean() > 5
            for role in ("solid1", "solid2"):
                rows, columns = np.nonzero(np.asarray(found[role]))
                assert columns.min() > 8 and columns.max() < 120 and rows.min() > 2


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("manner", MANNERS)
def test_a_colour_stays_nearest_to_itself_in_every_manner(colour, manner):
    """The mean colour of a body is nearer to the mean of its own colour than to any other's."""

    def mean(name: str, seed: int) -> np.ndarray:
        facts = {
            **BALL_ON_CUBE,
            "solid1": "cylinder",
            "colour1": name,
            "relation": "to the left of",
        }
        scene = Scene.of("relations", manner=manner, seed=seed, **facts)
        inside = np.asarray(masks(scene)["solid1"]) > 0
        return pixels(scene)[inside].mean(axis=0)

    average = {name: np.mean([mean(name, s) for s in range(3)], axis=0) for name in COLOURS}
    for seed in range(10, 14):
        found = mean(colour, seed)
        assert (
            min(COLOURS, key=lambda name: float(np.linalg.norm(found - average[name]))) == colour
        )


def test_a_brush_outside_the_frame_paints_nothing():
    brush = Brush(64)
    before = brush.canvas.tobytes()
    brush.fill(np.array([(2.0, 2.0), (3.0, 2.0), (3.0, 3.0)]), (255, 0, 0), edge=False)
    assert brush.canvas.tobytes() == before


@pytest.mark.parametrize(
    "facts",
    [
        {**BALL_ON_CUBE, "colour1": "mauve"},
        {**BALL_ON_CUBE, "hat": "yes"},
        {"colour1": "red", "solid1": "cube"},
        {**BALL_ON_CUBE, "colour3": "red"},
        {**BALL_ON_CUBE, "relation": "inside", "colour3": "red", "solid3": "cone"},
        {**BALL_ON_CUBE, "relation": "above", "container": "fishbowl"},
    ],
)
def test_impossible_scenes_are_refused_with_a_reason(facts):
    with pytest.raises(ValueError, match=r"\w: |\w\."):
        Scene.of("relations", **facts)
