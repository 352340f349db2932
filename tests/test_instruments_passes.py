"""A picture is read again as it was drawn, and in other ways; nothing of that stays anywhere."""

import dataclasses

import numpy as np
import pytest
import torch
from tiny_model import CODES
from tiny_traces import PATCHES, PROMPT, T, drawn, guided, model, other_model, passes, plain

from dalle_explore.edits import AblateHead, AddResidual, Edit, Force, KnockOut, Mix, ScaleHead
from dalle_explore.errors import InputError, MachineError
from dalle_explore.generator import Cut, Inside, Scale
from dalle_explore.instruments.passes import TOLERANCE, Passes, Variant
from dalle_explore.sampling.pick import guide
from dalle_explore.trace import Trace

pytestmark = pytest.mark.usefixtures("one_thread")


def halved(value, at):
    return value * 0.5


def shifted(value, at):
    return value + 0.3


EDITS = [
    (),
    (KnockOut("red"),),
    (KnockOut("a red", edges="all", layers=(1,)),),
    (AblateHead(0, 1),),
    (ScaleHead(1, 0, -1.5), ScaleHead(1, 0, 0.5)),
    (AddResidual(1, tuple(np.linspace(-3, 3, 32)), at=((1, 1), (3, 0))),),
    (Edit("block.1.attn.head", halved), Edit("embed.image", shifted)),
    (Force(((0, 0), (3, 3)), (1, 2)),),
]


def by_hand(trace, *, inside=None, bare=None, ids=None, codes=None):
    """Log-probabilities of the recorded codes out of two plain readings, [p]."""
    network = model()
    text = network.text_rows([trace.ids if ids is None else ids])
    read = torch.from_numpy(trace.codes if codes is None else codes)[None]
    with torch.no_grad():
        logits = network.forward(text, read, inside=inside).code_logits
        guidance = trace.recipe.settings.guidance
        if guidance != 1:
            null = network.forward(network.text_rows([()]), read, inside=bare).code_logits
            logits = guide(logits, null, guidance)
    logs = logits.log_softmax(dim=-1)[0]
    return logs.gather(1, torch.from_numpy(trace.codes)[:, None])[:, 0].numpy()


def hiding(*positions, image_only=False, layers=None):
    keys = torch.zeros(1, T + PATCHES, dtype=torch.bool)
    keys[0, list(positions)] = True
    return Inside(cuts=(Cut(keys, image_only, layers),))


def word(name):
    """Where the tokens of a word stand."""
    text = plain().subject.text
    return text.tokens(plain().subject.find(name))


def reading(one):
    """Both pictures that most claims are about."""
    return guided() if one == "guided" else plain()


both = pytest.mark.parametrize("one", ["plain", "guided"])


# -- as it was drawn


@pytest.mark.parametrize("guidance", [1.0, 2.5])
@pytest.mark.parametrize("edits", EDITS, ids=lambda edits: repr(edits)[:40] if edits else "plain")
def test_read_again_the_codes_are_as_likely_as_was_recorded(edits, guidance):
    found = passes(edits, guidance=guidance, temperature=0.8, top_k=9)
    assert found.replay_error <= 1e-4
    assert found.replay_error == np.abs(found.base - found.trace.steps.log_probability).max()
    assert "log-probabilities within" in found.subject.in_words()


@pytest.mark.parametrize("guidance", [1.0, 2.5])
def test_in_bf16_it_is_read_in_bf16_and_the_error_is_loose_and_told(guidance):
    found = passes(precision="bf16", guidance=guidance)
    assert 1e-4 < found.replay_error < TOLERANCE["bf16"]
    told = float(found.subject.in_words().partition("within ")[2].partition(" nats")[0])
    assert found.replay_error <= told < 2 * found.replay_error, "rounded up"
    fine = by_hand(found.trace)
    assert 1e-4 < np.abs(found.base - fine).max() < TOLERANCE["bf16"]


