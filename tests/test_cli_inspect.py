"""``python -m dalle_explore inspect``: figures, tables and pages of a record, or a sentence."""

import shutil

import pandas
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.cli import main
from dalle_explore.cli.inspect import VIEWS

pytestmark = pytest.mark.usefixtures("one_thread")

PROMPT = "a red cube on top of a blue sphere"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return folder


@pytest.fixture(scope="module")
def saved(folder, tmp_path_factory):
    samples = dx.draw(dx.load(folder), PROMPT, n=2, seed=5, score=False)
    return samples.save(tmp_path_factory.mktemp("saved") / "sheet.png")


@pytest.fixture
def inspect(folder, saved, tmp_path, monkeypatch, capsys):
    """Run the command in a folder that holds a record; return status, output, and complaint."""
    monkeypatch.chdir(tmp_path)
    for path in saved:
        shutil.copy(path, tmp_path)

    def run(*arguments):
        status = main(["inspect", *map(str, arguments), "--model", str(folder)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


@pytest.mark.parametrize("record", ["sheet.json", "sheet.png"])
def test_a_patch_becomes_a_figure_with_its_caption_and_replay_error(inspect, tmp_path, record):
    status, said, _ = inspect(record, "--sample", 1, "--patch", "2,3", "-o", "attention.png")
    assert status == 0
    assert (tmp_path / "attention.png").read_bytes().startswith(b"\x89PNG")
    assert "Where it looked: what the patch at row 2, column 3" in said
    assert "replay error:" in said and "saved attention.png" in said and "seed 6" in said


@pytest.mark.parametrize(
    ("arguments", "column"),
    [
        (["--word", "red cube"], "share"),
        (["--word", "cube", "--by", "signed", "--layers", "1"], "share"),
        (["--patch", "1,1", "--by", "attention"], "share"),
        (["--view", "depends"], "bits"),
        (["--view", "depends", "--mode", "replace", "--word", "cube"], "replaced_by"),
        (["--view", "depends", "--box", "0-1,1-2"], "bits"),
        (["--view", "heads", "--word", "red"], "push"),
        (["--view", "ablation", "--kind", "zero", "--layers", "0"], "bits"),
        (["--view", "lens"], "kl"),
        (["--box", "1-2,0-1"], "knockout"),
        (["--view", "agreement", "--box", "1-2,0-1"], "gradient"),
        (["--word", "cube", "--twin"], "share"),
    ],
)
def test_every_view_has_its_table(inspect, tmp_path, arguments, column):
    status, said, complaint = inspect("sheet.json", *arguments, "-o", "table.csv")
    assert status == 0, complaint
    table = pandas.read_csv(tmp_path / "table.csv")
    assert column in table.columns and len(table)
    assert ("UNTRAINED TWIN" in said) == ("--twin" in arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give --word WORD or --patch ROW,COLUMN"),
        (["--word", "cube", "--patch", "1,1"], "give --word WORD or --patch ROW,COLUMN"),
        (["--patch", "5"], "it is a row and a column, such as 5,7"),
        (["--patch", "5,7"], "rows 0 to 3 and columns 0 to 3"),
        (["--word", "dog"], "its words are a, red, cube, on, top, of, a, blue, sphere"),
        (["--word", "cube", "--by", "magic"], "it is one of contribution, attention, signed"),
        (["--word", "cube", "--layers", "0,x"], "it is numbers of layers"),
        (["--word", "cube", "--layers", "7"], "this model has the layers 0 to 1"),
        (["--view", "everything"], f"the views are {', '.join(VIEWS)}"),
        (["--view", "lens", "--word", "cube"], "--word belongs to"),
        (["--view", "box"], "give --box 4-8,5-9"),
        (["--box", "4,5"], "it is rows and columns with both ends"),
        (["--box", "0-9,0-1"], "it has to be a range within 0 to 4"),
        (["--view", "depends", "--mode", "some"], "it is one of image, all, replace"),
        (["--view", "depends", "--box", "0-1,0-1", "--word", "cube"], "give one of them"),
        (["--view", "ablation", "--kind", "magic"], "it is one of mean, zero, start, resample"),
        (["--view", "ablation"], "check atlas"),
        (["--view", "ablation", "--kind", "resample"], "needs a donor"),
        (["--sample", "2", "--word", "cube"], "the record holds 2, counted from 0: give 0 to 1"),
        (["--word", "cube", "-o", "x.gif"], "the endings that can be saved are"),
        (["--word", "cube", "-o", "nowhere/x.png"], "nowhere"),
        (["--twin", "-o", "x.html"], "leave --twin out"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(inspect, tmp_path, arguments, sentence):
    before = sorted(tmp_path.iterdir())
    status, _, complaint = inspect("sheet.json", *arguments)
    assert status == 2 and sentence in complaint and complaint.count("error:") == 1
    assert sorted(tmp_path.iterdir()) == before, "nothing is left behind"


def test_the_record_of_another_model_is_refused(inspect, tmp_path_factory, capsys):
    other = tmp_path_factory.mktemp("other")
    make_tiny_bundle(other, clip=False, seed=1)
    assert main(["inspect", "sheet.json", "--word", "cube", "--model", str(other)]) == 2
    assert "was drawn by the model" in capsys.readouterr().err


def test_the_explorer_is_saved_as_one_page(inspect, tmp_path):
    status, said, complaint = inspect("sheet.json", "--word", "cube", "-o", "explorer.html")
    assert status == 0, complaint
    page = (tmp_path / "explorer.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and PROMPT in page and "saved explorer.html" in said
