"""Drawing: a picture is a function of prompt, seed and settings, whatever is drawn beside it."""

import itertools

import numpy as np
import pytest
import torch
from tiny_model import CODES, tiny_model

from dalle_explore.edits import (
    AblateHead,
    AddResidual,
    Ban,
    Bias,
    Edit,
    Force,
    KnockOut,
    Mix,
    ScaleHead,
    TemperatureAt,
)
from dalle_explore.errors import InputError, MachineError
from dalle_explore.generator import EXECUTORS
from dalle_explore.models.presets import PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.sampling.batch import Batch
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.pick import guide, pick
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe

pytestmark = pytest.mark.usefixtures("both_ways")

GUIDED = Settings(guidance=3.0, top_k=20, top_p=0.95, temperature=0.9)


@pytest.fixture(scope="module")
def model():
    return tiny_model()


PROMPTS = ("a red cube", "a blue sphere on top")


def wanted(model, prompts, seeds, edits=()):
    return [request(model, model.encode_text(prompt), seeds, edits) for prompt in prompts]


def recipe(model, settings, edits=()):
    grid = (model.rows, model.columns)
    return Recipe(
        "a red cube", settings, "tiny", "0" * 64, "CC0-1.0", grid, CODES, None, {}, edits
    )


def draw(model, prompts, seeds, settings, edits=(), **how):
    return drain(decode(model, wanted(model, prompts, seeds, edits), settings, **how))


def same(one, row, other, again):
    return all(
        np.array_equal(getattr(one, name)[row], getattr(other, name)[again])
        for name in ("codes", "log_probability", "conditional", "entropy", "rank", "top_codes")
    )


@pytest.mark.parametrize("settings", [GUIDED, Settings(), Settings(temperature=0)])
def test_a_sample_alone_equals_its_row_in_a_batch_of_eight(model, settings):
    eight = draw(model, PROMPTS[:1], range(5, 13), settings)
    for j in (0, 3, 7):
        assert same(draw(model, PROMPTS[:1], [5 + j], settings), 0, eight, j)
    pair = draw(model, PROMPTS[:1], [11, 6], settings)
    assert same(pair, 0, eight, 6) and same(pair, 1, eight, 1)


def test_another_prompt_in_the_batch_changes_nothing(model):
    both = draw(model, PROMPTS, [3, 4, 5], GUIDED)
    for i in (0, 1):
        alone = draw(model, PROMPTS[i : i + 1], [3, 4, 5], GUIDED)
        assert all(same(alone, j, both, 3 * i + j) for j in range(3))
    assert not np.array_equal(both.codes[0], both.codes[3])
    assert not np.array_equal(both.codes[0], both.codes[1])


@pytest.mark.parametrize("executor", EXECUTORS)
def test_rows_are_equal_at_the_width_of_the_pocket_model(executor):
    """The widths of a real model, where matrix libraries choose among their kernels."""
    torch.manual_seed(0)
    prior = Prior(PriorConfig(layers=1, text_length=8, rows=2, columns=3)).eval()
    text = torch.randint(2048, (1, 8))
    many, one = (
        prior.prefill(text, torch.zeros(n, dtype=torch.int64), executor=executor) for n in (32, 1)
    )
    assert torch.equal(many.logits[:1], one.logits)
    for position in range(6):
        codes = (torch.arange(32) * 7 + position) % 1024
        assert torch.equal(prior.step(many, codes)[:1], prior.step(one, codes[:1]))


@pytest.mark.parametrize("executor", EXECUTORS)
def test_threads_change_no_bit_at_the_width_of_the_pocket_model(executor):
    """States say so (``steady``), and then the number of threads is tried out while drawing."""
    torch.manual_seed(0)
    prior = Prior(PriorConfig(layers=1, width=192, text_length=8, rows=2, columns=3)).eval()
    text, rows = torch.randint(2048, (1, 8)), torch.zeros(64, dtype=torch.int64)
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            state = prior.prefill(text, rows, executor=executor)
            assert state.steady
            found.append([state.logits])
            for position in range(5):
                codes = (torch.arange(64) * 7 + position) % 1024
                found[-1].append(prior.step(state, codes))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_threads_change_nothing(model):
    before = torch.get_num_threads()
    try:
        drawn = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            drawn.append(draw(model, PROMPTS, [0, 1], GUIDED))
    finally:
        torch.set_num_threads(before)
    assert all(same(drawn[0], row, drawn[1], row) for row in range(4))


