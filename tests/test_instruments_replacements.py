"""Captions that differ in one word: what could stand there, and nothing else is touched."""

import pytest

from dalle_explore.errors import InputError
from dalle_explore.generator import EncodedText
from dalle_explore.instruments.replacements import LEFT_OUT, MOST, replacements
from dalle_explore.text.tokenizer import Tokenizer, learn_tokenizer
from dalle_explore.world.facts import COLOURS, ROLES
from dalle_explore.world.tagging import tag


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    words = "a an the red orange cube sphere penguin baby hedgehog owl on top of drinking tea with"
    return learn_tokenizer([words] * 40, size=500)


def found(tokenizer, prompt, phrase, given=None):
    text: EncodedText = tokenizer.encode(prompt)
    places = sorted({place for run in text.find(phrase) for place in run})
    assert places, phrase
    return replacements(text, places, given)


def values(prompt):
    return [one.value for one in tag(prompt).tags]


@pytest.mark.parametrize(
    ("prompt", "phrase", "role"),
    [
        ("a red cube on top of a blue sphere", "red", COLOURS),
        ("a baby penguin drinking tea", "penguin", ROLES["subject"]),
        ("a hedgehog drinking tea", "drinking tea", ROLES["activity"]),
    ],
)
def test_other_values_of_the_fact_stand_there_and_all_else_is_read_as_before(
    tokenizer, prompt, phrase, role
):
    others = found(tokenizer, prompt, phrase)
    assert len(others.words) == len(others.prompts) == MOST
    assert len(set(others.prompts)) == MOST and prompt not in others.prompts
    before = values(prompt)
    for said, caption in zip(others.words, others.prompts, strict=True):
        assert said in caption
        after = values(caption)
        changed = [j for j, (one, two) in enumerate(zip(before, after, strict=True)) if one != two]
        assert len(changed) == 1 and after[changed[0]] in role


def test_words_that_state_one_fact_together_are_replaced_together(tokenizer):
    alone, whole = (found(tokenizer, "a fox skating on ice", one) for one in ("ice", "skating on"))
    assert alone == whole
    assert all("ice" not in caption and "skating" not in caption for caption in alone.prompts)


def test_a_word_said_twice_is_replaced_twice(tokenizer):
    others = found(tokenizer, "a red cube on a red sphere", "red")
    for said, caption in zip(others.words, others.prompts, strict=True):
        assert caption.count(said) == 2 and "red" not in caption.split()


def test_a_word_that_the_world_knows_no_other_for_is_left_out(tokenizer):
    others = found(tokenizer, "a  zorbly red cube", "zorbly")
    assert others == ((LEFT_OUT,), ("a red cube",))
    assert found(tokenizer, "a red cube on it", "on it").prompts == ("a red cube",)


def test_an_article_before_it_is_put_right_and_no_other_is_touched(tokenizer):
    assert found(tokenizer, "a cube", "cube", ["owl", "fox"]).prompts == ("an owl", "a fox")
    assert found(tokenizer, "An  owl", "owl", ["fox"]).prompts == ("A  fox",)
    assert found(tokenizer, "an orange cube", "orange", [""]).prompts == ("a cube",)
    typed = "a owl and an cube with a on it"
    assert found(tokenizer, typed, "cube", ["sphere"]).prompts == (
        "a owl and a sphere with a on it",
    )
    assert found(tokenizer, typed, "it", ["her"]).prompts == ("a owl and an cube with a on her",)


def test_what_is_given_is_taken_as_it_is(tokenizer):
    others = found(tokenizer, "a red cube", "red", ["very <b>big</b>", "$x$"])
    assert others.words == ("very <b>big</b>", "$x$")
    assert others.prompts == ("a very <b>big</b> cube", "a $x$ cube")


@pytest.mark.parametrize("given", ["owl", [], [3], ["owl", None]])
def test_replacements_that_are_no_list_of_texts_are_refused(tokenizer, given):
    with pytest.raises(InputError, match="they are a list of texts"):
        found(tokenizer, "a red cube", "red", given)


def test_a_prompt_of_which_nothing_is_left_is_refused(tokenizer):
    with pytest.raises(InputError, match="nothing is left of 'zorbly'"):
        found(tokenizer, "zorbly", "zorbly")
    with pytest.raises(InputError, match="nothing is left"):
        found(tokenizer, "zorbly", "zorbly", ["fox", "?"])