@both
def test_the_base_is_what_plain_readings_give(one):
    np.testing.assert_allclose(reading(one).base, by_hand(reading(one).trace), atol=1e-5)


def test_a_trace_from_a_file_is_read_as_the_one_in_memory(tmp_path):
    trace = Trace.load(plain().trace.save(tmp_path / "trace.npz"))
    assert Passes(model(), trace).base.tolist() == plain().base.tolist()


def test_other_weights_are_refused():
    with pytest.raises(InputError, match="differ by .* nats .* these are not the weights"):
        Passes(other_model(1), plain().trace)


def test_a_trace_with_a_number_that_is_none_is_refused():
    steps = plain().trace.steps
    logs = np.where(np.arange(PATCHES) == 7, np.nan, steps.log_probability).astype(np.float32)
    steps = dataclasses.replace(steps, log_probability=logs)
    with pytest.raises(InputError, match="differ by nan nats"):
        Passes(model(), dataclasses.replace(plain().trace, steps=steps))


def test_a_record_without_statistics_compares_its_total():
    trace = plain().trace
    total = float(trace.steps.log_probability.sum(dtype=np.float64))
    bare = dataclasses.replace(trace, steps=None)
    found = Passes(model(), bare, recorded=total)
    assert found.replay_error <= 1e-3
    assert "their total within" in found.subject.in_words()
    with pytest.raises(InputError, match="differ by 5 nats"):
        Passes(model(), bare, recorded=total - 5)


def test_where_nothing_was_recorded_no_error_is_claimed():
    found = Passes(model(), dataclasses.replace(plain().trace, steps=None))
    assert found.replay_error is None
    assert "Nothing was recorded" in found.subject.in_words()
    assert found.base.tolist() == plain().base.tolist()


def test_an_unfinished_picture_is_refused():
    with pytest.raises(InputError, match=r"only 7 of 16 patches.*drawn to its end"):
        Passes(model(), drawn(stop=7))


def test_a_picture_of_another_grid_is_refused():
    recipe = dataclasses.replace(plain().trace.recipe, grid=(16, 1))
    with pytest.raises(InputError, match=r"grid of \(16, 1\).*is \(4, 4\).*the model that drew"):
        Passes(model(), dataclasses.replace(plain().trace, recipe=recipe))


@pytest.mark.parametrize(
    "mix",
    [
        Mix((PROMPT, "a cat"), (0.5, 0.5)),
        Mix((PROMPT, "a cat"), (0.5, 0.5), how="embeddings"),
        Mix(("a cat",), (1.0,)),
        Mix(("a cat",), (1.0,), at=((0, 0),)),
    ],
    ids=repr,
)
def test_a_mix_of_texts_is_refused(mix):
    with pytest.raises(InputError, match="a mix of texts .* inspect a picture of one prompt"):
        passes((mix,))


def test_a_picture_of_a_machine_that_is_not_here_is_refused():
    settings = plain().trace.recipe.settings.replace(device="cuda:99")
    recipe = dataclasses.replace(plain().trace.recipe, settings=settings)
    with pytest.raises(MachineError, match="cuda:99"):
        Passes(model(), dataclasses.replace(plain().trace, recipe=recipe))


def test_an_edit_is_told_which_text_it_reads_as_it_was_while_drawing():
    def caption_only(value, at):
        return torch.where((at.rows == 0)[:, None, None, None], 0.4 * value, value)

    found = passes((Edit("block.0.attn.head", caption_only),), guidance=2.5)
    assert found.replay_error <= 1e-4
    alike = found.log_probability([Variant()] * 3)
    np.testing.assert_allclose(alike, np.stack([found.base] * 3), atol=1e-5)


def test_the_untrained_twin_claims_no_replay_and_says_what_it_is():
    found = Passes(other_model(1), plain().trace, twin=1)
    assert found.replay_error is None
    assert "READ BY THE UNTRAINED TWIN" in found.subject.in_words()


