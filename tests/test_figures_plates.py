"""Plates of films, maps, alternatives and trees: what stands on them is what was recorded."""

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure
from tiny_samples import check_page, texts, tiny_sample

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.figures.film import film
from dalle_explore.figures.maps import DIFFERENCE, SURPRISE, entropy_scale, heat
from dalle_explore.figures.page import Page
from dalle_explore.figures.press import print_figure
from dalle_explore.session.average import Average
from dalle_explore.session.tree import Tree

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return tiny_sample(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def maps(sample):
    made = Average(
        sample.model_digest, sample.settings, "seen", 7, 0, np.full(16, 1.5), np.ones(16)
    )
    return dataclasses.replace(sample.uncertainty(), average=made)


@pytest.fixture(scope="module")
def tree(sample):
    below = sample.again(edits=[dx.Force.until(sample.codes, (2, 0))], seed=5)
    more = below.again(edits=[dx.Force.until(below.codes, (3, 0))], seed=6)
    return Tree.of(
        [
            (sample, None, "drawn"),
            (below, 0, "below row 2, with $other$ dice and many words " * 3),
            (more, 1, "below row 3"),
            (sample, 0, ""),
            (sample.again(seed=7), None, "drawn"),
        ]
    )


@pytest.fixture(scope="module")
def everything(sample, maps, tree):
    return {
        "film": sample.film(),
        "one frame": sample.film([5]),
        "many frames": sample.film(range(17)),
        "maps": maps,
        "maps without average": sample.uncertainty(),
        "alternatives": sample.alternatives(),
        "one alternative": sample.alternatives([(3, 3)], top=1, margin=0),
        "all alternatives": sample.alternatives([(r, c) for r in range(4) for c in range(4)]),
        "tree": tree,
        "root": Tree.of([(sample, None, "")]),
    }


NAMES = [
    "film", "one frame", "many frames", "maps", "maps without average", "alternatives",
    "one alternative", "all alternatives", "tree", "root",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_everything_has_its_place_on_the_page(everything, name):
    shown = everything[name]
    check_page(shown)
    assert shown.caption() in shown.alt() and repr(shown)
    assert set(shown._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}


@pytest.mark.parametrize("name", ["film", "maps", "alternatives", "tree"])
def test_it_is_drawn_into_given_axes_and_prints_the_same_twice(everything, name):
    shown = everything[name]
    ax = Figure(figsize=(3, 3)).add_subplot(1, 2, 1)
    figure = shown.figure(ax=ax)
    assert figure is ax.figure and len(figure.axes) == 1
    own = shown.figure()
    assert max(t.get_fontsize() for t in ax.texts) < max(
        t.get_fontsize() for t in own.axes[0].texts
    )
    assert print_figure(own, "png") == print_figure(shown.figure(), "png")


@pytest.mark.parametrize("name", ["maps", "alternatives", "tree"])
def test_it_is_saved_as_a_figure(everything, name, tmp_path):
    assert everything[name].save(tmp_path / "x.svg").stat().st_size > 1000
    with pytest.raises(InputError, match="the endings that can be saved"):
        everything[name].save(tmp_path / "x.gif")


def test_a_strip_has_each_frame_under_its_hatching(everything):
    shown = everything["film"]
    images = film(shown).images
    assert len(images) == 2 * 3 + 1  # the whole picture has nothing to hatch
    for frame, image in zip(shown.pixels, images[::2], strict=True):
        assert np.array_equal(image.get_array(), frame)
    alpha = images[1].get_array()[..., 3]
    covered = alpha.reshape(4, alpha.shape[0] // 4, 4, -1).mean(axis=(1, 3)) / 255
    assert np.array_equal(covered, ~shown.known[0])


def test_a_strip_tells_patches_and_rows(sample):
    told = texts(film(sample.film([0, 3, 5, 16])))
    for words in ("nothing", "3 of row 0", "1 row + 1", "4 rows", "of 16"):
        assert words in told
    tops = {image.get_extent()[3] for image in film(sample.film(), columns=2).images}
    assert len(tops) == 2
    with pytest.raises(InputError, match="columns is 0"):
        film(sample.film(), columns=0)


def test_maps_have_the_values_and_one_scale_whatever_the_picture(maps, sample):
    images = check_page(maps).images
    found = [image for image in images if image.get_array().shape == (4, 4)]
    for image, values in zip(found, (maps.entropy, maps.surprise, maps.difference), strict=True):
        assert np.array_equal(image.get_array(), values)
        assert image.get_interpolation() == "nearest"
    calm = dataclasses.replace(maps, entropy=maps.entropy / 100, surprise=maps.surprise / 100)
    others = [i for i in calm.figure().axes[0].images if i.get_array().shape == (4, 4)]
    limits = [image.get_clim() for image in found]
    assert limits == [image.get_clim() for image in others]
    assert limits == [(0, np.log2(40)), (0, 16), (-6, 6)]
    bars = [image for image in images if image.get_array().shape == (1, 256)]
    assert [bar.get_clim() for bar in bars] == limits
    assert [bar.get_cmap().name for bar in bars] == [image.get_cmap().name for image in found]


def test_ticks_stay_inside_their_scale_and_the_ends_say_that_more_may_lie_beyond():
    for scale in (entropy_scale(4096), entropy_scale(40), entropy_scale(2), SURPRISE, DIFFERENCE):
        values = [value for value, _ in scale.ticks]
        assert len(values) > 1 and values == sorted(values)
        assert scale.low <= values[0] and values[-1] <= scale.high
    assert SURPRISE.ticks[-1][1] == "≥ 16" and DIFFERENCE.ticks[0][1] == "≤ −6"


def test_patches_without_a_value_are_hatched_and_not_zero():
    page = Page(None, 200, 200)
    values = np.array([[1.0, np.nan], [0.0, 2.0]])
    heat(page, values, SURPRISE, 0, 0, 100)
    first, lines = page.ax.images
    assert np.array_equal(np.ma.getmaskarray(first.get_array()), np.isnan(values))
    assert lines.get_array()[..., 3].mean() == pytest.approx(255 / 4)


def test_crops_stand_in_order_and_bars_are_as_wide_as_they_are_likely(sample):
    shown = sample.alternatives([(2, 1)], top=3, margin=1)
    (choice,) = shown.places
    ax = shown.figure().axes[0]
    crops = [i for i in ax.images if i.get_array().shape == choice.pixels[0].shape]
    for image, pixels in zip(crops, choice.pixels, strict=True):
        assert np.array_equal(image.get_array(), pixels)
    left, right, *_ = crops[0].get_extent()
    bars = [patch for patch in ax.patches if patch.get_height() == 12]
    widths = [bar.get_width() / (right - left) for bar in bars]
    assert widths[::2] == pytest.approx([1] * len(choice.codes))
    assert widths[1::2] == pytest.approx(choice.probability)
    assert "row 2, column 1" in " ".join(texts(ax)) and "A" in texts(ax)


def test_a_tree_stands_from_left_to_right_with_the_parting_framed(tree):
    ax = tree.figure().axes[0]
    extents = [image.get_extent() for image in ax.images]
    assert len(extents) == 5
    lefts = [extent[0] for extent in extents]
    assert lefts[0] == lefts[4] < lefts[1] == lefts[3] < lefts[2]
    assert len({tuple(extent) for extent in extents}) == 5
    parting, (left, right, bottom, top) = tree.parting(1), extents[1]
    corner = (left + parting.column / 4 * (right - left), top + parting.row / 4 * (bottom - top))
    assert any(patch.get_xy() == pytest.approx(corner) for patch in ax.patches)
    joins = [c for c in ax.collections if len(c.get_segments()[0]) == 4]
    assert len(joins) == 3
