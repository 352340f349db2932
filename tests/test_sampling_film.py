"""Frames: the picture as it was after every patch, exactly, in any order."""

import dataclasses

import numpy as np
import pytest
from tiny_model import tiny_model

from dalle_explore.errors import InputError
from dalle_explore.sampling import film
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.film import frames
from dalle_explore.sampling.preview import Preview
from dalle_explore.sampling.request import request as wanted
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture(scope="module")
def steps(model):
    one = wanted(model, model.encode_text("a red cube"), [3])
    return list(decode(model, [one], Settings()))


@pytest.fixture(scope="module")
def trace(model, steps):
    recipe = Recipe(
        prompt="a red cube",
        settings=Settings(),
        model="tiny",
        model_digest="0" * 64,
        licence="CC0-1.0",
        grid=(6, 6),
        codebook_size=model.codebook_size,
        scorer_digest=None,
        versions={},
    )
    return drain(steps).trace(0, recipe, 3, (1, 2))


@pytest.mark.parametrize("fill", ["mean", 7])
def test_every_frame_is_the_preview_of_its_moment(model, trace, steps, fill, monkeypatch):
    monkeypatch.setattr(film, "_BATCH", 5)
    preview = Preview(model, 1, fill)
    found = list(frames(model, trace, fill=fill))
    assert len(found) == 37 and np.array_equal(found[0], preview.pixels[0])
    for step in steps:
        preview.add(step)
        assert np.array_equal(found[step.end], preview.pixels[0])


def test_moments_come_as_they_are_asked_for(model, trace):
    every = list(frames(model, trace))
    for count, frame in zip((36, 0, 7), frames(model, trace, at=(36, 0, 7)), strict=True):
        assert np.array_equal(frame, every[count])
    assert list(frames(model, trace, at=[])) == []


def test_an_unfinished_picture_has_the_frames_that_it_has(model, trace):
    part = dataclasses.replace(trace, codes=trace.codes[:8], forced=trace.forced[:8], steps=None)
    found = list(frames(model, part))
    assert len(found) == 9
    assert np.array_equal(found[8], next(frames(model, trace, at=[8])))
    with pytest.raises(InputError, match="at holds 9, but a frame is of 0 to 8 patches"):
        frames(model, part, at=[9])


@pytest.mark.parametrize("at", [[-1], [37], [True], [2.0], "ab"])
def test_moments_that_are_none_are_refused_before_anything_is_decoded(model, trace, at):
    with pytest.raises(InputError, match="give whole numbers in that range"):
        frames(model, trace, at=at)


def test_fill_and_grid_have_to_fit(model, trace):
    with pytest.raises(InputError, match="fill is -1"):
        frames(model, trace, fill=-1)
    recipe = dataclasses.replace(trace.recipe, grid=(6, 7))
    with pytest.raises(InputError, match="give the model that drew it"):
        frames(model, dataclasses.replace(trace, recipe=recipe))
