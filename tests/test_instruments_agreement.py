"""Do they agree? Scores of words side by side, a badge, and words taken away in their order."""

import dataclasses

import numpy as np
import pytest
from planted_passes import DECOY, DIRECT, HOPS, reading, rival, word
from tiny_traces import SIDE, guided, model, passes, plain

from dalle_explore.errors import InputError
from dalle_explore.instruments.agreement import SCORES, Agreement, Deletion, agreement, word_maps
from dalle_explore.instruments.attention import attention
from dalle_explore.instruments.gradient import gradient
from dalle_explore.instruments.knockout import depends_on
from dalle_explore.instruments.passes import Variant
from dalle_explore.statistics.ranks import spearman

pytestmark = pytest.mark.usefixtures("one_thread")

MASK = np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % 3 == 1


@pytest.fixture(scope="module")
def whole():
    return agreement(plain())


@pytest.fixture(scope="module")
def masked():
    return agreement(guided(), mask=MASK)


def test_scores_are_sums_of_the_maps_of_single_instruments(whole):
    found = plain()
    assert whole.words == ("a", "red", "cube", "on", "a", "sphere")
    assert list(whole.scores) == list(SCORES)
    looked = attention(found)
    for by in ("attention", "contribution"):
        share = looked.by_word(looked.shares(by))[:, :6].mean(axis=0)
        np.testing.assert_allclose(whole.scores[by], share, atol=1e-6)
    np.testing.assert_allclose(
        whole.scores["gradient"], gradient(found)[:, :6].sum(axis=0), atol=1e-4
    )
    for name, mode in (("knockout_image", "image"), ("knockout", "all")):
        expected = depends_on(found, mode=mode).totals[:6]
        np.testing.assert_allclose(whole.scores[name], expected, atol=1e-4)


def test_under_a_mask_only_its_patches_count(masked):
    maps = word_maps(guided(), MASK)
    for name in ("attention", "contribution"):
        np.testing.assert_allclose(masked.scores[name], maps[name][:, MASK].mean(axis=-1))
    for name in ("knockout_image", "knockout"):
        np.testing.assert_allclose(masked.scores[name], maps[name][:, MASK].sum(axis=-1))
    expected = gradient(guided(), MASK)[:, :6].sum(axis=0)
    np.testing.assert_allclose(masked.scores["gradient"], expected, atol=1e-4)
    assert f"Of {MASK.sum()} patches." in masked.caption()


def test_maps_are_laid_out_by_word_row_and_column():
    maps = word_maps(plain())
    assert {one.shape for one in maps.values()} == {(6, SIDE, SIDE)}
    np.testing.assert_allclose(maps["knockout"], depends_on(plain(), mode="all").bits[:6])
    np.testing.assert_allclose(maps["gradient"][2].flatten(), gradient(plain())[:, 2])


def test_punctuation_is_not_scored():
    found = agreement(passes(prompt="a red, cube!"), deletion=False)
    assert found.words == ("a", "red", "cube") and found.places == (0, 1, 3)
    assert found.deletion is None and "Deletion" not in found.caption()


def test_correlations_are_spearmans_of_all_pairs(whole):
    table, values = whole.correlations, list(whole.scores.values())
    assert table.shape == (5, 5)
    np.testing.assert_array_equal(np.diag(table), 1)
    np.testing.assert_allclose(table, table.T)
    for i in range(5):
        for j in range(i):
            assert table[i, j] == pytest.approx(spearman(values[i], values[j]))


def scored(**scores):
    """A comparison with scores set by hand, of a real picture."""
    given = {name: np.arange(6.0) for name in SCORES} | {
        name: np.array(values, dtype=float) for name, values in scores.items()
    }
    return Agreement(plain().subject, tuple(range(6)), given, None)


def test_ties_share_their_ranks_and_scores_all_alike_have_no_correlation():
    found = scored(contribution=[1, 1, 2, 2, 3, 3], attention=[0.5] * 6)
    names = list(SCORES)
    knockout, contribution = names.index("knockout"), names.index("contribution")
    expected = spearman([1, 1, 2, 2, 3, 3], range(6))
    assert found.correlations[contribution, knockout] == pytest.approx(expected) and expected < 1
    row = found.correlations[names.index("attention")]
    assert np.isnan(row).all()
    assert np.isnan(found.measures()["correlation of attention with knockout"])


def test_the_badge_says_whether_the_word_looked_at_most_costs_most():
    agree = scored(contribution=[0, 0, 1, 0, 0, 0], knockout=[-1, 0, 3, 2, 1, 0])
    assert not agree.disagree and agree.measures()["disagree"] == 0
    assert agree.badge() == ("Both agree here: “cube” is looked at most, and its loss costs most.")
    apart = scored(contribution=[0, 1, 0, 0, 0, 0], knockout=[-1, 0, 3, 2, 1, 0])
    assert apart.disagree and apart.measures()["disagree"] == 1
    assert "“red” is looked at most, but the loss of “cube” costs most." in apart.badge()
    nothing = scored(contribution=[0, 0, 1, 0, 0, 0], knockout=[-1, -2, 0, -1, -1, -3])
    assert nothing.disagree and "no word's loss costs bits" in nothing.badge()
    assert apart.badge() in apart.caption() and apart.badge() in apart.alt()


# -- deletion


