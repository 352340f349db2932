"""Captions say N drawn, how many shown, how selected, with what: from settings, never by hand."""

import dataclasses

import pytest

from dalle_explore.captions import how_made, numbers_in_words, settings_in_words
from dalle_explore.session.record import Recipe
from dalle_explore.settings import Settings

RECIPE = Recipe(
    prompt="a cat",
    settings=Settings(temperature=0.9, guidance=3),
    model="tiny",
    model_digest="abcdef01" * 8,
    licence="CC0-1.0",
    grid=(2, 2),
    codebook_size=4,
    scorer_digest=None,
    versions={"torch": "2.15.0+cpu"},
)


@pytest.mark.parametrize(
    ("drawn", "seeds", "ranks", "words"),
    [
        (1, [7], [None], "1 drawn, with seed 7, and shown as it came."),
        (1, [7], [1], "1 drawn, with seed 7, and shown as it came."),
        (3, [5, 6, 7], [None] * 3, "3 drawn, with seeds 5 to 7; all shown, by seed, not scored."),
        (3, [6, 5, 7], [1, 2, 3], "seeds 5 to 7; all shown, ordered by CLIP, best first."),
        (3, [5, 6, 7], [2, 1, 3], "seeds 5 to 7; all shown, ranked by CLIP."),
        (16, [9], [1], "16 drawn; the best is shown, selected by CLIP."),
        (16, [9, 2], [1, 2], "16 drawn; the best 2 are shown, selected by CLIP."),
        (16, [9], [3], "16 drawn; 1 shown, rank 3 by CLIP."),
        (16, [9, 4], [3, 5], "16 drawn; 2 shown, rank 3 and 5 by CLIP."),
        (16, [0, 1], [None] * 2, "16 drawn; 2 shown, not scored and not selected by any score."),
    ],
)
def test_selection_is_told_as_it_was(drawn, seeds, ranks, words):
    assert words in how_made(RECIPE, drawn, seeds, ranks)


def test_model_settings_class_and_licence_are_told():
    said = how_made(RECIPE, 1, [0], [None])
    assert "Model tiny (abcdef01)" in said and "Pictures: CC0-1.0." in said
    assert "temperature 0.9, guidance 3, cpu fp32 torch 2.15" in said


def test_every_setting_that_decides_codes_is_named():
    settings = Settings(temperature=0, top_k=3, top_p=0.5, guidance=2, precision="bf16")
    said = settings_in_words(dataclasses.replace(RECIPE, settings=settings))
    assert said == "temperature 0, top-k 3, top-p 0.5, guidance 2, cpu bf16 torch 2.15"


def test_words_outside_the_world_are_told():
    assert "Outside the world it has learned: “photo”, “zebra”." in how_made(
        RECIPE, 1, [0], [None], ["photo", "zebra"]
    )


@pytest.mark.parametrize(
    ("seeds", "words"),
    [
        ([4], "4"),
        ([4, 5], "4 and 5"),
        ([6, 4, 5], "4 to 6"),
        ([1, 2, 9], "1, 2 and 9"),
        ([16, 1, 2, 3, 14, 15], "1 to 3 and 14 to 16"),
    ],
)
def test_numbers_are_named_briefly(seeds, words):
    assert numbers_in_words(seeds) == words
