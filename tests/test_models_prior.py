"""The prior: causal, looked at without being changed, and able to learn."""

import dataclasses

import pytest
import torch
from safetensors.torch import load_file, save_file

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.generator import EXECUTORS, Cut, Inside
from dalle_explore.models.hooks import point_names
from dalle_explore.models.presets import PRESETS, PriorConfig, preset
from dalle_explore.models.prior import PAD, Prior

TINY = PriorConfig(
    layers=2,
    width=32,
    heads=2,
    text_vocabulary=50,
    text_length=6,
    codebook_size=20,
    rows=3,
    columns=4,
)


pytestmark = pytest.mark.usefixtures("one_thread")


def make(config=TINY, spread=10.0):
    """A prior whose weights are far from nought, so that every path matters."""
    torch.manual_seed(0)
    prior = Prior(config).eval()
    with torch.no_grad():
        for parameter in prior.parameters():
            parameter.mul_(spread if parameter.ndim > 1 else 1.0)
    return prior


def batch(config=TINY, size=3):
    generator = torch.Generator().manual_seed(1)
    text = torch.randint(config.text_vocabulary, (size, config.text_length), generator=generator)
    text[0, 2:] = PAD
    text[1] = PAD
    codes = torch.randint(config.codebook_size, (size, config.patches), generator=generator)
    return text, codes


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize("executor", EXECUTORS)
def test_stepping_equals_reading_at_once(executor):
    prior = make()
    text, codes = batch()
    whole = prior(text, codes).code_logits
    cache = prior.prefill(text, executor=executor)
    stepped = [cache.logits]
    stepped += [prior.step(cache, codes[:, i]) for i in range(TINY.patches - 1)]
    torch.testing.assert_close(torch.stack(stepped, dim=1), whole, rtol=1e-4, atol=1e-4)


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize("executor", EXECUTORS)
def test_copies_share_their_prompt(executor):
    prior = make()
    text, codes = batch(size=2)
    apart = prior.prefill(text.repeat_interleave(3, dim=0), executor=executor)
    shared = prior.prefill(text, torch.tensor([0, 0, 0, 1, 1, 1]), executor=executor)
    new = codes[:, :6].reshape(-1, 2)[:, 0]
    assert torch.equal(shared.logits, apart.logits)
    assert torch.equal(prior.step(shared, new), prior.step(apart, new))


@pytest.mark.parametrize("executor", EXECUTORS)
def test_stepping_in_bf16_stays_close(executor):
    prior = make(spread=3.0)
    text, codes = batch()
    fine = prior.prefill(text)
    coarse = prior.prefill(text, dtype=torch.bfloat16, executor=executor)
    assert coarse.keys[0].dtype == torch.bfloat16
    for i in range(4):
        a, b = prior.step(fine, codes[:, i]), prior.step(coarse, codes[:, i])
        assert b.dtype == torch.float32
        torch.testing.assert_close(a, b, rtol=0.1, atol=0.1)


@pytest.mark.usefixtures("both_ways")
def test_stepping_too_far_or_with_too_few_codes_is_refused():
    prior = make()
    text, codes = batch()
    cache = prior.prefill(text)
    with pytest.raises(InputError, match="3 pictures need one code each"):
        prior.step(cache, codes[:2, 0])
    for i in range(TINY.patches):
        prior.step(cache, codes[:, i])
    with pytest.raises(InputError, match="all 12 codes"):
        prior.step(cache, codes[:, 0])


@pytest.mark.parametrize("patch", [0, 5, 11])
def test_a_later_code_does_not_change_earlier_logits(patch):
    prior = make()
    text, codes = batch()
    changed = codes.clone()
    changed[:, patch] = (changed[:, patch] + 1) % TINY.codebook_size
    before, after = prior(text, codes), prior(text, changed)
    assert torch.equal(before.text_logits, after.text_logits)
    same = torch.isclose(before.code_logits, after.code_logits, atol=1e-6).all(dim=(0, 2))
    assert same.tolist()[: patch + 1] == [True] * (patch + 1)
    assert not same[patch + 1 :].any()


