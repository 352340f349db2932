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
from dalle_explore.instruments.passes import TOLERANCE, Passes, Variant, check_layers
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
    assert f"within {found.replay_error:.1g} nats" in found.subject.in_words()
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


# -- in chunks, watched and stopped

MANY = [Variant(hidden=(place,)) for place in range(20)]


@both
def test_with_a_tiny_budget_the_numbers_are_the_same(one):
    tiny = passes(budget=1, guidance=2.5 if one == "guided" else 1.0)
    np.testing.assert_allclose(
        tiny.log_probability(MANY), reading(one).log_probability(MANY), atol=1e-5
    )
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
    for variant in (Variant(hidden=(1,)), Variant(changes=(("embed.text", halved),))):
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
