"""Samples side by side: what differs is found, the caption says what was done and how often."""

import dataclasses

import numpy as np
import pytest
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError

PROMPT = "a hedgehog drinking tea"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


def draw(model, prompt=PROMPT, n=3, **options):
    return dx.draw(model, prompt, n=n, score=False, **options)


@pytest.fixture(scope="module")
def words(model):
    return dx.compare([draw(model, f"a {colour} cube on ice") for colour in ("red", "green")])


@pytest.fixture(scope="module")
def redrawn(model):
    (parent,) = draw(model, n=1)
    others = [parent.again(seed=seed, from_patch=(2, 0)) for seed in range(1, 5)]
    return dx.compare([others[:2], others[2:]], lead=parent)


@pytest.fixture(scope="module")
def mixed(model):
    steps = [
        draw(model, "a cat", n=2, edits=[dx.Mix(("a cat", "a dog"), (1 - k / 4, k / 4))])
        for k in range(5)
    ]
    return dx.compare([list(row) for row in zip(*steps, strict=True)])


def test_prompts_become_labels_and_the_word_that_differs_is_emphasised(words):
    assert [[word for word, strong in label if strong] for label in words.labels] == [
        ["red"],
        ["green"],
    ]
    assert " ".join(word for word, _ in words.labels[1]) == "a green cube on ice"
    assert words.columns == ("seed 0", "seed 1", "seed 2") and words.tells_seeds
    assert words.prompt is None


@pytest.mark.parametrize(
    ("prompts", "emphasised"),
    [
        (("a cat", "a cat and a dog"), [["cat"], ["cat", "and", "a", "dog"]]),
        (("a cat", "two dogs"), [["a", "cat"], ["two", "dogs"]]),
        (("a b c", "a c c", "a d c"), [["b"], ["c"], ["d"]]),
        (("a red cube", "a red red cube"), [["cube"], ["red", "cube"]]),
    ],
)
def test_words_of_different_prompts_are_told_apart(model, prompts, emphasised):
    made = dx.compare([draw(model, prompt, n=1) for prompt in prompts])
    assert [[word for word, strong in label if strong] for label in made.labels] == emphasised


def test_one_prompt_needs_no_labels_and_every_seed_is_told_once(redrawn):
    assert redrawn.labels == () and redrawn.columns == () and redrawn.prompt == PROMPT
    assert not redrawn.tells_seeds


def test_weights_of_a_mix_stand_above_their_columns(mixed):
    assert mixed.columns == ("1 : 0", "3 : 1", "1 : 1", "1 : 3", "0 : 1")
    assert [label[0][0] for label in mixed.labels] == ["seed 0", "seed 1"] and mixed.tells_seeds
    assert mixed.prompt is None
    assert "“a cat” and “a dog” mixed in their logits, 1 : 0 to 0 : 1." in mixed.caption()


def test_all_of_one_prompt_and_none_of_the_other_is_that_prompt_alone(mixed, model):
    for place, prompt in ((0, "a cat"), (4, "a dog")):
        alone = draw(model, prompt, n=2)
        for row, sample in zip(mixed.samples, alone, strict=True):
            assert np.array_equal(row[place].codes, sample.codes)


def test_the_caption_counts_what_was_drawn_and_what_is_shown(words, redrawn):
    assert words.caption().startswith("6 drawn, with seeds 0 to 2; all shown, none selected. ")
    assert "temperature" in words.caption() and "Pictures: CC0-1.0." in words.caption()
    said = redrawn.caption()
    assert said.startswith("5 drawn, with seeds 0 to 4; all shown, none selected. ")
    assert "4 of 5 edited: 8 of 16 patches kept. Lines part the patches" in said
    unmarked = dataclasses.replace(redrawn, marks=False).caption()
    assert "8 of 16 patches kept" in unmarked and "Lines" not in unmarked


def test_a_selection_is_told(model):
    samples = draw(model, n=6)
    around = dx.Force.outside(samples[0].codes, range(1, 3), range(1, 3))
    tried = draw(model, n=6, seed=1, edits=[around]).by_fit()
    made = dx.compare([tried[:2], tried[-1:]], lead=samples[0])
    # Of the first draw one is shown, which no score selected.
    said = made.caption()
    assert said.startswith("12 drawn; 4 shown: 1 of 6 not selected by any score; rank 1, 2 and 6")
    assert "of 6 by fit to what was kept (log-probability, nats)." in said


