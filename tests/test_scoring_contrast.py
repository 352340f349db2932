"""Foils are the prompt with one thing wrong, and the contrastive score asks about just that."""

import numpy as np
import pytest

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.scoring.contrast import ContrastScorer, Foil, contrastive, foils
from dalle_explore.scoring.meaning import may_agree
from dalle_explore.scoring.negatives import seen
from dalle_explore.world.frequency import OUTLINE_COUNTS

EXAMPLES = [world.example("train", index) for index in range(150)]
PICTURES = np.zeros((3, 8, 8, 3), dtype=np.uint8)
PROMPT = "a red cube on top of a blue ring"
FROZEN = ["a red ring on top of a blue cube", "a red cube on top of a blue cylinder"]


class Planted:
    """Vectors that are given: a scorer whose every answer can be worked out by hand."""

    name, digest, logit_scale = "planted", "ab" * 32, 10.0

    def __init__(self, texts):
        self.texts, self.passes = texts, 0

    def encode_text(self, texts):
        return np.array([self.texts.get(text, (0.0, 1.0)) for text in texts], dtype=np.float32)

    def encode_image(self, pictures):
        self.passes += 1
        return np.array([(1, 0), (0.6, 0.8), (0, 1)], dtype=np.float32)[: len(pictures)]

    def score(self, text, pictures):
        return self.encode_image(pictures) @ self.encode_text([text])[0]


@pytest.mark.parametrize("place", range(0, 150, 3))
def test_each_foil_reads_back_as_what_it_says_was_changed(place):
    example = EXAMPLES[place]
    made = foils(example.caption)
    assert 1 <= len(made) <= 8 and len({foil.text for foil in made}) == len(made)
    for foil in made:
        altered = world.read(foil.text).scene
        assert altered is not None and foil.text != example.caption
        for role, (old, new) in foil.changed.items():
            assert example.scene[role] == old != new == altered[role]
        same = set(example.scene.roles) - set(foil.changed)
        assert all(example.scene[role] == altered[role] for role in same)
        assert not may_agree([example.scene], [altered]).item()
        assert seen(altered) or not seen(example.scene)


def test_a_relation_is_asked_about_from_every_side():
    changes = [set(foil.changed) for foil in foils(PROMPT)]
    assert {"colour1", "colour2"} in changes and {"solid1", "solid2"} in changes
    assert {"colour1", "solid1", "colour2", "solid2"} in changes
    assert sum(len(change) == 1 for change in changes) >= 4
    assert {"relation": ("above", "below")} in [
        foil.changed for foil in foils("a red cube above a blue ring")
    ]


def test_the_same_arguments_give_the_same_foils_and_fewer_are_the_first_of_more():
    assert foils(PROMPT, 8, 3) == foils(PROMPT, 8, 3)
    assert foils(PROMPT, 8)[:3] == foils(PROMPT, 3)
    assert foils(PROMPT, 8, 3) != foils(PROMPT, 8, 4)
    # Frozen: scores are kept under a digest that promises them.
    assert [foil.text for foil in foils(PROMPT, 2)] == FROZEN


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("A red Cube on top of a blue ring!", "a green cube on top of a blue ring!"),
        ("one big red cube, above a blue ring, in moonlight", "below a blue ring, in moonlight"),
        ("a fox in sunglasses on the moon", "a fox in a "),
        ("a fox in a cape on the moon", "a fox in headphones on the moon"),
        ("a fox in a cape on the moon", "an owl in a cape on the moon"),
    ],
)
def test_words_of_ones_own_stay_and_articles_fit(prompt, words):
    assert any(words in foil.text for foil in foils(prompt, 40)), foils(prompt, 40)


def test_rare_outlines_are_exchanged_for_rare_ones():
    for foil in foils("a clock with nine sides", 20):
        old, new = foil.changed.get("outline", ("", ""))
        assert not old or 0.5 <= OUTLINE_COUNTS[old] / OUTLINE_COUNTS[new] <= 2
    assert foils("a clock with nine sides", 20)[0].in_words().count("→") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a red cube",), "cannot be read: the facts are incomplete"),
        (("asdf",), "cannot be read: no fact of the world is stated"),
        (("two cats",), "in its own words"),
        ((PROMPT, 0), "1 to 64 foils"),
        ((PROMPT, True), "1 to 64 foils"),
        ((PROMPT, 8, -1), "seed"),
    ],
)
def test_what_has_no_foils_says_why(arguments, words):
    with pytest.raises(InputError, match=words):
        foils(*arguments)


def test_the_contrastive_score_is_the_softmax_over_prompt_and_foils():
    scorer = Planted({"yes": (1.0, 0.0), "no": (0.0, 1.0), "other": (0.6, 0.8)})
    logits = 10 * scorer.encode_image(PICTURES) @ scorer.encode_text(["yes", "no", "other"]).T
    wanted = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    found = contrastive(scorer, "yes", PICTURES, ["no", Foil("other", {})])
    np.testing.assert_allclose(found, wanted[:, 0], rtol=1e-5)
    scorer.logit_scale = 1e6
    assert contrastive(scorer, "yes", PICTURES, ["no"]).tolist()[::2] == [1.0, pytest.approx(0)]


def test_one_pass_over_the_pictures_serves_many_prompts():
    scorer = Planted({PROMPT: (1.0, 0.0)})
    vectors = scorer.encode_image(PICTURES)
    ranked = contrastive(scorer, PROMPT, vectors)
    assert scorer.passes == 1
    assert np.array_equal(ranked, contrastive(scorer, PROMPT, PICTURES))
    assert ranked[0] > ranked[1] > ranked[2]
    assert np.array_equal(ContrastScorer(scorer).score(PROMPT, vectors), ranked)
    assert [contrastive(scorer, PROMPT, one[None])[0] for one in vectors] == ranked.tolist()


def test_a_contrast_scorer_is_named_after_all_that_decides_its_scores():
    scorer = Planted({})
    digests = {ContrastScorer(scorer, n, seed).digest for n in (4, 8) for seed in (0, 1)}
    assert len(digests) == 4 and all(len(digest) == 64 for digest in digests)
    assert ContrastScorer(scorer).name == "planted against foils"
    assert len(ContrastScorer(scorer, 3).foils(PROMPT)) == 3


def test_bad_foils_and_scorers_are_refused():
    scorer = Planted({})
    for bad in ([], ["yes"]):
        with pytest.raises(InputError, match="foils is"):
            contrastive(scorer, "yes", PICTURES, bad)
    with pytest.raises(InputError, match="cannot be read"):
        contrastive(scorer, "asdf", PICTURES)
    with pytest.raises(InputError, match="into vectors"):
        ContrastScorer(len)
    with pytest.raises(InputError, match="1 to 64 foils"):
        ContrastScorer(scorer, 65)
