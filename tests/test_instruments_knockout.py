"""What a picture depends on: a word or a region is taken away, and every patch is asked again."""

import dataclasses

import numpy as np
import pytest
import torch
from planted_passes import DECOY, DIRECT, HOPS, each, reading, rival, word
from tiny_model import CODES
from tiny_traces import PATCHES, SIDE, T, drawn, guided, model, passes, plain

from dalle_explore.edits import KnockOut
from dalle_explore.errors import InputError
from dalle_explore.generator import Cut, Inside
from dalle_explore.instruments.knockout import MODES, PADS, depends_on, depends_on_region
from dalle_explore.sampling.pick import guide

pytestmark = pytest.mark.usefixtures("one_thread")

NAMES = ("“a”", "“red”", "“cube”", "“on”", "“a”", "“sphere”")
of_both = pytest.mark.parametrize("found", [plain, guided], ids=["plain", "guided"])


def slow(found, *, hidden=(), image_only=False, layers=None, ids=None, codes=None):
    """Bits lost, out of plain readings of both streams, [rows columns]."""

    def logs(hidden, ids, codes):
        keys = torch.zeros(1, T + PATCHES, dtype=torch.bool)
        keys[0, list(hidden)] = True
        bare = keys.clone()
        bare[:, :T] = False
        with torch.no_grad():
            logits, null = (
                model()
                .forward(
                    model().text_rows([said]),
                    torch.from_numpy(codes)[None],
                    inside=Inside(cuts=(Cut(cut, image_only, layers),)),
                )
                .code_logits
                for said, cut in ((ids, keys), ((), bare))
            )
        guidance = found.trace.recipe.settings.guidance
        mixed = logits if guidance == 1 else guide(logits, null, guidance)
        recorded = torch.from_numpy(found.trace.codes)[:, None]
        return mixed.log_softmax(dim=-1)[0].gather(1, recorded)[:, 0].numpy()

    own = found.trace.ids, found.trace.codes
    changed = own[0] if ids is None else ids, own[1] if codes is None else codes
    lost = logs((), *own) - logs(hidden, *changed)
    return lost.reshape(SIDE, SIDE) / np.log(2)


# -- words


@of_both
@pytest.mark.parametrize("mode", ["image", "all"])
def test_every_word_and_the_padding_cost_what_a_slow_loop_says(found, mode):
    result = depends_on(found(), mode=mode)
    assert result.names == (*NAMES, PADS) and result.mode == mode
    assert result.places == ((0,), (1,), (2,), (3,), (4,), (5,), ())
    text = found().subject.text
    hidden = [text.tokens([place]) for place in range(6)] + [tuple(range(len(text.ids), T))]
    for bits, positions in zip(result.bits, hidden, strict=True):
        expected = slow(found(), hidden=positions, image_only=mode == "image")
        np.testing.assert_allclose(bits, expected, atol=1e-4)
    np.testing.assert_allclose(result.totals, result.bits.sum(axis=(1, 2)))
    assert result.first == result.totals.argmax()


def test_the_modes_differ_in_what_other_words_hand_on():
    image, every = (depends_on(plain(), "red", mode=mode).bits for mode in ("image", "all"))
    assert np.abs(image - every).max() > 1e-3


def test_words_are_asked_by_name_alone_in_runs_and_in_lists():
    everything = depends_on(plain()).bits
    one = depends_on(plain(), "Cube")
    assert one.names == ("“cube”",)
    np.testing.assert_allclose(one.bits[0], everything[2], atol=1e-5)
    several = depends_on(plain(), ["sphere", "red cube", "a"])
    assert several.names == ("“sphere”", "“red cube”", "“a … a”")
    assert several.places == ((5,), (1, 2), (0, 4))
    np.testing.assert_allclose(several.bits[0], everything[5], atol=1e-5)
    text = plain().subject.text
    for row, places in ((1, (1, 2)), (2, (0, 4))):
        expected = slow(plain(), hidden=text.tokens(places))
        np.testing.assert_allclose(several.bits[row], expected, atol=1e-4)


