"""Writing: letters keep to their cells, differ from each other, and stand out in every manner."""

from string import ascii_lowercase

import numpy as np
import pytest
from PIL import Image

from dalle_explore.world.brush import Brush
from dalle_explore.world.facts import COLOURS, MANNERS, SURFACES, WORDS, Scene
from dalle_explore.world.letters import HEIGHT, WIDTH, pixels, strokes
from dalle_explore.world.writing import draw_writing, letter_cells, write


def scene_of(seed: int, **facts: str) -> Scene:
    return Scene.of(
        "writing", seed=seed, **{"surface": "t-shirt", "colour": "red", "word": "hogwash", **facts}
    )


def glyph(letter: str, manner: str = "illustration") -> np.ndarray:
    brush = Brush(128, manner)
    brush.canvas.paste((200, 30, 30), (0, 0, *brush.canvas.size))
    write(brush, letter, 6, 7, (255, 255, 255))
    small = brush.canvas.resize((128, 128), Image.Resampling.BOX)
    return np.asarray(small, dtype=int)[..., 1] - 30


@pytest.mark.parametrize("letter", ascii_lowercase)
@pytest.mark.parametrize("manner", ["illustration", "pixel art", "watercolour", "neon sign"])
def test_a_letter_stays_in_its_two_patches(letter: str, manner: str) -> None:
    ink = np.abs(glyph(letter, manner))
    inside = ink[48:64, 56:64]
    assert inside.sum() > 15 * 100
    outside = ink.sum() - inside.sum()
    assert outside < 0.06 * inside.sum()


@pytest.mark.parametrize("manner", ["illustration", "pixel art"])
def test_letters_are_pairwise_different(manner: str) -> None:
    shapes = {
        letter: glyph(letter, manner)[48:64, 56:64].clip(0, 200) / 200
        for letter in ascii_lowercase
    }
    for a in ascii_lowercase:
        for b in ascii_lowercase[: ascii_lowercase.index(a)]:
            assert np.abs(shapes[a] - shapes[b]).sum() > 5, (a, b)


def test_every_letter_has_strokes_and_pixels_in_its_box() -> None:
    for letter in ascii_lowercase:
        points = np.concatenate(strokes(letter))
        assert (points >= (-0.5, -0.5)).all() and (points <= (WIDTH + 0.5, HEIGHT + 0.5)).all()
        assert all(0 <= x0 < x1 <= 3 and 0 <= y0 < y1 <= 7 for x0, y0, x1, y1 in pixels(letter))


@pytest.mark.parametrize("surface", SURFACES)
def test_cells_are_on_the_grid_in_reading_order(surface: str) -> None:
    places = set()
    for seed in range(60):
        for word in (WORDS[seed % len(WORDS)], "worldwide", "a"):
            cells = letter_cells(scene_of(seed, surface=surface, word=word))
            assert "".join(letter for _, _, letter in cells) == word
            rows, columns = {row for row, _, _ in cells}, [column for _, column, _ in cells]
            assert len(rows) == 1 and 0 <= min(rows) <= 14
            assert columns == list(range(columns[0], columns[0] + len(word)))
            assert columns[0] >= 0 and columns[-1] <= 15
            places.add(cells[0][:2])
    assert len(places) > 8


def test_other_families_have_no_letters() -> None:
    assert letter_cells(Scene.of("signs", sign="clock", outline="square")) == ()


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("surface", SURFACES)
def test_the_word_lies_on_the_surface_and_is_seen(surface: str, manner: str) -> None:
    for seed, word, colour in zip(
        range(8), ("worldwide", "chocolate", "hello", "cat") * 2, COLOURS, strict=True
    ):
        scene = scene_of(seed, surface=surface, word=word, colour=colour, manner=manner)
        cells = letter_cells(scene)
        sheet = Brush(128, manner, np.random.default_rng(seed))
        sheet.record_parts()
        draw_writing(sheet, scene, np.random.default_rng(seed))
        assert sheet.parts is not None
        body = np.asarray(sheet.parts["surface"].resize((128, 128), Image.Resampling.BOX)) > 0
        word_mask = np.asarray(sheet.parts["word"].resize((128, 128), Image.Resampling.BOX)) > 0
        row, left = cells[0][0] * 8, cells[0][1] * 8
        right = (cells[-1][1] + 1) * 8
        covered = (body | word_mask)[row : row + 16, left:right]
        assert covered.mean() > 0.99
        picture = np.asarray(sheet.finish().convert("L"), dtype=int)
        for r, c, _ in cells:
            patch = picture[r * 8 : r * 8 + 16, c * 8 : c * 8 + 8]
            assert np.percentile(patch, 97) - np.percentile(patch, 3) > 45


def test_writing_is_deterministic() -> None:
    def draw(seed: int) -> np.ndarray:
        brush = Brush(128, rng=np.random.default_rng(seed))
        draw_writing(brush, scene_of(seed), np.random.default_rng(seed))
        return np.asarray(brush.finish())

    assert (draw(3) == draw(3)).all()
    assert (draw(3) != draw(4)).any()