def test_a_later_word_does_not_change_earlier_text_but_every_code():
    prior = make()
    text, codes = batch()
    changed = text.clone()
    changed[2, 3] = (changed[2, 3] + 1) % TINY.text_vocabulary
    before, after = prior(text, codes), prior(changed, codes)
    assert torch.equal(before.text_logits[2, :3], after.text_logits[2, :3])
    assert (before.code_logits[2] != after.code_logits[2]).any(dim=-1).all()


def test_every_text_position_has_a_pad_of_its_own():
    prior = make()
    text = torch.full((1, TINY.text_length), PAD)
    stream = prior.embed(text, torch.empty(1, 0, dtype=torch.int64))
    torch.testing.assert_close(stream[0], prior.pad + prior.text_position)


def test_gradients_reach_every_parameter():
    prior = make(spread=1.0)
    loss, _ = prior.loss(*batch())
    loss.backward()
    still = [
        n for n, p in prior.named_parameters() if p.grad is None or not p.grad.abs().max() > 0
    ]
    assert not still


def test_the_loss_is_an_eighth_text_and_seven_eighths_image():
    prior = make()
    text, codes = batch()
    loss, metrics = prior.loss(text, codes)
    out = prior(text, codes)
    image = torch.nn.functional.cross_entropy(out.code_logits.flatten(0, 1), codes.flatten())
    said = text[:, 1:] != PAD
    words = torch.nn.functional.cross_entropy(out.text_logits[:, :-1][said], text[:, 1:][said])
    torch.testing.assert_close(loss, words / 8 + image * 7 / 8)
    torch.testing.assert_close(metrics["image"], image.detach())
    torch.testing.assert_close(metrics["text"], words.detach())
    right = (out.code_logits.argmax(dim=-1) == codes).float().mean()
    torch.testing.assert_close(metrics["accuracy"], right)


def test_mixed_precision_gives_nearly_the_same_loss():
    prior = make(spread=3.0)
    text, codes = batch()
    with torch.autocast("cpu", torch.bfloat16):
        loss, _ = prior.loss(text, codes)
        seen = prior(text, codes, want=["block.0.attn.scores", "block.0.attn.pattern"]).wanted
    loss.backward()
    torch.testing.assert_close(loss, prior.loss(text, codes)[0], rtol=0.02, atol=0.02)
    assert {value.dtype for value in seen.values()} == {torch.float32}


def test_a_batch_without_captions_has_no_text_loss():
    prior = make()
    text, codes = batch()
    loss, metrics = prior.loss(torch.full_like(text, PAD), codes)
    assert metrics["text"] == 0 and torch.isfinite(loss)


def test_the_loss_falls_on_a_tiny_set():
    prior = make(spread=1.0)
    text, codes = batch()
    optimizer = torch.optim.AdamW(prior.parameters(), lr=3e-3)
    first = float(prior.loss(text, codes)[1]["image"])
    for _ in range(60):
        optimizer.zero_grad()
        prior.loss(text, codes)[0].backward()
        optimizer.step()
    last = prior.loss(text, codes)[1]
    assert float(last["image"]) < 0.3 * first and float(last["accuracy"]) > 0.9


def test_saving_and_reading_back_is_exact(tmp_path):
    prior = make()
    save_file(prior.state_dict(), tmp_path / "prior.safetensors")
    other = Prior(PriorConfig.from_json(TINY.to_json()))
    other.load_state_dict(load_file(tmp_path / "prior.safetensors"))
    text, codes = batch()
    assert torch.equal(other.eval()(text, codes).code_logits, prior(text, codes).code_logits)


