"""A verdict agrees with a caption exactly when the picture shows what the caption says."""

import itertools

import numpy as np
import pytest

from dalle_explore import world
from dalle_explore.judging.table import LETTERS
from dalle_explore.judging.verdict import Verdict, spell
from dalle_explore.scoring.meaning import may_agree, visible
from dalle_explore.world.facts import RELATIONS, THREE_BODY
from dalle_explore.world.holdout import CONVERSE

BODIES = (("red", "cube"), ("blue", "ring"), ("green", "cone"))


def relation(name, *bodies, **more):
    facts = {"relation": name}
    for number, (colour, solid) in enumerate(bodies, 1):
        facts |= {f"colour{number}": colour, f"solid{number}": solid}
    return world.Scene.of("relations", **facts, **more)


def perfect(scene, **changes):
    """What a judge without errors says about a picture of the scene."""
    facts = visible(scene) | changes
    return Verdict(facts, dict.fromkeys(facts, 1.0), scene.family)


def all_relations():
    for name in RELATIONS:
        for pair in itertools.permutations(BODIES, 2):
            yield relation(name, *pair)
    for name in THREE_BODY:
        for three in itertools.permutations(BODIES):
            yield relation(name, *three)


def test_a_perfect_judge_agrees_with_every_caption_of_its_picture():
    for split in ("train", "judge", "unseen_pairs"):
        for index in range(150):
            scene = world.example(split, index).scene
            agrees = perfect(scene).agrees(scene)
            assert tuple(agrees) == scene.roles and all(agrees.values()), scene


def test_relations_agree_exactly_when_they_mean_the_same():
    scenes = list(all_relations())
    same = may_agree(scenes, scenes)
    for i, shown in enumerate(scenes):
        verdict = perfect(shown)
        for j, said in enumerate(scenes):
            if len(said.roles) == len(shown.roles):
                assert all(verdict.agrees(said).values()) == same[i, j], (shown, said)


@pytest.mark.parametrize("name", RELATIONS)
def test_two_bodies_in_each_others_place_are_right_bodies_in_a_wrong_relation(name):
    said = relation(name, BODIES[0], BODIES[1])
    found = perfect(relation(name, BODIES[1], BODIES[0])).agrees(said)
    assert found == {
        "colour1": True,
        "solid1": True,
        "relation": False,
        "colour2": True,
        "solid2": True,
    }


@pytest.mark.parametrize("name", THREE_BODY)
@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[1:])
def test_three_bodies_in_another_order_are_right_bodies_in_a_wrong_relation(name, order):
    said = relation(name, *BODIES)
    found = perfect(relation(name, *(BODIES[k] for k in order))).agrees(said)
    assert [role for role, right in found.items() if not right] == ["relation"]


@pytest.mark.parametrize("name", THREE_BODY)
def test_the_other_end_of_a_chain_is_the_same_chain(name):
    if name in CONVERSE:
        shown = relation(CONVERSE[name], *BODIES[::-1])
        assert all(perfect(shown).agrees(relation(name, *BODIES)).values())


@pytest.mark.parametrize("name", RELATIONS)
def test_one_wrong_fact_is_charged_to_the_body_the_caption_gave_it(name):
    scene = relation(name, *BODIES[:2])
    for number, (colour, solid) in enumerate(BODIES[:2], 1):
        others = [b for k, b in enumerate(BODIES[:2], 1) if k != number]
        for role, body in (
            (f"colour{number}", ("pink", solid)),
            (f"solid{number}", (colour, "sphere")),
        ):
            bodies = [body, *others] if number == 1 else [*others, body]
            found = perfect(relation(name, *bodies)).agrees(scene)
            assert [r for r, right in found.items() if not right] == [role]


def test_exchanged_colours_are_wrong_colours_not_a_wrong_relation():
    said = relation("above", ("red", "cube"), ("blue", "ring"))
    found = perfect(relation("above", ("blue", "cube"), ("red", "ring"))).agrees(said)
    assert [role for role, right in found.items() if not right] == ["colour1", "colour2"]


