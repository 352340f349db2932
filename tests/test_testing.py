"""The checks for adapters pass on a good model, and name what a broken one breaks."""

import dataclasses
from types import SimpleNamespace

import pytest
import torch
from tiny_model import tiny_model

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.testing import ContractError, check_generator

pytestmark = pytest.mark.usefixtures("one_thread")


class Broken:
    """A model with some of its methods replaced."""

    def __init__(self, inner, **replaced):
        self.inner, self.replaced = inner, replaced

    def __getattr__(self, name):
        if name in self.replaced:
            value = self.replaced[name]
            return (lambda *a, **k: value(self.inner, *a, **k)) if callable(value) else value
        return getattr(self.inner, name)


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def test_the_native_model_keeps_the_contract(model):
    passed = check_generator(model)
    assert passed[0] == "describes itself" and "is causal" in passed and len(passed) == 14
    assert dx.testing.check_generator is check_generator


def stale(model, state, codes):
    """A cache that forgets what was written: the code before is read again."""
    before = state.length
    logits = model.step(state, codes)
    state.keys[0][:, :, before] = state.keys[0][:, :, before - 1]
    return logits


def counting(model, state, codes, patch, within):
    """A step that counts in Python: a recording of it would repeat the first count for ever."""
    state.calls = getattr(state, "calls", -1) + 1
    return model.step_at(state, codes, torch.tensor([state.calls]), model.patches)


def unmasked(model, state, codes, patch, within):
    """A step that reads up to the bound, as if everything there were written."""
    model.step_at(state, codes, patch, within)
    state.length = model.text_length + within - 1
    return model.step(state, codes)


def peeking(model, text, codes, **how):
    out = model.forward(text, codes, **how)
    return out._replace(code_logits=out.code_logits + codes[:, 1:2, None] * 0.01)


def shifted(model, text, codes, **how):
    out = model.forward(text, codes, **how)
    return out._replace(code_logits=out.code_logits.roll(-1, dims=1))


def deaf(model, texts):
    return model.text_rows([texts[0]] * len(texts))


def smeared(model, codes, *, known=None, window=None):
    pixels = model.decode_codes(codes, known=known, window=window)
    return pixels + 1 if window is None else pixels


def slipped(model, codes, corners, size, *, known=None, reach=None):
    """Windows that lie one patch too far to the left."""
    left = (corners - torch.tensor([0, 1])).clamp(min=0)
    return model.decode_windows(codes, left, size, known=known, reach=reach)


def hasty(model, codes, corners, size, *, known=None, reach=None):
    """Windows whose surroundings are not read, though nobody asked for that."""
    return model.decode_windows(codes, corners, size, known=known, reach=0)


def lenient(model, codes, corners, size, **how):
    """Windows that are moved inside where they reach out."""
    last = torch.tensor([model.rows - size[0], model.columns - size[1]])
    return model.decode_windows(codes, corners.minimum(last), size, **how)


def wandering(model, prompt):
    text = model.encode_text(prompt)
    words = tuple(dataclasses.replace(word, characters=(0, 1)) for word in text.words)
    return dataclasses.replace(text, words=words)


def beheaded(model, layer):
    """A projection that has forgotten one head."""
    matrices, bias = model.output_projection(layer)
    return matrices * torch.tensor([1.0, 0.0])[:, None, None], bias


def unscaled(model, stream, parts, codes):
    """A push in which parts bring along norms of their own."""
    return torch.stack([model.push(part, part[None], codes)[0] for part in parts])


@pytest.mark.parametrize(
    ("replaced", "sentence"),
    [
        ({"output_projection": beheaded}, "times output_projection"),
        ({"read_out": lambda model, x: model.prior.code_head(x)}, "read_out of"),
        ({"push": unscaled}, "not the sum of the pushes"),
        ({"rows": 0}, "model.rows is 0"),
        ({"encode_text": wandering}, "claims the characters"),
        ({"step": stale}, "are keys and values written where they are read"),
        ({"step_at": counting}, "read from tensors"),
        ({"step_at": unmasked}, "beyond the patch masked"),
        ({"forward": peeking}, "differ by|looks ahead"),
        ({"forward": shifted}, "differ by"),
        ({"text_rows": deaf}, "is the text read"),
        ({"decode_codes": smeared}, "a window decoded alone has other pixels"),
        ({"code_vectors": lambda model: model.dvae.codebook[1:]}, "not one vector for each"),
        ({"decode_windows": slipped}, "levels from those of decode_codes"),
        ({"decode_windows": hasty}, "levels from those of decode_codes"),
        ({"decode_windows": lenient}, "a window that reaches out of the picture"),
        (
            {"encode_image": lambda model, pictures: pictures[:, 0, 0]},
            "encode_image|draws and reads",
        ),
        ({"step": lambda model, state, codes: 1 / 0}, "raised ZeroDivisionError"),
    ],
)
def test_the_first_broken_promise_is_named(model, replaced, sentence):
    with pytest.raises(ContractError, match=sentence):
        check_generator(Broken(model, **replaced))


def test_a_card_that_denies_what_the_model_does_is_noticed(model):
    supports = dataclasses.replace(model.supports, image_encoding=False)
    with pytest.raises(ContractError, match=r"supports\.image_encoding is False"):
        check_generator(Broken(model, supports=supports))


def test_steps_of_fixed_shape_may_be_lacking_but_not_denied(model):
    supports = dataclasses.replace(model.supports, fixed_steps=False)
    with pytest.raises(ContractError, match=r"supports\.fixed_steps is False"):
        check_generator(Broken(model, supports=supports))

    def lacking(model, state, codes, patch, within):
        raise InputError("this model has no steps of fixed shape: use step().")

    assert len(check_generator(Broken(model, supports=supports, step_at=lacking))) == 14


def test_a_state_that_remembers_is_noticed(model):
    memory = SimpleNamespace(calls=0)

    def remembering(inner, state, codes):
        memory.calls += 1
        logits = inner.step(state, codes)
        state.logits = logits + (memory.calls > 400) * torch.arange(40.0)
        return state.logits

    with pytest.raises(ContractError):
        check_generator(Broken(model, step=remembering))
