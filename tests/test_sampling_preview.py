"""Unfinished pictures: windows of pixels equal the whole, and what is unknown is marked."""

import numpy as np
import pytest
import torch
from tiny_model import tiny_model

from dalle_explore.errors import InputError
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.preview import Preview, hatched
from dalle_explore.sampling.request import request as wanted
from dalle_explore.settings import Settings

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture(scope="module", params=[1, 4, 36])
def steps(model, request):
    one = wanted(model, model.encode_text("a red cube"), [0, 1])
    return list(decode(model, [one], Settings(), every=request.param))


@pytest.mark.parametrize("fill", ["mean", 7])
def test_every_preview_equals_decoding_the_whole(model, steps, fill):
    preview = Preview(model, 2, fill)
    codes = torch.full((2, 36), 0 if fill == "mean" else fill)
    known = torch.zeros(2, 36, dtype=torch.bool)
    before = preview.pixels.copy()
    for step in steps:
        rows, columns = preview.add(step)
        codes[:, step.first : step.end] = torch.from_numpy(step.codes)
        known[:, step.first : step.end] = True
        mask = known.view(2, 6, 6) if fill == "mean" else None
        whole = model.decode_codes(codes.view(2, 6, 6), known=mask).numpy()
        assert np.array_equal(preview.pixels, whole)
        assert np.array_equal(preview.known, known.view(2, 6, 6).numpy())
        outside = np.ones((48, 48), dtype=bool)
        outside[8 * rows.start : 8 * rows.stop, 8 * columns.start : 8 * columns.stop] = False
        assert np.array_equal(preview.pixels[:, outside], before[:, outside])
        before = preview.pixels.copy()
    final = torch.from_numpy(drain(steps).codes).view(2, 6, 6)
    assert np.array_equal(preview.pixels, model.decode_codes(final).numpy())
    assert np.array_equal(preview.hatched(), preview.pixels)


def test_what_is_unknown_is_hatched_and_nothing_else():
    pixels = np.full((1, 16, 16, 3), 90, dtype=np.uint8)
    known = np.array([[[True, False], [True, True]]])
    shown = hatched(pixels, known)
    assert (shown[0, :8, :8] == 90).all() and (shown[0, 8:] == 90).all()
    patch = shown[0, :8, 8:]
    assert set(np.unique(patch)) == {205, 246} and (patch == 205).mean() == pytest.approx(0.25)


@pytest.mark.parametrize("fill", ["grey", -1, 40, True, 1.5])
def test_an_unknown_fill_is_a_sentence(model, fill):
    with pytest.raises(InputError, match="'mean' or one of the codes 0 to 39"):
        Preview(model, 1, fill)
