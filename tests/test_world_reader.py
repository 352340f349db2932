"""Reading: every caption leads back to its facts; what lies outside the world is named."""

import re
from pathlib import Path

import pytest

from dalle_explore.world import Scene, captions, example, read, split_sizes, vocabulary
from dalle_explore.world.lexicon import LEXICON
from dalle_explore.world.neighbours import _GROUPS, NEIGHBOUR_PHRASES, suggestions
from dalle_explore.world.phrases import WITH_WORN
from dalle_explore.world.tagging import tag

SENTENCES = Path(__file__).with_name("world_free_sentences.txt")


def facts_of(prompt):
    reading = read(prompt)
    assert reading.judgeable, f"{prompt!r}: {reading.reason}"
    assert reading.scene is not None
    return reading.scene.family, dict(reading.scene.facts)


@pytest.mark.parametrize("split", split_sizes())
def test_every_caption_reads_back_to_exactly_its_facts(split):
    for index in range(150):
        one = example(split, index)
        for text in (one.caption, *captions(one.scene)):
            reading = read(text)
            assert reading.judgeable and not reading.unknown and not reading.reason, text
            assert reading.scene == Scene(one.scene.family, one.scene.facts), text


@pytest.mark.parametrize("split", ["train", "judge"])
def test_capitals_full_stops_and_blanks_do_not_matter(split):
    for index in range(100):
        one = example(split, index)
        for typed in (one.caption.upper(), f"  {one.caption.capitalize()}.\n"):
            reading = read(typed)
            assert reading.judgeable and reading.prompt == typed
            assert reading.scene == Scene(one.scene.family, one.scene.facts), typed


def free_sentences():
    """The prompt, the spans marked by hand, for each line of the data."""
    found = []
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, spans = "", []
        for part in re.split(r"(\[[^\]]*\])", line):
            if part.startswith("["):
                spans.append((len(text), len(text) + len(part) - 2))
            text += part.strip("[]") if part.startswith("[") else part
        found.append((text, spans))
    return found


def test_outside_words_of_200_free_sentences_are_flagged_and_inside_words_are_not():
    sentences = free_sentences()
    assert len(sentences) == 200
    flagged = missed = falsely = quiet = 0
    for text, spans in sentences:
        found = [(u.start, u.end) for u in read(text).unknown]
        for word in tag(text).words:
            outside = any(start <= word.start < end for start, end in spans)
            named = any(start <= word.start < end for start, end in found)
            flagged += outside and named
            missed += outside and not named
            falsely += named and not outside
            quiet += not named and not outside
    assert flagged + missed > 150 and falsely + quiet > 900
    assert flagged / (flagged + missed) >= 0.98
    assert falsely / (falsely + quiet) <= 0.02


@pytest.mark.parametrize(
    ("prompt", "word", "near"),
    [
        ("a dog in a top hat", "dog", "cat"),
        ("a dog in a top hat", "dog", "fox"),
        ("A Cyan cube above a red cone", "Cyan", "blue"),
        ("a cat wearing a hat", "hat", "a top hat"),
        ("a pengiun with headphones", "pengiun", "penguin"),
        ("a rabbit next to a fox", "next to", "to the left of"),
        ("a penguin riding a motorcycle", "motorcycle", "riding a unicycle"),
        ("a cat wearing a flumph", "flumph", "a cape"),
        ("a mug made of cheese", "cheese", "wood"),
        ("a fish with a crown", "fish", "fish-shaped"),
        ("a radish in a tutu", "radish", "daikon radish"),
    ],
)
def test_outside_words_are_named_in_place_with_their_neighbours(prompt, word, near):
    unknown = {u.word: u for u in read(prompt).unknown}
    assert word in unknown
    assert prompt[unknown[word].start : unknown[word].end] == word
    assert near in unknown[word].suggestions


def test_every_neighbour_given_by_hand_is_of_the_world():
    known = {value for values in vocabulary().values() for value in values} | {"the word"}
    known |= {"an illustration", "a pencil sketch", "a neon sign", "a watercolour"}
    for _, near in (*_GROUPS, *NEIGHBOUR_PHRASES.items()):
        assert set(near) <= known, near


def test_no_known_phrase_has_a_neighbour_by_hand_that_would_hide_it():
    for words, _ in LEXICON.items():
        assert words not in NEIGHBOUR_PHRASES
    assert suggestions("xqzzkj") == ()


