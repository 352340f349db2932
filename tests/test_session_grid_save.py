"""Saving a grid: figures of one page or several, its table, everything, and a page to explore."""

import csv
import dataclasses
import errno
import json
import os
from pathlib import Path

import pytest
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError, MachineError
from dalle_explore.session.grid import gridding
from dalle_explore.session.record import PNG_KEYWORD

TEMPLATE = "a {colour=red|blue} {solid} on ice"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_bundle(folder)
    return dx.load(folder)


@pytest.fixture(scope="module")
def grid(model):
    return dx.grid(model, TEMPLATE, {"solid": ["cube", "sphere"]}, n=2, gallery=False)


@pytest.fixture(scope="module")
def long(model):
    """A grid of three pages, of which nothing is drawn."""
    axes = {"x": [f"x{k}" for k in range(50)]}
    return gridding(model, "{x}", axes, n=1, score=False, gallery=False).so_far()


def spec(path):
    with Image.open(path) as image:
        return json.loads(image.text[PNG_KEYWORD])


def test_a_png_says_what_it_shows(grid, tmp_path):
    (path,) = grid.save(tmp_path / "grid.png")
    said = spec(path)
    assert said["template"] == TEMPLATE and (said["n"], said["seed"]) == (2, 0)
    assert said["axes"][1] == {"name": "solid", "kind": "words", "values": ["cube", "sphere"]}
    assert said["model_digest"] == grid.cells[0].model.digest
    assert [file.name for file in tmp_path.iterdir()] == ["grid.png"]


@pytest.mark.parametrize(
    ("kind", "begin"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("PNG", b"\x89P")]
)
def test_figures_have_the_kind_of_their_ending(grid, tmp_path, kind, begin):
    (path,) = grid.save(tmp_path / f"a.{kind}", rows="colour", columns="solid", shown=2)
    assert path.read_bytes().startswith(begin)


def test_a_figure_is_the_same_twice(grid, tmp_path):
    once, again = (grid.save(tmp_path / name)[0].read_bytes() for name in ("a.png", "b.png"))
    assert once == again


def test_a_table_has_a_row_for_every_picture(grid, tmp_path):
    (path,) = grid.save(tmp_path / "grid.csv")
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == grid.drawn == 8
    for row, cell in zip(rows[::2], grid, strict=True):
        assert int(row["cell"]) == cell.place and row["prompt"] == cell.prompt
        assert int(row["seed"]) == cell.best.seed and float(row["score"]) == cell.best.score
        assert row["colour"] == cell.labels["colour"]


def test_everything_is_records_from_which_the_pictures_come_back(grid, model, tmp_path):
    (path,) = grid.save(tmp_path / "grid.json")
    everything = json.loads(path.read_text(encoding="ascii"))
    assert everything["template"] == TEMPLATE and len(everything["cells"]) == 4
    for saved, cell in zip(everything["cells"], grid, strict=True):
        record = tmp_path / f"{cell.place}.json"
        record.write_text(json.dumps(saved["record"]), encoding="utf-8")
        opened = dx.open(record, model)
        assert [s.codes.tolist() for s in opened] == [s.codes.tolist() for s in cell.samples]
        assert saved["scores"] == cell.scores.tolist() and saved["seeds"] == list(cell.seeds)


def test_a_page_can_be_explored_without_python(grid, tmp_path):
    (path,) = grid.save(tmp_path / "grid.html")
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") or page.startswith("<!doctype html>")
    assert 'src="http' not in page and path.stat().st_size < 2 * 2**20


def test_a_grid_of_several_pages_becomes_several_files(long, tmp_path):
    paths = long.save(tmp_path / "long.png", rows="x", columns=())
    assert len(paths) == 3
    assert [path.name for path in paths] == ["long-1.png", "long-2.png", "long-3.png"]
    assert all(spec(path)["template"] == "{x}" for path in paths)
    assert sorted(tmp_path.iterdir()) == sorted(paths)


@pytest.mark.parametrize("kind", ["png", "json"])
def test_a_grid_is_no_record_and_says_where_its_pictures_are(grid, model, tmp_path, kind):
    (path,) = grid.save(tmp_path / f"grid.{kind}")
    with pytest.raises(InputError, match="dx.grid with the same sentence"):
        dx.open(path, model)


def test_a_grid_that_was_stopped_is_saved_as_far_as_it_is(grid, tmp_path):
    cells = [
        dataclasses.replace(cell, pictures=cell.pictures[: cell.place % 3]) for cell in grid.cells
    ]
    part = dataclasses.replace(grid, cells=tuple(cells))
    for kind in ("png", "csv", "json"):
        assert part.save(tmp_path / f"part.{kind}")[0].is_file()
    everything = json.loads((tmp_path / "part.json").read_text(encoding="ascii"))
    assert everything["cells"][0]["record"] is None and everything["cells"][1]["record"]


def test_a_smaller_grid_is_saved_alone(grid, tmp_path):
    (path,) = grid.where(colour="blue").save(tmp_path / "blue.csv")
    assert path.read_text(encoding="utf-8").count("\n") == 1 + 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("grid.gif", "endings that can be saved are .png, .svg, .pdf, .csv, .json, .html"),
        ("grid", "endings that can be saved"),
        ("nowhere/grid.png", "no such file or directory"),
        ("folder.csv", "it is a folder"),
        ("a\0b.json", "null"),
    ],
)
def test_paths_that_cannot_be_written_are_one_sentence(grid, tmp_path, name, words):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=words):
        grid.save(f"{tmp_path}/{name}")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_unknown_axes_are_refused_and_nothing_is_written(grid, tmp_path):
    with pytest.raises(InputError, match="the axes are colour, solid"):
        grid.save(tmp_path / "grid.png", rows="color")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["png", "csv", "json"])
def test_a_disk_that_fills_up_leaves_what_was_there(grid, tmp_path, monkeypatch, kind):
    path = Path(tmp_path / f"grid.{kind}")
    path.write_bytes(b"before")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineError, match="the disk is full"):
        grid.save(path)
    assert path.read_bytes() == b"before" and [file.name for file in tmp_path.iterdir()] == [
        path.name
    ]
