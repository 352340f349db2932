"""Where a picture looks: rows that explain patches, shares that sum to 1, and no dependence."""

import dataclasses

import numpy as np
import pytest
import torch
from planted_passes import DECOY, DIRECT, HOPS, each, reading, rival, word
from tiny_traces import PATCHES, SIDE, T, guided, model, passes, plain

from dalle_explore.edits import AblateHead, Edit, ScaleHead
from dalle_explore.errors import InputError
from dalle_explore.instruments.attention import BY, Attention, attention, looks_at

pytestmark = pytest.mark.usefixtures("one_thread")

LAYERS, HEADS = 2, 2
by_any = pytest.mark.parametrize("by", BY)


def raw(found, point):
    """A hook point of a plain reading of the caption, without the batch."""
    text = found.model.text_rows([found.trace.ids])
    with torch.no_grad():
        return found.model.forward(text, found.codes[None], want=[point]).wanted[point][0].numpy()


def written(found, layer, head):
    """What a weight of 1 on each position would write to the stream, [s d]."""
    matrices, _ = found.model.output_projection(layer)
    values = raw(found, f"block.{layer}.attn.v")[head]
    return values @ matrices[head].detach().numpy()


# -- the algebra


def test_rows_sum_to_one_and_nothing_that_is_still_to_come_is_looked_at():
    for layer in plain().layers().values():
        np.testing.assert_allclose(layer.pattern.sum(axis=-1), 1, atol=1e-5)
        for patch in range(PATCHES):
            assert (layer.pattern[:, patch, T + patch :] == 0).all()
            assert (layer.signed[:, patch, T + patch :] == 0).all()
            assert (layer.pattern[:, patch, : T + patch] > 0).all()


def test_a_patch_is_explained_by_the_row_before_it():
    for number, layer in plain().layers().items():
        whole = raw(plain(), f"block.{number}.attn.pattern")
        for patch in range(PATCHES):
            np.testing.assert_allclose(layer.pattern[:, patch], whole[:, T - 1 + patch], atol=1e-6)


