"""Grids: a cell is the separate draw, nothing is drawn twice, a stopped grid is a smaller one."""

import dataclasses

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError, MachineError
from dalle_explore.gallery import Gallery
from dalle_explore.session.grid import gridding

TEMPLATE = "a {colour=red|blue} {solid=cube|sphere} on top of a {|green }sphere"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_bundle(folder)
    return dx.load(folder)


@pytest.fixture
def gallery(tmp_path):
    with Gallery.open(tmp_path / "gallery.sqlite") as opened:
        yield opened


def codes_of(grid):
    return {
        (cell.prompt, one.seed): one.codes.tobytes()
        for cell in grid.cells
        for one in cell.pictures
    }


def drawn_by(run):
    """How many pictures a run draws, by its own steps."""
    drawn = []
    run.watch(lambda step: step.kind == "drawn" and drawn.extend(step.pictures))
    run.run()
    return len(drawn)


def test_a_cell_is_the_separate_draw(model):
    grid = dx.grid(model, TEMPLATE, n=3, seed=5, gallery=False)
    assert len(grid) == 8 and grid.complete and grid.drawn == 24
    for cell in grid:
        alone = dx.draw(model, cell.prompt, n=3, seed=5)
        assert [s.seed for s in cell.samples] == [s.seed for s in alone]
        assert [s.score for s in cell.samples] == [s.score for s in alone]
        assert [s.rank for s in cell.samples] == [1, 2, 3]
        for one, other in zip(cell.samples, alone, strict=True):
            assert np.array_equal(one.codes, other.codes)
            assert one.log_probability == other.log_probability
        assert cell.samples.drawn == 3 and cell.samples.recipe == alone.recipe


def test_cells_know_their_values_and_what_became_of_them(model):
    grid = dx.grid(model, "a {red|orange} {thing}", {"thing": ["cube", "ring"]}, n=1, score=False,
                   gallery=False)  # fmt: skip
    cell = grid.cell(thing="ring", **{"slot 1": "orange"})
    assert (cell.raw, cell.prompt) == ("a orange ring", "an orange ring")
    ((start, end),) = cell.spans["slot 1"]
    assert cell.prompt[start:end] == "orange"
    text = model.generator.encode_text(cell.prompt)
    assert cell.tokens["thing"] == text.tokens(text.find("ring")[0])
    assert [cell.place for cell in grid] == [0, 1, 2, 3]
    assert [c.labels["thing"] for c in grid] == ["cube", "ring"] * 2


def test_settings_seeds_models_and_edits_are_axes(model, tmp_path):
    make_tiny_bundle(tmp_path / "other", seed=3, name="other")
    other = dx.load(tmp_path / "other")
    knocked = dx.KnockOut("tea")
    grid = dx.grid([model, other], "a {hedgehog|fox} drinking tea", n=2, seed=[0, 7], score=False,
                   guidance=[1, 2], edits=[None, knocked], gallery=False)  # fmt: skip
    assert [axis.name for axis in grid.axes][0] == "slot 1" and len(grid) == 32
    for cell in grid.cells[::5]:
        v = cell.values
        alone = dx.draw(v["model"], cell.prompt, n=2, seed=v["seed"], score=False,
                        guidance=v["guidance"], edits=v["edits"])  # fmt: skip
        assert [s.codes.tobytes() for s in cell.samples] == [s.codes.tobytes() for s in alone]
        assert cell.samples.recipe == alone.recipe


def test_breadth_comes_first(model):
    run = gridding(model, TEMPLATE, n=5, gallery=False, score=False)
    seen = []
    run.watch(lambda s: s.kind == "drawn" and seen.extend(one.seed for _, one in s.pictures))
    run.run()
    assert seen[:8] == [0] * 8 and sorted(seen) == sorted(list(range(5)) * 8)
    run = gridding(model, "a {red|blue} cube", n=4, guidance=[1, 2, 3], gallery=False, score=False)
    kinds = []
    run.watch(lambda s: s.kind == "drawn" and kinds.append({one.seed for _, one in s.pictures}))
    run.run()
    assert len(kinds) == 3  # few cells of each setting: their samples share a batch


