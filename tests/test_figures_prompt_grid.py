"""The prompt grid on paper: every cell in its place, nothing hidden, pages of limited size."""

import dataclasses
import io
import math

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from tiny import make_tiny_bundle
from tiny_samples import check_page, texts

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.figures.press import print_figure
from dalle_explore.figures.prompt_grid import prompt_grid, prompt_grid_pages
from dalle_explore.figures.prompt_layout import Table
from dalle_explore.scoring.meaning import canonical
from dalle_explore.session.grid import grid, gridding

TEMPLATE = "a {colour=red|blue|green} {solid=cube|sphere} on top of {|costs $5 & }{thing=ice|tea}"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_bundle(folder)
    return dx.load(folder)


@pytest.fixture(scope="module")
def whole(model):
    return grid(model, TEMPLATE, n=3, gallery=False)


@pytest.fixture(scope="module")
def nothing(model):
    axes = {"one": ["one", "uno", "un", "ein"], "two": [f"two{k}" for k in range(12)]}
    axes["three"] = [f"three{k}" for k in range(12)]
    run = gridding(model, "{one} {two} {three}", axes, n=1, score=False, gallery=False, limit=576)
    return run.so_far()


@pytest.fixture(scope="module")
def stated(model):
    """A grid whose sentences state facts that a judge can look for."""
    return grid(model, "a {red|green} cube on top of a blue {sphere|ring}", n=3, gallery=False)


def judged(grid, right=lambda seed: seed % 2 == 0):
    """The same grid, read by a judge."""

    def facts(cell, one):
        stated = canonical(cell.scene)
        return stated if right(one.seed) else dict.fromkeys(stated)

    cells = [
        dataclasses.replace(
            cell,
            pictures=tuple(dataclasses.replace(p, facts=facts(cell, p)) for p in cell.pictures),
        )
        for cell in grid.cells
    ]
    return dataclasses.replace(grid, cells=tuple(cells))


def pictures(ax):
    """Cell and seed of every picture, with its edges."""
    return {image.get_gid(): image.get_extent() for image in ax.images}


def spots(ax, words):
    """Everywhere that a text stands on the page."""
    return [text.get_position() for text in ax.texts if text.get_text() == words]


def test_the_best_picture_of_every_cell_is_shown_where_its_values_meet(whole):
    ax = prompt_grid(whole, rows="colour", columns="thing")
    found = pictures(ax)
    assert len(found) == len(whole) == 24 and {"colour", "thing"} <= set(texts(ax))
    for cell in whole:
        left, _, bottom, top = found[f"cell {cell.place}, seed {cell.best.seed}"]
        assert any(x == left for x, _ in spots(ax, cell.labels["thing"]))
        assert any(top < y < bottom for _, y in spots(ax, cell.labels["colour"]))
        block = f"solid: {cell.labels['solid']}, slot 1: {cell.labels['slot 1']}"
        assert any(x <= left and y < top for x, y in spots(ax, block))
    assert len(spots(ax, "seed 0")) == sum(cell.best.seed == 0 for cell in whole)


@pytest.mark.parametrize("options", [{"scores": True}, {"shown": 3, "rows": "slot 1"}])
def test_no_text_leaves_the_page_or_meets_another(stated, options):
    class Shown:
        def figure(self):
            return judged(stated).figure(**options)

        def caption(self):
            return stated.caption()

    ax = check_page(Shown())
    assert len(ax.images) == 4 * options.get("shown", 1)


def test_the_caption_tells_how_many_are_shown_and_how_selected(whole, model):
    assert "Shown: the best picture of 3 in each cell, selected by CLIP." in said(whole)
    assert "Shown: the best 2 pictures of 3 in each cell" in said(whole, shown=2)
    assert "Shown: all pictures of each cell." in said(whole, shown=3)
    plain = grid(model, "a {red|blue} cube", n=2, score=False, gallery=False)
    assert "by seed and not selected by any score" in said(plain)


def said(grid, **options):
    return " ".join(texts(prompt_grid(grid, **options)))


def test_slots_stand_out_in_the_title_and_a_single_value_is_filled_in(whole):
    ax = prompt_grid(whole.where(solid="sphere"))
    bold = {text.get_text() for text in ax.texts if text.get_weight() == "bold"}
    assert "colour" in bold and "sphere" not in bold and "sphere" in texts(ax)
    assert not any(text.get_parse_math() for text in ax.texts)


def test_verdicts_are_marked_one_for_each_picture_and_explained(stated):
    ax = prompt_grid(judged(stated))
    assert "the judge read all stated facts" in texts(ax) and "not all" in texts(ax)
    assert "the judge read all stated facts" not in texts(prompt_grid(stated))
    ticks = [
        path
        for collection in ax.collections
        for path in collection.get_paths()
        if len(path.vertices) == 3
    ]
    assert len(ticks) == 2 * len(stated) + 1  # seeds 0 and 2 of each cell, and the legend


def test_many_verdicts_are_counted_in_words(model):
    template = "a {red|green} cube on top of a blue ring"
    many = judged(grid(model, template, n=40, score=False, gallery=False))
    assert texts(prompt_grid(many)).count("20 of 40 right") == 2


def test_what_is_not_drawn_is_hatched_and_never_black(model):
    run = gridding(model, "a {red|blue|green} cube", n=2, gallery=False, score=False)
    ax = prompt_grid(run.so_far(), shown=2)
    assert not ax.images and texts(ax).count("not drawn yet") == 6
    assert "Nothing is drawn yet." in " ".join(texts(ax))
    with Image.open(io.BytesIO(print_figure(ax.figure, "png", scale=0.5))) as image:
        pixels = np.asarray(image.convert("L"))
    assert (pixels > 200).mean() > 0.95 and len(ax.collections) >= 2


