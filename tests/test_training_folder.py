import json
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from dalle_explore.errors import DataError
from dalle_explore.training.folder import FolderStream


def paint(path, size=(40, 40), colour=(200, 30, 30), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


@pytest.fixture
def album(tmp_path):
    """Ten good pictures with a .txt each."""
    folder = tmp_path / "album"
    for number in range(10):
        paint(folder / f"{number}.png", colour=(20 * number, 100, 50))
        (folder / f"{number}.txt").write_text(f"picture  number {number}\n", encoding="utf-8")
    return folder


def open_(folder, tmp_path, size=16):
    return FolderStream(folder, size, cache=tmp_path / "cache", quiet=True)


def describe(folder, lines):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "metadata.jsonl").write_text(text, encoding="utf-8")


def reasons(stream):
    return {why: set(names) for why, names in stream.report.left_out.items()}


def test_pictures_with_a_text_beside_them(album, tmp_path):
    stream = open_(album, tmp_path)
    assert stream.limit == stream.report.used == 10
    assert not stream.report.left_out
    captions = [stream.captions(index)[0] for index in range(10)]
    assert sorted(captions) == [f"picture number {n}" for n in range(10)]
    drawn = stream.pictures(range(10))
    assert drawn.shape == (10, 16, 16, 3) and drawn.dtype == np.uint8
    for caption, picture in zip(captions, drawn, strict=True):
        assert picture[8, 8].tolist() == [20 * int(caption.split()[-1]), 100, 50]
    assert stream.scene(0) is None


@pytest.mark.parametrize("word", ["text", "caption"])
def test_metadata_as_in_imagefolder_subfolders_included(album, tmp_path, word):
    paint(album / "more" / "x.jpg")
    lines = [{"file_name": f"{n}.png", word: f"thing {n}", "extra": [1]} for n in range(9)]
    describe(album, [*lines, {"file_name": "more/x.jpg", word: "unicode: ünïcode 猫"}])
    stream = open_(album, tmp_path)
    assert stream.limit == 10
    assert "unicode: ünïcode 猫" in {stream.captions(i)[0] for i in range(10)}
    assert reasons(stream) == {"metadata.jsonl does not name it": {"9.png"}}


