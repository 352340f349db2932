"""Heads and layers are taken away in four ways; each equals a slow run with an edit."""

import dataclasses

import numpy as np
import pytest
import torch
from planted_passes import each, reading
from tiny_traces import PATCHES, SIDE, T, drawn, guided, model, other_model, passes, plain

from dalle_explore.edits import Edit
from dalle_explore.errors import InputError
from dalle_explore.generator import Inside
from dalle_explore.instruments.ablation import KINDS, ablate
from dalle_explore.instruments.passes import Passes
from dalle_explore.instruments.population import Means, means_of
from dalle_explore.sampling.pick import guide

pytestmark = pytest.mark.usefixtures("one_thread")

LAYERS, HEADS = 2, 2
ROWS = slice(T - 1, T - 1 + PATCHES)
of_both = pytest.mark.parametrize("found", [plain, guided], ids=["plain", "guided"])


def slow(found, point, change, bare=None):
    """Bits lost with a function at a hook point, in both streams, [rows columns]."""

    def logs(change, bare):
        streams = []
        for said, one in ((found.trace.ids, change), ((), bare)):
            inside = Inside(calls=(Edit(point, one),)) if one else None
            with torch.no_grad():
                text = model().text_rows([said])
                streams.append(model().forward(text, found.codes[None], inside=inside).code_logits)
        guidance = found.trace.recipe.settings.guidance
        logits = streams[0] if guidance == 1 else guide(*streams, guidance)
        return logits.log_softmax(dim=-1)[0].gather(1, found.codes[:, None])[:, 0].numpy()

    lost = logs(None, None) - logs(change, change if bare is None else bare)
    return lost.reshape(SIDE, SIDE) / np.log(2)


def head_becomes(number, stand_in):
    def change(value, at):
        value[0, number, ROWS] = stand_in
        return value

    return change


def mlp_becomes(stand_in):
    def change(value, at):
        value[0, ROWS] = stand_in
        return value

    return change


@pytest.fixture(scope="module")
def means():
    """The means of three pictures."""
    traces = [drawn(prompt=text, seed=j) for j, text in enumerate(("a cat", "red", "a blue cube"))]
    return means_of(model(), [one.ids for one in traces], np.stack([one.codes for one in traces]))


@pytest.fixture(scope="module")
def donor():
    return passes(prompt="a blue cat", seed=11)


# -- against slow runs


@of_both
def test_zero_heads_and_layers_equal_slow_runs(found):
    result = ablate(found(), "zero")
    assert result.heads.shape == (LAYERS, HEADS, SIDE, SIDE) and result.layers == (0, 1)
    for layer in range(LAYERS):
        point = f"block.{layer}.attn.head"
        for head in range(HEADS):
            expected = slow(found(), point, head_becomes(head, 0))
            np.testing.assert_allclose(result.heads[layer, head], expected, atol=1e-4)
        expected = slow(found(), point, head_becomes(slice(None), 0))
        np.testing.assert_allclose(result.attention[layer], expected, atol=1e-4)
        expected = slow(found(), f"block.{layer}.mlp.out", mlp_becomes(0))
        np.testing.assert_allclose(result.mlp[layer], expected, atol=1e-4)
    np.testing.assert_allclose(result.totals, result.heads.sum(axis=(2, 3)))
    assert result.finished


@of_both
def test_means_stand_in_at_the_rows_of_their_patches(found, means):
    result = ablate(found(), "mean", means=means, population="three pictures")
    for layer in range(LAYERS):
        point = f"block.{layer}.attn.head"
        for head in range(HEADS):
            stand_in = torch.from_numpy(means.heads[layer, head].astype(np.float32))
            expected = slow(found(), point, head_becomes(head, stand_in))
            np.testing.assert_allclose(result.heads[layer, head], expected, atol=1e-4)
        stand_in = torch.from_numpy(means.mlp[layer].astype(np.float32))
        expected = slow(found(), f"block.{layer}.mlp.out", mlp_becomes(stand_in))
        np.testing.assert_allclose(result.mlp[layer], expected, atol=1e-4)
    assert "its mean over three pictures stands in" in result.caption()
    without = "it stands in without a caption, too"
    assert (without in result.caption()) == (found is guided)


