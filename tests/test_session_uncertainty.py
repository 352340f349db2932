"""Uncertainty: bits that add up, and nothing is shown that was not measured."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from tiny_samples import tiny_sample

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.sampling.pick import allowed
from dalle_explore.session import uncertainty
from dalle_explore.session.average import Average

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def sample(folder):
    return tiny_sample(folder)


@pytest.fixture
def measured(sample, monkeypatch):
    made = Average(
        sample.model_digest, sample.settings, "seen", 7, 0, np.full(16, 1.5), np.ones(16)
    )
    monkeypatch.setattr(uncertainty, "average", lambda model: made)
    return made


def test_maps_are_the_records_in_bits(sample):
    found = sample.uncertainty()
    steps = sample.steps
    assert found.entropy[1, 2] == pytest.approx(steps.entropy[6] / math.log(2))
    assert found.surprise[1, 2] == pytest.approx(-steps.log_probability[6] / math.log(2))
    assert found.rank[1, 2] == steps.rank[6]
    assert np.allclose(found.excess, found.surprise - found.entropy)
    assert found.entropy.max() <= math.log2(40) + 1e-5


def test_the_difference_is_to_the_held_out_average(sample, measured):
    found = sample.uncertainty()
    assert np.allclose(found.difference, found.entropy - 1.5)
    assert "the mean over 7 captions never trained on" in found.caption()
    assert "of other settings" not in found.caption()
    warmer = sample.again(temperature=0.9).uncertainty()
    assert "That average is of other settings than this picture." in warmer.caption()


def test_without_an_average_the_caption_says_so(sample):
    found = sample.uncertainty()
    assert found.average is None and found.difference is None
    assert "none was measured for this model" in found.caption()
    assert set(found.table()["difference"]) == {None}


@pytest.mark.parametrize("top_k, top_p", [(4, None), (31, None), (8, 0.6), (1, None)])
def test_filtered_entropy_is_that_of_what_was_drawn_from(sample, top_k, top_p):
    again = sample.again(top_k=top_k, top_p=top_p, temperature=0.8)
    logits = torch.full((16, 40), -torch.inf, dtype=torch.float64)
    codes = torch.from_numpy(again.steps.top_codes.astype(np.int64))
    logits.scatter_(1, codes, torch.from_numpy(again.steps.top_log_probability).double())
    kept = logits.masked_fill(~allowed(logits, again.settings), -torch.inf) / 0.8
    share = kept.softmax(dim=-1)
    truth = -(share * share.clamp_min(1e-300).log2()).sum(dim=-1).view(4, 4).numpy()
    assert again.uncertainty().filtered == pytest.approx(truth, abs=1e-9)


def test_filtered_entropy_of_the_likeliest_code_is_nothing(sample):
    assert not sample.again(temperature=0).uncertainty().filtered.any()


@pytest.mark.parametrize(
    "changes",
    [
        {"top_k": None},
        {"top_k": None, "top_p": 0.5},
        {"top_k": 32},
        {"top_k": 4, "edits": [dx.Ban([3])]},
    ],
)
def test_filtered_entropy_is_left_out_where_it_takes_more_than_was_recorded(sample, changes):
    assert sample.again(**changes).uncertainty().filtered is None


def test_ties_with_the_last_code_leave_it_open(sample):
    steps = dataclasses.replace(
        sample.steps, top_log_probability=np.full((16, 32), -3.0, dtype=np.float32)
    )
    tied = dataclasses.replace(sample.again(top_k=4), steps=steps)
    assert tied.uncertainty().filtered is None


def test_the_table_has_a_row_a_patch(sample, measured):
    table = sample.uncertainty().table()
    assert len(table) == 16 and list(table["column"][:5]) == [0, 1, 2, 3, 0]
    assert list(table["code"]) == sample.codes.flatten().tolist()
    assert np.allclose(table["surprise"] - table["entropy"], table["excess"])
    assert not table["forced"].any()


def test_given_patches_are_marked(sample):
    kept = sample.again(edits=[dx.Force.until(sample.codes, (2, 0))]).uncertainty()
    assert kept.table()["forced"].sum() == 8
    assert "Lines part the patches that were kept" in kept.caption()
    every = dx.Force.where(sample.codes, np.ones((4, 4), dtype=bool))
    given = sample.again(edits=[every]).uncertainty()
    assert "Every code was given and none drawn." in given.caption()


def test_a_sample_from_a_record_has_nothing_to_say(sample, tmp_path):
    opened = dx.open(sample.save(tmp_path / "x.png"), model=sample.model)[0]
    for ask in (opened.uncertainty, opened.alternatives):
        with pytest.raises(InputError, match="draw it again, with again"):
            ask()
    assert opened.film().table()["log_probability"].isna().all()
