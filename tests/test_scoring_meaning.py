"""Two scenes mean the same exactly when their pictures cannot be told apart."""

import itertools

import numpy as np
import pytest

from dalle_explore import world
from dalle_explore.scoring.meaning import (
    DEFAULTS,
    INVERSE,
    NONE,
    body_order,
    canonical,
    may_agree,
    visible,
)
from dalle_explore.world.facts import RELATIONS, THREE_BODY
from dalle_explore.world.holdout import CONVERSE

A, B, C = ("red", "cube"), ("blue", "ring"), ("green", "cone")


def relation(name, *bodies, **more):
    facts = {"relation": name}
    for number, (colour, solid) in enumerate(bodies, 1):
        facts |= {f"colour{number}": colour, f"solid{number}": solid}
    return world.Scene.of("relations", **facts, **more)


def test_every_relation_has_a_canonical_form_and_its_inverse_leads_to_it():
    assert set(INVERSE) <= set(RELATIONS) and set(INVERSE.values()) <= set(RELATIONS)
    assert not set(INVERSE) & set(INVERSE.values())
    assert {**INVERSE, **{v: k for k, v in INVERSE.items()}} == CONVERSE


@pytest.mark.parametrize("name", RELATIONS)
def test_two_bodies_read_the_same_from_both_ends(name):
    facts = canonical(relation(name, A, B))
    assert facts["relation"] not in INVERSE
    if name in CONVERSE:
        assert canonical(relation(CONVERSE[name], B, A)) == facts
        assert canonical(relation(CONVERSE[name], A, B)) != facts
    assert canonical(relation(name, B, A)) != facts
    first = ("2", "1") if name in INVERSE else ("1", "2")
    assert body_order(relation(name, A, B)) == first
    assert (facts["colour1"], facts["solid1"]) == (B if name in INVERSE else A)


@pytest.mark.parametrize("name", THREE_BODY)
def test_three_bodies_read_the_same_from_both_ends(name):
    forms = {
        order: canonical(relation(name, *order)) for order in itertools.permutations((A, B, C))
    }
    assert len({tuple(sorted(form.items())) for form in forms.values()}) == 6
    for order, form in forms.items():
        if name in CONVERSE:
            assert canonical(relation(CONVERSE[name], *order[::-1])) == form
        ends = order[::-1] if name in INVERSE else order
        for number, (colour, solid) in enumerate(ends, 1):
            assert form[f"colour{number}"] == colour and form[f"solid{number}"] == solid


def test_the_canonical_form_keeps_every_other_fact():
    scene = relation("to the right of", A, B, container="basket", manner="neon sign")
    assert canonical(scene) == {
        "relation": "to the left of",
        "colour1": "blue",
        "solid1": "ring",
        "colour2": "red",
        "solid2": "cube",
        "container": "basket",
        "manner": "neon sign",
    }
    assert set(canonical(scene)) == set(scene.roles)


def test_unstated_facts_are_as_they_look():
    shown = visible(world.Scene.of("creatures", subject="owl"))
    assert set(shown) == set(world.ROLES)
    assert shown["age"] == "grown" and shown["manner"] == "illustration"
    assert shown["setting"] == "plain" and shown["worn"] == shown["activity"] == NONE
    assert shown["relation"] == shown["sign"] == NONE
    stated = world.Scene.of("creatures", subject="owl", age="baby", manner="pixel art")
    assert visible(stated)["age"] == "baby" and visible(stated)["manner"] == "pixel art"
    assert set(DEFAULTS) <= set(world.ROLES)


def test_a_sign_without_a_colour_may_have_any():
    plain = world.Scene.of("signs", sign="clock", outline="square")
    red = world.Scene.of("signs", sign="clock", outline="square", colour="red")
    blue = world.Scene.of("signs", sign="clock", outline="square", colour="blue")
    assert visible(plain)["colour"] is None
    found = may_agree([plain, red], [plain, red, blue])
    assert found.tolist() == [[True, True, True], [True, True, False]]


def test_captions_that_may_agree_are_those_with_equal_visible_facts():
    scenes = [world.example("train", index).scene for index in range(300)]
    scenes += [relation("above", A, B), relation("below", B, A)]
    found = may_agree(scenes, scenes)
    assert found.dtype == bool and found.shape == (302, 302)
    assert found.diagonal().all() and np.array_equal(found, found.T)
    assert found[300, 301]
    rows = [list(visible(scene).values()) for scene in scenes]
    for i, j in itertools.product(range(0, 302, 7), range(302)):
        pairs = zip(rows[i], rows[j], strict=True)
        assert found[i, j] == all(a == b or a is None or b is None for a, b in pairs)


def test_a_default_that_is_stated_means_the_same_as_unstated():
    said = world.Scene.of("textures", object="mug", texture="wood", manner="illustration")
    unsaid = world.Scene.of("textures", object="mug", texture="wood")
    assert may_agree([said], [unsaid]).item()