def test_attention_is_cut_in_the_layers_that_are_named():
    result = depends_on(plain(), "red", mode="all", layers=[1])
    hidden = plain().subject.text.tokens([1])
    expected = slow(plain(), hidden=hidden, layers=frozenset({1}))
    np.testing.assert_allclose(result.bits[0], expected, atol=1e-4)
    assert "(cut in the layers 1 only)" in result.caption()
    assert "only)" not in depends_on(plain(), "red").caption()


@of_both
def test_another_caption_is_read_in_the_place_of_the_own(found):
    result = depends_on(found(), "red", mode="replace", replacing={"red": ["green"]})
    ids = model().encode_text("a green cube on a sphere").ids
    np.testing.assert_allclose(result.bits[0], slow(found(), ids=ids), atol=1e-4)
    assert result.replaced == (("green",),)
    assert "Replaced: “red” by green, mean over those captions." in result.caption()


def test_of_several_captions_the_mean_is_taken_word_by_word():
    others = {"sphere": ["cone", "owl"], "red": ["odd"]}
    result = depends_on(plain(), ["red", "sphere"], mode="replace", replacing=others)
    assert result.replaced == (("odd",), ("cone", "owl"))
    parts = [
        slow(plain(), ids=model().encode_text(f"a red cube on {said}").ids)
        for said in ("a cone", "an owl")
    ]
    np.testing.assert_allclose(result.bits[1], np.mean(parts, axis=0), atol=1e-4)
    odd = slow(plain(), ids=model().encode_text("an odd cube on a sphere").ids)
    np.testing.assert_allclose(result.bits[0], odd, atol=1e-4)


def test_all_words_are_replaced_one_by_one_and_there_is_no_padding():
    result = depends_on(plain(), mode="replace")
    assert result.names == NAMES and len(result.replaced) == 6
    assert all(result.replaced) and np.isfinite(result.bits).all()
    known = depends_on(plain(), "red", mode="replace")
    np.testing.assert_allclose(result.bits[1], known.bits[0], atol=1e-5)


def test_a_second_knock_out_gives_equal_numbers():
    one, other = (depends_on(guided(), mode="all").bits for _ in range(2))
    np.testing.assert_array_equal(one, other)


# -- stopped


def test_stopped_it_says_what_was_not_asked_and_gives_no_number_for_it():
    tiny = passes(budget=1)
    answers = iter([True, True, False])
    result = depends_on(tiny, goes_on=lambda: next(answers))
    whole = depends_on(plain())
    np.testing.assert_allclose(result.bits[:2], whole.bits[:2], atol=1e-5)
    assert np.isnan(result.bits[2:]).all() and np.isnan(result.totals[2:]).all()
    assert result.first == result.totals[:2].argmax()
    assert "Stopped before its end: 5 were not asked." in result.caption()
    assert "Stopped" not in whole.caption()
    rows = result.rows()
    assert rows[2]["bits"] is rows[2]["most_bits"] is rows[2]["most_at_row"] is None
    assert rows[0]["bits"] == pytest.approx(whole.rows()[0]["bits"], abs=1e-4)
    assert "nan" not in result.alt() and "nan" not in result.caption()
    assert np.isnan(result.measures()["bits of “cube”"])


def test_a_word_of_several_captions_has_a_number_only_when_all_were_read():
    tiny = passes(budget=1)
    answers = iter([True, False])
    others = {"red": ["blue", "green"]}
    result = depends_on(
        tiny, "red", mode="replace", replacing=others, goes_on=lambda: next(answers)
    )
    assert np.isnan(result.bits).all()


def test_progress_counts_readings():
    seen = []
    fresh = passes()
    depends_on(fresh, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(7, 7)]
    seen.clear()
    depends_on(fresh, progress=lambda done, total: seen.append((done, total)))
    assert not seen, "what is known already is not read again"
    seen.clear()
    others = {"red": ["blue", "green"]}
    tiny = passes(budget=1)
    depends_on(
        tiny,
        "red",
        mode="replace",
        replacing=others,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 2), (2, 2)]