def test_what_was_drawn_is_never_drawn_again(model, gallery):
    first = dx.grid(model, TEMPLATE, n=2, gallery=gallery)
    run = gridding(model, TEMPLATE, n=2, gallery=gallery)
    assert (
        run.missing == 0
        and run.in_words() == "8 cells × 2 = 16 pictures, all of them in the gallery."
    )
    again = run.run()
    assert codes_of(again) == codes_of(first)
    assert [c.scores.tolist() for c in again] == [c.scores.tolist() for c in first]
    assert {one.source for cell in again for one in cell.pictures} == {"gallery"}
    # Another value, then a whole axis with one old value, then more seeds: only what is new.
    wider = TEMPLATE.replace("red|blue", "red|blue|pink")
    assert drawn_by(gridding(model, wider, n=2, gallery=gallery)) == 8
    old = model.settings.guidance
    several = gridding(model, wider, n=2, gallery=gallery, guidance=[old, 3.5], score=False)
    assert drawn_by(several) == 24
    assert drawn_by(gridding(model, wider, n=3, gallery=gallery)) == 12


def test_other_settings_and_other_models_are_other_pictures(model, gallery, tmp_path):
    dx.grid(model, "a red cube", n=1, gallery=gallery, score=False)
    make_tiny_bundle(tmp_path / "other", seed=9, clip=False)
    for run in (
        gridding(model, "a red cube", n=1, gallery=gallery, score=False, temperature=0.5),
        gridding(dx.load(tmp_path / "other"), "a red cube", n=1, gallery=gallery, score=False),
        gridding(model, "a red cube", n=1, seed=1, gallery=gallery, score=False),
    ):
        assert run.missing == 1


def test_a_stopped_grid_is_a_smaller_grid_and_goes_on(model, gallery):
    run = gridding(model, TEMPLATE, n=6, gallery=gallery, score=False)
    count = []
    run.watch(lambda s: s.kind == "drawn" and (count.append(1), run.stop(wait=False)))
    part = run.run()
    assert run.state == "stopped" and 0 < part.drawn < 48 and not part.complete
    whole = part.resume()
    assert whole.complete
    assert codes_of(whole) == codes_of(dx.grid(model, TEMPLATE, n=6, gallery=False, score=False))
    assert codes_of(part).items() <= codes_of(whole).items()


def test_without_a_gallery_resuming_keeps_what_is_in_hand(model):
    run = gridding(model, TEMPLATE, n=6, gallery=False, score=False)
    run.watch(lambda s: s.kind == "drawn" and run.stop(wait=False))
    part = run.run()
    further = part.going_on(part)
    assert drawn_by(further) == 48 - part.drawn


def test_stop_is_heard_within_one_patch(model):
    run = gridding(model, TEMPLATE, n=8, gallery=False, score=False, every=1)
    steps = []
    run.watch(lambda s: (steps.append(s), len(steps) == 3 and run.stop(wait=False)))
    part = run.run()
    assert len(steps) == 3 and part.drawn == 0 and part.missing == 64
    with pytest.raises(InputError, match="no picture yet"):
        part.cells[0].caption()


def test_seeds_may_differ_from_cell_to_cell(model):
    grid = dx.grid(model, "a {red|blue} cube", n=2, same_seeds=False, gallery=False, score=False)
    assert [cell.seeds for cell in grid] == [(0, 1), (2, 3)]
    assert "seeds of its own" in grid.caption()


def test_twins_share_their_pictures(model):
    run = (
        gridding(model, "a {|} cube", n=2, gallery=False, score=False)
        if False
        else gridding(
            model,
            "a {x} {y} cube",
            {"x": ["red", ""], "y": ["", "red"]},
            n=2,
            gallery=False,
            score=False,
        )
    )
    assert run.plan.pictures < len(run.plan.cells) * 2
    grid = run.run()
    assert grid.complete
    by_prompt = {}
    for cell in grid:
        by_prompt.setdefault(cell.prompt, set()).add(cell.samples[0].codes.tobytes())
    assert all(len(codes) == 1 for codes in by_prompt.values())


