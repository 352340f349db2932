"""Scores hold every picture, and refuse what they cannot carry."""

import dataclasses

import numpy as np
import pytest
from tiny_scores import BRIGHTNESS, PROMPTS, judged, many_prompts, planted, tiny_draws, tiny_model

import dalle_explore as dx
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.scoring.scorers import FunctionScorer
from dalle_explore.session.scores import Scores
from dalle_explore.session.scores.retrieval import swapped_pairs
from dalle_explore.statistics.curves import standardised

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def draws(folder):
    return tiny_draws(folder)


@pytest.fixture(scope="module")
def scores(draws):
    return Scores.of(draws, BRIGHTNESS)


def test_every_picture_has_its_score_in_the_order_of_seeds_losers_included(draws, scores):
    kept = Scores.of([draw.scored(BRIGHTNESS).best(2) for draw in draws])
    assert scores.prompts == kept.prompts == PROMPTS
    for draw, seeds, values, few in zip(
        draws, scores.seeds, scores.scores, kept.scores, strict=True
    ):
        assert seeds.tolist() == list(range(3, 11))
        by_seed = {sample.seed: np.asarray(sample.picture) for sample in draw.everything}
        wanted = [by_seed[seed].mean() / 255 + 0.01 * len(draw.prompt) for seed in seeds.tolist()]
        assert np.allclose(values, wanted) and np.array_equal(values, few)
    assert all(np.isnan(right).all() for right in scores.right)
    assert scores.scorer == "brightness" and scores.scorer_digest == BRIGHTNESS.digest


def test_one_draw_is_one_prompt_and_the_table_has_a_row_for_every_picture(draws):
    one = Scores.of(draws[0], BRIGHTNESS)
    table = one.table()
    assert len(one.cells) == 1 and len(table) == 8
    best = table.loc[table["place"] == 1, "score"].item()
    assert best == one.scores[0].max()


def test_scores_that_are_not_there_are_asked_of_the_models_own_scorer(draws):
    with pytest.raises(ModelFileError, match="carries no CLIP"):
        Scores.of(draws)


@pytest.mark.parametrize("given", [[], "a red cube", ["a red cube"], 3])
def test_what_has_no_scores_is_refused(given):
    with pytest.raises(InputError, match=r"scores are of a grid.*give what dx"):
        Scores.of(given)


def test_scores_of_two_scorers_are_not_mixed(draws):
    other = FunctionScorer(BRIGHTNESS.function, "brightness", "version 2")
    with pytest.raises(InputError, match="scored by 2 scorers"):
        Scores.of([draws[0].scored(BRIGHTNESS), draws[1].scored(other)])


def test_a_scorer_that_gives_no_number_is_refused_with_its_name(draws):
    lost = FunctionScorer(lambda texts, pictures: [np.nan] * len(texts), "lost", "1")
    with pytest.raises(InputError, match="'lost'"):
        Scores.of(draws, lost)


def test_scores_of_a_stopped_grid_say_what_is_missing(folder):
    grid = dx.grid(
        tiny_model(folder), "a {red|blue} cube", n=3, score=False, judge=False, gallery=False
    )
    with pytest.raises(InputError, match="no scores yet"):
        Scores.of(grid)
    first, second = grid.cells
    stopped = dataclasses.replace(
        grid,
        cells=(
            dataclasses.replace(
                first,
                pictures=tuple(
                    dataclasses.replace(one, score=None if one.seed == 1 else 0.5)
                    for one in first.pictures
                ),
            ),
            second,
        ),
    )
    scores = Scores.of(stopped)
    assert len(scores.cells) == 1 and scores.missing == 1
    assert scores.seeds[0].tolist() == [0, 2] and scores.cells[0].missing == 1
    assert "1 cell and 1 picture of others" in scores.caption()


def test_another_scorer_needs_the_codes_of_every_picture(folder):
    grid = dx.grid(
        tiny_model(folder), "a {red|blue} cube", n=3, score=False, judge=False, gallery=False
    )
    whole = Scores.of(grid, BRIGHTNESS)
    assert whole.find({"slot 1": "blue"})[0].prompt == "a blue cube"
    assert [axis.name for axis in whole.axes] == ["slot 1"]
    cell = grid.cells[1]
    lost = dataclasses.replace(
        cell, pictures=(dataclasses.replace(cell.pictures[0], codes=None), *cell.pictures[1:])
    )
    with pytest.raises(InputError, match="the codes of 1 of 3 were dropped, such as those of se"):
        Scores.of(dataclasses.replace(grid, cells=(grid.cells[0], lost)), BRIGHTNESS)


def test_prompts_are_found_by_number_text_and_axes(scores):
    assert scores.find(1) == scores.find(PROMPTS[1]) == (scores.cells[1],)
    for which in (7, -1, True, "a fox"):
        with pytest.raises(InputError, match="0: a hedgehog"):
            scores.find(which)
    with pytest.raises(InputError, match="there are no axes"):
        scores.find({"colour": "red"})


def test_the_standard_of_a_prompt_is_that_of_the_statistics(scores):
    for cell, wanted in zip(scores.cells, standardised(list(scores.scores)), strict=True):
        assert np.allclose(cell.standard, wanted)
    alike = planted(scores, [np.full(8, 0.3)] * 3)
    assert not alike.cells[0].standard.any()
    assert alike.cells[0].places.tolist() == list(range(1, 9))  # ties in the order of seeds


# -- best of k


