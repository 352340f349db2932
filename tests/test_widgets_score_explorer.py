"""ScoreExplorer in Python: numbers told once, brushes, pictures in hand, and what is refused."""

import dataclasses
import json

import numpy as np
import pytest
import tiny_scores
import traitlets as t
from tiny_scores import BRIGHTNESS, PROMPTS, judged

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.session.scores import Scores
from dalle_explore.widgets.grid_parts import encoded
from dalle_explore.widgets.score_explorer import ScoreExplorer
from dalle_explore.widgets.score_parts import facts_of
from dalle_explore.widgets.score_told import WARNING


@pytest.fixture(scope="module")
def draws(tmp_path_factory):
    return tiny_scores.tiny_draws(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def scores(draws):
    return judged(Scores.of(draws, BRIGHTNESS, judge=False))


@pytest.fixture
def explorer(scores):
    view = ScoreExplorer(scores, scorer=BRIGHTNESS)
    view.sent = []
    view.send = lambda content, buffers=None: view.sent.append((content, buffers or []))
    yield view
    view.close()


def say(view, kind, **content):
    """Speak as the browser half does, and wait for what that brings."""
    view._received(None, {"kind": kind, **content}, [])
    assert view._workshop.wait(60, urgency=9)
    return view.status["sentence"]


def test_an_explorer_takes_draws_and_what_they_say_together(draws, scores):
    for what in (draws, draws[0], Scores.of(draws, BRIGHTNESS)):
        view = ScoreExplorer(what, scorer=BRIGHTNESS)
        assert view.prompts[0]["prompt"] == PROMPTS[0]
        assert view.about["scorer"] == "brightness"
        assert np.array_equal(view.cell.scores, scores.scores[0])
        view.close()


def test_a_grid_is_taken_with_its_axes(draws):
    grid = dx.grid(
        draws[0].model, "a {red|blue} {cube|owl}", n=2, score=False, gallery=False, judge=False
    )
    view = ScoreExplorer(grid, scorer=BRIGHTNESS, prompt={"slot 1": "blue", "slot 2": "owl"})
    assert view.prompts[3]["labels"] == {"slot 1": "blue", "slot 2": "owl"}
    assert view.prompt == 3 and view.cell.prompt == "a blue owl"
    assert "grid = dx.grid(model, " in view.python() and "prompt=3" in view.python()
    view.close()


def test_the_numbers_are_those_of_the_scores(explorer, scores):
    spread, best, odd = explorer.spread, explorer.best, explorer.odd
    for row, told in zip(scores.distribution().rows(), spread["rows"], strict=True):
        assert told["mean"]["value"] == pytest.approx(row["mean"])
        assert told["mean"]["low"] < row["mean"] < told["mean"]["high"]
        assert told["quartiles"][1] == pytest.approx(row["median"])
        assert told["right"]["value"] == pytest.approx(row["right"]) and told["n"] == 8
    found = scores.best_of()
    assert best["ks"] == list(range(1, 9)) and best["marked"] == list(found.ks)
    for name in ("score", "right", "ceiling", "efficiency"):
        curve, told = getattr(found, name), best[name]
        for k, value, low in zip(curve.k, curve.value, curve.low, strict=True):
            place = told["k"].index(k)
            assert told["value"][place] == pytest.approx(value)
            assert told["low"][place] == pytest.approx(low)
    assert best["random"] == pytest.approx(found.random)
    assert odd["counts"] == list(scores.disagreements().counts)
    assert [one["seed"] for one in odd["high"]] == [
        str(one.seed) for one in scores.disagreements(12).high
    ]
    assert odd["within"]["value"] == pytest.approx(scores.calibration(1).within.value)


def test_everything_that_is_told_is_json_and_bytes(explorer):
    say(explorer, "matrix", which="first")
    state = {name: getattr(explorer, name) for name in explorer.shared()}
    assert json.dumps(state, allow_nan=False, default=lambda data: len(data))


def test_the_seeds_scores_and_verdicts_travel_exactly(explorer, scores):
    seeds, values, flags, right = explorer.values["buffers"]
    assert np.array_equal(np.frombuffer(seeds, "<u8"), np.concatenate(scores.seeds))
    assert np.array_equal(np.frombuffer(values, "<f8"), np.concatenate(scores.scores))
    verdicts = np.concatenate(scores.right)
    assert np.array_equal(np.frombuffer(flags, "u1") == 7, verdicts == 1)
    assert explorer.values["header"]["facts"] == [["subject", "worn"]] * 3
    assert np.array_equal(np.frombuffer(right, "<u4"), np.where(verdicts == 1, 3, 2))


def test_what_is_brushed_are_those_samples_best_first(explorer, scores):
    assert explorer.brushed == []
    cell = scores.cells[1]
    low, high = np.sort(cell.scores)[[2, 5]]
    explorer.brush(low, high, prompt=PROMPTS[1])
    assert explorer.prompt == 1 and explorer.span == [low, high]
    assert [one.score for one in explorer.brushed] == sorted(cell.scores)[5:1:-1]
    assert all(one.prompt == PROMPTS[1] for one in explorer.brushed)
    explorer.choose(0)
    assert explorer.span == [] and explorer.brushed == []


def test_the_picture_in_hand_is_the_best_until_another_is_chosen(explorer, scores):
    heard = []
    end = explorer.on_select(heard.append)
    cell = scores.cells[2]
    explorer.choose(2)
    assert explorer.selected.score == cell.scores.max() and heard == [explorer.selected]
    seed = int(cell.seeds[np.argmin(cell.scores)])
    explorer.choose(2, seed)
    assert explorer.selected.seed == seed and [one.seed for one in heard][-1] == seed
    explorer.choose(2, seed)
    assert len(heard) == 2
    end()
    explorer.choose(0)
    assert len(heard) == 2


def test_of_a_picture_whose_codes_were_dropped_nothing_is_in_hand(scores):
    first = scores.cells[0]
    lost = dataclasses.replace(
        first, held={s: one for s, one in first.held.items() if s != first.seeds[0]}
    )
    view = ScoreExplorer(dataclasses.replace(scores, cells=(lost,)))
    assert view.choose(0, int(first.seeds[0])).selected is None
    assert len(view.brush(0, 99).brushed) == 7
    assert np.frombuffer(view.values["buffers"][2], "u1")[0] & 1 == 0
    view.close()


def test_pictures_come_when_they_are_asked_for_and_nothing_for_others(explorer, scores):
    seed = str(scores.cells[1].seeds[3])
    assert say(explorer, "pictures", wanted=[[1, seed], [0, "999"]]) == ""
    ((content, buffers),) = explorer.sent
    assert content["header"]["wanted"] == [[1, seed], [0, "999"]] and buffers[1] == b""
    assert buffers[0] == encoded(np.asarray(scores.cells[1].sample(3).picture))


def test_facts_are_told_as_the_sentence_states_them(scores):
    cell = scores.cells[1]
    recipe = dataclasses.replace(cell.recipe, prompt="a red cube on top of a blue sphere")
    ticks = {"colour1": True, "solid1": False, "worn": True}
    told = facts_of(dataclasses.replace(cell, recipe=recipe, ticks=lambda seed: ticks))
    assert told == {"colour1": "colour1: red", "solid1": "solid1: cube", "worn": "worn"}
    assert facts_of(dataclasses.replace(cell, ticks=lambda seed: None)) == {}


@pytest.mark.parametrize(
    "wanted", [[[9, "3"]], [[0, 3]], [[0, "-3"]], [["0", "3"]], 7, [[0]], [[0, "9" * 40]]]
)
def test_a_page_that_asks_for_nonsense_is_told_so(explorer, wanted):
    sentence = say(explorer, "pictures", wanted=wanted)
    assert "means nothing here" in sentence and not explorer.sent


def test_texts_are_met_when_somebody_asks(explorer, scores):
    assert explorer.matrix == {}
    assert say(explorer, "matrix", which="best") == ""
    found = scores.retrieval("best", BRIGHTNESS)
    told = explorer.matrix
    assert told["which"] == explorer.which == "best"
    assert np.allclose(np.frombuffer(told["bytes"], "<f4").reshape(3, 3), found.matrix)
    assert [PROMPTS[place] for place in told["prompts"]] == list(found.prompts)
    assert told["recall"][0]["chance"] == pytest.approx(1 / 3)
    assert told["mrr"]["mean"]["value"] == pytest.approx(found.found.mrr.value)
    assert "means nothing" in say(explorer, "matrix") and explorer.which == "best"


def test_what_cannot_be_shown_says_why(draws):
    one = Scores.of(draws[:1], BRIGHTNESS, judge=False)
    view = ScoreExplorer(one, tab="matrix")
    assert "one prompt only" in view.matrix["refused"]
    assert view.odd["refused"].startswith("No judge has read")
    assert view.about["warning"] == "" and WARNING not in view.caption
    view.close()
    cell = one.cells[0]
    few = dataclasses.replace(
        cell, seeds=cell.seeds[:1], scores=cell.scores[:1], right=cell.right[:1]
    )
    view = ScoreExplorer(dataclasses.replace(one, cells=(few,)))
    assert "nothing can be chosen" in view.best["refused"] and view.k == 1
    assert view.spread["rows"][0]["mean"]["low"] is None
    view.close()


def test_every_caption_names_the_scorer_and_says_what_cannot_be_compared(explorer):
    say(explorer, "matrix", which="first")
    for tab in ("spread", "best", "matrix", "odd"):
        explorer.tab = tab
        assert f"Scorer: brightness ({BRIGHTNESS.digest[:8]})" in explorer.caption, tab
        assert explorer.caption.endswith(WARNING) and explorer.alt, tab
    for caption in explorer.spread["captions"].values():
        assert "Scorer: brightness" in caption and WARNING in caption


def test_the_figure_is_that_of_the_open_page(explorer):
    headings = {
        "best": "What is choosing the best of k worth?",
        "matrix": "Does the score find the text?",
    }
    for tab, heading in headings.items():
        explorer.tab = tab
        shown = " ".join(text.get_text() for text in explorer.figure().axes[0].texts)
        assert heading in shown
    with pytest.raises(InputError, match="kind is 'film', but it is one of 'spread'"):
        explorer.figure("film")


def test_the_code_makes_the_same_explorer(explorer, draws):
    explorer.choose(1, 5)
    explorer.brush(0.1, 0.7)
    explorer.tab, explorer.k = "odd", 3
    lines = explorer.python().rstrip().split("\n")
    assert lines[-2].startswith("scorer = ...  # brightness")
    names: dict = {"scorer": BRIGHTNESS}
    exec("\n".join(lines[:-2]), names)  # "..." stands for a function that nobody can write down
    again = eval(lines[-1], names)
    assert again.view == explorer.view == ScoreExplorer(explorer.scores, **explorer.view).view
    assert again.scores.prompts == PROMPTS
    assert np.array_equal(again.cell.seeds, explorer.cell.seeds)
    assert np.array_equal(again.cell.sample(2).codes, explorer.cell.sample(2).codes)
    again.close()


REFUSED = [
    ({"tabs": "best"}, "did you mean 'tab'"),
    ({"tab": "film"}, "tab is 'film', but it is one of 'spread', 'best', 'matrix', 'odd'"),
    ({"shape": "bars"}, "shape is 'bars', but it is one of"),
    ({"which": "worst"}, "which is 'worst'"),
    ({"prompt": 3}, "there is no prompt 3"),
    ({"prompt": "a cat"}, "there is no prompt 'a cat'"),
    ({"k": 9}, "k is 9, but the prompt with the fewest pictures has 8"),
    ({"k": True}, "k is True"),
    ({"span": (2, 1)}, "the range of scores is 2 to 1"),
    ({"span": (0, float("nan"))}, "the range of scores is 0 to nan"),
    ({"span": 3}, r"span is 3, but it has to be \(low, high\)"),
    ({"picture": 99}, "seed is 99, but “a hedgehog"),
]


@pytest.mark.parametrize(("options", "sentence"), REFUSED)
def test_what_makes_no_sense_is_refused_in_a_sentence(scores, options, sentence):
    with pytest.raises(InputError, match=sentence):
        ScoreExplorer(scores, **options)


def test_something_without_scores_is_refused(draws, scores):
    for what in ("a cat", 7, [], [draws[0], 3]):
        with pytest.raises(InputError, match="scores are of a grid, of samples"):
            ScoreExplorer(what)
    other = dataclasses.replace(scores.cells[0].recipe, scorer_digest="1" * 64)
    changed = dataclasses.replace(
        scores, cells=(dataclasses.replace(scores.cells[0], recipe=other),)
    )
    with pytest.raises(InputError, match="these scores are by brightness"):
        ScoreExplorer(changed, scorer=BRIGHTNESS)


def test_many_prompts_are_ridges_only(scores):
    many = tiny_scores.many_prompts(scores, [f"a red cube {n}" for n in range(7)], 8)
    view = ScoreExplorer(many)
    assert view.spread["kinds"] == ["ridges"] and view.spread["kind"] == "ridges"
    medians = [np.median(many.scores[number]) for number in view.spread["order"]]
    assert medians == sorted(medians, reverse=True)
    with pytest.raises(InputError, match="shows up to 6 prompts, but there are 7"):
        ScoreExplorer(many, shape="raincloud")
    with pytest.raises(t.TraitError, match="here it is ridges"):
        view.shape = "ecdf"
    view.close()


@pytest.mark.parametrize(
    ("trait", "value"),
    [("prompt", 3), ("span", [1.0]), ("span", [2.0, 1.0]), ("k", 0), ("k", 9), ("picture", "x")],
)
def test_a_browser_cannot_set_what_there_is_not(explorer, trait, value):
    with pytest.raises(t.TraitError, match=trait):
        explorer.set_trait(trait, value)


def test_a_page_carries_what_fits_and_says_what_it_leaves_out(explorer, tmp_path):
    path = explorer.save_html(tmp_path / "all.html")
    assert "every score is here" not in path.read_text(encoding="utf-8")
    small = explorer.save_html(tmp_path / "small.html", megabytes=0.34)
    text = small.read_text(encoding="utf-8")
    assert "so that it stays small; every score is here" in text
    assert small.stat().st_size < 0.34e6 < path.stat().st_size
    assert WARNING in text and "matrix" in text
    with pytest.raises(InputError, match="megabytes is 0"):
        explorer.save_html(path, megabytes=0)


def test_a_closed_explorer_holds_nothing(scores):
    view = ScoreExplorer(scores)
    view.close()
    for act in (view.figure, view.python, lambda: view.choose(1), lambda: view.brush(0, 1)):
        with pytest.raises(InputError, match="this ScoreExplorer was closed"):
            act()
