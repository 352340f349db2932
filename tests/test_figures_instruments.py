"""Figures of where a picture looked and what it depended on: what stands there was measured."""

import dataclasses

import numpy as np
import pytest
from hostile import FIRING
from matplotlib.figure import Figure
from tiny import make_tiny_bundle
from tiny_samples import check_page, texts, tiny_sample

import dalle_explore as dx
from dalle_explore.figures.lanes import axis_of
from dalle_explore.figures.maps import (
    BITS,
    FAR,
    SHARE,
    SIGNED_SHARE,
    Scale,
    effect_scale,
)
from dalle_explore.figures.overlay import WordLine
from dalle_explore.figures.press import print_figure
from dalle_explore.figures.written import bits_in_words, fitted, percent

pytestmark = pytest.mark.usefixtures("one_thread")

EFFECT = effect_scale(16)

LONG = " ".join(["a red on ice an tea"] * 4 + ["hedgehog drinking"])  # as a tiny model knows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def view(folder):
    return tiny_sample(folder, "a hedgehog drinking tea", seed=2).inspect()


@pytest.fixture(scope="module")
def other(folder):
    return tiny_sample(folder, "a green clock with $x$ sides", seed=5).inspect()


@pytest.fixture(scope="module")
def everything(view):
    part = view.depends_on(mode="all")
    unasked = np.where(np.arange(len(part.names))[:, None, None] < 2, part.bits, np.nan)
    plain = view.heads("tea", sort="entropy")  # of which no effect is known yet
    zero = view.ablate("zero")
    cut = zero.heads.copy()
    cut[1, 1:] = np.nan
    return {
        "word": view.looks_at("hedgehog"),
        "words": view.looks_at("drinking tea", by="attention", heads=[(1, 0)]),
        "signed": view.looks_at("tea", by="signed"),
        "patch": view.looks_at(patch=(2, 1)),
        "first patch": view.looks_at(patch=(0, 0), by="signed"),
        "cut": view.depends_on(),
        "unfinished cut": dataclasses.replace(part, bits=unasked),
        "replaced": view.depends_on(mode="replace"),
        "one word": view.depends_on("tea", mode="all"),
        "region": view.depends_on_region(range(1, 3), range(1, 2)),
        "heads": plain,
        "heads with effect": view.heads(ablation=zero),
        "signed heads": view.heads(by="signed"),
        "ablation": zero,
        "unfinished ablation": dataclasses.replace(zero, heads=cut),
        "start": view.ablate("start"),
        "lens": view.lens(),
    }


