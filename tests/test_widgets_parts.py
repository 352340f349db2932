"""A film as bytes: read back as the browser reads it, it says what was recorded."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image

from dalle_explore.widgets.parts import choices, frames, picture, spread_bytes, windows


def unpacked(data, e, k):
    """Sorted log-probabilities as ``spread.ts`` reads them."""
    planes = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(2, e, k)
    steps = planes[0].astype(np.uint16) | planes[1].astype(np.uint16) << 8
    return -np.cumsum(steps, axis=1, dtype=np.uint16).view("<f2").astype(np.float32)


def cut(atlas, header, number):
    """A crop as ``windows.ts`` finds it."""
    row, column = divmod(number, header["across"])
    top = row * header["down"] + header["above"]
    left = column * header["over"] + header["left"]
    return atlas[top : top + header["height"], left : left + header["side"]]


def test_the_spread_is_every_log_probability_sorted_in_half_precision():
    logits = np.random.default_rng(0).normal(size=(7, 40)).astype(np.float32) * 4
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    back = unpacked(spread_bytes(log_p), 7, 40)
    np.testing.assert_allclose(back, -np.sort(-log_p, axis=1), rtol=2**-11, atol=1e-6)
    np.testing.assert_allclose(np.exp(back).sum(axis=1), 1, rtol=2e-3)


def test_a_certain_code_and_impossible_ones_survive():
    log_p = np.full((1, 5), -np.inf, dtype=np.float32)
    log_p[0, 3] = 0.0
    back = unpacked(spread_bytes(log_p), 1, 5)
    assert back[0, 0] == 0 and np.isneginf(back[0, 1:]).all()


def test_a_full_spread_takes_a_sixth_of_half_precision():
    logits = np.random.default_rng(0).normal(size=(64, 4096)).astype(np.float32) * 3
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert len(spread_bytes(log_p)) < log_p.size * 2 / 6


def test_windows_are_moved_inside_the_picture():
    corners, size = windows(6, 6, 2, range(36))
    assert size == (5, 5)
    assert corners[0] == (0, 0) and corners[35] == (1, 1) and corners[14] == (0, 0)
    assert corners[21] == (1, 1)
    assert windows(3, 4, 2, [11]) == ([(0, 0)], (3, 4))


def test_an_atlas_holds_every_crop_where_its_header_says():
    crops = [np.full((8, 8, 3), value, dtype=np.uint8) for value in range(0, 250, 25)]
    part = frames(crops, reach=0)
    atlas = np.asarray(Image.open(io.BytesIO(part.buffers[0])).convert("RGB")).astype(int)
    for number, crop in enumerate(crops):
        seen = cut(atlas, part.header, number)
        assert np.abs(seen - crop).max() < 4
    assert part.header["steps"] == 10 and part.header["reach"] == 0


def test_alternatives_follow_each_other_patch_by_patch():
    pixels = np.zeros((4, 3, 8, 8, 3), dtype=np.uint8)
    pixels[2, 1] = 255
    part = choices(pixels, 0)
    assert (part.header["top"], part.header["margin"], part.header["first"]) == (3, 1, 0)
    atlas = np.asarray(Image.open(io.BytesIO(part.buffers[0])).convert("L"))
    assert cut(atlas, part.header, 2 * 3 + 1).min() > 250
    assert max(cut(atlas, part.header, number).max() for number in range(7)) < 4


def test_no_crop_is_coloured_by_its_neighbours():
    """Loud neighbours: a WebP smooths over the borders of its blocks, and crops have edges."""
    crops = [np.full((40, 40, 3), (255, 255, 255), dtype=np.uint8) for _ in range(30)]
    for number in range(1, 30, 2):
        crops[number][...] = (255, 0, 0) if number % 4 == 1 else (0, 0, 255)
    part = frames(crops, reach=2)
    atlas = np.asarray(Image.open(io.BytesIO(part.buffers[0])).convert("RGB")).astype(int)
    assert all(cut(atlas, part.header, number).min() > 250 for number in range(0, 30, 2))


@pytest.mark.parametrize("number", [0, 1])
def test_the_last_picture_is_exact(number):
    pixels = np.random.default_rng(1).integers(0, 256, (2, 16, 16, 3)).astype(np.uint8)
    part = picture(pixels[0], pixels[1])
    back = np.asarray(Image.open(io.BytesIO(part.buffers[number])))
    np.testing.assert_array_equal(back, pixels[number])