# -- said


def test_captions_say_what_was_taken_away_how_and_that_it_is_an_intervention():
    for mode, said in (
        ("image", "the rows that predict patches cannot read it"),
        ("all", "no later position can read it, words included"),
        ("replace", "another word stands in its place"),
    ):
        caption = depends_on(plain(), ["red", "cube"], mode=mode).caption()
        assert "What it depended on: bits" in caption and said in caption
        assert "when each word is taken away" in caption and "looked" not in caption
        assert "Replay error" in caption and "Negative: more likely without it" in caption
        assert "guided" not in caption.partition("Replay")[0]
    assert "when “red” is taken away" in depends_on(plain(), "red").caption()
    assert f"each word, and then {PADS}, is taken away" in depends_on(plain()).caption()
    assert "on the guided distribution" in depends_on(guided()).caption()


def test_the_table_has_a_row_for_each_and_names_the_patch_that_loses_most():
    result = depends_on(plain(), ["red", "cube"])
    for place, row in enumerate(result.rows()):
        bits = result.bits[place]
        assert row["name"] == NAMES[place + 1] and row["mode"] == "all"
        assert row["bits"] == pytest.approx(bits.sum())
        assert bits[row["most_at_row"], row["most_at_column"]] == row["most_bits"] == bits.max()
        assert row["replaced_by"] is None
    first = result.names[result.first]
    assert f"Most are lost without: {first}" in result.alt()


def test_words_said_twice_keep_both_their_measures():
    result = depends_on(plain())
    measures = result.measures()
    assert len(measures) == 7
    assert measures["bits of “a”"] == result.totals[0]
    assert measures["bits of “a” (2)"] == result.totals[4]
    assert measures["bits of the padding"] == result.totals[6]


WORDS = "a, red, cube, on, a, sphere"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"words": "blue"}, f"no word 'blue': its words are {WORDS}"),
        ({"words": ["red", "blue"]}, f"no word 'blue': its words are {WORDS}"),
        ({"words": [1]}, f"word is 1, .*its words are {WORDS}"),
        ({"words": []}, "words is empty: name at least one, or give 'all'"),
        ({"words": 3}, "words is 3, but it is a word, a list of them, or 'all'"),
        ({"mode": "edges"}, "mode is 'edges', but it is one of image, all, replace"),
        ({"layers": [5]}, "no layer 5: this model has the layers 0 to 1"),
        ({"mode": "replace", "layers": [1]}, "leave layers out, or cut attention with mode="),
        ({"replacing": {"red": ["blue"]}}, "replacing belongs to mode='replace'"),
        ({"mode": "replace", "replacing": {"blue": ["x"]}}, f"its words are {WORDS}"),
        ({"words": "red", "mode": "replace", "replacing": {"on": ["x"]}}, "not among the words"),
        ({"mode": "replace", "replacing": {"red": "owl"}}, "'owl', but they are a list of texts"),
        ({"mode": "replace", "replacing": {"red": []}}, "a list of texts"),
        ({"words": "a red cube on a sphere", "mode": "replace"}, "nothing is left of"),
    ],
    ids=repr,
)
def test_what_cannot_be_asked_is_refused_with_what_can(asked, sentence):
    with pytest.raises(InputError, match=sentence):
        depends_on(plain(), **asked)


def test_a_prompt_that_fills_the_text_has_no_padding():
    found = passes(prompt="a red cube on a sphere of")
    assert len(found.trace.ids) == T
    result = depends_on(found)
    assert PADS not in result.names and "padding" not in result.caption()
    # The last token stands where the first patch is predicted, and a position reads itself.
    assert np.isfinite(result.bits).all()


