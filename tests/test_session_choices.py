"""Alternatives of a sample: the right codes, the right crops, and the one that was drawn."""

import math

import numpy as np
import pytest
import torch
from tiny_samples import tiny_sample

import dalle_explore as dx
from dalle_explore.errors import InputError

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return tiny_sample(tmp_path_factory.mktemp("tiny"))


def whole_picture(sample, patch, code):
    codes, known = torch.from_numpy(sample.codes.flatten()).clone(), torch.arange(16) <= patch
    codes[patch] = code
    model = sample.model.generator
    return model.decode_codes(codes.view(1, 4, 4), known=known.view(1, 4, 4))[0].numpy()


@pytest.mark.parametrize("top, margin", [(1, 1), (3, 0), (32, 2)])
def test_every_crop_is_the_picture_as_it_was_then_with_its_code(sample, top, margin):
    for choice in sample.alternatives([(0, 0), (2, 1), (3, 3)], top=top, margin=margin).places:
        patch = 4 * choice.row + choice.column
        row, column = (8 * number for number in choice.corner)
        height, width = choice.pixels.shape[1:3]
        for code, crop in zip(choice.codes, choice.pixels, strict=True):
            picture = whole_picture(sample, patch, int(code))
            assert np.array_equal(crop, picture[row : row + height, column : column + width])
        assert choice.known.shape == (height // 8, width // 8)
        assert choice.codes[choice.chosen] == sample.codes[choice.row, choice.column]
        assert choice.ranks[choice.chosen] == sample.steps.rank[patch]


def test_the_code_that_was_drawn_is_added_where_it_is_not_among_the_likeliest(sample):
    patches = [(row, column) for row in range(4) for column in range(4)]
    among = sample.steps.rank < 2
    assert 0 < among.sum() < 16
    for choice, inside in zip(sample.alternatives(patches, top=2).places, among, strict=True):
        assert len(choice.codes) == (2 if inside else 3)
        assert (choice.chosen < 2) == inside
        patch = 4 * choice.row + choice.column
        chosen = choice.probability[choice.chosen]
        assert chosen == pytest.approx(math.exp(sample.steps.log_probability[patch]), rel=1e-5)
        assert choice.others == pytest.approx(1 - choice.probability.sum())


def test_when_none_are_named_the_most_uncertain_stand_apart(sample):
    found = sample.alternatives()
    places = [(choice.row, choice.column) for choice in found.places]
    assert places == sorted(places) and found.picked
    most = divmod(int(sample.steps.entropy.argmax()), 4)
    assert most in places
    for i, (row, column) in enumerate(places):
        assert all(max(abs(row - r), abs(column - c)) >= 3 for r, c in places[:i])
    assert "largest entropy" in found.caption()
    assert "that were asked for" in sample.alternatives([(1, 1), (0, 0)]).caption()


def test_given_patches_are_only_shown_when_they_are_named(sample):
    kept = sample.again(edits=[dx.Force.until(sample.codes, (3, 0))])
    assert {choice.row for choice in kept.alternatives().places} == {3}
    assert kept.alternatives([(0, 0)]).places[0].forced
    every = sample.again(edits=[dx.Force.where(sample.codes, np.ones((4, 4), dtype=bool))])
    with pytest.raises(InputError, match="every patch of this sample was given"):
        every.alternatives()


def test_the_table_has_a_row_a_code(sample):
    table = sample.alternatives([(2, 1)], top=32).table()
    assert len(table) in (32, 33) and table["chosen"].sum() == 1
    assert list(table["rank"][:32]) == list(range(32))
    assert table["probability"][:32].is_monotonic_decreasing


@pytest.mark.parametrize(
    "patches",
    [[], [(4, 0)], [(0, -1)], [5], ["ab"], [(0, 0, 0)], [(0.0, 1)], [(True, 1)], 7],
)
def test_patches_that_are_none_are_refused(sample, patches):
    with pytest.raises(InputError, match=r"give a list such as \[\(5, 7\)"):
        sample.alternatives(patches)


def test_a_patch_twice_is_refused(sample):
    with pytest.raises(InputError, match="each once"):
        sample.alternatives([(0, 1), (0, 1)])


@pytest.mark.parametrize("options", [{"top": 0}, {"top": 33}, {"margin": -1}])
def test_numbers_out_of_their_range_are_refused(sample, options):
    with pytest.raises(InputError, match="top is|margin is"):
        sample.alternatives([(0, 0)], **options)