def test_codes_are_those_of_teacher_forced_logits(model):
    """The slow honest path: read the whole drawn sequence at once and pick again."""
    seeds = [3, 4]
    drawn = draw(model, PROMPTS[:1], seeds, GUIDED)
    codes = torch.from_numpy(drawn.codes)
    with torch.no_grad():
        said = model.forward(
            model.text_rows([model.encode_text(PROMPTS[0]).ids] * 2), codes
        ).code_logits
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


def test_statistics_agree_with_each_other(model):
    drawn = draw(model, PROMPTS, range(4), GUIDED)
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


def test_without_guidance_both_probabilities_are_one(model):
    drawn = draw(model, PROMPTS, [0], Settings())
    assert np.array_equal(drawn.log_probability, drawn.conditional)


def test_steps_come_one_by_one_and_may_be_left(model):
    steps = decode(model, wanted(model, PROMPTS, [0]), GUIDED)
    first = list(itertools.islice(steps, 5))
    steps.close()
    assert [step.first for step in first] == [0, 1, 2, 3, 4]
    whole = draw(model, PROMPTS, [0], GUIDED)
    assert all(np.array_equal(step.codes[:, 0], whole.codes[:, step.first]) for step in first)
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_drawing_leaves_the_model_as_it_was(model):
    before = {name: value.clone() for name, value in model.prior.state_dict().items()}
    draw(model, PROMPTS, [0, 1], GUIDED)
    after = model.prior.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(parameter.requires_grad for parameter in model.prior.parameters())


@pytest.mark.parametrize(
    ("prompt", "seeds", "settings", "sentence"),
    [
        ("red", [], Settings(), "there are no seeds"),
        ("red", [-1], Settings(), "at least 0"),
        ("red", [0], Settings(top_k=41), "only 40 codes"),
    ],
)
def test_bad_input_is_one_sentence(model, prompt, seeds, settings, sentence):
    with pytest.raises(InputError, match=sentence):
        draw(model, [prompt], seeds, settings)


def test_nothing_to_draw_a_missing_gpu_and_an_unknown_executor_are_sentences(model):
    with pytest.raises(InputError, match="no requests"):
        draw(model, [], [0], Settings())
    with pytest.raises(MachineError, match="choose device='cpu'"):
        draw(model, PROMPTS, [0], Settings(device="cuda:99"))
    with pytest.raises(InputError, match="the two are reference and fast"):
        draw(model, PROMPTS, [0], Settings(), executor="quick")
    with pytest.raises(InputError, match="no steps"):
        drain([])


# --- one picture, however it is drawn ---------------------------------------------------------


@pytest.fixture(scope="module")
def sixty_four(model, both_ways):
    return draw(model, PROMPTS[:1], range(64), GUIDED)


def test_sixty_four_pictures_are_the_same_one_by_one_in_sevens_and_shuffled(model, sixty_four):
    for seeds in ([63], [0, 1, 2, 3, 4, 5, 6], [9, 40, 2, 63, 17, 31, 8]):
        drawn = draw(model, PROMPTS[:1], seeds, GUIDED)
        assert all(same(drawn, row, sixty_four, seed) for row, seed in enumerate(seeds))


def test_statistics_blocks_and_executors_change_no_code(model, sixty_four):
    seeds = range(12)
    for how in ({"statistics": False}, {"every": 7}, {"executor": "reference"}):
        drawn = draw(model, PROMPTS[:1], seeds, GUIDED, **how)
        assert np.array_equal(drawn.codes, sixty_four.codes[:12]), how
    assert draw(model, PROMPTS[:1], [0], GUIDED, statistics=False).log_probability is None
    steps = list(decode(model, wanted(model, PROMPTS, [0]), GUIDED, every=7))
    assert [step.codes.shape for step in steps] == [(2, 7)] * 5 + [(2, 1)]


