"""The sheet: every picture with its seed, in order, with an honest caption."""

import dataclasses
import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.figures.press import print_figure, wrap
from dalle_explore.figures.sheet import sheet

PROMPT = "a hedgehog drinking tea"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.draw(dx.load(folder), PROMPT, n=5, score=False)


@pytest.fixture(scope="module")
def scored(plain):
    recipe = dataclasses.replace(plain.recipe, scorer_digest="ab" * 32)
    return dx.Samples.ordered(
        dataclasses.replace(sample, recipe=recipe, score=0.1 * (sample.seed % 3) + 0.01)
        for sample in plain
    )


def texts(ax):
    return [text.get_text() for text in ax.texts]


def said(ax):
    return " ".join(texts(ax))


def with_prompt(samples, prompt):
    recipe = dataclasses.replace(samples.recipe, prompt=prompt)
    return dx.Samples.ordered(dataclasses.replace(s, recipe=recipe) for s in samples)


def test_pictures_stand_in_order_with_rank_score_and_seed(scored):
    ax = sheet(scored)
    assert [s.seed for s in scored] == [2, 1, 4, 0, 3]  # equal scores by seed
    for image, sample in zip(ax.images, scored, strict=True):
        assert np.array_equal(image.get_array(), sample.picture)
    labels = [text for text in texts(ax) if text[0].isdigit() and len(text) == 1]
    assert labels == ["1", "2", "3", "4", "5"]
    assert [text for text in texts(ax) if text.startswith("seed ")] == [
        f"seed {sample.seed}" for sample in scored
    ]
    assert "CLIP 0.210" in texts(ax) and scored.caption() in said(ax)


def test_pictures_do_not_touch_and_lie_on_the_page(scored):
    ax = sheet(scored)
    boxes = [image.get_extent() for image in ax.images]
    for i, (left, right, bottom, top) in enumerate(boxes):
        assert 0 < left < right < ax.get_xlim()[1] and 0 < top < bottom < ax.get_ylim()[0]
        assert right - left == bottom - top and (right - left) % 32 == 0
        for other_left, other_right, other_bottom, other_top in boxes[:i]:
            assert (
                right < other_left
                or other_right < left
                or bottom < other_top
                or other_bottom < top
            )


def with_seeds(samples, first):
    many = [dataclasses.replace(s, seed=first + j) for j in range(4) for s in samples]
    return dx.Samples.ordered(many)


def test_no_text_leaves_the_page_or_covers_anything(scored):
    samples = with_prompt(scored, "a very long prompt " * 12 + "w" * 90)
    figure = with_seeds(samples, 2**63 - 9).figure()
    ax = figure.axes[0]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    pictures = [image.get_window_extent(renderer) for image in ax.images]
    for text in ax.texts:
        box = text.get_window_extent(renderer)
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, text.get_text()
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, text.get_text()
        assert not any(box.overlaps(picture) for picture in pictures), text.get_text()
    boxes = [text.get_window_extent(renderer) for text in ax.texts]
    for i, box in enumerate(boxes):
        over = [j for j in range(i) if box.overlaps(boxes[j])]
        assert not over, (ax.texts[i].get_text(), ax.texts[over[0]].get_text())


def test_without_scores_there_are_no_ranks(plain):
    shown = said(sheet(plain))
    assert "CLIP" not in shown and "not scored" in shown and "seed 4" in shown


def test_the_prompt_is_shown_as_it_is_and_never_typeset_as_mathematics(plain):
    prompt = r"costs $5 & <b>$x^2$</b> \frac{1}{2} 企鵝 🐧"
    samples = with_prompt(plain, prompt)
    ax = sheet(samples)
    assert f"“{prompt}”" in said(ax)
    assert not any(text.get_parse_math() or text.get_usetex() for text in ax.texts)
    assert print_figure(ax.figure, "png") and print_figure(ax.figure, "svg")


def test_a_sheet_with_fewer_pictures_says_so(scored):
    ax = sheet(scored, show=2)
    assert len(ax.images) == 2 and "The first 2 of 5 on this sheet." in said(ax)
    assert "on this sheet" not in said(sheet(scored))


def test_best_shows_the_best(scored):
    ax = sheet(scored.best(2))
    assert len(ax.images) == 2 and "the best 2 are shown, selected by CLIP" in said(ax)


def test_columns_are_taken_as_asked(scored):
    lefts = {image.get_extent()[0] for image in sheet(scored, columns=2).images}
    assert len(lefts) == 2
    assert len({image.get_extent()[0] for image in sheet(scored, columns=99).images}) == 5


@pytest.mark.parametrize(
    "options", [{"columns": 0}, {"show": 0}, {"columns": 1.5}, {"show": True}]
)
def test_bad_options_are_one_sentence(scored, options):
    with pytest.raises(InputError, match="whole number from 1"):
        sheet(scored, **options)


def test_it_is_drawn_into_given_axes_with_smaller_letters(scored):
    figure = Figure(figsize=(3, 3))
    ax = figure.add_subplot(1, 2, 1)
    assert sheet(scored, ax=ax) is ax and len(figure.axes) == 1
    own = {text.get_text(): text.get_fontsize() for text in sheet(scored).texts}
    assert all(t.get_fontsize() < own[t.get_text()] for t in ax.texts if t.get_text() in own)


def test_one_sample_is_a_sheet_of_its_own(scored):
    figure = scored[2].figure()
    assert len(figure.axes[0].images) == 1 and "rank 3 by CLIP" in said(figure.axes[0])


def test_a_print_is_the_same_twice_whatever_the_style_of_the_user(scored):
    import matplotlib

    for kind in ("png", "svg", "pdf"):
        once = print_figure(scored.figure(), kind)
        with matplotlib.rc_context(
            {"savefig.bbox": "tight", "font.size": 30, "savefig.dpi": 10, "axes.grid": True}
        ):
            assert print_figure(scored.figure(), kind) == once, kind


def test_a_print_has_the_size_it_was_laid_out_for(scored):
    ax = sheet(scored)
    with Image.open(io.BytesIO(print_figure(ax.figure, "png"))) as image:
        assert image.size == (ax.get_xlim()[1], ax.get_ylim()[0])
    with Image.open(io.BytesIO(print_figure(ax.figure, "png", scale=0.5))) as image:
        assert abs(image.width * 2 - ax.get_xlim()[1]) <= 2


def test_lines_are_filled_evenly_and_lose_no_letter():
    text = "an illustration of a baby penguin with headphones skating on ice"
    lines = wrap(text, 700, 15, 200)
    assert " ".join(lines) == text and len(lines) == 2
    assert len(lines[1]) > 20  # not one word alone
    assert "".join(wrap("x" * 300, 500, 15, 200)) == "x" * 300
    assert wrap("", 100, 15, 200) == [""]
