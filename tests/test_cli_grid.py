"""``python -m dalle_explore grid``: a table of pictures, and everything that can be wrong."""

import csv
import json
import re

import pytest
from PIL import Image
from tiny import make_tiny_bundle

from dalle_explore.cli import main
from dalle_explore.errors import MachineError
from dalle_explore.gallery import Gallery
from dalle_explore.session.record import PNG_KEYWORD

TEMPLATE = "a {colour=red|blue} {solid} on top of a blue sphere"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder)
    return folder


@pytest.fixture
def grid(model, tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder; return status, output, and complaint."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "home"))

    def run(*arguments, folder=model):
        if "--gallery" not in arguments:
            arguments = (*arguments, "--gallery", "g.sqlite")
        status = main(["grid", *map(str, arguments), "--model", str(folder)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


SOLIDS = ("--axis", "solid=cube,sphere")


def test_a_sentence_with_slots_becomes_a_figure_a_table_and_everything(grid, tmp_path):
    outputs = ["-o", "a.png", "--csv", "a.csv", "--json", "a.json", "--html", "a.html"]
    status, said, bar = grid(TEMPLATE, *SOLIDS, "-n", 3, "--rows", "solid", *outputs)
    assert status == 0, said
    assert said.startswith(f'drawing a grid of "{TEMPLATE}": n = 3, seed 0')
    assert "4 cells: colour (2) x solid (2)" in said
    assert re.search(r"4 cells × 3 = 12 pictures; 12 to draw, about \d+ s\.", said)
    assert said.index("to draw") < said.index("12 pictures, in") and "drawing" in bar
    assert len(re.findall(r"^CLIP -?\d\.\d{3}  seed [012] +a (?:red|blue) ", said, re.M)) == 4
    assert said.rstrip().endswith("saved a.png, a.html, a.csv, a.json")
    with open("a.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12 and {row["colour"] for row in rows} == {"red", "blue"}
    with open("a.json", encoding="utf-8") as file:
        assert len(json.load(file)["cells"]) == 4
    with Image.open("a.png") as image:
        assert json.loads(image.text[PNG_KEYWORD])["template"] == TEMPLATE


def test_what_is_in_the_gallery_is_not_drawn_again(grid):
    assert grid(TEMPLATE, *SOLIDS, "-n", 1, "--no-score", "-o", "a.png")[0] == 0
    status, said, _ = grid(TEMPLATE, *SOLIDS, "-n", 1, "--no-score", "-o", "a.png")
    assert status == 0 and "4 pictures, all of them in the gallery." in said
    _, said, _ = grid(TEMPLATE, "--axis", "solid=cube,ring", "-n", 1, "--no-score", "-o", "b.png")
    assert "2 of them in the gallery; 2 to draw" in said


def test_settings_are_options_or_axes_and_values_with_commas_take_bars(grid):
    status, said, _ = grid(
        "a {x} cube", "-n", 1, "--no-score", "--axis", "x=red, shiny|blue", "--axis",
        "guidance=1,2", "--axis", "top_k=3,all", "--temperature", 0.5, "--json", "a.json",
    )  # fmt: skip
    assert status == 0 and "8 cells" in said
    with open("a.json", encoding="utf-8") as file:
        saved = json.load(file)
    assert saved["cells"][0]["prompt"] == "a red, shiny cube"
    assert saved["settings"]["temperature"] == 0.5
    assert {cell["axes"]["top_k"] for cell in saved["cells"]} == {"3", "all"}


def test_axes_stay_together_when_asked(grid):
    axes = ("--axis", "x=red,blue", "--axis", "y=cube,ring", "--zip", "x,y")
    assert "2 cells: x with y (2)" in grid("a {x} {y}", *axes, "-n", 1, "--no-score")[1]


def test_what_cannot_be_saved_does_not_stop_the_rest(grid, monkeypatch, tmp_path):
    from dalle_explore.session import grids

    write = grids.write_atomic

    def full(path, data):
        if str(path) == "a.csv":
            raise MachineError("cannot write a.csv: the disk is full.")
        return write(path, data)

    monkeypatch.setattr(grids, "write_atomic", full)
    status, said, wrong = grid("a {red|blue} cube", "-n", 1, "--no-score", "-o", "a.png", "--csv",
                               "a.csv", "--json", "a.json")  # fmt: skip
    assert status == 1 and "saved a.png, a.json" in said and "the disk is full" in wrong


def stop_after(monkeypatch, pictures):
    """Ctrl-C once so many pictures are drawn, as a terminal sends it: between two patches."""
    from dalle_explore.session import gridding

    draw = gridding._draw
    drawn = []

    def drawing(*arguments):
        for step in draw(*arguments):
            yield step
            if step.kind == "drawn":
                drawn.extend(step.pictures)
            if len(drawn) >= pictures:
                raise KeyboardInterrupt

    monkeypatch.setattr(gridding, "_draw", drawing)


def test_an_interrupt_saves_the_smaller_grid_and_says_how_to_go_on(grid, monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        stop_after(patched, 8)
        arguments = (TEMPLATE, *SOLIDS, "-n", 12, "-o", "a.png", "--csv", "a.csv", "--no-score")
        status, said, _ = grid(*arguments)
    assert status == 130 and "saved a.png, a.csv" in said
    there = int(re.search(r"stopped at your request with (\d+) of 48 pictures", said)[1])
    assert 8 <= there < 48 and "the same command goes on from there" in said
    with Gallery.open(tmp_path / "g.sqlite") as gallery:
        assert len(gallery.query(limit=100)) == there
    status, said, _ = grid(*arguments)
    assert status == 0 and f"{there} of them in the gallery; {48 - there} to draw" in said


def test_without_a_gallery_an_interrupt_says_that_nothing_is_kept(grid, monkeypatch):
    stop_after(monkeypatch, 4)
    status, said, _ = grid(TEMPLATE, *SOLIDS, "-n", 3, "--no-score", "--gallery", "none")
    assert status == 130 and "they are in no gallery" in said


def test_an_interrupt_before_the_first_picture_saves_nothing(grid, monkeypatch, tmp_path):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("dalle_explore.session.gridding._draw", stop)
    status, said, _ = grid(TEMPLATE, *SOLIDS, "-n", 1, "--no-score")
    assert status == 130 and "nothing is saved" in said
    assert not (tmp_path / "grid.png").exists()


BAD = [
    (["a {red|blue"], "opens a brace"),
    (["a {x}"], "'x'"),
    (["a {x}", "--axis", "x"], "it is a name and values"),
    (["a {x}", "--axis", "x=red,red"], "red"),
    (["a {x}", "--axis", "x=a,b", "--axis", "x=c"], "given twice"),
    (["a {x}", "--axis", "x=a,b", "--axis", "y=c"], "y"),
    (["a cube", "--axis", "guidance=much"], "its values are numbers"),
    (["a cube", "--axis", "seed=1.5"], "whole numbers"),
    (["a cube", "--axis", "guidance=1,2", "--guidance", "3"], "as well"),
    (["a cube", "--axis", "edits=none"], "use dx.grid in Python"),
    (["a {red|blue}", "--rows", "color"], "the axes are slot 1"),
    (["a {red|blue}", "--cols", "color"], "--cols is 'color'"),
    (["a {red|blue}", "--rows", "slot 1", "--cols", "slot 1"], "rows and columns both"),
    (["a {red|blue}", "--shown", "0"], "shown is 0"),
    (["a {red|blue}", "--limit", "1"], "at most 1"),
    (["a {red|blue}", "-n", "0"], "n is 0"),
    (["a {red|blue}", "--keep", "9"], "keep is 9"),
    (["a {red|blue}", "--seed", "-1"], "seed is -1"),
    (["a {red|blue}", "--temperature", "-1"], "temperature is -1"),
    (["a {red|blue}", "-o", "a.gif"], "endings that can be saved"),
    (["a {red|blue}", "--html", "a.png"], "endings that can be saved are .html"),
    (["a {red|blue}", "--csv", "nowhere/a.csv"], "no such file or directory"),
    (["a {red|blue}", "-o", "folder.png"], "it is a folder"),
    (["a {red|blue}", "--gallery", "folder.png"], "folder.png"),
    (["a {red|blue}", "--zip", "x,y"], "x"),
    ([], "required: template"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_is_one_sentence_before_anything_is_drawn(grid, tmp_path, arguments, words):
    (tmp_path / "folder.png").mkdir()
    status, _, said = grid(*arguments)
    assert status == 2 and words in said, said
    assert said.startswith("error: ") and said.count("\n") == 1 and len(said) < 500
    there = {path.name for path in tmp_path.iterdir() if not path.name.startswith("g.sqlite")}
    assert there <= {"folder.png", "home"}


def test_a_model_without_clip_says_how_to_draw_all_the_same(grid, tmp_path_factory):
    folder = tmp_path_factory.mktemp("no_clip")
    make_tiny_bundle(folder, clip=False)
    status, _, said = grid("a {red|blue} cube", folder=folder)
    assert status == 2 and "--no-score" in said
