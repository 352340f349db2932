"""Unfinished pictures: windows of pixels equal the whole, and what is unknown is marked."""

import dataclasses

import numpy as np
import pytest
import torch
from tiny_model import rounded_alike, tiny_model

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.sampling import preview as preview_module
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.preview import Preview, alternatives, hatched
from dalle_explore.sampling.request import request as wanted
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe

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


@pytest.fixture(scope="module")
def trace(model):
    text = model.encode_text("a red cube")
    drawn = drain(decode(model, [wanted(model, text, [4])], Settings()))
    recipe = Recipe(
        prompt="a red cube",
        settings=Settings(),
        model="tiny",
        model_digest="ab" * 32,
        licence="CC0-1.0",
        grid=(6, 6),
        codebook_size=40,
        scorer_digest=None,
        versions={},
    )
    return drawn.trace(0, recipe, 4, text.ids)


def whole_picture(model, trace, patch, code, fill):
    """The honest way: every code by hand, everything decoded."""
    codes = torch.full((1, 36), 0 if fill == "mean" else fill)
    codes[0, :patch] = torch.from_numpy(trace.codes[:patch])
    codes[0, patch] = int(code)
    known = (torch.arange(36) <= patch).view(1, 6, 6) if fill == "mean" else None
    return model.decode_codes(codes.view(1, 6, 6), known=known)[0].numpy()


class Whole:
    """The same model, but unable to decode a part of a picture."""

    def __init__(self, model):
        self.model, self.supports = model, dataclasses.replace(model.supports, window=False)

    def __getattr__(self, name):
        return getattr(self.model, name)

    def decode_codes(self, codes, *, known=None):
        return self.model.decode_codes(codes, known=known)

    decode_windows = Generator.decode_windows


@pytest.mark.parametrize("fill, margin", [("mean", 1), (7, 0), ("mean", 9)])
@pytest.mark.parametrize("windows", [True, False])
def test_every_alternative_equals_the_whole_picture_with_its_code_cut(
    model, trace, fill, margin, windows
):
    painter = model if windows else Whole(model)
    found = alternatives(painter, trace, 3, margin=margin, fill=fill)
    size = min(2 * margin + 1, 6)
    assert found.pixels.shape == (36, 3, 8 * size, 8 * size, 3)
    assert np.array_equal(found.codes, trace.steps.top_codes[:, :3])
    assert (found.pixels[:, 0] != found.pixels[:, 1]).any(axis=(1, 2, 3)).mean() > 0.5
    for patch in range(36):
        row, column = found.corners[patch]
        assert row <= patch // 6 < row + size and column <= patch % 6 < column + size
        y, x = (slice(8 * first, 8 * (first + size)) for first in (row, column))
        for code, crop in zip(found.codes[patch], found.pixels[patch], strict=True):
            whole = whole_picture(model, trace, patch, code, fill)[y, x]
            assert rounded_alike(crop, whole) if windows else np.array_equal(crop, whole)


@pytest.mark.parametrize("fill", ["mean", 7])
def test_alternatives_do_not_depend_on_how_many_are_decoded_at_once(
    model, trace, fill, monkeypatch
):
    together = alternatives(model, trace, 3, fill=fill)
    for at_once in (1, 25):
        monkeypatch.setattr(preview_module, "WINDOWS_AT_ONCE", at_once)
        apart = alternatives(model, trace, 3, fill=fill)
        assert np.array_equal(apart.codes, together.codes)
        assert np.array_equal(apart.corners, together.corners)
        assert rounded_alike(apart.pixels, together.pixels)


def test_alternatives_that_read_less_show_nearly_the_same(model, trace):
    exact = alternatives(model, trace, 2).pixels.astype(int)
    near, far = (
        np.abs(alternatives(model, trace, 2, reach=reach).pixels - exact).mean()
        for reach in (1, 0)
    )
    assert 0 < near < far
    with pytest.raises(InputError, match="reach is -1"):
        alternatives(model, trace, reach=-1)


def test_alternatives_come_in_pieces_and_of_unfinished_pictures(model, trace):
    every = alternatives(model, trace, 2)
    piece = alternatives(model, trace, 2, patches=range(7, 9))
    assert rounded_alike(piece.pixels, every.pixels[7:9])
    assert np.array_equal(piece.corners, every.corners[7:9])
    steps = trace.steps
    begun = dataclasses.replace(
        trace,
        codes=trace.codes[:9],
        forced=trace.forced[:9],
        steps=type(steps)(*(getattr(steps, f.name)[:9] for f in dataclasses.fields(steps))),
    )
    assert rounded_alike(alternatives(model, begun, 2).pixels, every.pixels[:9])
    nothing = alternatives(model, begun, patches=range(0))
    assert nothing.pixels.shape == (0, 3, 24, 24, 3)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"top": 0}, "top is 0"),
        ({"top": 33}, "keeps the 32 likeliest"),
        ({"top": 1.5}, "top is 1.5"),
        ({"top": True}, "top is True"),
        ({"margin": -1}, "margin is -1"),
        ({"margin": 1.5}, "margin is 1.5"),
        ({"fill": 40}, "'mean' or one of the codes"),
        ({"patches": range(30, 37)}, "a run of patches"),
        ({"patches": range(0, 6, 2)}, "a run of patches"),
        ({"patches": [3]}, r"patches is \[3\], but the trace has a run of patches"),
    ],
)
def test_alternatives_refuse_what_is_not_there(model, trace, arguments, words):
    with pytest.raises(InputError, match=words):
        alternatives(model, trace, **arguments)


def test_alternatives_need_statistics_and_the_grid_of_the_model(model, trace):
    with pytest.raises(InputError, match="statistics were not kept"):
        alternatives(model, dataclasses.replace(trace, steps=None))
    other = dataclasses.replace(trace.recipe, grid=(4, 9))
    with pytest.raises(InputError, match="grid of"):
        alternatives(model, dataclasses.replace(trace, recipe=other))