def test_a_prompt_that_says_all_can_be_asked_about_that_word():
    found = passes(prompt="all red cubes")
    assert depends_on(found, ["all"]).names == ("“all”",)
    assert len(depends_on(found, "all").names) == 4


def test_where_words_were_knocked_out_while_drawing_another_caption_is_refused():
    found = passes((KnockOut("red"),))
    with pytest.raises(
        InputError, match=r"drawn with KnockOut\('?.*use mode='image' or mode='all'"
    ):
        depends_on(found, "cube", mode="replace")
    assert np.abs(depends_on(found, "red", mode="image").bits).max() < 1e-4
    assert np.abs(depends_on(found, "cube").bits).max() > 1e-3


def test_a_model_that_cannot_be_changed_inside_can_still_read_another_caption(monkeypatch):
    supports = dataclasses.replace(model().supports, edits=False)
    monkeypatch.setattr(model(), "supports", supports)
    for mode in ("image", "all"):
        with pytest.raises(InputError, match="supports.edits is False"):
            depends_on(passes(), mode=mode)
    assert np.isfinite(depends_on(plain(), "red", mode="replace").bits).all()


# -- regions


def box(rows, columns):
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[rows.start : rows.stop, columns.start : columns.stop] = True
    return mask


@of_both
def test_a_region_that_nobody_reads_costs_what_a_slow_loop_says(found):
    rows, columns = range(1, 3), range(0, 2)
    result = depends_on_region(found(), rows, columns)
    hidden = tuple(T + patch for patch in np.flatnonzero(box(rows, columns)))
    expected = slow(found(), hidden=hidden, image_only=True)
    asked = ~np.isnan(result.bits[0])
    np.testing.assert_allclose(result.bits[0][asked], expected[asked], atol=1e-4)
    np.testing.assert_array_equal(result.region, box(rows, columns))
    assert result.totals[0] == pytest.approx(expected[asked].sum(), abs=1e-3)


def test_patches_before_inside_and_right_after_a_region_are_not_counted():
    # Rows 1 and 2, columns 1 and 2: patches 5, 6, 9, 10; 7 and 11 are predicted where 6 and 10
    # stand, so that they know those codes however they are hidden.
    result = depends_on_region(plain(), range(1, 3), range(1, 3))
    assert np.flatnonzero(~np.isnan(result.bits[0])).tolist() == [8, 12, 13, 14, 15]
    wide = depends_on_region(plain(), range(1, 2), range(0, 4))
    assert np.flatnonzero(np.isnan(wide.bits[0])).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert "right after" in result.caption() and "not counted" in result.caption()
    assert "without a region" in result.alt()
    assert result.rows()[0]["name"] == "the region of rows 1 to 2, columns 1 to 2"


@of_both
def test_what_is_hidden_of_a_region_is_all_that_counted_patches_could_know(found):
    """With other codes in the region, hidden too, nothing that is counted changes."""
    rows, columns = range(0, 2), range(1, 3)
    mask = box(rows, columns)
    other = np.where(mask, (found().trace.grid + 5) % CODES, found().trace.grid)
    hidden = tuple(T + patch for patch in np.flatnonzero(mask))
    expected = slow(found(), hidden=hidden, image_only=True, codes=other.flatten())
    bits = depends_on_region(found(), rows, columns).bits[0]
    np.testing.assert_allclose(bits[~np.isnan(bits)], expected[~np.isnan(bits)], atol=1e-4)


@of_both
def test_other_codes_stand_in_a_region(found):
    rows, columns = range(1, 2), range(1, 3)
    codes = drawn(prompt="a blue cube", seed=9).grid
    result = depends_on_region(found(), rows, columns, mode="replace", codes=codes)
    mixed = np.where(box(rows, columns), codes, found().trace.grid)
    expected = slow(found(), codes=mixed.flatten())
    unasked = np.isnan(result.bits[0])
    assert np.flatnonzero(unasked).tolist() == [0, 1, 2, 3, 4, 5, 6]
    np.testing.assert_allclose(result.bits[0][~unasked], expected[~unasked], atol=1e-4)
    assert "other codes stand in its place" in result.caption()


