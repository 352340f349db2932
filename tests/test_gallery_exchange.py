"""Galleries are exchanged: what leaves comes in again, once, and nothing tampered with does."""

import csv
import dataclasses
import io
import json
import sys

import pytest
from PIL import Image
from tiny_gallery import EDITED, JUDGE, SCORER, make_row, make_rows, same

from dalle_explore.errors import DataError, InputError, MachineError
from dalle_explore.gallery import Gallery, Mark

KINDS = ("parquet", "jsonl", "csv")


@pytest.fixture(scope="module")
def rows():
    made = [*make_rows(3), make_row(1, EDITED), make_row(7, prompt='=1+1, "ö"\n☕'), make_row(5)]
    made[5] = dataclasses.replace(made[5], codes=None, fit=-0.1)
    return made


@pytest.fixture
def gallery(tmp_path, rows):
    with Gallery.open(tmp_path / "gallery.sqlite") as gallery:
        gallery.put(
            rows,
            scores=[(SCORER, "tea", {r.address: 0.1 + r.seed / 3 for r in rows[:4]})],
            readings=[(JUDGE, {rows[0].address: {"subject": "hedgehog", "color": None}})],
        )
        gallery.mark(rows[1].address, favourite=True, note='so "good", really\n')
        yield gallery


def assert_all_there(gallery, rows):
    found = gallery.find(row.address for row in rows)
    assert all(same(found[row.address], row) for row in rows)
    scores = gallery.scores(SCORER, {"tea": list(found)})
    assert scores == {("tea", r.address): 0.1 + r.seed / 3 for r in rows[:4]}
    reading = {"subject": "hedgehog", "color": None}
    assert gallery.readings(JUDGE, list(found)) == {rows[0].address: reading}
    marks = {rows[1].address: Mark(True, 'so "good", really\n')}
    assert gallery.marks(list(found)) == marks


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_exported_comes_in_again_and_only_once(gallery, rows, tmp_path, kind):
    path = tmp_path / f"out.{kind}"
    assert gallery.export(path) == 6
    with Gallery.open(tmp_path / "other.sqlite") as other:
        assert other.import_(path) == 6
        assert_all_there(other, rows)
        assert other.import_(path) == 6
        assert len(other.query()) == 6 and other.check() == []
        again = tmp_path / f"again.{kind}"
        other.export(again)
        if kind != "parquet":
            assert again.read_bytes() == path.read_bytes()
    gallery.export(path, addresses=[rows[1].address, rows[4].address])
    with Gallery.open(tmp_path / "some.sqlite") as some:
        assert some.import_(path) == 2


