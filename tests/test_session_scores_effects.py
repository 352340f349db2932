"""Effects of slots, words and luck, calibration, comparisons and disagreements."""

import numpy as np
import pytest
from tiny_scores import BRIGHTNESS, judged, planted, tiny_draws, tiny_model

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.scoring.scorers import FunctionScorer
from dalle_explore.session.scores import Scores

pytestmark = pytest.mark.usefixtures("one_thread")

TEMPLATE = "a {colour=red|blue} {cube|sphere|cone} {|on ice}"


def reddish(texts, pictures):
    """Red pictures score higher, whatever else they show; luck is small."""
    luck = pictures.mean(axis=(1, 2, 3)) / 255
    return 0.01 * luck + np.array([0.2 if " red " in text else 0.1 for text in texts])


REDDISH = FunctionScorer(reddish, "reddish", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def grid(folder):
    return dx.grid(tiny_model(folder), TEMPLATE, n=4, score=False, judge=False, gallery=False)


@pytest.fixture(scope="module")
def scores(grid):
    return Scores.of(grid, REDDISH)


@pytest.fixture(scope="module")
def three(folder):
    return Scores.of(tiny_draws(folder), BRIGHTNESS)


# -- which slot


def test_the_slot_that_moved_the_score_is_found_and_takes_the_variance(scores):
    found = scores.effects()
    assert [name for name, _ in found.axes] == ["colour", "slot 1", "slot 2"]
    name, axis = found.strongest()
    assert name == "colour" and axis.share > 0.99
    red, blue = axis.values
    assert red.effect == pytest.approx(0.05, abs=0.001) and blue.effect == -red.effect
    assert found.p["score"][0] < 0.01 < min(found.p["score"][1:])
    assert found.right is None and found.score.cells == 12 and found.seeds == 4
    rows = found.table()
    assert len(rows) == 2 + 3 + 2 and set(rows["measure"]) == {"score"}


def test_the_judge_is_tested_beside_the_score_and_all_p_are_raised_together(scores):
    right = [[float(cell.labels["slot 2"] == "on ice")] * 4 for cell in scores.cells]
    found = judged(scores, right).effects()
    assert found.strongest("right")[0] == "slot 2"
    assert found.right.axes[2].values[1].effect == pytest.approx(0.5)
    raw = [axis.p for one in (found.score, found.right) for axis in one.axes]
    assert [
        *found.p["score"],
        *found.p["right"],
    ] >= raw and "raised for 6 tests" in found.caption()


def test_effects_need_a_grid_with_several_cells(scores, three, grid):
    with pytest.raises(InputError, match="no scores of a grid"):
        three.effects()
    with pytest.raises(InputError, match="one cell only"):
        Scores((scores.cells[0],), scores.axes).effects()
    with pytest.raises(InputError, match="'right' needs a judge"):
        scores.effects().strongest("right")


def test_axes_that_only_change_together_are_not_told_apart(folder):
    linked = dx.grid(
        tiny_model(folder),
        "a {colour} {shape}",
        {"colour": ["red", "blue"], "shape": ["cube", "cone"]},
        n=2,
        zip=[("colour", "shape")],
        score=False,
        judge=False,
        gallery=False,
    )
    with pytest.raises(InputError, match="cannot be told apart"):
        Scores.of(linked, REDDISH).effects()


# -- words or luck


def test_words_and_luck_are_split(scores):
    words = planted(scores, [np.full(4, float(place)) for place in range(12)]).variance()
    assert words.score["prompt"].share == pytest.approx(1)
    assert words.worth == pytest.approx(12)  # pictures of one prompt say nothing new
    luck = planted(scores, [np.arange(4.0)] * 12).variance()
    assert luck.score["seed"].share == pytest.approx(1)
    assert luck.same_seeds and luck.right is None


def test_phrasing_is_an_axis_of_the_grid(scores):
    found = planted(scores, [np.full(4, float(p % 2)) for p in range(12)]).variance("slot 2")
    assert (found.score.prompts, found.score.phrasings, found.score.seeds) == (6, 2, 4)
    assert found.score["phrasing"].share == pytest.approx(1)
    with pytest.raises(InputError, match="the axes are colour, slot 1, slot 2"):
        scores.variance("words")
    fewer = Scores(scores.cells[:-1], scores.axes)
    with pytest.raises(InputError, match="1 or 2 phrasings"):
        fewer.variance("slot 2")


def test_one_prompt_or_one_picture_cannot_tell_words_from_luck(three, folder):
    for few in (Scores(three.cells[:1]), Scores.of(tiny_draws(folder, n=1), BRIGHTNESS)):
        with pytest.raises(InputError, match="cannot tell words from luck"):
            few.variance()


# -- calibration


def test_pooled_skill_without_skill_within_is_seen(three):
    """Prompts differ in score and in difficulty; within each the score knows nothing."""
    right = [[1, 1, 1, 0, 1, 1, 1, 1], [0, 0, 0, 1, 0, 0, 0, 0], [0, 1, 0, 1, 0, 1, 0, 1]]
    values = [np.full(8, 0.9), np.full(8, 0.1), np.full(8, 0.5)]
    found = planted(three, values, right).calibration(bins=3)
    assert found.within.value == 0.5 and found.within.n == 3 and found.pooled > 0.8
    assert [one.right.value for one in found.across] == pytest.approx([1 / 8, 1 / 2, 7 / 8])
    assert sum(one.right.n for one in found.across) == 24 and found.share == 0.5


def test_calibration_refuses_without_a_judge_and_where_all_is_alike(three):
    with pytest.raises(InputError, match="no judge has read"):
        three.calibration()
    with pytest.raises(InputError, match="all 24 pictures are wrong"):
        judged(three, [[0] * 8] * 3).calibration()
    for bins in (0, 25, True, 2.0):
        with pytest.raises(InputError, match="bins is"):
            judged(three).calibration(bins)
    sure = judged(three, [[1] * 8, [0] * 8, [1] * 8]).calibration()
    assert sure.within is None and "no prompt has both" in sure.caption()


# -- comparisons


def test_two_prompts_are_compared_seed_by_seed(three):
    values = [np.arange(8.0), np.arange(8.0) - 1, np.zeros(8)]
    right = [[1] * 8, [0, 0, 1, 1, 1, 1, 1, 1], [0] * 8]
    told = planted(three, values, right)
    found = told.compare(0, told.prompts[1])
    assert (found.score.difference, found.score.n, found.units) == (1, 8, "seeds")
    assert (found.right.difference, found.right.discordant) == (0.25, 2)
    assert 0 < found.delta.value < 1 and len(found.table()) == 8
    back = told.compare(1, 0)
    assert back.score.difference == -1 and back.delta.value == -found.delta.value


def test_values_of_an_axis_are_compared_cell_by_cell_and_cells_are_the_units(scores):
    found = scores.compare({"colour": "red"}, {"colour": "blue"})
    assert (found.score.n, found.units) == (6, "cells")
    assert found.score.difference == pytest.approx(0.1, abs=0.005)
    for one, other in found.pairs:
        assert one.prompt.replace("red", "blue") == other.prompt


def test_only_what_differs_and_shares_seeds_is_compared(three, folder):
    with pytest.raises(InputError, match="no two different prompts"):
        three.compare(0, 0)
    other = dx.draw(tiny_model(folder), "a fox", n=2, seed=90, score=False)
    mixed = Scores((*three.cells, *Scores.of(other, BRIGHTNESS).cells))
    with pytest.raises(InputError, match="no seed in common"):
        mixed.compare(0, 3)


def test_a_text_that_several_cells_share_needs_their_axes(folder):
    grid = dx.grid(
        tiny_model(folder), "a cube", n=2, guidance=[1, 3], score=False, judge=False, gallery=False
    )
    scores = Scores.of(grid, REDDISH)
    with pytest.raises(InputError, match="means 2 cells"):
        scores.compare("a cube", 1)
    assert scores.compare({"guidance": 1}, {"guidance": 3}).score.n == 2


# -- disagreements


def test_high_and_wrong_and_low_and_right_come_farthest_first(three):
    values = [np.arange(8.0)] * 2 + [np.zeros(8)]
    right = [[1, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 1, 1, 1, 1], [1, 0] * 4]
    found = planted(three, values, right).disagreements(2)
    assert [(one.seed, one.place) for one in found.high] == [(10, 1), (8, 3)]
    assert [(one.seed, one.place, one.right) for one in found.low] == [(3, 8, True)]
    assert found.counts == (3, 1) and found.high[0].wrong == ("subject",)
    assert found.high[0].picture.seed == 10


def test_disagreements_need_a_judge_who_disagrees(three):
    with pytest.raises(InputError, match="no judge has read"):
        three.disagreements()
    agreed = planted(three, [np.arange(8.0)] * 3, [[0] * 4 + [1] * 4] * 3)
    with pytest.raises(InputError, match="never disagree"):
        agreed.disagreements()
    with pytest.raises(InputError, match="n is 0"):
        judged(three).disagreements(0)