def png_of_declared_size(width, height):
    """A PNG of a few bytes whose header promises far more pixels than it holds."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def test_what_cannot_be_used_is_reported_once_by_reason_and_the_rest_is_used(album, tmp_path):
    def add(name, data, caption="a caption"):
        (album / name).write_bytes(data)
        (album / name).with_suffix(".txt").write_text(caption, encoding="utf-8")

    whole = (album / "9.png").read_bytes()
    add("cut.png", whole[: len(whole) // 2])
    add("text.png", b"not a picture at all")
    add("empty.jpg", b"")
    add("program.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n")
    add("huge.png", png_of_declared_size(5000, 4000))
    add("bomb.png", png_of_declared_size(60_000, 60_000))
    add("thin.png", png_of_declared_size(5000, 2))
    add("silent.png", whole, caption="  \n")
    add("long.png", whole, caption="word " * 1000)
    add("odd.png", whole)
    (album / "odd.txt").write_bytes(b"\xff\xfe\xff")
    (album / "alone.png").write_bytes(whole)
    stream = open_(album, tmp_path)
    assert stream.limit == 10
    assert reasons(stream) == {
        "it is damaged or not a picture": {"cut.png", "text.png", "empty.jpg", "program.png"},
        "it has more than 16 million pixels": {"huge.png", "bomb.png"},
        "it is less than 8 pixels wide or high": {"thin.png"},
        "it has no caption": {"silent.png", "alone.png"},
        "its caption is longer than 4000 characters": {"long.png"},
        "its .txt is not UTF-8 text": {"odd.png"},
    }
    report = str(stream.report)
    assert "10 captioned pictures will be used" in report
    assert report.count("it is damaged or not a picture") == 1
    assert "and 1 more" in report, "only the first few names of a reason are shown"


def test_odd_lines_of_metadata_are_reported_and_paths_stay_inside(album, tmp_path):
    paint(tmp_path / "private.png")
    lines = [{"file_name": f"{n}.png", "text": f"thing {n}"} for n in range(9)]
    outside = str(tmp_path / "private.png")
    describe(
        album,
        [
            *lines,
            {"file_name": "../private.png", "text": "escapes"},
            {"file_name": outside, "text": "escapes too"},
            {"file_name": "gone.png", "text": "missing"},
            {"file_name": "0.png", "text": "twice"},
            {"file_name": "9.png", "text": None},
            {"file_name": 5, "text": "number"},
            {"text": "no name"},
            "not json",
            "[" * 100_000,
            "",
        ],
    )
    stream = open_(album, tmp_path)
    assert stream.limit == 9
    found = reasons(stream)
    assert found["its path leads out of the folder"] == {"../private.png", outside}
    assert found["there is no such file"] == {"gone.png"}
    assert found["it is named twice in metadata.jsonl"] == {"0.png"}
    assert found["it has no caption"] == {"9.png"}
    broken = found["the line of metadata.jsonl is not a JSON object with file_name and text"]
    assert broken == {"line 15", "line 16", "line 17", "line 18"}


def test_a_link_does_not_lead_out_of_the_folder(album, tmp_path):
    paint(tmp_path / "private.png")
    try:
        os.symlink(tmp_path / "private.png", album / "link.png")
    except OSError:
        pytest.skip("symbolic links need a privilege here")
    (album / "link.txt").write_text("a link", encoding="utf-8")
    assert reasons(open_(album, tmp_path)) == {"its path leads out of the folder": {"link.png"}}


def test_pictures_are_cropped_to_their_middle_and_the_report_says_so(album, tmp_path):
    wide = Image.new("RGB", (60, 20), (255, 0, 0))
    wide.paste((0, 0, 255), (20, 0, 40, 20))
    wide.save(album / "0.png")
    stream = open_(album, tmp_path)
    place = next(i for i in range(10) if stream.captions(i) == ("picture number 0",))
    # The filter of the resizing looks a little over the edges of the crop.
    assert stream.pictures([place])[0, 8, 2:14].tolist() == [[0, 0, 255]] * 12
    assert stream.report.cropped == 1
    assert "1 of them are not square" in str(stream.report)


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "LA", "1", "CMYK", "I;16"])
def test_every_kind_of_pixel_becomes_rgb(album, tmp_path, mode):
    path = album / ("0.tiff" if mode in ("CMYK", "I;16") else "0.png")
    (album / "0.png").unlink()
    Image.new(mode, (20, 20)).save(path)
    stream = open_(album, tmp_path)
    assert stream.limit == 10
    place = next(i for i in range(10) if stream.captions(i) == ("picture number 0",))
    clear = mode in ("RGBA", "LA", "CMYK")  # transparent on white, or no ink
    assert stream.pictures([place])[0, 0, 0].tolist() == ([255] * 3 if clear else [0] * 3)


def test_sixteen_bits_of_gray_become_eight(album, tmp_path):
    Image.fromarray(np.full((20, 20), 0x8040, dtype=np.uint16)).save(album / "0.png")
    stream = open_(album, tmp_path)
    place = next(i for i in range(10) if stream.captions(i) == ("picture number 0",))
    assert stream.pictures([place])[0, 8, 8].tolist() == [0x80] * 3


def test_too_few_pictures_is_one_sentence_with_the_reasons(album, tmp_path):
    for number in range(4):
        (album / f"{number}.txt").unlink()
    with pytest.raises(DataError, match=r"6 usable .*left out 4: it has no caption.*at least 8"):
        open_(album, tmp_path)
    assert not any((tmp_path / "cache").iterdir()), "nothing half-read stays behind"


def test_no_folder_and_an_unreadable_list_are_one_sentence(album, tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        open_(tmp_path / "nowhere", tmp_path)
    (album / "metadata.jsonl").write_bytes(b"\xff\xff")
    with pytest.raises(DataError, match="save it as UTF-8"):
        open_(album, tmp_path)


def test_the_same_folder_is_read_the_same_and_any_change_is_noticed(album, tmp_path):
    first, second = open_(album, tmp_path), open_(album, tmp_path)
    assert first.digest == second.digest
    assert (first.pictures([3]) == second.pictures([3])).all()
    (album / "3.txt").write_text("another caption", encoding="utf-8")
    assert open_(album, tmp_path).digest != first.digest
    (album / "3.txt").write_text("picture number 3", encoding="utf-8")
    paint(album / "3.png", colour=(1, 2, 3))
    assert open_(album, tmp_path).digest != first.digest


def test_a_larger_folder_keeps_some_back_and_a_small_one_does_not(album, tmp_path):
    small, indices = open_(album, tmp_path).held_out(100)
    assert indices == range(10) and small.limit == 10
    for number in range(10, 120):
        paint(album / f"{number}.png", size=(8, 8))
        (album / f"{number}.txt").write_text(f"picture number {number}", encoding="utf-8")
    stream, indices = open_(album, tmp_path).held_out(100)
    assert (stream.limit, indices) == (114, range(114, 120))