# -- otherwise than it was drawn


@both
def test_an_empty_variant_changes_no_bit(one):
    assert reading(one).log_probability([Variant()])[0].tolist() == reading(one).base.tolist()
    assert reading(one).bits_lost([Variant()]).tolist() == [[0.0] * PATCHES]


def test_bits_are_nats_of_the_base_minus_those_of_the_variant():
    variant = Variant(hidden=word("red"))
    lost = guided().bits_lost([variant])[0]
    changed = guided().log_probability([variant])[0]
    np.testing.assert_allclose(lost, (guided().base - changed) / np.log(2), atol=1e-6)


@both
@pytest.mark.parametrize("image_only", [False, True])
@pytest.mark.parametrize("layers", [None, frozenset({1})])
def test_a_hidden_word_is_hidden_in_the_stream_with_the_caption_alone(one, image_only, layers):
    variant = Variant(hidden=word("cube"), image_only=image_only, layers=layers)
    inside = hiding(*word("cube"), image_only=image_only, layers=layers)
    found = reading(one).log_probability([variant])[0]
    np.testing.assert_allclose(found, by_hand(reading(one).trace, inside=inside), atol=1e-5)
    assert np.abs(found - reading(one).base).max() > 1e-3


@both
def test_a_hidden_patch_is_hidden_in_both_streams(one):
    inside = hiding(T + 3)
    found = reading(one).log_probability([Variant(hidden=(T + 3,))])[0]
    expected = by_hand(reading(one).trace, inside=inside, bare=inside)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@both
def test_of_words_and_patches_hidden_together_the_null_stream_hides_the_patches(one):
    hidden = (*word("red"), T + 3)
    found = reading(one).log_probability([Variant(hidden=hidden)])[0]
    expected = by_hand(reading(one).trace, inside=hiding(*hidden), bare=hiding(T + 3))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@both
def test_a_change_inside_is_made_in_both_streams(one):
    def silent(value):
        value[1] = 0
        return value

    inside = Inside(scales=(Scale(0, 1, 0.0),))
    found = reading(one).log_probability([Variant(changes=(("block.0.attn.head", silent),))])[0]
    expected = by_hand(reading(one).trace, inside=inside, bare=inside)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_change_may_be_another_without_the_caption():
    def silent(value):
        return value * 0

    def same(value):
        return value

    point = "block.1.attn.head"
    inside = Inside(scales=(Scale(1, 0, 0.0), Scale(1, 1, 0.0)))
    one = Variant(changes=((point, silent),), uncaptioned=((point, same),))
    two = Variant(changes=((point, same),), uncaptioned=((point, silent),))
    found = guided().log_probability([one, two])
    trace = guided().trace
    np.testing.assert_allclose(found[0], by_hand(trace, inside=inside), atol=1e-5)
    np.testing.assert_allclose(found[1], by_hand(trace, bare=inside), atol=1e-5)


@both
def test_another_text_is_read_in_the_stream_with_the_caption(one):
    ids = model().encode_text("a blue cube").ids
    found = reading(one).log_probability([Variant(ids=ids)])[0]
    np.testing.assert_allclose(found, by_hand(reading(one).trace, ids=ids), atol=1e-5)


@both
def test_other_codes_are_read_in_both_streams_and_the_recorded_ones_counted(one):
    codes = (reading(one).trace.codes + (np.arange(PATCHES) == 4)) % CODES
    found = reading(one).log_probability([Variant(codes=codes)])[0]
    np.testing.assert_allclose(found, by_hand(reading(one).trace, codes=codes), atol=1e-5)
    np.testing.assert_allclose(found[:5], reading(one).base[:5], atol=1e-5)
    assert np.abs(found[5:] - reading(one).base[5:]).min() > 0


