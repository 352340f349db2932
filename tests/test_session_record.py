"""The record: everything needed to come back to samples, and nothing from strangers believed."""

import dataclasses
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.session.record import (
    PNG_KEYWORD,
    Entry,
    Recipe,
    Record,
    read_record,
    record_text,
)
from dalle_explore.settings import Settings

RECIPE = Recipe(
    prompt='a "hedgehog" <b>& 企鵝 🐧',
    settings=Settings(top_k=5),
    model="tiny",
    model_digest="ab" * 32,
    licence="CC0-1.0",
    grid=(2, 3),
    codebook_size=100,
    scorer_digest="cd" * 32,
    versions={"torch": "2.15.0", "dalle_explore": "0.1.0"},
)


def an_entry(seed, rank=1, **changes):
    codes = np.array([[0, 1, 2], [97, 98, 99]])
    values = {"seed": seed, "log_probability": -12.5, "entropy": 0.1, "score": 0.3, "rank": rank}
    return Entry.of_codes(codes, **{**values, **changes})


RECORD = Record(RECIPE, drawn=3, keep=1, samples=(an_entry(7), an_entry(5, 3), an_entry(6, 2)))


def save_png(path, text):
    info = PngInfo()
    info.add_itxt(PNG_KEYWORD, text)
    Image.new("RGB", (4, 4)).save(path, pnginfo=info)


def test_a_record_survives_its_file_and_a_png(tmp_path):
    (tmp_path / "a.json").write_text(record_text(RECORD), encoding="ascii")
    save_png(tmp_path / "a.png", record_text(RECORD))
    assert read_record(tmp_path / "a.json") == RECORD == read_record(tmp_path / "a.png")
    assert RECORD.samples[0].array(RECIPE).tolist() == [[0, 1, 2], [97, 98, 99]]


def test_it_travels_in_the_chunk_itxt_and_is_not_guessed_from_elsewhere(tmp_path):
    save_png(tmp_path / "a.png", record_text(RECORD))
    data = (tmp_path / "a.png").read_bytes()
    place = data.index(b"iTXt")
    (length,) = struct.unpack(">I", data[place - 4 : place])
    assert data[place + 4 :].startswith(PNG_KEYWORD.encode() + b"\0\0\0\0\0{")
    assert struct.unpack(">I", data[place + 4 + length :][:4])[0] == zlib.crc32(
        data[place : place + 4 + length]
    )


def test_codes_are_small_in_a_record():
    codes = np.zeros((16, 16), dtype=np.int64)
    entry = Entry.of_codes(codes, seed=0, log_probability=-900.123456789, entropy=2.5)
    many = tuple(dataclasses.replace(entry, seed=seed) for seed in range(16))
    recipe = dataclasses.replace(RECIPE, grid=(16, 16), scorer_digest=None)
    assert len(record_text(Record(recipe, 16, 16, many))) < 20_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keep": 0}, "shows 0 of 3 samples"),
        ({"keep": 4}, "shows 4 of 3 samples"),
        ({"drawn": 2}, "out of 2 drawn"),
        ({"drawn": 10**6}, "out of 1000000 drawn"),
        ({"samples": ()}, "0 samples"),
        ({"samples": (an_entry(1), an_entry(1, 2))}, "one seed twice"),
        ({"samples": (an_entry(1), an_entry(2, 1))}, "ranks are not different"),
        ({"samples": (an_entry(1), an_entry(2, 9))}, "ranks are not different"),
        ({"samples": (an_entry(1), an_entry(2, None))}, "scores and ranks to some"),
        ({"samples": (an_entry(-1),)}, "seed is -1"),
        ({"samples": (dataclasses.replace(an_entry(1), codes="AAAA"),)}, "has 1.5 codes"),
        ({"samples": (dataclasses.replace(an_entry(1), codes="ü"),)}, "not base64"),
        ({"recipe": dataclasses.replace(RECIPE, codebook_size=99)}, "code 99"),
        ({"recipe": dataclasses.replace(RECIPE, grid=(3, 3))}, "6 codes, but its grid"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(change, words):
    with pytest.raises(InputError, match=words):
        dataclasses.replace(RECORD, **change)


@pytest.mark.parametrize("grid", [(1,), (0, 5), (2, 2, 2), (10**9, 10**9)])
def test_a_grid_that_cannot_be_is_refused(grid):
    with pytest.raises(InputError, match="grid of codes"):
        dataclasses.replace(RECIPE, grid=grid)


def test_files_that_are_not_ours_are_one_sentence(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "plain.png")
    save_png(tmp_path / "other.png", "not json")
    save_png(tmp_path / "list.png", "[1, 2]")
    save_png(tmp_path / "deep.png", "[" * 100_000)
    (tmp_path / "cut.png").write_bytes((tmp_path / "plain.png").read_bytes()[:20])
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 a photograph")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "other.json").write_text('{"a": 1}', encoding="utf-8")
    newer = record_text(RECORD).replace('"dalle_explore_record": 1', '"dalle_explore_record": 2')
    (tmp_path / "newer.json").write_text(newer, encoding="utf-8")
    said = {}
    for path in sorted([*tmp_path.iterdir(), tmp_path / "nowhere.png", tmp_path]):
        with pytest.raises(InputError) as caught:
            read_record(path)
        said[path.name] = str(caught.value)
        assert "\n" not in said[path.name] and path.name in said[path.name]
    assert "not one that dalle_explore saved" in said["plain.png"]
    assert "damaged PNG" in said["cut.png"]
    assert "neither a PNG nor a record" in said["photo.jpg"]
    assert "not a record of dalle_explore" in said["other.json"]
    assert "update dalle_explore" in said["newer.json"]
    assert "no such file" in said["nowhere.png"]


def test_damage_anywhere_is_the_one_kind_of_error_or_no_matter(tmp_path):
    save_png(tmp_path / "a.png", record_text(RECORD))
    (tmp_path / "a.json").write_text(record_text(RECORD), encoding="ascii")
    generator = np.random.default_rng(0)
    for name, count in (("a.png", 300), ("a.json", 300)):
        good = (tmp_path / name).read_bytes()
        refused = 0
        for _ in range(count):
            data = bytearray(good)
            for place in generator.integers(len(data), size=generator.integers(1, 4)):
                data[place] = generator.integers(256)
            (tmp_path / f"b{name}").write_bytes(data)
            try:
                read_record(tmp_path / f"b{name}")
            except DalleExploreError:
                refused += 1
        assert refused > count / 2


def test_a_sheet_of_many_pixels_is_read_without_unpacking_them(tmp_path):
    # 12,000 x 12,000 pixels in a few bytes: Pillow would warn, and unpack 432 MB.
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 12_000, 12_000, 8, 2, 0, 0, 0))
    text = chunk(b"iTXt", PNG_KEYWORD.encode() + b"\0\0\0\0\0" + record_text(RECORD).encode())
    body = header + text + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    (tmp_path / "big.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    assert read_record(tmp_path / "big.png") == RECORD


def test_the_numeric_class_names_where_codes_are_equal():
    assert RECIPE.numeric_class == "cpu fp32 torch 2.15"
    cuda = dataclasses.replace(RECIPE, settings=Settings(device="cuda:1", precision="bf16"))
    assert cuda.numeric_class == "cuda bf16 torch 2.15"


def test_a_record_is_json_that_others_can_read():
    values = json.loads(record_text(RECORD))
    assert values["recipe"]["settings"]["top_k"] == 5
    assert values["samples"][1]["seed"] == 5 and values["dalle_explore_record"] == 1