def test_the_same_codes_in_a_region_cost_nothing():
    grid = plain().trace.grid
    result = depends_on_region(plain(), range(0, 2), range(0, 2), mode="replace", codes=grid)
    assert np.nanmax(np.abs(result.bits)) < 1e-5


def test_a_region_is_cut_in_the_layers_that_are_named():
    result = depends_on_region(plain(), range(0, 1), range(0, 4), layers=[0])
    expected = slow(plain(), hidden=range(T, T + 4), image_only=True, layers=frozenset({0}))
    asked = ~np.isnan(result.bits[0])
    np.testing.assert_allclose(result.bits[0][asked], expected[asked], atol=1e-4)
    assert "(cut in the layers 0 only)" in result.caption()


ZEROS = np.zeros((SIDE, SIDE), dtype=int)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"rows": range(3, 5)}, r"rows is range\(3, 5\).*a range within 0 to 4"),
        ({"rows": range(1, 1)}, r"rows is range\(1, 1\)"),
        ({"columns": range(0, 4, 2)}, "columns is range"),
        ({"columns": 2}, "columns is 2, but it has to be a range"),
        ({"mode": "all"}, "mode is 'all', but it is one of image, replace"),
        ({"codes": ZEROS}, "codes belong to mode='replace'"),
        ({"mode": "replace"}, r"codes is nothing, .*whole numbers of shape \(4, 4\)"),
        ({"mode": "replace", "codes": ZEROS[:2]}, r"shape \(2, 4\)"),
        ({"mode": "replace", "codes": ZEROS / 2}, "float64"),
        ({"mode": "replace", "codes": ZEROS + CODES}, f"between 0 and {CODES - 1}"),
        ({"mode": "replace", "codes": ZEROS - 1}, "they come from another model"),
        ({"rows": range(3, 4), "columns": range(2, 4)}, "leave no later patch"),
        ({"rows": range(3, 4), "columns": range(2, 3)}, "leave no later patch"),
        ({"rows": range(0, 4), "columns": range(0, 4)}, "leave no later patch"),
        ({"layers": [2]}, "the layers 0 to 1"),
    ],
    ids=repr,
)
def test_regions_that_cannot_be_asked_are_refused(asked, sentence):
    asked = {"rows": range(0, 2), "columns": range(0, 2)} | asked
    with pytest.raises(InputError, match=sentence):
        depends_on_region(plain(), **asked)


# -- planted truth


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("one", [DIRECT, DECOY], ids=lambda one: one.name)
def test_the_word_that_decides_costs_most_at_its_patch_and_nothing_elsewhere(one, mode):
    result = depends_on(reading(one), mode=mode)
    assert result.first == one.word
    bits = result.bits[one.word]
    assert bits[one.patch] > 4
    assert np.delete(bits.flatten(), one.patch[0] * SIDE + one.patch[1]).max() < 1e-3
    others = np.delete(result.totals[: len(reading(one).subject.words)], one.word)
    assert np.abs(others).max() < 1e-2


def test_over_two_hops_the_patches_own_edges_miss_the_word_and_all_edges_find_it():
    image, every = (depends_on(reading(HOPS), mode=mode) for mode in ("image", "all"))
    assert np.abs(image.bits[HOPS.word]).max() < 1e-4
    assert reading(HOPS).subject.words[image.first] == rival(HOPS)
    assert reading(HOPS).subject.words[every.first] == word(HOPS)
    assert every.bits[HOPS.word][HOPS.patch] > 7
    replaced = depends_on(reading(HOPS), word(HOPS), mode="replace", replacing={"blue": ["red"]})
    assert replaced.bits[0][HOPS.patch] > 7


@each
def test_in_planted_models_no_region_matters(one):
    bits = depends_on_region(reading(one), range(0, 1), range(0, 2)).bits
    assert np.nanmax(np.abs(bits)) < 1e-4