@pytest.mark.parametrize(
    ("prompt", "family", "facts"),
    [
        (
            "Baby pandas wearing capes",
            "creatures",
            {"subject": "panda", "age": "baby", "worn": "a cape"},
        ),
        (
            "show me a fox who rides its unicycle under a night sky, please",
            "creatures",
            {"subject": "fox", "activity": "riding a unicycle", "setting": "night"},
        ),
        (
            "a tea-drinking hedgehog",
            "creatures",
            {"subject": "hedgehog", "activity": "drinking tea"},
        ),
        ("brick spheres", "textures", {"object": "sphere", "texture": "bricks"}),
        ("the purse looks like a pig", "textures", {"object": "purse", "texture": "pig"}),
        (
            "a 7-sided red clock",
            "signs",
            {"sign": "clock", "outline": "heptagonal", "colour": "red"},
        ),
        ("a star clock", "signs", {"sign": "clock", "outline": "star-shaped"}),
        (
            'A grey T-shirt that says "HELLO"',
            "writing",
            {"surface": "t-shirt", "colour": "gray", "word": "hello"},
        ),
        (
            "a red neon sign that says open",
            "writing",
            {"surface": "sign", "colour": "red", "word": "open", "manner": "neon sign"},
        ),
        (
            "on a yellow board qwerty is written",
            "writing",
            {"surface": "board", "colour": "yellow", "word": "qwerty"},
        ),
        (
            "a red cube with a blue sphere on top of it",
            "relations",
            {
                "colour1": "blue",
                "solid1": "sphere",
                "relation": "on top of",
                "colour2": "red",
                "solid2": "cube",
            },
        ),
        (
            "a blue sphere and a red cube, the sphere in front of the cube",
            "relations",
            {
                "colour1": "blue",
                "solid1": "sphere",
                "relation": "in front of",
                "colour2": "red",
                "solid2": "cube",
            },
        ),
        (
            "a cone that is yellow under a ring that is pink",
            "relations",
            {
                "colour1": "yellow",
                "solid1": "cone",
                "relation": "below",
                "colour2": "pink",
                "solid2": "ring",
            },
        ),
    ],
)
def test_free_word_order_is_read(prompt, family, facts):
    assert facts_of(prompt) == (family, facts)


@pytest.mark.parametrize("word", ["winter", "yellow", "pixel", "stop", "in", "a", "cat", "gray"])
def test_the_written_word_may_be_any_word_of_the_world(word):
    scene = Scene.of(
        "writing", surface="sign", colour="gray", word=word, manner="neon sign", setting="winter"
    )
    for text in captions(scene):
        assert read(text).scene == scene, text


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("", "no fact of the world is stated"),
        ("at night in winter", "no fact of the world is stated"),
        ("a sphere inside a cube", "say the colour of the sphere"),
        ("a red cube", "needs a relation such as 'on top of', a second solid as well"),
        ("a round plate", "needs a shape as well"),
        ("a t-shirt that says jazz", "needs a colour as well"),
        ("a penguin and a fox", "'fox' is one too many"),
        ("a carrot wearing a bow tie and a crown", "'a crown' is one too many"),
        ("a cat at night by day", "'by day' is one too many"),
        ("a red penguin", "'red' has no place in an animal or vegetable"),
        ("a penguin without headphones", "leave out 'without'"),
        ("a pig playing the piano", "'playing' needs its object"),
        ("a red sign that says 'good morning'", "'good morning' cannot be written"),
        ("a red sign that says incomprehensible", "'incomprehensible' cannot be written"),
        ("a red cube above a blue cone below a pink ring", "joined by exactly one relation"),
        ("a red cube inside a blue cone inside a pink ring", "cannot join three bodies"),
        ("a red cube in a basket above a blue cone", "both bodies are inside the basket"),
        ("a red cube above a blue cone, both inside a basket", "cannot stand inside a basket"),
    ],
)
def test_what_cannot_be_judged_says_why(prompt, reason):
    reading = read(prompt)
    assert not reading.judgeable and reading.scene is None
    assert reason in reading.reason


def test_outside_words_do_not_hinder_judging_complete_facts_but_are_mentioned():
    reading = read("a cute penguin skating on ice in Paris")
    assert reading.judgeable and reading.scene is not None
    assert dict(reading.scene.facts) == {"subject": "penguin", "activity": "skating on ice"}
    assert [u.word for u in reading.unknown] == ["cute", "Paris"]
    assert "'cute', 'Paris'" in reading.reason


@pytest.mark.parametrize(
    "prompt",
    [
        "\U0001f427\U0001f427",
        "ein Pinguin im Schnee",
        "\u4e00\u53ea\u4f01\u9e45",
        "'\"\u201c",
        "\x00",
        "word",
        "says",
        "a" * 10_000,
        "of " * 3_000,
        "\u0130stanbul \u00df",
        "written on it",
        "in in in on it",
        "with x on it",
        "each the next",
    ],
)
def test_any_text_is_accepted(prompt):
    reading = read(prompt)
    assert not reading.judgeable and reading.reason.endswith((".", ")"))
    assert all(prompt[u.start : u.end] == u.word for u in reading.unknown)


def test_vocabulary_is_what_people_type_and_is_all_known():
    known = vocabulary()
    assert known["worn"] == tuple(WITH_WORN) and "at night" in known["setting"]
    for role, values in known.items():
        for value in values:
            if role == "word":
                continue
            assert not read(f"a {value}").unknown, (role, value)