def test_the_reference_sees_the_same_probabilities(model, sixty_four):
    slow = draw(model, PROMPTS[:1], [0, 1], GUIDED, executor="reference")
    assert np.abs(slow.log_probability - sixty_four.log_probability[:2]).max() < 1e-4


@pytest.mark.parametrize("at", [1, 17, 35])
def test_going_on_from_a_patch_gives_the_same_picture(model, sixty_four, at):
    codes = sixty_four.codes[5].reshape(6, 6)
    drawn = draw(model, PROMPTS[:1], [5], GUIDED, [Force.until(codes, divmod(at, 6))])
    assert same(drawn, 0, sixty_four, 5)
    assert drawn.forced[0].tolist() == [i < at for i in range(36)]


def test_requests_of_several_kinds_share_a_batch_without_meeting(model):
    kinds = [
        [],
        [Force(((2, 2),), (7,))],
        [Ban(range(20))],
        [Mix((PROMPTS[0], PROMPTS[1], "a green cone"), (0.2, 0.3, 0.5))],
        [TemperatureAt(0.0, [(0, c) for c in range(6)])],
    ]
    requests = [wanted(model, PROMPTS[:1], [3, 4], edits)[0] for edits in kinds]
    together = drain(decode(model, requests, GUIDED))
    for number, one in enumerate(requests):
        alone = drain(decode(model, [one], GUIDED))
        assert all(same(alone, j, together, 2 * number + j) for j in (0, 1)), kinds[number]


# --- edits of what is said and picked ---------------------------------------------------------


def test_a_forced_code_changes_nothing_before_it_and_spends_its_noise(model, sixty_four):
    before = sixty_four.codes[3]
    other = (before[14] + 1) % CODES
    drawn = draw(model, PROMPTS[:1], [3], GUIDED, [Force(((2, 2),), (int(other),))])
    assert np.array_equal(drawn.codes[0, :14], before[:14]) and drawn.codes[0, 14] == other
    assert drawn.forced[0].nonzero()[0].tolist() == [14]
    # The code that the model would have taken anyway changes nothing at all.
    same_code = draw(model, PROMPTS[:1], [3], GUIDED, [Force(((2, 2),), (int(before[14]),))])
    assert same(same_code, 0, sixty_four, 3)


def test_a_redrawn_region_keeps_the_rest_and_says_how_likely_it_is(model, sixty_four):
    codes = sixty_four.codes[3].reshape(6, 6)
    edits = [Force.outside(codes, range(2, 4), range(1, 3))]
    drawn = draw(model, PROMPTS[:1], range(20, 24), GUIDED, edits)
    grids = drawn.codes.reshape(4, 6, 6)
    kept = np.ones((6, 6), dtype=bool)
    kept[2:4, 1:3] = False
    assert (grids[:, kept] == codes[kept]).all()
    assert len({grid[~kept].tobytes() for grid in grids}) > 1
    trace = drawn.trace(0, recipe(model, GUIDED, edits), 20, ())
    later = [p for p in range(13, 36) if kept.flatten()[p]]
    np.testing.assert_allclose(
        trace.kept_log_probability, drawn.log_probability[0, later].sum(), rtol=1e-5
    )


def test_banned_codes_never_come_and_biased_ones_do(model, sixty_four):
    seen = np.unique(sixty_four.codes[:8])
    drawn = draw(model, PROMPTS[:1], range(8), GUIDED, [Ban(seen[:10])])
    assert not np.isin(drawn.codes, seen[:10]).any()
    row = [(3, c) for c in range(6)]
    drawn = draw(model, PROMPTS[:1], range(8), Settings(), [Bias([7], 1000.0, row)])
    assert (drawn.codes[:, 18:24] == 7).all() and not (drawn.codes[:, :18] == 7).all()
    # What is recorded is what the model thought before.
    assert drawn.log_probability[:, 18:24].max() < 0


def test_temperature_may_differ_from_patch_to_patch(model):
    top = [(r, c) for r in range(3) for c in range(6)]
    cold = draw(model, PROMPTS[:1], range(6), Settings(temperature=0))
    half = draw(model, PROMPTS[:1], range(6), Settings(), [TemperatureAt(0.0, top)])
    assert np.array_equal(half.codes[:, :18], cold.codes[:, :18])
    assert len({row.tobytes() for row in half.codes[:, 18:]}) > 1
    warm = draw(model, PROMPTS[:1], range(6), GUIDED, [TemperatureAt(GUIDED.temperature, top)])
    assert np.array_equal(warm.codes, draw(model, PROMPTS[:1], range(6), GUIDED).codes)


