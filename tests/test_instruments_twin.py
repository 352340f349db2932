"""The untrained twin: same picture, same instruments, weights that have learned nothing."""

import numpy as np
import pytest
import torch
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.instruments.passes import Passes
from dalle_explore.instruments.twin import twin, twin_model

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.draw(dx.load(folder), "a red cube on top of a blue sphere", n=1, score=False)[0]


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.prior.parameters()])


def test_the_twin_has_other_weights_and_the_same_eyes(sample):
    model = sample.model.generator
    other = twin_model(model, 3)
    assert other.prior.config == model.prior.config and other.dvae is model.dvae
    assert other.tokenizer is model.tokenizer
    assert not torch.equal(weights(other), weights(model))
    assert torch.equal(weights(twin_model(model, 3)), weights(other)), "the seed decides them"
    assert not torch.equal(weights(twin_model(model, 4)), weights(other))


def test_making_a_twin_leaves_the_model_and_the_dice_alone(sample):
    model, before = sample.model.generator, weights(sample.model.generator).clone()
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    twin_model(model)
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(weights(model), before)


def test_its_views_are_of_the_same_picture_and_say_that_it_is_the_twin(sample):
    view = sample.inspect()
    other = view.twin()
    assert other is view.twin(), "it is made once"
    assert other.passes.trace is view.passes.trace and other.replay_error is None
    look, same = view.looks_at("cube"), other.looks_at("cube")
    assert "UNTRAINED TWIN" in same.caption() and "UNTRAINED TWIN" not in look.caption()
    assert not np.allclose(look.values, same.values)
    assert np.array_equal(look.subject.pixels, same.subject.pixels)
    for result in (
        other.depends_on(),
        other.lens(),
        other.ablate("zero"),
        other.box(range(2), range(2)),
    ):
        assert "UNTRAINED TWIN" in result.caption()


def test_what_is_known_of_the_model_alone_is_refused_for_the_twin(sample):
    with pytest.raises(InputError, match="not of its twin"):
        sample.inspect().twin().ablate("mean")


def test_a_trace_read_by_a_twin_unawares_is_refused(sample):
    """Without saying so, other weights are taken for a wrong model."""
    other = twin_model(sample.model.generator)
    with pytest.raises(InputError, match="not the weights"):
        Passes(other, sample.trace)
    assert twin(Passes(sample.model.generator, sample.trace)).replay_error is None


def test_models_of_other_families_have_no_twin_here(sample):
    class Other:
        pass

    with pytest.raises(InputError, match="no untrained twin"):
        twin_model(Other())