def test_pictures_whose_codes_were_dropped_leave_a_place_that_says_so(whole):
    cells = [
        dataclasses.replace(
            cell, pictures=tuple(dataclasses.replace(p, codes=None) for p in cell.pictures)
        )
        for cell in whole.where(solid="cube", thing="ice")
    ]
    ax = prompt_grid(dataclasses.replace(whole, cells=tuple(cells)))
    assert not ax.images and texts(ax).count("not kept") == len(cells)


def test_a_grid_of_any_size_is_paged_and_every_cell_is_on_one_page(nothing):
    pages = prompt_grid_pages(nothing)
    assert len(nothing) == 576 and len(pages) == 4
    table = pages.layout.table
    there = [
        (row, column, panel.block)
        for page in pages.layout.pages
        for band in page
        for panel in band.panels
        for row in band.rows
        for column in panel.columns
    ]
    assert len(there) == len(set(there)) == 576
    assert {table.cell(*where).place for where in there} == set(range(576))
    last = pages[-1]
    assert isinstance(last, Figure) and max(last.get_size_inches()) < 21
    assert f"page {len(pages)} of {len(pages)}: one: ein" in " ".join(texts(last.axes[0]))
    assert "cells are on this page" not in " ".join(texts(last.axes[0]))  # nothing is drawn yet


def test_pages_are_made_one_by_one_and_a_page_can_be_asked_for(nothing):
    some = nothing.where(three=["three0"])
    pages = prompt_grid_pages(some, rows=("one", "two"), columns="three")
    ax = prompt_grid(some, rows=("one", "two"), columns="three", page=2)
    assert len(pages) == 3 and texts(ax) == texts(pages[1].axes[0])
    assert [len(part) for part in (pages[:1], pages[1:])] == [1, 2]
    assert "un · two11" in texts(ax) or "uno · two11" in texts(ax)
    with pytest.raises(InputError, match="this grid takes 3"):
        prompt_grid(some, rows=("one", "two"), columns="three", page=4)


def test_a_single_axis_is_set_like_lines_of_a_text(model):
    run = gridding(model, "a {x}", {"x": [f"x{k}" for k in range(24)]}, n=1, gallery=False)
    ax = prompt_grid(run.so_far())
    rows = {spots(ax, f"x{k}")[0][1] for k in range(24)}
    assert 2 <= len(rows) <= 5


def test_axes_that_stay_together_are_one_direction(model):
    axes = {"colour": ["red", "blue"], "solid": ["cube", "ring"], "thing": ["ice", "tea", "fog"]}
    linked = grid(model, "a {colour} {solid} on {thing}", axes, n=1, zip=[("colour", "solid")],
                  gallery=False)  # fmt: skip
    ax = prompt_grid(linked, rows="solid")
    assert {"red · cube", "blue · ring", "colour · solid"} <= set(texts(ax)) and len(
        ax.images
    ) == 6
    with pytest.raises(InputError, match="which stay together"):
        prompt_grid(linked, rows="colour", columns="solid")


def test_numbers_beside_words_say_what_they_are(model):
    two = grid(model, "a {red|blue} cube", n=1, guidance=[1, 2], score=False, gallery=False)
    ax = prompt_grid(two, rows=("slot 1", "guidance"))
    assert "red · guidance 2" in texts(ax) and "guidance" not in texts(ax)


def test_one_cell_without_slots_is_a_grid_too(model):
    alone = grid(model, "a hedgehog drinking tea", n=2, gallery=False)
    ax = prompt_grid(alone, shown=2)
    assert len(ax.images) == 2 and ax.figure.get_figwidth() > 5


def test_long_words_of_people_are_broken_and_cut_visibly(model):
    axes = {"x": ["W" * 55, "$x^2$ <b>", *map(str, range(9))], "guidance": [1, 2]}
    run = gridding(model, "{x}", axes, n=1, score=False, gallery=False)

    class Shown:
        def figure(self):
            return run.so_far().figure(columns="x")

        def caption(self):
            return run.so_far().caption()

    assert any(text.endswith("…") for text in texts(check_page(Shown())))


def test_it_is_drawn_into_given_axes_with_smaller_letters(whole):
    ax = Figure(figsize=(4, 4)).add_subplot(1, 2, 1)
    assert prompt_grid(whole, ax) is ax
    size = {text.get_text(): text.get_fontsize() for text in prompt_grid(whole).texts}
    assert all(text.get_fontsize() < size.get(text.get_text(), math.inf) for text in ax.texts)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rows": "color"}, "the axes are colour, solid, slot 1, thing"),
        ({"rows": "colour", "columns": "colour"}, "both go through 'colour'"),
        ({"columns": 3}, "has to name one axis"),
        ({"shown": 0}, "from 1 to 64"),
        ({"shown": True}, "from 1 to 64"),
        ({"page": 0}, "whole number from 1"),
        ({"page": 2}, "this grid takes 1"),
    ],
)
def test_bad_options_are_one_sentence(whole, options, words):
    with pytest.raises(InputError, match=words):
        prompt_grid(whole, **options)


def test_the_last_axis_goes_across_and_the_one_before_it_down(whole):
    table = Table.of(whole)
    assert table.columns.names == ("thing",) and table.rows.names == ("slot 1",)
    assert table.blocks.names == ("colour", "solid") and not table.fixed
