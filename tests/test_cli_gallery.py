"""``python -m dalle_explore gallery``: what was drawn is listed, shown, carried and checked."""

import csv
import re
import sqlite3

import pytest
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.cli import main
from dalle_explore.gallery import Gallery
from dalle_explore.gallery.saved import TreeNode

TEMPLATE = "a {red|blue} cube"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A folder with a model and a gallery that holds a grid, a tree, scores, a favourite."""
    folder = tmp_path_factory.mktemp("drawn")
    make_tiny_bundle(folder / "tiny")
    path = folder / "gallery.sqlite"
    grid = dx.grid(dx.load(folder / "tiny"), TEMPLATE, n=2, gallery=path)
    with Gallery.open(path) as gallery:
        addresses = [cell.address(cell.seeds[0]) for cell in grid]
        gallery.mark(addresses[0], favourite=True, note="=the best\x07")
        nodes = [
            TreeNode(addresses[0], (), "first", {}),
            TreeNode(addresses[1], (0,), "child", {}),
        ]
        gallery.save_tree("a family", nodes)
    return folder


@pytest.fixture
def gallery(drawn, tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder; return status, output, and complaint."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "home"))

    def run(*arguments, path=drawn / "gallery.sqlite"):
        where = [] if path is None else ["--gallery", str(path)]
        status = main(["gallery", *map(str, arguments), *where])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def test_ls_counts_pictures_and_lists_grids_and_trees(gallery):
    status, said, _ = gallery("ls")
    assert status == 0
    assert re.search(r"gallery\.sqlite, \d\.\d MB: 4 pictures of 2 sentences, 4 scores", said)
    assert "1 favourite, 1 grid, 1 tree" in said
    assert re.search(r"^1 +\d{4}-\d\d-\d\d \d\d:\d\d +2 +a \{red\|blue\} cube$", said, re.M)
    assert re.search(r"^1 +\S+ \S+ +2 +a family$", said, re.M)


def test_a_user_without_a_gallery_has_an_empty_one(gallery, tmp_path):
    status, said, _ = gallery("ls", path=None)
    assert status == 0 and "0 pictures of 0 sentences" in said


def test_a_grid_is_a_table_with_its_axes_best_first(gallery, tmp_path):
    status, said, _ = gallery("show", "grid", 1, "-o", "a.csv")
    assert status == 0 and said.startswith("grid 1: a {red|blue} cube\nslot 1: red, blue\n")
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["slot 1"] for row in rows] == ["red", "red", "blue", "blue"]
    for one, two in (rows[:2], rows[2:]):
        assert float(one["score"]) >= float(two["score"]) and one["prompt"] == two["prompt"]
    assert all(len(row["key"]) == 32 and row["key"][:8] in said for row in rows)


def test_a_tree_is_a_table_with_parents(gallery):
    status, said, _ = gallery("show", "tree", 1)
    assert status == 0 and "first" in said and re.search(r"^1 +0 +child", said, re.M)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 4),
        (["--limit", 3], 3),
        (["--prompt", "BLUE"], 2),
        (["--axis", "slot 1=red"], 2),
        (["--favourite"], 1),
        (["--note", "best"], 1),
        (["--score=-1:1"], 4),
        (["--score", "2:"], 0),
        (["--prompt", "blue", "--favourite"], 0),
    ],
)
def test_pictures_are_asked_for_and_shown(gallery, options, count):
    status, said, _ = gallery("show", *options)
    assert status == 0
    assert len(re.findall(r"^[0-9a-f]{8}  a (?:red|blue) cube ", said, re.M)) == count
    assert ("no picture is there" in said) == (count == 0) and "\x07" not in said


def test_one_picture_is_shown_by_its_key_and_saved_with_its_record(gallery, drawn, tmp_path):
    key = re.search(r"^([0-9a-f]{8})  a red cube +0 ", gallery("show")[1], re.M)[1]
    status, said, _ = gallery("show", "picture", key, "-o", "one.png", "--model", drawn / "tiny")
    assert status == 0 and re.search(r"^prompt +a red cube$", said, re.M)
    assert re.search(r"^favourite +yes$", said, re.M) and "settings" in said and "\x07" not in said
    (sample,) = dx.open(tmp_path / "one.png", dx.load(drawn / "tiny"))
    assert sample.prompt == "a red cube" and sample.seed == 0


def test_another_model_does_not_turn_codes_into_pictures(gallery, tmp_path):
    make_tiny_bundle(tmp_path / "other", seed=5)
    key = re.search(r"^([0-9a-f]{8})  a red", gallery("show")[1], re.M)[1]
    status, _, said = gallery("show", "picture", key, "-o", "a.png", "--model", tmp_path / "other")
    assert status == 2 and "would turn its codes into another picture" in said


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_pictures_travel_to_another_gallery(gallery, tmp_path, kind):
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    status, said, _ = gallery("export", f"all.{kind}")
    assert status == 0 and "exported 4 pictures" in said
    for new in (4, 0):
        status, said, _ = gallery("import", f"all.{kind}", path=tmp_path / "b.sqlite")
        assert status == 0 and f"read 4 pictures from all.{kind}; {new} of them are new" in said
    with Gallery.open(tmp_path / "b.sqlite") as other:
        (favourite,) = other.query(favourite=True)
        assert favourite.row.recipe.prompt == "a red cube" and favourite.scores


def test_some_pictures_travel_as_files_too(gallery, drawn, tmp_path):
    status, said, _ = gallery(
        "export", "some.jsonl", "--prompt", "red", "--png", "--model", drawn / "tiny"
    )
    assert status == 0 and "exported 2 pictures" in said
    files = sorted((tmp_path / "some").iterdir())
    assert len(files) == 2
    for path in files:
        (sample,) = dx.open(path, dx.load(drawn / "tiny"))
        with Image.open(path) as image:
            assert image.size == sample.picture.size and sample.prompt == "a red cube"


def test_check_says_that_all_is_sound_or_what_is_not(gallery, tmp_path):
    assert gallery("backup", "copy.sqlite")[0] == 0
    status, said, _ = gallery("check", path=tmp_path / "copy.sqlite")
    assert status == 0 and "sound" in said
    with sqlite3.connect(tmp_path / "copy.sqlite") as db:
        db.execute("UPDATE pictures SET seed = seed + 7 WHERE id = 1")
        db.execute("UPDATE scores SET value = value + 1 WHERE picture = 2")
    db.close()
    status, said, _ = gallery("check", path=tmp_path / "copy.sqlite")
    assert status == 1 and "picture 1: it differs from its digest" in said
    assert "a score of picture 2" in said and "sound" not in said


BAD = [
    (["ls", "--gallery", "nowhere.sqlite"], "nowhere.sqlite"),
    (["show", "grid"], "grid NUMBER"),
    (["show", "grid", "one"], "is no number"),
    (["show", "grid", "9"], "no grid 9"),
    (["show", "tree", "9"], "no tree 9"),
    (["show", "picture", "xyz"], "digits from 0 to f"),
    (["show", "picture", "0" * 32], "no key begins with"),
    (["show", "house", "1"], "is nothing a gallery shows"),
    (["show", "grid", "1", "--favourite"], "leave one out"),
    (["show", "--axis", "red"], "NAME=VALUE"),
    (["show", "--score", "0.3"], "it is a range"),
    (["show", "--score", "0.4:0.2"], "in this order"),
    (["show", "--limit", "0"], "limit is 0"),
    (["show", "-o", "a.png"], "endings that can be saved are .csv"),
    (["export", "a.txt"], "take one of them"),
    (["export", "a.csv", "--png"], "beside a .jsonl"),
    (["export", "nowhere/a.csv"], "no such file or directory"),
    (["import", "nowhere.csv"], "nowhere.csv"),
    (["burn"], "invalid choice"),
    ([], "required: ACTION"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_is_one_sentence_and_writes_nothing(gallery, tmp_path, arguments, words):
    where = {"path": None} if "--gallery" in arguments or len(arguments) < 2 else {}
    status, _, said = gallery(*arguments, **where)
    assert status == 2 and words in said, said
    assert said.startswith("error: ") and said.count("\n") == 1 and len(said) < 500
    assert not list(tmp_path.iterdir())