NAMES = [
    "word", "words", "signed", "patch", "first patch", "cut", "unfinished cut", "replaced",
    "one word", "region", "heads", "heads with effect", "signed heads", "ablation",
    "unfinished ablation", "start", "lens",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_everything_has_its_place_on_the_page(everything, name):
    shown = everything[name]
    ax = check_page(shown)
    said = " ".join(texts(ax)).removesuffix(shown.caption())
    looked = shown.drawn_by in ("looks", "heads")
    depended = shown.drawn_by in ("dependence", "ablation")
    assert ("Where it looked" in said) == looked
    assert ("What it depended on" in said) == depended


@pytest.mark.parametrize("name", ["word", "cut", "heads with effect", "unfinished ablation"])
def test_it_is_drawn_into_given_axes_and_prints_the_same_twice(everything, name):
    shown = everything[name]
    ax = Figure(figsize=(3, 3)).add_subplot(1, 2, 1)
    figure = shown.figure(ax=ax)
    assert figure is ax.figure and len(figure.axes) == 1
    own = shown.figure()
    assert max(t.get_fontsize() for t in ax.texts) < max(
        t.get_fontsize() for t in own.axes[0].texts
    )
    once, again = (print_figure(figure, "png", scale=0.3) for figure in (own, shown.figure()))
    assert once == again


def maps_of(ax, scale):
    """Images on a scale, legends left out."""
    found = [i for i in ax.images if i.get_clim() == (scale.low, scale.high)]
    return [i for i in found if i.get_array().shape != (1, 256)]


def test_the_map_holds_the_shares_and_hides_what_was_not_there_yet(everything):
    for name in ("word", "words", "patch"):
        looks = everything[name]
        (image,) = maps_of(looks.figure().axes[0], SHARE)
        assert np.allclose(image.get_array().filled(np.nan), looks.values, equal_nan=True)
        assert image.get_interpolation() == "nearest"
    patch = everything["patch"]
    hidden = np.arange(16).reshape(4, 4) >= 2 * 4 + 1
    assert np.array_equal(np.isnan(patch.values), hidden)
    ax = patch.figure().axes[0]
    alpha = next(a for a in (i.get_array() for i in ax.images) if np.shape(a)[2:] == (4,))[..., 3]
    side = alpha.shape[0] // 4
    assert np.array_equal(alpha.reshape(4, side, 4, side).mean(axis=(1, 3)) == 255, hidden)


def test_words_and_kinds_are_as_long_and_dark_as_their_shares(everything):
    looks = everything["patch"]
    ax = looks.figure().axes[0]
    found = {patch.get_gid(): patch for patch in ax.patches if patch.get_gid()}
    bars = [found[f"share {kind}"] for kind in ("text", "earlier", "start", "pad")]
    whole = sum(bar.get_width() for bar in bars)
    assert [bar.get_width() / whole for bar in bars] == pytest.approx(list(looks.shares.values()))
    for place, share in enumerate(looks.words):
        colour = found[f"word {place}"].get_facecolor()
        assert colour[:3] == pytest.approx(rgb(SHARE.colour(share)))
    said = texts(ax)
    assert all(percent(float(share)) in said for share in looks.words)


def rgb(hexes):
    return tuple(int(hexes[at : at + 2], 16) / 255 for at in (1, 3, 5))


def test_a_signed_map_has_the_signed_scale(everything):
    (image,) = maps_of(everything["signed"].figure().axes[0], SIGNED_SHARE)
    assert np.allclose(image.get_array().filled(np.nan), everything["signed"].values)


def test_bits_stand_in_order_with_their_totals(everything):
    for name in ("cut", "replaced", "one word", "region", "unfinished cut"):
        shown = everything[name]
        images = maps_of(shown.figure().axes[0], BITS)
        assert len(images) == len(shown.names)
        for image, bits in zip(images, shown.bits, strict=True):
            assert np.allclose(image.get_array().filled(np.nan), bits, equal_nan=True)
    shown = everything["cut"]
    ax = shown.figure().axes[0]
    bars = {p.get_gid(): p.get_width() for p in ax.patches if "bar" in str(p.get_gid())}
    widths = np.array([bars[f"bar {place}"] for place in range(len(shown.names))])
    assert widths / widths.max() == pytest.approx(
        np.abs(shown.totals) / np.abs(shown.totals).max()
    )
    assert all(bits_in_words(float(total)) in texts(ax) for total in shown.totals)


def test_a_word_that_was_replaced_says_by_what(everything):
    shown = everything["replaced"]
    said = " ".join(texts(shown.figure().axes[0]))
    for words in shown.replaced:
        told = "left out" if words == ("(left out)",) else ", ".join(words)
        assert f"→ {told}" in said


def test_heads_stand_in_the_order_asked_for(everything):
    for name, scale in (("heads", SHARE), ("heads with effect", SHARE)):
        shown = everything[name]
        images = maps_of(shown.figure().axes[0], scale)
        assert len(images) == len(shown.heads)
        for image, place in zip(images, shown.order(), strict=True):
            assert np.allclose(image.get_array(), shown.maps[place])
    said = texts(everything["heads with effect"].figure().axes[0])
    assert said.count("effect") == 4
    assert "effect" not in texts(everything["heads"].figure().axes[0])


def test_the_sheet_of_effects_holds_the_totals_and_hatches_what_was_not_asked(everything):
    shown = everything["unfinished ablation"]
    ax = shown.figure().axes[0]
    heads, wholes = maps_of(ax, EFFECT)
    assert np.allclose(heads.get_array().filled(np.nan), shown.totals, equal_nan=True)
    expected = np.stack([shown.attention.sum(axis=(1, 2)), shown.mlp.sum(axis=(1, 2))], axis=1)
    assert np.allclose(wholes.get_array(), expected)
    known = shown.totals[~np.isnan(shown.totals)]
    assert all(bits_in_words(float(total)) in texts(ax) for total in known)
    start = everything["start"]
    _, wholes = maps_of(start.figure().axes[0], EFFECT)
    assert np.ma.getmaskarray(wholes.get_array())[:, 1].all()  # an MLP reads no positions


def test_layers_stand_in_order_with_their_pictures_and_bits(everything):
    shown = everything["lens"]
    ax = shown.figure().axes[0]
    maps = maps_of(ax, FAR)
    for image, kl in zip(maps, shown.kl, strict=True):
        assert np.allclose(image.get_array(), kl)
    pictures = [i.get_array() for i in ax.images if np.shape(i.get_array()) == (32, 32, 3)]
    coloured = [*pictures[: 2 * len(shown.names) : 2], pictures[-1]]
    for drawn, pixels in zip(coloured, [*shown.pixels, shown.subject.pixels], strict=True):
        assert np.array_equal(drawn, pixels)


def test_scales_are_the_same_whatever_is_shown(everything, other):
    pairs = [
        (everything["word"], other.looks_at("clock"), SHARE),
        (everything["cut"], other.depends_on(), BITS),
        (everything["ablation"], other.ablate("zero"), EFFECT),
        (everything["lens"], other.lens(), FAR),
    ]
    values = [-9.0, -0.5, -0.001, 0.0, 0.002, 0.03, 0.4, 5.0, 2000.0]
    for one, two, scale in pairs:
        drawn = [image for shown in (one, two) for image in maps_of(shown.figure().axes[0], scale)]
        assert len(drawn) >= 2
        for image in drawn:
            assert np.allclose(image.norm(values), scale.norm()(values))
            assert image.get_cmap().name == drawn[0].get_cmap().name


def test_ticks_lie_where_their_values_have_their_colours():
    for scale in (SHARE, SIGNED_SHARE, BITS, EFFECT, effect_scale(1024), FAR):
        values = [value for value, _ in scale.ticks]
        assert values == sorted(values)
        assert scale.low <= values[0] and values[-1] <= scale.high
        places = [scale.place(value) for value in values]
        assert min(np.diff(places)) > 0.05
        assert "≥" in scale.ticks[-1][1]
    for scale in (SIGNED_SHARE, BITS, EFFECT):
        assert scale.place(0) == 0.5 and scale.place(-1e9) == 0
        assert "≤" in scale.ticks[0][1]
    assert Scale(0, 4, "PuOr", (), power=0.5).place(1) == pytest.approx(0.5)


@pytest.mark.parametrize("layers, heads", [(12, 2), (12, 8)])
def test_many_heads_have_room(tmp_path, layers, heads):
    make_tiny_bundle(tmp_path, clip=False, codebook_size=40, layers=layers, heads=heads)
    view = dx.draw(dx.load(tmp_path), "a red cube", n=1, score=False)[0].inspect()
    shown = view.heads(ablation=view.ablate("zero"), sort="layer")
    assert len(maps_of(check_page(shown), SHARE)) == layers * heads
    check_page(view.ablate("start"))
    if heads == 2:
        check_page(view.lens())


def test_many_words_have_room(folder):
    view = tiny_sample(folder, LONG, seed=3).inspect()
    assert len(view.words) == 26
    check_page(view.looks_at("red on ice"))
    check_page(view.looks_at(patch=(3, 3), by="signed"))
    check_page(view.depends_on(mode="all"))
    check_page(view.depends_on(mode="replace"))


HOSTILE = [
    FIRING[3],
    "$\\frac{1}{0}$ and $$$ _{^{ \\input{x}",
    "\u202etxet sdrawkcab \u2066x\u2069",
    "no\u00a0break \u2003 zero\u200bwidth {0.__class__} %s",
    "\u05e9\u05dc\u05d5\u05dd \u4f60\u597d \U0001f427",
    "x" * 45,
]


@pytest.mark.filterwarnings("ignore:(?s)Glyph")  # letters that no font here has become boxes
@pytest.mark.parametrize("text", HOSTILE)
def test_texts_from_people_are_shown_as_they_are(folder, text):
    view = tiny_sample(folder, text, seed=1).inspect()
    check_page(view.looks_at(patch=(2, 2)))
    check_page(view.depends_on())


def wide(shown, **values):
    """The same patches, in two rows of eight."""
    subject = shown.subject
    recipe = dataclasses.replace(subject.trace.recipe, grid=(2, 8))
    trace = dataclasses.replace(subject.trace, recipe=recipe)
    changed = dataclasses.replace(subject, trace=trace, pixels=subject.pixels.reshape(16, 64, 3))
    return dataclasses.replace(shown, subject=changed, **values)


def test_a_grid_need_not_be_square(everything):
    looks, cut, heads = (everything[name] for name in ("patch", "cut", "heads"))
    ablation, lens = everything["unfinished ablation"], everything["lens"]
    for shown in (
        wide(looks, values=looks.values.reshape(2, 8), patch=(1, 1)),
        wide(cut, bits=cut.bits.reshape(-1, 2, 8)),
        wide(heads, maps=heads.maps.reshape(-1, 2, 8)),
        wide(
            ablation,
            heads=ablation.heads.reshape(*ablation.heads.shape[:2], 2, 8),
            attention=ablation.attention.reshape(-1, 2, 8),
            mlp=ablation.mlp.reshape(-1, 2, 8),
        ),
        wide(
            lens,
            codes=lens.codes.reshape(-1, 2, 8),
            kl=lens.kl.reshape(-1, 2, 8),
            pixels=lens.pixels.reshape(-1, 16, 64, 3),
        ),
    ):
        ax = check_page(shown)
        for image in ax.images:
            if np.shape(image.get_array())[:2] == (2, 8):
                left, right, bottom, top = image.get_extent()
                assert abs(bottom - top) == pytest.approx((right - left) / 4)


def test_numbers_are_written_with_the_digits_that_count():
    assert [percent(x) for x in (0, 0.00003, 0.0042, 0.031, 0.6, 1)] == [
        "0 %", "< 0.01 %", "0.42 %", "3.1 %", "60 %", "100 %",
    ]  # fmt: skip
    assert percent(-0.02, signed=True) == "−2.0 %" and percent(0.5, signed=True) == "+50 %"
    assert [bits_in_words(x) for x in (0, 0.004, -0.126, 9.96, 1234.5, np.nan)] == [
        "0", "0", "−0.13", "+10.0", "+1,234", "–",
    ]  # fmt: skip


def test_an_axis_holds_its_values_and_zero():
    for values in ([0.003, 0.012], [-0.5, 184], [-3, -1], [0.0], [], [np.nan, 7]):
        axis = axis_of(values, most=4)
        known = [0.0, *(value for value in values if value == value)]
        assert all(axis.low <= value <= axis.high for value in known)
        assert 1 <= len(axis.ticks) <= 4 and 0.0 in axis.ticks
    near = axis_of([0.94, 0.96], zero=False)
    assert near.low > 0.9 and all(near.low <= tick <= near.high for tick in near.ticks)


def test_a_word_that_is_too_long_says_that_it_was_cut():
    assert fitted("short", 500, 8) == "short"
    cut = fitted("x" * 400, 500, 8)
    assert cut.endswith("…") and 5 < len(cut) < 400
    line = WordLine(["a", "x" * 400, "b"], [0, 0, 0], ["1 %"] * 3, 700)
    assert [slot.line for slot in line.slots] == [0, 1, 2]
    assert all(slot.left + slot.width <= 700 for slot in line.slots)
    assert line.height == 3 * WordLine.STEP
