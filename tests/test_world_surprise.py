"""Sentences to try: each is of the kind that it says."""

import pytest

from dalle_explore.errors import InputError
from dalle_explore.world import read
from dalle_explore.world.surprise import KINDS, kind_of, surprise


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_is_of_the_kind_it_is_called(kind):
    found = [surprise(number, kind) for number in range(60)]
    assert {one.kind for one in found} == {kind}
    assert {kind_of(one.prompt) for one in found} == {kind}
    assert len({one.prompt for one in found}) > 20
    assert all(not read(one.prompt).unknown for one in found)


def test_kinds_take_turns_and_sentences_stay_what_they_are():
    assert [surprise(number).kind for number in range(6)] == [*KINDS, *KINDS]
    assert surprise(4) == surprise(4)


def test_a_held_out_sentence_says_what_training_never_shows():
    assert "Training never shows “hedgehog” with “zebra”" in surprise(1).why


def test_of_words_outside_the_world_nothing_can_be_told():
    assert kind_of("an astronaut on the moon") is None
    assert kind_of("a baby penguin with headphones skating on ice") == "seen"


def test_another_kind_is_refused_with_the_kinds_listed():
    with pytest.raises(InputError, match="the kinds are seen, held out, weird"):
        surprise(0, "odd")
