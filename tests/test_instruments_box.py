"""Which words made this rectangle: every instrument, asked about a few patches alone."""

import numpy as np
import pytest
from planted_passes import DECOY, DIRECT, HOPS, reading, rival, word
from planted_passes import box as place
from tiny_traces import SIDE, guided, plain

from dalle_explore.errors import InputError
from dalle_explore.instruments.across import joined
from dalle_explore.instruments.agreement import SCORES, word_maps
from dalle_explore.instruments.box import box

pytestmark = pytest.mark.usefixtures("one_thread")

ROWS, COLUMNS = range(1, 3), range(0, 3)


@pytest.mark.parametrize("found", [plain, guided], ids=["plain", "guided"])
def test_a_box_is_the_sum_of_the_maps_inside_it(found):
    result = box(found(), ROWS, COLUMNS)
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[1:3, 0:3] = True
    np.testing.assert_array_equal(result.mask, mask)
    maps = word_maps(found(), mask)
    for name in SCORES:
        inside = maps[name][:, mask]
        if name in ("attention", "contribution"):
            expected = inside.mean(axis=-1)
        elif name == "gradient":
            # Rows before the box count, too: they hand on what the box depends on.
            expected = maps[name].sum(axis=(1, 2))
        else:
            expected = inside.sum(axis=-1)
        np.testing.assert_allclose(result.scores[name], expected, atol=1e-5)
    assert result.ranges == (ROWS, COLUMNS)


def test_the_whole_picture_is_a_box_and_its_parts_add_up():
    whole = box(plain(), range(SIDE), range(SIDE))
    halves = [box(plain(), rows, range(SIDE)) for rows in (range(2), range(2, SIDE))]
    for name in SCORES:
        parts = np.stack([half.scores[name] for half in halves])
        expected = (
            parts.mean(axis=0) if name in ("attention", "contribution") else parts.sum(axis=0)
        )
        np.testing.assert_allclose(whole.scores[name], expected, rtol=1e-3, atol=1e-3)


def test_it_says_which_patches_and_what_the_numbers_are():
    result = box(plain(), ROWS, COLUMNS)
    caption = result.caption()
    assert "rows 1 to 2, columns 0 to 2; 6 patches" in caption
    assert "Where it looked: mean share" in caption and "What it depended on: bits" in caption
    assert "Replay error" in caption
    assert result.first() == result.words[int(result.scores["knockout"].argmax())]
    assert f"looks most at “{result.first('contribution')}”" in result.alt()
    rows = result.rows()
    assert [row["word"] for row in rows] == list(plain().subject.words)
    assert rows[1]["knockout"] == result.scores["knockout"][1]


def test_boxes_have_no_mean_over_prompts():
    with pytest.raises(InputError, match="Box has no numbers of which a mean"):
        joined([box(plain(), ROWS, COLUMNS)])


@pytest.mark.parametrize(
    ("rows", "columns", "sentence"),
    [
        (range(2, 5), COLUMNS, r"rows is range\(2, 5\), .*a range within 0 to 4"),
        (ROWS, range(2, 2), r"columns is range\(2, 2\)"),
        (ROWS, (0, 1), r"columns is \(0, 1\), but it has to be a range within 0 to 4: give"),
        (range(-1, 2), COLUMNS, "rows is range"),
        (range(0, 4, 2), COLUMNS, "rows is range"),
    ],
)
def test_rectangles_that_are_none_are_refused(rows, columns, sentence):
    with pytest.raises(InputError, match=sentence):
        box(plain(), rows, columns)


def test_in_planted_models_the_box_names_the_word_that_decides():
    for one in (DIRECT, DECOY, HOPS):
        result = box(reading(one), *place(one))
        assert result.first() == word(one)
        looked = rival(one) if one is HOPS else word(one)
        assert result.first("contribution") == looked
        assert result.scores["knockout"][one.word] > 4
    elsewhere = box(reading(DIRECT), range(0, 2), range(0, 4))
    assert np.abs(elsewhere.scores["knockout"]).max() < 1e-3
