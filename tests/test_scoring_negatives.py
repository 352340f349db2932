"""Wrong captions are false by one change, as frequent as right ones, and never held out."""

from collections import Counter

import numpy as np
import pytest

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.scoring.meaning import may_agree
from dalle_explore.scoring.negatives import hard_negatives, reword, seen, swaps
from dalle_explore.world.facts import UNSEEN_WORDS

EXAMPLES = [world.example("train", index) for index in range(250)]
SCENES = [example.scene for example in EXAMPLES]


@pytest.fixture(scope="module")
def wrong():
    return hard_negatives(SCENES, np.random.default_rng(0))


def test_each_is_false_of_its_picture_and_allowed(wrong):
    assert len(wrong) == len(SCENES)
    for scene, altered in zip(SCENES, wrong, strict=True):
        assert altered.family == scene.family and altered.seed == scene.seed
        assert not may_agree([scene], [altered]).item()
        assert seen(altered)


def test_one_change_at_a_time(wrong):
    for scene, altered in zip(SCENES, wrong, strict=True):
        before, after = dict(scene.facts), dict(altered.facts)
        changed = {role for role in after if before.get(role) != after[role]}
        exchanged = altered in swaps(scene)
        assert before.keys() <= after.keys()
        assert len(changed) == 1 or exchanged, (before, after)


def test_all_kinds_of_change_occur(wrong):
    kinds = Counter()
    for scene, altered in zip(SCENES, wrong, strict=True):
        kinds["swap" if altered in swaps(scene) else "other", scene.family] += 1
        for role in altered.roles:
            kinds[role] += altered[role] != scene.get(role)
    assert kinds["swap", "relations"] > 0.4 * sum(s.family == "relations" for s in SCENES)
    for role in ("subject", "worn", "texture", "outline", "word", "surface", "relation", "manner"):
        assert kinds[role], role


def test_the_same_generator_gives_the_same_captions():
    one, two = (hard_negatives(SCENES[:40], np.random.default_rng(7)) for _ in range(2))
    assert one == two
    assert hard_negatives(SCENES[:40], np.random.default_rng(8)) != one


def test_swaps_keep_the_words_and_change_the_meaning():
    scene = world.Scene.of(
        "relations", colour1="red", solid1="cube", relation="above", colour2="blue", solid2="ring"
    )
    found = {tuple(s.facts) for s in swaps(scene)}
    assert len(found) == 4
    texts = {world.captions(s)[0] for s in swaps(scene)}
    assert "a blue ring above a red cube" in texts
    assert "a blue cube above a red ring" in texts
    assert "a red ring above a blue cube" in texts
    assert "a red cube below a blue ring" in texts


def test_swaps_leave_out_what_means_the_same():
    twins = world.Scene.of(
        "relations",
        colour1="red",
        solid1="cube",
        relation="on top of",
        colour2="red",
        solid2="cube",
    )
    assert swaps(twins) == ()
    assert swaps(world.Scene.of("creatures", subject="fox")) == ()


def test_three_bodies_exchange_neighbours():
    scene = world.Scene.of(
        "relations",
        colour1="red",
        solid1="cube",
        relation="to the left of",
        colour2="blue",
        solid2="ring",
        colour3="pink",
        solid3="cone",
    )
    assert len(swaps(scene)) == 7
    assert all(not may_agree([scene], [s]).item() for s in swaps(scene))


def test_the_words_stay_except_for_the_change(wrong):
    rng = np.random.default_rng(0)
    kept = total = 0
    for example, altered in zip(EXAMPLES, wrong, strict=True):
        text = reword(example.scene, example.caption, altered, rng)
        assert text != example.caption
        if set(altered.roles) == set(example.scene.roles):
            ours, theirs = Counter(text.split()), Counter(example.caption.split())
            # One value, of three words at most ("a bow tie"), and the article before it.
            kept += sum((ours - theirs).values()) <= 5
            total += 1
    assert kept > 0.98 * total


def test_an_unknown_phrasing_gets_one_that_training_may_use():
    scene = world.Scene.of("creatures", subject="fox")
    altered = world.Scene.of("creatures", subject="owl")
    held = world.captions(altered)[-1]
    texts = {reword(scene, "my own words", altered, np.random.default_rng(k)) for k in range(40)}
    assert len(texts) > 2 and held not in texts
    assert all("owl" in text for text in texts)


def test_a_single_scene_borrows_from_the_vocabulary():
    for scene in SCENES[:60]:
        (altered,) = hard_negatives([scene], np.random.default_rng(1))
        assert not may_agree([scene], [altered]).item() and seen(altered)


def test_nothing_held_out_comes_back_as_a_wrong_caption():
    assert not seen(world.Scene.of("writing", surface="board", colour="red", word=UNSEEN_WORDS[0]))
    assert all(seen(scene) for scene in SCENES)
    unseen = [world.example("unseen_pairs", index).scene for index in range(50)]
    assert not any(seen(scene) for scene in unseen)


def test_no_allowed_change_is_an_error_with_the_facts():
    with pytest.raises(InputError, match="no single change that is allowed"):
        hard_negatives(SCENES[:1], np.random.default_rng(0), allowed=lambda scene: False)
