"""Captions: every scene in several phrasings, in correct English, quoted sentences among them."""

import re

import pytest

from dalle_explore.world import FAMILIES, Scene, captions, example, split_sizes
from dalle_explore.world.captions import caption, phrasings
from dalle_explore.world.english import article, singulars, with_article
from dalle_explore.world.phrases import PHRASINGS

QUOTED = [
    (
        "an illustration of a baby penguin with headphones skating on ice",
        dict(
            family="creatures",
            subject="penguin",
            age="baby",
            worn="headphones",
            activity="skating on ice",
            manner="illustration",
        ),
    ),
    (
        "a penguin baby wearing headphones that is skating on ice",
        dict(
            family="creatures",
            subject="penguin",
            age="baby",
            worn="headphones",
            activity="skating on ice",
        ),
    ),
    (
        "a bok choy in a cape writing a letter",
        dict(family="creatures", subject="bok choy", worn="a cape", activity="writing a letter"),
    ),
    (
        "a hedgehog drinking tea",
        dict(family="creatures", subject="hedgehog", activity="drinking tea"),
    ),
    (
        "a hedgehog with the texture of a mango",
        dict(family="textures", object="hedgehog", texture="mango"),
    ),
    ("a purse in the style of a pig", dict(family="textures", object="purse", texture="pig")),
    ("a cube made of bricks", dict(family="textures", object="cube", texture="bricks")),
    ("a heptagonal stop sign", dict(family="signs", sign="stop sign", outline="heptagonal")),
    (
        "a green clock with five sides",
        dict(family="signs", sign="clock", outline="pentagonal", colour="green"),
    ),
    ("a seven-sided plate", dict(family="signs", sign="plate", outline="heptagonal")),
    (
        "a clock in the shape of a heptagon",
        dict(family="signs", sign="clock", outline="heptagonal"),
    ),
    (
        "a red t-shirt that has the word hogwash written on it",
        dict(family="writing", surface="t-shirt", colour="red", word="hogwash"),
    ),
    (
        "a blue sphere on top of a red cube, both inside a fishbowl",
        dict(
            family="relations",
            colour1="blue",
            solid1="sphere",
            relation="on top of",
            colour2="red",
            solid2="cube",
            container="fishbowl",
        ),
    ),
]


@pytest.mark.parametrize(("sentence", "facts"), QUOTED, ids=[s for s, _ in QUOTED])
def test_the_sentences_people_quote_are_captions(sentence, facts):
    assert sentence in captions(Scene.of(**facts))


@pytest.mark.parametrize("split", split_sizes())
def test_captions_are_plain_lower_case_and_all_different(split):
    for index in range(400):
        said = captions(example(split, index).scene)
        assert len(said) >= 6 and len(set(said)) == len(said)
        for text in said:
            assert text.isascii() and text == text.lower()
            assert "  " not in text and "{" not in text and text == text.strip()


@pytest.mark.parametrize("split", split_sizes())
def test_articles_agree_with_the_sound_that_follows(split):
    for index in range(400):
        for text in captions(example(split, index).scene):
            # What is written in the picture is no part of the grammar.
            text = re.sub(r'(the word|says|reading|with) "?[a-z]+"?', r"\1", text)
            for given, following in re.findall(r"\b(an?) ([a-z0-9-]+)", text):
                vowel = following[0] in "aeiou" and not following.startswith("uni")
                assert given == ("an" if vowel else "a"), text


def test_articles_go_by_sound_not_by_letter():
    assert with_article("octagonal sign") == "an octagonal sign"
    assert [article(w) for w in ("unicycle", "umbrella", "hour", "house", "one-eyed owl")] == [
        "a",
        "an",
        "an",
        "a",
        "a",
    ]
    assert article("uninteresting") == "an" and article("eight-sided plate") == "an"


def test_every_family_holds_out_exactly_its_last_phrasing():
    assert set(PHRASINGS) == set(FAMILIES)
    for family, table in PHRASINGS.items():
        assert [p.held_out for p in table] == [False] * (len(table) - 1) + [True], family
        assert sum(not p.held_out and not p.rare for p in table) >= 5, family


def test_a_seed_changes_the_picture_and_not_the_words():
    facts = dict(subject="owl", worn="a scarf", manner="watercolour", setting="winter")
    assert captions(Scene.of("creatures", seed=1, **facts)) == captions(
        Scene.of("creatures", seed=2, **facts)
    )


def test_manner_and_setting_are_said_in_every_form():
    scene = Scene.of("creatures", subject="owl", manner="watercolour", setting="night")
    plain, clause = phrasings(scene)[0], phrasings(scene)[4]
    said = [caption(scene, plain, manner_form=form) for form in range(4)]
    assert said == [
        "a watercolour of an owl at night",
        "a watercolor painting of an owl at night",
        "an owl at night, as a watercolour",
        "an owl at night in watercolor",
    ]
    assert caption(scene, clause, setting_form=2) == (
        "there is an owl under a night sky, as a watercolour"
    )


def test_gray_can_be_grey_but_never_inside_the_written_word():
    scene = Scene.of("writing", surface="sign", colour="gray", word="gray")
    assert caption(scene, phrasings(scene)[2], grey=True) == "a grey sign that says gray"


def test_plurals_lead_back_to_their_words():
    assert [singulars(w)[0] for w in ("foxes", "cubes", "cherries", "wolves")] == [
        "fox",
        "cube",
        "cherry",
        "wolf",
    ]
    assert singulars("glass") == () and singulars("bus") == ()