@pytest.mark.parametrize("one", ["whole", "masked"])
def test_curves_begin_at_nothing_and_end_where_all_words_are_gone(one, request):
    result = request.getfixturevalue(one)
    found = plain() if one == "whole" else guided()
    counted = np.ones_like(MASK) if one == "whole" else MASK
    text = found.subject.text

    def lost(places):
        bits = found.bits_lost([Variant(hidden=text.tokens(sorted(places)))])[0]
        return bits[counted.flatten()].sum()

    curves = result.deletion.curves
    assert list(curves) == list(SCORES)
    for name, curve in curves.items():
        order = np.argsort(-result.scores[name], kind="stable")
        assert curve.shape == (7,) and curve[0] == 0
        assert curve[1] == pytest.approx(lost([order[0]]), abs=1e-3)
        assert curve[3] == pytest.approx(lost(order[:3]), abs=1e-3)
        assert curve[6] == pytest.approx(lost(range(6)), abs=1e-3)
    assert curves["knockout"][1] == pytest.approx(result.scores["knockout"].max(), abs=1e-3)
    assert result.deletion.random.shape == (8, 7)
    assert (result.deletion.random[:, 0] == 0).all()
    np.testing.assert_allclose(result.deletion.random[:, -1], curves["knockout"][-1], atol=1e-3)


def test_orders_are_the_same_every_time(whole):
    again = agreement(plain())
    np.testing.assert_array_equal(again.deletion.random, whole.deletion.random)


def test_areas_are_shares_of_what_all_words_cost():
    found = Deletion({}, np.zeros((1, 4)))
    assert found.area(np.array([0.0, 1, 2, 3])) == pytest.approx(0.5)
    assert found.area(np.array([0.0, 3, 3, 3])) == pytest.approx(5 / 6)
    assert found.area(np.array([0.0, 0, 0, 3])) == pytest.approx(1 / 6)
    assert found.area(2 * np.array([0.0, 3, 3, 3])) == pytest.approx(5 / 6)
    for nothing in (0.0, -2.0):
        assert np.isnan(found.area(np.array([0.0, 1, 1, nothing])))


def test_measures_hold_correlations_and_areas(whole):
    measures = whole.measures()
    names = list(SCORES)
    for name in names[:-1]:
        expected = whole.correlations[names.index(name), -1]
        assert measures[f"correlation of {name} with knockout"] == pytest.approx(expected)
    deletion = whole.deletion
    areas = [deletion.area(curve) for curve in deletion.random]
    random = measures["deletion area by random order"]
    assert random == pytest.approx(np.mean(areas), nan_ok=True)
    area = deletion.area(deletion.curves["gradient"])
    assert measures["deletion area by gradient"] == pytest.approx(area, nan_ok=True)


def test_progress_counts_the_readings_of_the_deletion():
    seen = []
    agreement(plain(), progress=lambda done, total: seen.append((done, total)))
    assert seen and seen[-1][0] == seen[-1][1] <= 63
    seen.clear()
    agreement(plain(), deletion=False, progress=lambda done, total: seen.append((done, total)))
    assert not seen


def test_captions_and_tables_name_the_instruments(whole):
    assert all(said in whole.caption() for said in SCORES.values())
    assert "Spearman's rank correlations over 6 words" in whole.caption()
    assert "against 8 random orders" in whole.caption() and "Replay error" in whole.caption()
    rows = whole.rows()
    assert [row["word"] for row in rows] == list(whole.words)
    assert rows[2]["gradient"] == whole.scores["gradient"][2]


def test_one_word_alone_is_refused():
    with pytest.raises(InputError, match="has 1 words.*take a prompt of two or more"):
        agreement(passes(prompt="cube!"))
    with pytest.raises(InputError, match="the mask is empty"):
        agreement(plain(), mask=np.zeros_like(MASK))


def test_models_that_cannot_be_asked_refuse(monkeypatch):
    supports = dataclasses.replace(model().supports, edits=False)
    monkeypatch.setattr(model(), "supports", supports)
    with pytest.raises(InputError, match="supports.edits is False"):
        agreement(plain())
    supports = dataclasses.replace(model().supports, word_attention="uniform")
    monkeypatch.setattr(model(), "supports", supports)
    with pytest.raises(InputError, match="'uniform'"):
        agreement(plain())


# -- planted truth


def at_patch(one):
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[one.patch] = True
    return agreement(reading(one), mask=mask)


def test_where_one_word_decides_all_agree():
    found = at_patch(DIRECT)
    assert [found.first(name) for name in SCORES] == [word(DIRECT)] * 5
    assert not found.disagree
    areas = {name: found.deletion.area(curve) for name, curve in found.deletion.curves.items()}
    assert min(areas.values()) > 0.9
    assert np.mean([found.deletion.area(one) for one in found.deletion.random]) < 0.9


def test_attention_falls_for_the_decoy_and_contribution_does_not():
    found = at_patch(DECOY)
    assert found.first("attention") == rival(DECOY)
    for name in ("contribution", "gradient", "knockout_image", "knockout"):
        assert found.first(name) == word(DECOY)
    assert not found.disagree
    areas = {name: found.deletion.area(curve) for name, curve in found.deletion.curves.items()}
    assert areas["attention"] < areas["contribution"]


def test_over_a_relay_looking_and_depending_disagree():
    found = at_patch(HOPS)
    assert found.first("contribution") == found.first("knockout_image") == rival(HOPS)
    assert found.first("knockout") == word(HOPS)
    assert found.disagree and f"the loss of “{word(HOPS)}” costs most" in found.badge()
