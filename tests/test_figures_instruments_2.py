"""Figures that compare and show what pictures are made of: what stands there was measured."""

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure
from tiny import make_tiny_bundle
from tiny_samples import check_page, texts, tiny_sample

import dalle_explore as dx
from dalle_explore.figures.across import across as draw_across
from dalle_explore.figures.maps import CORRELATION
from dalle_explore.figures.press import print_figure
from dalle_explore.figures.scores import COLOURS
from dalle_explore.figures.written import percent
from dalle_explore.instruments import candidates as choosing
from dalle_explore.instruments.across import joined
from dalle_explore.instruments.atlas import measure
from dalle_explore.instruments.codebook import codes
from dalle_explore.instruments.kept import Kept
from dalle_explore.instruments.neighbours import nearest
from dalle_explore.session.inspection import Inspections

pytestmark = pytest.mark.usefixtures("one_thread")

PROMPTS = ("a hedgehog drinking tea", "a red cube", "a $green$ clock with five sides")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def views(folder):
    return [tiny_sample(folder, prompt, seed=2).inspect() for prompt in PROMPTS]


@pytest.fixture(scope="module")
def agreement(views):
    return views[0].agreement()


@pytest.fixture(scope="module")
def counterfactual(views):
    return views[0].without([dx.KnockOut("hedgehog")], reruns=5)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("codebook") / "tiny"
    make_tiny_bundle(folder, clip=False, side=6, codebook_size=40)
    model = dx.load(folder)
    atlas = measure(model.generator, model.settings, n=2, pictures=6)
    return codes(model.generator, atlas, range(40), crops=4, neighbours=3)


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    folder = tmp_path_factory.mktemp("neighbours") / "tiny"
    make_tiny_bundle(folder, codebook_size=40)
    model = dx.load(folder)
    sample = dx.draw(model, "a red cube on top of a blue sphere", n=1, seed=3, score=False)[0]
    kept = Kept(tmp_path_factory.mktemp("kept") / "kept.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        # A training split whose facts are read in a moment.
        patch.setattr(choosing, "split_sizes", lambda: {"train": 600})
        return nearest(
            model.generator,
            sample.trace,
            np.asarray(sample.picture),
            clip=model.scorer,
            n=10,
            among=60,
            kept=kept,
        )


@pytest.fixture(scope="module")
def everything(views, agreement, counterfactual, sheet, near):
    mask = np.arange(16).reshape(4, 4) % 3 == 0
    several = Inspections(views)
    flat = {name: np.zeros(len(scores)) for name, scores in agreement.scores.items()}
    lone = dataclasses.replace(near.measures[1], pairs=None, closest=None)
    twice = tuple(dataclasses.replace(one, times=7) for one in lone.neighbours[:1])
    return {
        "agreement": agreement,
        "agreement of patches": dataclasses.replace(agreement, mask=mask, deletion=None),
        "no agreement": dataclasses.replace(agreement, scores=flat, deletion=None),
        "box": views[0].box(range(1, 3), range(0, 3)),
        "one patch": views[2].box(range(3, 4), range(3, 4)),
        "across looks": several.looks_at(patch=(2, 2)),
        "across heads": several.heads(),
        "across words": several.depends_on(),
        "across lens": several.lens(),
        "across agreement": several.agreement(),
        "across one": joined([agreement]),
        "counterfactual": counterfactual,
        "other words": views[0].without(prompt="a red cube", reruns=0),
        "nothing changed": dataclasses.replace(
            counterfactual, changed=counterfactual.original, reruns=counterfactual.reruns[:1]
        ),
        "codes": dataclasses.replace(sheet, entries=sheet.entries[:8]),
        "no crops": dataclasses.replace(
            sheet,
            entries=tuple(
                dataclasses.replace(one, count=0, share=0.0, rank=None, crops=(), near=())
                for one in sheet.entries[:2]
            ),
        ),
        "neighbours": near,
        "few neighbours": dataclasses.replace(
            near,
            prompt=None,
            measures=(dataclasses.replace(lone, neighbours=twice),),
        ),
    }


NAMES = [
    "agreement", "agreement of patches", "no agreement", "box", "one patch", "across looks",
    "across heads", "across words", "across lens", "across agreement", "across one",
    "counterfactual", "other words", "nothing changed", "codes", "no crops", "neighbours",
    "few neighbours",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_everything_has_its_place_on_the_page(everything, name):
    check_page(everything[name])


@pytest.mark.parametrize(
    "name", ["agreement", "across agreement", "counterfactual", "codes", "neighbours", "box"]
)
def test_it_is_drawn_into_given_axes_and_prints_the_same_twice(everything, name):
    shown = everything[name]
    ax = Figure(figsize=(3, 3)).add_subplot(1, 2, 1)
    figure = shown.figure(ax=ax)
    assert figure is ax.figure and len(figure.axes) == 1
    once, again = (print_figure(shown.figure(), "png", scale=0.3) for _ in range(2))
    assert once == again


def named(ax, beginning):
    return [patch for patch in ax.patches if str(patch.get_gid()).startswith(beginning)]


def test_bars_of_every_instrument_are_as_long_as_its_scores(agreement, everything):
    for shown in (agreement, everything["box"]):
        ax = shown.figure().axes[0]
        bars = named(ax, "bar ")
        count = len(shown.words)
        assert len(bars) == count * len(shown.scores)
        for place, scores in enumerate(shown.scores.values()):
            widths = np.array([bar.get_width() for bar in bars[place * count :][:count]])
            assert widths / widths.max() == pytest.approx(np.abs(scores) / np.abs(scores).max())
        said = texts(ax)
        assert "Where it looked" in said and "What it depended on" in said


def test_the_table_and_the_curves_hold_the_numbers(agreement):
    ax = agreement.figure().axes[0]
    table = next(image for image in ax.images if image.get_gid() == "correlations")
    assert table.get_clim() == (CORRELATION.low, CORRELATION.high)
    drawn = table.get_array().filled(np.nan)
    assert np.allclose(drawn, agreement.correlations, equal_nan=True)
    steps = len(agreement.words) + 1
    lines = [c.get_segments() for c in ax.collections if len(c.get_segments()[0]) == steps]
    assert len(lines[0]) == len(agreement.deletion.random)
    curves = [*agreement.deletion.random, *agreement.deletion.curves.values()]
    heights = np.concatenate([segments for segments in lines])[..., 1]
    slope, start = np.polyfit(np.ravel(curves), np.ravel(heights), 1)
    assert slope < 0 and np.allclose(heights, start + slope * np.array(curves), atol=1e-3)


def test_what_is_told_first_is_the_badge(agreement, everything):
    for shown in (agreement, everything["agreement of patches"]):
        assert shown.badge() in " ".join(texts(shown.figure().axes[0]))
    assert "Only the 6 patches" in " ".join(
        texts(everything["agreement of patches"].figure().axes[0])
    )


def test_instruments_are_told_apart_in_grey_too():
    light = [
        sum(w * int(c[at : at + 2], 16) for w, at in ((0.299, 1), (0.587, 3), (0.114, 5)))
        for c in COLOURS.values()
    ]
    assert min(np.diff(sorted(light))) > 8


def test_dots_and_whiskers_lie_where_the_means_and_intervals_are(everything):
    shown = everything["across heads"]
    ax = draw_across(shown)
    for name, one in list(shown.measures.items())[:4]:
        (dot,) = named(ax, f"mean of {name}")
        (whisker,) = named(ax, f"interval of {name}")
        values = sorted(dot.center[0] for dot in named(ax, f"prompt of {name}"))
        ends = whisker.get_x(), whisker.get_x() + whisker.get_width()
        assert len(values) == one.n == 3
        own = sorted(result.measures()[name] for result in shown.results)
        slope = (values[-1] - values[0]) / (own[-1] - own[0])
        told = [values[0] + slope * (x - own[0]) for x in (one.value, one.low, one.high)]
        assert [dot.center[0], *ends] == pytest.approx(told, abs=0.01)


def test_a_mean_of_one_prompt_is_hollow(everything):
    ax = draw_across(everything["across one"])
    dots = named(ax, "mean of ")
    assert dots and all(dot.get_facecolor()[:3] > (0.9, 0.9, 0.9) for dot in dots)


def test_what_differs_is_outlined_and_the_first_flip_framed(counterfactual):
    ax = counterfactual.figure().axes[0]
    left, right, bottom, top = ax.images[2].get_extent()
    step = (right - left) / 4
    row, column = counterfactual.first_flip
    for frame in named(ax, "first flip"):
        assert frame.get_xy() == pytest.approx((left + column * step, top + row * step))
    pixels = np.asarray(ax.images[2].get_array())
    same = ~counterfactual.differs.repeat(8, axis=0).repeat(8, axis=1)
    assert np.array_equal(pixels[~same], np.asarray(counterfactual.changed.picture)[~same])
    assert np.ptp(pixels[same].astype(int), axis=-1).max(initial=0) == 0  # no colour
    assert len(ax.images) == 3 + len(counterfactual.reruns)


def test_the_noise_floor_stands_beside_the_change(counterfactual):
    ax = counterfactual.figure().axes[0]
    bars = [bar.get_width() for bar in named(ax, "share ")]
    shares = [counterfactual.share, *counterfactual.floor]
    assert np.array(bars) / bars[0] == pytest.approx(np.array(shares) / shares[0])
    assert all(percent(share) in texts(ax) for share in shares)


def test_nothing_is_framed_where_nothing_changed(everything):
    ax = everything["nothing changed"].figure().axes[0]
    assert not named(ax, "first flip") and "no code is another" in texts(ax)


def test_codes_have_their_crops_framed_and_their_tile_marked(everything):
    shown = everything["codes"]
    ax = shown.figure().axes[0]
    said = texts(ax)
    assert said.count("artificial") == len(shown.entries)
    pixels = [image.get_array() for image in ax.images]
    expected = []
    for entry in shown.entries:
        expected += [crop.pixels for crop in entry.crops]
        if not entry.crops:
            expected.append(None)  # hatching
        expected.append(entry.tile)
        expected += [near.tile if near.crop is None else near.crop.pixels for near in entry.near]
    assert len(pixels) == len(expected)
    for drawn, wanted in zip(pixels, expected, strict=True):
        assert wanted is None or np.array_equal(drawn, wanted)
    for entry in shown.entries:
        assert str(entry.code) in said


def test_neighbours_stand_nearest_first_with_value_and_caption(near):
    ax = near.figure().axes[0]
    first, *pictures = [image.get_array() for image in ax.images]
    assert np.array_equal(first, near.pixels)
    every = [found for one in near.measures for found in one.neighbours]
    assert len(every) == 30
    for drawn, found in zip(pictures, every, strict=True):
        assert np.array_equal(drawn, found.pixels)
    said = " ".join(texts(ax))
    for one in near.measures:
        for found in one.neighbours:
            assert one.written(found.value) in said and found.caption in said
        dots = [dot.center[0] for dot in named(ax, f"neighbour by {one.name}")]
        assert dots == sorted(dots, reverse=True)  # nearer lies to the right
        assert one.written(one.pairs.middle) in said


def test_a_picture_that_was_learned_several_times_says_so(everything):
    assert "7 times" in texts(everything["few neighbours"].figure().axes[0])