def test_pictures_lie_beside_their_lines(gallery, rows, tmp_path):
    def png(row):
        data = io.BytesIO()
        Image.fromarray((row.codes // 4).astype("uint8")).save(data, "PNG")
        return data.getvalue()

    gallery.export(tmp_path / "out.jsonl", png=png)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert ["picture" in line for line in lines] == [True] * 5 + [False], "one has no codes"
    for line in lines[:5]:
        with Image.open(tmp_path / line["picture"]) as image:
            assert image.size == (4, 4)
    assert len(list((tmp_path / "out").iterdir())) == 5
    with Gallery.open(tmp_path / "other.sqlite") as other:
        assert other.import_(tmp_path / "out.jsonl") == 6
    with pytest.raises(InputError, match="beside a .jsonl"):
        gallery.export(tmp_path / "out.csv", png=png)


def test_a_failed_export_leaves_nothing_and_takes_nothing_away(gallery, tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("what was there")

    def fails(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gallery.export(path, png=fails)
    assert path.read_text() == "what was there"
    assert not [one for one in tmp_path.iterdir() if one.suffix == ".tmp"]
    for wrong, sentence in (("out.xlsx", ".parquet, .jsonl, .csv"), ("no/out.csv", "no such")):
        with pytest.raises(InputError, match=sentence):
            gallery.export(tmp_path / wrong)


def test_parquet_without_pyarrow_says_what_to_install(gallery, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MachineError, match="pip install pyarrow"):
        gallery.export(tmp_path / "out.parquet")
    assert gallery.export(tmp_path / "out.csv") == 6


def lines_of(gallery, tmp_path):
    gallery.export(tmp_path / "out.jsonl")
    return [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"codes": "AAAA"}, "line 2 .*the codes are not those of a 4 x 4"),
        ({"codes": "!" * 44}, "line 2 .*the codes are not"),
        ({"codes": 7}, "they are int"),
        ({"key": "00"}, "not 16 bytes"),
        ({"key": "zz" * 16}, "not 16 bytes"),
        ({"seed": "0"}, "'seed'"),
        ({"seed": -1}, "at least 0"),
        ({"entropy": None}, "'entropy'"),
        ({"numeric": "cuda bf16"}, "numeric class"),
        ({"stranger": 1}, "unknown entry 'stranger'"),
        ({"scores": [{"scorer": "s", "text": "t", "value": "high"}]}, "'value'"),
        ({"readings": [{"judge": "j", "facts": "[1]"}]}, "no JSON object"),
        ({"readings": [{"judge": "j", "facts": "{"}]}, "line 2"),
        ({"recipe": {"prompt": "no more"}}, "lacks the entry"),
        ({"favourite": 1}, "'favourite'"),
    ],
)
def test_a_line_that_was_tampered_with_is_named_and_nothing_comes_in(
    gallery, tmp_path, change, sentence
):
    lines = lines_of(gallery, tmp_path)
    lines[1] |= change
    path = tmp_path / "bad.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with Gallery.open(tmp_path / "other.sqlite") as other:
        with pytest.raises(DataError, match=sentence):
            other.import_(path)
        assert other.query() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_cut_off_or_foreign_is_refused(gallery, tmp_path, kind):
    path = tmp_path / f"out.{kind}"
    gallery.export(path)
    data = path.read_bytes()
    with Gallery.open(tmp_path / "other.sqlite") as other:
        for bad in (data[: len(data) - 40], b"\xff\xfe" + data[:100], data[:300] + b"\0" * 50):
            path.write_bytes(bad)
            with pytest.raises(DataError, match=str(path.name)):
                other.import_(path)
        with pytest.raises(InputError, match="no such file"):
            other.import_(tmp_path / f"nothing.{kind}")
        assert other.query() == []


def test_a_table_that_was_edited_is_refused(gallery, tmp_path):
    path = tmp_path / "out.csv"
    gallery.export(path)
    with open(path, encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))

    def refused(sentence, columns=None, **change):
        edited = [row | change for row in table]
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns or list(table[0]), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(edited)
        with Gallery.open(tmp_path / "other.sqlite") as other:
            with pytest.raises(DataError, match=sentence):
                other.import_(path)

    refused("the prompt is 'another'", prompt="another")
    refused("seed is 'many', which is no number", seed="many")
    refused("'favourite'", favourite="yes")
    refused("scores is not readable JSON", scores="[")
    refused("has the columns", columns=["key", "seed"])


def test_other_codes_for_a_picture_that_is_there_are_not_taken_in(gallery, rows, tmp_path):
    gallery.export(tmp_path / "out.jsonl")
    with Gallery.open(tmp_path / "other.sqlite") as other:
        other.put([make_row(2, number=99)])
        with pytest.raises(DataError, match="other codes"):
            other.import_(tmp_path / "out.jsonl")
        assert len(other.query()) == 1


def test_a_backup_holds_everything_and_replaces_nothing(gallery, rows, tmp_path):
    gallery.save_grid("mine", {}, [(0, {"x": "y"}, [rows[0].address])])
    gallery.put_thumbnails({rows[0].address: b"small"})
    path = gallery.backup(tmp_path / "backup.sqlite")
    with pytest.raises(InputError, match="there already"):
        gallery.backup(path)
    with Gallery.open(path, read_only=True) as backup:
        assert_all_there(backup, rows)
        assert len(backup.grids()) == 1 and backup.check() == []
        assert backup.thumbnails([rows[0].address])
    with Gallery.open(path) as backup:
        backup.put([make_row(40)])