@both
def test_variants_of_one_batch_do_not_meet(one):
    variants = [
        Variant(),
        Variant(hidden=word("red")),
        Variant(hidden=word("red"), image_only=True),
        Variant(changes=(("block.0.mlp.out", lambda value: value * 0),)),
        Variant(hidden=(T + 2,), layers=frozenset({0})),
        Variant(ids=model().encode_text("a cat").ids),
        Variant(codes=np.roll(reading(one).trace.codes, 1)),
        Variant(changes=(("block.0.attn.pattern", lambda value: value * 0.5),)),
        Variant(hidden=word("cube"), layers=frozenset({1})),
    ]
    together = reading(one).log_probability(variants)
    alone = np.concatenate([reading(one).log_probability([variant]) for variant in variants])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_two_knock_outs_at_once_commute_and_are_their_union():
    red, cube = word("red"), word("cube")
    found = plain().log_probability([Variant(hidden=red + cube), Variant(hidden=cube + red)])
    assert found[0].tolist() == found[1].tolist()
    cuts = (*hiding(*red).cuts, *hiding(*cube).cuts)
    np.testing.assert_allclose(
        found[0], by_hand(plain().trace, inside=Inside(cuts=cuts)), atol=1e-5
    )


def test_a_word_knocked_out_twice_is_knocked_out():
    red = word("red")
    found = plain().log_probability([Variant(hidden=red + red), Variant(hidden=red)])
    assert found[0].tolist() == found[1].tolist()


def test_knocking_out_what_nothing_reads_changes_nothing():
    # Nothing comes after the last patch; and the picture was drawn with this word hidden.
    assert np.abs(plain().bits_lost([Variant(hidden=(T + PATCHES - 1,))])).max() < 1e-5
    hidden = passes((KnockOut("red", edges="all"),), guidance=2.0)
    for image_only in (True, False):
        again = Variant(hidden=word("red"), image_only=image_only)
        assert np.abs(hidden.bits_lost([again])).max() < 1e-5
    assert np.abs(hidden.bits_lost([Variant(hidden=word("cube"))])).max() > 1e-3


def otherwise_said(*positions):
    """A change of what stands in the embedded text there."""

    def change(value):
        value[list(positions)] = value[list(positions)].flip(-1) * 3 + 1
        return value

    return (("embed.text", change),)


def test_in_mode_all_a_hidden_word_cannot_be_read_whatever_it_says():
    red = word("red")
    variants = [Variant(hidden=red), Variant(hidden=red, changes=otherwise_said(*red))]
    found = plain().log_probability(variants)
    assert found[0].tolist() == found[1].tolist()
    heard = plain().log_probability([Variant(changes=otherwise_said(*red))])[0]
    assert np.abs(heard - plain().base).max() > 0.01


def test_in_mode_image_patches_cannot_read_a_hidden_word_but_others_hand_it_on():
    red = word("red")
    after = tuple(range(red[-1] + 1, T))  # words and pads that may have read it
    variants = [
        Variant(hidden=red + after, image_only=True),
        Variant(hidden=red + after, image_only=True, changes=otherwise_said(*red)),
        Variant(hidden=red, image_only=True),
        Variant(hidden=red, image_only=True, changes=otherwise_said(*red)),
    ]
    found = plain().log_probability(variants)
    assert found[0].tolist() == found[1].tolist()
    assert np.abs(found[2] - found[3]).max() > 1e-3


@both
def test_a_hidden_patch_is_known_to_the_one_right_after_it_alone(one):
    """That one is predicted from the place of the hidden patch, whose code stands there."""
    codes = (reading(one).trace.codes + 7 * (np.arange(PATCHES) == 8)) % CODES
    hidden = (T + 8,)
    found = reading(one).log_probability([Variant(hidden=hidden, codes=codes)])[0]
    same = reading(one).log_probability([Variant(hidden=hidden)])[0]
    assert np.flatnonzero(np.abs(found - same) > 1e-6).tolist() == [9]
