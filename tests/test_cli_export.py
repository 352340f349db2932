"""``python -m dalle_explore export``: a record becomes a page, or one sentence says why not."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from house import ROOT
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.cli import main
from dalle_explore.cli.export import VIEWS

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return folder


@pytest.fixture(scope="module")
def saved(folder, tmp_path_factory):
    """A sheet and its record."""
    place = tmp_path_factory.mktemp("saved")
    samples = dx.draw(dx.load(folder), "a hedgehog drinking tea", n=3, seed=5, score=False)
    return samples.save(place / "sheet.png")


@pytest.fixture
def export(folder, saved, tmp_path, monkeypatch, capsys):
    """Run the command in a folder that holds a record; return status, output, and complaint."""
    monkeypatch.chdir(tmp_path)
    for path in saved:
        shutil.copy(path, tmp_path)

    def run(*arguments, model=folder):
        status = main(["export", *map(str, arguments), "--model", str(model)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


@pytest.mark.parametrize("record", ["sheet.json", "sheet.png"])
def test_a_record_becomes_one_page(export, tmp_path, record):
    status, said, _ = export(record, "--view", "player", "-o", "page.html")
    assert status == 0 and re.search(r"^saved page\.html: \d+\.\d MB, in \d+\.\d s$", said, re.M)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>") and "a hedgehog drinking tea" in page
    for seed in (5, 6, 7):
        assert f'"{seed}"' in page
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "page.html",
        "sheet.json",
        "sheet.png",
    ]


def test_one_sample_alone(export, tmp_path):
    assert export("sheet.json", "--sample", 2)[0] == 0
    page = (tmp_path / "player.html").read_text(encoding="utf-8")
    assert '"7"' in page and '"5"' not in page


def test_more_pictures_than_a_page_holds_are_left_out_aloud(export, folder):
    dx.draw(dx.load(folder), "a cat", n=9, score=False).save("many.json")
    status, said, _ = export("many.json")
    assert status == 0 and "showing the first 8 of 9; --sample J shows another" in said


def test_an_explorer_is_a_page_of_its_own_name_with_the_first_two(export, tmp_path):
    status, said, complaint = export("sheet.json", "--view", "explorer")
    assert status == 0, complaint
    assert "as an explorer: explorer.html" in said
    assert "showing the first 2 of 3; --sample J shows another" in said
    page = (tmp_path / "explorer.html").read_text(encoding="utf-8")
    assert '"5"' in page and '"6"' in page and '"7"' not in page
    assert export("sheet.json", "--view", "explorer", "--sample", 2)[0] == 0
    page = (tmp_path / "explorer.html").read_text(encoding="utf-8")
    assert '"7"' in page and '"5"' not in page


BAD = [
    (["nothing.json"], "cannot open nothing.json: no such file"),
    (["text.txt"], "text.txt is neither a PNG nor a record"),
    (["other.json"], "other.json is JSON, but not a record"),
    (["sheet.json", "--view", "globe"], f"the views are {', '.join(VIEWS)}"),
    (["sheet.json", "-o", "page.pdf"], "endings that can be saved are .html"),
    (["sheet.json", "-o", "nowhere/page.html"], "no such file or directory"),
    (["sheet.json", "-o", "folder.html"], "it is a folder"),
    (["sheet.json", "--sample", "3"], "--sample is 3, but the record holds 3, counted from 0"),
    (["sheet.json", "--sample", "-1"], "--sample is -1"),
    (["sheet.json", "--sample", "x"], "invalid int value: 'x'"),
    ([], "required: RECORD"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_is_one_sentence_and_nothing_is_written(export, tmp_path, arguments, words):
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "text.txt").write_text("a cat", encoding="utf-8")
    (tmp_path / "other.json").write_text('{"mine": 1}', encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    status, _, said = export(*arguments)
    assert status == 2 and words in said
    assert said.startswith("error: ") and said.count("\n") == 1 and len(said) < 400
    assert sorted(tmp_path.iterdir()) == before


def test_a_json_beside_the_page_is_no_obstacle(export, tmp_path):
    """A page writes no record, so that it takes nothing from a file of that name."""
    (tmp_path / "mine.json").write_text('{"mine": 1}', encoding="utf-8")
    _, _, said = export("nothing.json", "-o", "mine.html")
    assert "cannot open nothing.json" in said


def test_another_model_than_the_one_that_drew_it_is_named(export, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    make_tiny_bundle(other, clip=False, seed=1, name="other")
    status, _, said = export("sheet.json", model=other)
    assert status == 2 and "drawn by the model 'tiny'" in said and "--model FOLDER" in said
    assert "'other'" in said
    status, _, said = export("sheet.json", model="dall-e-9")
    assert status == 2 and "there is no model 'dall-e-9'" in said


def test_what_is_wrong_is_said_before_torch_is_imported(export, folder, tmp_path):
    record = json.loads((tmp_path / "sheet.json").read_text(encoding="utf-8"))
    record["recipe"]["model_digest"] = "0" * 64
    (tmp_path / "foreign.json").write_text(json.dumps(record), encoding="utf-8")
    program = (
        "import sys\n"
        "from dalle_explore.cli import main\n"
        "for more in sys.argv[2:]:\n"
        "    assert main(['export', *more.split(), '--model', sys.argv[1]]) == 2\n"
        "assert 'torch' not in sys.modules\n"
    )
    asked = ["nothing.json", "foreign.json", "sheet.json --sample 9", "sheet.json -o page.pdf"]
    done = subprocess.run(
        [sys.executable, "-c", program, folder, *asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("error: ") == len(asked)