@of_both
def test_start_reads_the_first_position_only(found):
    result = ablate(found(), "start")
    for layer in range(LAYERS):
        point = f"block.{layer}.attn.pattern"
        only_first = torch.eye(T + PATCHES)[0]
        for head in range(HEADS):
            expected = slow(found(), point, head_becomes(head, only_first))
            np.testing.assert_allclose(result.heads[layer, head], expected, atol=1e-4)
        expected = slow(found(), point, head_becomes(slice(None), only_first))
        np.testing.assert_allclose(result.attention[layer], expected, atol=1e-4)
    assert np.isnan(result.mlp).all(), "an MLP reads no positions"
    assert result.finished and "Stopped" not in result.caption()


@of_both
def test_what_was_written_in_another_picture_stands_in_with_and_without_caption(found, donor):
    result = ablate(found(), "resample", donor=donor)
    for layer in range(LAYERS):
        point = f"block.{layer}.attn.head"
        with torch.no_grad():
            said, null = (
                model().forward(model().text_rows([ids]), donor.codes[None], want=[point])
                for ids in (donor.trace.ids, ())
            )
        for head in range(HEADS):
            changes = [
                head_becomes(head, one.wanted[point][0, head, ROWS]) for one in (said, null)
            ]
            expected = slow(found(), point, *changes)
            np.testing.assert_allclose(result.heads[layer, head], expected, atol=1e-4)


@of_both
def test_resampled_from_itself_nothing_changes(found):
    result = ablate(found(), "resample", donor=found())
    for bits in (result.heads, result.attention, result.mlp):
        assert np.abs(bits).max() < 1e-4


@of_both
@pytest.mark.parametrize("kind", ["zero", "start"])
def test_taken_away_in_every_row_words_lose_the_head_too(found, kind):
    result = ablate(found(), kind, rows="all", layers=[0], whole_layers=False)

    def zero(value, at):
        value[0, 1] = 0
        return value

    def start(value, at):
        value[0, 1] = torch.eye(T + PATCHES)[0]
        return value

    change, part = (zero, "head") if kind == "zero" else (start, "pattern")
    expected = slow(found(), f"block.0.attn.{part}", change)
    np.testing.assert_allclose(result.heads[0, 1], expected, atol=1e-4)
    assert np.abs(result.heads - ablate(found(), kind, layers=[0]).heads).max() > 1e-3
    assert "in every row" in result.caption()


# -- what is asked


def test_layers_are_asked_in_their_order_and_whole_layers_may_be_left_out():
    whole = ablate(plain(), "zero")
    result = ablate(plain(), "zero", layers=[1], whole_layers=False)
    assert result.layers == (1,) and result.heads.shape == (1, HEADS, SIDE, SIDE)
    np.testing.assert_allclose(result.heads[0], whole.heads[1], atol=1e-5)
    assert np.isnan(result.attention).all() and np.isnan(result.mlp).all()
    assert result.finished


def test_stopped_it_keeps_what_it_has_and_says_so():
    tiny = passes(budget=1)
    whole = ablate(plain(), "zero")
    answers = iter([True] * 3 + [False])
    result = ablate(tiny, "zero", goes_on=lambda: next(answers))
    np.testing.assert_allclose(result.heads[0], whole.heads[0], atol=1e-5)
    np.testing.assert_allclose(result.heads[1, 0], whole.heads[1, 0], atol=1e-5)
    assert np.isnan(result.heads[1, 1]).all() and not result.finished
    assert "Stopped before its end" in result.caption()
    assert np.isnan(result.totals[1, 1]) and np.isfinite(result.totals[1, 0])
    assert "nan" not in result.alt()
    answers = iter([True] * 5 + [False])
    late = ablate(tiny, "zero", goes_on=lambda: next(answers))
    assert np.isfinite(late.heads).all() and np.isnan(late.mlp).all() and not late.finished
    assert "Stopped before its end" in late.caption()
    nothing = ablate(plain(), "zero", goes_on=lambda: False)
    assert "No head was asked." in nothing.alt()