def test_the_judge_as_scorer_has_efficiency_1_and_a_constant_one_is_the_random_line(scores):
    right = [[0, 1, 0, 0, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1]]
    told = planted(scores, right, right).best_of()
    assert told.ks == (1, 2, 4, 8)
    assert told.efficiency.value == pytest.approx((1, 1, 1))
    assert told.right.value == pytest.approx(told.ceiling.value)
    flat = planted(scores, [np.full(8, 0.3)] * 3, right).best_of()
    assert flat.right.value == pytest.approx([flat.random] * 4)
    assert flat.flat == 3 and "all scores are alike" in flat.caption()


def test_the_winner_is_the_highest_of_the_first_k_seeds(scores):
    told = judged(scores).best_of()
    for number in range(3):
        for winner in told.winners(number):
            cell = scores.cells[number]
            assert winner.score == cell.scores[: winner.k].max()
            assert winner.picture.seed == winner.seed == cell.seeds[cell.scores == winner.score][0]


@pytest.mark.parametrize("ks", [[9], [0], [2.5], [True], []])
def test_a_k_that_cannot_be_carried_is_refused(scores, ks):
    with pytest.raises(InputError, match="ks"):
        scores.best_of(ks)


def test_one_picture_has_no_best_and_one_prompt_only_an_indicative_band(folder, scores):
    alone = Scores.of(tiny_draws(folder, n=1), BRIGHTNESS)
    with pytest.raises(InputError, match="one picture only"):
        alone.best_of()
    many = many_prompts(scores, ["one"], 64).best_of()
    assert "indicative" in many.caption() and "1/16" in many.caption()
    assert np.isfinite(many.score.low[:3]).all() and np.isnan(many.score.low[3:]).all()
    assert "has no band" in Scores.of(tiny_draws(folder)[0], BRIGHTNESS).best_of().caption()
    several = many_prompts(scores, map(str, range(25)), 4).best_of()
    assert "indicative" not in several.caption()


def test_without_a_judge_only_the_score_is_told(scores):
    told = scores.best_of()
    assert told.right is told.ceiling is told.efficiency is told.random is None
    assert "Judge" not in told.caption() and set(told.table()) == {
        "k", "null", "score", "score low", "score high", "random",
    }  # fmt: skip


# -- distributions and retrieval


def test_all_densities_have_one_bandwidth_one_axis_and_an_area_of_1(scores):
    found = scores.distribution()
    step = found.axis[1] - found.axis[0]
    assert found.densities.shape == (3, len(found.axis))
    assert (found.densities * step).sum(axis=1) == pytest.approx(1, abs=0.01)
    assert found.kind == "ecdf"
    alike = planted(scores, [np.full(8, 0.3)] * 3).distribution()
    assert np.isfinite(alike.densities).all()


def test_the_kind_of_figure_follows_the_number_of_pictures_and_prompts(scores):
    assert many_prompts(scores, ["one", "two"], 60).distribution().kind == "raincloud"
    many = many_prompts(scores, map(str, range(7)), 60).distribution()
    assert many.kind == "ridges"
    with pytest.raises(InputError, match="up to 6 prompts, but there are 7"):
        many.figure(kind="raincloud")
    with pytest.raises(InputError, match="'ridges'"):
        many.figure(kind="violin")


def knowing(draws):
    """A scorer that knows which text each picture was drawn from."""
    known = {
        np.asarray(sample.picture).tobytes(): draw.prompt
        for draw in draws
        for sample in draw.everything
    }

    def score(texts, pictures):
        return [
            float(known[one.tobytes()] == text) for text, one in zip(texts, pictures, strict=True)
        ]

    return FunctionScorer(score, "knowing", "1")


def test_a_scorer_that_knows_finds_every_text_and_one_that_gives_the_same_none(draws):
    scorer = knowing(draws)
    found = Scores.of(draws, scorer).retrieval(scorer=scorer)
    assert np.array_equal(found.matrix, np.eye(3))
    assert found.found.recall[1].value == 1 and found.swaps.group.value == 1
    assert found.prompts[:2] == PROMPTS[1:]  # a swapped pair stands first
    same = FunctionScorer(lambda texts, pictures: [0.5] * len(texts), "same", "1")
    nothing = Scores.of(draws, same).retrieval(scorer=same)
    assert nothing.found.recall[1].value == 0 and nothing.swaps.text.value == 0


def test_retrieval_refuses_what_it_cannot_tell_apart(draws, scores):
    with pytest.raises(InputError, match="one prompt only"):
        Scores.of(draws[:1], BRIGHTNESS).retrieval(scorer=BRIGHTNESS)
    with pytest.raises(InputError, match="is there 2 times"):
        Scores.of([draws[0], draws[0]], BRIGHTNESS).retrieval(scorer=BRIGHTNESS)
    with pytest.raises(InputError, match="this scorer is"):
        scores.retrieval(scorer=knowing(draws))
    with pytest.raises(InputError, match="'first' or 'best'"):
        scores.retrieval("worst", BRIGHTNESS)
    gone = dataclasses.replace(scores.cells[0], held={})
    lost = dataclasses.replace(scores, cells=(gone, *scores.cells[1:]))
    with pytest.raises(InputError, match="were dropped"):
        lost.retrieval(scorer=BRIGHTNESS)


def test_swapped_pairs_have_the_same_words_whatever_the_article():
    prompts = ("an owl on a cup", "a fox", "a cup on an owl", "a cup on an owl and a fox")
    assert swapped_pairs(prompts) == [(0, 2)]
