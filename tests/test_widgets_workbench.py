"""The workbench: five widgets, one picture in hand."""

import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.widgets.workbench import PARTS

TEMPLATE = "a {colour=red|blue} {solid=cube|sphere}"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_bundle(folder)
    return dx.load(folder)


@pytest.fixture
def bench(model):
    grid = dx.grid(model, TEMPLATE, n=2, gallery=False)
    bench = dx.explore(grid)
    yield bench
    bench.close()


def test_it_opens_with_the_grid_and_the_picture_in_hand(bench):
    assert bench.part == "grid" and bench.shown is bench.grid
    assert bench.selected is not None and "In hand: “a red cube”, seed" in bench._line.value
    assert bench.children[-1] is bench.grid


def test_a_picture_chosen_in_the_grid_is_what_the_other_parts_open_with(bench):
    bench.grid.choose(colour="blue", solid="sphere")
    sample = bench.selected
    assert sample.prompt == "a blue sphere"
    for part in ("player", "explorer", "breeder"):
        shown = bench.show(part).shown
        assert bench.children[-1] is shown and bench.part == part
        prompts = {s.prompt for s in shown.samples}
        assert prompts == {"a blue sphere"}
    player = bench.show("player").shown
    assert bench.show("grid").show("player").shown is player  # nothing changed: the same widget
    bench.grid.choose(colour="red", solid="sphere")
    assert bench.show("player").shown is not player
    assert bench.shown.samples[0].prompt == "a red sphere"


def test_scores_choose_for_all(bench):
    explorer = bench.show("scores").shown
    explorer.choose({"colour": "blue", "solid": "cube"})
    assert bench.selected.prompt == "a blue cube"
    assert bench.show("explorer").shown.samples[0].prompt == "a blue cube"


def test_a_picture_opened_in_the_grid_opens_here(bench):
    bench.grid._received(
        None, {"kind": "open", "cell": 3, "seed": 1, "in": "AttentionExplorer"}, []
    )
    if bench.part == "grid":  # the message of the page, in the words of the widget
        bench._open(bench.grid.grid.cells[3].samples[0], "AttentionExplorer")
    assert bench.part == "explorer" and bench.selected.prompt == "a blue sphere"


def test_a_child_is_in_hand_when_it_is_chosen(bench):
    breeder = bench.show("breeder").shown
    breeder.breed(wait=True)
    breeder.choose(3)
    assert bench.selected is breeder.selected


def test_buttons_say_what_cannot_be_shown(model):
    empty = dx.explore(model, TEMPLATE, n=1, gallery=False)
    try:
        empty._choice.value = "player"
        assert empty.part == "grid" and "Nothing is in hand yet" in empty._line.value
        empty._choice.value = "scores"
        assert empty.part == "grid" and "no scores yet" in empty._line.value
        with pytest.raises(InputError, match="player, explorer, scores, breeder"):
            empty.show("tea")
    finally:
        empty.close()


def test_every_part_has_its_still_page_and_code(bench, tmp_path):
    for part in PARTS:
        bench.show(part)
        assert bench.python()
        path = bench.save_html(tmp_path / f"{part}.html")
        assert path.read_bytes().startswith(b"<!DOCTYPE html>")


def test_it_begins_with_a_sample_and_closes_everything(model):
    sample = dx.draw(model, "a red cube", n=1, score=False)[0]
    bench = dx.explore(sample, gallery=False, n=1)
    parts = [bench.show(part).shown for part in ("player", "explorer", "breeder")]
    assert bench.selected is sample and len(bench.grid.grid) == 1
    bench.close()
    assert all(part._closed for part in [*parts, bench.grid])