def test_losers_whose_codes_were_dropped_are_not_drawn_again(model, gallery):
    grid = dx.grid(model, "a {red|blue} cube", n=12, gallery=gallery)
    for cell in grid:
        losers = [s.seed for s in cell.samples.everything[8:]]
        gallery.drop_codes([cell.address(seed) for seed in losers])
    run = gridding(model, "a {red|blue} cube", n=12, gallery=gallery)
    assert run.missing == 0
    again = run.run()
    for cell, before in zip(again, grid, strict=True):
        assert len(cell.samples) == 8 and cell.samples.drawn == 12
        assert cell.scores.tolist() == before.scores.tolist()
        assert [s.seed for s in cell.samples] == [s.seed for s in before.samples[:8]]
        assert [s.rank for s in cell.samples] == list(range(1, 9))
    # Where more of them would be seen, only those are drawn.
    assert gridding(model, "a {red|blue} cube", n=12, keep=10, gallery=gallery).missing == 4
    assert gridding(model, "a {red|blue} cube", n=12, gallery=gallery, score=False).missing == 8


def test_an_edit_that_cannot_be_written_down_is_drawn_without_the_gallery(model, gallery):
    edit = dx.Edit("block.0.attn.out", lambda value, at: value)
    for _ in range(2):
        run = gridding(model, "a red cube", n=1, gallery=gallery, edits=[edit], score=False)
        assert run.missing == 1
        assert run.run().cells[0].address(0) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"template": "a {red|red} cube"}, "twice"),
        ({"axes": {"shape": ["cube"]}}, "shape"),
        ({"template": "a {shape}"}, "shape"),
        ({"template": "a {shape}", "axes": {"shape": []}}, "no cells"),
        ({"template": "a {a} {b}", "axes": {"a": range(4000), "b": range(4000)}}, "16,000,000"),
        ({"n": 0}, "n is 0"),
        ({"keep": 9}, "keep is 9"),
        ({"keep": 1, "score": False}, "without scores"),
        ({"temprature": 1}, "temprature"),
        ({"temprature": [1, 2]}, "temprature"),
        ({"gallery": 7}, "gallery is 7"),
        ({"model": "tiny"}, "dx.load"),
        ({"edits": [None, dx.KnockOut("penguin")]}, "penguin"),
        ({"template": "a {cube|" + "very long " * 200 + "cube}"}, "the cell"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_drawn(model, wrong, said):
    given = {"model": model, "template": "a red cube", "n": 2, "gallery": False, **wrong}
    with pytest.raises(InputError, match=said):
        gridding(**given)


def test_a_grid_shows_and_says_what_it_is(model):
    grid = dx.grid(model, TEMPLATE, n=2, gallery=False)
    caption = grid.caption()
    assert "8 cells" in caption and "2 drawn per cell" in caption and "seeds 0 and 1" in caption
    assert "ranked by CLIP" in caption and "Pictures: CC0-1.0" in caption
    table = grid.table()
    assert len(table) == 16 and {"colour", "solid", "prompt", "seed", "rank", "score"} <= set(
        table
    )
    small = grid.where(colour="red")
    assert len(small) == 4 and "4 shown" in small.caption()
    with pytest.raises(InputError, match="red, blue"):
        grid.where(colour="mauve")
    with pytest.raises(InputError, match="colour, solid"):
        grid.where(hue="red")
    with pytest.raises(InputError, match="4 cells"):
        grid.cell(colour="red")


def test_a_scorer_that_says_nan_loses_nothing(model, gallery, monkeypatch):
    scorer = model.scorer
    real = scorer.encode_image
    monkeypatch.setattr(scorer, "encode_image", lambda p: real(p) * np.nan)
    run = gridding(model, "a red cube", n=2, gallery=gallery)
    with pytest.raises(InputError, match="finite numbers"):
        run.run()
    assert run.so_far().drawn == 2
    monkeypatch.undo()
    run = gridding(model, "a red cube", n=2, gallery=gallery)
    assert run.missing == 0
    assert np.isfinite(run.run().cells[0].scores).all()


def test_plans_say_what_they_cost(model, gallery):
    run = gridding(model, TEMPLATE, n=2, gallery=gallery, score=False)
    assert run.in_words().startswith("8 cells × 2 = 16 pictures; 16 to draw, about ")
    assert run.seconds() > 0
    assert dataclasses.is_dataclass(run.plan)


def test_a_grid_is_on_the_gallerys_list_even_if_it_is_never_finished(model, gallery):
    run = gridding(model, TEMPLATE, n=6, gallery=gallery, score=False)
    run.watch(lambda s: s.kind == "drawn" and run.stop(wait=False))
    run.run()
    (listed,) = gallery.grids()
    saved = gallery.grid(listed.id)
    assert saved.spec["template"] == TEMPLATE and len(saved.cells) == 8
    run.so_far().resume()
    assert len(gallery.grids()) == 1
    found = gallery.query(axis={"colour": "red", "solid": "cube"})
    assert {one.row.recipe.prompt for one in found} == {
        cell.prompt for cell in run.so_far().where(colour="red", solid="cube")
    }


def test_of_large_cells_the_best_and_all_scores_stay(model, gallery):
    grid = dx.grid(model, "a red cube", n=70, gallery=gallery)
    again = dx.grid(model, "a red cube", n=70, gallery=gallery)
    (cell,), (before,) = again.cells, grid.cells
    assert cell.scores.tolist() == before.scores.tolist() and len(cell.scores) == 70
    assert [s.seed for s in cell.samples] == [s.seed for s in before.samples[:8]]
    assert cell.samples.drawn == 70 and "70 drawn; the best 8" in cell.caption()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_gallery_of_a_user_is_the_default(model, home):
    dx.grid(model, "a {red|blue} cube", n=1)
    run = gridding(model, "a {red|blue} cube", n=1)
    assert run.missing == 0 and run.shelf.own.path.parent == home


def test_a_disk_that_fills_up_ends_nothing_but_the_keeping(model, home, monkeypatch):
    run = gridding(model, TEMPLATE, n=2)
    put = run.shelf.own.put

    def full(rows, *more):
        raise MachineError("the disk is full; free some space.")

    monkeypatch.setattr(run.shelf.own, "put", full)
    with pytest.warns(UserWarning, match="only in memory: the disk is full"):
        grid = run.run()
    assert grid.complete and "the disk is full" in grid.notice
    assert codes_of(grid) == codes_of(dx.grid(model, TEMPLATE, n=2, gallery=False))
    monkeypatch.setattr(run.shelf.own, "put", put)
    assert gridding(model, TEMPLATE, n=2).missing == 16


def test_a_gallery_that_was_named_is_written_or_the_drawing_ends(model, gallery, monkeypatch):
    def full(rows, *more):
        raise MachineError("the disk is full; free some space.")

    monkeypatch.setattr(gallery, "put", full)
    run = gridding(model, TEMPLATE, n=1, gallery=gallery)
    with pytest.raises(MachineError, match="disk is full"):
        run.run()
    assert run.so_far().drawn == 8  # still in hand


def test_another_picture_at_the_same_address_is_an_alarm(model, gallery):
    grid = dx.grid(model, "a red cube", n=1, gallery=gallery, score=False)
    (cell,) = grid.cells
    (row,) = gallery.find([cell.address(0)]).values()
    other = dataclasses.replace(row, codes=(row.codes + 1) % cell.recipe.codebook_size)
    with pytest.raises(InputError, match="other codes|another|differ"):
        gallery.put([other])
    assert np.array_equal(gallery.find([cell.address(0)])[cell.address(0)].codes, row.codes)