def begun(samples, lead=()):
    return dx.compare([list(samples)], lead=lead).caption().partition(". ")[0] + "."


def test_two_draws_of_one_prompt_are_two_draws(model):
    one, two = (draw(model, n=6, seed=seed) for seed in (0, 6))
    around = dx.Force.outside(one[0].codes, range(1, 3), range(1, 3))
    near, far = (draw(model, n=6, seed=seed, edits=[around]).by_fit() for seed in (0, 6))
    said = begun([*near[:2], *far[:2]])
    assert said.startswith("12 drawn; 4 shown: 2 times rank 1 and 2 of 6 by fit")
    # Ranks that one draw could have, too, and seeds that are in both.
    assert begun([near[0], far[1]]).startswith("12 drawn; 2 shown: rank 1 of 6 by fit")
    close = draw(model, n=6, seed=3, edits=[around]).by_fit()
    assert begun([near[0], close[1]]).startswith("9 drawn; 2 shown: rank 1 of 6 by fit")
    assert begun([*one, *two]) == "12 drawn, with seeds 0 to 11; all shown, none selected."
    assert begun([*one, two[0]]) == "12 drawn; 7 shown: 1 of 6 not selected by any score."


def test_a_picture_drawn_again_is_one_more_and_what_is_shown_twice_counts_once(model):
    samples = draw(model, n=6)
    other = samples[0].again(seed=77)
    assert begun([samples[0], other]) == "7 drawn; 2 shown: 1 of 6 not selected by any score."
    same = samples[0].again()
    assert begun([samples[0], same, samples[0]], lead=samples[0]) == (
        "6 drawn; 1 shown: 1 of 6 not selected by any score."
    )
    assert begun([*samples, same]) == "6 drawn, with seeds 0 to 5; all shown, none selected."


def test_two_orders_of_one_draw_are_one_draw(model):
    (parent,) = draw(model, n=1)
    around = dx.Force.outside(parent.codes, range(1, 3), range(1, 3))
    samples = draw(model, n=6, seed=1, edits=[around])
    fitting = samples.by_fit()
    others = [sample for sample in samples if sample.seed != fitting[0].seed]
    assert begun([fitting[0], others[0]]) == (
        "6 drawn; 2 shown: rank 1 of 6 by fit to what was kept (log-probability, nats); "
        "1 of 6 not selected by any score."
    )
    assert "all shown" in begun([fitting[0], *others])


def test_samples_from_files_are_counted_and_a_doubt_is_said(model, tmp_path):
    samples = draw(model, n=4)
    samples.save(tmp_path / "all.json")
    opened = dx.open(tmp_path / "all.json", model)
    assert begun([opened[0], samples[1]]) == "4 drawn; 2 shown: 2 of 4 not selected by any score."
    for number in (0, 1):
        samples[number].save(tmp_path / f"{number}.png")
    one, two = (dx.open(tmp_path / f"{number}.png", model)[0] for number in (0, 1))
    assert begun([one]) == "4 drawn; 1 shown: 1 of 4 not selected by any score."
    # The file of a picture alone does not say which others were drawn with it.
    said = "Up to 8 drawn; 2 shown: 2 times 1 of 4 not selected by any score."
    assert begun([one, two]) == said


def test_many_different_edits_are_counted_and_left_to_the_table(model):
    (sample,) = draw(model, n=1)
    banned = [sample.again(edits=[dx.Ban([code])]) for code in range(5)]
    made = dx.compare([banned])
    assert "Ban(codes=(2,), at=None) and 2 more Ban, listed in the table." in made.caption()
    table = made.table()
    assert [edits[0].codes for edits in table["edits"]] == [(code,) for code in range(5)]
    assert list(table["column"]) == [1, 2, 3, 4, 5] and set(table["row"]) == {1}


def test_words_outside_the_world_and_what_is_to_be_seen_are_told(model):
    made = dx.compare([draw(model, "a photo", n=1), draw(model, "a cat", n=1)], title="Two")
    assert "“photo”" in made.caption()
    assert made.alt().startswith("Two: 2 rows of up to 1 pictures. a photo; a cat. 2 drawn")


