"""Planted truth: in three models we know which word decides which patch, and these are they."""

import numpy as np
import pytest
import torch

from dalle_explore.checks import planted as room
from dalle_explore.checks.planted import BACKGROUND, COLOURS, PLAIN, planted, trace
from dalle_explore.checks.wiring import SHADES
from dalle_explore.edits import AblateHead, KnockOut
from dalle_explore.generator import Cut, Inside
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings
from dalle_explore.trace import Trace

DIRECT, DECOY, HOPS = planted()
GREEDY = Settings(temperature=0)
each = pytest.mark.parametrize("one", planted(), ids=lambda one: one.name)


def words(one):
    return [word.text for word in one.model.encode_text(one.prompt).words]


def with_word(one, place, word):
    found = words(one)
    return " ".join([*found[:place], word, *found[place + 1 :]])


def draw(one, prompt, settings=GREEDY, seeds=(0,), edits=()):
    wish = request(one.model, one.model.encode_text(prompt), seeds, edits)
    return drain(decode(one.model, [wish], settings))


def codes_of(one, prompt, **how):
    return draw(one, prompt, **how).codes[0].reshape(4, 4)


def at(one):
    return one.patch[0] * one.model.columns + one.patch[1]


def elsewhere(one):
    mask = np.ones((4, 4), dtype=bool)
    mask[one.patch] = False
    return mask


def read(one, want=(), inside=None):
    text = one.model.text_rows([one.model.encode_text(one.prompt).ids])
    return one.model.forward(
        text, torch.from_numpy(one.codes).reshape(1, -1), want=want, inside=inside
    )


def bits(one, inside=None):
    """Log-probability, in bits, of the code of every patch, [p]."""
    log_p = read(one, inside=inside).code_logits.double().log_softmax(dim=-1)[0]
    found = log_p.gather(1, torch.from_numpy(one.codes).reshape(-1, 1))[:, 0]
    return found.detach().numpy() / np.log(2)


def lost(one, place, *, image_only, layers=None):
    """Bits that every patch loses when later positions may not read a word, [p]."""
    hidden = torch.zeros(1, one.model.text_length, dtype=torch.bool)
    hidden[0, place] = True
    return bits(one) - bits(one, Inside(cuts=(Cut(hidden, image_only, layers),)))


def attention(one, patch=None):
    """What the row that explains a patch attends to, [l h s]."""
    row = one.model.text_length - 1 + (at(one) if patch is None else patch)
    found = read(one, want=["block.*.attn.pattern"]).wanted
    return torch.stack([pattern[0, :, row] for pattern in found.values()]).detach().numpy()


def contribution(one, patch=None):
    """Length of what each head moves from each position into that row, [l h s]."""
    c = one.model.width // one.model.heads
    values = read(one, want=["block.*.attn.v"]).wanted
    found = []
    for layer, pattern in enumerate(attention(one, patch)):
        out = one.model.prior.blocks[layer].attn.out.weight.detach().numpy()
        value = values[f"block.{layer}.attn.v"][0].detach().numpy()
        for head in range(one.model.heads):
            moved = value[head] @ out[:, c * head : c * (head + 1)].T
            found.append(pattern[head] * np.linalg.norm(moved, axis=-1))
    return np.stack(found).reshape(one.model.layers, one.model.heads, -1)


def first(one, scores):
    """The word with the largest of some scores [l h s], summed; each word is one token."""
    return int(scores.sum(axis=(0, 1))[: len(words(one))].argmax())


@each
def test_the_picture_is_background_but_for_the_patch_that_the_word_decides(one):
    assert one.codes[one.patch] == 1 + COLOURS.index(words(one)[one.word])
    assert (one.codes[elsewhere(one)] == BACKGROUND).all()
    assert np.array_equal(codes_of(one, one.prompt), one.codes)


@each
def test_another_value_of_the_word_changes_exactly_that_code(one):
    for code, colour in enumerate(COLOURS, start=1):
        found = codes_of(one, with_word(one, one.word, colour))
        assert found[one.patch] == code
        assert (found[elsewhere(one)] == BACKGROUND).all()


@each
def test_without_a_value_no_colour_is_drawn(one):
    found = codes_of(one, with_word(one, one.word, "big"))
    assert found[one.patch] == (PLAIN if one is HOPS else BACKGROUND)
    assert (found[elsewhere(one)] == BACKGROUND).all()
    for prompt in ("a dog", "a big dog and a small bird by the old river with"):
        assert (codes_of(one, prompt) == BACKGROUND).all()


