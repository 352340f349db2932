"""Pictures from outside become codes; whatever else comes from outside becomes a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from hostile import PAYLOADS
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.session import uploads

PROMPT = "a hedgehog drinking tea"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


def encoded(kind, size=(40, 40), **options):
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    pixels = rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def test_an_uploaded_picture_becomes_a_trace(model, tmp_path):
    picture = Image.new("RGB", (60, 40), (10, 200, 30))
    picture.paste((250, 0, 0), (20, 10, 40, 30))
    picture.save(tmp_path / "photo.png")
    made = dx.upload(model, tmp_path / "photo.png", PROMPT)
    assert made.box == (10, 0, 50, 40) and made.fitted.size == (32, 32)
    assert "60 x 40 pixels, cropped to 40 x 40 from (10, 0), resized to 32 x 32" in made.caption()
    trace = made.sample.trace
    assert trace.forced.all() and trace.complete and len(trace.steps) == 16
    assert made.sample.replay().exact
    same = dx.upload(model, picture, PROMPT)
    assert np.array_equal(same.sample.codes, made.sample.codes)
    fork = made.sample.again(edits=[dx.Force.rows(made.sample.codes, 2)])
    assert np.array_equal(fork.codes[:2], made.sample.codes[:2])


def test_a_framed_picture_is_whole_on_the_colour_of_its_border(model):
    wide = Image.new("RGB", (80, 40), (10, 200, 30))
    made = dx.upload(model, wide, PROMPT, fit="frame")
    assert made.box == (0, -20, 80, 60) and "framed in 80 x 80 from (0, -20)" in made.caption()
    assert made.fitted.getcolors() == [(32 * 32, (10, 200, 30))]
    square = dx.upload(model, Image.new("RGB", (32, 32)), PROMPT)
    assert "32 x 32 pixels, whole, resized" in square.caption()


def test_transparent_and_turned_pictures_are_seen_as_people_see_them(model):
    clear = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    assert dx.upload(model, clear, PROMPT).fitted.getcolors() == [(1024, (255, 255, 255))]
    turned = Image.new("RGB", (40, 20))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.info["exif"] = exif.tobytes()
    assert dx.upload(model, turned, PROMPT).size == (20, 40)


def test_what_is_no_picture_is_a_sentence(model, tmp_path):
    (tmp_path / "text.png").write_text("hello", encoding="ascii")
    cases = [
        (tmp_path / "text.png", {}, "is not a picture that can be read"),
        (tmp_path / "nowhere.png", {}, "cannot read"),
        (7, {}, "it has to be a file, the bytes of one, or an image"),
        (Image.new("L", (5000, 5000)), {}, "at most 16,000,000"),
        (Image.new("L", (9, 9)), {"fit": "stretch"}, "'crop' or 'frame'"),
    ]
    for picture, options, sentence in cases:
        with pytest.raises(InputError, match=sentence):
            dx.upload(model, picture, PROMPT, **options)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_bytes_are_read_like_the_file_they_came_from(model, tmp_path, kind):
    data = encoded(kind)
    (tmp_path / "photo").write_bytes(data)
    named = dx.upload(model, tmp_path / "photo", PROMPT)
    for picture in (data, bytearray(data), memoryview(data)):
        given = dx.upload(model, picture, PROMPT, name="photo")
        assert np.array_equal(given.fitted, named.fitted)
        assert given.caption() == named.caption() and "frames" not in given.caption()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_several_frames_the_first_is_taken_and_the_caption_says_so(model, kind):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    first, *others = [Image.new("RGB", (32, 32), colour) for colour in colours]
    buffer = io.BytesIO()
    lossless = {"lossless": True} if kind == "WEBP" else {}
    first.save(buffer, kind, save_all=True, append_images=others, **lossless)
    made = dx.upload(model, buffer.getvalue(), PROMPT)
    assert made.frames == 3 and made.fitted.getcolors() == [(1024, (255, 0, 0))]
    assert "32 x 32 pixels (the first of 3 frames), whole" in made.caption()


def test_sixteen_bits_of_grey_are_seen_as_grey(model):
    buffer = io.BytesIO()
    Image.fromarray(np.full((32, 32), 0x8040, np.uint16)).save(buffer, "PNG")
    made = dx.upload(model, buffer.getvalue(), PROMPT)
    assert made.fitted.getcolors() == [(1024, (128, 128, 128))]


def bomb(side):
    """A PNG of a few bytes whose header promises ``side`` x ``side`` pixels."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "side, sentence",
    [
        (12_000, "photo.png has 12000 x 12000 pixels, but at most 16,000,000 are read"),
        (60_000, "photo.png is not a picture that can be read .*exceeds limit"),
    ],
)
def test_a_small_file_of_a_huge_picture_is_refused_before_it_is_unpacked(
    model, monkeypatch, side, sentence
):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("it was unpacked"))
    with pytest.raises(InputError, match=sentence):
        dx.upload(model, bomb(side), PROMPT, name="photo.png")


def test_more_bytes_than_are_read_are_refused(model, monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "_MOST_BYTES", 2**20)
    (tmp_path / "large.png").write_bytes(bytes(2**20 + 1))
    for picture in (bytes(2**20 + 1), tmp_path / "large.png"):
        with pytest.raises(InputError, match="has more than 1 MB, the most that is read"):
            dx.upload(model, picture, PROMPT)


def test_other_files_called_pictures_are_named_with_how_they_begin(model):
    for data, begins in [
        (b"hello, a text", "b'hello, a'"),
        (b"", "0 bytes"),
        (b"%PDF-1.7", "%PDF"),
    ]:
        with pytest.raises(InputError, match=f"a.png is not a picture.*{begins}"):
            dx.upload(model, data, PROMPT, name="a.png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_damaged_picture_is_read_or_refused_in_a_sentence(kind):
    data = encoded(kind)
    with pytest.raises(InputError, match="photo is (a damaged|not a) picture"):
        uploads.open_picture(data[: len(data) // 2], "photo")
    rng = np.random.default_rng(1)
    for _ in range(200):
        broken = np.frombuffer(data, np.uint8).copy()
        broken[rng.integers(0, len(data), 8)] = rng.integers(0, 256, 8)
        cut = int(rng.integers(1, len(data) + 1))
        try:
            opened, frames = uploads.open_picture(broken[:cut].tobytes(), "photo")
        except InputError as error:
            assert str(error).startswith("photo ") and "\n" not in str(error)
        else:
            assert opened.mode == "RGB" and frames >= 1


def test_any_name_of_a_file_makes_a_sentence_that_can_be_printed(model):
    for name in PAYLOADS:
        with pytest.raises(InputError) as caught:
            uploads.open_picture(b"no picture", name)
        sentence = str(caught.value)
        sentence.encode("utf-8")
        assert sentence.isprintable() and len(sentence) < 400