def test_a_mix_of_one_prompt_is_that_prompt(model, sixty_four):
    for how in ("logits", "embeddings"):
        drawn = draw(model, ["something else"], [2], GUIDED, [Mix(PROMPTS[:1], (1.0,), how=how)])
        assert same(drawn, 0, sixty_four, 2)


def test_logits_are_mixed_by_their_weights(model):
    edits = [Mix(PROMPTS, (0.25, 0.75))]
    drawn = draw(model, PROMPTS[:1], [1], Settings(), edits)
    codes = torch.from_numpy(drawn.codes)
    with torch.no_grad():
        said = [
            model.forward(model.text_rows([model.encode_text(p).ids]), codes).code_logits
            for p in PROMPTS
        ]
    mixed = (0.25 * said[0] + 0.75 * said[1]).log_softmax(-1)[0]
    chosen = mixed.gather(1, codes[0, :, None])[:, 0].numpy()
    np.testing.assert_allclose(drawn.log_probability[0], chosen, atol=2e-4)


def test_a_region_follows_its_own_prompt_and_embeddings_are_another_mix(model, sixty_four):
    bottom = [(r, c) for r in range(3, 6) for c in range(6)]
    drawn = draw(model, PROMPTS[:1], [2], GUIDED, [Mix(PROMPTS[1:], (1.0,), bottom)])
    assert np.array_equal(drawn.codes[0, :18], sixty_four.codes[2, :18])
    assert not np.array_equal(drawn.codes[0, 18:], sixty_four.codes[2, 18:])
    one, other = (
        draw(model, PROMPTS[:1], [2], GUIDED, [Mix(PROMPTS, (0.5, 0.5), how=how)])
        for how in ("logits", "embeddings")
    )
    assert not np.array_equal(one.codes, other.codes)


# --- edits inside ------------------------------------------------------------------------------


def stepped_and_read(model, edits, guidance=1.0):
    """Log-probabilities of drawn codes, step by step and read at once with the same edits."""
    requests = wanted(model, PROMPTS[:1], [4], edits)
    settings = Settings(guidance=guidance)
    drawn = drain(decode(model, requests, settings, executor="reference"))
    text, inside = Batch(model, requests, settings).spoken()
    codes = torch.from_numpy(drawn.codes)
    with torch.no_grad():
        log_p = model.forward(text, codes, inside=inside).code_logits.log_softmax(-1)
    return drawn, log_p.gather(2, codes[..., None])[..., 0].numpy()


def shift(value, at):
    assert value.shape[1] == len(at.positions)
    # Not a constant: layer norms take the mean away.
    return value + torch.linspace(-1, 1, value.shape[-1])


@pytest.mark.parametrize(
    "edit",
    [
        KnockOut("cube"),
        KnockOut("red", edges="all"),
        KnockOut("red", layers=(1,)),
        AblateHead(0, 1),
        ScaleHead(1, 0, 3.0),
        AddResidual(1, np.linspace(-1, 1, 32), [(0, 0), (3, 2)]),
        AddResidual(0, [2.0] + [0.0] * 31),
        Edit("block.1.mlp.out", shift),
        Edit("block.0.resid_out", shift),
    ],
    ids=repr,
)
@pytest.mark.parametrize("guidance", [1.0, 2.0])
def test_an_edit_inside_is_the_same_step_by_step_and_read_at_once(model, edit, guidance):
    drawn, read = stepped_and_read(model, [edit], guidance)
    np.testing.assert_allclose(drawn.conditional, read, atol=3e-4)
    plain = draw(model, PROMPTS[:1], [4], Settings(guidance=guidance), executor="reference")
    assert np.abs(plain.conditional - drawn.conditional).max() > 1e-3
    again = draw(model, PROMPTS[:1], [4], Settings(guidance=guidance), executor="reference")
    assert same(plain, 0, again, 0)


