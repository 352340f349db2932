"""Drawing: a picture is a function of prompt, seed and settings, whatever is drawn beside it."""

import itertools

import numpy as np
import pytest
import torch
from tiny_model import CODES, tiny_model

from dalle_explore.errors import InputError, MachineError
from dalle_explore.models.presets import PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.pick import guide, pick
from dalle_explore.settings import Settings

GUIDED = Settings(guidance=3.0, top_k=20, top_p=0.95, temperature=0.9)


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture(scope="module")
def ids(model):
    return [model.encode_text(prompt).ids for prompt in ("a red cube", "a blue sphere on top")]


def same(one, row, other, again):
    return all(
        np.array_equal(getattr(one, name)[row], getattr(other, name)[again])
        for name in ("codes", "log_probability", "conditional", "entropy", "rank", "top_codes")
    )


@pytest.mark.parametrize("settings", [GUIDED, Settings(), Settings(temperature=0)])
def test_a_sample_alone_equals_its_row_in_a_batch_of_eight(model, ids, settings):
    eight = drain(decode(model, ids[:1], range(5, 13), settings))
    for j in (0, 3, 7):
        assert same(drain(decode(model, ids[:1], [5 + j], settings)), 0, eight, j)
    pair = drain(decode(model, ids[:1], [11, 6], settings))
    assert same(pair, 0, eight, 6) and same(pair, 1, eight, 1)


def test_another_prompt_in_the_batch_changes_nothing(model, ids):
    both = drain(decode(model, ids, [3, 4, 5], GUIDED))
    for i in (0, 1):
        alone = drain(decode(model, ids[i : i + 1], [3, 4, 5], GUIDED))
        assert all(same(alone, j, both, 3 * i + j) for j in range(3))
    assert not np.array_equal(both.codes[0], both.codes[3])
    assert not np.array_equal(both.codes[0], both.codes[1])


def test_rows_are_equal_at_the_width_of_the_pocket_model():
    """The widths of a real model, where matrix libraries choose among their kernels."""
    torch.manual_seed(0)
    prior = Prior(PriorConfig(layers=1, text_length=8, rows=2, columns=3)).eval()
    text = torch.randint(2048, (1, 8))
    many, one = prior.prefill(text, copies=32), prior.prefill(text, copies=1)
    assert torch.equal(many.logits[:1], one.logits)
    for position in range(6):
        codes = (torch.arange(32) * 7 + position) % 1024
        assert torch.equal(prior.step(many, codes)[:1], prior.step(one, codes[:1]))


def test_threads_change_nothing(model, ids):
    before = torch.get_num_threads()
    try:
        drawn = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            drawn.append(drain(decode(model, ids, [0, 1], GUIDED)))
    finally:
        torch.set_num_threads(before)
    assert all(same(drawn[0], row, drawn[1], row) for row in range(4))


def test_codes_are_those_of_teacher_forced_logits(model, ids):
    """The slow honest path: read the whole drawn sequence at once and pick again."""
    seeds = [3, 4]
    drawn = drain(decode(model, ids[:1], seeds, GUIDED))
    codes = torch.from_numpy(drawn.codes)
    with torch.no_grad():
        said = model.forward(model.text_rows(ids[:1] * 2), codes).code_logits
        null = model.forward(model.text_rows([model.null] * 2), codes).code_logits
    for position in range(model.patches):
        logits = guide(said[:, position], null[:, position], 3.0)
        assert torch.equal(pick(logits, torch.tensor(seeds), position, GUIDED), codes[:, position])
        log_p = logits.log_softmax(dim=-1)
        chosen = log_p.gather(1, codes[:, position, None])[:, 0].numpy()
        np.testing.assert_allclose(drawn.log_probability[:, position], chosen, atol=2e-4)
        apart = said[:, position].log_softmax(dim=-1).gather(1, codes[:, position, None])[:, 0]
        np.testing.assert_allclose(drawn.conditional[:, position], apart.numpy(), atol=2e-4)
        entropy = torch.special.entr(log_p.exp()).sum(dim=-1).numpy()
        np.testing.assert_allclose(drawn.entropy[:, position], entropy, atol=2e-4)


def test_statistics_agree_with_each_other(model, ids):
    drawn = drain(decode(model, ids, range(4), GUIDED))
    assert drawn.codes.shape == (8, 36) and drawn.top_codes.shape == (8, 36, 32)
    assert 0 <= drawn.codes.min() and drawn.codes.max() < CODES
    for name in ("log_probability", "conditional", "entropy", "top_log_probability"):
        assert getattr(drawn, name).dtype == np.float32
    assert (np.diff(drawn.top_log_probability, axis=-1) <= 0).all()
    within = drawn.rank < 32
    assert within.any()
    at_rank = np.take_along_axis(drawn.top_codes, drawn.rank.clip(max=31)[..., None], axis=-1)
    assert (at_rank[..., 0] == drawn.codes)[within].all()
    assert (drawn.entropy >= 0).all() and (drawn.entropy <= np.log(CODES) + 1e-5).all()


def test_without_guidance_both_probabilities_are_one(model, ids):
    drawn = drain(decode(model, ids, [0], Settings()))
    assert np.array_equal(drawn.log_probability, drawn.conditional)


def test_steps_come_one_by_one_and_may_be_left(model, ids):
    steps = decode(model, ids, [0], GUIDED)
    first = list(itertools.islice(steps, 5))
    steps.close()
    assert [step.position for step in first] == [0, 1, 2, 3, 4]
    whole = drain(decode(model, ids, [0], GUIDED))
    assert all(np.array_equal(step.codes, whole.codes[:, step.position]) for step in first)
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_drawing_leaves_the_model_as_it_was(model, ids):
    before = {name: value.clone() for name, value in model.prior.state_dict().items()}
    drain(decode(model, ids, [0, 1], GUIDED))
    after = model.prior.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(parameter.requires_grad for parameter in model.prior.parameters())


@pytest.mark.parametrize(
    ("texts", "seeds", "settings", "sentence"),
    [
        ([], [0], Settings(), "0 texts"),
        ([(1,)], [], Settings(), "0 seeds"),
        ([(1,)], [-1], Settings(), "at least 0"),
        ([(1,) * 25], [0], Settings(), "at most 24"),
        ([(1,)], [0], Settings(top_k=41), "only 40 codes"),
    ],
)
def test_bad_input_is_one_sentence(model, texts, seeds, settings, sentence):
    with pytest.raises(InputError, match=sentence):
        next(decode(model, texts, seeds, settings))


def test_a_missing_gpu_and_an_empty_iterator_are_sentences(model, ids):
    with pytest.raises(MachineError, match="choose device='cpu'"):
        next(decode(model, ids, [0], Settings(device="cuda:99")))
    with pytest.raises(InputError, match="no steps"):
        drain([])
