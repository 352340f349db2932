"""Rows of pictures: each in its place, labelled once, with nothing on top of anything."""

import dataclasses

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.figures.press import print_figure, set_words
from dalle_explore.figures.rows import rows

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


def draw(model, prompt="a hedgehog drinking tea", n=3, **options):
    return dx.draw(model, prompt, n=n, score=False, **options)


@pytest.fixture(scope="module")
def words(model):
    prompts = [f"an illustration of a {colour} cube on ice" for colour in ("red", "green")]
    return dx.compare([draw(model, prompt) for prompt in prompts], title="One word $x$ changed")


@pytest.fixture(scope="module")
def middles(model):
    parent = draw(model)[0]
    around = dx.Force.outside(parent.codes, range(1, 3), range(1, 3))
    tried = draw(model, n=8, seed=2**63 - 20, edits=[around]).by_fit()
    return dx.compare([tried[:4], tried[4:]], lead=parent, title="Middles")


@pytest.fixture(scope="module")
def family(model):
    one, two = (draw(model, f"a {colour} cube", n=1)[0] for colour in ("red", "green"))
    children = dx.breed(one, two, n=6)
    return dx.compare([children[:3], children[3:]], lead=[one, two])


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_pictures_stand_row_by_row_after_those_that_lead(words, middles):
    for comparison in (words, middles):
        ax = rows(comparison)
        for image, sample in zip(ax.images, comparison.everything, strict=True):
            assert np.array_equal(image.get_array(), sample.picture)
    tops = [image.get_extent()[3] for image in rows(words).images]
    assert tops[0] == tops[1] == tops[2] < tops[3] == tops[4] == tops[5]


def test_what_leads_is_as_high_as_its_rows(middles, family):
    lead, *others = [image.get_extent() for image in rows(middles).images]
    assert lead[3] == others[0][3] and lead[2] == others[-1][2] and lead[1] < others[0][0]
    one, two, *children = [image.get_extent() for image in rows(family).images]
    assert one[2:] == children[0][2:] and two[2:] == children[3][2:]


@pytest.mark.parametrize("name", ["words", "middles", "family"])
def test_nothing_leaves_the_page_or_covers_anything(name, request):
    figure = request.getfixturevalue(name).figure()
    ax = figure.axes[0]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    pictures = [image.get_window_extent(renderer) for image in ax.images]
    boxes = [text.get_window_extent(renderer) for text in ax.texts]
    for i, box in enumerate([*pictures, *boxes]):
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, i
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, i
    for i, box in enumerate(boxes):
        over = [p for p in pictures if box.overlaps(p)]
        over += [other for other in boxes[:i] if box.overlaps(other)]
        assert not over, ax.texts[i].get_text()


def test_seeds_are_told_above_columns_or_below_pictures_but_not_twice(words, middles):
    assert [text for text in texts(rows(words)) if text.startswith("seed")] == [
        "seed 0",
        "seed 1",
        "seed 2",
    ]
    told = [text for text in texts(rows(middles)) if text.startswith("seed")]
    assert told == [f"seed {sample.seed}" for sample in middles.everything]


def test_the_word_that_differs_is_bold_and_dark(words):
    ax = rows(words)
    bold = {text.get_text(): text.get_color() for text in ax.texts if text.get_weight() == "bold"}
    plain = {text.get_color() for text in ax.texts if text.get_text() == "cube"}
    assert set(bold) == {"red", "green"} and not plain & set(bold.values())


def test_title_prompt_and_caption_are_set_and_never_as_mathematics(words, middles):
    for comparison, title in ((words, "One word $x$ changed"), (middles, "Middles")):
        ax = rows(comparison)
        assert title in texts(ax) and comparison.caption() in " ".join(texts(ax))
        assert not any(text.get_parse_math() or text.get_usetex() for text in ax.texts)
    assert "“a hedgehog drinking tea”" in texts(rows(middles))
    untitled = texts(rows(dataclasses.replace(middles, title=None)))
    assert untitled[0] == "“a hedgehog drinking tea”" and "Middles" not in untitled


def test_a_line_parts_what_was_kept_from_what_was_drawn_anew(middles, words):
    ax = rows(middles)
    assert len(ax.collections) == 2 * 9  # ink on white, around each middle and the parent's
    left, right, bottom, top = ax.images[1].get_extent()
    points = np.concatenate(ax.collections[2].get_segments())
    assert points.min(axis=0) == pytest.approx([(3 * left + right) / 4, (3 * top + bottom) / 4])
    assert points.max(axis=0) == pytest.approx([(left + 3 * right) / 4, (top + 3 * bottom) / 4])
    assert not rows(dataclasses.replace(middles, marks=False)).collections
    assert not rows(words).collections


def test_rank_and_fit_stand_below_their_picture(middles):
    told = texts(rows(middles))
    for sample in middles.samples[0]:
        assert str(sample.rank) in told and f"fit −{-sample.fit:.1f}" in told


def test_labels_of_the_user_stand_where_they_were_asked_for(words):
    made = dx.compare(
        words.samples, labels=["above & <b>", "below"], columns=["one", "two", "three"]
    )
    told = texts(rows(made))
    for text in ("one", "two", "three", "below", "seed 2"):
        assert text in told
    assert "above & <b>" in " ".join(told)


def test_it_is_drawn_into_given_axes_with_smaller_letters(words):
    figure = Figure(figsize=(3, 3))
    ax = figure.add_subplot(1, 2, 1)
    assert rows(words, ax=ax) is ax and len(figure.axes) == 1
    own = {text.get_text(): text.get_fontsize() for text in rows(words).texts}
    assert all(text.get_fontsize() < own[text.get_text()] for text in ax.texts)


def test_rows_of_different_length_and_many_labels_find_room(model, words):
    samples = draw(model, n=5)
    ax = rows(dx.compare([samples[:4], samples[4:]], labels=["w" * 60, "a " * 40]))
    assert len(ax.images) == 5
    assert print_figure(ax.figure, "png") == print_figure(ax.figure, "png")


def test_words_are_set_in_lines_and_none_is_lost():
    given = [("a", False), ("very", False), ("strawberry", True), ("w" * 50, False)]
    placed = set_words(given, 200, 12, 200)
    assert [(word.text, word.emphasised) for word in placed] == given
    assert [word.line for word in placed] == [0, 0, 1, 2]
    assert placed[0].left == placed[2].left == placed[3].left == 0 < placed[0].right
    assert placed[1].left > placed[0].right and set_words([], 200, 12, 200) == ()