def test_another_relation_between_the_right_bodies():
    said = relation("above", *BODIES[:2])
    found = perfect(relation("on top of", *BODIES[:2])).agrees(said)
    assert [role for role, right in found.items() if not right] == ["relation"]


def test_equal_bodies_cannot_be_in_each_others_place():
    twins = relation("to the right of", BODIES[0], BODIES[0])
    assert all(perfect(twins).agrees(twins).values())


def test_a_missing_third_body_is_missed():
    found = perfect(relation("above", *BODIES[:2])).agrees(relation("above", *BODIES))
    assert not found["colour3"] and not found["solid3"]


def test_unclear_counts_as_wrong():
    for index in range(40):
        scene = world.example("judge", index).scene
        verdict = Verdict(dict.fromkeys(world.ROLES), dict.fromkeys(world.ROLES, 0.1))
        assert not any(verdict.agrees(scene).values())
        for role in scene.roles:
            # A picture with one unclear fact: the number may change in canonical order.
            kind = role.rstrip("123")
            alike = [r for r in scene.roles if r.rstrip("123") == kind]
            found = [perfect(scene, **{r: None}).agrees(scene) for r in alike]
            assert sum(not f[role] for f in found) >= 1
            assert all(sum(not right for right in f.values()) == 1 for f in found)


def test_only_stated_facts_are_compared():
    said = world.Scene.of("creatures", subject="fox")
    dressed = world.Scene.of("creatures", subject="fox", worn="a cape", setting="night")
    assert perfect(dressed).agrees(said) == {"subject": True}
    assert perfect(said).agrees(dressed) == {"subject": True, "worn": False, "setting": False}


def test_the_reason_says_what_was_wanted_and_what_was_seen():
    said = relation("to the right of", ("red", "cube"), ("blue", "ring"))
    shown = relation("to the right of", ("pink", "cube"), ("blue", "ring"))
    assert perfect(shown).reason(said) == "colour1 should be red, seen pink"
    assert perfect(shown, setting=None).reason(shown) == ""
    blurred = perfect(shown, relation=None).reason(shown)
    assert blurred == "relation should be to the left of, seen unclear"


def written(word, row=5, column=3, sure=0.9):
    grid = np.full((27, 16, 16), (1 - sure) / 26)
    grid[0] = sure
    for place, letter in enumerate(word):
        grid[:, row, column + place] = (1 - sure) / 26
        grid[1 + LETTERS.index(letter), row, column + place] = sure
    return grid


@pytest.mark.parametrize("word", ["a", "hogwash", "chocolate", "zigzag"])
def test_words_are_spelled_wherever_they_stand(word):
    for row, column in ((0, 0), (7, 3), (15, 16 - len(word))):
        found, sure = spell(written(word, row, column))
        assert found == word and sure == pytest.approx(0.9 ** len(word))


def test_every_word_of_the_world_is_read_from_its_cells():
    for index in range(60):
        scene = world.example("unseen_words", index).scene
        grid = np.zeros((27, 16, 16))
        grid[0] = 1
        for row, column, letter in world.letter_cells(scene):
            grid[:, row, column] = 0
            grid[1 + LETTERS.index(letter), row, column] = 1
        assert spell(grid) == (scene["word"], 1.0)


def test_no_letters_are_no_word():
    assert spell(written("")) == ("none", pytest.approx(0.9))


def test_gaps_and_two_rows_are_unclear():
    gap = np.maximum(written("ab", column=2), written("cd", column=6))
    gap[0] = np.minimum(written("ab", column=2)[0], written("cd", column=6)[0])
    assert spell(gap)[0] is None
    two = written("abc", row=4)
    two[:, 8] = written("de", row=8)[:, 8]
    assert spell(two)[0] is None


def test_a_single_stray_letter_does_not_hide_a_word():
    grid = written("hogwash", row=4)
    grid[:, 9, 1] = written("x", row=9, column=1)[:, 9, 1]
    assert spell(grid)[0] == "hogwash"
