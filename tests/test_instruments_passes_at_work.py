"""Readings in chunks, watched and stopped; what is kept, and that nothing stays on the model."""

import dataclasses

import numpy as np
import pytest
import torch
from tiny_traces import PATCHES, T, drawn, guided, model, passes, plain

from dalle_explore.edits import Edit
from dalle_explore.errors import InputError
from dalle_explore.instruments.passes import Variant, check_layers

pytestmark = pytest.mark.usefixtures("one_thread")

of_both = pytest.mark.parametrize("guidance", [1.0, 2.5])

# -- in chunks, watched and stopped

MANY = [Variant(hidden=(place,)) for place in range(20)]


@of_both
def test_with_a_tiny_budget_the_numbers_are_the_same(guidance):
    tiny, whole = passes(budget=1, guidance=guidance), plain() if guidance == 1 else guided()
    np.testing.assert_allclose(tiny.log_probability(MANY), whole.log_probability(MANY), atol=1e-5)
    steps = []
    tiny.log_probability(MANY, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(j, 20) for j in range(1, 21)]


def test_progress_counts_to_the_end():
    steps = []
    plain().bits_lost(MANY, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(8, 20), (16, 20), (20, 20)]


def test_stopped_it_leaves_what_it_has_and_nan_for_the_rest():
    answers = iter([True, True, False])
    found = plain().log_probability(MANY, goes_on=lambda: next(answers))
    np.testing.assert_array_equal(found[:16], plain().log_probability(MANY)[:16])
    assert np.isnan(found[16:]).all()
    assert np.isnan(plain().log_probability(MANY, goes_on=lambda: False)).all()
    assert plain().bits_lost([]).shape == (0, PATCHES)


class Broken(Exception):
    pass


def breaks(*anything):
    raise Broken


@pytest.mark.parametrize("how", ["success", "stop", "goes_on", "progress", "inside", "gradients"])
def test_nothing_stays_on_the_model(how):
    network = model()
    parts = (network.prior, network.dvae)
    before = [{k: v.clone() for k, v in part.state_dict().items()} for part in parts]
    state = torch.random.get_rng_state()
    change = Variant(changes=(("block.0.attn.head", breaks),))
    if how == "success":
        guided().log_probability([Variant(hidden=(0, T + 1)), *MANY])
        guided().layers()
    elif how == "stop":
        guided().log_probability(MANY, goes_on=lambda: False)
    else:
        with pytest.raises(Broken):
            if how == "gradients":
                guided().with_gradients(["block.0.attn.scores"], Edit("embed.text", breaks))
            elif how == "inside":
                guided().log_probability([Variant(hidden=(0,)), change])
            else:
                guided().log_probability(MANY, **{how: breaks})
    for part, weights in zip(parts, before, strict=True):
        now = part.state_dict()
        assert now.keys() == weights.keys()
        assert all(torch.equal(now[name], weights[name]) for name in weights)
        assert not part.training and all(p.grad is None for p in part.parameters())
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in part.modules())
    assert not torch.is_inference_mode_enabled() and torch.is_grad_enabled()
    assert not torch.is_autocast_enabled("cpu")
    assert torch.equal(torch.random.get_rng_state(), state)
    assert guided().log_probability([Variant()])[0].tolist() == guided().base.tolist()
    assert drawn(guidance=2.5).codes.tolist() == guided().trace.codes.tolist()


def test_a_model_that_cannot_be_changed_inside_says_so(monkeypatch):
    found = passes()
    supports = dataclasses.replace(model().supports, edits=False)
    monkeypatch.setattr(found.model, "supports", supports)
    for variant in (Variant(hidden=(1,)), Variant(changes=(("embed.text", breaks),))):
        with pytest.raises(InputError, match="supports.edits is False"):
            found.log_probability([variant])
    other = Variant(ids=model().encode_text("a cat").ids, codes=found.trace.codes)
    assert np.isfinite(found.log_probability([other])).all()


# -- where it looks


def test_a_second_look_is_equal_and_in_the_order_of_the_layers():
    first, again = guided().layers([1, 0, 1]), guided().layers()
    assert list(first) == list(again) == [0, 1]
    for layer in (0, 1):
        for one, other in zip(first[layer], again[layer], strict=True):
            np.testing.assert_array_equal(one, other)


def test_layers_are_kept_as_far_as_the_budget_allows():
    tiny = passes(budget=1)
    found = tiny.layers()
    assert list(found) == [0, 1] and list(tiny._layers) == [1]
    for layer, parts in found.items():
        for one, other in zip(parts, plain().layers()[layer], strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
    assert list(plain()._layers) == [0, 1]


def test_only_the_layers_asked_for_are_opened():
    seen = []

    def watch(value, at):
        seen.append(at.point)
        return value

    found = passes((Edit("block.0.resid_in", watch),))
    seen.clear()
    opened = found.layers([1])
    assert list(opened) == [1] and list(found._layers) == [1]
    assert seen == ["block.0.resid_in"], "one pass"
    found.layers([1])
    assert len(seen) == 1, "what was kept is not read again"


def test_wanted_points_are_those_of_a_plain_reading():
    points = ["block.1.attn.out", "final.norm"]
    said, null = model().text_rows([guided().trace.ids]), model().text_rows([()])
    for found, text, codes in (
        (guided().wanted(points), said, guided().codes),
        (guided().wanted_without_caption(points), null, guided().codes),
        (plain().wanted_of_no_caption(points), null, plain().codes),
    ):
        with torch.no_grad():
            expected = model().forward(text, codes[None], want=points).wanted
        assert list(found) == points
        for point in points:
            torch.testing.assert_close(found[point], expected[point][0])
    assert plain().wanted_without_caption(points) is None


def test_a_point_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"no hook point 'block.7.attn.out'.*model.points"):
        plain().wanted(["block.7.attn.out"])


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([2], "there is no layer 2: this model has the layers 0 to 1"),
        ([-1], "there is no layer -1"),
        ([], "layers is empty"),
        (1, r"layers is 1, but it is a list of numbers"),
        ("01", r"layers is '01', but it is a list of numbers"),
        ([0.0], r"layers holds 0.0, but layers are whole numbers"),
        ([True], "layers holds True"),
        (["0"], "layers holds '0'"),
    ],
)
def test_layers_that_are_not_there_are_refused(layers, sentence):
    with pytest.raises(InputError, match=sentence):
        check_layers(model(), layers)
    with pytest.raises(InputError, match=sentence):
        plain().layers(layers)


def test_layers_come_in_order_each_once():
    assert check_layers(model(), None) == (0, 1)
    assert check_layers(model(), np.array([1, 0, 1])) == (0, 1)


def test_the_gradients_reading_has_the_same_numbers():
    _, logs = guided().with_gradients(["block.0.attn.scores"], Edit("embed.text", leaf))
    np.testing.assert_allclose(logs.detach().numpy(), guided().base, atol=1e-5)


def leaf(value, at):
    return value.detach().requires_grad_(True)