@each
def test_other_words_change_nothing_but_for_the_relay(one):
    for place, word in enumerate(words(one)):
        for other in ("big", "the", "bird"):
            if place == one.word or word == other:
                continue
            found = codes_of(one, with_word(one, place, other))
            if one is HOPS and place == one.rival:
                assert (found == BACKGROUND).all(), "nobody hands the colour on"
            else:
                assert np.array_equal(found, one.codes), f"{word} -> {other}"


@each
def test_every_seed_draws_that_code_nearly_always(one):
    for colour in ("orange", "purple"):
        prompt = with_word(one, one.word, colour)
        drawn = draw(one, prompt, Settings(), range(60)).codes
        counts = (drawn[:, at(one)] == 1 + COLOURS.index(colour)).sum()
        assert counts > 55
        assert (np.delete(drawn, at(one), axis=1) == BACKGROUND).mean() > 0.9


@each
def test_every_number_is_finite_and_none_is_saturated(one):
    """Where log-probabilities touch 0 nothing has a gradient, and nothing has no shares."""
    found = 2 ** bits(one)
    assert ((found > 0.9) & (found < 0.999)).all()
    assert all(contribution(one, patch).sum() > 0.1 for patch in range(16))
    output = read(one, want=["*"])
    values = {"code": output.code_logits, "text": output.text_logits, **output.wanted}
    for name, value in values.items():
        assert value.isfinite().all() or name.endswith("scores"), name  # those ahead are masked
        assert not value.isnan().any(), name


def test_in_direct_one_head_reads_the_word_and_all_else_rests():
    looked = attention(DIRECT)
    assert DIRECT.heads == ((1, 1),)
    assert looked[1, 1, DIRECT.word] > 0.999
    resting = [looked[0, 0], looked[0, 1], looked[1, 0]]
    assert all(head[DIRECT.model.text_length - 1] > 0.999 for head in resting)
    assert first(DIRECT, looked) == first(DIRECT, contribution(DIRECT)) == DIRECT.word


def test_in_decoy_attention_goes_to_the_decoy_and_the_contribution_to_the_word():
    looked, moved = attention(DECOY), contribution(DECOY)
    mean = looked.mean(axis=(0, 1))
    assert mean[DECOY.rival] > 0.6 and 0.1 < mean[DECOY.word] < 0.2
    assert looked[:, :, DECOY.rival].max() > looked[:, :, DECOY.word].max() + 0.4
    assert first(DECOY, looked) == DECOY.rival
    assert moved[:, :, DECOY.rival].sum() < 1e-6 < 1 < moved[:, :, DECOY.word].sum()
    assert first(DECOY, moved) == DECOY.word


def test_the_length_of_the_decoys_value_misleads_who_leaves_out_the_output_projection():
    values = read(DECOY, want=["block.0.attn.v"]).wanted["block.0.attn.v"][0]
    lengths = values.norm(dim=-1).detach().numpy()  # [h s]
    assert first(DECOY, attention(DECOY) * lengths[None]) == DECOY.rival


def test_in_two_hops_the_patch_reads_the_relay_and_the_relay_the_word():
    looked = attention(HOPS)
    assert looked[1, 1, HOPS.rival] > 0.999
    assert looked[:, :, HOPS.word].max() < 1e-20
    assert first(HOPS, looked) == first(HOPS, contribution(HOPS)) == HOPS.rival
    pattern = read(HOPS, want=["block.0.attn.pattern"]).wanted["block.0.attn.pattern"][0]
    assert pattern[0, HOPS.rival, HOPS.word] > 0.999
    assert pattern[:, HOPS.model.text_length - 1 :, HOPS.word].max() < 1e-20


@each
def test_heads_rest_where_a_patch_is_not_decided_by_a_word(one):
    for patch in set(range(16)) - {at(one)}:
        assert attention(one, patch)[:, :, one.model.text_length - 1].min() > 0.999


@each
def test_cutting_the_word_costs_bits_at_its_patch_alone(one):
    found = lost(one, one.word, image_only=False)
    assert found[at(one)] > 7
    assert np.abs(np.delete(found, at(one))).max() < 1e-5