HOOKS = {
    "embed.text": (3, 6, 32),
    "embed.image": (3, 12, 32),
    "embed.position": (18, 32),
    "block.0.resid_in": (3, 18, 32),
    "block.0.attn.q": (3, 2, 18, 16),
    "block.0.attn.k": (3, 2, 18, 16),
    "block.0.attn.v": (3, 2, 18, 16),
    "block.0.attn.scores": (3, 2, 18, 18),
    "block.0.attn.pattern": (3, 2, 18, 18),
    "block.0.attn.head": (3, 2, 18, 16),
    "block.0.attn.out": (3, 18, 32),
    "block.0.resid_mid": (3, 18, 32),
    "block.0.mlp.act": (3, 18, 128),
    "block.0.mlp.out": (3, 18, 32),
    "block.0.resid_out": (3, 18, 32),
    "block.1.resid_in": (3, 18, 32),
    "block.1.attn.q": (3, 2, 18, 16),
    "block.1.attn.k": (3, 2, 18, 16),
    "block.1.attn.v": (3, 2, 18, 16),
    "block.1.attn.scores": (3, 2, 18, 18),
    "block.1.attn.pattern": (3, 2, 18, 18),
    "block.1.attn.head": (3, 2, 18, 16),
    "block.1.attn.out": (3, 18, 32),
    "block.1.resid_mid": (3, 18, 32),
    "block.1.mlp.act": (3, 18, 128),
    "block.1.mlp.out": (3, 18, 32),
    "block.1.resid_out": (3, 18, 32),
    "final.norm": (3, 18, 32),
    "logits": (3, 12, 20),
}


def test_hook_points_are_pinned():
    text, codes = batch()
    wanted = make()(text, codes, want=["*"]).wanted
    assert {name: tuple(value.shape) for name, value in wanted.items()} == HOOKS
    assert list(wanted) == list(point_names(TINY.layers)) == list(HOOKS)
    assert [len(shape.split()) for shape in point_names(2).values()] == [
        len(shape) for shape in HOOKS.values()
    ]