@pytest.mark.parametrize("layer", range(LAYERS))
def test_pattern_times_value_times_projection_and_bias_is_what_attention_writes(layer):
    pattern = raw(plain(), f"block.{layer}.attn.pattern")
    _, bias = model().output_projection(layer)
    total = sum(pattern[head] @ written(plain(), layer, head) for head in range(HEADS))
    expected = raw(plain(), f"block.{layer}.attn.out")
    np.testing.assert_allclose(total + bias.detach().numpy(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layer", range(LAYERS))
def test_contributions_equal_a_slow_loop(layer):
    found = plain().layers()[layer]
    for head in range(HEADS):
        moved = written(plain(), layer, head)
        np.testing.assert_allclose(found.norms[head], np.linalg.norm(moved, axis=-1), rtol=1e-4)
        for patch in (0, 5, PATCHES - 1):
            parts = found.pattern[head, patch][:, None].astype(float) * moved
            whole = parts.sum(axis=0)
            length = np.linalg.norm(whole)
            assert found.strength[head, patch] == pytest.approx(length, rel=1e-4)
            signed = [part @ whole / length for part in parts]
            np.testing.assert_allclose(found.signed[head, patch], signed, atol=1e-4 * length)
            assert sum(signed) == pytest.approx(length)


def test_signed_contributions_sum_to_the_length_of_the_heads_output():
    for layer in guided().layers().values():
        total = layer.signed.sum(axis=-1)
        np.testing.assert_allclose(total, layer.strength, rtol=1e-3, atol=1e-4)
        assert (layer.signed < 0).any(), "some positions pull the other way"


@by_any
def test_shares_of_several_heads_sum_to_one(by):
    found = attention(plain())
    for heads in (None, [(0, 1)], [(0, 0), (1, 1)]):
        shares = found.shares(by, heads)
        assert shares.shape == (PATCHES, T + PATCHES)
        np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=1e-4)
    if by != "signed":
        assert (found.shares(by) >= 0).all()


def test_shares_are_means_of_weights_and_sums_of_contributions_over_heads():
    found, layers = attention(plain()), plain().layers()
    weights = np.mean([layers[n].pattern[h] for n in (0, 1) for h in (0, 1)], axis=0)
    np.testing.assert_allclose(found.shares("attention"), weights, atol=1e-6)
    picks = [(0, 1), (1, 0)]
    moved = sum(layers[n].pattern[h] * layers[n].norms[h] for n, h in picks)
    expected = moved / moved.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(found.shares("contribution", picks), expected, atol=1e-6)
    signed = sum(layers[n].signed[h] for n, h in picks)
    expected = signed / signed.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(found.shares("signed", picks), expected, atol=1e-4)
    assert (
        found.shares("attention", picks * 2).tolist() == found.shares("attention", picks).tolist()
    )


@by_any
def test_words_start_pad_and_earlier_patches_are_all_that_a_row_reads(by):
    found = attention(guided())
    shares = found.shares(by)
    columns = found.by_word(shares)
    words = guided().subject.words
    assert columns.shape == (PATCHES, len(words) + 3)
    np.testing.assert_allclose(columns.sum(axis=-1), 1, atol=1e-4)
    for place, one in enumerate(guided().subject.text.words):
        np.testing.assert_allclose(columns[:, place], shares[:, slice(*one.tokens)].sum(axis=-1))
    start, pad, earlier = columns[:, len(words) :].T
    assert (start == 0).all(), "in this model every token belongs to a word"
    np.testing.assert_allclose(pad, shares[:, len(guided().trace.ids) : T].sum(axis=-1))
    np.testing.assert_allclose(earlier, shares[:, T:].sum(axis=-1))
    assert earlier[0] == 0


def test_attention_is_of_the_stream_with_the_caption():
    """The same codes, guided or not, are looked at from the same rows."""
    trace = dataclasses.replace(guided().trace, steps=None)
    settings = trace.recipe.settings.replace(guidance=1.0)
    recipe = dataclasses.replace(trace.recipe, settings=settings)
    bare = type(plain())(model(), dataclasses.replace(trace, recipe=recipe))
    for number, layer in bare.layers().items():
        np.testing.assert_array_equal(layer.pattern, guided().layers()[number].pattern)


def test_a_head_that_was_scaled_contributes_what_it_wrote():
    found = passes((AblateHead(0, 1), ScaleHead(1, 0, -3.0)))
    layers = found.layers()
    assert (layers[0].norms[1] == 0).all() and (layers[0].strength[1] == 0).all()
    gone = attention(found).shares("contribution", [(0, 1)])
    assert (gone == 0).all()
    matrices, _ = model().output_projection(1)
    head = found.wanted(["block.1.attn.head"])["block.1.attn.head"][0, T - 1 : -1]
    length = (head @ matrices[0].detach()).norm(dim=-1)
    np.testing.assert_allclose(layers[1].strength[0], length, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("point", ["block.1.attn.head", "block.*.attn.out"])
def test_what_a_function_wrote_comes_from_no_position_that_is_known(point):
    found = passes((Edit(point, lambda value, at: value * 0.5),))
    for by in ("contribution", "signed"):
        with pytest.raises(InputError, match="drawn with Edit.*take by='attention', or other lay"):
            looks_at(found, "red", by=by)
    looks_at(found, "red", by="attention")
    if "*" not in point:
        looks_at(found, "red", layers=[0])


def test_in_bf16_rows_still_sum_to_one():
    for layer in passes(precision="bf16", guidance=2.0).layers().values():
        np.testing.assert_allclose(layer.pattern.sum(axis=-1), 1, atol=1e-5)
        np.testing.assert_allclose(layer.signed.sum(axis=-1), layer.strength, rtol=1e-2, atol=1e-3)


# -- the maps


@by_any
def test_the_map_of_a_word_is_the_share_that_every_patch_takes_from_its_tokens(by):
    found = looks_at(plain(), "cube", by=by, layers=[1])
    text = plain().subject.text
    tokens = text.tokens(plain().subject.find("cube"))
    shares = attention(plain(), [1]).shares(by)
    np.testing.assert_allclose(found.values.flatten(), shares[:, list(tokens)].sum(axis=-1))
    assert found.values.shape == (SIDE, SIDE) and found.layers == (1,) and found.whole
    assert found.words.sum() == pytest.approx(found.shares["text"])
    assert sum(found.shares.values()) == pytest.approx(1, abs=1e-4)
    assert found.words[2] == pytest.approx(found.values.mean())


@by_any
def test_the_map_of_a_patch_is_what_it_takes_from_earlier_patches(by):
    found = looks_at(plain(), patch=(2, 1), by=by)
    shares = attention(plain()).shares(by)[9]
    known = found.values.flatten()
    np.testing.assert_allclose(known[:9], shares[T : T + 9])
    assert np.isnan(known[9:]).all()
    assert found.shares["earlier"] == pytest.approx(known[:9].sum())
    assert sum(found.shares.values()) == pytest.approx(1, abs=1e-4)
    assert found.patch == (2, 1) and found.word == ()


def test_the_first_patch_has_no_earlier_ones():
    found = looks_at(plain(), patch=(0, 0))
    assert np.isnan(found.values).all() and found.shares["earlier"] == 0
    assert "there are no earlier patches" in found.alt()


def test_a_word_said_twice_is_both_unless_one_is_named():
    both, one, two = (looks_at(plain(), "A", occurrence=which) for which in (None, 0, 1))
    np.testing.assert_allclose(both.values, one.values + two.values)
    assert both.word == (0, 4) and one.word == (0,) and two.word == (4,)
    assert both.named == "“a … a”" and one.named == "“a”"
    run = looks_at(plain(), "red  CUBE")
    assert run.word == (1, 2) and run.named == "“red cube”"
    parts = [looks_at(plain(), word).values for word in ("red", "cube")]
    np.testing.assert_allclose(run.values, sum(parts))


def test_heads_name_their_layers():
    found = looks_at(plain(), "red", heads=[(1, 1), (1, 0), (1, 1)])
    assert found.layers == (1,) and found.heads == ((1, 1), (1, 0)) and found.whole
    one = looks_at(plain(), "red", heads=np.array([[1, 1]]))
    assert one.heads == ((1, 1),) and not one.whole
    assert "head (layer.head) 1.1" in one.caption()
    np.testing.assert_allclose(
        one.values, looks_at(plain(), "red", layers=[0, 1], heads=[(1, 1)]).values
    )


def test_a_second_look_is_equal():
    one, other = (looks_at(guided(), "sphere") for _ in range(2))
    np.testing.assert_array_equal(one.values, other.values)


def test_captions_say_the_quantity_the_heads_the_shares_and_that_it_is_no_dependence():
    for by, said in (
        ("contribution", "value-weighted attention"),
        ("attention", "attention weights (mean over heads)"),
        ("signed", "signed contribution"),
    ):
        for asked in ({"word": "red"}, {"patch": (1, 1)}):
            caption = looks_at(plain(), by=by, **asked).caption()
            assert said in caption and "all heads of layers 0 to 1" in caption
            assert "A look is not a dependence." in caption
            assert "the row that predicts a patch is the one before it" in caption
            assert "earlier" in caption and "pad" in caption and "Replay error" in caption
            assert "seed 3" in caption and "guidance 1" in caption
            assert "depended" not in caption
    assert "guidance 2.5" in looks_at(guided(), "red").caption()


def test_the_alternative_text_names_the_most():
    found = looks_at(plain(), "red")
    row, column = np.unravel_index(found.values.argmax(), found.values.shape)
    assert f"at row {row}, column {column}" in found.alt()
    assert f"“{plain().subject.words[int(found.words.argmax())]}” gets most" in found.alt()


def test_the_table_holds_words_kinds_and_patches():
    rows = looks_at(plain(), patch=(1, 0)).rows()
    kinds = [row["what"] for row in rows]
    assert kinds == ["word"] * 6 + ["kind"] * 4 + ["patch"] * 4
    shares = {row["name"]: row["share"] for row in rows if row["what"] == "kind"}
    assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
    assert [(row["row"], row["column"]) for row in rows[-4:]] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    measures = looks_at(plain(), "red").measures()
    assert measures["share of “red”"] == pytest.approx(looks_at(plain(), "red").words[1])


WORDS = "a, red, cube, on, a, sphere"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "takes a word.*or a patch"),
        ({"word": "red", "patch": (0, 0)}, "give one of them"),
        ({"word": "blue"}, f"no word 'blue': its words are {WORDS}"),
        ({"word": ""}, f"no word '': its words are {WORDS}"),
        ({"word": "red sphere"}, f"its words are {WORDS}"),
        ({"word": 3}, f"word is 3, .*its words are {WORDS}"),
        ({"word": "red", "occurrence": 1}, r"no word 'red' \(occurrence 1\)"),
        ({"word": "a", "occurrence": -1}, r"no word 'a' \(occurrence -1\)"),
        ({"word": "a", "occurrence": "first"}, "occurrence is 'first', but it counts from 0"),
        ({"word": "a", "occurrence": True}, "occurrence is True"),
        ({"patch": (4, 0)}, r"patch is \(4, 0\).*rows 0 to 3 and columns 0 to 3"),
        ({"patch": (-1, 0)}, "rows 0 to 3 and columns 0 to 3"),
        ({"patch": (1.5, 0)}, r"patch is \(1.5, 0\)"),
        ({"patch": 3}, "patch is 3"),
        ({"patch": "12"}, "patch is '12'"),
        ({"word": "red", "by": "rollout"}, "one of contribution, attention, signed"),
        ({"word": "red", "layers": [2]}, "the layers 0 to 1"),
        ({"word": "red", "heads": [(0, 2)]}, "the layers 0 and the heads 0 to 1"),
        ({"word": "red", "heads": [(2, 0)]}, "the layers 0, 1 and the heads 0 to 1"),
        ({"word": "red", "heads": [(0, 1), (5, 1)]}, r"\(5, 1\).*the layers 0, 1"),
        ({"word": "red", "heads": [(0.5, 1)]}, r"heads holds \(0.5, 1\)"),
        ({"word": "red", "heads": [3]}, "heads holds 3"),
        ({"word": "red", "heads": [[[0], 1]]}, "heads holds"),
        ({"word": "red", "heads": ["01"]}, "heads holds '01'"),
        ({"word": "red", "heads": []}, "heads is empty"),
        ({"word": "red", "heads": 3}, "heads is 3, but it is a list of pairs"),
        ({"word": "red", "heads": "0.1"}, "heads is '0.1'"),
        ({"word": "red", "layers": [0], "heads": [(1, 0)]}, "the layers 0 and the heads 0 to 1"),
    ],
    ids=repr,
)
def test_what_is_not_there_is_refused_with_what_is(asked, sentence):
    with pytest.raises(InputError, match=sentence):
        looks_at(plain(), **asked)


