"""Films: still frames, and moving pictures that hold what they say."""

import json

import numpy as np
import pytest
from PIL import Image
from tiny_samples import tiny_sample

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.sampling.preview import hatched
from dalle_explore.session.animation import animation, palette

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return tiny_sample(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def film(sample):
    return sample.film()


def opened(path):
    """Frames as arrays, with how long each is shown."""
    with Image.open(path) as image:
        frames = []
        for number in range(image.n_frames):
            image.seek(number)
            frames.append((np.asarray(image.convert("RGB")), image.info["duration"]))
        return frames, dict(image.info)


def test_frames_go_by_rows_to_the_whole(film, sample):
    assert film.at == (4, 8, 12, 16) and film.pixels.shape == (4, 32, 32, 3)
    assert np.array_equal(film.pixels[-1], sample.picture)
    assert [known.sum() for known in film.known] == [4, 8, 12, 16]


def test_its_table_has_a_row_a_frame(sample):
    table = sample.film([0, 5]).table()
    assert list(table["patches"]) == [0, 5] and list(table["row"])[1] == 1
    assert list(table["code"])[1] == sample.codes[1, 0]
    total = sample.steps.log_probability[:5].sum()
    assert list(table["log_probability"])[1] == pytest.approx(float(total), rel=1e-5)


@pytest.mark.parametrize("at", [[], 5, [17], [-1], [1.5]])
def test_moments_that_are_none_are_refused(sample, at):
    with pytest.raises(InputError, match="at holds|at is"):
        sample.film(at)


@pytest.mark.parametrize("every, count", [(1, 17), (3, 7), (16, 2)])
def test_a_webp_is_every_frame_pixel_for_pixel(film, sample, tmp_path, every, count):
    path = film.save(tmp_path / "film.webp", every=every, seconds=3.2)
    frames, info = opened(path)
    assert len(frames) == count and info["loop"] == 0
    counts = [*range(0, 16, every), 16]
    truth = sample.film(counts)
    for (frame, _), pixels, known in zip(frames, truth.pixels, truth.known, strict=True):
        large = pixels.repeat(16, axis=0).repeat(16, axis=1)
        assert np.array_equal(frame, hatched(large[None], known[None])[0])
    assert frames[-1][1] == 2500


def test_a_gif_has_near_colours_and_the_same_ones_in_every_frame(film, sample, tmp_path):
    frames, info = opened(film.save(tmp_path / "film.GIF", seconds=3.2))
    assert len(frames) == 17 and info["loop"] == 0
    assert [time for _, time in frames] == [200] * 16 + [2500]
    truth = sample.film(range(17))
    as_shown = {}
    for (frame, _), pixels, known in zip(frames, truth.pixels, truth.known, strict=True):
        small = frame[::16, ::16].astype(int)
        mask = known.repeat(8, axis=0).repeat(8, axis=1)
        # Random weights draw thousands of colours; those of a trained model are nearer.
        assert np.abs(small - pixels)[mask].sum() <= 8 * 3 * mask.sum()
        for colour, shown in zip(pixels[mask].tolist(), small[mask].tolist(), strict=True):
            assert as_shown.setdefault(tuple(colour), shown) == shown
        large = np.zeros((512, 512, 3), dtype=np.uint8)
        unknown = ~mask.repeat(16, axis=0).repeat(16, axis=1)
        lines = hatched(large[None], known[None])[0]
        assert np.array_equal(frame[unknown], lines[unknown])


def test_caption_and_record_travel_inside(film, sample, tmp_path):
    _, gif = opened(film.save(tmp_path / "film.gif"))
    caption, record = gif["comment"].decode("utf-8").split("\n\n")
    assert sample.caption() in caption and sample.prompt in caption
    assert json.loads(record)["samples"][0]["codes"] == sample.entry().codes
    _, webp = opened(film.save(tmp_path / "film.webp"))
    text = webp["xmp"].decode("utf-8")
    assert sample.prompt in text and sample.entry().codes in text
    strip = film.save(tmp_path / "film.png")
    assert not (tmp_path / "film.json").exists()
    assert np.array_equal(dx.open(strip, model=sample.model)[0].codes, sample.codes)


def test_what_is_drawn_with_a_function_has_no_record(sample, tmp_path):
    edited = sample.again(edits=[dx.Edit("block.0.resid_out", lambda value, at: value)])
    _, info = opened(edited.film().save(tmp_path / "film.gif", every=8))
    assert b"dalle_explore_record" not in info["comment"]
    assert edited.film().save(tmp_path / "film.png").is_file()


def test_words_of_people_are_data_in_a_webp():
    pixels, known = np.zeros((2, 8, 8, 3), dtype=np.uint8), np.ones((2, 1, 1), dtype=bool)
    pixels[1] = 9
    made = animation(
        pixels,
        known,
        "webp",
        enlarge=1,
        milliseconds=[20, 20],
        caption="<script> & ]]>",
        record=None,
    )
    assert b"&lt;script&gt; &amp; ]]&gt;" in made and b"<script>" not in made


def test_a_palette_holds_what_is_known():
    pixels = np.zeros((1, 16, 16, 3), dtype=np.uint8)
    pixels[0, :8] = (200, 10, 30)
    known = np.array([[[True, True], [False, False]]])
    assert {tuple(colour) for colour in palette(pixels, known)} >= {(200, 10, 30)}


@pytest.mark.parametrize(
    "name, options, said",
    [
        ("film.mp4", {}, "the endings that can be saved are .gif, .webp, .png"),
        ("no/film.gif", {}, "cannot write"),
        ("film.png", {"every": 2}, "every and seconds are of moving pictures"),
        ("film.svg", {"seconds": 2}, "every and seconds are of moving pictures"),
        ("film.gif", {"every": 0}, "give a whole number from 1 to 16"),
        ("film.gif", {"every": 17}, "give a whole number from 1 to 16"),
        ("film.gif", {"every": True}, "give a whole number from 1 to 16"),
        ("film.gif", {"seconds": 0}, "more than 0 and at most 600"),
        ("film.gif", {"seconds": "8"}, "more than 0 and at most 600"),
        ("film.gif", {"seconds": 0.1}, "too short for 16 frames"),
    ],
)
def test_what_cannot_be_saved_is_a_sentence(film, tmp_path, name, options, said):
    with pytest.raises(InputError, match=said):
        film.save(tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_the_same_film_is_the_same_file(film, tmp_path):
    for kind in ("gif", "webp", "png"):
        one, two = (film.save(tmp_path / f"{name}.{kind}") for name in "ab")
        assert one.read_bytes() == two.read_bytes()