@pytest.mark.parametrize("want", [["*"], ["block.*.attn.pattern"], ["block.1.attn.head"]])
def test_looking_changes_nothing(want):
    prior = make()
    text, codes = batch()
    idle, seen = prior(text, codes), prior(text, codes, want=want)
    torch.testing.assert_close(seen.code_logits, idle.code_logits, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(seen.text_logits, idle.text_logits, rtol=1e-4, atol=1e-4)


def test_points_fit_together():
    prior = make()
    text, codes = batch()
    out = prior(text, codes, want=["*"])
    got = {name.removeprefix("block.1."): value for name, value in out.wanted.items()}
    ahead = torch.ones(18, 18, dtype=torch.bool).triu(1)
    assert (got["attn.scores"][..., ahead] == -torch.inf).all()
    assert torch.isfinite(got["attn.scores"][..., ~ahead]).all()
    torch.testing.assert_close(got["attn.scores"].softmax(dim=-1), got["attn.pattern"])
    torch.testing.assert_close(got["attn.pattern"] @ got["attn.v"], got["attn.head"])
    torch.testing.assert_close(got["resid_in"] + got["attn.out"], got["resid_mid"])
    torch.testing.assert_close(got["resid_mid"] + got["mlp.out"], got["resid_out"])
    torch.testing.assert_close(out.wanted["block.0.resid_out"], got["resid_in"])
    torch.testing.assert_close(prior.norm(got["resid_out"]), got["final.norm"])
    torch.testing.assert_close(out.wanted["logits"], out.code_logits)


def test_only_what_is_wanted_comes_back():
    text, codes = batch()
    prior = make()
    assert prior(text, codes).wanted == {}
    names = set(prior(text, codes, want=["block.*.attn.pattern", "final.norm"]).wanted)
    assert names == {"block.0.attn.pattern", "block.1.attn.pattern", "final.norm"}


def hidden(*places, rows=3, length=TINY.sequence):
    """Keys that hide some positions of the sequence for the first row of the batch alone."""
    keys = torch.zeros(rows, length, dtype=torch.bool)
    keys[0, list(places)] = True
    return keys


@pytest.mark.parametrize("image_only", [True, False])
def test_a_cut_takes_the_edges_from_later_rows_to_hidden_positions_and_no_others(image_only):
    text, codes = batch()
    prior, points = make(), ["block.0.attn.scores", "block.1.attn.scores"]
    places = (1, 6, 9)  # a word and two patches
    inside = Inside(cuts=(Cut(hidden(*places), image_only, frozenset({1})),))
    whole = prior(text, codes, want=points).wanted
    cut = prior(text, codes, want=points, inside=inside).wanted
    assert torch.equal(cut[points[0]], whole[points[0]]), "another layer"
    expected = torch.zeros(3, 18, 18, dtype=torch.bool)
    for place in places:
        first = max(place + 1, TINY.text_length - 1) if image_only else place + 1
        expected[0, first:, place] = True
    gone = torch.isinf(cut[points[1]]) & torch.isfinite(whole[points[1]])
    assert torch.equal(gone, expected[:, None].expand_as(gone))
    kept = torch.isfinite(cut[points[1]])
    assert torch.equal(cut[points[1]][kept], whole[points[1]][kept])


def test_keys_of_the_text_alone_are_keys_that_hide_no_patch():
    text, codes = batch()
    prior = make()
    short, long = (
        prior(text, codes, inside=Inside(cuts=(Cut(hidden(1, length=n), False),))).code_logits
        for n in (TINY.text_length, TINY.sequence)
    )
    assert torch.equal(short, long)


@pytest.mark.parametrize("layers", [None, frozenset({0})])
@pytest.mark.parametrize("image_only", [True, False])
def test_cuts_over_patches_are_the_same_step_by_step_and_all_at_once(image_only, layers):
    text, codes = batch()
    prior = make()
    inside = Inside(cuts=(Cut(hidden(1, 7, 10), image_only, layers),))
    whole = prior(text, codes, inside=inside).code_logits
    state = prior.prefill(text, executor="reference", inside=inside)
    stepped = [state.logits]
    stepped += [prior.step(state, codes[:, i]) for i in range(TINY.patches - 1)]
    torch.testing.assert_close(torch.stack(stepped, dim=1), whole, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(whole[0], prior(text, codes).code_logits[0], atol=1e-3)


def test_a_hidden_patch_changes_nothing_before_it_nor_where_it_stands_itself():
    text, codes = batch()
    prior = make()
    inside = Inside(cuts=(Cut(hidden(TINY.text_length + 4), True),))
    apart = (prior(text, codes).code_logits - prior(text, codes, inside=inside).code_logits)[0]
    # Patch 5 is predicted where patch 4 stands, and a position always reads itself.
    assert apart[:6].abs().max() < 1e-4 < 1e-3 < apart[6:].abs().amax(dim=-1).min()


def test_gradients_flow_to_wanted_points():
    prior = make()
    text, codes = batch()
    out = prior(text, codes, want=["block.0.attn.pattern", "embed.text"])
    found = torch.autograd.grad(out.code_logits.square().sum(), list(out.wanted.values()))
    assert all(gradient.abs().max() > 0 for gradient in found)


@pytest.mark.parametrize("name", ["block.2.attn.q", "attn.pattern", "block.*.attn.map", ""])
def test_an_unknown_point_lists_the_valid_ones(name):
    text, codes = batch()
    with pytest.raises(InputError, match=r"no hook point.*embed\.text.*mlp\.act.*from 0 to 1"):
        make()(text, codes, want=[name])


def test_a_bare_string_is_refused():
    text, codes = batch()
    with pytest.raises(InputError, match="list of names"):
        make()(text, codes, want="logits")


def test_presets_have_the_promised_sizes():
    sizes = {name: (p.prior.layers, p.prior.width) for name, p in PRESETS.items()}
    assert sizes == {"thumb": (4, 128), "pocket": (6, 192), "studio": (12, 512)}
    assert all(p.prior.sequence == 64 + 256 and p.name == name for name, p in PRESETS.items())
    with pytest.raises(InputError, match="thumb, pocket, studio"):
        preset("huge")


def test_configurations_that_cannot_be_built_are_refused():
    with pytest.raises(ModelFileError, match=r"PriorConfig\.heads is 3"):
        dataclasses.replace(TINY, heads=3)
    with pytest.raises(ModelFileError, match="needs exactly layers"):
        PriorConfig.from_json({"layers": 2})
    with pytest.raises(ModelFileError, match="needs exactly"):
        PriorConfig.from_json({**TINY.to_json(), "colour": 1})
    with pytest.raises(ModelFileError, match=r"layers is 'two'"):
        PriorConfig.from_json({**TINY.to_json(), "layers": "two"})