def test_parents_label_their_rows(model):
    one, two = (draw(model, prompt, n=1)[0] for prompt in ("a red cube", "a blue cube"))
    children = dx.breed(one, two, n=4)
    made = dx.compare([children[:2], children[2:]], lead=[one, two])
    assert [word for label in made.labels for word, strong in label if strong] == ["red", "blue"]
    assert made.everything == (one, two, *children) and made.kept is None


def test_what_all_keep_of_one_parent_is_known(redrawn):
    assert np.array_equal(redrawn.kept, np.arange(16).reshape(4, 4) < 8)


def test_an_unrelated_picture_that_leads_is_not_what_was_kept(redrawn, model):
    (stranger,) = draw(model, n=1, seed=99)
    assert dx.compare(redrawn.samples, lead=stranger).kept is None
    assert dx.compare(redrawn.samples).kept is None
    (parent,) = redrawn.lead
    recipe = dataclasses.replace(parent.recipe, model_digest="00" * 32)
    other = dataclasses.replace(parent, recipe=recipe)  # its codes mean something else
    assert dx.compare(redrawn.samples, lead=other).kept is None


@pytest.mark.parametrize(
    ("weights", "heads"),
    [
        ((0.004, 0.5), ("0.004 : 0.996", "1 : 1")),
        ((0.004, 0.008), ("0.004 : 0.996", "0.008 : 0.992")),
        ((0.01, 0.010001), ("0.01 : 0.99", "0.010001 : 0.989999")),
        ((1 / 3, 0.999), ("1 : 2", "0.999 : 0.001")),
        ((-0.5, 1.5), ("-0.5 : 1.5", "1.5 : -0.5")),
    ],
)
def test_weights_that_are_no_small_numbers_stand_as_they_are(model, weights, heads):
    mixes = [dx.Mix(("a cat", "a dog"), (weight, 1 - weight)) for weight in weights]
    made = dx.compare([[draw(model, "a cat", n=1, edits=[mix])[0] for mix in mixes]])
    assert made.columns == heads


def test_it_shows_and_saves_itself_without_a_record(words, tmp_path):
    assert set(words._repr_mimebundle_()) == {"text/plain", "text/html", "image/png"}
    (tmp_path / "a.json").write_text("mine", encoding="ascii")
    for kind in ("png", "svg", "pdf"):
        assert words.save(tmp_path / f"a.{kind}").stat().st_size > 1000
    assert (tmp_path / "a.json").read_text(encoding="ascii") == "mine"
    with Image.open(tmp_path / "a.png") as image:
        assert image.width > 500
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf"):
        words.save(tmp_path / "b.json")
    assert repr(words) == "Comparison(3 + 3 samples, title=None)"


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        ([], {}, "rows is empty"),
        ([[]], {}, "one of the rows is"),
        (["a cat"], {}, "rows holds str, but it takes samples"),
        (7, {}, "rows holds int"),
        (None, {"lead": "a cat"}, "lead holds str"),
        (None, {"labels": ["one"]}, "labels has 1 texts, but there are 2 rows"),
        (None, {"labels": "ab"}, "labels is 'ab', but it is a list"),
        (None, {"labels": 5}, "labels is 5, but it is a list"),
        (None, {"labels": (word for word in "ab")}, "labels is <generator .*, but it is a list"),
        (None, {"columns": [1, 2, 3]}, r"columns is \[1, 2, 3\], but it is a list"),
        (None, {"title": 5}, "title is 5, but it is a text"),
        (None, {"columns": ["a", "b"]}, "columns has 2 texts, but there are 3 columns"),
    ],
)
def test_bad_input_is_one_sentence(words, rows, options, sentence):
    with pytest.raises(InputError, match=sentence):
        dx.compare(words.samples if rows is None else rows, **options)


def test_pictures_of_different_shapes_are_refused(words):
    first = words.samples[0][0]
    wide = dataclasses.replace(first, pixels=np.zeros((32, 64, 3), dtype=np.uint8))
    with pytest.raises(InputError, match="32 x 32 and 64 x 32 pixels"):
        dx.compare([[first, wide]])
