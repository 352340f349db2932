"""Gradient × attention equals what finite differences of single edges say."""

import dataclasses

import numpy as np
import pytest
import torch
from planted_passes import DECOY, DIRECT, HOPS, reading
from tiny_traces import PATCHES, SIDE, T, guided, model, other_model, passes, plain

from dalle_explore.edits import Edit, KnockOut
from dalle_explore.errors import InputError
from dalle_explore.generator import Inside
from dalle_explore.instruments.gradient import gradient
from dalle_explore.instruments.passes import Passes
from dalle_explore.sampling.pick import guide

pytestmark = pytest.mark.usefixtures("one_thread")

of_both = pytest.mark.parametrize("found", [plain, guided], ids=["plain", "guided"])


@pytest.fixture(scope="module")
def double():
    """A copy of the model in double precision, so that small differences are exact."""
    network = other_model(0)
    network.prior.double()
    return network


def total(network, found, mask, point=None, change=None):
    """Bits of the counted codes, with a function at a point of the stream with the caption."""
    inside = Inside(calls=(Edit(point, change),)) if point else None
    with torch.no_grad():
        text = network.text_rows([found.trace.ids])
        logits = network.forward(text, found.codes[None], inside=inside).code_logits[0]
        if found.subject.guidance is not None:
            null = network.forward(network.text_rows([()]), found.codes[None]).code_logits[0]
            logits = guide(logits, null, found.subject.guidance)
    logs = logits.double().log_softmax(dim=-1).gather(1, found.codes[:, None])[:, 0]
    return float(logs[torch.from_numpy(mask.flatten())].sum()) / np.log(2)


def slope(network, found, mask, row, positions):
    """How fast the bits grow when the weights of a row on some positions do, all heads."""
    step = 1e-2
    grown = 0.0
    for layer in range(network.layers):

        def change(value, at, sign=1):
            value[0, :, row, list(positions)] *= 1 + sign * step
            return value

        point = f"block.{layer}.attn.pattern"
        up = total(network, found, mask, point, change)
        down = total(network, found, mask, point, lambda v, at: change(v, at, sign=-1))
        grown += (up - down) / (2 * step)
    return grown


@of_both
@pytest.mark.parametrize("whole", [True, False])
def test_it_equals_finite_differences_of_single_rows(found, whole, double):
    found = found()
    mask = np.ones((SIDE, SIDE), dtype=bool)
    if not whole:
        mask[:2] = False
        mask[3, 1:] = False
    result = gradient(found, None if whole else mask)
    subject = found.subject
    assert result.shape == (PATCHES, len(subject.words) + 3)
    cube = subject.text.tokens(subject.find("cube"))
    parts = {2: cube, -2: range(len(found.trace.ids), T), -1: None}
    for patch in (0, 6, 12):
        for column, positions in parts.items():
            places = range(T, T + patch) if positions is None else positions
            expected = slope(double, found, mask, T - 1 + patch, places)
            assert result[patch, column] == pytest.approx(expected, rel=0.02, abs=2e-3)


def test_only_rows_that_counted_codes_depend_on_owe_anything():
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[1, 2] = True
    result = gradient(plain(), mask)
    assert (result[7:] == 0).all(), "later rows are not read"
    assert np.abs(result[6]).max() > 0
    assert np.abs(result[:6]).max() > 0, "earlier rows are read by the counted one"


def test_maps_of_masks_add_up():
    top = np.arange(PATCHES).reshape(SIDE, SIDE) < 5
    parts = gradient(guided(), top) + gradient(guided(), ~top)
    np.testing.assert_allclose(parts, gradient(guided()), rtol=1e-3, atol=1e-4)


def test_a_second_time_it_is_equal_and_no_gradient_stays():
    np.testing.assert_array_equal(gradient(plain()), gradient(plain()))
    assert all(parameter.grad is None for parameter in model().prior.parameters())


def test_weights_that_need_no_gradient_are_no_hindrance():
    found = passes()
    expected = gradient(found)
    for parameter in model().prior.parameters():
        parameter.requires_grad_(False)
    try:
        np.testing.assert_allclose(gradient(found), expected, atol=1e-5)
    finally:
        for parameter in model().prior.parameters():
            parameter.requires_grad_(True)


def test_a_word_that_cannot_be_read_gets_nothing():
    found = passes((KnockOut("red"),), guidance=2.0)
    assert (gradient(found)[:, 1] == 0).all()
    assert np.abs(gradient(found)[:, 2]).max() > 0


def test_in_bf16_it_is_near():
    recipe = plain().trace.recipe
    recipe = dataclasses.replace(recipe, settings=recipe.settings.replace(precision="bf16"))
    coarse = Passes(model(), dataclasses.replace(plain().trace, recipe=recipe))
    apart = np.abs(gradient(coarse) - gradient(plain())).max()
    assert 0 < apart < 0.2 * np.abs(gradient(plain())).max()


def test_an_empty_mask_and_a_model_that_cannot_be_changed_are_refused(monkeypatch):
    with pytest.raises(InputError, match="the mask is empty"):
        gradient(plain(), np.zeros((SIDE, SIDE), dtype=bool))
    supports = dataclasses.replace(model().supports, edits=False)
    monkeypatch.setattr(model(), "supports", supports)
    with pytest.raises(InputError, match="supports.edits is False"):
        gradient(plain())


def test_in_planted_models_the_word_that_decides_is_owed_most():
    for one in (DIRECT, DECOY):
        found = reading(one)
        patch = one.patch[0] * SIDE + one.patch[1]
        words = gradient(found)[patch, : len(found.subject.words)]
        assert words.argmax() == one.word
        # The code is all but certain there, so that little is lost to first order.
        assert words[one.word] > 20 * np.abs(np.delete(words, one.word)).max()
    hops = gradient(reading(HOPS))[:, HOPS.word]
    assert np.abs(hops).max() < 1e-4, "rows of patches do not read it; it says nothing of relays"
