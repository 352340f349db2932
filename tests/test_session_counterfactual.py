"""The same dice, one thing changed, beside how much the dice alone change."""

import dataclasses

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.session.counterfactual import counterfactual

pytestmark = pytest.mark.usefixtures("one_thread")

PROMPT = "a hedgehog drinking tea"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


@pytest.fixture(scope="module")
def sample(model):
    return dx.draw(model, PROMPT, n=3, seed=3, guidance=2, score=False)[2]


def test_what_changes_nothing_draws_the_same_picture(sample):
    found = counterfactual(sample, [dx.ScaleHead(0, 0, 1.0)], reruns=1)
    assert found.share == 0 and found.first_flip is None and not found.differs.any()
    assert "no code is another." in found.caption()


def test_patches_before_the_first_change_stay_and_the_rest_may_follow(sample):
    other = (int(sample.codes[1, 2]) + 1) % 16
    found = counterfactual(sample, [dx.Force(((1, 2),), (other,))], reruns=0)
    assert found.first_flip == (1, 2)
    assert not found.differs.flatten()[:6].any() and found.differs[1, 2]
    assert found.share == pytest.approx(found.differs.mean())
    assert "the first at row 1, column 2; everything after it may follow" in found.caption()
    assert found.changed.seed == sample.seed


def test_edits_are_added_to_those_it_was_drawn_with(sample):
    edited = sample.again(edits=[dx.AblateHead(0, 1)])
    found = counterfactual(edited, [dx.KnockOut("tea")], reruns=1)
    assert found.changed.recipe.edits == (dx.AblateHead(0, 1), dx.KnockOut("tea"))
    assert found.reruns[0].recipe.edits == (dx.AblateHead(0, 1),)
    direct = sample.again(edits=[dx.AblateHead(0, 1), dx.KnockOut("tea")])
    assert np.array_equal(found.changed.codes, direct.codes)
    assert "with KnockOut" in found.change


def test_another_text_is_a_change_too(sample):
    found = counterfactual(sample, prompt="a red cube", reruns=0)
    assert np.array_equal(found.changed.codes, sample.again(prompt="a red cube").codes)
    assert found.change == "with the text “a red cube”"
    both = counterfactual(sample, [dx.AblateHead(0, 1)], prompt="a red cube", reruns=0)
    assert both.change == "with the text “a red cube” and AblateHead(layer=0, head=1)"


def test_the_noise_floor_is_other_dice_and_nothing_else(sample):
    found = counterfactual(sample, [dx.KnockOut("tea")])
    assert len(found.reruns) == 3 == len(found.floor)
    seeds = [one.seed for one in found.reruns]
    assert len({sample.seed, *seeds}) == 4
    for one, share in zip(found.reruns, found.floor, strict=True):
        assert one.recipe == sample.recipe
        assert np.array_equal(one.codes, sample.again(seed=one.seed).codes)
        assert share == pytest.approx((one.codes != sample.codes).mean())
    floor = ", ".join(f"{100 * share:.0f} %" for share in found.floor)
    assert (
        f"With other dice and no change ({seeds[0]} to {seeds[-1]}): {floor}." in found.caption()
    )
    rows = found.rows()
    assert [row["seed"] for row in rows] == [sample.seed, *seeds]
    assert rows[0]["changed"] == found.share


def test_the_largest_seed_has_other_dice_too(sample):
    last = sample.again(seed=2**63 - 1)
    assert all(0 <= one.seed < 2**63 for one in counterfactual(last, prompt="a cat").reruns)


def test_the_original_keeps_how_it_was_chosen(sample):
    chosen = dataclasses.replace(sample, drawn=16, rank=1, score=0.3)
    found = counterfactual(chosen, prompt="a cat", reruns=0)
    assert found.original is chosen
    assert found.caption().endswith(chosen.caption()) and "16 drawn" in found.caption()
    assert found.alt().startswith(f"Two pictures of the text “{PROMPT}”")
    assert repr(found).startswith(f"Counterfactual('{PROMPT}', with the text")


def test_a_picture_that_is_not_drawn_here_as_recorded_is_refused(sample):
    other = dataclasses.replace(sample, codes=(sample.codes + 1) % 16)
    with pytest.raises(InputError, match="16 codes of this picture are others.*draw it anew"):
        counterfactual(other, prompt="a cat")
    versions = {**sample.recipe.versions, "torch": "1.0.0"}
    elsewhere = dataclasses.replace(sample.recipe, versions=versions)
    with pytest.raises(InputError, match="numeric class"):
        counterfactual(dataclasses.replace(sample, recipe=elsewhere), prompt="a cat")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "nothing is to be changed"),
        ({"edits": [dx.KnockOut("penguin")]}, "its words are a, hedgehog, drinking, tea"),
        ({"edits": dx.KnockOut("tea")}, "it is a list"),
        ({"prompt": ""}, "the prompt is empty"),
        ({"prompt": "a cat", "reruns": -1}, "reruns is -1, but it is a whole number from 0 to 64"),
        ({"prompt": "a cat", "reruns": 65}, "reruns is 65"),
        ({"prompt": "a cat", "reruns": True}, "reruns is True"),
        ({"prompt": "a cat", "reruns": 1.5}, "reruns is 1.5"),
    ],
)
def test_what_is_no_change_is_refused(sample, asked, sentence):
    with pytest.raises(InputError, match=sentence):
        counterfactual(sample, **asked)