def test_quantities_and_heads_are_checked_wherever_they_are_named():
    with pytest.raises(InputError, match="by is 'sum'"):
        attention(plain()).shares("sum")
    with pytest.raises(InputError, match="the layers 1 and the heads 0 to 1"):
        Attention(plain().subject, (1,), (plain().layers()[1],)).heads([(0, 0)])


def test_a_model_whose_words_all_look_alike_refuses(monkeypatch):
    supports = dataclasses.replace(model().supports, word_attention="uniform")
    monkeypatch.setattr(model(), "supports", supports)
    with pytest.raises(InputError, match="supports.word_attention is 'uniform'"):
        looks_at(plain(), "red")


# -- planted truth


def most(one, by):
    """The word that the decided patch looks at most."""
    found = looks_at(reading(one), patch=one.patch, by=by)
    return found.subject.words[int(found.words.argmax())]


def test_where_one_word_decides_every_look_ranks_it_first():
    assert [most(DIRECT, by) for by in BY] == [word(DIRECT)] * 3


def test_attention_names_the_decoy_and_contribution_the_true_word():
    assert most(DECOY, "attention") == rival(DECOY)
    assert most(DECOY, "contribution") == most(DECOY, "signed") == word(DECOY)


def test_over_a_relay_the_patch_looks_at_the_relay():
    assert [most(HOPS, by) for by in BY] == [rival(HOPS)] * 3
    found = looks_at(reading(HOPS), word(HOPS), by="attention")
    assert found.values.max() < 1e-6


@pytest.mark.parametrize("by", ["attention", "contribution"])
@each
def test_the_deciding_word_is_looked_at_from_its_patch_alone(one, by):
    looked = rival(one) if one is HOPS or (one is DECOY and by == "attention") else word(one)
    found = looks_at(reading(one), looked, by=by)
    row, column = np.unravel_index(found.values.argmax(), found.values.shape)
    assert (row, column) == one.patch, "not the row after it, which knows the code already"
    assert np.delete(found.values.flatten(), row * SIDE + column).max() < 0.01