@pytest.mark.parametrize("image_only", [True, False])
@each
def test_cutting_any_other_word_costs_nothing_but_for_the_relay(one, image_only):
    for place in set(range(len(words(one)))) - {one.word}:
        found = lost(one, place, image_only=image_only)
        if one is HOPS and place == one.rival:
            assert found[at(one)] > 7
        else:
            assert np.abs(found).max() < 1e-3


@pytest.mark.parametrize("one", [DIRECT, DECOY], ids=lambda one: one.name)
def test_where_patches_read_the_word_themselves_cutting_their_reading_costs_the_same(one):
    found = lost(one, one.word, image_only=True)
    assert found == pytest.approx(lost(one, one.word, image_only=False), abs=1e-6)


def test_in_two_hops_cutting_the_patches_own_reading_of_the_word_costs_nothing():
    assert np.abs(lost(HOPS, HOPS.word, image_only=True)).max() < 1e-5
    first_layer = lost(HOPS, HOPS.word, image_only=False, layers=frozenset({0}))
    assert first_layer[at(HOPS)] > 7
    second_layer = lost(HOPS, HOPS.word, image_only=False, layers=frozenset({1}))
    assert np.abs(second_layer).max() < 1e-5


def test_in_two_hops_the_word_costs_clearly_more_than_its_relay():
    places = (HOPS.word, HOPS.rival)
    word, relay = (lost(HOPS, place, image_only=False)[at(HOPS)] for place in places)
    assert word > relay + 3


@each
def test_drawing_with_the_word_knocked_out_draws_no_colour(one):
    found = codes_of(one, one.prompt, edits=[KnockOut(words(one)[one.word], edges="all")])
    assert found[one.patch] == (PLAIN if one is HOPS else BACKGROUND)
    assert (found[elsewhere(one)] == BACKGROUND).all()


@each
def test_taking_away_a_head_matters_only_where_it_carries_the_value(one):
    for layer in range(one.model.layers):
        for head in range(one.model.heads):
            found = codes_of(one, one.prompt, edits=[AblateHead(layer, head)])
            carries = (layer, head) in one.heads
            assert np.array_equal(found, one.codes) != carries


@pytest.mark.usefixtures("both_ways")
@each
def test_the_trace_is_one_that_a_drawing_left(one, tmp_path):
    found = trace(one)
    assert found.complete and np.array_equal(found.grid, one.codes)
    assert found.ids == one.model.encode_text(one.prompt).ids
    assert found.recipe.settings == GREEDY and found.recipe.prompt == one.prompt
    assert found.steps.log_probability / np.log(2) == pytest.approx(bits(one), abs=1e-5)
    again = Trace.load(found.save(tmp_path / "planted.npz"))
    assert again.recipe == found.recipe and np.array_equal(again.codes, found.codes)


def test_the_models_are_told_apart_and_made_the_same_every_time():
    digests = [trace(one).recipe.model_digest for one in planted()]
    assert len(set(digests)) == 3
    state = torch.random.get_rng_state()
    again = room.planted.__wrapped__()
    assert torch.equal(torch.random.get_rng_state(), state), "torch's own generator was used"
    assert [trace(one).recipe.model_digest for one in again] == digests
    assert planted() is planted()


@each
def test_words_are_single_tokens_and_the_sentence_names_them(one):
    spans = [word.tokens for word in one.model.encode_text(one.prompt).words]
    assert spans == [(i, i + 1) for i in range(len(spans))]
    named = [one.word] if one.rival is None else [one.word, one.rival]
    assert all(f"'{words(one)[place]}'" in one.says for place in named)
    assert str(one.patch) in one.says


@each
def test_the_picture_shows_its_codes_and_is_read_back(one):
    pictures = one.model.decode_codes(torch.from_numpy(one.codes)[None])
    centres = pictures[0, 4::8, 4::8].numpy() / 255  # [rows columns 3]
    assert centres == pytest.approx(np.array(SHADES)[one.codes], abs=1 / 255)
    assert np.array_equal(one.model.encode_image(pictures)[0], one.codes)


@each
def test_codes_drawn_before_matter_to_nothing(one):
    text = one.model.text_rows([one.model.encode_text(one.prompt).ids] * 8)
    codes = torch.arange(8)[:, None].expand(8, 16)
    logits = one.model.forward(text, codes).code_logits
    assert torch.allclose(logits, logits[:1].expand_as(logits), atol=1e-5)