def test_edits_that_change_nothing_change_no_bit(model):
    plain = draw(model, PROMPTS[:1], [4], GUIDED, executor="reference")
    for edit in (ScaleHead(1, 0, 1.0), Edit("block.0.attn.pattern", lambda value, at: value)):
        assert same(draw(model, PROMPTS[:1], [4], GUIDED, [edit]), 0, plain, 0)
    once = draw(model, PROMPTS[:1], [4], GUIDED, [KnockOut("cube")])
    twice = draw(model, PROMPTS[:1], [4], GUIDED, [KnockOut("cube"), KnockOut("cube")])
    assert same(once, 0, twice, 0) and not same(once, 0, plain, 0)


def test_with_every_word_hidden_two_prompts_of_one_length_draw_the_same(model):
    prompts = ("a red cube", "cube red a")
    assert len({len(model.encode_text(prompt).ids) for prompt in prompts}) == 1
    hidden = [KnockOut(word, edges="all") for word in ("a", "red", "cube")]
    one, two = (draw(model, [prompt], [4], GUIDED, hidden) for prompt in prompts)
    assert np.array_equal(one.codes, two.codes)
    # What the pads have heard of the words stays when only the patches are cut off.
    heard = [KnockOut(word) for word in ("a", "red", "cube")]
    one, two = (draw(model, [prompt], [4], GUIDED, heard) for prompt in prompts)
    assert not np.array_equal(one.codes, two.codes)


def test_an_edited_picture_does_not_depend_on_its_batch_either(model):
    edits = [KnockOut("red"), AblateHead(0, 0)]
    many = draw(model, PROMPTS[:1], range(9), GUIDED, edits)
    for seed in (0, 4, 8):
        assert same(draw(model, PROMPTS[:1], [seed], GUIDED, edits), 0, many, seed)


def test_edits_that_cannot_share_a_network_are_drawn_apart(model):
    one, two = (wanted(model, PROMPTS[:1], [0], [AblateHead(0, h)])[0] for h in (0, 1))
    with pytest.raises(InputError, match="draw them apart"):
        draw_all = decode(model, [one, two], GUIDED)
        next(draw_all)
    with pytest.raises(InputError, match="takes two executors"):
        next(decode(model, [one, *wanted(model, PROMPTS[:1], [0])], GUIDED))
    with pytest.raises(InputError, match="executor='reference'"):
        next(decode(model, [one], GUIDED, executor="fast"))
    knocked = [wanted(model, [p], [0], [KnockOut("a")])[0] for p in PROMPTS]
    together = drain(decode(model, knocked, GUIDED))
    for row, one in enumerate(knocked):
        assert same(drain(decode(model, [one], GUIDED)), 0, together, row)


def test_a_function_that_returns_something_else_is_a_sentence(model):
    for function in (lambda value, at: None, lambda value, at: value[:, :0]):
        with pytest.raises(InputError, match="has to return a tensor like the one it was given"):
            draw(model, PROMPTS[:1], [0], GUIDED, [Edit("block.0.mlp.act", function)])
    with pytest.raises(InputError, match="matches no hook point"):
        draw(model, PROMPTS[:1], [0], GUIDED, [Edit("block.9.mlp.act", shift)])


# --- stopped -----------------------------------------------------------------------------------


def test_a_partial_drawing_is_a_valid_trace_that_says_so(model, sixty_four):
    steps = itertools.islice(decode(model, wanted(model, PROMPTS[:1], [5]), GUIDED), 10)
    trace = drain(steps).trace(0, recipe(model, GUIDED), 5, (1, 2))
    assert not trace.complete and len(trace.steps) == 10
    assert (trace.grid.flatten()[10:] == -1).all()
    assert np.array_equal(trace.codes, sixty_four.codes[5, :10])


@pytest.mark.parametrize("shape", [(4, 4), (8, 8), (9, 4)])
def test_codes_of_another_grid_are_refused_also_where_they_would_fit(model, shape):
    kept = Force.rows(np.zeros(shape, dtype=int), 2)
    with pytest.raises(InputError, match=r"picture of \(\d, \d\) patches, but this model's have"):
        wanted(model, PROMPTS[:1], [0], [kept])
