"""Families: who is whose child, larger families, and every picture drawn again exactly."""

import dataclasses

import numpy as np
import pytest
from tiny import make_tiny_bundle
from tiny_samples import check_page

import dalle_explore as dx
from dalle_explore.errors import InputError, MachineError
from dalle_explore.session.breeding import said_by, wishes_of
from dalle_explore.session.family import Bred, Family, Kin

CAT, DOG, COW = "a red cube", "a blue cube", "a hedgehog drinking $x$ tea"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False, codebook_size=40)
    return dx.load(folder)


@pytest.fixture(scope="module")
def founders(model):
    return tuple(dx.draw(model, prompt, n=1, seed=3, score=False)[0] for prompt in (CAT, DOG))


@pytest.fixture(scope="module")
def family(founders):
    """Three generations: of both founders, of one child, of a grandchild and a founder."""
    first = Family.founded(*founders).bred(0, 1, n=3, share=0.5, weight=0.25)
    return first.bred(2, n=3, share=0.25).bred(6, 0, n=2, share=0.5, other_prompt=COW)


def test_children_are_drawn_from_the_sentences_of_their_parents_by_weight(family, founders):
    said = [said_by(sample) for sample in family.samples]
    assert said[2:8] == [{CAT: 0.75, DOG: 0.25}] * 6, "a child passes its mixture on"
    assert said[8] == {CAT: 0.375, DOG: 0.125, COW: 0.5}
    for weight, prompt in ((0, CAT), (1, DOG)):
        (child,) = dx.breed(*founders, n=1, weight=weight)
        assert said_by(child) == {prompt: 1.0} and child.prompt == prompt
        assert not any(isinstance(edit, dx.Mix) for edit in child.recipe.edits)
    (child,) = dx.breed(founders[0], n=1, other_prompt=COW, weight=1 / 3)
    assert said_by(child) == {CAT: 0.6667, COW: 0.3333}


@pytest.mark.parametrize("wrong", [{"weight": 1.5}, {"weight": True}, {"other_prompt": " "}])
def test_a_weight_that_is_none_and_a_sentence_without_words_are_refused(founders, wrong):
    with pytest.raises(InputError, match="|".join(("from 0", "a sentence to mix in"))):
        dx.breed(*founders, **wrong)


def test_a_family_knows_parents_children_litters_and_generations(family):
    assert family.founders == (0, 1) and family.generations == (0, 0, 1, 1, 1, 2, 2, 2, 3, 3)
    assert [litter.parents for litter in family.litters] == [(0, 1), (2,), (6, 0)]
    assert [litter.places for litter in family.litters] == [(2, 3, 4), (5, 6, 7), (8, 9)]
    assert family.children(0) == (2, 3, 4, 8, 9) and family.children(9) == ()
    assert [sample.seed for sample in family.samples] == [3, 3, *range(4, 12)]
    assert family.next_seed() == 12
    said = f"Child of seed 8 and “{CAT}” (seed 3): 8 of 16 patches drawn anew"
    assert said in family.in_words(8)
    assert family.in_words(1) == f"Begun with: “{DOG}”."


def test_every_picture_is_drawn_again_exactly_from_its_recipe_and_seed(family):
    for place, sample in enumerate(family.samples):
        again = family.redraw(place)
        assert np.array_equal(again.codes, sample.codes)
        assert np.array_equal(np.asarray(again.picture), np.asarray(sample.picture))


def test_a_picture_that_comes_out_otherwise_is_told(family):
    sample = family.samples[4]
    other = dataclasses.replace(sample, codes=(sample.codes + 1) % 40, pixels=None)
    kin = [
        one._replace(sample=other) if place == 4 else one for place, one in enumerate(family.kin)
    ]
    with pytest.raises(MachineError, match="picture 4 .* came out otherwise: 16 of 16"):
        dataclasses.replace(family, kin=tuple(kin)).redraw(4)


def test_a_recipe_follows_from_the_parents_and_how_the_litter_was_bred(family):
    for litter in family.litters:
        parents = [family.samples[place] for place in litter.parents]
        seed = family.samples[litter.places[0]].seed
        how = dataclasses.asdict(litter.bred)
        wishes = wishes_of(*parents, n=len(litter.places), seed=seed, **how)
        for place, wish in zip(litter.places, wishes, strict=True):
            assert family.samples[place].recipe == wish.recipe
            assert family.samples[place].seed == wish.seed


def test_favourites_and_founders_are_added_to_a_new_family(family, founders):
    marked = family.marked(3).marked(5).marked(3, False)
    assert marked.favourites == {5} and not family.favourites
    assert "Marked: 1 favourite." in marked.caption() and "seed 7, a favourite" in marked.alt()
    larger = family.founder(founders[1])
    assert larger.founders == (0, 1, 10) and len(family.kin) == 10
    table = marked.table()
    assert list(table["favourite"]).count(True) == 1 and list(table["litter"])[8] == 2
    assert "10 pictures, 2 founders, 3 litters" in repr(family)


@pytest.mark.parametrize(
    "act, said",
    [
        (lambda f: f.bred(), "one or two different"),
        (lambda f: f.bred(1, 1), "one or two different"),
        (lambda f: f.bred(0, 1, 2), "one or two different"),
        (lambda f: f.bred(10), "from 0 to 9"),
        (lambda f: f.marked(-1), "from 0 to 9"),
        (lambda f: f.redraw(True), "from 0 to 9"),
        (lambda f: Family.founded(), "one picture at least"),
        (lambda f: Family.founded("x"), "begins with samples"),
        (lambda f: Family((Kin(f.samples[0], (0,), 0, Bred()),)), "earlier pictures"),
        (lambda f: Family((*f.kin[:2], Kin(f.samples[0], (0,)))), "a litter"),
        (lambda f: dataclasses.replace(f, favourites=frozenset({99})), "favourites are"),
    ],
)
def test_what_is_no_family_is_refused(family, act, said):
    with pytest.raises(InputError, match=said):
        act(family)


def test_pictures_of_two_models_are_no_family(family, tmp_path):
    make_tiny_bundle(tmp_path / "other", clip=False, codebook_size=40, seed=1)
    (other,) = dx.draw(dx.load(tmp_path / "other"), CAT, n=1, score=False)
    with pytest.raises(InputError, match="codes mean different things"):
        family.founder(other)


def test_a_family_tree_has_its_place_on_the_page(family, founders):
    """Of two parents, of a parent some generations back, and litters side by side."""
    shown = family.marked(6).bred(3, 1, n=2).founder(founders[0])
    ax = check_page(shown)
    assert len(ax.images) == len(shown.kin)
    words = [text.get_text() for text in ax.texts]
    assert "seed 8 ♥" in words and any(word.startswith("25 % of the patches") for word in words)


def test_a_large_family_has_smaller_pictures_and_no_words(founders):
    sample = founders[0]
    kin = [Kin(sample)] + [Kin(sample, (0,), litter, Bred()) for litter in range(60)]
    figure = Family(tuple(kin)).figure()
    width, height = figure.get_size_inches() * figure.dpi
    assert max(width, height) < 14_000 and len(figure.axes[0].images) == 61