def test_progress_counts_heads_and_layers():
    seen = []
    ablate(plain(), "zero", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (8, 8)
    ablate(plain(), "start", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)


def test_captions_say_how_where_and_that_an_effect_is_a_lower_bound(donor):
    for kind, said in (
        ("zero", "nothing stands in"),
        ("start", "it reads the first position of the sequence only"),
        ("resample", "what it wrote in another picture stands in"),
    ):
        caption = ablate(plain(), kind, donor=donor, layers=[0]).caption()
        assert said in caption and "in the rows that predict patches" in caption
        assert "What it depended on inside" in caption and "lower bound" in caption
        assert "Replay error" in caption and "looked" not in caption
    assert "guided distribution" in ablate(guided(), "zero", layers=[0]).caption()


def test_the_table_has_every_head_and_two_rows_more_a_layer():
    result = ablate(plain(), "zero")
    rows = result.rows()
    assert [(row["layer"], row["part"]) for row in rows] == [
        (layer, part) for layer in (0, 1) for part in ("head 0", "head 1", "attention", "mlp")
    ]
    assert rows[1]["bits"] == pytest.approx(result.totals[0, 1])
    assert result.measures()["bits of head 1.0"] == result.totals[1, 0]
    layer, head = np.unravel_index(result.totals.argmax(), result.totals.shape)
    assert f"without head {head} of layer {layer}" in result.alt()


def test_what_cannot_be_asked_is_refused_with_what_can(means):
    for asked, sentence in (
        ({"kind": "median"}, f"kind is 'median', but it is one of {', '.join(KINDS)}"),
        ({"kind": "zero", "rows": "text"}, "rows is 'text', but it is 'image' or 'all'"),
        ({"kind": "mean"}, "needs what heads write on average.*check atlas.*kind='zero'"),
        ({"kind": "resample"}, "needs a donor"),
        ({"kind": "mean", "means": means, "rows": "all"}, "take 'zero' or 'start'"),
        ({"kind": "resample", "rows": "all"}, "take 'zero' or 'start'"),
        ({"kind": "zero", "layers": [2]}, "the layers 0 to 1"),
        ({"kind": "zero", "layers": []}, "layers is empty"),
    ):
        with pytest.raises(InputError, match=sentence):
            ablate(plain(), **asked)


def test_means_and_donors_of_another_model_are_refused(means):
    other = Means(means.heads[:1], means.mlp[:1], means.attention[:1])
    with pytest.raises(InputError, match="this model's are .*measured for another model"):
        ablate(plain(), "mean", means=other)
    network = other_model(0)
    with pytest.raises(InputError, match="the donor was drawn by another model"):
        ablate(plain(), "resample", donor=Passes(network, plain().trace))


def test_a_model_that_cannot_be_changed_inside_refuses(monkeypatch):
    supports = dataclasses.replace(model().supports, edits=False)
    monkeypatch.setattr(model(), "supports", supports)
    with pytest.raises(InputError, match="supports.edits is False"):
        ablate(plain(), "zero")


# -- planted truth


@pytest.mark.parametrize("kind", ["zero", "start"])
@each
def test_only_heads_that_hand_the_value_on_matter_and_only_at_their_patch(one, kind):
    rows = "all"  # a relay is read in the rows of the words
    result = ablate(reading(one), kind, rows=rows)
    where = np.zeros((SIDE, SIDE), dtype=bool)
    where[one.patch] = True
    for layer in range(one.model.layers):
        for head in range(one.model.heads):
            bits = result.heads[layer, head]
            if (layer, head) in one.heads:
                assert bits[where] > 3
            else:
                assert np.abs(bits[where]) < 0.5
            assert np.abs(bits[~where]).max() < 0.05
