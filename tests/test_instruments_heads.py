"""Every head in one table: what it reads, how far, and how it pushes the recorded codes."""

import numpy as np
import pytest
import torch
from planted_passes import each, reading
from tiny_traces import PATCHES, SIDE, T, guided, model, passes, plain

from dalle_explore.edits import AblateHead, KnockOut
from dalle_explore.errors import InputError
from dalle_explore.instruments.ablation import ablate
from dalle_explore.instruments.attention import BY, looks_at
from dalle_explore.instruments.heads import SORTS, heads, pushes

pytestmark = pytest.mark.usefixtures("one_thread")

EVERY = ((0, 0), (0, 1), (1, 0), (1, 1))
of_both = pytest.mark.parametrize("found", [plain, guided], ids=["plain", "guided"])


# -- pushes


def parts_of(found):
    """Everything that is added to the stream, in the rows that explain the patches, [m 1 p d]."""
    network = found.model
    layers = range(network.layers)
    points = [f"block.{layer}.mlp.out" for layer in layers]
    wanted = found.wanted(["block.0.resid_in", *points])
    parts = [value[found.explaining] for value in wanted.values()]
    parts += [network.output_projection(layer)[1].expand_as(parts[0]) for layer in layers]
    return torch.stack(parts)[:, None].detach()


def centred(found):
    """Logits of the recorded codes above the mean of all, of the stream with the caption, [p]."""
    text = found.model.text_rows([found.trace.ids])
    with torch.no_grad():
        logits = found.model.forward(text, found.codes[None]).code_logits[0].double()
    mine = logits.gather(1, found.codes[:, None])[:, 0]
    return (mine - logits.mean(dim=-1)).numpy()


@of_both
def test_pushes_of_all_parts_and_the_norms_bias_add_up_to_the_centred_logit(found):
    found = found()
    network = found.model
    last = f"block.{network.layers - 1}.resid_out"
    stream = found.wanted([last])[last][None, found.explaining]
    with torch.no_grad():
        others = network.push(stream, parts_of(found), found.codes[None])[:, 0].double().numpy()
        head = network.prior.code_head.weight
        bias = ((head[found.codes] - head.mean(dim=0)) @ network.prior.norm.bias).numpy()
    total = pushes(found).sum(axis=(0, 1)) + others.sum(axis=0) + bias
    np.testing.assert_allclose(total, centred(found), rtol=1e-3, atol=1e-3)


def test_a_push_equals_a_slow_one():
    """Of one head at one patch: its part of the stream through the norm, its scale held fixed."""
    patch, layer, head = 6, 1, 0
    row = T - 1 + patch
    found = plain().wanted(["block.1.attn.head", "block.1.resid_out"])
    with torch.no_grad():
        matrices, _ = model().output_projection(layer)
        part = found["block.1.attn.head"][head, row] @ matrices[head]
        stream = found["block.1.resid_out"][row]
        norm, table = model().prior.norm, model().prior.code_head.weight
        scaled = (part - part.mean()) / (stream.var(unbiased=False) + norm.eps).sqrt()
        logits = table @ (scaled * norm.weight)
        expected = logits[plain().codes[patch]] - logits.mean()
    assert pushes(plain())[layer, head, patch] == pytest.approx(float(expected), rel=1e-3)


def test_a_head_that_was_taken_away_pushes_nothing():
    found = pushes(passes((AblateHead(1, 0),)))
    assert (found[1, 0] == 0).all() and np.abs(found[1, 1]).max() > 0


def test_pushes_of_some_layers_are_those_of_all():
    np.testing.assert_allclose(pushes(plain(), [1])[0], pushes(plain())[1], atol=1e-5)
    with pytest.raises(InputError, match="the layers 0 to 1"):
        pushes(plain(), [3])


# -- the table


@pytest.mark.parametrize("by", BY)
def test_maps_and_shares_are_those_of_single_heads(by):
    found = heads(plain(), "cube", by=by)
    assert found.heads == EVERY and found.maps.shape == (4, SIDE, SIDE)
    for m, head in enumerate(EVERY):
        one = looks_at(plain(), "cube", by=by, heads=[head])
        np.testing.assert_allclose(found.maps[m], one.values, atol=1e-6)
        assert found.text[m] == pytest.approx(one.shares["text"])
        assert found.earlier[m] == pytest.approx(one.shares["earlier"])
    every = heads(plain(), by=by)
    for m in range(4):
        assert every.maps[m].mean() == pytest.approx(every.text[m])
    assert every.named == "all words together" and found.named == "“cube”"


