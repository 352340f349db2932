"""Figures of scores: all has its place on the page, and what stands there was measured."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from tiny_samples import check_page, texts
from tiny_scores import BRIGHTNESS, judged, many_prompts, planted, tiny_draws, tiny_model

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.figures.panels import CHANCE, JUDGE, LIMIT, SCORE, WRONG, apart
from dalle_explore.figures.press import print_figure
from dalle_explore.session.scores import Scores
from dalle_explore.statistics.selection import null_gain

pytestmark = pytest.mark.usefixtures("one_thread")

LONG = "an illustration of a baby penguin with headphones and a cape skating on ice at night"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def scores(folder):
    return judged(Scores.of(tiny_draws(folder), BRIGHTNESS))


@pytest.fixture(scope="module")
def grid(folder):
    model = tiny_model(folder)
    template = "a {colour=red|blue} cube {|$on$ ice|with headphones and a cape}"
    grid = dx.grid(model, template, n=3, score=False, judge=False, gallery=False)
    return Scores.of(grid, BRIGHTNESS)


@pytest.fixture(scope="module")
def everything(scores, grid):
    plain = Scores(tuple(dataclasses.replace(cell, judge=None) for cell in scores.cells))
    plain = dataclasses.replace(
        plain,
        cells=tuple(
            dataclasses.replace(cell, right=np.full(len(cell.seeds), np.nan))
            for cell in plain.cells
        ),
    )
    few = many_prompts(scores, ["one", LONG, "a <b>fox</b>"], 60)
    many = many_prompts(scores, [f"{LONG} {number}" for number in range(12)], 20)
    gone = Scores(tuple(dataclasses.replace(cell, held={}) for cell in scores.cells))
    return {
        "best of": scores.best_of(),
        "best of, no judge": plain.best_of((1, 3, 8)),
        "best of, losers gone": gone.best_of(),
        "best of many": many_prompts(scores, map(str, range(30)), 64).best_of(),
        "best of one": many_prompts(scores, [LONG], 200).best_of(),
        "best of all alike": planted(scores, [np.full(8, -0.3)] * 3).best_of(),
        "steps": scores.distribution(),
        "one prompt": Scores(scores.cells[:1]).distribution(),
        "clouds": few.distribution(),
        "ridges": many.distribution(),
        "all alike": planted(plain, [np.full(8, -0.3)] * 3).distribution(),
        "retrieval": scores.retrieval(scorer=BRIGHTNESS),
        "no pairs": Scores(scores.cells[:2]).retrieval("best", BRIGHTNESS),
        "retrieval of 14": _numbered(scores, 14).retrieval(scorer=BRIGHTNESS),
        "retrieval of 60": _numbered(scores, 60).retrieval(scorer=BRIGHTNESS),
        "effects": grid.effects(),
        "effects and judge": judged(grid).effects(),
        "variance": scores.variance(),
        "phrasings": grid.variance("slot 1"),
        "nothing varies": planted(scores, [np.full(8, 0.3)] * 3).variance(),
        "calibration": scores.calibration(3),
        "calibration of one": Scores(scores.cells[:1]).calibration(2),
        "compared": scores.compare(0, 1),
        "compared, no judge": plain.compare(1, 2),
        "compared cells": judged(grid).compare({"colour": "red"}, {"colour": "blue"}),
        "disagreements": scores.disagreements(9),
        "few disagreements": gone.disagreements(1),
        "no low ones": judged(scores, [[0] * 8] * 3).disagreements(2),
    }


def _numbered(scores, n):
    """Many prompts, whose pictures are those of the first."""
    first = scores.cells[0]
    cells = []
    for number in range(n):
        recipe = dataclasses.replace(first.recipe, prompt=f"{LONG} {number}")
        cells.append(dataclasses.replace(first, recipe=recipe))
    return Scores(tuple(cells))


NAMES = [
    "best of", "best of, no judge", "best of, losers gone", "best of many", "best of one",
    "best of all alike", "steps", "one prompt", "clouds", "ridges", "all alike",
    "retrieval", "no pairs", "retrieval of 14", "retrieval of 60", "effects", "effects and judge",
    "variance", "phrasings", "nothing varies", "calibration", "calibration of one", "compared",
    "compared, no judge", "compared cells", "disagreements", "few disagreements", "no low ones",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_everything_has_its_place_on_the_page(everything, name):
    check_page(everything[name])
    assert everything[name].alt() and everything[name].rows() and repr(everything[name])


def test_nothing_is_left_untested(everything):
    assert set(NAMES) == set(everything)


@pytest.mark.parametrize("name", ["clouds", "effects"])
def test_it_is_drawn_into_given_axes_and_prints_the_same_twice(everything, name):
    shown = everything[name]
    ax = Figure(figsize=(3, 3)).add_subplot(1, 2, 1)
    figure = shown.figure(ax=ax)
    assert figure is ax.figure and len(figure.axes) == 1
    once, again = (print_figure(shown.figure(), "png", scale=0.3) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("kind", ["raincloud", "ecdf"])
def test_every_kind_of_distribution_is_captioned_as_what_it_is(scores, kind):
    found = scores.distribution()
    ax = scores.figure(kind=kind).axes[0]
    assert " ".join(found.caption(kind).split()) in " ".join(texts(ax))


def line(ax, name):
    (found,) = (one for one in ax.collections if one.get_gid() == name)
    return np.array(found.get_segments()[0])


def test_curves_lie_where_the_numbers_are_and_all_panels_share_the_axis_of_k(everything):
    shown = everything["best of many"]
    ax = shown.figure().axes[0]
    drawn = {name: line(ax, name) for name in ("score", "null", "right", "ceiling", "random")}
    for points in drawn.values():
        assert np.allclose(np.diff(points[:, 0]), np.diff(points[:, 0])[0])  # doubling
        assert np.allclose(points[:, 0], drawn["score"][:, 0])
    level = [shown.random] * 7
    together = [
        {"score": shown.score.value, "null": shown.null},
        {"right": shown.right.value, "ceiling": shown.ceiling.value, "random": level},
    ]
    for panel in together:
        values = np.concatenate([np.array(one) for one in panel.values()])
        heights = np.concatenate([drawn[name][:, 1] for name in panel])
        slope, start = np.polyfit(values, heights, 1)
        assert slope < 0 and np.allclose(heights, start + slope * values, atol=0.01)
    assert shown.null == pytest.approx([null_gain(k) for k in shown.ks])


def test_the_winners_are_shown_where_their_k_stands(everything):
    shown = everything["best of"]
    ax = shown.figure().axes[0]
    centres = [np.mean(image.get_extent()[:2]) for image in ax.images]
    assert centres == pytest.approx(line(ax, "score")[:, 0].tolist())
    for image, winner in zip(ax.images, shown.winners(), strict=True):
        assert np.array_equal(image.get_array(), np.asarray(winner.picture.picture))
    assert texts(everything["best of, losers gone"].figure().axes[0]).count("not kept") == 4
    with pytest.raises(InputError, match="there is no prompt 9"):
        shown.figure(prompt=9)


def test_every_picture_is_a_dot_and_the_box_holds_the_middle_half(everything):
    shown = everything["clouds"]
    ax = shown.figure().axes[0]
    dots = [one for one in ax.collections if str(one.get_gid()).startswith("pictures")]
    places = [np.sort(one.get_offsets()[:, 0]) for one in dots]
    assert sum(map(len, places)) == 3 * 60
    by_prompt = [np.sort(np.concatenate(places[at : at + 2])) for at in (0, 2, 4)]
    values = [np.sort(cell.scores) for cell in shown.scores.cells]
    slope, start = np.polyfit(np.concatenate(values), np.concatenate(by_prompt), 1)
    assert np.allclose(
        np.concatenate(by_prompt), start + slope * np.concatenate(values), atol=0.01
    )
    for number, one in enumerate(values):
        (bar,) = (patch for patch in ax.patches if patch.get_gid() == f"quartiles {number}")
        ends = start + slope * np.quantile(one, [0.25, 0.75])
        assert [bar.get_x(), bar.get_x() + bar.get_width()] == pytest.approx(ends, abs=0.01)


def test_the_matrix_is_the_one_that_was_computed(everything):
    for name in ("retrieval", "retrieval of 60"):
        image = next(
            i for i in everything[name].figure().axes[0].images if i.get_gid() == "matrix"
        )
        assert np.array_equal(image.get_array(), everything[name].matrix)


def test_effects_have_a_dot_and_an_interval_for_every_value(everything):
    shown = everything["effects and judge"]
    ax = shown.figure().axes[0]
    rows = shown.rows()
    dots = [float(one.get_offsets()[0, 0]) for one in ax.collections if one.get_gid() == "effect"]
    bars = [patch for patch in ax.patches if patch.get_gid() == "interval"]
    assert len(dots) == len(bars) == len(rows) == 10
    for measure in ("score", "right"):
        here = [n for n, row in enumerate(rows) if row["measure"] == measure]
        values = np.array([[rows[n][end] for end in ("effect", "low", "high")] for n in here])
        drawn = np.array(
            [[dots[n], bars[n].get_x(), bars[n].get_x() + bars[n].get_width()] for n in here]
        )
        slope, start = np.polyfit(values.ravel(), drawn.ravel(), 1)
        assert slope > 0 and np.allclose(drawn, start + slope * values, atol=0.01)


def test_disagreements_show_the_picture_its_place_and_what_is_wrong(everything):
    shown = everything["disagreements"]
    ax = shown.figure().axes[0]
    every = [*shown.high, *shown.low]
    assert [image.get_gid() for image in ax.images] == [f"seed {one.seed}" for one in every]
    said = texts(ax)
    assert all(f"{one.place} of {one.drawn}" in said for one in every) and "no subject" in said


def test_colours_of_what_is_measured_differ_in_grey_too():
    light = sorted(np.dot((0.299, 0.587, 0.114), to_rgb(c)) for c in (SCORE, JUDGE, LIMIT, WRONG))
    assert min(np.diff(light)) > 0.05 and CHANCE not in (SCORE, JUDGE, LIMIT)


def test_names_of_lines_are_moved_apart_and_keep_their_order():
    assert apart([10, 300, 12, 11], 20, 0, 400) == pytest.approx([-9 + 9, 300, 40, 20], abs=1)
    close = apart([395, 396, 397], 20, 0, 400)
    assert np.diff(close) == pytest.approx([20, 20], abs=0.5) and max(close) <= 400.5
