"""Filled templates: spaces, articles by sound, and the characters that a value became."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dalle_explore.text.filling import join
from dalle_explore.text.template import parse


def said(text, *values):
    """A template whose slots are filled in their order."""
    template = parse(text)
    return template.fill(dict(zip(template.names, values, strict=True))).prompt


@pytest.mark.parametrize(
    ("text", "value", "prompt"),
    [
        ("a {x} cube", "emerald", "an emerald cube"),
        ("an {x} cube", "red", "a red cube"),
        ("a {x}", "unicorn", "a unicorn"),
        ("an {x}", "unicycle", "a unicycle"),
        ("a {x} object", "unidentified", "an unidentified object"),
        ("an {x}", "UFO", "an UFO"),  # capitals do not tell how they are said
        ("an {x}", "ufo", "a ufo"),
        ("a {x}", "hour", "an hour"),
        ("a {x} robot", "one-eyed", "a one-eyed robot"),
        ("an {x}", "onesie", "a onesie"),
        ("a {x}", "élan", "an élan"),
        ("a {x}-sided sign", "8", "an 8-sided sign"),
        ("an {x}-sided sign", "6", "a 6-sided sign"),
        ("a {x}-sided sign", "11", "an 11-sided sign"),
        ("a {x}-sided sign", "18", "an 18-sided sign"),
        ("an {x}-sided sign", "110", "a 110-sided sign"),
        ("an {x} house", "1800", "an 1800 house"),
        ("a {x}-ray", "X", "an X-ray"),
        ("an {x}-turn", "U", "a U-turn"),
        ("an {x} lamp", "LED", "an LED lamp"),
        ("a {x} lamp", "LED", "a LED lamp"),
        ("an {x}", "猫", "an 猫"),
        ("A {x} cube", "orange", "An orange cube"),
        ("An {x} cube", "red", "A red cube"),
        ("A {x} CUBE", "ORANGE", "AN ORANGE CUBE"),
        ("A {x} sign", "OWL", "An OWL sign"),
        ("A Portrait Of A {x}", "Owl", "A Portrait Of An Owl"),
        ("AN {x} CUBE", "RED", "A RED CUBE"),
        ("Look. A {x}", "owl", "Look. An owl"),
        ('a "{x}" sign', "owl", 'an "owl" sign'),
        ("a {x}owl", "", "an owl"),
        ("a {x} owl", "", "an owl"),
        ("an {x}owl", "tiny ", "a tiny owl"),
        ("a{x} owl", " tiny", "a tiny owl"),
    ],
)
def test_an_article_before_a_slot_follows_the_sound(text, value, prompt):
    assert said(text, value) == prompt


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a owl and {x}", "red"),
        ("an cat in a {x} hat", "red"),
        ("vitamin A {x}", "is good"),
        ("a, {x}", "owl"),
        ("banana {x}", "owl"),
        ("rock'n'a {x}", "owl"),
        ("{x}", "a owl in an hat"),
        ("{x} owl", "a"),
        ("the {x}", "owl"),
    ],
)
def test_words_that_touch_no_slot_and_words_of_a_value_stay(text, value):
    assert said(text, value) == text.replace("{x}", value)


def test_an_article_sees_past_empty_options():
    assert said("a {x}{y} {z}eagle", "", " ", "") == "an eagle"
    assert said("a {x}{y} {z}eagle", "", "bald", "") == "a bald eagle"


@pytest.mark.parametrize(
    ("text", "values", "prompt"),
    [
        ("an owl {x}, drawn", [""], "an owl, drawn"),
        ("an owl {x} .", [""], "an owl."),
        ("an owl ({x} asleep)", [""], "an owl (asleep)"),
        ("an owl (asleep {x})", [""], "an owl (asleep)"),
        ("an {x}, drawn", ["owl "], "an owl, drawn"),
        ("  {x}  an\towl \n {y}", ["", ""], "an owl"),
        ("{x} , as typed", ["owl"], "owl , as typed"),
        ("typed , so {x}", ["owl"], "typed , so owl"),
        ("{x}{y}", ["moon", "light"], "moonlight"),
    ],
)
def test_an_empty_option_leaves_no_space_behind(text, values, prompt):
    assert said(text, *values) == prompt


def test_both_sentences_are_kept():
    both = parse("a {x} {y}owl").fill({"x": "old", "y": ""})
    assert (both.raw, both.prompt) == ("a old owl", "an old owl")
    assert both.spans == {"x": ((3, 6),), "y": ()}


words = st.sampled_from(["a", "an", "A", "An", "AN", "owl", "hour", "8", "(", '"', ",", ".", "-"])
texts = st.lists(st.sampled_from([" ", "  ", "\t", "\n", ""]) | words | st.text(max_size=3)).map(
    "".join
)
pieces = st.lists(st.tuples(texts, st.sampled_from([None, None, "x", "y", "z"])), max_size=8)

# A busy machine may take long to think of examples.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(pieces)
@example([("a ", None), (" ", "x"), ("a ", None), ("", "y"), (" ,", None)])
@example([("a", "x"), (" ", None), ("owl", "y"), (" ", "z"), (".", None)])
def test_a_span_holds_the_value_after_everything(pieces):
    found = join(pieces)
    assert found.raw == "".join(text for text, _ in pieces)
    expected = {name: [] for _, name in pieces if name is not None}
    for text, name in pieces:
        if name is not None and text.strip():
            expected[name].append(re.sub(r"\s+", " ", text.strip()))
    for name, texts in expected.items():
        ranges = found.spans[name]
        assert [len(text) for text in texts] == [end - start for start, end in ranges]
        assert texts == [found.prompt[start:end] for start, end in ranges]
    assert found.spans.keys() == expected.keys()


@patient
@given(pieces)
def test_nothing_but_spaces_and_articles_is_ever_changed(pieces):
    found = join(pieces)
    assert not re.search(r"\s\s|[^\S ]|^\s|\s$", found.prompt)

    def without(text):
        return re.sub(r"(?<!\w)an?(?!\w)|\s+", "", text, flags=re.IGNORECASE)

    assert without(found.prompt) == without(found.raw)


@patient
@given(texts)
def test_without_slots_only_spaces_are_squashed(text):
    assert join([(text, None)]).prompt == " ".join(text.split())