def test_entropy_and_distance_equal_slow_loops():
    found = heads(plain())
    for m, (layer, head) in enumerate(EVERY):
        pattern = plain().layers()[layer].pattern[head].astype(float)
        entropy = np.mean([sum(w * np.log2(w) for w in row if w > 0) for row in pattern])
        assert found.entropy[m] == pytest.approx(-entropy)
        far, mass = 0.0, 0.0
        for patch in range(PATCHES):
            for earlier in range(patch):
                one, other = divmod(patch, SIDE), divmod(earlier, SIDE)
                weight = pattern[patch, T + earlier]
                far += weight * np.hypot(one[0] - other[0], one[1] - other[1])
                mass += weight
        assert found.distance[m] == pytest.approx(far / mass)
    assert (found.distance >= 1).all(), "no patch looks at itself"


def test_the_push_is_the_mean_over_patches():
    np.testing.assert_allclose(heads(plain()).push, pushes(plain()).mean(axis=-1).flatten())


def test_sorts_put_the_most_first():
    effect = ablate(plain(), "zero")
    values = {
        "text": lambda one: -one.text,
        "locality": lambda one: one.distance,
        "entropy": lambda one: one.entropy,
        "push": lambda one: -one.push,
        "effect": lambda one: -one.effect,
        "layer": lambda one: np.arange(4),
    }
    assert set(values) == set(SORTS)
    for sort, key in values.items():
        found = heads(plain(), ablation=effect, sort=sort)
        assert (np.diff(key(found)[found.order()]) >= 0).all()
        assert [(row["layer"], row["head"]) for row in found.rows()] == [
            found.heads[m] for m in found.order()
        ]


def test_effects_stand_beside_as_soon_as_they_are_known():
    without = heads(plain())
    assert without.sort == "layer" and without.effect is None
    assert "was not measured" in without.caption() and without.rows()[0]["effect"] is None
    effect = ablate(plain(), "zero")
    found = heads(plain(), ablation=effect)
    assert found.sort == "effect" and found.effect_kind == "zero"
    np.testing.assert_array_equal(found.effect, effect.totals.flatten())
    assert "Effect: bits lost over the picture without the head (zero)." in found.caption()
    every = heads(plain(), ablation=ablate(plain(), "zero", rows="all"))
    assert "without the head (zero, in every row)." in every.caption()
    part = heads(plain(), layers=[1], ablation=effect)
    np.testing.assert_array_equal(part.effect, effect.totals[1])
    assert part.heads == ((1, 0), (1, 1))


def test_captions_say_the_quantity_and_the_push_and_claim_no_dependence():
    caption = heads(plain(), "red", by="signed").caption()
    assert "maps of “red”, quantity signed" in caption and "Where each head looked" in caption
    assert "final norm held fixed" in caption and "Replay error" in caption
    layer, head = EVERY[int(heads(plain()).text.argmax())]
    assert f"head {head} of layer {layer}" in heads(plain()).alt()
    measures = heads(plain()).measures()
    assert measures["push of head 1.1"] == heads(plain()).push[3] and len(measures) == 8


def test_what_is_not_there_is_refused():
    effect = ablate(plain(), "zero", layers=[0])
    for asked, sentence in (
        ({"word": "blue"}, "its words are a, red, cube"),
        ({"by": "sum"}, "one of contribution, attention, signed"),
        ({"layers": [2]}, "the layers 0 to 1"),
        ({"sort": "size"}, f"sort is 'size', but heads can be sorted by {', '.join(SORTS)}"),
        ({"sort": "effect"}, "once an ablation is given"),
        ({"ablation": effect}, "the ablation is of other layers"),
        ({"ablation": ablate(guided(), "zero")}, "the ablation is of another picture"),
    ):
        with pytest.raises(InputError, match=sentence):
            heads(plain(), **asked)


# -- planted truth


@each
def test_the_head_that_hands_the_value_on_pushes_the_code_at_its_patch(one):
    found = reading(one)
    pushed = pushes(found)
    patch = one.patch[0] * SIDE + one.patch[1]
    last = max(one.heads)
    layer, head = np.unravel_index(pushed[:, :, patch].argmax(), pushed.shape[:2])
    assert (layer, head) == last
    elsewhere = np.delete(pushed[last], patch)
    assert pushed[last][patch] > 10 * np.abs(elsewhere).max()


def test_a_knocked_out_word_leaves_the_table_with_nothing_of_it():
    found = heads(passes((KnockOut("red"),)), "red")
    assert np.abs(found.maps).max() == 0
